"""The pixels that pictures are rendered from, kept between builds so that a new colour needs no source."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.files import sync

if TYPE_CHECKING:  # planning asks only whether something was kept, and needs no arrays
    from numpy.typing import NDArray

NAME = "picture.npy"


def save_picture(folder: Path, picture: NDArray[Any]) -> str:
    """Keep pixels (C, Y, X) of any published type in ``folder``; returns their SHA-256."""
    import numpy as np  # late, here and below: planning loads this module

    folder.mkdir(parents=True, exist_ok=True)
    array = np.ascontiguousarray(picture)
    with (folder / NAME).open("wb") as stream:
        np.save(stream, array, allow_pickle=False)
    sync(folder / NAME)
    return hashlib.sha256(array.data).hexdigest()


def picture_is_whole(folder: Path) -> bool:
    """Whether the pixels kept in ``folder`` can be read; only their header and size are looked at."""
    import numpy as np

    try:
        np.load(folder / NAME, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return False
    return True


def load_picture(folder: Path) -> NDArray[Any]:
    """The pixels that were kept in ``folder``, (C, Y, X)."""
    import numpy as np

    picture: NDArray[Any] = np.load(folder / NAME, allow_pickle=False)
    return picture
