"""The pixels that pictures are rendered from, kept between builds so that a new colour needs no source."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

NAME = "picture.npy"


def save_picture(folder: Path, picture: NDArray[Any]) -> str:
    """Keep pixels (C, Y, X) of any published type in ``folder``; returns their SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    array = np.ascontiguousarray(picture)
    with (folder / NAME).open("wb") as stream:
        np.save(stream, array, allow_pickle=False)
    return hashlib.sha256(array.data).hexdigest()


def load_picture(folder: Path) -> NDArray[Any]:
    """The pixels that were kept in ``folder``, (C, Y, X)."""
    picture: NDArray[Any] = np.load(folder / NAME, allow_pickle=False)
    return picture
