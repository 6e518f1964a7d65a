"""How an image was taken: OME's instrument, settings, channels, planes and experiment as sections of named values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from publisher.model.annotation import Annotation, Pair

Form = Literal["text", "percent", "yes-no"]
"""How a value is written: as it is, a fraction as per cent, true and false in words."""


@dataclass(frozen=True, slots=True)
class Field:
    """A value that OME knows of a device or setting.

    ``name`` is the schema's attribute, ``label`` what a reader is told in OMERO.web's words, ``unit`` the schema's
    default unit (``name`` + "Unit" may name another) or a sign that follows the number ("×").
    """

    name: str
    label: str
    unit: str = ""
    form: Form = "text"


@dataclass(frozen=True, slots=True)
class SectionKind:
    """An element of OME-XML whose values are shown together; ``fields`` in the order of OMERO.web's panel."""

    name: str
    title: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A device, a setting, a channel: what one element of the document says.

    ``kind`` is the element's name in OME 2016-06 ("Objective", "Channel"); ``values`` are (name of the field, value
    with its unit), those alone that the document sets; a name may repeat. ``title`` stands where the kind's own is
    not enough ("DAPI", "Emission filter"). ``pairs`` are those of a map that belongs to the element.
    """

    kind: str
    values: tuple[tuple[str, str], ...] = ()
    title: str = ""
    pairs: tuple[Pair, ...] = ()
    sections: tuple["Section", ...] = ()
    annotations: tuple[Annotation, ...] = ()

    @property
    def unset(self) -> tuple[Field, ...]:
        """Fields that OME knows of this kind and the document leaves open."""
        told = {name for name, _ in self.values}
        return tuple(field for field in kind_of(self.kind).fields if field.name not in told)

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self.values or self.pairs or self.annotations or any(self.sections))


def every_section(sections: Iterable[Section]) -> Iterator[Section]:
    """``sections`` with all that are inside them, each before its own."""
    for section in sections:
        yield section
        yield from every_section(section.sections)


def kind_of(name: str) -> SectionKind:
    """The kind of that name; one without fields of a name that is not in the table."""
    return _BY_NAME.get(name) or SectionKind(name, name)


def label_of(kind: str, name: str) -> str:
    """What the value ``name`` of a section of ``kind`` is called; the name itself where the table has none."""
    return next((field.label for field in kind_of(kind).fields if field.name == name), _LABELS.get(name, name))


IN_ONE_LINE = frozenset({"Device", "Pump", "ExcitationFilter", "Dichroic", "EmissionFilter"})
"""Names of values that tell another device in one line: maker, model and what else tells it from others."""

_LABELS = {
    "Annotated": "Annotated planes",
    "SamplesPerPixel": "Samples per pixel",
    "ExcitationFilter": "Excitation filter",
    "EmissionFilter": "Emission filter",
}
"""Labels of values that are told where there are any, and missed by nobody where there are none."""

_MAKER = (
    Field("Manufacturer", "Manufacturer"),
    Field("Model", "Model"),
    Field("SerialNumber", "Serial number"),
    Field("LotNumber", "Lot number"),
)
_LIGHT = (*_MAKER, Field("Power", "Power", "mW"))

KINDS = (
    SectionKind("Microscope", "Microscope", (*_MAKER, Field("Type", "Type"))),
    SectionKind(
        "Objective",
        "Objective",
        (
            *_MAKER,
            Field("NominalMagnification", "Nominal magnification", "×"),
            Field("CalibratedMagnification", "Calibrated magnification", "×"),
            Field("LensNA", "Lens NA"),
            Field("Immersion", "Immersion"),
            Field("Correction", "Correction"),
            Field("WorkingDistance", "Working distance", "µm"),
            Field("Iris", "Iris", form="yes-no"),
        ),
    ),
    SectionKind(
        "Filter",
        "Filter",
        (
            *_MAKER,
            Field("Type", "Type"),
            Field("FilterWheel", "Filter wheel"),
            Field("CutIn", "Cut in", "nm"),
            Field("CutOut", "Cut out", "nm"),
            Field("CutInTolerance", "Cut in tolerance", "nm"),
            Field("CutOutTolerance", "Cut out tolerance", "nm"),
            Field("Transmittance", "Transmittance", form="percent"),
        ),
    ),
    SectionKind("FilterSet", "Filter set", _MAKER),
    SectionKind("Dichroic", "Dichroic", _MAKER),
    SectionKind(
        "Detector",
        "Detector",
        (
            *_MAKER,
            Field("Type", "Type"),
            Field("Gain", "Gain"),
            Field("Voltage", "Voltage", "V"),
            Field("Offset", "Offset"),
            Field("Zoom", "Zoom"),
            Field("AmplificationGain", "Amplification gain"),
        ),
    ),
    SectionKind(
        "Laser",
        "Laser",
        (
            *_LIGHT,
            Field("Type", "Type"),
            Field("LaserMedium", "Medium"),
            Field("Wavelength", "Wavelength", "nm"),
            Field("FrequencyMultiplication", "Frequency multiplication"),
            Field("Tuneable", "Tuneable", form="yes-no"),
            Field("Pulse", "Pulse"),
            Field("RepetitionRate", "Repetition rate", "Hz"),
            Field("PockelCell", "Pockel cell", form="yes-no"),
        ),
    ),
    SectionKind("Arc", "Arc lamp", (*_LIGHT, Field("Type", "Type"))),
    SectionKind("Filament", "Filament lamp", (*_LIGHT, Field("Type", "Type"))),
    SectionKind("LightEmittingDiode", "Light emitting diode", _LIGHT),
    SectionKind("GenericExcitationSource", "Excitation source", _LIGHT),
    SectionKind(
        "ObjectiveSettings",
        "Objective settings",
        (
            Field("CorrectionCollar", "Correction collar"),
            Field("Medium", "Medium"),
            Field("RefractiveIndex", "Refractive index"),
        ),
    ),
    SectionKind(
        "ImagingEnvironment",
        "Environment",
        (
            Field("Temperature", "Temperature", "°C"),
            Field("AirPressure", "Air pressure", "mbar"),
            Field("Humidity", "Humidity", form="percent"),
            Field("CO2Percent", "CO2 percent", form="percent"),
        ),
    ),
    SectionKind(
        "StageLabel",
        "Stage label",
        (
            Field("Name", "Name"),
            Field("X", "Position X", "reference frame"),
            Field("Y", "Position Y", "reference frame"),
            Field("Z", "Position Z", "reference frame"),
        ),
    ),
    SectionKind(
        "Channel",
        "Channel",
        (
            Field("ExcitationWavelength", "Excitation", "nm"),
            Field("EmissionWavelength", "Emission", "nm"),
            Field("NDFilter", "ND filter", form="percent"),
            Field("PinholeSize", "Pin hole size", "µm"),
            Field("Fluor", "Fluor"),
            Field("IlluminationType", "Illumination"),
            Field("ContrastMethod", "Contrast method"),
            Field("AcquisitionMode", "Mode"),
            Field("PockelCellSetting", "Pockel cell"),
        ),
    ),
    SectionKind(
        "DetectorSettings",
        "Detector",
        (
            Field("Gain", "Gain"),
            Field("Voltage", "Voltage", "V"),
            Field("Offset", "Offset"),
            Field("ReadOutRate", "Readout rate", "MHz"),
            Field("Binning", "Binning"),
            Field("Integration", "Integration"),
            Field("Zoom", "Zoom"),
        ),
    ),
    SectionKind(
        "LightSourceSettings",
        "Light source",
        (Field("Wavelength", "Wavelength", "nm"), Field("Attenuation", "Attenuation", form="percent")),
    ),
    SectionKind("FilterSetRef", "Filter set"),
    SectionKind("LightPath", "Light path"),
    SectionKind("Experiment", "Experiment", (Field("Type", "Type"), Field("Description", "Description"))),
    SectionKind(
        "MicrobeamManipulation",
        "Microbeam manipulation",
        (Field("Type", "Type"), Field("Description", "Description")),
    ),
    SectionKind(
        "Plane",
        "Planes",
        (
            Field("Count", "Described planes"),
            Field("ExposureTime", "Exposure time"),
            Field("DeltaT", "Delta T"),
            Field("PositionX", "Position X"),
            Field("PositionY", "Position Y"),
            Field("PositionZ", "Position Z"),
        ),
    ),
)
"""What OME 2016-06 says of acquisition, in OMERO.web's order and wording."""

_BY_NAME = {kind.name: kind for kind in KINDS}
