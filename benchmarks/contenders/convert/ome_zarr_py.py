"""ome-zarr-py, its writer with dask arrays: MODE THREADS OUTPUT INPUT..."""

import sys

import dask
import dask.array
import tifffile
import zarr
from layout import CHUNK_PX, levels, output_of, shard, to_czyx
from ome_zarr.format import FormatV05
from ome_zarr.scale import Methods
from ome_zarr.writer import write_image
from zarr.codecs import BloscCodec, Crc32cCodec

mode, threads, output, inputs = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
dask.config.set(scheduler="threads", num_workers=threads)
for path in inputs:
    with tifffile.TiffFile(path) as tiff:
        series = tiff.series[0]
        opened = zarr.open(series.aszarr(), mode="r")
        pixels = dask.array.from_zarr(opened["0"] if isinstance(opened, zarr.Group) else opened)
        image = to_czyx(pixels, series.axes)
        shapes = levels(image.shape)
        options = {"scale_factors": [2**number for number in range(1, len(shapes))]}
        if mode == "matched":
            # Two dask chunks that write one shard damage it silently: dask's chunks are made to be shards.
            image = image.rechunk(shard(image.shape, image.dtype.itemsize))
            codecs = [
                BloscCodec(
                    cname="zstd",
                    clevel=1,
                    shuffle="shuffle",
                    typesize=image.dtype.itemsize,
                    blocksize=CHUNK_PX**2 * image.dtype.itemsize,
                ),
                Crc32cCodec(),
            ]
            options["method"] = Methods.LOCAL_MEAN
            options["storage_options"] = [
                {
                    "chunks": (1, 1, CHUNK_PX, CHUNK_PX),
                    "shards": shard(shape, image.dtype.itemsize),
                    "compressors": codecs,
                }
                for shape in shapes
            ]
        write_image(image, output_of(output, path), axes="czyx", fmt=FormatV05(), **options)
