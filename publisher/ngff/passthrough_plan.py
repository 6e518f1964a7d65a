"""Whether an image's stored chunks can be published as they are, and what is written then. Pure.

Rule 21: "An input that is already OME-Zarr is not recompressed unless it must be." A chunk can stay when viewers
read it: one plane, a power of two a side (or the whole plane), little-endian, a codec that browsers know.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from publisher.config.model import HostingSection, ZarrSection, is_sharded
from publisher.formats.ngff_version import writes
from publisher.model.encoded import EncodedImage, EncodedLevel, Lengths5, Shape5
from publisher.model.image import Pixels
from publisher.ngff.plan import ITEM_SIZES, ImagePlan, LevelPlan, Vector5, scale_of, shard_shape

SMALLEST_CHUNK_PX, LARGEST_CHUNK_PX = 64, 1024
"""Edges of chunks that viewers handle well: below, requests abound; above, a tile is megabytes."""
LARGEST_LAST_PX = 1024
"""A pyramid whose smallest level is larger makes an overview slow."""


def passthrough_plan(
    anew: ImagePlan,
    pixels: Pixels,
    encoded: EncodedImage,
    settings: tuple[ZarrSection, HostingSection],
    *,
    link: bool = False,
    regular: bool = False,
) -> ImagePlan | str:
    """The plan that keeps the stored chunks of an image, or in words what keeps them from being kept.

    ``anew`` is the plan of its conversion. ``link``: the files are shared, not copied. ``regular``: the levels must
    be those of ``anew``, because labels or other fields of a plate have to agree with them; further ones are left out.
    """
    zarr, hosting = settings
    used = encoded.levels[: len(anew.levels)] if regular else encoded.levels
    obstacle = encoded.obstacle or _obstacle(used, anew, zarr)
    if not obstacle and regular and [level.shape for level in used] != [level.shape for level in anew.levels]:
        obstacle = "its levels are not halved as labels and fields of plates need it"
    if not obstacle and link:
        obstacle = _link_obstacle(encoded, zarr)
    if obstacle:
        return obstacle
    cap = zarr.shard_mb * 2**20 if is_sharded(zarr, hosting) else None
    item = ITEM_SIZES[anew.dtype]
    levels = _levels(used, pixels, lambda level: level.shards if link else _own_shards(level, item, cap))
    checksum = not writes(zarr.version, "0.4")
    stored = tuple(level.codec if link else replace(level.codec, checksum=checksum) for level in used)
    return replace(anew, levels=levels, stored=stored, linked=link)


def reference_plan(anew: ImagePlan, pixels: Pixels, encoded: EncodedImage, address: str) -> ImagePlan:
    """The plan of an image that stays at the public ``address`` of its fileset."""
    group = f"{address.rstrip('/')}/{encoded.group}" if encoded.group else address.rstrip("/")
    levels = _levels(encoded.levels, pixels, lambda level: level.shards)
    levels = tuple(replace(level, path=path) for level, path in zip(levels, encoded.paths, strict=True))
    return replace(anew, levels=levels, referenced=group)


def _levels(
    used: tuple[EncodedLevel, ...], pixels: Pixels, shards_of: Callable[[EncodedLevel], Shape5 | None]
) -> tuple[LevelPlan, ...]:
    first = scale_of(pixels)
    return tuple(
        LevelPlan(
            path=str(number),
            shape=level.shape,
            chunks=level.chunks,
            shards=shards_of(level),
            factors=_ratios(used[max(number - 1, 0)].shape, level.shape),
            scale=_scale(used[0], level, first),
            translation=_translation(used[0], level, first),
        )
        for number, level in enumerate(used)
    )


def _obstacle(levels: tuple[EncodedLevel, ...], anew: ImagePlan, zarr: ZarrSection) -> str:
    if anew.dtype != anew.source_dtype:
        return f"its samples are {anew.source_dtype}, published as {anew.dtype}"
    for number, level in enumerate(levels):
        height, width = level.chunks[3:]
        if level.chunks[:3] != (1, 1, 1):
            return f"its chunks hold several planes ({_sizes(level.chunks)} in t, c, z, y, x)"
        whole = height >= level.shape[3] and width >= level.shape[4]
        if max(height, width) > LARGEST_CHUNK_PX or not (whole or _is_tile(height, width)):
            return f"its chunks have {_sizes((height, width))} pixels, expected 64 to 1024, a power of two, square"
        if zarr.chunk_px and not whole and height != zarr.chunk_px:
            return f"its chunks have {height} pixels a side, zarr.chunk_px says {zarr.chunk_px}"
        if number and not whole and level.chunks != levels[0].chunks:
            return "its levels have chunks of different sizes"
    if max(levels[-1].shape[3:]) > LARGEST_LAST_PX:
        return f"its smallest level has {_sizes(levels[-1].shape[3:])} pixels, expected at most {LARGEST_LAST_PX}"
    if any(level.shape[:3] != levels[0].shape[:3] for level in levels):
        return "its levels differ in more than height and width"
    if any(min(_ratios(above.shape, below.shape)) < 1 for above, below in pairwise(levels)):
        return "its levels do not shrink"
    return ""


def _link_obstacle(encoded: EncodedImage, zarr: ZarrSection) -> str:
    if not encoded.linkable:
        return "its chunks are no files of this computer"
    old = writes(zarr.version, "0.4")
    if old and any(level.shards for level in encoded.levels):
        return "it is sharded, which OME-Zarr 0.4 does not know"
    if old and any(level.codec.checksum for level in encoded.levels):
        return "its chunks end in checksums, which OME-Zarr 0.4 does not know"
    return ""


def _is_tile(height: int, width: int) -> bool:
    return height == width and height >= SMALLEST_CHUNK_PX and height & (height - 1) == 0


def _sizes(sizes: tuple[int, ...]) -> str:
    return " x ".join(map(str, sizes))


def _own_shards(level: EncodedLevel, item_size: int, cap: int | None) -> Shape5 | None:
    return None if cap is None else shard_shape(level.shape, level.chunks, item_size, cap)


def _ratios(above: Shape5, below: Shape5) -> Shape5:
    t, c, z, y, x = (round(large / small) for large, small in zip(above, below, strict=True))
    return t, c, z, y, x


def _scale(first: EncodedLevel, level: EncodedLevel, lengths: Vector5) -> Vector5:
    """Lengths of a pixel: those of level 0 by what the source says of the ratio, else by the sizes."""
    told, base = level.scale, first.scale
    t, c, z, y, x = (
        length * (one / two if one and two else _near(large / small))
        for length, one, two, large, small in zip(lengths, told, base, first.shape, level.shape, strict=True)
    )
    return t, c, z, y, x


def _near(ratio: float) -> float:
    """The whole number next to a ratio of sizes that were rounded."""
    return float(round(ratio)) if abs(ratio - round(ratio)) < 0.1 * ratio else ratio


def _translation(first: EncodedLevel, level: EncodedLevel, lengths: Vector5) -> Vector5:
    """Where a level begins relative to level 0, as the source has it; 0 where it says nothing."""
    base: Lengths5 = first.translation
    t, c, z, y, x = (
        (one - (start or 0.0)) * length / unit if one is not None and unit else 0.0
        for one, start, unit, length in zip(level.translation, base, first.scale, lengths, strict=True)
    )
    return t, c, z, y, x
