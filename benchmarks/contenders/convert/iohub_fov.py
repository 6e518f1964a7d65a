"""iohub, create_image and compute_pyramid: MODE THREADS OUTPUT INPUT..."""

import inspect
import sys

import tifffile
from iohub.ngff import open_ome_zarr
from layout import CHUNK_PX, levels, output_of, shard, to_czyx

mode, threads, output, inputs = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
for path in inputs:
    with tifffile.TiffFile(path) as tiff:
        series = tiff.series[0]
        image = to_czyx(series.asarray(), series.axes)[None]
    names = [f"channel {number}" for number in range(image.shape[1])]
    version = {"version": "0.5"} if mode == "matched" else {}
    with open_ome_zarr(output_of(output, path), layout="fov", mode="w-", channel_names=names, **version) as dataset:
        options = {}
        if mode == "matched":
            whole = shard(image.shape[1:], image.dtype.itemsize)
            options["chunks"] = (1, 1, 1, CHUNK_PX, CHUNK_PX)
            options["shards_ratio"] = (1, whole[0], whole[1], whole[2] // CHUNK_PX, whole[3] // CHUNK_PX)
        dataset.create_image("0", image, **options)
        takes = inspect.signature(dataset.compute_pyramid).parameters
        dims = {"dims": ("y", "x")} if "dims" in takes else {}
        dataset.compute_pyramid(levels=len(levels(image.shape[1:])), method="mean", **dims)
