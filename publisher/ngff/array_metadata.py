"""The metadata files of one array, a chunk of one plane compressed by blosc.

OME-Zarr 0.5 is Zarr v3, its chunks end in a crc32c and may share shards; 0.4 is Zarr v2. Where both
describe the same chunks, Zarr v3 uses the keys of v2, and there is no crc32c: tensorstore refuses bytes
after a v2 chunk.
"""

from collections.abc import Sequence

from publisher.formats.ngff_version import VERSIONS_OF, ZARR_3
from publisher.ngff.plan import ITEM_SIZES, Codec, ImagePlan, LevelPlan

Json = dict[str, object]

ZARR_2_ARRAY = ".zarray"
_INDEX_CODECS: list[Json] = [
    {"name": "bytes", "configuration": {"endian": "little"}},
    {"name": "crc32c"},
]


def chunk_bytes(level: LevelPlan, dtype: str) -> int:
    """Raw bytes of one chunk; also blosc's block size, so that a chunk is one block."""
    size = ITEM_SIZES[dtype]
    for edge in level.chunks:
        size *= edge
    return size


def has_checksums(version: str) -> bool:
    """Whether chunks written under ``version`` (``zarr.version``) end in their crc32c."""
    return "0.4" not in VERSIONS_OF[version]


def chunk_key(version: str, place: Sequence[int]) -> tuple[str, ...]:
    """Path of a chunk (or shard) below its array: the default encoding of Zarr v3, or that of v2 with "/"."""
    return ("c", *map(str, place)) if has_checksums(version) else tuple(map(str, place))


def array_files(plan: ImagePlan, level: LevelPlan) -> dict[str, Json]:
    """The documents that stand beside the chunks of ``level``, by name."""
    files: dict[str, Json] = {}
    for version in VERSIONS_OF[plan.version]:
        if version == "0.4":
            files[ZARR_2_ARRAY] = _version_2(plan, level)
        else:
            files[ZARR_3] = _version_3(plan, level)
    return files


def _version_2(plan: ImagePlan, level: LevelPlan) -> Json:
    size = ITEM_SIZES[plan.dtype]
    return {
        "zarr_format": 2,
        "shape": list(plan.stored(level.shape)),
        "chunks": list(plan.stored(level.chunks)),
        "dtype": f"{'|' if size == 1 else '<'}{plan.dtype[0]}{size}",
        "compressor": {
            "id": "blosc",
            "cname": plan.codec.cname,
            "clevel": plan.codec.clevel,
            "shuffle": 1,
            "blocksize": chunk_bytes(level, plan.dtype),
        },
        "fill_value": _fill_value(plan.dtype),
        "order": "C",
        "filters": None,
        "dimension_separator": "/",
    }


def _version_3(plan: ImagePlan, level: LevelPlan) -> Json:
    own = has_checksums(plan.version)
    codecs = _chunk_codecs(plan.codec, plan.dtype, chunk_bytes(level, plan.dtype))
    if own:
        codecs.append({"name": "crc32c"})
    if level.shards is not None:
        codecs = [_sharding(plan.stored(level.chunks), codecs)]
    chunk_shape = plan.stored(level.shards or level.chunks)
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(plan.stored(level.shape)),
        "data_type": plan.dtype,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunk_shape)}},
        "chunk_key_encoding": {"name": "default" if own else "v2", "configuration": {"separator": "/"}},
        "fill_value": _fill_value(plan.dtype),
        "codecs": codecs,
        "dimension_names": [axis.name for axis in plan.axes],
        "attributes": {},
    }


def _chunk_codecs(codec: Codec, dtype: str, blocksize: int) -> list[Json]:
    size = ITEM_SIZES[dtype]
    blosc = {
        "typesize": size,
        "cname": codec.cname,
        "clevel": codec.clevel,
        "shuffle": "shuffle",
        "blocksize": blocksize,
    }
    # "endian [...] is required for all data types for which endianness is applicable" (Zarr v3, bytes codec).
    order: Json = {"configuration": {"endian": "little"}} if size > 1 else {}
    return [{"name": "bytes", **order}, {"name": "blosc", "configuration": blosc}]


def _fill_value(dtype: str) -> float | int:
    return 0.0 if dtype.startswith("float") else 0


def _sharding(chunks: tuple[int, ...], codecs: list[Json]) -> Json:
    configuration = {
        "chunk_shape": list(chunks),
        "codecs": codecs,
        "index_codecs": _INDEX_CODECS,
        "index_location": "end",
    }
    return {"name": "sharding_indexed", "configuration": configuration}
