"""Array metadata of Zarr v2 and v3, checked against limits before a library sees it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from publisher.sources.damage import damaged, unsupported
from publisher.sources.zarr_files import ZarrFiles, join, read_json

MAX_EDGE = 2**31 - 1
MAX_CHUNK_BYTES = 2 << 30
MAX_CHUNKS = 100_000_000
MAX_SHARD_CHUNKS = 1_000_000
MAX_CODECS = 16

_KINDS = {"u": "uint", "i": "int", "f": "float", "c": "complex"}
_DTYPES = frozenset(
    {"bool", "float16", "float32", "float64", "complex64", "complex128"}
    | {f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)}
)
COMPRESSORS = frozenset({"blosc", "zstd", "gzip", "zlib", "lz4", "bz2", "lzma"})
"""Codecs that are read; ``numcodecs.`` before a v3 name is dropped."""
_SAME_SIZE = frozenset({"bytes", "endian", "transpose", "shuffle", "bitround"})
_CHECKSUMS = frozenset({"crc32", "crc32c", "adler32", "fletcher32", "jenkins_lookup3"})
_OTHER_SIZE = frozenset({"delta", "fixedscaleoffset", "quantize", "astype", "packbits"})
FILTERS = _SAME_SIZE | _CHECKSUMS | _OTHER_SIZE
"""Further numcodecs that are read around a compressor; those of objects and text are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayMetadata:
    """One array: ``dtype`` is a numpy name, ``chunk`` the smallest unit that is decoded (inside a shard, if any).

    ``compressor`` is empty for raw chunks; ``shard`` is None where each chunk is a file. ``filtered``: what is
    compressed may have another size than the pixels. ``document`` is the metadata as it stands.
    """

    key: str
    zarr_format: int
    shape: tuple[int, ...]
    dtype: str
    chunk: tuple[int, ...]
    compressor: str
    shard: tuple[int, ...] | None = None
    index_at_end: bool = True
    filtered: bool = False
    document: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def item_bytes(self) -> int:
        """Bytes of one sample."""
        return {"bool": 1, "complex64": 8, "complex128": 16}.get(self.dtype) or int(self.dtype.lstrip("uintfloa")) // 8

    @property
    def chunk_bytes(self) -> int:
        """Bytes of one decoded chunk."""
        return math.prod(self.chunk) * self.item_bytes

    @property
    def raw_bytes(self) -> int:
        """Bytes of the whole array."""
        return math.prod(self.shape) * self.item_bytes

    @property
    def file_count(self) -> int:
        """Files that all chunks, or shards, would fill."""
        pieces = self.shard or self.chunk
        return math.prod(-(-size // piece) for size, piece in zip(self.shape, pieces, strict=True))

    @property
    def shard_chunks(self) -> int:
        """Chunks in one shard; 1 where each chunk is a file."""
        return (
            math.prod(outer // inner for outer, inner in zip(self.shard, self.chunk, strict=True)) if self.shard else 1
        )


def read_attributes(files: ZarrFiles, group: str) -> tuple[int, dict[str, Any]] | None:
    """(Zarr format, attributes) of the group at ``group``; None when there is no group."""
    document = read_json(files, join(group, "zarr.json"))
    if document is not None:
        attributes = document.get("attributes", {})
        return 3, attributes if isinstance(attributes, dict) else {}
    attributes = read_json(files, join(group, ".zattrs"))
    if attributes is not None or files.size(join(group, ".zgroup")) is not None:
        return 2, attributes or {}
    return None


def read_array(files: ZarrFiles, key: str) -> ArrayMetadata:
    """Metadata of the array at ``key``, within limits."""
    document = read_json(files, join(key, "zarr.json"))
    if document is not None:
        array = _version_3(files.name, key, document)
    else:
        document = read_json(files, join(key, ".zarray"))
        if document is None:
            raise damaged(files.name, f"has no array at {key!r}", code="source.missing-pixels")
        array = _version_2(files.name, key, document)
    _check(files.name, array)
    return replace(array, document=document)


def _version_2(name: str, key: str, document: Mapping[str, Any]) -> ArrayMetadata:
    compressor = document.get("compressor") or {}
    filters = document.get("filters") or []
    names = [str(_object(each).get("id", "?")) for each in filters] if isinstance(filters, list) else ["?"]
    if len(names) > MAX_CODECS or not FILTERS.issuperset(names):
        raise unsupported(name, f"{key} uses the filters {str(filters)[:100]}, which are not read")
    return ArrayMetadata(
        key=key,
        zarr_format=2,
        shape=_sizes(name, key, "shape", document.get("shape")),
        dtype=_dtype(name, key, document.get("dtype")),
        chunk=_sizes(name, key, "chunks", document.get("chunks")),
        compressor=_compressor(name, key, compressor.get("id", "") if isinstance(compressor, dict) else "?"),
        filtered=not _SAME_SIZE.issuperset(names),
    )


def _version_3(name: str, key: str, document: Mapping[str, Any]) -> ArrayMetadata:
    grid = _object(document.get("chunk_grid"))
    if grid.get("name") != "regular":
        raise unsupported(name, f"{key} has the chunk grid {str(grid.get('name'))[:40]!r}, expected 'regular'")
    outer = _sizes(name, key, "chunk_shape", _object(grid.get("configuration")).get("chunk_shape"))
    codecs = _codecs(name, key, document.get("codecs"))
    dtype = document.get("data_type")
    if not isinstance(dtype, str) or dtype not in _DTYPES:
        raise unsupported(name, f"{key} has the data type {str(dtype)[:40]!r}, which is not one of pixels")
    shape = _sizes(name, key, "shape", document.get("shape"))
    sharding = next((configuration for codec, configuration in codecs if codec == "sharding_indexed"), None)
    if sharding is None:
        compressor, filtered = _chain(name, key, codecs)
        return ArrayMetadata(
            key=key, zarr_format=3, shape=shape, dtype=dtype, chunk=outer, compressor=compressor, filtered=filtered
        )
    if len(codecs) > 1:
        raise unsupported(name, f"{key} has codecs around its shards")
    inner = _sizes(name, key, "inner chunk_shape", sharding.get("chunk_shape"))
    if len(inner) != len(outer) or any(size % part for size, part in zip(outer, inner, strict=True)):
        raise damaged(name, f"{key} has shards {outer} that its chunks {inner} do not fill")
    compressor, filtered = _chain(name, key, _codecs(name, key, sharding.get("codecs")))
    return ArrayMetadata(
        key=key,
        zarr_format=3,
        shape=shape,
        dtype=dtype,
        chunk=inner,
        compressor=compressor,
        filtered=filtered,
        shard=outer,
        index_at_end=sharding.get("index_location", "end") != "start",
    )


def _codecs(name: str, key: str, value: object) -> list[tuple[str, Mapping[str, Any]]]:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_CODECS:
        raise damaged(name, f"{key} has no list of 1 to {MAX_CODECS} codecs")
    codecs = [_object(codec) for codec in value]
    return [(str(codec.get("name", "")), _object(codec.get("configuration"))) for codec in codecs]


def _chain(name: str, key: str, codecs: list[tuple[str, Mapping[str, Any]]]) -> tuple[str, bool]:
    """The compressor of a chain, and whether what it packs may have another size than the pixels."""
    found, filtered = "", False
    for codec, _ in codecs:
        short = codec.removeprefix("numcodecs.")
        if short in FILTERS:
            # A checksum after the compressor is no part of what it unpacks to.
            filtered = filtered or short in _OTHER_SIZE or (short in _CHECKSUMS and not found)
            continue
        if found:
            raise unsupported(name, f"{key} is compressed twice, by {found} and {codec[:40]}")
        found = _compressor(name, key, codec)
    return found, filtered and bool(found)


def _compressor(name: str, key: str, codec: object) -> str:
    short = str(codec).removeprefix("numcodecs.")
    if short and short not in COMPRESSORS:
        raise unsupported(
            name, f"{key} is compressed by {short[:40]!r}, expected one of {', '.join(sorted(COMPRESSORS))}"
        )
    return short


def _sizes(name: str, key: str, what: str, value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= 8:
        raise damaged(name, f"{key} has {what} {str(value)[:60]}, expected 1 to 8 numbers")
    if not all(type(size) is int and 0 < size <= MAX_EDGE for size in value):
        raise damaged(name, f"{key} has {what} {str(value)[:60]}, expected numbers from 1 to {MAX_EDGE}")
    return tuple(value)


def _dtype(name: str, key: str, value: object) -> str:
    text = value if isinstance(value, str) else ""
    if text in ("|b1", "<b1", ">b1"):
        return "bool"
    dtype = f"{_KINDS.get(text[1:2], '?')}{int(text[2:]) * 8}" if text[2:].isdecimal() and len(text) <= 4 else ""
    if dtype not in _DTYPES or text[0] not in "<>|":
        raise unsupported(name, f"{key} has the data type {str(value)[:40]!r}, which is not one of pixels")
    return dtype


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _check(name: str, array: ArrayMetadata) -> None:
    if len(array.chunk) != len(array.shape):
        raise damaged(name, f"{array.key} has chunks {array.chunk} for an array of shape {array.shape}")
    if array.chunk_bytes > MAX_CHUNK_BYTES:
        message = f"{array.key} has chunks of {array.chunk_bytes} bytes, at most {MAX_CHUNK_BYTES} are decoded at once"
        raise damaged(name, message, code="source.too-large")
    chunks = math.prod(-(-size // chunk) for size, chunk in zip(array.shape, array.chunk, strict=True))
    if chunks > MAX_CHUNKS or array.shard_chunks > MAX_SHARD_CHUNKS:
        raise damaged(
            name, f"{array.key} claims {chunks} chunks, at most {MAX_CHUNKS} are read", code="source.too-large"
        )
