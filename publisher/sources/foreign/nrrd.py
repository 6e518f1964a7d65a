"""NRRD volumes (.nrrd, .nhdr with its data file): a header of text, and samples as they are or packed by gzip or bzip2.

Format: "Definition of NRRD File Format" of the Teem library.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from publisher.model.identity import stem
from publisher.model.image import Channel, Image, Pixels
from publisher.sources.damage import damage_boundary, damaged, unsupported
from publisher.sources.foreign.raw_planes import Places, RawImage, RawSource
from publisher.sources.foreign.stored_bytes import FileBytes, UnpackedBytes, check_regular
from publisher.sources.foreign.values import positive
from publisher.sources.protocol import ImageSource, Roots

MAGIC = b"NRRD000"
_MOST_HEADER = 1 << 20
_TYPES = {
    "signed char": "i1", "int8": "i1", "int8_t": "i1",
    "uchar": "u1", "unsigned char": "u1", "uint8": "u1", "uint8_t": "u1",
    "short": "i2", "short int": "i2", "signed short": "i2", "signed short int": "i2", "int16": "i2", "int16_t": "i2",
    "ushort": "u2", "unsigned short": "u2", "unsigned short int": "u2", "uint16": "u2", "uint16_t": "u2",
    "int": "i4", "signed int": "i4", "int32": "i4", "int32_t": "i4",
    "uint": "u4", "unsigned int": "u4", "uint32": "u4", "uint32_t": "u4",
    "longlong": "i8", "long long": "i8", "long long int": "i8", "signed long long": "i8", "signed long long int": "i8",
    "int64": "i8", "int64_t": "i8",
    "ulonglong": "u8", "unsigned long long": "u8", "unsigned long long int": "u8", "uint64": "u8", "uint64_t": "u8",
    "float": "f4", "double": "f8",
}  # fmt: skip
_NAMES = {"i": "int", "u": "uint", "f": "float"}
_PACKED = {"gzip": ".gz", "gz": ".gz", "bzip2": ".bz2", "bz2": ".bz2"}
_UNITS_UM = {"m": 1e6, "cm": 1e4, "mm": 1e3, "um": 1.0, "µm": 1.0, "μm": 1.0, "micron": 1.0, "microns": 1.0, "nm": 1e-3}
_SPATIAL = ("domain", "space", "???", "none", "")
_COLOURS = ("rgb-color", "rgba-color")
_VECTOR = re.compile(r"none|\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class NrrdHeader:
    """Fields of the header by name in lower case, and where it ends."""

    fields: dict[str, str]
    end: int

    @classmethod
    def read(cls, path: Path) -> NrrdHeader:
        """The header of ``path``: lines up to an empty one, or to the end of a file that has only a header."""
        check_regular(path)
        with path.open("rb") as file:
            data = file.read(_MOST_HEADER)
        if not data.startswith(MAGIC):
            raise damaged(path, "does not begin as an NRRD file")
        found = re.search(rb"\r?\n\r?\n", data)
        if found is None and len(data) == _MOST_HEADER:
            raise damaged(path, f"has a header of more than {_MOST_HEADER} bytes")
        text = data[: found.start() if found else len(data)].decode("utf-8", "replace")
        fields: dict[str, str] = {}
        for line in text.splitlines()[1:]:
            key, mark, value = line.partition(": ")
            if mark and not line.startswith("#") and not key.endswith(":"):
                fields.setdefault(key.strip().lower(), value.strip())
        return cls(fields, found.end() if found else len(data))

    def field(self, *names: str) -> str:
        """The first of ``names`` that is given; empty when none is."""
        return next((self.fields[name] for name in names if name in self.fields), "")


class NrrdReader:
    """Reads NRRD files."""

    name = "nrrd"
    suffixes: tuple[str, ...] = (".nrrd", ".nhdr")
    revision = 1

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether the file begins as NRRD."""
        return head.startswith(MAGIC)

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> ImageSource:
        """Open ``path``: one image."""
        real = roots.resolve(path)
        with damage_boundary(path, "opening"):
            header = NrrdHeader.read(real)
            data, start = real, header.end
            named = header.field("data file", "datafile")
            if named:
                if (
                    named.upper().startswith("LIST")
                    or "%" in named
                    or header.field("line skip", "lineskip") not in ("", "0")
                ):
                    hint = "save it as one .nrrd file"
                    raise unsupported(path, "keeps its samples in several files, or behind lines of text", hint=hint)
                data, start = roots.resolve(real.parent / named), 0
            skip = header.field("byte skip", "byteskip") or "0"
            if not skip.isdecimal() or len(skip) > 15:
                raise unsupported(path, f"skips {skip!r:.40} bytes, expected a whole number")
            packed = _packing(path, header)
            raw = _raw(path, header, int(skip) + (0 if packed else start))
            file: FileBytes | UnpackedBytes
            file = UnpackedBytes(data, raw.end, start=start, kind=packed) if packed else FileBytes(data)
            try:
                raw.check(str(path), file.size)
            except BaseException:
                file.close()
                raise
        return RawSource([file], [raw], paths=[real, data])


