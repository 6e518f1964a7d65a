"""ngff-zarr, its library: MODE THREADS OUTPUT INPUT..."""

import sys

import dask
import ngff_zarr
import tifffile
from layout import CHUNK_PX, levels, output_of, shard, to_czyx

mode, threads, output, inputs = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
dask.config.set(scheduler="threads", num_workers=threads)
for path in inputs:
    with tifffile.TiffFile(path) as tiff:
        series = tiff.series[0]
        array = to_czyx(series.asarray(), series.axes)
        image = ngff_zarr.to_ngff_image(array, dims=["c", "z", "y", "x"])
        if mode == "default":
            multiscales = ngff_zarr.to_multiscales(image)
            ngff_zarr.to_ngff_zarr(output_of(output, path), multiscales)
            continue
        factors = [{"c": 1, "z": 1, "y": 2**n, "x": 2**n} for n in range(1, len(levels(array.shape)))]
        multiscales = ngff_zarr.to_multiscales(
            image,
            scale_factors=factors,
            method=ngff_zarr.Methods.DASK_BIN_SHRINK,
            chunks={"c": 1, "z": 1, "y": CHUNK_PX, "x": CHUNK_PX},
        )
        whole = shard(array.shape, array.dtype.itemsize)
        per_shard = {
            "c": whole[0],
            "z": whole[1],
            "y": whole[2] // CHUNK_PX,
            "x": whole[3] // CHUNK_PX,
        }
        ngff_zarr.to_ngff_zarr(output_of(output, path), multiscales, version="0.5", chunks_per_shard=per_shard)
