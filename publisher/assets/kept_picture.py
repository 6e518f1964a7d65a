"""The pixels that pictures are rendered from, kept between builds so that a new colour needs no source."""

from __future__ import annotations

import ast
import hashlib
import math
import re
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.files import sync

if TYPE_CHECKING:  # planning asks only whether something was kept, and needs no arrays
    from numpy.typing import NDArray

PICTURE, PROJECTION, OBJECTS = "picture.npy", "projection.npy", "objects.npy"
"""One plane; the maximum over z, of stacks; the objects of a label image."""


def kept_names(size_z: int) -> tuple[str, ...]:
    """What is kept of an image with ``size_z`` sections."""
    return (PICTURE,) if size_z == 1 else (PICTURE, PROJECTION)


def save_kept(folder: Path, arrays: dict[str, NDArray[Any]]) -> str:
    """Keep arrays by name in ``folder``; returns the SHA-256 of them all."""
    import numpy as np  # late, here and below: planning loads this module

    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    for name, values in sorted(arrays.items()):
        array = np.ascontiguousarray(values)
        with (folder / name).open("wb") as stream:
            np.save(stream, array, allow_pickle=False)
        sync(folder / name)
        digest.update(array.data)
    return digest.hexdigest()


def kept_is_whole(folder: Path, names: Sequence[str]) -> bool:
    """Whether the arrays ``names`` kept in ``folder`` can be read; only their header and size are looked at.

    A build with nothing to convert asks this of each image, and should not have to load NumPy for it.
    """
    try:
        return all(_is_whole(folder / name) for name in names)
    except (OSError, ValueError, SyntaxError, KeyError, struct.error):
        return False


def _is_whole(path: Path) -> bool:
    """Whether a file is as long as its header says (the format of NumPy's .npy files, versions 1 to 3)."""
    with path.open("rb") as stream:
        magic, major, _ = struct.unpack("<6sBB", stream.read(8))
        (size,) = struct.unpack("<H", stream.read(2)) if major == 1 else struct.unpack("<I", stream.read(4))
        text = stream.read(size)
        header = ast.literal_eval(text.decode("latin-1"))
        start = stream.tell()
    item = re.fullmatch(r"[<>|=][a-z](\d+)", header["descr"])
    if magic != b"\x93NUMPY" or len(text) != size or item is None:
        return False
    return bool(path.stat().st_size == start + math.prod(header["shape"]) * int(item[1]))


def load_kept(folder: Path, name: str) -> NDArray[Any]:
    """An array that was kept in ``folder``: of pictures (C, Y, X)."""
    import numpy as np

    kept: NDArray[Any] = np.load(folder / name, allow_pickle=False)
    return kept


def pictures_of(picture: NDArray[Any], projection: NDArray[Any] | None) -> dict[str, NDArray[Any]]:
    """What is kept of a sweep by name: of a single section there is no projection."""
    return {PICTURE: picture} if projection is None else {PICTURE: picture, PROJECTION: projection}
