"""How an image was taken: what it and its channels refer to, as sections of the model."""

import math
from collections.abc import Iterable, Iterator

from publisher.formats.ome_xml_annotation import annotations_of
from publisher.formats.ome_xml_engine import NS, Element, local
from publisher.formats.ome_xml_tree import OmeTree
from publisher.model.acquisition import Field, Section, kind_of
from publisher.model.annotation import Pair

LONGEST = 1_000
"""Characters of one value that are told."""
MOST_DEVICES = 500
"""Devices of one instrument that are told; who writes more writes something else."""
_LIGHT_SOURCES = ("Laser", "Arc", "Filament", "LightEmittingDiode", "GenericExcitationSource")
_DEVICES = ("Objective", "Filter", "FilterSet", "Dichroic", "Detector", *_LIGHT_SOURCES)
"""Devices of an instrument in the order of OMERO.web's panel."""
_FILTERS = {"ExcitationFilterRef": "ExcitationFilter", "DichroicRef": "Dichroic", "EmissionFilterRef": "EmissionFilter"}
_REFERENCES = ("LightSourceSettings", "DetectorSettings", "FilterSetRef", *_FILTERS)


class AcquisitionReader:
    """Reads the acquisition of image after image of one document; what images share is made once and shared."""

    def __init__(self, tree: OmeTree) -> None:
        self._tree = tree
        self._instruments: dict[Element, Section] = {}
        self._devices: dict[Element, str] = {}
        self._channels: dict[object, tuple[Section, tuple[Element, ...]]] = {}

    def sections(self, image: Element) -> tuple[Section, ...]:
        """Microscope (one for each instrument), objective, environment, stage, experiment, then the channels.

        Sections that say nothing are left out, but for channels: of those there is one for each Channel element.
        """
        channels = [self._known_channel(each) for each in image.iterfind(f"{NS}Pixels/{NS}Channel")]
        settings = image.find(NS + "ObjectiveSettings")
        used = [instrument for _, instruments in channels for instrument in instruments]
        found = [
            *map(self._instrument, self._instruments_of(image, settings, used)),
            *self._settings(settings),
            self._environment(image.find(NS + "ImagingEnvironment")),
            self._stage_label(image.find(NS + "StageLabel")),
            *self._experiments(image),
        ]
        return (*(section for section in found if section), *(section for section, _ in channels))

    def _instruments_of(self, image: Element, settings: Element | None, used: Iterable[Element]) -> Iterable[Element]:
        """Those that the image names, then those that hold a device which it or its channels name."""
        named = [self._tree.find(reference.get("ID", "")) for reference in image.iterfind(NS + "InstrumentRef")]
        objective = () if settings is None else self._holding([settings])
        return dict.fromkeys(each for each in (*named, *objective, *used) if each is not None and _is_instrument(each))

    def _holding(self, references: Iterable[Element]) -> tuple[Element, ...]:
        """Instruments that hold the devices which ``references`` name."""
        devices = (self._tree.find(reference.get("ID", "")) for reference in references)
        return tuple(dict.fromkeys(device.getparent() for device in devices if device is not None))

    def _known_channel(self, element: Element) -> tuple[Section, tuple[Element, ...]]:
        """A channel and the instruments it uses; channels that say the same, as those of a plate do, are one."""
        key = _said(element)
        if key not in self._channels:
            references = element.iter(*(NS + tag for tag in _REFERENCES))
            self._channels[key] = self._channel(element), self._holding(references)
        return self._channels[key]

    def _instrument(self, element: Element) -> Section:
        if element not in self._instruments:
            devices = [device for tag in _DEVICES for device in element.iterfind(NS + tag)][:MOST_DEVICES]
            microscope = element.find(NS + "Microscope")
            self._instruments[element] = Section(
                kind="Microscope",
                values=() if microscope is None else tuple(_values(microscope)),
                sections=tuple(filter(None, map(self._device, devices))),
                annotations=annotations_of(self._tree, element),
            )
        return self._instruments[element]

    def _device(self, element: Element) -> Section:
        values = [*_values(element)]
        transmitted = element.find(NS + "TransmittanceRange")
        if transmitted is not None:
            values += _values(transmitted, "Filter")
        values += self._filters(element)
        pump = element.find(NS + "Pump")
        if pump is not None:
            values += [("Pump", told)] if (told := self._named(pump)) else []
        return Section(
            kind=local(element),
            values=tuple(values),
            pairs=_pairs(element),
            annotations=annotations_of(self._tree, element),
        )

    def _filters(self, element: Element | None) -> Iterator[tuple[str, str]]:
        """What a filter set or a light path refers to, in its order."""
        for reference in () if element is None else element:
            role = _FILTERS.get(local(reference))
            told = self._named(reference) if role else ""
            if role and told:
                yield role, told

    def _named(self, reference: Element) -> str:
        """The device that ``reference`` names, in one line; empty where there is none."""
        device = self._tree.find(reference.get("ID", ""))
        if device is None:
            return ""
        if device not in self._devices:
            self._devices[device] = summary(device)
        return self._devices[device]

    def _settings(self, element: Element | None) -> Iterator[Section]:
        """Settings of a device, after the device itself."""
        if element is not None:
            told = self._named(element)
            yield Section(kind=local(element), values=(*((("Device", told),) if told else ()), *_values(element)))

    def _environment(self, element: Element | None) -> Section:
        values = () if element is None else tuple(_values(element))
        return Section(kind="ImagingEnvironment", values=values, pairs=() if element is None else _pairs(element))

    def _stage_label(self, element: Element | None) -> Section:
        return Section(kind="StageLabel", values=() if element is None else tuple(_values(element)))

    def _experiments(self, image: Element) -> Iterator[Section]:
        """The experiment with its manipulations; one that the image alone names stands for itself."""
        told: set[Element] = set()
        for reference in image.iterfind(NS + "ExperimentRef"):
            experiment = self._tree.find(reference.get("ID", ""))
            if experiment is not None:
                inside = experiment.findall(NS + "MicrobeamManipulation")
                told.update(inside)
                yield Section(
                    kind="Experiment",
                    values=tuple(_described(experiment)),
                    sections=tuple(filter(None, map(self._manipulation, inside))),
                )
        for reference in image.iterfind(NS + "MicrobeamManipulationRef"):
            manipulation = self._tree.find(reference.get("ID", ""))
            if manipulation is not None and manipulation not in told:
                yield self._manipulation(manipulation)

    def _manipulation(self, element: Element) -> Section:
        regions = (("ROI", reference.get("ID", "")) for reference in element.iterfind(NS + "ROIRef"))
        lights = element.iterfind(NS + "LightSourceSettings")
        return Section(
            kind="MicrobeamManipulation",
            values=(*_described(element), *regions),
            sections=tuple(filter(None, (section for light in lights for section in self._settings(light)))),
        )

    def _channel(self, element: Element) -> Section:
        """A channel: its own values, then light source, detector, filter set and light path."""
        values = [*_values(element)]
        if element.get("SamplesPerPixel", "1") != "1":
            values.append(("SamplesPerPixel", element.get("SamplesPerPixel")))
        light_path = element.find(NS + "LightPath")
        parts = [
            *self._settings(element.find(NS + "LightSourceSettings")),
            *self._settings(element.find(NS + "DetectorSettings")),
            *self._filter_set(element.find(NS + "FilterSetRef")),
            Section(
                kind="LightPath",
                values=tuple(self._filters(light_path)),
                annotations=() if light_path is None else annotations_of(self._tree, light_path),
            ),
        ]
        return Section(
            kind="Channel",
            title=_short(element.get("Name", "")),
            values=tuple(values),
            sections=tuple(filter(None, parts)),
            annotations=annotations_of(self._tree, element),
        )

    def _filter_set(self, reference: Element | None) -> Iterator[Section]:
        filters = None if reference is None else self._tree.find(reference.get("ID", ""))
        if reference is not None and filters is not None:
            told = self._named(reference)
            device = (("Device", told),) if told else ()
            yield Section(kind="FilterSetRef", values=(*device, *self._filters(filters)))


