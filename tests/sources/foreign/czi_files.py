"""A writer of small CZI files: tiles in any compression, pyramids, scenes, metadata."""

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

_TYPES = {("uint8", 1): 0, ("uint16", 1): 1, ("float32", 1): 2, ("uint8", 3): 3, ("uint16", 3): 4, ("uint8", 4): 9}
_NUMBERS = {"none": 0, "jpeg": 1, "lzw": 2, "jpegxr": 4, "zstd": 5, "zstd1": 6, "zstd1-apart": 6, "chunked": 7}

METADATA = """<ImageDocument><Metadata><Information>
<Document><Name>mosaic of cells</Name><Description>two scenes</Description><UserName>Somebody</UserName></Document>
<Image><ComponentBitCount>12</ComponentBitCount><AcquisitionDateAndTime>2024-02-03T04:05:06.789Z</AcquisitionDateAndTime>
<ObjectiveSettings><ObjectiveRef Id="Objective:1"/><Medium>Water</Medium><RefractiveIndex>1.33</RefractiveIndex>
</ObjectiveSettings><Dimensions><Channels>
<Channel Id="Channel:0" Name="DAPI"><Fluor>DAPI</Fluor><EmissionWavelength>465</EmissionWavelength>
<ExcitationWavelength>353</ExcitationWavelength><ExposureTime>150000000</ExposureTime></Channel>
<Channel Id="Channel:1" Name="GFP"><EmissionWavelength>509</EmissionWavelength></Channel></Channels>
<S><Scenes><Scene Index="0" Name="A1"/><Scene Index="1"/></Scenes></S></Dimensions></Image>
<Instrument><Microscopes><Microscope Id="Microscope:0"><System>Axio</System></Microscope></Microscopes>
<Objectives><Objective Id="Objective:0"/><Objective Id="Objective:1" Name="Plan 20x"><LensNA>0.8</LensNA>
<NominalMagnification>20</NominalMagnification><Immersion>Air</Immersion></Objective></Objectives></Instrument>
</Information><DisplaySetting><Channels><Channel Id="Channel:1"><Color>#FF00FF00</Color></Channel>
<Channel Id="Channel:0"><Color>#FF0000FF</Color></Channel></Channels></DisplaySetting>
<Scaling><Items><Distance Id="X"><Value>3.25E-07</Value></Distance><Distance Id="Y"><Value>3.25E-07</Value></Distance>
<Distance Id="Z"><Value>1E-06</Value></Distance></Items></Scaling></Metadata></ImageDocument>"""


@dataclass(frozen=True)
class Tile:
    """Pixels (Y, X) or (Y, X, samples), colours as red, green, blue, at a place; ``at`` has the other dimensions."""

    pixels: NDArray[Any]
    y: int = 0
    x: int = 0
    at: Mapping[str, int] = field(default_factory=dict)
    compression: str = "none"
    zoom: int = 1


def write_czi(path: Path, tiles: Sequence[Tile], *, metadata: str = METADATA) -> Path:
    """A CZI file of one part."""
    body = bytearray(b"\0" * (32 + 512))
    entries = []
    for tile in tiles:
        entry = _entry(tile, len(body))
        entries.append(entry)
        data = _coded(tile)
        fixed = (struct.pack("<iiq", 0, 0, len(data)) + entry).ljust(256, b"\0")
        body += _segment(b"ZISRAWSUBBLOCK", fixed + data)
    directory = len(body)
    body += _segment(b"ZISRAWDIRECTORY", struct.pack("<i", len(entries)) + b"\0" * 124 + b"".join(entries))
    place = len(body) if metadata else 0
    if metadata:
        text = metadata.encode()
        body += _segment(b"ZISRAWMETADATA", struct.pack("<ii", len(text), 0).ljust(256, b"\0") + text)
    head = struct.pack("<iiii16s16siqqiq", 1, 0, 0, 0, b"a" * 16, b"b" * 16, 0, directory, place, 0, 0)
    body[:544] = _segment(b"ZISRAWFILE", head.ljust(512, b"\0"))[:544]
    path.write_bytes(bytes(body))
    return path


def _segment(identifier: bytes, data: bytes) -> bytes:
    padded = data.ljust(-(-len(data) // 32) * 32, b"\0")
    return struct.pack("<16sqq", identifier, len(padded), len(data)) + padded


def _entry(tile: Tile, position: int) -> bytes:
    height, width = tile.pixels.shape[:2]
    samples = tile.pixels.shape[2] if tile.pixels.ndim == 3 else 1
    dimensions = {"X": (tile.x, width * tile.zoom, width), "Y": (tile.y, height * tile.zoom, height)}
    dimensions |= {letter: (start, 1, 1) for letter, start in tile.at.items()}
    kind = _TYPES[tile.pixels.dtype.name, samples]
    head = struct.pack("<2siqiiBB4si", b"DV", kind, position, 0, _NUMBERS[tile.compression], 0, 0, b"", len(dimensions))
    return head + b"".join(
        struct.pack("<4siifi", letter.encode(), start, size, float(start), stored)
        for letter, (start, size, stored) in dimensions.items()
    )


def _coded(tile: Tile) -> bytes:
    pixels = np.ascontiguousarray(tile.pixels)
    if tile.compression in ("jpeg", "jpegxr"):
        encode: Callable[..., Any] = (
            imagecodecs.jpeg_encode if tile.compression == "jpeg" else imagecodecs.jpegxr_encode
        )
        return bytes(encode(pixels, level=100 if tile.compression == "jpeg" else 1.0))
    if pixels.ndim == 3:
        pixels = np.ascontiguousarray(pixels[..., [2, 1, 0, 3][: pixels.shape[2]]])
    data = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
    if tile.compression == "lzw":
        return bytes(imagecodecs.lzw_encode(data))
    if tile.compression == "zstd":
        return bytes(imagecodecs.zstd_encode(data))
    if tile.compression == "zstd1":
        return b"\x01" + bytes(imagecodecs.zstd_encode(data))
    if tile.compression == "zstd1-apart":
        return b"\x03\x01\x01" + bytes(imagecodecs.zstd_encode(data[0::2] + data[1::2]))
    return data
