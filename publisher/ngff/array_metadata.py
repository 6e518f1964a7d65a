"""The zarr.json of one array: Zarr v3, a chunk of one plane, blosc and crc32c, optionally in shards."""

from publisher.ngff.plan import ITEM_SIZES, Codec, ImagePlan, LevelPlan

_INDEX_CODECS: list[dict[str, object]] = [
    {"name": "bytes", "configuration": {"endian": "little"}},
    {"name": "crc32c"},
]


def chunk_bytes(level: LevelPlan, dtype: str) -> int:
    """Raw bytes of one chunk; also blosc's block size, so that a chunk is one block."""
    size = ITEM_SIZES[dtype]
    for edge in level.chunks:
        size *= edge
    return size


def array_metadata(plan: ImagePlan, level: LevelPlan) -> dict[str, object]:
    """The document that stands beside the chunks of ``level``."""
    codecs = _chunk_codecs(plan.codec, plan.dtype, chunk_bytes(level, plan.dtype))
    if level.shards is not None:
        codecs = [_sharding(plan.stored(level.chunks), codecs)]
    chunk_shape = plan.stored(level.shards or level.chunks)
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(plan.stored(level.shape)),
        "data_type": plan.dtype,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunk_shape)}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0.0 if plan.dtype.startswith("float") else 0,
        "codecs": codecs,
        "dimension_names": [axis.name for axis in plan.axes],
        "attributes": {},
    }


def _chunk_codecs(codec: Codec, dtype: str, blocksize: int) -> list[dict[str, object]]:
    size = ITEM_SIZES[dtype]
    blosc = {
        "typesize": size,
        "cname": codec.cname,
        "clevel": codec.clevel,
        "shuffle": "shuffle",
        "blocksize": blocksize,
    }
    # "endian [...] is required for all data types for which endianness is applicable" (Zarr v3, bytes codec).
    order: dict[str, object] = {"configuration": {"endian": "little"}} if size > 1 else {}
    return [{"name": "bytes", **order}, {"name": "blosc", "configuration": blosc}, {"name": "crc32c"}]


def _sharding(chunks: tuple[int, ...], codecs: list[dict[str, object]]) -> dict[str, object]:
    configuration = {
        "chunk_shape": list(chunks),
        "codecs": codecs,
        "index_codecs": _INDEX_CODECS,
        "index_location": "end",
    }
    return {"name": "sharding_indexed", "configuration": configuration}