def _said(channel: Element) -> tuple[object, ...]:
    """All that stands in a Channel and below it, to be compared; its own ID and colour tell nothing of acquisition."""
    own = [item for item in channel.items() if item[0] not in ("ID", "Color")]
    return (*own, *((part.tag, len(part), *part.items()) for part in channel.iterdescendants()))


def _is_instrument(element: Element) -> bool:
    return local(element) == "Instrument"


def summary(device: Element) -> str:
    """A device in one line: maker and model, then what tells it from others; its ID where nothing is known."""
    tag = local(device)
    values = dict(_values(device))
    name = " ".join(filter(None, (values.get("Manufacturer", ""), values.get("Model", ""))))
    details: tuple[str, ...] = (values.get("Type", ""),)
    if tag == "Objective":
        details = ("/".join(filter(None, (values.get("NominalMagnification", ""), values.get("LensNA", "")))),)
    elif tag in _LIGHT_SOURCES:
        kind = "" if tag == "GenericExcitationSource" else kind_of(tag).title
        names = ("Type", "LaserMedium", "Wavelength", "Power")
        details = (kind, *(values.get(each, "") for each in names))
    elif tag == "Filter" and (transmitted := device.find(NS + "TransmittanceRange")) is not None:
        edges = dict(_values(transmitted, "Filter"))
        details += (_band(edges.get("CutIn", ""), edges.get("CutOut", "")),)
    return ", ".join(filter(None, (name, *details))) or device.get("ID", "")