def _packing(path: Path, header: NrrdHeader) -> str:
    encoding = header.field("encoding").lower()
    if encoding not in ("raw", *_PACKED):
        hint = "save it with the encoding raw or gzip"
        raise unsupported(path, f"has the encoding {encoding!r:.40}, read are raw, gzip and bzip2", hint=hint)
    return _PACKED.get(encoding, "")


def _raw(path: Path, header: NrrdHeader, offset: int) -> RawImage:
    kind = _TYPES.get(" ".join(header.field("type").lower().split()))
    sizes = [int(text) if text.isdecimal() and len(text) < 15 else 0 for text in header.field("sizes").split()]
    if kind is None:
        raise unsupported(path, f"holds samples of type {header.field('type')!r:.40}")
    if not 2 <= len(sizes) <= 5 or min(sizes) < 1 or header.field("dimension") != str(len(sizes)):
        raise damaged(path, f"has {header.field('dimension')!r:.20} dimensions of sizes {sizes}, expected 2 to 5")
    item = int(kind[1:])
    if item > 1 and header.field("endian").lower() not in ("little", "big"):
        raise damaged(path, f"has the byte order {header.field('endian')!r:.20}, expected little or big")
    letters = _letters(path, header, len(sizes))
    found = dict.fromkeys("tczyx", 1) | dict(zip(letters, sizes, strict=True))
    order = "".join(axis for axis in "tczyx" if axis not in letters) + letters[::-1]
    scale = dict(zip(letters, _spacings(header, len(sizes)), strict=True))
    rgb = any(each in _COLOURS for each in _kinds(header)) and found["c"] in (3, 4)
    pixels = Pixels(
        **{f"size_{axis}": size for axis, size in found.items()},
        dtype=f"{_NAMES[kind[0]]}{8 * item}",
        pixel_size_um=(scale.get("z"), scale.get("y"), scale.get("x")),
    )
    channels = tuple(Channel() for _ in range(found["c"])) if found["c"] <= 1 << 16 else ()
    image = Image(
        series=0, name=stem(path.name), description=header.field("content"), pixels=pixels, channels=channels, rgb=rgb
    )
    stored = (">" if header.field("endian").lower() == "big" else "<") + kind
    return RawImage(image=image, stored=stored, item=item, offset=offset, places=Places.packed(order, found, item))


def _kinds(header: NrrdHeader) -> list[str]:
    return [each.lower() for each in header.field("kinds").split()]


def _letters(path: Path, header: NrrdHeader, count: int) -> str:
    """A letter for each axis, the fastest first: x, y, z in turn for those in space, then t; the others are c."""
    kinds = _kinds(header) or ["" for _ in range(count)]
    spatial = iter("xyzt")
    found = ["t" if kind == "time" else next(spatial, "?") if kind in _SPATIAL else "c" for kind in kinds]
    letters = "".join(found)
    if len(letters) != count or len(set(letters)) != count or not {"x", "y"} <= set(letters) or "?" in letters:
        raise unsupported(path, f"has axes of the kinds {' '.join(kinds)!r:.80}, of which no image can be made")
    return letters


def _spacings(header: NrrdHeader, count: int) -> list[float | None]:
    """µm from sample to sample along each axis, where the file gives a length and its unit."""
    units = re.findall(r'"([^"]*)"', header.field("space units") or header.field("units"))
    vectors = [each[1] for each in _VECTOR.finditer(header.field("space directions"))]
    lengths = [_length(vector) for vector in vectors] or [positive(each) for each in header.field("spacings").split()]
    if len(lengths) != count:
        return [None] * count
    of_space = bool(header.field("space units"))
    found: list[float | None] = []
    spatial = 0
    for number, length in enumerate(lengths):
        place = spatial if of_space else number
        spatial += length is not None
        unit = _UNITS_UM.get(units[place].strip().lower()) if place < len(units) else None
        found.append(length * unit if length and unit else None)
    return found


def _length(vector: str | None) -> float | None:
    if vector is None:
        return None
    try:
        return positive(math.hypot(*(float(part) for part in vector.split(","))))
    except ValueError:
        return None
