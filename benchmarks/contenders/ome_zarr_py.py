"""ome-zarr-py's writer with our codec, chunks and shards: STACK FOLDER THREADS."""

import sys

import dask
import dask.array
import tifffile
import zarr
from ome_zarr.format import FormatV05
from ome_zarr.scale import Methods
from ome_zarr.writer import write_image
from shapes import CHUNK, CHUNK_BYTES, level_shapes, shards
from zarr.codecs import BloscCodec, Crc32cCodec

stack, folder, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
dask.config.set(scheduler="threads", num_workers=threads)
codecs = [BloscCodec(cname="zstd", clevel=1, shuffle="shuffle", typesize=2, blocksize=CHUNK_BYTES), Crc32cCodec()]
with tifffile.TiffFile(stack) as tiff:
    opened = zarr.open(tiff.series[0].aszarr(), mode="r")
    planes = dask.array.from_zarr(opened["0"] if isinstance(opened, zarr.Group) else opened)
    image = planes.transpose(1, 0, 2, 3)
    levels = level_shapes(image.shape)
    # A shard that two dask chunks write is silently damaged: dask's chunks are made to be shards.
    image = image.rechunk(shards(image.shape))
    write_image(
        image,
        folder,
        axes="czyx",
        fmt=FormatV05(),
        method=Methods.LOCAL_MEAN,
        scale_factors=[2**number for number in range(1, len(levels))],
        storage_options=[{"chunks": CHUNK, "shards": shards(shape), "compressors": codecs} for shape in levels],
    )
