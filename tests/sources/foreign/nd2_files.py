"""A writer of small ND2 files: chunks, "lite variant" records, and the map at the end, after the reader nd2."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = 0x0ABECEDA
_MAP = b"ND2 FILEMAP SIGNATURE NAME 0001!"
_END = b"ND2 CHUNK MAP SIGNATURE 0000001!"


def _name(text: str) -> bytes:
    encoded = (text + "\0").encode("utf-16-le")
    return struct.pack("<B", len(encoded) // 2) + encoded


def record(values: Mapping[str, Any]) -> bytes:
    """``values`` as lite variant: bool 1, uint32 3, double 6, string 8, level 11."""
    return b"".join(_entry(key, value) for key, value in values.items())


def _entry(key: str, value: Any) -> bytes:
    name = _name(key)
    if isinstance(value, bool):
        return b"\x01" + name + struct.pack("<B", value)
    if isinstance(value, int):
        return b"\x03" + name + struct.pack("<I", value)
    if isinstance(value, float):
        return b"\x06" + name + struct.pack("<d", value)
    if isinstance(value, str):
        return b"\x08" + name + (value + "\0").encode("utf-16-le")
    inner = record(value)
    head = b"\x0b" + name
    length = len(head) + 12 + len(inner)
    return head + struct.pack("<IQ", len(value), length) + inner + b"\0" * (8 * len(value))


def _peak(wavelength_nm: float) -> dict[str, Any]:
    return {"uiCount": 1, "pPoint": {"Point0": {"dWavelength": wavelength_nm, "dTValue": 1.0, "eType": 1}}}


def _chunk(name: bytes, data: bytes, reserve: int) -> bytes:
    name = name.ljust(reserve, b"\0")
    return struct.pack("<IIQ", _MAGIC, len(name), len(data)) + name + data


def _loop(kind: int, count: int, inner: Mapping[str, Any] | None) -> dict[str, Any]:
    parameters: dict[str, Any] = {"uiCount": count}
    if kind == 1:
        parameters |= {"dStart": 0.0, "dPeriod": 2500.0, "dDuration": 0.0, "dMinPeriodDiff": 0.0, "dMaxPeriodDiff": 0.0,
                       "dAvgPeriodDiff": 0.0}  # fmt: skip
    if kind == 2:
        points = {
            f"i{number:010}": {
                "dPosX": float(number), "dPosY": 0.0, "dPosZ": 0.0, "dPFSOffset": 0.0, "dPosName": f"point {number}",
            }
            for number in range(count)
        }  # fmt: skip
        parameters |= {"Points": points, "bUseZ": False, "bRelativeXY": False}
    if kind == 4:
        parameters |= {"dZStep": 0.5, "dZHome": 0.0, "dZLow": 0.0, "dZHigh": 1.0, "bZInverted": False, "iType": 0}
    loop: dict[str, Any] = {"eType": kind, "uLoopPars": parameters, "uiLevelCount": 1}
    if inner is not None:
        loop["ppNextLevelEx"] = {"i0000000000": inner}
    return loop


def write_nd2(
    path: Path,
    pixels: NDArray[Any],
    *,
    names: Sequence[str] = (),
    packed: bool = False,
    rgb: bool = False,
    skip: Sequence[int] = (),
) -> Path:
    """``pixels`` (P, T, Z, C, Y, X) of uint8, uint16 or float32; frames in ``skip`` are left out."""
    size_p, size_t, size_z, size_c, height, width = pixels.shape
    item = pixels.dtype.itemsize
    row = -(-width * size_c * item // 4) * 4
    loop: dict[str, Any] | None = None
    for kind, count in ((4, size_z), (2, size_p), (1, size_t)):
        loop = _loop(kind, count, loop)
    attributes = {
        "uiWidth": width, "uiWidthBytes": row, "uiHeight": height, "uiComp": size_c, "uiBpcInMemory": item * 8,
        "uiBpcSignificant": item * 8, "uiSequenceCount": size_p * size_t * size_z, "eCompression": 0 if packed else 2,
    }  # fmt: skip
    planes = {
        f"a{number}": {
            "sDescription": names[number] if number < len(names) else f"c{number}",
            "uiColor": (0x00FF00, 0x0000FF, 0xFF0000)[number % 3],
            "uiCompCount": size_c if rgb else 1,
            "uiSampleIndex": 0,
            "pFluorescentProbe": {"m_ExcitationSpectrum": _peak(488.0), "m_EmissionSpectrum": _peak(520.0)},
        }
        for number in range(1 if rgb else size_c)
    }
    metadata = {
        "dTimeAbsolute": 2460000.5, "dTimeMSec": 0.0, "dCalibration": 0.25, "bCalibrated": True, "dObjectiveMag": 60.0,
        "dObjectiveNA": 1.4, "wsObjectiveName": "Plan Apo 60x Oil", "dRefractIndex1": 1.515, "dZoom": 1.0,
        "dXPos": 0.0, "dYPos": 0.0, "dZPos": 0.0, "dPinholeRadius": 0.0, "dAngle": 0.0,
        "sPicturePlanes": {"uiCount": len(planes), "uiSampleCount": 1, "sPlaneNew": planes, "sSampleSetting": {}},
    }  # fmt: skip
    chunks = {
        b"ImageAttributesLV!": record({"SLxImageAttributes": attributes}),
        b"ImageMetadataSeqLV|0!": record({"SLxPictureMetadata": metadata}),
        b"ImageMetadataLV!": record({"SLxExperiment": loop}),
    }
    times = np.arange(size_p * size_t * size_z, dtype="float64") * 1000
    chunks[b"CustomData|AcqTimesCache!"] = times.tobytes()
    frames = {}
    number = 0
    for t in range(size_t):
        for p in range(size_p):
            for z in range(size_z):
                if number not in skip:
                    frames[number] = _frame(pixels[p, t, z], row, packed)
                number += 1
    head = _chunk(b"ND2 FILE SIGNATURE CHUNK NAME01!", b"Ver3.0".ljust(64, b"\0"), 32)
    parts, listed, at = [head], [], len(head)
    for name, data in (*chunks.items(), *((f"ImageDataSeq|{key}!".encode(), data) for key, data in frames.items())):
        chunk = _chunk(name, data, 4072 if name.startswith(b"ImageDataSeq") else 48)
        listed.append(name + struct.pack("<QQ", at, len(data)))
        parts.append(chunk)
        at += len(chunk)
    table = b"".join(listed) + _END + struct.pack("<Q", at)
    path.write_bytes(b"".join([*parts, _chunk(_MAP, table, 32)]))
    return path


def _frame(planes: NDArray[Any], row: int, packed: bool) -> bytes:
    rows = np.ascontiguousarray(planes.transpose(1, 2, 0))
    data = b"".join(each.tobytes().ljust(row, b"\0") for each in rows)
    return struct.pack("<d", 0.0) + (zlib.compress(data) if packed else data)
