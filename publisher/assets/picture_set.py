"""Which picture files an image has, and what an encoded one is: all that planning needs to know of pictures."""

from dataclasses import dataclass

REVISION = 2
"""Rises when the same pixels and settings yield other bytes."""

LABELS_REVISION = 1
"""The same for the overlays and tables of labels."""

THUMBNAIL, THUMBNAIL_2X, PICTURE, PICTURE_JPEG = "thumbnail.webp", "thumbnail-384.webp", "picture.webp", "picture.jpg"
"""``thumbnail-384.webp`` is the thumbnail for screens of twice the density, whatever size is configured."""

PICTURE_SMALL, SMALL_PX = "picture-640.webp", 640
"""The picture for cards, galleries and phones, where the whole one is larger than that."""


def channel_file(number: int) -> str:
    """Name of the layer of channel ``number`` (from 0)."""
    return f"channel-{number}.webp"


def overlay_file(labels: str) -> str:
    """Name of the picture of the labels of that name."""
    return f"labels-{labels}.webp"


@dataclass(frozen=True, slots=True)
class PictureFile:
    """An encoded picture with the size that a page states, in pixels."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSizes:
    """Longest edges of the thumbnail and of the picture, in pixels, and the quality of both (0 to 100)."""

    size_px: int
    picture_px: int
    quality: int
