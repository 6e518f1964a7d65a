"""MetaMorph stacks (STK): one directory for all planes, which lie behind each other.

Source: the tags UIC1 to UIC4 as MetaMorph's "STK file format" note describes them.
"""

from struct import iter_unpack, unpack_from

from publisher.errors import Problem
from publisher.model.identity import stem
from publisher.model.image import Channel, Image, Pixels
from publisher.sources.damage import damaged, unsupported, warning
from publisher.sources.plain_tiff import page_letters
from publisher.sources.tiff_container import Directory, TiffContainer
from publisher.sources.tiff_source import PlaneAddress, TiffSeries

UIC1, UIC2 = 33628, 33629
_X_CALIBRATION, _Y_CALIBRATION, _UNITS = 4, 5, 6
_UIC1_BYTES = 4096
_MAX_PLANES = 1_000_000
_PLANE_BYTES = 24
"""Of one plane in UIC2: z distance as a fraction, day and millisecond of creation, the same of the last change."""


def is_stack(container: TiffContainer) -> bool:
    """Whether the first directory stands for several planes."""
    tags = container.tags(container.first_directory())
    return UIC1 in tags and UIC2 in tags and tags[UIC2].values > 1


def read_stack(container: TiffContainer, axes: str | None) -> tuple[TiffSeries, tuple[Problem, ...]]:
    """The one image of a stack: along z where sections are apart, else along time where moments differ, else along z.

    ``axes`` is the curator's word ("TYX").
    """
    first = container.directories()[0]
    count = container.tags(first)[UIC2].values
    stride = _stride(container, first, count)
    table = _table(container, first, count)
    letters = page_letters(container, axes) if axes else ""
    if len(letters) > 1:
        raise damaged(container.name, f"axes {axes} name more than one axis of a stack", code="source.axes-ambiguous")
    letter, warnings = (letters, ()) if letters else _letter(container, table)
    distances = [abs(row[0] / row[1]) for row in table if row[1]]
    layout = first.layout
    pixels = Pixels(
        size_x=layout.width,
        size_y=layout.height,
        size_z=count if letter == "Z" else 1,
        size_c=(count if letter == "C" else 1) * layout.samples,
        size_t=count if letter == "T" else 1,
        dtype=layout.dtype or "",
        pixel_size_um=(_step(distances) if letter == "Z" else None, *_pixel_size(container, first)),
    )
    image = Image(
        series=0,
        name=stem(container.name),
        pixels=pixels,
        channels=tuple(Channel() for _ in range(pixels.size_c)),
        rgb=layout.is_rgb,
    )
    planes = [PlaneAddress(0, 0, number * stride) for number in range(count)]
    return TiffSeries(image=image, planes=planes, samples=layout.samples), warnings


def _stride(container: TiffContainer, first: Directory, count: int) -> int:
    """Bytes from plane to plane; the strips of a plane must touch, and all planes must lie in the file."""
    layout = first.layout
    if not layout.is_raw or layout.tiled or layout.planar:
        raise unsupported(container.name, f"is a MetaMorph stack with compression {layout.compression}")
    segments = container.segments(first)
    plane = layout.row_bytes * layout.height
    touching = all(
        offset + size == following
        for offset, size, following in zip(segments.offsets, segments.counts, segments.offsets[1:], strict=False)
    )
    if not touching or sum(segments.counts) != plane:
        raise unsupported(container.name, "is a MetaMorph stack whose strips do not touch")
    start = segments.offsets[0]
    end = start + count * plane
    # Pixels that reach into what describes them are none.
    inside = any(start <= place < end for place in (first.offset, _place(container, first, UIC2)))
    if count > _MAX_PLANES or end > container.size or inside:
        message = f"says {count} planes of {plane} bytes, the file has {container.size} and does not hold them"
        raise damaged(container.name, message, code="source.missing-planes", hint="copy the file again")
    return plane


def _place(container: TiffContainer, first: Directory, tag: int) -> int:
    """Where the values of a tag stand; UIC2 counts planes, so that its type tells nothing of its length."""
    return int.from_bytes(container.tags(first)[tag].inline, "little" if container.byte_order == "<" else "big")


def _table(container: TiffContainer, first: Directory, count: int) -> list[tuple[int, ...]]:
    """Six numbers a plane; empty when the file does not hold them all."""
    offset = _place(container, first, UIC2)
    if offset + count * _PLANE_BYTES > container.size:
        return []
    data = container.read(offset, count * _PLANE_BYTES)
    return [unpack_from(container.byte_order + "6I", data, place) for place in range(0, len(data), _PLANE_BYTES)]


def _letter(container: TiffContainer, table: list[tuple[int, ...]]) -> tuple[str, tuple[Problem, ...]]:
    if table and all(row[0] for row in table[1:]):
        return "Z", ()
    if table and len({row[2:4] for row in table}) == len(table):
        return "T", ()
    message = "is a stack that does not say what its planes are: read as a z stack"
    hint = "set `axes: ZYX`, `TYX` or `CYX` for this source in study.yaml"
    return "Z", (warning(container.name, "source.axes-guessed", message, hint=hint),)


def _step(distances: list[float]) -> float | None:
    """Distance of sections in µm, the same for all but the first, which has none before it."""
    steps = {round(distance, 6) for distance in distances[1:]}
    step = steps.pop() if len(steps) == 1 else 0.0
    return step if 0 < step < 1e6 else None


def _pixel_size(container: TiffContainer, first: Directory) -> tuple[float | None, float | None]:
    """(y, x) from UIC1, a list of pairs (number, value or its offset), where its unit is µm."""
    data = container.leading_bytes(first, UIC1, _UIC1_BYTES)
    found = dict(iter_unpack(container.byte_order + "II", data[: len(data) // 8 * 8]))
    if not {_X_CALIBRATION, _Y_CALIBRATION, _UNITS} <= found.keys():
        return None, None
    unit = _text(container, found[_UNITS])
    if unit not in ("um", "µm", "micron", "microns"):
        return None, None
    return _fraction(container, found[_Y_CALIBRATION]), _fraction(container, found[_X_CALIBRATION])


def _fraction(container: TiffContainer, offset: int) -> float | None:
    if offset + 8 > container.size:
        return None
    above, below = unpack_from(container.byte_order + "II", container.read(offset, 8))
    value = above / below if below else 0.0
    return value if 0 < value < 1e6 else None


def _text(container: TiffContainer, offset: int) -> str:
    """A length of at most 64 and so many characters."""
    if offset + 4 > container.size:
        return ""
    (length,) = unpack_from(container.byte_order + "I", container.read(offset, 4))
    if length > 64 or offset + 4 + length > container.size:
        return ""
    return container.read(offset + 4, length).split(b"\0")[0].decode("latin-1").strip().lower()
