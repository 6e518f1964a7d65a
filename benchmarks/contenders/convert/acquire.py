"""acquire-zarr, a streaming writer in C++: MODE THREADS OUTPUT INPUT... It halves z as well, so it has less to do."""

import sys
from pathlib import Path

import acquire_zarr as az
import numpy as np
import tifffile
from layout import CHUNK_PX, levels, output_of, shard, to_czyx

mode, threads, output, inputs = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]


def dimension(name, kind, size, chunk, per_shard):
    return az.Dimension(
        name=name, kind=kind, array_size_px=size, chunk_size_px=chunk, shard_size_chunks=max(per_shard, 1)
    )


Path(output).mkdir(parents=True, exist_ok=True)
for path in inputs:
    with tifffile.TiffFile(path) as tiff:
        series = tiff.series[0]
        whole = None if series.axes == "ZCYX" else to_czyx(series.asarray(), series.axes)
        size_z, size_c, height, width = (
            series.shape if whole is None else (whole.shape[1], whole.shape[0], *whole.shape[2:])
        )
        shape = size_c, size_z, height, width
        c, z, y, x = shard(shape, series.dtype.itemsize)
        kinds = az.DimensionType
        dimensions = [
            dimension("t", kinds.TIME, 0, 1, 1),
            dimension("c", kinds.CHANNEL, size_c, 1, c),
            dimension("z", kinds.SPACE, size_z, 1, z),
            dimension("y", kinds.SPACE, height, CHUNK_PX, y // CHUNK_PX),
            dimension("x", kinds.SPACE, width, CHUNK_PX, x // CHUNK_PX),
        ]
        codec = az.CompressionSettings(
            compressor=az.Compressor.BLOSC1, codec=az.CompressionCodec.BLOSC_ZSTD, level=1, shuffle=1
        )
        array = az.ArraySettings(
            dimensions=dimensions,
            data_type=np.dtype(series.dtype),
            compression=codec,
            downsampling_method=az.DownsamplingMethod.MEAN,
            max_levels=len(levels(shape)) - 1,
        )
        store = output_of(output, path)
        stream = az.ZarrStream(az.StreamSettings(store_path=store, arrays=[array], max_threads=threads, overwrite=True))
        for channel in range(size_c):
            for depth in range(size_z):
                plane = series.pages[depth * size_c + channel].asarray() if whole is None else whole[channel, depth]
                stream.append(np.ascontiguousarray(plane))
        stream.close()
