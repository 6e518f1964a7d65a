"""Builders of OME-XML files with their pixels inside."""

from __future__ import annotations

import base64
import bz2
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.testing.images import in_order, ome_xml

if TYPE_CHECKING:
    from numpy.typing import NDArray


def bin_data(plane: NDArray[Any], *, compression: str = "none", big_endian: bool = False, width: int = 0) -> str:
    """A BinData element with one plane (Y, X); ``width`` breaks its text into lines."""
    stored = plane.astype("uint8") if plane.dtype == bool else plane
    raw = stored.astype(stored.dtype.newbyteorder(">" if big_endian else "<")).tobytes()
    packed = zlib.compress(raw) if compression == "zlib" else bz2.compress(raw) if compression == "bzip2" else raw
    text = base64.b64encode(packed).decode()
    lines = "\n".join(text[start : start + width] for start in range(0, len(text), width)) if width else text
    attributes = f'BigEndian="{str(big_endian).lower()}" Length="{len(raw)}"'
    return f"<BinData {attributes}{f' Compression={compression!r}' if compression != 'none' else ''}>{lines}</BinData>"


def write_ome_xml(path: Path, *images: NDArray[Any], order: str = "XYZCT", **how: Any) -> Path:
    """OME-XML 2016-06 with the pixels (T, C, Z, Y, X) of each of ``images`` inside; ``how`` is that of `bin_data`."""
    inside = ["".join(bin_data(plane, **how) for plane in in_order(pixels, order)) for pixels in images]
    return write_ome_xml_with(path, images, inside, order=order)


def write_ome_xml_with(
    path: Path, images: Sequence[NDArray[Any]], inside: Sequence[str], *, order: str = "XYZCT"
) -> Path:
    """As `write_ome_xml`, with the text ``inside`` for the planes of each image."""
    path.write_text(ome_xml(images, inside, order=order), encoding="utf-8")
    return path
