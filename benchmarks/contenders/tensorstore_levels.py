"""tensorstore with our codec, chunks and shards, each level made of the one on disk: STACK FOLDER THREADS."""

import sys

import tensorstore as ts
import tifffile
from shapes import CHUNK, CHUNK_BYTES, level_shapes, shards

stack, folder, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
context = ts.Context({"data_copy_concurrency": {"limit": threads}, "cache_pool": {"total_bytes_limit": 100_000_000}})
blosc = {"cname": "zstd", "clevel": 1, "shuffle": "shuffle", "typesize": 2, "blocksize": CHUNK_BYTES}
chunk_codecs = [
    {"name": "bytes", "configuration": {"endian": "little"}},
    {"name": "blosc", "configuration": blosc},
    {"name": "crc32c"},
]
sharding = {"name": "sharding_indexed", "configuration": {"chunk_shape": CHUNK, "codecs": chunk_codecs}}


def create(number: int, shape: tuple[int, ...]) -> ts.TensorStore:
    grid = {"name": "regular", "configuration": {"chunk_shape": shards(shape)}}
    metadata = {"shape": shape, "data_type": "uint16", "chunk_grid": grid, "codecs": [sharding]}
    store = {"driver": "file", "path": f"{folder}/{number}/"}
    spec = {"driver": "zarr3", "kvstore": store, "metadata": metadata}
    return ts.open(spec, create=True, context=context).result()


image = tifffile.imread(stack).transpose(1, 0, 2, 3)
above = None
for number, shape in enumerate(level_shapes(image.shape)):
    level = create(number, shape)
    # "mean" rounds halves to even; ours rounds them up.
    level.write(image if above is None else ts.downsample(above, [1, 1, 2, 2], "mean")).result()
    above = level
