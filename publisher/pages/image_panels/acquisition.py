"""Acquisition: microscope, settings, planes, experiment, and each channel's optics."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from publisher.model.acquisition import Section, every_section, kind_of, label_of
from publisher.model.image import Image
from publisher.pages import quantities
from publisher.pages.channels import Chip, chips
from publisher.pages.facts import Fact, fact, pair_facts
from publisher.pages.image_panels.download import FileLink, file_link
from publisher.pages.image_panels.notes import Note, note
from publisher.pages.image_panels.panel import Panel
from publisher.pages.links import Linker
from publisher.pages.published import PublishedImage

_IMAGE_SECTIONS = ("ObjectiveSettings", "ImagingEnvironment", "StageLabel")
"""Sections that every image may have once."""
_IN_TABLE = frozenset({"ExcitationWavelength", "EmissionWavelength", "Fluor"})
_UNSET_TITLES = {"DetectorSettings": "Detector settings", "LightSourceSettings": "Light source settings"}
"""Away from its channel a setting must be told from the device."""
MOST_CHANNELS = 100
"""Channels with a group of their own; the table has all."""
_OPEN_ROWS = 24
"""Rows of a group that is open from the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """One channel: wavelengths, exposure and window in words, "–" where the source says nothing."""

    name: str
    color: str
    fluor: str
    excitation: str
    emission: str
    exposure: str
    window: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquisitionPart:
    """A device or a setting with its values; ``parts`` are inside it, ``notes`` are annotations of it."""

    title: str
    rows: tuple[Fact, ...]
    parts: tuple["AcquisitionPart", ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquisitionGroup:
    """One of OMERO.web's headings: Microscope, Image, or a channel, which has its ``color``.

    ``summary`` tells it in a few words. ``is_open`` asks for a group that is short enough to be seen at once.
    """

    title: str
    rows: tuple[Fact, ...]
    parts: tuple[AcquisitionPart, ...]
    notes: tuple[Note, ...] = ()
    summary: str = ""
    color: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsetFields:
    """Labels of values that OME knows of ``title`` and the source leaves open."""

    title: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquisitionPanel(Panel):
    """``channels`` is the channel table, in which ``has_exposures`` asks for that column; ``groups`` are all else.

    ``more_channels`` is the number of channels that have no group because there are too many.
    ``unset`` is shown behind "Show unset fields"; ``planes`` is the table of all planes.
    """

    kind: ClassVar[str] = "acquisition"

    groups: tuple[AcquisitionGroup, ...]
    channels: tuple[ChannelRow, ...]
    has_exposures: bool
    more_channels: int
    unset: tuple[UnsetFields, ...]
    planes: FileLink | None


def acquisition_panel(item: PublishedImage, image: Image, linker: Linker) -> AcquisitionPanel:
    """How one image was taken."""
    sections = (*image.acquisition, item.planes.section) if item.planes else image.acquisition
    shown = chips(image, item.rendering)
    rows = tuple(_row(item, image, chip, index) for index, chip in enumerate(shown))
    channels = [section for section in sections if section.kind == "Channel"]
    return AcquisitionPanel(
        groups=(*_microscopes(sections), *_image_group(sections), *_channel_groups(channels, shown)),
        channels=rows,
        has_exposures=any(row.exposure != quantities.MISSING for row in rows),
        more_channels=max(len(channels) - MOST_CHANNELS, 0),
        unset=tuple(_unset(sections)),
        planes=file_link(item.planes.file, linker) if item.planes else None,
    )


def _row(item: PublishedImage, image: Image, chip: Chip, index: int) -> ChannelRow:
    channel = image.channels[index]
    window = channel.window
    if item.rendering:
        shown = item.rendering.channels[index]
        window = shown.start, shown.end
    exposures = item.planes.exposures if item.planes else ()
    return ChannelRow(
        name=chip.name,
        color=chip.color,
        fluor=channel.fluor or quantities.MISSING,
        excitation=_nm(channel.excitation_nm),
        emission=_nm(channel.emission_nm),
        exposure=(exposures[index] if index < len(exposures) else "") or quantities.MISSING,
        window="–".join(map(quantities.number, window)) if window else quantities.MISSING,
    )


def _nm(value: float | None) -> str:
    return f"{quantities.number(value)} nm" if value else quantities.MISSING


def _microscopes(sections: Iterable[Section]) -> Iterator[AcquisitionGroup]:
    """The microscope with all devices of its instrument."""
    for section in sections:
        if section.kind == "Microscope":
            values = dict(section.values)
            known = (values.get(name, "") for name in ("Manufacturer", "Model", "Type"))
            yield _group(section, "Microscope", summary=" ".join(filter(None, known)))


def _image_group(sections: Iterable[Section]) -> Iterator[AcquisitionGroup]:
    """What belongs to the image as a whole: objective, environment, stage, planes, experiment."""
    parts = tuple(_part(section) for section in sections if section.kind not in ("Microscope", "Channel"))
    if parts:
        yield AcquisitionGroup(title="Image", rows=(), parts=parts, is_open=True)


def _channel_groups(sections: Sequence[Section], shown: Sequence[Chip]) -> Iterator[AcquisitionGroup]:
    """Channels of which more is known than the table says.

    Channel elements and published channels are the same, but for colour pictures, whose one has three samples.
    """
    is_same = len(sections) == len(shown)
    for number, section in enumerate(sections[:MOST_CHANNELS]):
        beyond = {name for name, _ in section.values} - _IN_TABLE
        if beyond or section.sections or section.annotations:
            title = shown[number].name if is_same else section.title or f"Channel {number + 1}"
            yield _group(section, title, color=shown[number].color if is_same else "")


def _group(section: Section, title: str, *, summary: str = "", color: str = "") -> AcquisitionGroup:
    part = _part(section)
    rows = sum(len(each.values) + len(each.pairs) for each in every_section([section]))
    return AcquisitionGroup(
        title=title,
        rows=part.rows,
        parts=part.parts,
        notes=part.notes,
        summary=summary,
        color=color,
        is_open=rows <= _OPEN_ROWS and not color,
    )


def _part(section: Section) -> AcquisitionPart:
    rows = tuple(fact(label_of(section.kind, name), value) for name, value in section.values)
    return AcquisitionPart(
        title=section.title or kind_of(section.kind).title,
        rows=(*rows, *pair_facts(section.pairs)),
        parts=tuple(map(_part, section.sections)),
        notes=tuple(note(each, {}) for each in section.annotations),
    )


def _unset(sections: Sequence[Section]) -> Iterator[UnsetFields]:
    """Fields without a value, those of equal things told once; nothing where nothing at all is known."""
    if not any(sections):
        return
    missing = [Section(kind=kind) for kind in _IMAGE_SECTIONS if all(section.kind != kind for section in sections)]
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for section in every_section((*sections, *missing)):
        labels = tuple(field.label for field in section.unset)
        if labels:
            found.setdefault((section.kind, labels), []).append(_name(section))
    kinds = [kind for kind, _ in found]
    for (kind, labels), names in found.items():
        which = ", ".join(dict.fromkeys(filter(None, names))) if kinds.count(kind) > 1 else ""
        title = _UNSET_TITLES.get(kind) or kind_of(kind).title
        yield UnsetFields(title=f"{title} ({which})" if which else title, labels=labels)


def _name(section: Section) -> str:
    values = dict(section.values)
    return section.title or values.get("Model", "") or values.get("Device", "")
