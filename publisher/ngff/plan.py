"""What will be written for one image: arrays, chunks, shards, codec. Pure: reads nothing, writes nothing.

Shapes have one number per axis, T C Z Y X; the arrays of a label image leave the channel out. The default layout
chunks planes (y, x) and halves them; the plan itself allows any chunk shape and any factor per axis.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from math import ceil, isfinite, prod
from typing import TYPE_CHECKING, Literal, TypeVar

from publisher.errors import ConversionError, Problem
from publisher.formats.ngff_version import VERSIONS_OF
from publisher.model.axes import AXIS_TYPES, Axis
from publisher.model.encoded import Shape5, StoredCodec
from publisher.model.image import Image, Pixels

if TYPE_CHECKING:
    from publisher.config.model import HostingSection, ZarrSection

T = TypeVar("T")
Vector5 = tuple[float, float, float, float, float]
"""One length per axis, t c z y x: seconds, 1, then µm; 1 where unknown."""

PUBLISHED_DTYPES = {
    **{name: name for name in ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "float32")},
    "bool": "uint8",
    "int64": "int32",
    "float16": "float32",
    "float64": "float32",
}
"""Sample type of a source to the type that is published (viewers read no others)."""

ITEM_SIZES = {"uint8": 1, "int8": 1, "uint16": 2, "int16": 2, "uint32": 4, "int32": 4, "uint64": 8, "float32": 4}
WRITER_REVISION = 2
"""Rises when the same plan and pixels yield other bytes."""
SMALL_PLANE_PX = 2048
"""Planes below this edge have chunks of 256 pixels, others of 512."""
LAST_LEVEL_PX = 512
"""No level is halved whose longest edge is this or less (or the chunk's, if smaller)."""
SMALLEST_CUT = 4
"""A plane that is cut keeps at least this many chunks a side in a shard, with fewer channels if need be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """How one chunk is compressed: blosc with byte shuffle, one block a chunk, then crc32c."""

    cname: Literal["lz4", "zstd"] = "zstd"
    clevel: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePlane:
    """The plane that pictures are made of: time point and section from 0, and the longest edge they need, in pixels."""

    t: int = 0
    z: int = 0
    longest_px: int = 1024


PRESETS = {"fast": Codec(cname="lz4", clevel=5), "default": Codec(), "small": Codec(clevel=5)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelPlan:
    """One resolution level. ``factors``: pixels of the level above per pixel; ``shards`` None: a file a chunk."""

    path: str
    shape: Shape5
    chunks: Shape5
    shards: Shape5 | None
    factors: Shape5
    scale: Vector5
    translation: Vector5

    @property
    def file_count(self) -> int:
        """Shards (or chunks) of the whole level, were every one written."""
        return prod(ceil(size / file) for size, file in zip(self.shape, self.shards or self.chunks, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePlan:
    """Everything that decides the bytes of one image's arrays, and the geometry their metadata states.

    ``path`` is the image's in its fileset: "0", or "A/1/0" on a plate. ``source_dtype`` and ``dtype`` are numpy
    names; they differ where samples are converted. ``write_empty``: files that hold only the fill value exist too.
    ``version`` is the setting ``zarr.version``: which releases of OME-Zarr describe the arrays. ``stored``: the codec
    of each level, where chunks are those of the source and not made anew; ``linked``: its files are shared, too.
    ``referenced`` is the public address of an image that stays where it is: nothing is written of it.
    """

    path: str
    axes: tuple[Axis, ...]
    dtype: str
    source_dtype: str
    levels: tuple[LevelPlan, ...]
    codec: Codec
    write_empty: bool = True
    version: str = "0.5"
    stored: tuple[StoredCodec, ...] = ()
    linked: bool = False
    referenced: str = ""
    kind: Literal["image", "labels"] = "image"
    """Labels are halved by taking one pixel of four, and their arrays have no channel axis."""

    @property
    def middle(self) -> PicturePlane:
        """The plane of pictures where nobody names one: the first time point, the middle section."""
        return PicturePlane(z=self.levels[0].shape[2] // 2)

    def of_axes(self, numbers: Sequence[T]) -> tuple[T, ...]:
        """Of ``numbers`` for t c z y x those of the axes that the arrays have."""
        return tuple(numbers["tczyx".index(axis.name)] for axis in self.axes)

    @property
    def raw_bytes(self) -> int:
        """Pixels of all levels before compression, in bytes; 0 where none are written."""
        if self.referenced:
            return 0
        return sum(prod(level.shape) for level in self.levels) * ITEM_SIZES[self.dtype]

    @property
    def level_bytes(self) -> int:
        """Pixels of level 0 before compression, in bytes."""
        return prod(self.levels[0].shape) * ITEM_SIZES[self.dtype]

    @property
    def file_count(self) -> int:
        """Files at most: shards or chunks, and the metadata of each level (one file for each release)."""
        if self.referenced:
            return 0
        return sum(level.file_count + len(VERSIONS_OF[self.version]) for level in self.levels)

    def to_json(self) -> dict[str, object]:
        """What the arrays' bytes depend on, for a fingerprint: a corrected pixel size is not in it."""
        return {
            **({"kind": self.kind} if self.kind != "image" else {}),
            "path": self.path,
            "version": self.version,
            "dtype": self.dtype,
            "source_dtype": self.source_dtype,
            "codec": [self.codec.cname, self.codec.clevel],
            "write_empty": self.write_empty,
            "levels": [
                {"shape": level.shape, "chunks": level.chunks, "shards": level.shards, "factors": level.factors}
                for level in self.levels
            ],
            **({"stored": [asdict(codec) for codec in self.stored], "linked": self.linked} if self.stored else {}),
            **({"referenced": self.referenced} if self.referenced else {}),
        }


def plan_image(
    image: Image,
    path: str,
    zarr: "ZarrSection",
    hosting: "HostingSection",
    *,
    dtype: str | None = None,
    least_levels: int = 1,
) -> ImagePlan:
    """Plan of ``image`` as the fileset's image ``path``; raises ConversionError for samples nobody could view.

    ``dtype`` is the curator's word on the published type; each sample is checked to survive it when it is written.
    ``least_levels``: an image that needs fewer is halved on, down to a single pixel that is only repeated.
    """
    default = _published_dtype(image)
    return plan_arrays(image.pixels, dtype or default, path, zarr, hosting, least_levels)


def plan_arrays(
    pixels: Pixels, dtype: str, path: str, zarr: "ZarrSection", hosting: "HostingSection", least_levels: int
) -> ImagePlan:
    """Plan of arrays of the published type ``dtype`` with at least ``least_levels``, however small the last is."""
    from publisher.config.model import is_sharded  # late: a process that is given its plans needs no configuration

    cap = zarr.shard_mb * 2**20 if is_sharded(zarr, hosting) else None
    return ImagePlan(
        path=path,
        axes=axes_of(pixels),
        dtype=dtype,
        source_dtype=pixels.dtype,
        levels=tuple(_levels(pixels, _chunk_edge(pixels, zarr), ITEM_SIZES[dtype], cap, least_levels)),
        codec=PRESETS[zarr.preset],
        write_empty=hosting.missing_keys != "404",
        version=zarr.version,
    )


def level_count(pixels: Pixels, zarr: "ZarrSection") -> int:
    """Levels that an image of these sizes needs: the last is no larger than a chunk and 512 pixels."""
    edge, longest, levels = _chunk_edge(pixels, zarr), max(pixels.size_y, pixels.size_x), 1
    while longest > min(edge, LAST_LEVEL_PX):
        longest, levels = ceil(longest / 2), levels + 1
    return levels


def axes_of(pixels: Pixels) -> tuple[Axis, ...]:
    """The five axes; a unit stands only where the source tells the size ("units only by the spec's long names")."""
    z, y, x = ("micrometer" if _is_length(size) else None for size in pixels.pixel_size_um)
    units = {"t": "second" if _is_length(pixels.time_increment_s) else None, "c": None, "z": z, "y": y, "x": x}
    return tuple(Axis(name=name, type=AXIS_TYPES[name], unit=unit) for name, unit in units.items())


def _is_length(value: float | None) -> bool:
    return value is not None and isfinite(value) and value > 0


def _published_dtype(image: Image) -> str:
    dtype = PUBLISHED_DTYPES.get(image.pixels.dtype)
    if dtype is None:
        raise ConversionError(
            Problem(
                code="pixels.dtype-unsupported",
                message=f"image {image.name!r} has samples of type {image.pixels.dtype}; "
                f"expected one of {', '.join(PUBLISHED_DTYPES)}",
                hint="publish real-valued channels, for example magnitude and phase",
            )
        )
    return dtype


def _chunk_edge(pixels: Pixels, zarr: "ZarrSection") -> int:
    return zarr.chunk_px or (256 if max(pixels.size_y, pixels.size_x) < SMALL_PLANE_PX else 512)


def _levels(pixels: Pixels, edge: int, item_size: int, cap: int | None, least: int) -> Iterator[LevelPlan]:
    first = scale_of(pixels)
    height, width, level = pixels.size_y, pixels.size_x, 0
    while True:
        shape = (pixels.size_t, pixels.size_c, pixels.size_z, height, width)
        zoom = 2.0**level
        yield LevelPlan(
            path=str(level),
            shape=shape,
            chunks=(1, 1, 1, edge, edge),
            shards=None if cap is None else shard_shape(shape, (1, 1, 1, edge, edge), item_size, cap),
            factors=(1, 1, 1, 2, 2) if level else (1, 1, 1, 1, 1),
            scale=(first[0], first[1], first[2], first[3] * zoom, first[4] * zoom),
            # A pixel of a halved level is centred between the pixels it was made of.
            translation=(0.0, 0.0, 0.0, first[3] * (zoom - 1) / 2, first[4] * (zoom - 1) / 2),
        )
        if max(height, width) <= min(edge, LAST_LEVEL_PX) and level + 1 >= least:
            return
        height, width, level = ceil(height / 2), ceil(width / 2), level + 1


def scale_of(pixels: Pixels) -> Vector5:
    """Lengths of a pixel of level 0; 1 where unknown."""
    z, y, x = map(_length, pixels.pixel_size_um)
    return _length(pixels.time_increment_s), 1.0, z, y, x


def _length(value: float | None) -> float:
    return float(value) if value is not None and _is_length(value) else 1.0


def shard_shape(shape: Shape5, chunks: Shape5, item_size: int, cap: int) -> Shape5:
    """One time point, all channels, then as many z as fit in ``cap`` bytes; a plane beyond it is cut in squares."""
    _, size_c, size_z, size_y, size_x = shape
    height, width = ceil(size_y / chunks[3]) * chunks[3], ceil(size_x / chunks[4]) * chunks[4]
    plane = height * width * item_size
    if plane <= cap:
        channels = min(size_c, cap // plane)
        return 1, channels, min(size_z, cap // (plane * size_c)) if channels == size_c else 1, height, width
    side = chunks[3]
    channels = max(1, min(size_c, cap // ((SMALLEST_CUT * side) ** 2 * item_size)))
    while (2 * side) ** 2 * item_size * channels <= cap:
        side *= 2
    return 1, channels, 1, min(side, height), min(side, width)
