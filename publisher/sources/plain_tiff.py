"""TIFF files without a description of their axes: pages of equal shape are one stack."""

import json
import re
from collections.abc import Sequence

from publisher.errors import DamagedSourceError, Problem
from publisher.model.identity import stem
from publisher.model.image import Channel, Image, Pixels
from publisher.sources.damage import damaged, warning
from publisher.sources.tiff_container import Directory, TiffContainer
from publisher.sources.tiff_source import PlaneAddress, TiffSeries
from publisher.sources.tiff_tags import (
    DESCRIPTION,
    OLD_SUBFILE_TYPE,
    RESOLUTION_UNIT,
    SUBFILE_TYPE,
    X_RESOLUTION,
    Y_RESOLUTION,
)

_PRINT_UM = 20.0
"""Pixels wider than this come from a print resolution (72 to 1200 dots per inch), not from a microscope."""
_ASIDE = re.compile(rb"\s*(label|macro|thumbnail|overview)\b(?!\s*=)", re.IGNORECASE)
"""How the description of a slide's label or overview begins (Philips, generic scanners)."""
_UNIT_UM = {2: 25400.0, 3: 10000.0}


def read_plain(container: TiffContainer, axes: str | None) -> tuple[tuple[TiffSeries, ...], tuple[Problem, ...]]:
    """The images of a plain TIFF; ``axes`` is the curator's word on the order of its pages ("ZYX")."""
    aside = _set_aside(container)
    groups = _groups(container, aside)
    series = tuple(_series(container, number, group, axes) for number, group in enumerate(groups))
    count = max(len(group) for group in groups)
    warnings: list[Problem] = []
    if count > 1 and axes is None and not _pyramid(groups[0]) and _shaped(container, groups[0]) is None:
        message = f"holds {count} pages and does not say what they are: read as a z stack"
        hint = "set `axes: ZYX`, `TYX` or `CYX` for this source in study.yaml"
        warnings.append(warning(container.name, "source.axes-guessed", message, hint=hint))
    unused = len(aside) - len(aside & {directory.index for group in groups for directory in group})
    if unused:
        message = f"holds {unused} pictures beside the image (thumbnails, masks, labels): they are not published"
        warnings.append(warning(container.name, "source.slide-pictures", message))
    return series, tuple(warnings)


def _set_aside(container: TiffContainer) -> set[int]:
    """Directories that are no image of their own: smaller versions and masks by their flags, labels by their words.

    NewSubfileType: bit 0 "a reduced-resolution version of another image in this TIFF file", bit 2 "a transparency
    mask"; SubfileType: 2 "reduced-resolution image data" (TIFF 6.0, section 8). A file of nothing else is kept.
    """
    found = {each.index for each in container.directories() if _is_aside(container, each)}
    return found if len(found) < len(container.directories()) else set()


def _is_aside(container: TiffContainer, directory: Directory) -> bool:
    tags = container.tags(directory)
    flags = (container.integers(directory, SUBFILE_TYPE) or (0,))[0] if SUBFILE_TYPE in tags else 0
    old = (container.integers(directory, OLD_SUBFILE_TYPE) or (0,))[0] if OLD_SUBFILE_TYPE in tags else 0
    if flags & 5 or old == 2:
        return True
    return DESCRIPTION in tags and bool(_ASIDE.match(container.leading_bytes(directory, DESCRIPTION, 256)))


def _groups(container: TiffContainer, aside: set[int]) -> list[list[Directory]]:
    """Directories that belong together: equal ones as a stack, or a page with its reduced versions.

    Those ``aside`` stand for nothing but a level of the image before them.
    """
    groups: list[list[Directory]] = []
    for directory in container.directories():
        if directory.index in aside:
            if groups and _is_reduced(container, groups[-1], directory):
                groups[-1].append(directory)
        elif groups and (_is_reduced(container, groups[-1], directory) or _continues(groups[-1], directory)):
            groups[-1].append(directory)
        else:
            groups.append([directory])
    return groups


def _continues(group: list[Directory], directory: Directory) -> bool:
    return directory.layout.same_pixels(group[0].layout) and directory.layout.same_pixels(group[-1].layout)


def _is_reduced(container: TiffContainer, group: list[Directory], directory: Directory) -> bool:
    """Whether this is the next smaller version of a one-page image: NewSubfileType bit 0, or exact halves."""
    above, layout = group[-1].layout, directory.layout
    if layout is above:
        return False
    one_page = len(group) == 1 or not group[0].layout.same_pixels(group[1].layout)
    alike = layout.dtype == above.dtype and layout.samples == above.samples
    smaller = layout.width < above.width and layout.height < above.height
    if not (one_page and alike and smaller):
        return False
    flagged = bool((container.integers(directory, SUBFILE_TYPE) or (0,))[0] & 1)
    scale_y, scale_x = above.height / layout.height, above.width / layout.width
    return abs(scale_x - scale_y) < 0.1 * scale_x and (flagged or abs(scale_x - round(scale_x)) < 0.05)


def _pyramid(group: list[Directory]) -> bool:
    return len(group) > 1 and not group[0].layout.same_pixels(group[1].layout)


