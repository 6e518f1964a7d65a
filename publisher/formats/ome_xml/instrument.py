"""How an image was taken: what it and its channels refer to, as sections of the model."""

from collections.abc import Iterable, Iterator

from publisher.formats.ome_xml.annotation import annotations_of
from publisher.formats.ome_xml.engine import NS, Element, local
from publisher.formats.ome_xml.tree import OmeTree
from publisher.formats.ome_xml.values import (
    LIGHT_SOURCES,
    described_values,
    map_pairs,
    shortened,
    summary,
    told_values,
)
from publisher.model.acquisition import Section

MOST_DEVICES = 500
"""Devices of one instrument that are told; who writes more writes something else."""
_DEVICES = ("Objective", "Filter", "FilterSet", "Dichroic", "Detector", *LIGHT_SOURCES)
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
                values=() if microscope is None else tuple(told_values(microscope)),
                sections=tuple(filter(None, map(self._device, devices))),
                annotations=annotations_of(self._tree, element),
            )
        return self._instruments[element]

    def _device(self, element: Element) -> Section:
        values = [*told_values(element)]
        transmitted = element.find(NS + "TransmittanceRange")
        if transmitted is not None:
            values += told_values(transmitted, "Filter")
        values += self._filters(element)
        pump = element.find(NS + "Pump")
        if pump is not None:
            values += [("Pump", told)] if (told := self._named(pump)) else []
        return Section(
            kind=local(element),
            values=tuple(values),
            pairs=map_pairs(element),
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
            yield Section(kind=local(element), values=(*((("Device", told),) if told else ()), *told_values(element)))

    def _environment(self, element: Element | None) -> Section:
        values = () if element is None else tuple(told_values(element))
        return Section(kind="ImagingEnvironment", values=values, pairs=() if element is None else map_pairs(element))

    def _stage_label(self, element: Element | None) -> Section:
        return Section(kind="StageLabel", values=() if element is None else tuple(told_values(element)))

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
                    values=tuple(described_values(experiment)),
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
            values=(*described_values(element), *regions),
            sections=tuple(filter(None, (section for light in lights for section in self._settings(light)))),
        )

    def _channel(self, element: Element) -> Section:
        """A channel: its own values, then light source, detector, filter set and light path."""
        values = [*told_values(element)]
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
            title=shortened(element.get("Name", "")),
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
