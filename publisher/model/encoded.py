"""Pixels as a source stores them, compressed: what decides whether their chunks can be published as they are."""

from dataclasses import dataclass

Shape5 = tuple[int, int, int, int, int]
"""One number per axis, t c z y x."""
Lengths5 = tuple[float | None, float | None, float | None, float | None, float | None]
"""One length per axis, t c z y x, in the source's units; None where it says nothing."""
Setting = str | int | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCodec:
    """How a chunk is compressed, in the words of the Zarr v3 registry; its samples are little-endian, in C order.

    ``name`` is "blosc", "zstd" or "gzip", empty for raw samples; ``settings`` are the codec's, sorted by name.
    ``checksum``: the chunk ends in its crc32c.
    """

    name: str = ""
    settings: tuple[tuple[str, Setting], ...] = ()
    checksum: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedLevel:
    """One resolution: ``chunks`` are coded one by one; ``shards`` hold several in a file, None for a file a chunk."""

    shape: Shape5
    chunks: Shape5
    codec: StoredCodec
    shards: Shape5 | None = None
    scale: Lengths5 = (None,) * 5
    translation: Lengths5 = (None,) * 5


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedImage:
    """How an image is stored, largest level first; with an ``obstacle`` (in words) its chunks must be made anew.

    ``linkable``: each chunk, or shard, is a file of this computer that holds nothing else. ``group`` is the image's
    in its hierarchy, ``paths`` those of the levels below it, ``axes`` the letters in the arrays' order, ``zarr_format``
    2 or 3, ``ome_zarr`` the release that the image names, such as "0.6", or empty.
    """

    levels: tuple[EncodedLevel, ...]
    linkable: bool = False
    obstacle: str = ""
    group: str = ""
    paths: tuple[str, ...] = ()
    axes: str = "tczyx"
    zarr_format: int = 3
    ome_zarr: str = ""
