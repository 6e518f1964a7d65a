"""Pictures to files: WebP and JPEG, without metadata, the same bytes each time. The door of Pillow."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from publisher.assets.picture_set import PictureFile

_WEBP_EFFORT = 2
"""Of 0 to 6. Half to a third of the time of the usual 4, for at most 7 % more bytes on real micrographs (measured)."""


def resized(picture: NDArray[np.uint8], longest_px: int) -> NDArray[np.uint8]:
    """``picture`` (Y, X, 3) with its longest edge at most ``longest_px``, its proportions kept; never enlarged."""
    height, width = picture.shape[:2]
    if max(height, width) <= longest_px:
        return picture
    share = longest_px / max(height, width)
    size = max(1, round(width * share)), max(1, round(height * share))
    # Averaged over all pixels that a new one covers: single bright pixels neither vanish nor ring.
    return np.asarray(PillowImage.fromarray(picture).resize(size, PillowImage.Resampling.BOX))


def webp(picture: NDArray[np.uint8], quality: int) -> PictureFile:
    """``picture`` (Y, X, 3) as lossy WebP."""
    return _encoded(picture, "WEBP", quality=quality, method=_WEBP_EFFORT)


def lossless_webp(picture: NDArray[np.uint8]) -> PictureFile:
    """``picture`` (Y, X, 4), with opacity, as lossless WebP: edges of labels stay sharp."""
    return _encoded(picture, "WEBP", lossless=True, quality=50, method=_WEBP_EFFORT)


def jpeg(picture: NDArray[np.uint8], quality: int) -> PictureFile:
    """``picture`` (Y, X, 3) as baseline JPEG with full colour resolution."""
    try:
        return _encoded(picture, "JPEG", quality=quality, subsampling=0, optimize=True)
    except OSError:  # Pillow gives the better Huffman tables a byte a pixel, and coloured noise needs more
        return _encoded(picture, "JPEG", quality=quality, subsampling=0)


def one_bit_png(bits: bytes, rows: int, columns: int) -> bytes:
    """A mask as PNG of one bit a pixel, set is white; ``bits`` are packed without padding between rows."""
    flat = np.unpackbits(np.frombuffer(bits, np.uint8), count=rows * columns)
    file = BytesIO()
    PillowImage.frombytes("1", (columns, rows), np.packbits(flat.reshape(rows, columns), axis=1).tobytes()).save(
        file, "PNG", optimize=True
    )
    return file.getvalue()


def _encoded(picture: NDArray[np.uint8], kind: str, **options: object) -> PictureFile:
    file = BytesIO()
    PillowImage.fromarray(np.ascontiguousarray(picture)).save(file, kind, **options)
    return PictureFile(file.getvalue(), width=picture.shape[1], height=picture.shape[0])
