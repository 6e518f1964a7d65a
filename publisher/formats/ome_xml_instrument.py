"""How an image was taken, as label and value in the words of OMERO.web's Acquisition pane."""

from collections.abc import Iterable, Iterator

from publisher.formats.ome_xml_engine import NS, Element, local
from publisher.formats.ome_xml_tree import OmeTree

Pairs = tuple[tuple[str, str], ...]
_LIGHT_SOURCES = ("Laser", "Arc", "Filament", "LightEmittingDiode", "GenericExcitationSource")


def instrument_pairs(tree: OmeTree, image: Element) -> Pairs:
    """What the image and its channels refer to: microscope, objective, light, filters, detector, environment.

    Without a reference to an instrument the list has only what stands in the image itself. Every device is
    named once, in the order in which the image's parts refer to it.
    """
    found = [*_microscope(tree, image), *_objective(tree, image), *_environment(image)]
    for channel in image.iterfind(f"{NS}Pixels/{NS}Channel"):
        found += _channel(tree, channel)
    return tuple(dict.fromkeys((label, value) for label, value in found if value))


def _referred(tree: OmeTree, parent: Element, tag: str) -> Iterator[tuple[Element, Element]]:
    """Each reference ``tag`` below ``parent`` with the device that it names."""
    for reference in parent.iterfind(f".//{NS}{tag}"):
        device = tree.find(reference.get("ID", ""))
        if device is not None:
            yield reference, device


def _microscope(tree: OmeTree, image: Element) -> Iterator[tuple[str, str]]:
    for _, instrument in _referred(tree, image, "InstrumentRef"):
        microscope = instrument.find(NS + "Microscope")
        if microscope is not None:
            yield "Microscope", _named(microscope)
            yield "Microscope Type", microscope.get("Type", "")


def _objective(tree: OmeTree, image: Element) -> Iterator[tuple[str, str]]:
    for settings, objective in _referred(tree, image, "ObjectiveSettings"):
        yield "Objective", _named(objective, _optics(objective))
        yield "Nominal Magnification", _quantity(objective, "NominalMagnification", suffix="×")
        yield "Calibrated Magnification", _quantity(objective, "CalibratedMagnification", suffix="×")
        yield "Lens NA", _quantity(objective, "LensNA")
        yield "Immersion", objective.get("Immersion", "")
        yield "Correction", objective.get("Correction", "")
        yield "Working Distance", _quantity(objective, "WorkingDistance", "µm")
        yield "Iris", objective.get("Iris", "")
        yield "Correction Collar", _quantity(settings, "CorrectionCollar")
        yield "Medium", settings.get("Medium", "")
        yield "Refractive Index", _quantity(settings, "RefractiveIndex")


def _optics(objective: Element) -> str:
    """Magnification and aperture as they are engraved: 20×/0.8."""
    magnification = _quantity(objective, "NominalMagnification", suffix="×")
    return "/".join(filter(None, (magnification, _quantity(objective, "LensNA"))))


def _environment(image: Element) -> Iterator[tuple[str, str]]:
    environment = image.find(NS + "ImagingEnvironment")
    if environment is not None:
        yield "Temperature", _quantity(environment, "Temperature", "°C")
        yield "Air Pressure", _quantity(environment, "AirPressure", "mbar")
        yield "Humidity", _percent(environment, "Humidity")
        yield "CO2 Percent", _percent(environment, "CO2Percent")
    stage = image.find(NS + "StageLabel")
    if stage is not None:
        position = (f"{axis} {_quantity(stage, axis, 'reference frame')}" for axis in "XYZ" if stage.get(axis))
        yield "Stage Label", ", ".join(filter(None, (stage.get("Name", ""), *position)))


def _channel(tree: OmeTree, channel: Element) -> Iterator[tuple[str, str]]:
    for settings, source in _referred(tree, channel, "LightSourceSettings"):
        yield "Light Source", _light(source, settings)
    for settings, detector in _referred(tree, channel, "DetectorSettings"):
        yield "Detector", _named(detector, detector.get("Type", ""))
        yield "Detector Settings", _detector(settings)
    for _, filters in _referred(tree, channel, "FilterSetRef"):
        yield "Filter Set", _named(filters)
        yield from _filters(tree, filters)
    yield from _filters(tree, channel)


def _filters(tree: OmeTree, parent: Element) -> Iterator[tuple[str, str]]:
    for _, found in _referred(tree, parent, "ExcitationFilterRef"):
        yield "Excitation Filter", _filter(found)
    for _, found in _referred(tree, parent, "DichroicRef"):
        yield "Dichroic", _named(found)
    for _, found in _referred(tree, parent, "EmissionFilterRef"):
        yield "Emission Filter", _filter(found)


def _light(source: Element, settings: Element) -> str:
    kind = {"LightEmittingDiode": "LED", "GenericExcitationSource": ""}.get(local(source), local(source))
    wavelength = _quantity(settings, "Wavelength", "nm") or _quantity(source, "Wavelength", "nm")
    details = (
        kind,
        source.get("Type", ""),
        source.get("LaserMedium", ""),
        wavelength,
        _quantity(source, "Power", "mW"),
    )
    attenuation = _percent(settings, "Attenuation")
    return _named(source, *details, f"attenuation {attenuation}" if attenuation else "")


def _detector(settings: Element) -> str:
    parts = (
        ("binning", settings.get("Binning", "")),
        ("gain", _quantity(settings, "Gain")),
        ("offset", _quantity(settings, "Offset")),
        ("voltage", _quantity(settings, "Voltage", "V")),
        ("zoom", _quantity(settings, "Zoom")),
        ("read-out rate", _quantity(settings, "ReadOutRate", "MHz")),
    )
    return ", ".join(f"{label} {value}" for label, value in parts if value)


def _filter(element: Element) -> str:
    transmitted = element.find(NS + "TransmittanceRange")
    edges: Iterable[str] = ()
    if transmitted is not None:
        edges = (_quantity(transmitted, "CutIn", "nm"), _quantity(transmitted, "CutOut", "nm"))
    return _named(element, element.get("Type", ""), "–".join(filter(None, edges)))


def _named(device: Element, *details: str) -> str:
    """Maker and model, then what else is known."""
    name = " ".join(filter(None, (device.get("Manufacturer", "").strip(), device.get("Model", "").strip())))
    return ", ".join(filter(None, (name, *(detail.strip() for detail in details))))


def _quantity(element: Element, key: str, unit: str = "", *, suffix: str = "") -> str:
    value = element.get(key, "").strip()
    unit = element.get(key + "Unit", unit) if unit else ""
    return f"{_plain(value)}{suffix}{' ' if unit else ''}{unit}" if value else ""


def _percent(element: Element, key: str) -> str:
    """A fraction of the schema (0 to 1) as per cent."""
    try:
        return f"{float(element.get(key, '')) * 100:.4g} %"
    except ValueError:
        return ""


def _plain(number: str) -> str:
    """``number`` without a needless ".0"."""
    try:
        return f"{float(number):.12g}"
    except ValueError:
        return number
