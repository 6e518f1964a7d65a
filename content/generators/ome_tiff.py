"""Arrays (T, C, Z, Y, X) or (Y, X, 3) with honest metadata, written as OME-TIFF that is the same on every run."""

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import tifffile
from numpy.typing import NDArray

NAMESPACE = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
CREATOR = "publisher example site, content/generators"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    """One channel: ``color`` RRGGBB, wavelengths in nm."""

    name: str
    color: str
    excitation_nm: int | None = None
    emission_nm: int | None = None
    exposure_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What is known of one image; nothing is written for what is None or empty."""

    name: str
    description: str
    channels: tuple[ChannelFacts, ...]
    pixel_um: float | None = None
    step_um: float | None = None
    interval_s: float | None = None
    objective: dict[str, str] = field(default_factory=dict)
    microscope: str = ""
    pairs: tuple[tuple[str, str], ...] = ()


def write_ome_tiff(path: Path, pixels: NDArray[Any], facts: ImageFacts, *, rgb: bool = False) -> None:
    """Write ``pixels``, (T, C, Z, Y, X), or (Y, X, 3) with ``rgb``, as tiles under Deflate."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = ome_xml(pixels, facts, rgb=rgb, file_name=path.name)
    planes = pixels if rgb else pixels.swapaxes(1, 2).reshape(-1, *pixels.shape[-2:])
    edge = min(512, -(-max(pixels.shape[:2] if rgb else pixels.shape[-2:]) // 16) * 16)
    tifffile.imwrite(
        path, planes, photometric="rgb" if rgb else "minisblack", tile=(edge, edge), compression="zlib",
        compressionargs={"level": 9}, predictor=rgb, description=document.encode(), metadata=None,
        software="", contiguous=False,
    )  # fmt: skip


def ome_xml(pixels: NDArray[Any], facts: ImageFacts, *, rgb: bool, file_name: str) -> str:
    """The OME-XML of one image (release 2016-06); planes are stored with C fastest, then Z, then T."""
    t, c, z, y, x = (1, 3, 1, *pixels.shape[:2]) if rgb else pixels.shape
    root = ET.Element(
        "OME", {"xmlns": NAMESPACE, "Creator": CREATOR, "UUID": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, file_name)}"}
    )
    if facts.microscope or facts.objective:
        instrument = ET.SubElement(root, "Instrument", ID="Instrument:0")
        if facts.microscope:
            ET.SubElement(instrument, "Microscope", Model=facts.microscope)
        if facts.objective:
            ET.SubElement(instrument, "Objective", {"ID": "Objective:0", **facts.objective})
    image = ET.SubElement(root, "Image", ID="Image:0", Name=facts.name)
    ET.SubElement(image, "Description").text = facts.description
    if facts.microscope or facts.objective:
        ET.SubElement(image, "InstrumentRef", ID="Instrument:0")
    if facts.objective:
        ET.SubElement(image, "ObjectiveSettings", ID="Objective:0")
    element = ET.SubElement(
        image, "Pixels", ID="Pixels:0", DimensionOrder="XYCZT", Type=np.dtype(pixels.dtype).name,
        SizeX=str(x), SizeY=str(y), SizeZ=str(z), SizeC=str(c), SizeT=str(t), BigEndian="false",
        Interleaved=str(rgb).lower(), **_calibration(facts, z, t),
    )  # fmt: skip
    for number, channel in enumerate(facts.channels):
        _add_channel(element, number, channel, samples=3 if rgb else 1)
    for ifd in range(1 if rgb else t * z * c):
        plane = {"IFD": str(ifd), "PlaneCount": "1"}
        if not rgb:
            plane |= {"FirstC": str(ifd % c), "FirstZ": str(ifd // c % z), "FirstT": str(ifd // (c * z))}
        ET.SubElement(element, "TiffData", plane)
    _add_planes(element, facts, (t, c, z), rgb=rgb)
    if facts.pairs:
        ET.SubElement(image, "AnnotationRef", ID="Annotation:0")
        annotation = ET.SubElement(ET.SubElement(root, "StructuredAnnotations"), "MapAnnotation", ID="Annotation:0")
        value = ET.SubElement(annotation, "Value")
        for key, text in facts.pairs:
            ET.SubElement(value, "M", K=key).text = text
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode")


def _calibration(facts: ImageFacts, z: int, t: int) -> dict[str, str]:
    known: dict[str, str] = {}
    if facts.pixel_um is not None:
        for axis in "XY":
            known |= {f"PhysicalSize{axis}": f"{facts.pixel_um:g}", f"PhysicalSize{axis}Unit": "µm"}
    if facts.step_um is not None and z > 1:
        known |= {"PhysicalSizeZ": f"{facts.step_um:g}", "PhysicalSizeZUnit": "µm"}
    if facts.interval_s is not None and t > 1:
        known |= {"TimeIncrement": f"{facts.interval_s:g}", "TimeIncrementUnit": "s"}
    return known


def _add_channel(pixels: ET.Element, number: int, channel: ChannelFacts, *, samples: int) -> None:
    rgba = int(channel.color + "FF", 16)
    attributes = {"ID": f"Channel:0:{number}", "Name": channel.name, "SamplesPerPixel": str(samples)}
    if channel.excitation_nm is not None:
        attributes |= {"ExcitationWavelength": str(channel.excitation_nm), "ExcitationWavelengthUnit": "nm"}
    if channel.emission_nm is not None:
        attributes |= {"EmissionWavelength": str(channel.emission_nm), "EmissionWavelengthUnit": "nm"}
    attributes["Color"] = str(rgba - (1 << 32) if rgba >= 1 << 31 else rgba)
    ET.SubElement(pixels, "Channel", attributes)


def _add_planes(pixels: ET.Element, facts: ImageFacts, sizes: tuple[int, int, int], *, rgb: bool) -> None:
    if rgb or facts.interval_s is None:
        return
    for t, z, c in np.ndindex(sizes[0], sizes[2], sizes[1]):
        exposure = facts.channels[c].exposure_s
        attributes = {
            "TheZ": str(z),
            "TheT": str(t),
            "TheC": str(c),
            "DeltaT": f"{t * facts.interval_s:g}",
            "DeltaTUnit": "s",
        }
        if exposure is not None:
            attributes |= {"ExposureTime": f"{exposure:g}", "ExposureTimeUnit": "s"}
        ET.SubElement(pixels, "Plane", attributes)
