"""TIFF files written by ImageJ: hyperstacks, calibration, look-up tables.

Source: ImageJ's ij.io.TiffEncoder and FileInfo as documented on imagej.net: "key=value" lines in the
ImageDescription, slices in the order C, Z, T, and private tags 50838 and 50839.
"""

from dataclasses import dataclass
from struct import iter_unpack, unpack_from

from publisher.errors import Problem
from publisher.model.identity import stem
from publisher.model.image import Channel, Image, Pixels
from publisher.sources.damage import damaged, warning
from publisher.sources.tiff_container import Directory, TiffContainer
from publisher.sources.tiff_source import PlaneAddress, TiffSeries
from publisher.sources.tiff_tags import DESCRIPTION, X_RESOLUTION, Y_RESOLUTION

_METADATA_COUNTS, _METADATA = 50838, 50839
_MICRONS = {
    "um": 1.0, "µm": 1.0, "μm": 1.0, "micron": 1.0, "microns": 1.0, "micrometer": 1.0, "\\u00b5m": 1.0,
    "nm": 1e-3, "nanometer": 1e-3, "pm": 1e-6, "a": 1e-4, "å": 1e-4,
    "mm": 1e3, "millimeter": 1e3, "cm": 1e4, "centimeter": 1e4, "m": 1e6, "meter": 1e6, "inch": 25400.0, "in": 25400.0,
}  # fmt: skip
_SECONDS = {
    "": 1.0,
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "seconds": 1.0,
    "ms": 1e-3,
    "msec": 1e-3,
    "min": 60.0,
    "h": 3600.0,
}


@dataclass(frozen=True, slots=True)
class Sizes:
    """Channels, slices and frames as the description gives them."""

    c: int
    z: int
    t: int

    @property
    def count(self) -> int:
        """All planes."""
        return self.c * self.z * self.t


def is_imagej(container: TiffContainer) -> bool:
    """Whether ImageJ wrote this file."""
    return container.value_bytes(container.directories()[0], DESCRIPTION)[:7] == b"ImageJ="


def read_imagej(container: TiffContainer) -> tuple[TiffSeries, tuple[Problem, ...]]:
    """The one image of an ImageJ file, with what the curator should know about it."""
    directories = container.directories()
    first = directories[0]
    text = container.value_bytes(first, DESCRIPTION).split(b"\0")[0].decode("utf-8", "replace")
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    sizes = _sizes(container, fields, len(directories), first.layout.samples)
    stride = _stride(container, first, sizes, len(directories))
    samples = first.layout.samples
    pixels = Pixels(
        size_x=first.layout.width,
        size_y=first.layout.height,
        size_z=sizes.z,
        size_c=sizes.c * samples,
        size_t=sizes.t,
        dtype=first.layout.dtype or "",
        pixel_size_um=_pixel_size(container, first, fields),
        time_increment_s=_interval(fields),
    )
    name = stem(container.name)
    image = Image(
        series=0,
        name=name,
        pixels=pixels,
        channels=_channels(container, first, fields, pixels),
        rgb=first.layout.is_rgb,
        roi_count=len(selections := _selections(_metadata(container, first))),
    )
    pages = [(t * sizes.z + z) * sizes.c + c for t in range(sizes.t) for c in range(sizes.c) for z in range(sizes.z)]
    planes = [PlaneAddress(0, 0, page * stride) if stride else PlaneAddress(0, page) for page in pages]
    series = TiffSeries(image=image, planes=planes, samples=samples, selections=selections)
    return series, _leftover(container, sizes, len(directories))


def _whole(container: TiffContainer, fields: dict[str, str], key: str) -> int:
    text = fields.get(key, "1").strip()
    if not text.isdecimal() or not 0 < int(text[:12]) < 2**31:
        raise damaged(container.name, f"ImageJ says {key}={text[:40]!r}, expected a whole number from 1")
    return int(text)


def _sizes(container: TiffContainer, fields: dict[str, str], directories: int, samples: int) -> Sizes:
    """Planes along each axis; of several samples in a plane ImageJ's channels are the samples."""
    images = _whole(container, fields, "images")
    sizes = Sizes(*(_whole(container, fields, key) for key in ("channels", "slices", "frames")))
    if samples > 1 and sizes.c == samples:
        sizes = Sizes(1, sizes.z, sizes.t)
    if sizes.count == 1 and images > 1:
        return Sizes(1, images, 1)
    if sizes.count == images:
        return sizes
    if "images" not in fields and sizes.count <= directories:
        return sizes
    raise damaged(container.name, f"ImageJ says {images} images, but {sizes.c} x {sizes.z} x {sizes.t} of them")


