"""Datasets and studies in brief: counts, sizes and channels of many images, gathered in one pass."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from publisher import urls
from publisher.pages import channels, quantities
from publisher.pages.channels import Chip
from publisher.pages.image_panels.picture import as_picture
from publisher.pages.links import Linker
from publisher.pages.page import Picture
from publisher.pages.published import PictureFile, PublishedImage, StudyRecord

STRIP = 3
"""Thumbnails beside a dataset's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSummary:
    """What a study tells of a dataset. Sizes are in words: one where all images agree ("257 × 257"), a range where not.

    ``images`` counts all entries, ``without_pixels`` those of them that are records alone. ``bytes`` is what
    the stores take. ``strip`` are its first thumbnails. ``channels`` are those of most images. ``largest``
    is the largest depth and length in time (Z, T).
    """

    id: str
    name: str
    description: str = ""
    images: int = 0
    without_pixels: int = 0
    bytes: int = 0
    size_xy: str = ""
    size_zt: str = ""
    pixel_size: str = ""
    dtype: str = ""
    channels: tuple[Chip, ...] = ()
    strip: tuple[PictureFile, ...] = ()
    largest: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudySummary:
    """What the front page and the feed tell of a study; ``picture`` is the one on its card, ``credit`` its name."""

    record: StudyRecord
    images: int
    datasets: int
    screens: int = 0
    plates: int = 0
    bytes: int = 0
    has_pixels: bool = True
    largest: tuple[int, int] = (0, 0)
    picture: PictureFile | None = None
    picture_small: PictureFile | None = None
    picture_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetRow:
    """A dataset in the table of its study or project; ``strip`` are thumbnails, ``project`` its project's name."""

    name: str
    href: str
    images: int
    without_pixels: int
    channels: tuple[Chip, ...]
    size: str
    strip: tuple[Picture, ...]


def summarize(identity: tuple[str, str], description: str, items: Iterable[PublishedImage]) -> DatasetSummary:
    """A dataset (id, name) in brief, from one pass over its entries."""
    total, missing, size = 0, 0, 0
    shapes: Counter[tuple[int, int]] = Counter()
    depths: Counter[tuple[int, int]] = Counter()
    dtypes: Counter[str] = Counter()
    scales: Counter[str] = Counter()
    sets: Counter[tuple[Chip, ...]] = Counter()
    strip: list[PictureFile] = []
    for item in items:
        total += 1
        size += item.store_bytes or 0
        if item.image is None:
            missing += 1
            continue
        pixels = item.image.pixels
        shapes[(pixels.size_x, pixels.size_y)] += 1
        depths[(pixels.size_z, pixels.size_t)] += 1
        dtypes[item.dtype or pixels.dtype] += 1
        scales[quantities.by(*(quantities.micrometres(pixels.pixel_size_um[axis]) for axis in (2, 1)))] += 1
        sets[channels.chips(item.image, item.rendering)] += 1
        if item.pictures and len(strip) < STRIP:
            strip.append(item.pictures.thumbnail)
    return DatasetSummary(
        id=identity[0],
        name=identity[1],
        description=description,
        images=total,
        without_pixels=missing,
        bytes=size,
        size_xy=_sizes(shapes),
        size_zt=_sizes(depths),
        pixel_size=next(iter(scales)) if len(scales) == 1 else "various" if scales else "",
        dtype=", ".join(sorted(dtypes)),
        channels=sets.most_common(1)[0][0] if sets else (),
        strip=tuple(strip),
        largest=(max((z for z, _ in depths), default=0), max((t for _, t in depths), default=0)),
    )


def _sizes(found: Counter[tuple[int, int]]) -> str:
    if not found:
        return ""
    low = [min(size[axis] for size in found) for axis in (0, 1)]
    high = [max(size[axis] for size in found) for axis in (0, 1)]
    return quantities.by(*(f"{a}" if a == b else f"{a}–{b}" for a, b in zip(low, high, strict=True)))


def dataset_row(summary: DatasetSummary, slug: str, linker: Linker) -> DatasetRow:
    """A dataset as a row of a table."""
    return DatasetRow(
        name=summary.name,
        href=linker.to(urls.dataset(slug, summary.id)),
        images=summary.images,
        without_pixels=summary.without_pixels,
        channels=summary.channels,
        size=summary.size_xy or quantities.MISSING,
        strip=tuple(as_picture(file, "", linker) for file in summary.strip),
    )
