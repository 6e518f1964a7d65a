"""How the pixels of one TIFF image file directory are laid out: a value many directories share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from publisher.sources import tiff_tags as tags_of
from publisher.sources.damage import damaged, unsupported
from publisher.sources.tiff_tags import Tag

MAX_SAMPLES = 4096
MAX_EDGE_PX = 2**31 - 1

_KINDS = {1: "uint", 2: "int", 3: "float", 4: "uint", 5: "complex-int", 6: "complex"}


class Compression(IntEnum):
    """TIFF Compression values that need a word of their own here."""

    NONE = 1
    LZW = 5
    OLD_JPEG = 6
    JPEG = 7


_LOSSY = frozenset({Compression.OLD_JPEG, Compression.JPEG, 33003, 33004, 33005, 34712, 34892, 34934, 50001, 50002})
"""JPEG, and those that may be: JPEG 2000 (three of Aperio's, and its own number), lossy DNG, JPEG XR, WebP, JPEG XL."""


class Photometric(IntEnum):
    """TIFF PhotometricInterpretation values that need a word of their own here."""

    MIN_IS_WHITE = 0
    MIN_IS_BLACK = 1
    RGB = 2
    PALETTE = 3
    SEPARATED = 5
    YCBCR = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Shape, sample type and storage of one image; tile sizes in pixels (a strip is a tile of full width).

    ``samples`` stand in one tile together when not ``planar``, else each has tiles of its own.
    """

    width: int
    height: int
    bits: int
    sample_format: int
    samples: int
    planar: bool
    compression: int
    predictor: int
    photometric: int
    fill_order: int
    tiled: bool
    tile_height: int
    tile_width: int
    subsampling: tuple[int, ...] = (1, 1)
    extra_samples: tuple[int, ...] = ()
    orientation: int = 1
    has_jpeg_tables: bool = False

    @property
    def dtype(self) -> str | None:
        """Numpy name of one sample as it is read; None when no decoder gives it."""
        kind, bits = _KINDS.get(self.sample_format, ""), self.bits
        if kind == "uint" and bits <= 32:
            return "bool" if bits == 1 else next((f"uint{size}" for size in (8, 16, 32) if 0 < bits <= size), None)
        if kind in ("uint", "int"):
            return f"{kind}{bits}" if bits in (8, 16, 32, 64) else None
        if kind == "float":
            return {16: "float16", 24: "float32", 32: "float32", 64: "float64"}.get(bits)
        return {64: "complex64", 128: "complex128"}.get(bits) if kind == "complex" else None

    @property
    def may_be_lossy(self) -> bool:
        """Whether the compression is one that usually loses detail."""
        return self.compression in _LOSSY

    @property
    def tile_samples(self) -> int:
        """Samples that stand in one tile together."""
        return 1 if self.planar else self.samples

    @property
    def tiles_down(self) -> int:
        """Rows of tiles."""
        return -(-self.height // self.tile_height)

    @property
    def tiles_across(self) -> int:
        """Columns of tiles."""
        return -(-self.width // self.tile_width)

    @property
    def tile_count(self) -> int:
        """Tiles of the whole image."""
        return self.tiles_down * self.tiles_across * (self.samples if self.planar else 1)

    @property
    def row_bytes(self) -> int:
        """Bytes of one row of an uncompressed tile."""
        return -(-self.tile_width * self.tile_samples * self.bits // 8)

    @property
    def tile_bytes(self) -> int:
        """Bytes of one decoded tile."""
        return self.row_bytes * self.tile_height

    @property
    def is_raw(self) -> bool:
        """Whether samples lie in the file as they are in memory, but for byte order."""
        whole = self.bits in (8, 16, 32, 64, 128) and not (self.sample_format == 3 and self.bits == 128)
        plain = self.compression == Compression.NONE and self.predictor == 1 and self.fill_order == 1
        return whole and plain and self.subsampling == (1, 1)

    @property
    def is_rgb(self) -> bool:
        """Whether the samples are the red, green and blue (and opacity) of one picture.

        Four samples without an ExtraSamples tag that says "alpha" (1, 2) are channels stored as RGB.
        """
        color = self.photometric in (Photometric.RGB, Photometric.YCBCR)
        return color and (self.samples == 3 or (self.samples == 4 and self.extra_samples in ((1,), (2,))))

    def rows_in(self, tile_row: int) -> int:
        """Image rows that tile row ``tile_row`` holds; the last one may be lower."""
        return min(self.tile_height, self.height - tile_row * self.tile_height)

    def same_pixels(self, other: "Layout") -> bool:
        """Whether planes of both can stand in one stack."""
        if self is other:  # as it is for most directories of a file, which share their layout
            return True
        mine = (self.width, self.height, self.dtype, self.samples)
        return mine == (other.width, other.height, other.dtype, other.samples)


def read_layout(
    tags: Mapping[int, Tag], integers_of: Callable[[Tag], tuple[int, ...]], *, name: str, index: int
) -> Layout:
    """The layout that a directory's tags describe, its sizes within limits; TIFF's defaults where one is missing.

    ``integers_of`` reads a tag's values; ``name`` and ``index`` are the file and directory that problems name.
    """

    def all_of(number: int, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        tag = tags.get(number)
        if tag is not None and tag.values > MAX_SAMPLES:
            raise damaged(name, f"directory {index} has {tag.values} values in tag {number}")
        return (integers_of(tag) or default) if tag else default

    def one(number: int, default: int = 0) -> int:
        return all_of(number, (default,))[0]

    width, height, samples = one(tags_of.WIDTH), one(tags_of.HEIGHT), one(tags_of.SAMPLES, 1)
    tiled = tags_of.TILE_WIDTH in tags
    tile_width = one(tags_of.TILE_WIDTH) if tiled else width
    tile_height = one(tags_of.TILE_HEIGHT) if tiled else min(one(tags_of.ROWS_PER_STRIP, height), height)
    edges = {"ImageWidth": width, "ImageLength": height, "tile width": tile_width, "rows per tile": tile_height}
    for what, size in edges.items():
        if not 0 < size <= MAX_EDGE_PX:
            raise damaged(name, f"directory {index} has {what} {size}, expected 1 to {MAX_EDGE_PX}")
    if not 0 < samples <= MAX_SAMPLES:
        raise damaged(name, f"directory {index} has {samples} samples per pixel, expected 1 to {MAX_SAMPLES}")
    bits, formats = all_of(tags_of.BITS, (1,)), all_of(tags_of.SAMPLE_FORMAT, (1,))
    if len(set(bits)) > 1 or len(set(formats)) > 1:
        raise unsupported(name, f"directory {index} mixes sample types {bits} {formats}")
    if one(tags_of.TILE_DEPTH, 1) > 1:
        raise unsupported(name, f"directory {index} has tiles that span planes")
    photometric = one(tags_of.PHOTOMETRIC)
    subsampled = photometric == Photometric.YCBCR and tags_of.SUBSAMPLING in tags
    return Layout(
        width=width,
        height=height,
        bits=bits[0],
        sample_format=formats[0],
        samples=samples,
        planar=one(tags_of.PLANAR, 1) == 2 and samples > 1,
        compression=one(tags_of.COMPRESSION, 1),
        predictor=one(tags_of.PREDICTOR, 1),
        photometric=photometric,
        fill_order=one(tags_of.FILL_ORDER, 1),
        tiled=tiled,
        tile_height=tile_height,
        tile_width=tile_width,
        subsampling=all_of(tags_of.SUBSAMPLING, (2, 2)) if subsampled else (1, 1),
        extra_samples=all_of(tags_of.EXTRA_SAMPLES),
        orientation=one(tags_of.ORIENTATION, 1),
        has_jpeg_tables=tags_of.JPEG_TABLES in tags,
    )
