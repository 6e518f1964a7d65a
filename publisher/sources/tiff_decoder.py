"""Compressed tiles to arrays: the one door to tifffile and, through it, to imagecodecs."""

import logging
import threading
from typing import Any

import tifffile
from numpy.typing import NDArray

from publisher.sources.codestream import KNOWN, LZMA, declared_size, has_header, inflates_beyond
from publisher.sources.damage import damage_boundary, damaged, unsupported
from publisher.sources.tiff_container import Directory, TiffContainer
from publisher.sources.tiff_layout import Layout
from publisher.sources.tiff_tags import JPEG_TABLES

MAX_TILE_BYTES = 2 << 30
"""Largest tile that is decoded: a whole plane in one compressed strip must fit in a worker's memory."""


class TileDecoder:
    """Decodes the tiles of one file. Tiles of directories with equal layout share a decoder."""

    def __init__(self, container: TiffContainer) -> None:
        self._container = container
        self._lock = threading.Lock()
        self._complaints = _Complaints()
        self._pages: dict[Layout, tifffile.TiffPage] = {}
        with damage_boundary(container.name, "reading TIFF tags"):
            # Not by the suffix: offsets are read as `TiffContainer` reads them.
            self._file = tifffile.TiffFile(container.path, is_ndpi=False)

    def close(self) -> None:
        """Close the library's own handle on the file."""
        self._complaints.close()
        self._file.close()

    def decode(self, directory: Directory, tile: int, data: bytes) -> NDArray[Any]:
        """One tile, (Y, X, samples), of at most the layout's tile size; ``tile`` is its index in the directory."""
        name, layout = self._container.name, directory.layout
        header = self._container.jpeg_header(directory)
        self._refuse_bombs(directory, tile, header or data)
        with damage_boundary(name, f"decoding tile {tile} of directory {directory.index}"):
            page = self._page(directory)
            tables = self._container.value_bytes(directory, JPEG_TABLES) if layout.has_jpeg_tables else None
            self._complaints.clear()
            array, _, _ = page.decode(data, tile, jpegtables=tables, jpegheader=header or None)
            complaint = self._complaints.first()
        if array is None or complaint:
            raise damaged(name, f"tile {tile} of directory {directory.index}: {complaint or 'has no data'}")
        depth, height, width, samples = array.shape
        row = tile // layout.tiles_across % layout.tiles_down
        wanted_height = layout.rows_in(row)
        wanted_width = min(layout.tile_width, layout.width - tile % layout.tiles_across * layout.tile_width)
        if depth != 1 or height < wanted_height or width < wanted_width or samples != layout.tile_samples:
            message = f"tile {tile} of directory {directory.index} decodes to {array.shape[1:]}"
            raise damaged(name, f"{message}, expected {(wanted_height, wanted_width, layout.tile_samples)}")
        decoded: NDArray[Any] = array[0]
        return decoded

    def _page(self, directory: Directory) -> tifffile.TiffPage:
        with self._lock:
            page = self._pages.get(directory.layout)
            if page is None:
                self._file.filehandle.seek(directory.offset)
                page = tifffile.TiffPage(self._file, index=directory.index)
                if str(page.dtype) != directory.layout.dtype:
                    raise unsupported(self._container.name, f"samples of type {directory.layout.dtype} in this codec")
                page.decode  # noqa: B018 -- builds the decoder here, under the lock
                self._pages[directory.layout] = page
            return page

    def _refuse_bombs(self, directory: Directory, tile: int, data: bytes) -> None:
        name, layout = self._container.name, directory.layout
        where = f"tile {tile} of directory {directory.index}"
        if layout.compression not in KNOWN:
            raise unsupported(name, f"compression {layout.compression} is not one that can be read safely")
        if layout.tile_bytes > MAX_TILE_BYTES:
            message = f"{where} decodes to {layout.tile_bytes} bytes, at most {MAX_TILE_BYTES} are read at once"
            raise damaged(name, message, code="source.too-large", hint="store the image in tiles of 512 x 512 pixels")
        if layout.compression in LZMA:
            with damage_boundary(name, f"measuring {where}"):
                if inflates_beyond(data, layout.tile_bytes):
                    raise damaged(name, f"{where} holds more than its {layout.tile_bytes} bytes")
        if not has_header(layout.compression):
            return
        declared = declared_size(layout.compression, data)
        if declared is None:
            raise damaged(name, f"{where} has no header of compression {layout.compression}")
        # Strips may be written at full height, tiles at the edge cropped.
        if not (0 < declared[0] <= layout.tile_height and 0 < declared[1] <= layout.tile_width):
            size = (layout.tile_height, layout.tile_width)
            raise damaged(name, f"{where} declares {declared} pixels (height, width), expected {size}")


class _Complaints(logging.Handler):
    """What the library only logs while it decodes, kept apart by thread: a logged fault is a fault."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._local = threading.local()
        self._logger = logging.getLogger("tifffile")
        self._logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message for the thread that caused it."""
        self._local.message = record.getMessage()

    def clear(self) -> None:
        """Forget what this thread caused."""
        self._local.message = ""

    def first(self) -> str:
        """What the library said on this thread since `clear`; empty when nothing."""
        return getattr(self._local, "message", "")

    def close(self) -> None:
        """Stop listening."""
        self._logger.removeHandler(self)
        super().close()
