"""Chunks of Zarr arrays as they are stored, for whoever can publish them without decoding."""

import struct
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from itertools import product
from threading import Lock
from typing import Any

from publisher.model.encoded import EncodedImage, EncodedLevel, Lengths5, Shape5, StoredCodec
from publisher.sources.checksum import crc32c
from publisher.sources.damage import damaged
from publisher.sources.zarr_files import ZarrFiles, join
from publisher.sources.zarr_images import StoredImage
from publisher.sources.zarr_metadata import ArrayMetadata

_PORTABLE = ("blosc", "zstd", "gzip")
"""Compressors that are in the Zarr v3 registry and that browsers read."""
_SHUFFLES = {0: "noshuffle", 1: "shuffle", 2: "bitshuffle"}
_CNAMES = ("blosclz", "lz4", "lz4hc", "zlib", "zstd")
_INDEX = [("bytes", "little"), ("crc32c", None)]
_ABSENT = 2**64 - 1
_KEPT_INDICES = 16

Place = Shape5
"""Indices of a chunk, t c z y x."""


class _NotPortableError(Exception):
    """Why the chunks of an array cannot be published as they are."""


def encoded_image(stored: StoredImage, *, linkable: bool) -> EncodedImage:
    """How the chunks of ``stored`` are coded, and what keeps them from being published as they are, if anything."""
    codecs, obstacle = [StoredCodec()] * len(stored.levels), ""
    try:
        codecs = [_codec(stored.axes, array) for array in stored.levels]
    except _NotPortableError as error:
        obstacle = str(error)
    return EncodedImage(
        levels=tuple(_level(stored, number, codec) for number, codec in enumerate(codecs)),
        linkable=linkable,
        obstacle=obstacle,
        group=stored.group,
        paths=stored.multiscale.paths[: len(codecs)],
        axes=stored.axes,
        zarr_format=stored.levels[0].zarr_format,
        ome_zarr=stored.multiscale.version,
    )


def _level(stored: StoredImage, number: int, codec: StoredCodec) -> EncodedLevel:
    axes, multiscale, array = stored.axes, stored.multiscale, stored.levels[number]
    return EncodedLevel(
        shape=_five(axes, array.shape),
        chunks=_five(axes, array.chunk),
        shards=_five(axes, array.shard) if array.shard else None,
        codec=codec,
        scale=_lengths(axes, multiscale.scales[number]),
        translation=_lengths(axes, multiscale.translations[number]),
    )


def _codec(axes: str, array: ArrayMetadata) -> StoredCodec:
    if axes.index("y") > axes.index("x"):
        raise _NotPortableError("its planes are stored column by column")
    return _codec_2(array) if array.zarr_format == 2 else _codec_3(array)


def _five(axes: str, sizes: Sequence[int]) -> Shape5:
    found = dict(zip(axes, sizes, strict=True))
    t, c, z, y, x = (found.get(axis, 1) for axis in "tczyx")
    return t, c, z, y, x


def _lengths(axes: str, values: Sequence[float | None]) -> Lengths5:
    found = dict(zip(axes, values, strict=True))
    t, c, z, y, x = (found.get(axis) for axis in "tczyx")
    return t, c, z, y, x


def _codec_2(array: ArrayMetadata) -> StoredCodec:
    document = array.document
    if document.get("filters"):
        raise _NotPortableError("its chunks are filtered")
    if document.get("order", "C") != "C":
        raise _NotPortableError("its chunks are in Fortran order")
    if str(document.get("dtype"))[:1] == ">" and array.item_bytes > 1:
        raise _NotPortableError("its samples are big-endian")
    _refuse_fill(document.get("fill_value"))
    return _compressor(array, array.compressor, _object(document.get("compressor")))


def _codec_3(array: ArrayMetadata) -> StoredCodec:
    document = array.document
    _refuse_fill(document.get("fill_value"))
    codecs = document["codecs"]
    if array.shard:
        sharding = _object(codecs[0].get("configuration"))
        codecs = sharding.get("codecs")
        index = [(name, settings.get("endian")) for name, settings in map(_named, sharding.get("index_codecs") or [])]
        if index != _INDEX or not array.index_at_end:
            raise _NotPortableError("its shards have an unusual index")
    chain = [_named(codec) for codec in codecs]
    names = [name for name, _ in chain]
    if names[:1] != ["bytes"] or (chain[0][1].get("endian") == "big" and array.item_bytes > 1):
        raise _NotPortableError(f"its samples are stored by {names[0]!r}, expected little-endian bytes")
    checksum = names[-1:] == ["crc32c"]
    rest = chain[1:-1] if checksum else chain[1:]
    if len(rest) > 1:
        raise _NotPortableError(f"its chunks pass through {', '.join(names)}")
    name, settings = rest[0] if rest else ("", {})
    codec = _compressor(array, name, settings)
    return StoredCodec(name=codec.name, settings=codec.settings, checksum=checksum)


def _compressor(array: ArrayMetadata, name: str, settings: Mapping[str, Any]) -> StoredCodec:
    """The v3 configuration of a compressor, from that of v2 or v3."""
    if not name:
        return StoredCodec()
    if name not in _PORTABLE:
        raise _NotPortableError(f"its chunks are compressed by {name}, which browsers do not read")
    level = _number(settings.get("level"), 0)
    if name == "gzip":
        return StoredCodec(name=name, settings=(("level", min(max(level, 0), 9)),))
    if name == "zstd":
        return StoredCodec(name=name, settings=(("checksum", bool(settings.get("checksum", False))), ("level", level)))
    cname, shuffle = settings.get("cname"), settings.get("shuffle")
    if cname not in _CNAMES:
        raise _NotPortableError(
            f"its chunks are compressed by blosc with {str(cname)[:20]}, which browsers do not read"
        )
    if shuffle not in _SHUFFLES.values():
        # numcodecs: -1 chooses by the size of a sample.
        shuffle = _SHUFFLES.get(_number(shuffle, -1), "bitshuffle" if array.item_bytes == 1 else "shuffle")
    return StoredCodec(
        name=name,
        settings=(
            ("blocksize", max(_number(settings.get("blocksize"), 0), 0)),
            ("clevel", min(max(_number(settings.get("clevel"), 5), 0), 9)),
            ("cname", str(cname)),
            ("shuffle", str(shuffle)),
            ("typesize", array.item_bytes),
        ),
    )


