"""The metadata files of one array, a chunk of one plane, compressed by blosc or as its source has it.

OME-Zarr 0.5 is Zarr v3, its chunks end in a crc32c and may share shards; 0.4 is Zarr v2. Where both
describe the same chunks, Zarr v3 uses the keys of v2, and there is no crc32c: tensorstore refuses bytes
after a v2 chunk.
"""

from collections.abc import Sequence

from publisher.formats.ngff_version import VERSIONS_OF, ZARR_3
from publisher.model.encoded import StoredCodec
from publisher.ngff.plan import ITEM_SIZES, ImagePlan, LevelPlan

Json = dict[str, object]

ZARR_2_ARRAY = ".zarray"
_SHUFFLES = ("noshuffle", "shuffle", "bitshuffle")
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


def array_document(plan: ImagePlan, level: LevelPlan) -> Json:
    """The document of ``level`` in the newest version that describes it."""
    return next(reversed(array_files(plan, level).values()))


def _version_2(plan: ImagePlan, level: LevelPlan) -> Json:
    size = ITEM_SIZES[plan.dtype]
    return {
        "zarr_format": 2,
        "shape": list(plan.of_axes(level.shape)),
        "chunks": list(plan.of_axes(level.chunks)),
        "dtype": f"{'|' if size == 1 else '<'}{plan.dtype[0]}{size}",
        "compressor": _compressor_2(chunk_codec(plan, level)),
        "fill_value": _fill_value(plan.dtype),
        "order": "C",
        "filters": None,
        "dimension_separator": "/",
    }


def _version_3(plan: ImagePlan, level: LevelPlan) -> Json:
    own = has_checksums(plan.version)
    codecs = _chunk_codecs(chunk_codec(plan, level), plan.dtype)
    if level.shards is not None:
        codecs = [_sharding(plan.of_axes(level.chunks), codecs)]
    chunk_shape = plan.of_axes(level.shards or level.chunks)
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(plan.of_axes(level.shape)),
        "data_type": plan.dtype,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunk_shape)}},
        "chunk_key_encoding": {"name": "default" if own else "v2", "configuration": {"separator": "/"}},
        "fill_value": _fill_value(plan.dtype),
        "codecs": codecs,
        "dimension_names": [axis.name for axis in plan.axes],
        "attributes": {},
    }


def chunk_codec(plan: ImagePlan, level: LevelPlan) -> StoredCodec:
    """How the chunks of ``level`` are compressed: as the plan says, or as they are in the source they come from."""
    if plan.stored:
        return plan.stored[plan.levels.index(level)]
    settings = (
        ("blocksize", chunk_bytes(level, plan.dtype)),
        ("clevel", plan.codec.clevel),
        ("cname", plan.codec.cname),
        ("shuffle", "shuffle"),
        ("typesize", ITEM_SIZES[plan.dtype]),
    )
    return StoredCodec(name="blosc", settings=settings, checksum=has_checksums(plan.version))


def _compressor_2(codec: StoredCodec) -> Json | None:
    """The v2 configuration of a compressor: blosc numbers its shuffles, and knows the size of a sample by itself."""
    if not codec.name:
        return None
    settings: Json = {"id": codec.name, **dict(codec.settings)}
    if codec.name == "blosc":
        del settings["typesize"]
        settings["shuffle"] = _SHUFFLES.index(str(settings["shuffle"]))
    return settings


def _chunk_codecs(codec: StoredCodec, dtype: str) -> list[Json]:
    # "endian [...] is required for all data types for which endianness is applicable" (Zarr v3, bytes codec).
    order: Json = {"configuration": {"endian": "little"}} if ITEM_SIZES[dtype] > 1 else {}
    codecs: list[Json] = [{"name": "bytes", **order}]
    if codec.name:
        codecs.append({"name": codec.name, "configuration": dict(codec.settings)})
    return [*codecs, {"name": "crc32c"}] if codec.checksum else codecs


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
