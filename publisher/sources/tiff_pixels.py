"""Blocks of pixels out of one TIFF file: raw rows straight from the file, tiles through the decoder."""

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from publisher.sources.damage import unsupported
from publisher.sources.tiff_container import Directory, Segments, TiffContainer
from publisher.sources.tiff_decoder import TileDecoder
from publisher.sources.tiff_layout import Layout


class TiffPixels:
    """Reads blocks of the directories of one file; safe from several threads."""

    def __init__(self, container: TiffContainer) -> None:
        self._container = container
        self._lock = threading.Lock()
        self._decoder: TileDecoder | None = None

    def close(self) -> None:
        """Release the decoder."""
        if self._decoder is not None:
            self._decoder.close()
            self._decoder = None

    def block(self, directory: Directory, segments: Segments, samples: range, y: range, x: range) -> NDArray[Any]:
        """Pixels (sample, Y, X), native byte order, of ``samples`` and the rows and columns of ``y`` and ``x``."""
        layout = directory.layout
        if layout.dtype is None:
            raise unsupported(self._container.name, f"{layout.bits}-bit samples of format {layout.sample_format}")
        if layout.is_raw and not layout.tiled:
            return self._raw_rows(layout, segments, samples, y, x)
        out = np.empty((len(samples), len(y), len(x)), layout.dtype)
        down, across = layout.tiles_down, layout.tiles_across
        for plane in samples if layout.planar else range(1):
            target = out[plane - samples.start : plane - samples.start + 1] if layout.planar else out
            source = slice(0, 1) if layout.planar else slice(samples.start, samples.stop)
            for row in range(y.start // layout.tile_height, -(-y.stop // layout.tile_height)):
                for column in range(x.start // layout.tile_width, -(-x.stop // layout.tile_width)):
                    index = (plane * down + row) * across + column
                    tile = self._tile(directory, segments, index)
                    _paste(tile[..., source], target, layout, (row, column), y, x)
        return out

    def _tile(self, directory: Directory, segments: Segments, index: int) -> NDArray[Any]:
        layout = directory.layout
        data = self._container.read(segments.offsets[index], segments.counts[index])
        if not layout.is_raw:
            return self._get_decoder().decode(directory, index, data)
        shape = (layout.tile_height, layout.tile_width, layout.tile_samples)
        return np.frombuffer(data, self._stored_dtype(layout), count=int(np.prod(shape))).reshape(shape)

    def _get_decoder(self) -> TileDecoder:
        with self._lock:
            if self._decoder is None:
                self._decoder = TileDecoder(self._container)
            return self._decoder

    def _stored_dtype(self, layout: Layout) -> np.dtype[Any]:
        return np.dtype(layout.dtype).newbyteorder("<" if self._container.byte_order == "<" else ">")

    def _raw_rows(self, layout: Layout, segments: Segments, samples: range, y: range, x: range) -> NDArray[Any]:
        stored, row_bytes = self._stored_dtype(layout), layout.row_bytes
        parts = []
        for plane in samples if layout.planar else range(1):
            buffer = np.empty(len(y) * row_bytes, np.uint8)
            for offset, start, count in _runs(layout, segments, plane, y):
                self._container.read_into(buffer.data[start : start + count], offset)
            rows = buffer.view(stored).reshape(len(y), layout.width, layout.tile_samples)
            chosen = slice(None) if layout.planar else slice(samples.start, samples.stop)
            parts.append(rows[:, x.start : x.stop, chosen].transpose(2, 0, 1))
        block = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return block.astype(layout.dtype, copy=False)


def _runs(layout: Layout, segments: Segments, plane: int, y: range) -> list[tuple[int, int, int]]:
    """(offset in the file, start in the buffer, bytes) of rows ``y``, with strips that touch joined."""
    runs: list[tuple[int, int, int]] = []
    row = y.start
    while row < y.stop:
        strip = row // layout.tile_height
        skipped = row - strip * layout.tile_height
        rows = min(layout.rows_in(strip) - skipped, y.stop - row)
        offset = segments.offsets[plane * layout.tiles_down + strip] + skipped * layout.row_bytes
        start, count = (row - y.start) * layout.row_bytes, rows * layout.row_bytes
        if runs and runs[-1][0] + runs[-1][2] == offset:
            runs[-1] = (runs[-1][0], runs[-1][1], runs[-1][2] + count)
        else:
            runs.append((offset, start, count))
        row += rows
    return runs


def _paste(tile: NDArray[Any], out: NDArray[Any], layout: Layout, place: tuple[int, int], y: range, x: range) -> None:
    """Copy what ``tile`` (Y, X, samples) holds of rows ``y`` and columns ``x`` into ``out`` (sample, Y, X)."""
    top, left = place[0] * layout.tile_height, place[1] * layout.tile_width
    y0, y1 = max(y.start, top), min(y.stop, top + tile.shape[0])
    x0, x1 = max(x.start, left), min(x.stop, left + tile.shape[1])
    part = tile[y0 - top : y1 - top, x0 - left : x1 - left]
    out[:, y0 - y.start : y1 - y.start, x0 - x.start : x1 - x.start] = part.transpose(2, 0, 1)


def join_channels(blocks: list[NDArray[Any]]) -> NDArray[Any]:
    """Blocks (C, Y, X) of several planes as one."""
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