def _stride(container: TiffContainer, first: Directory, sizes: Sizes, directories: int) -> int:
    """Bytes from plane to plane when all lie behind the first directory's pixels; 0 when each has its own."""
    if sizes.count <= directories:
        return 0
    layout = first.layout
    plane = layout.row_bytes * layout.height
    segments = container.segments(first)
    start = segments.offsets[0]
    in_one_piece = layout.is_raw and not layout.tiled and not layout.planar and layout.tiles_down == 1
    if directories == 1 and in_one_piece and start + plane * sizes.count <= container.size:
        return plane
    message = f"ImageJ says {sizes.count} planes, the file holds {directories}"
    raise damaged(container.name, message, code="source.missing-planes", hint="copy the file again")


def _leftover(container: TiffContainer, sizes: Sizes, directories: int) -> tuple[Problem, ...]:
    if directories <= sizes.count:
        return ()
    message = f"holds {directories} planes, of which ImageJ's description names the first {sizes.count}"
    return (warning(container.name, "source.extra-planes", message),)


def _number(fields: dict[str, str], key: str) -> float | None:
    try:
        value = float(fields[key])
    except (KeyError, ValueError):
        return None
    return value if 0 < value < 1e12 else None


def _pixel_size(
    container: TiffContainer, first: Directory, fields: dict[str, str]
) -> tuple[float | None, float | None, float | None]:
    """(z, y, x) in µm: TIFF resolution is pixels per ImageJ's ``unit``, ``spacing`` is its z step."""
    factor = _MICRONS.get(fields.get("unit", "").strip().lower())
    if factor is None:
        return None, None, None
    x, y = container.rational(first, X_RESOLUTION), container.rational(first, Y_RESOLUTION)
    spacing = _number(fields, "spacing")
    return (spacing * factor if spacing else None, factor / y if y else None, factor / x if x else None)


def _interval(fields: dict[str, str]) -> float | None:
    interval, rate = _number(fields, "finterval"), _number(fields, "fps")
    factor = _SECONDS.get(fields.get("tunit", "").strip().lower(), 1.0)
    return interval * factor if interval else 1 / rate if rate else None


def _channels(
    container: TiffContainer, first: Directory, fields: dict[str, str], pixels: Pixels
) -> tuple[Channel, ...]:
    if first.layout.is_rgb:
        return tuple(Channel() for _ in range(pixels.size_c))
    metadata = _metadata(container, first)
    tables = metadata.get(b"luts", [])
    ranges = [pair for part in metadata.get(b"rang", []) for pair in iter_unpack(container.byte_order + "dd", part)]
    colored = fields.get("mode", "composite" if len(tables) > 1 else "") in ("composite", "color")
    low, high = _window(fields)
    channels = []
    for index in range(pixels.size_c):
        window = ranges[index] if index < len(ranges) else (low, high) if low is not None and high is not None else None
        color = _color(tables[index]) if colored and index < len(tables) else None
        channels.append(Channel(color=color, window=window if window and window[0] < window[1] else None))
    return tuple(channels)


def _selections(metadata: dict[bytes, list[bytes]]) -> tuple[bytes, ...]:
    """The overlay's selections and the one that was active, each once."""
    return tuple(dict.fromkeys((*metadata.get(b"over", ()), *metadata.get(b"roi ", ()))))


def _window(fields: dict[str, str]) -> tuple[float | None, float | None]:
    try:
        return float(fields["min"]), float(fields["max"])
    except (KeyError, ValueError):
        return None, None


def _color(table: bytes) -> str | None:
    """The brightest entry of a look-up table (256 red, 256 green, 256 blue) as "RRGGBB"."""
    return f"{table[255]:02X}{table[511]:02X}{table[767]:02X}" if len(table) == 768 else None


def _metadata(container: TiffContainer, first: Directory) -> dict[bytes, list[bytes]]:
    """Blocks of the private metadata tag by kind ("luts", "rang"); empty when absent or malformed."""
    counts, data = container.integers(first, _METADATA_COUNTS), container.value_bytes(first, _METADATA)
    if not counts or counts[0] > len(data) or counts[0] < 12 or data[:4] not in (b"IJIJ", b"JIJI"):
        return {}
    # Kinds are written as numbers in the file's byte order: "IJIJ" turns into "JIJI".
    turn = -1 if container.byte_order == "<" else 1
    found: dict[bytes, list[bytes]] = {}
    position, block = counts[0], 1
    for entry in range(4, counts[0] - 7, 8):
        kind, number = data[entry : entry + 4][::turn], unpack_from(container.byte_order + "I", data, entry + 4)[0]
        for size in counts[block : block + number]:
            found.setdefault(kind, []).append(data[position : position + size])
            position += size
        block += number
    return found
