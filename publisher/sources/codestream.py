"""The size that a compressed tile declares in its own header, read without decoding it.

A kilobyte of JPEG 2000 in a "16 x 16" tile cost 1.3 GB and twelve seconds: so a tile is decoded only
when its own header agrees with the directory. Each function returns (height, width), or None when the
header is not there, which the caller refuses.
"""

import lzma
import struct

# TIFF Compression numbers, by the codec that reads them.
JPEG_2000 = frozenset({33003, 33004, 33005, 34712})
JPEG_XL = frozenset({50002, 52546})
JPEG = frozenset({6, 7, 34892})
WEBP = frozenset({34927, 50001})
PNG = frozenset({34933})
LERC = frozenset({34887})
LZMA = frozenset({34925})
JPEG_XR = frozenset({22610, 34934})
BOUNDED = frozenset({1, 2, 3, 4, 5, 8, 32773, 32946, 34926, 50000})
"""Codecs whose decoder is told the size of its output and stops there: none, fax, LZW, deflate, PackBits, Zstandard."""

KNOWN = JPEG_2000 | JPEG_XL | JPEG | WEBP | PNG | LERC | LZMA | JPEG_XR | BOUNDED

Size = tuple[int, int]


def declared_size(compression: int, data: bytes) -> Size | None:
    """(height, width) that the tile's own header declares, for codecs that carry one."""
    for codecs, parse in _PARSERS:
        if compression in codecs:
            try:
                return parse(data)
            except (struct.error, IndexError, ValueError):
                return None
    return None


def has_header(compression: int) -> bool:
    """Whether tiles of this codec declare their own size."""
    return any(compression in codecs for codecs, _ in _PARSERS)


def inflates_beyond(data: bytes, limit: int) -> bool:
    """Whether an LZMA tile holds more than ``limit`` bytes; the decoder itself takes no bound."""
    decoder = lzma.LZMADecompressor(memlimit=256 << 20)
    size = 0
    while not decoder.eof:
        part = decoder.decompress(data, max_length=min(1 << 20, limit + 1))
        data = b""
        size += len(part)
        if size > limit:
            return True
        if not part and decoder.needs_input:
            return False
    return False


def _jpeg_2000(data: bytes) -> Size | None:
    """SIZ marker segment: ISO/IEC 15444-1, A.5.1; it follows SOC at once."""
    start = data.find(b"\xff\x4f\xff\x51")
    if start < 0:
        return None
    x_size, y_size, x_offset, y_offset = struct.unpack_from(">IIII", data, start + 8)
    return y_size - y_offset, x_size - x_offset


def _jpeg(data: bytes) -> Size | None:
    """Start-of-frame marker: ITU-T T.81, B.2.2."""
    position = 2
    while position + 9 <= len(data):
        marker, length = data[position + 1], struct.unpack_from(">H", data, position + 2)[0]
        if data[position] != 0xFF or marker == 0xD9:
            return None
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, position + 5)
            return height, width
        if marker == 0xFF:
            position += 1
        else:
            position += 2 + (0 if 0xD0 <= marker <= 0xD8 else length)
    return None


class _Bits:
    """Bits of a byte string, least significant first, as JPEG XL packs them."""

    def __init__(self, data: bytes) -> None:
        self._number = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        value = self._number & ((1 << count) - 1)
        self._number >>= count
        return value


def _jpeg_xl(data: bytes) -> Size | None:
    """SizeHeader: ISO/IEC 18181-1, D.2; a container (18181-2) holds the codestream in a jxlc or jxlp box."""
    stream = data
    if data[:12] == b"\x00\x00\x00\x0cJXL \r\n\x87\n":
        whole, part = data.find(b"jxlc"), data.find(b"jxlp")
        start = whole + 4 if whole >= 0 else part + 8
        if whole < 0 and part < 0:
            return None
        stream = data[start : start + 32]
    if stream[:2] != b"\xff\x0a":
        return None
    bits = _Bits(stream[2:32])
    small = bits.take(1)

    def edge() -> int:
        return (bits.take(5) + 1) * 8 if small else bits.take((9, 13, 18, 30)[bits.take(2)]) + 1

    height = edge()
    ratio = bits.take(3)
    above, below = ((0, 1), (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))[ratio]
    return height, height * above // below if ratio else edge()


def _webp(data: bytes) -> Size | None:
    """RFC 9649: VP8X, VP8L and VP8 chunk headers."""
    kind = data[12:16]
    if kind == b"VP8X":
        return int.from_bytes(data[27:30], "little") + 1, int.from_bytes(data[24:27], "little") + 1
    if kind == b"VP8L":
        packed = struct.unpack_from("<I", data, 21)[0]
        return (packed >> 14 & 0x3FFF) + 1, (packed & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return height & 0x3FFF, width & 0x3FFF
    return None


def _png(data: bytes) -> Size | None:
    """IHDR: PNG specification, 11.2.1."""
    if data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return height, width


def _lerc(data: bytes) -> Size | None:
    """Lerc2 header: magic, version, checksum (from version 3), rows, columns. Other kinds are refused."""
    if data[:6] != b"Lerc2 ":
        return None
    version = struct.unpack_from("<i", data, 6)[0]
    rows, columns = struct.unpack_from("<ii", data, 14 if version >= 3 else 10)
    return rows, columns


def _jpeg_xr(data: bytes) -> Size | None:
    """Tags IMAGE_WIDTH (BC80) and IMAGE_HEIGHT (BC81) of the container: ITU-T T.832, A.7."""
    if data[:3] != b"II\xbc":
        return None
    start = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, start)[0]
    sizes: dict[int, int] = {}
    for entry in range(min(count, 64)):
        tag, kind, _, value = struct.unpack_from("<HHII", data, start + 2 + 12 * entry)
        sizes[tag] = value & 0xFFFF if kind == 3 else value
    return (sizes[0xBC81], sizes[0xBC80]) if {0xBC80, 0xBC81} <= sizes.keys() else None


_PARSERS = (
    (JPEG_2000, _jpeg_2000),
    (JPEG, _jpeg),
    (JPEG_XL, _jpeg_xl),
    (WEBP, _webp),
    (PNG, _png),
    (LERC, _lerc),
    (JPEG_XR, _jpeg_xr),
)