def _series(container: TiffContainer, number: int, group: list[Directory], axes: str | None) -> TiffSeries:
    layout = group[0].layout
    pyramid = _pyramid(group)
    pages = 1 if pyramid else len(group)
    order = _page_axes(container, group, pages, axes)
    sizes = dict(order)
    samples = layout.samples
    pixels = Pixels(
        size_x=layout.width,
        size_y=layout.height,
        size_z=sizes.get("Z", 1),
        size_c=sizes.get("C", 1) * samples,
        size_t=sizes.get("T", 1),
        dtype=layout.dtype or "",
        pixel_size_um=(None, *pixel_size_of(container, group[0])),
    )
    planes = [
        PlaneAddress(0, group[_page(order, {"T": t, "C": c, "Z": z})].index)
        for t in range(pixels.size_t)
        for c in range(sizes.get("C", 1))
        for z in range(pixels.size_z)
    ]
    name = stem(container.name) + (f" {number + 1}" if number else "")
    channels = tuple(Channel() for _ in range(pixels.size_c))
    image = Image(series=number, name=name, pixels=pixels, channels=channels, rgb=layout.is_rgb)
    reduced = tuple(directory.index for directory in group[1:]) if pyramid else ()
    return TiffSeries(image=image, planes=planes, samples=samples, reduced=reduced)


def _page(order: Sequence[tuple[str, int]], position: dict[str, int]) -> int:
    """Number of the page at ``position``; the last axis of ``order`` runs fastest."""
    page = 0
    for letter, size in order:
        page = page * size + position[letter]
    return page


def _page_axes(
    container: TiffContainer, group: list[Directory], pages: int, axes: str | None
) -> tuple[tuple[str, int], ...]:
    """(letter, size) of the axes that pages run along, slowest first."""
    shape = _shaped(container, group)
    if pages == 1:
        return ()
    letters = page_letters(container, axes) if axes else ""
    if len(letters) == 1:
        return ((letters, pages),)
    if shape is not None and (not letters or len(letters) == len(shape[1])):
        return tuple(zip(letters or shape[0], shape[1], strict=True))
    if letters:
        message = f"axes {axes} name {len(letters)} axes for {pages} pages, and the file does not give their sizes"
        raise damaged(container.name, message, code="source.axes-ambiguous", hint="name one axis, or use OME-TIFF")
    return (("Z", pages),)


def page_letters(container: TiffContainer, axes: str) -> str:
    """The letters of the curator's ``axes`` that pages run along: those before YX, samples left out."""
    letters = axes.upper().replace("S", "")
    if not letters.endswith("YX") or len(set(letters)) != len(letters) or set(letters) - set("TCZYX"):
        message = f"cannot be read with axes {axes!r}, expected letters of TCZ once each, then YX"
        raise DamagedSourceError(Problem(code="source.bad-axes", path=container.name, message=message))
    return letters[:-2]


def _shaped(container: TiffContainer, group: list[Directory]) -> tuple[str, tuple[int, ...]] | None:
    """Axis letters and sizes of the pages from the JSON that tifffile leaves in the description."""
    text = container.value_bytes(group[0], DESCRIPTION)[:4096].split(b"\0")[0]
    if not text.startswith(b'{"'):
        return None
    try:
        record = json.loads(text)
        shape = [int(size) for size in record["shape"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    layout = group[0].layout
    tail = 3 if layout.samples > 1 else 2
    sizes = tuple(shape[:-tail])
    product = 1
    for size in sizes:
        product *= size
    if product != len(group) or not sizes or any(size < 1 for size in sizes):
        return None
    letters = str(record.get("axes", "")).upper()[: len(sizes)]
    known = len(letters) == len(sizes) and not set(letters) - set("TCZ") and len(set(letters)) == len(letters)
    if known:
        return letters, sizes
    return ("TCZ"[-len(sizes) :], sizes) if len(sizes) in (2, 3) else None


def pixel_size_of(container: TiffContainer, directory: Directory) -> tuple[float | None, float | None]:
    """(y, x) in µm from the resolution tags, unless that is one for printing."""
    unit = _UNIT_UM.get((container.integers(directory, RESOLUTION_UNIT) or (2,))[0])
    per_unit = [container.rational(directory, tag) for tag in (Y_RESOLUTION, X_RESOLUTION)]
    if unit is None or not all(per_unit):
        return None, None
    y, x = (unit / each if each else None for each in per_unit)
    return (y, x) if y and x and max(y, x) <= _PRINT_UM else (None, None)


def other_format(container: TiffContainer) -> str:
    """Name of the format that this file is in truth, which only a reader of its own reads; empty for ordinary TIFF."""
    first = container.first_directory()
    text = container.leading_bytes(first, DESCRIPTION, 512)
    if b"<" in text[:8] and b"http://www.leica-microsystems.com/scn/" in text:
        return "Leica SCN"
    xmp = container.leading_bytes(first, 700, 4096)
    return "Ventana BIF" if b"<iScan" in xmp or b"<iScan" in text else ""
