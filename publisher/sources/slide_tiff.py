"""Whole slides in TIFF: Aperio SVS, Hamamatsu NDPI, PerkinElmer QPTIFF.

Of their pictures only the scan itself is an image. Label and macro show the slide's label, with names and barcodes
(Bisson et al. 2023, PMC10185865): they are never read, and neither are thumbnails and overviews.
"""

import re
from collections.abc import Sequence

from publisher.errors import Problem
from publisher.model.acquisition import Section
from publisher.model.identity import stem
from publisher.model.image import Channel, Image, Pixels
from publisher.sources.damage import damaged, unsupported, warning
from publisher.sources.plain_tiff import pixel_size_of
from publisher.sources.tiff_container import Directory, TiffContainer
from publisher.sources.tiff_source import PlaneAddress, TiffSeries
from publisher.sources.tiff_tags import DESCRIPTION

_NDPI, _SOURCE_LENS, _FOCUS = 65420, 65421, 65424
_TEXT_BYTES = 16384
_ASPECT = 0.05
"""Levels are whole pixels, so that their aspects differ a little, most in the smallest."""
_MPP = re.compile(rb"\|\s*MPP\s*=\s*([0-9.]+)")
_MAGNIFICATION = re.compile(rb"\|\s*AppMag\s*=\s*([0-9.]+)")
_EXTRA = re.compile(rb"[\r\n]\s*(label|macro)\s", re.IGNORECASE)
_QPI = b"PerkinElmer-QPI-ImageDescription"
_QPI_KIND = re.compile(rb"<ImageType>\s*(\w+)\s*</ImageType>")
_QPI_NAME = re.compile(rb"<Name>([^<]{1,200})</Name>")


def slide_kind(container: TiffContainer) -> str:
    """ "Aperio", "Hamamatsu" or "PerkinElmer"; empty when it is no slide of theirs."""
    first = container.first_directory()
    text = container.leading_bytes(first, DESCRIPTION, 512)
    if text.startswith(b"Aperio"):
        return "Aperio"
    if _NDPI in container.tags(first):
        return "Hamamatsu"
    return "PerkinElmer" if _QPI in text else ""


def read_slide(container: TiffContainer, kind: str) -> tuple[TiffSeries, tuple[Problem, ...]]:
    """The scan of a slide, with a warning that names what else the file holds."""
    find = {"Aperio": _aperio, "Hamamatsu": _hamamatsu, "PerkinElmer": _perkin_elmer}[kind]
    planes, reduced = find(container)
    used = {directory.index for directory in (*planes, *reduced)}
    others = len(container.directories()) - len(used)
    return _series(container, kind, planes, reduced), _others(container, others)


def _others(container: TiffContainer, count: int) -> tuple[Problem, ...]:
    if not count:
        return ()
    pictures = "one more picture" if count == 1 else f"{count} more pictures"
    message = f"holds {pictures} (label, macro, thumbnail) that may show names: not published"
    hint = "the original file still holds them: do not offer it for download if they must stay private"
    return (warning(container.name, "source.slide-pictures", message, hint=hint),)


def _aperio(container: TiffContainer) -> tuple[list[Directory], list[Directory]]:
    """The first directory and tiled ones like it; a label or macro says so in its second line."""
    first, *others = container.directories()
    tiled = [
        each
        for each in others
        if each.layout.tiled and not _EXTRA.search(container.leading_bytes(each, DESCRIPTION, 512))
    ]
    return _stack_and_levels(first, tiled)


def _hamamatsu(container: TiffContainer) -> tuple[list[Directory], list[Directory]]:
    """Directories with a positive magnification; -1 is the macro, -2 a map of the tissue. Focus runs along z."""
    if container.size >= 2**32:
        hint = "convert it with bioformats2raw"
        raise unsupported(container.name, "is a Hamamatsu slide beyond 4 GB, whose offsets TIFF cannot hold", hint=hint)
    scans = [each for each in container.directories() if (container.float(each, _SOURCE_LENS) or 0) > 0]
    if not scans:
        raise damaged(container.name, "is a Hamamatsu slide without a scan", code="source.no-image")
    focus = {each.index: (container.integers(each, _FOCUS) or (0,))[0] for each in scans}
    scans.sort(key=lambda each: (-each.layout.width, focus[each.index]))
    return _stack_and_levels(scans[0], scans[1:])


def _perkin_elmer(container: TiffContainer) -> tuple[list[Directory], list[Directory]]:
    """Directories that call themselves FullResolution: the channels. Levels are not looked for, as none is read."""
    full = [each for each in container.directories() if _qpi(container, each, _QPI_KIND) == "FullResolution"]
    if not full or not all(each.layout.same_pixels(full[0].layout) for each in full):
        raise damaged(container.name, "is a PerkinElmer slide without one scan", code="source.no-image")
    return full, []


def _qpi(container: TiffContainer, directory: Directory, pattern: re.Pattern[bytes]) -> str:
    found = pattern.search(container.leading_bytes(directory, DESCRIPTION, _TEXT_BYTES))
    return found[1].decode("utf-8", "replace").strip() if found else ""


def _stack_and_levels(first: Directory, others: Sequence[Directory]) -> tuple[list[Directory], list[Directory]]:
    """Directories of the first one's size as a stack, and the smaller ones of its shape, largest first."""
    planes = [first, *(each for each in others if each.layout.same_pixels(first.layout))]
    levels: list[Directory] = []
    for each in sorted(others, key=lambda directory: -directory.layout.width):
        above, layout = (levels or planes)[-1].layout, each.layout
        alike = layout.dtype == above.dtype and layout.samples == above.samples
        scale = first.layout.width / layout.width, first.layout.height / layout.height
        if alike and layout.width < above.width and abs(scale[0] - scale[1]) <= _ASPECT * scale[0]:
            levels.append(each)
    return planes, levels if len(planes) == 1 else []


def _series(
    container: TiffContainer, kind: str, planes: Sequence[Directory], reduced: Sequence[Directory]
) -> TiffSeries:
    layout = planes[0].layout
    channels = len(planes) if kind == "PerkinElmer" else 1
    text = container.leading_bytes(planes[0], DESCRIPTION, _TEXT_BYTES)
    mpp = _number(_MPP, text)
    pixels = Pixels(
        size_x=layout.width,
        size_y=layout.height,
        size_z=len(planes) // channels,
        size_c=channels * layout.samples,
        dtype=layout.dtype or "",
        pixel_size_um=(None, mpp, mpp) if mpp else (None, *pixel_size_of(container, planes[0])),
    )
    names = [_qpi(container, each, _QPI_NAME) for each in planes] if layout.samples == 1 and channels > 1 else []
    magnification = _number(_MAGNIFICATION, text) or container.float(planes[0], _SOURCE_LENS)
    image = Image(
        series=0,
        name=stem(container.name),
        pixels=pixels,
        channels=tuple(Channel(name=name) for name in names) or tuple(Channel() for _ in range(pixels.size_c)),
        rgb=layout.is_rgb,
        acquisition=(Section(kind="Objective", values=(("NominalMagnification", f"{magnification:g}×"),)),)
        if magnification
        else (),
    )
    addresses = [PlaneAddress(0, each.index) for each in planes]
    return TiffSeries(
        image=image, planes=addresses, samples=layout.samples, reduced=tuple(each.index for each in reduced)
    )


def _number(pattern: re.Pattern[bytes], text: bytes) -> float | None:
    found = pattern.search(text)
    try:
        value = float(found[1]) if found else 0.0
    except ValueError:
        return None
    return value if 0 < value < 1e6 else None
