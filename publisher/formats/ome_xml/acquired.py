"""An OME-XML document for a file of another format: its images, and how they were taken, in OME's words."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from publisher.formats.ome_xml.annotate import add_map, annotations_holder, refer
from publisher.formats.ome_xml.annotation import ORIGINAL, OriginalReader
from publisher.formats.ome_xml.channels import color_number
from publisher.formats.ome_xml.describe import TYPES
from publisher.formats.ome_xml.engine import Element, add, new_root, to_bytes
from publisher.formats.ome_xml.instrument import AcquisitionReader
from publisher.formats.ome_xml.text import writable
from publisher.formats.ome_xml.tree import parse
from publisher.model.image import Channel, Image

MOST_ORIGINAL = 500
_LONGEST = 500
_IMMERSIONS = ("Oil", "Water", "WaterDipping", "Air", "Multi", "Glycerol", "Other")
_MEDIA = ("Air", "Oil", "Water", "Glycerol", "Other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """An objective; what the file does not say is None or empty."""

    model: str = ""
    manufacturer: str = ""
    magnification: float | None = None
    na: float | None = None
    immersion: str = ""
    medium: str = ""
    refractive_index: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition:
    """How one image was taken. ``exposures_s`` are those of each channel; ``original`` the format's own words.

    Of ``original`` the first `MOST_ORIGINAL` pairs with a value are kept, each value cut after 500 characters.
    """

    microscope: str = ""
    objective: Objective | None = None
    exposures_s: tuple[float | None, ...] = ()
    original: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Acquired:
    """Images, with what is known of their instrument, and the document that says the same."""

    images: tuple[Image, ...]
    document: bytes


def acquired(images: Sequence[Image], acquisitions: Sequence[Acquisition]) -> Acquired:
    """``images`` (as many as ``acquisitions``) described in OME-XML 2016-06; texts are made fit for XML."""
    images, acquisitions = [writable(image) for image in images], [writable(each) for each in acquisitions]
    root = new_root("OME")
    instruments = [_instrument(root, number, each) for number, each in enumerate(acquisitions)]
    elements = [
        _image(root, image, each, instrument)
        for image, each, instrument in zip(images, acquisitions, instruments, strict=True)
    ]
    for number, each in enumerate(acquisitions):
        pairs = _original(each.original)
        if pairs:
            holder = annotations_holder(root)
            refer(elements[number], add_map(holder, f"Annotation:original-{number}", ORIGINAL, pairs))
    document = to_bytes(root)
    tree = parse(document, name="made")
    reader, words = AcquisitionReader(tree), OriginalReader(tree)
    told = tuple(
        replace(
            image,
            acquisition=reader.sections(element),
            original=words.of(element),
            ome_id=f"Image:{image.series}",
        )
        for image, element in zip(images, tree.images(), strict=True)
    )
    return Acquired(told, document)


def _instrument(root: Element, number: int, each: Acquisition) -> bool:
    """Add the Instrument of one image, when anything is known of it."""
    objective = each.objective if each.objective not in (None, Objective()) else None
    if not each.microscope and objective is None:
        return False
    instrument = add(root, "Instrument", ID=f"Instrument:{number}")
    if each.microscope:
        add(instrument, "Microscope", Model=each.microscope)
    if objective is not None:
        values = {
            "Manufacturer": objective.manufacturer,
            "Model": objective.model,
            "Immersion": _one_of(objective.immersion, _IMMERSIONS),
            "LensNA": _number(objective.na),
            "NominalMagnification": _number(objective.magnification),
        }
        add(instrument, "Objective", ID=f"Objective:{number}:0", **_told(values))
    return True


def _image(root: Element, image: Image, each: Acquisition, instrument: bool) -> Element:
    element = add(root, "Image", ID=f"Image:{image.series}", Name=image.name)
    if image.acquired:
        add(element, "AcquisitionDate", image.acquired)
    if image.description:
        add(element, "Description", image.description)
    if instrument:
        add(element, "InstrumentRef", ID=f"Instrument:{image.series}")
    objective = each.objective
    if objective not in (None, Objective()) and objective is not None:
        values = {
            "Medium": _one_of(objective.medium, _MEDIA),
            "RefractiveIndex": _number(objective.refractive_index),
        }
        add(element, "ObjectiveSettings", ID=f"Objective:{image.series}:0", **_told(values))
    _pixels(element, image, each)
    return element


def _pixels(parent: Element, image: Image, each: Acquisition) -> None:
    shape = image.pixels
    sizes = {f"Size{axis}": str(size) for axis, size in zip("TCZYX", shape.shape, strict=True)}
    pixels = add(
        parent,
        "Pixels",
        ID=f"Pixels:{image.series}",
        DimensionOrder="XYZCT",
        Type=TYPES.get(shape.dtype, {"complex64": "complex", "complex128": "double-complex"}.get(shape.dtype, "float")),
        **sizes,
    )
    for axis, size in zip("ZYX", shape.pixel_size_um, strict=True):
        if size is not None:
            pixels.set(f"PhysicalSize{axis}", repr(size))
            pixels.set(f"PhysicalSize{axis}Unit", "µm")
    if shape.time_increment_s is not None:
        pixels.set("TimeIncrement", repr(shape.time_increment_s))
        pixels.set("TimeIncrementUnit", "s")
    if shape.significant_bits is not None:
        pixels.set("SignificantBits", str(shape.significant_bits))
    channels = (Channel(),) if image.rgb else image.channels
    for number, channel in enumerate(channels):
        _channel(pixels, f"Channel:{image.series}:{number}", channel, shape.size_c if image.rgb else 1)
    add(pixels, "MetadataOnly")
    for number, exposure in enumerate(each.exposures_s[: len(channels)]):
        if exposure is not None:
            add(
                pixels,
                "Plane",
                TheC=str(number),
                TheZ="0",
                TheT="0",
                ExposureTime=repr(exposure),
                ExposureTimeUnit="s",
            )


def _channel(pixels: Element, identifier: str, channel: Channel, samples: int) -> None:
    element = add(pixels, "Channel", ID=identifier, SamplesPerPixel=str(samples))
    values = {
        "Name": channel.name,
        "Fluor": channel.fluor,
        "Color": color_number(channel.color) if channel.color else "",
        "ExcitationWavelength": _number(channel.excitation_nm),
        "EmissionWavelength": _number(channel.emission_nm),
    }
    for key, value in _told(values).items():
        element.set(key, value)
        if key.endswith("Wavelength"):
            element.set(key + "Unit", "nm")


def _original(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    found = [(key, value.strip()[:_LONGEST]) for key, value in pairs if value.strip()]
    return found[:MOST_ORIGINAL]


def _told(values: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if value}


def _one_of(text: str, allowed: Sequence[str]) -> str:
    """``text`` as the schema spells it; "Other" for words that it does not know."""
    known = {each.lower(): each for each in allowed}
    return known.get(text.strip().lower(), "Other") if text.strip() else ""


def _number(value: float | None) -> str:
    return repr(float(value)) if value is not None and math.isfinite(value) and value > 0 else ""