def _refuse_fill(value: object) -> None:
    if value is not None and value != 0:
        raise _NotPortableError(f"its fill value is {str(value)[:20]}, expected 0")


def _number(value: object, default: int) -> int:
    return value if type(value) is int else default


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _named(codec: object) -> tuple[str, Mapping[str, Any]]:
    record = _object(codec)
    return str(record.get("name", "")), _object(record.get("configuration"))


class EncodedFiles:
    """Reads stored chunks of arrays; may be shared by threads. Indices of shards are kept for their neighbours."""

    def __init__(self, files: ZarrFiles) -> None:
        self._files = files
        self._lock = Lock()
        self._indices: OrderedDict[str, tuple[tuple[int, int], ...]] = OrderedDict()

    def key(self, array: ArrayMetadata, axes: str, place: Place) -> str:
        """Key of the file that holds chunk ``place``, or that is shard ``place`` of a sharded array."""
        found = dict(zip("tczyx", place, strict=True))
        return join(array.key, _file_name(array, [str(found[axis]) for axis in axes]))

    def chunk(self, array: ArrayMetadata, axes: str, place: Place) -> bytes | None:
        """Bytes of chunk ``place``, its checksum included if it has one; None where it is absent (fill value)."""
        if array.shard is None:
            key = self.key(array, axes, place)
            size = self._files.size(key)
            if size is None:
                return None
            if size > 2 * array.chunk_bytes + 4096:
                message = f"chunk {key} has {size} bytes, more than its {array.chunk_bytes} unpacked ones"
                raise damaged(self._files.name, message)
            return self._files.read(key, 0, size)
        inner = _five(axes, [outer // each for outer, each in zip(array.shard, array.chunk, strict=True)])
        a, b, c, d, e = (at // each for at, each in zip(place, inner, strict=True))
        key = self.key(array, axes, (a, b, c, d, e))
        index = self._index(key, array)
        within = dict(zip("tczyx", (at % each for at, each in zip(place, inner, strict=True)), strict=True))
        number = 0
        for axis in axes:
            number = number * inner["tczyx".index(axis)] + within[axis]
        if not index or index[number] == (_ABSENT, _ABSENT):
            return None
        return self._files.read(key, *index[number])

    def _index(self, key: str, array: ArrayMetadata) -> tuple[tuple[int, int], ...]:
        """(offset, length) of each chunk of a shard; empty when there is no such file."""
        with self._lock:
            if key in self._indices:
                self._indices.move_to_end(key)
                return self._indices[key]
        index = self._read_index(key, array)
        with self._lock:
            self._indices[key] = index
            while len(self._indices) > _KEPT_INDICES:
                self._indices.popitem(last=False)
        return index

    def _read_index(self, key: str, array: ArrayMetadata) -> tuple[tuple[int, int], ...]:
        size, length = self._files.size(key), 16 * array.shard_chunks
        if size is None:
            return ()
        data = self._files.read(key, max(size - length - 4, 0), length + 4)
        if len(data) != length + 4 or crc32c(data[:-4]) != data[-4:]:
            raise damaged(self._files.name, f"shard {key} has a damaged index")
        index = tuple(struct.iter_unpack("<QQ", data[:-4]))
        end, spare = size - length - 4, 2 * array.chunk_bytes + 4096
        for offset, count in index:
            if (offset, count) != (_ABSENT, _ABSENT) and (offset + count > end or count > spare):
                raise damaged(
                    self._files.name, f"shard {key} puts a chunk of {count} bytes at {offset}, of {end} bytes"
                )
        return index

    def holds_only_chunks(self, array: ArrayMetadata, axes: str, place: Place) -> bool:
        """Whether every byte of shard ``place`` before its index belongs to just one chunk of the array."""
        key = self.key(array, axes, place)
        size, index = self._files.size(key), self._index(key, array)
        at = dict(zip("tczyx", place, strict=True))
        ranges = [
            [at[axis] * outer + start < extent for start in range(0, outer, inner)]
            for axis, outer, inner, extent in zip(axes, array.shard or (), array.chunk, array.shape, strict=True)
        ]
        inside = [all(each) for each in product(*ranges)]
        if any(span != (_ABSENT, _ABSENT) and not seen for span, seen in zip(index, inside, strict=True)):
            return False  # nobody reads what lies beyond the edge of the array, so nobody looked at it
        spans = sorted(span for span in index if span != (_ABSENT, _ABSENT))
        end = 0
        for offset, count in spans:
            if offset != end:
                return False
            end = offset + count
        return size is not None and end == size - 16 * array.shard_chunks - 4


def _file_name(array: ArrayMetadata, indices: Sequence[str]) -> str:
    """A chunk's file below its array: "Chunk key encoding" of Zarr v3, "dimension_separator" of v2."""
    if array.zarr_format == 2:
        return str(array.document.get("dimension_separator", ".")).join(indices)
    name, settings = _named(array.document.get("chunk_key_encoding"))
    if name == "v2":
        return str(settings.get("separator", ".")).join(indices)
    return str(settings.get("separator", "/")).join(["c", *indices])