def _band(start: str, end: str) -> str:
    """Edges of a filter: "350–450 nm", or one of them with its name."""
    if start and end:
        number, _, unit = start.partition(" ")
        return f"{number}–{end}" if end.endswith(f" {unit}") else f"{start}–{end}"
    return f"from {start}" if start else f"to {end}" if end else ""


def _described(element: Element) -> Iterator[tuple[str, str]]:
    yield from _values(element)
    description = _short(element.findtext(NS + "Description") or "")
    if description:
        yield "Description", description


def _values(element: Element, kind: str = "") -> Iterator[tuple[str, str]]:
    """Values that ``element`` sets, in the order of its kind."""
    for field in kind_of(kind or local(element)).fields:
        text = element.get(field.name)
        if text and (told := _told(element, field, text)):
            yield field.name, told


def _told(element: Element, field: Field, text: str) -> str:
    """A value as it is shown, with its unit."""
    text = _short(text)
    if not text or (field.form == "text" and not field.unit):
        return text
    if field.form == "yes-no":
        return {"true": "Yes", "1": "Yes", "false": "No", "0": "No"}.get(text.lower(), text)
    if field.form == "percent":
        return _percent(text)
    if field.unit == "×":
        return _plain(text) + "×"
    return f"{_plain(text)} {element.get(field.name + 'Unit', field.unit)}"


def _percent(text: str) -> str:
    """A fraction of the schema (0 to 1) as per cent; what is none stays as it is."""
    try:
        value = float(text)
    except ValueError:
        return text
    return f"{value * 100:.6g} %" if 0 <= value <= 1 else text


def _plain(text: str) -> str:
    """A number without a needless ".0"; every other text as it is."""
    try:
        value = float(text)
    except ValueError:
        return text
    return f"{value:.12g}" if math.isfinite(value) and "." in text else text


def _pairs(element: Element) -> tuple[Pair, ...]:
    """The Map that belongs to an element."""
    entries = element.iterfind(f"{NS}Map/{NS}M")
    return tuple(Pair(_short(entry.get("K", "")), _short(entry.text or "")) for entry in entries)


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(None, 1)[0] + "…"
