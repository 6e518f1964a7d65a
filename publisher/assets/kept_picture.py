"""The pixels that pictures are rendered from, kept between builds so that a new colour needs no source."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from publisher.files import sync

NAME = "picture.npy"


def save_picture(folder: Path, picture: NDArray[Any]) -> str:
    """Keep pixels (C, Y, X) of any published type in ``folder``; returns their SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    array = np.ascontiguousarray(picture)
    with (folder / NAME).open("wb") as stream:
        np.save(stream, array, allow_pickle=False)
    sync(folder / NAME)
    return hashlib.sha256(array.data).hexdigest()


def picture_is_whole(folder: Path) -> bool:
    """Whether the pixels kept in ``folder`` can be read; only their header and size are looked at."""
    try:
        np.load(folder / NAME, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return False
    return True


def load_picture(folder: Path) -> NDArray[Any]:
    """The pixels that were kept in ``folder``, (C, Y, X)."""
    picture: NDArray[Any] = np.load(folder / NAME, allow_pickle=False)
    return picture
