"""A writer of small LIF and LOF files."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DIMENSIONS = {"X": 1, "Y": 2, "Z": 3, "T": 4, "λ": 5, "M": 10}
_STAMP = "1d6f64bbab40b70"


@dataclass(frozen=True)
class LifImage:
    """``pixels`` with one letter for each axis in ``axes``, slowest first: C channels, S colours side by side."""

    name: str
    pixels: NDArray[Any]
    axes: str
    luts: Sequence[str] = ()
    blue_first: bool = False


def write_lif(path: Path, images: Sequence[LifImage], *, version: int = 2) -> Path:
    """A LIF file; every second image stands in a folder of the project."""
    elements, blocks = [], []
    for number, image in enumerate(images):
        element = _element(image, f"MemBlock_{number}")
        folder = f'<Element Name="folder"><Memory Size="0" MemoryBlockID="MemBlock_f{number}"/><Children>{element}'
        elements.append(f"{folder}</Children></Element>" if number % 2 else element)
        blocks.append((f"MemBlock_{number}", _data(image)))
        if number % 2:
            blocks.append((f"MemBlock_f{number}", b""))
    text = (
        f'<LMSDataContainerHeader Version="{version}">'
        '<Element Name="project"><Memory Size="0" MemoryBlockID="MemBlock_p"/>'
        f"<Children>{''.join(elements)}</Children></Element></LMSDataContainerHeader>"
    )
    size = "<IIBQBI" if version == 2 else "<IIBIBI"
    parts = [_text(text)]
    for name, data in [("MemBlock_p", b""), *blocks]:
        label = name.encode("utf-16-le")
        parts.append(struct.pack(size, 0x70, 0, 0x2A, len(data), 0x2A, len(name)) + label + data)
    path.write_bytes(b"".join(parts))
    return path


def write_lof(path: Path, image: LifImage) -> Path:
    """A LOF file: one image, its XML behind its pixels."""
    data = _data(image)
    text = f'<LMSDataContainerHeader Version="2">{_element(image, "MemBlock_0")}</LMSDataContainerHeader>'
    middle = struct.pack("<BIBIBQ", 0x2A, 2, 0x2A, 0, 0x2A, len(data))
    path.write_bytes(_text("LMS_Object_File") + middle + data + _text(text))
    return path


def _text(text: str) -> bytes:
    return struct.pack("<IIBI", 0x70, 2 * len(text) + 5, 0x2A, len(text)) + text.encode("utf-16-le")


def _data(image: LifImage) -> bytes:
    pixels = image.pixels
    if image.blue_first:
        pixels = pixels[..., ::-1]
    return pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()


def _element(image: LifImage, block: str) -> str:
    item = image.pixels.dtype.itemsize
    steps = dict(zip(image.axes, (stride // 1 for stride in np.ascontiguousarray(image.pixels).strides), strict=True))
    sizes = dict(zip(image.axes, image.pixels.shape, strict=True))
    described = []
    for axis in reversed(image.axes):
        if axis in _DIMENSIONS:
            unit, length = ("s", 2.0 * (sizes[axis] - 1)) if axis == "T" else ("m", 1e-7 * (sizes[axis] - 1))
            described.append(
                f'<DimensionDescription DimID="{_DIMENSIONS[axis]}" NumberOfElements="{sizes[axis]}" Origin="0" '
                f'Length="{length}" Unit="{unit}" BytesInc="{steps[axis]}" BitInc="0"/>'
            )
    axis = "S" if "S" in image.axes else "C"
    channels = []
    for number in range(sizes.get(axis, 1)):
        tag = (3 - number if image.blue_first else number + 1) if axis == "S" else 0
        lut = image.luts[number] if number < len(image.luts) else "Gray"
        channels.append(
            f'<ChannelDescription DataType="{int(image.pixels.dtype.kind == "f")}" ChannelTag="{tag}" '
            f'Resolution="{8 * item}" LUTName="{lut}" BytesInc="{number * steps.get(axis, 0)}" BitInc="0"/>'
        )
    size = image.pixels.nbytes
    return (
        f'<Element Name="{image.name}"><Data><Image><ImageDescription><Channels>{"".join(channels)}</Channels>'
        f"<Dimensions>{''.join(described)}</Dimensions></ImageDescription>"
        f'<TimeStampList NumberOfTimeStamps="1">{_STAMP} </TimeStampList>'
        '<Attachment Name="HardwareSetting"><ATLConfocalSettingDefinition ObjectiveName="HC PL  APO 63x" '
        'Magnification="63" NumericalAperture="1.4" Immersion="OIL" RefractionIndex="1.518" MicroscopeModel="DMI8"/>'
        f'</Attachment></Image></Data><Memory Size="{size}" MemoryBlockID="{block}"/></Element>'
    )
