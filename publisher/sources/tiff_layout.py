"""How the pixels of one TIFF image file directory are laid out: a value many directories share."""

from dataclasses import dataclass
from enum import IntEnum

_KINDS = {1: "uint", 2: "int", 3: "float", 4: "uint", 5: "complex-int", 6: "complex"}


class Compression(IntEnum):
    """TIFF Compression values that need a word of their own here."""

    NONE = 1
    LZW = 5
    OLD_JPEG = 6
    JPEG = 7


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
        if kind in ("uint", "int"):
            if bits == 1 and kind == "uint":
                return "bool"
            return next((f"{kind}{size}" for size in (8, 16, 32, 64) if 0 < bits <= size), None)
        if kind == "float":
            return {16: "float16", 24: "float32", 32: "float32", 64: "float64"}.get(bits)
        return {64: "complex64", 128: "complex128"}.get(bits) if kind == "complex" else None

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
