"""Pixels out of Zarr arrays: the one door to zarr for sources."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.abc.store import ByteRequest, OffsetByteRequest, RangeByteRequest, SuffixByteRequest
from zarr.core.buffer import Buffer, BufferPrototype, default_buffer_prototype
from zarr.storage import MemoryStore

from publisher.sources.chunk_guard import refusal, shard_refusal
from publisher.sources.damage import damage_boundary, damaged
from publisher.sources.zarr_files import ZarrFiles
from publisher.sources.zarr_metadata import MAX_CHUNK_BYTES, ArrayMetadata

_METADATA = ("zarr.json", ".zarray", ".zattrs", ".zgroup", ".zmetadata")
MAX_THICK_BYTES = 256 << 20
"""Memory for blocks of chunks that span several planes, so that each is decoded once and not once a plane."""


class ZarrArrays:
    """Opened arrays of one hierarchy by key; reading is safe from several threads."""

    def __init__(self, files: ZarrFiles, arrays: Mapping[str, ArrayMetadata]) -> None:
        self._files = files
        self._metadata = dict(arrays)
        self._store = _GuardedStore(files, self._metadata)
        self._arrays: dict[str, zarr.Array[Any]] = {}
        self._lock = threading.Lock()
        self._thick: OrderedDict[tuple[object, ...], NDArray[Any]] = OrderedDict()
        self._thick_bytes = 0

    def read(self, key: str, selection: tuple[slice, ...]) -> NDArray[Any]:
        """The part of an array that ``selection`` names, native byte order, all axes kept."""
        with damage_boundary(self._files.name, f"reading {key}"):
            values = np.asarray(self._open(key)[selection])
            return values.astype(values.dtype.newbyteorder("="), copy=False)

    def read_plane(self, key: str, selection: tuple[slice, ...], thick_axis: int, index: int) -> NDArray[Any]:
        """As `read` at ``index`` of ``thick_axis``, whose chunks hold several planes: kept for the next one."""
        metadata = self._metadata[key]
        edge = metadata.chunk[thick_axis]
        first = index - index % edge
        thick = slice(first, min(first + edge, metadata.shape[thick_axis]))
        wide = (*selection[:thick_axis], thick, *selection[thick_axis + 1 :])
        name = (key, *((part.start, part.stop) for part in wide))
        with self._lock:
            block = self._thick.get(name)
        if block is None:
            block = self.read(key, wide)
            self._keep(name, block)
        return np.take(block, [index - first], axis=thick_axis)

    def _keep(self, name: tuple[object, ...], block: NDArray[Any]) -> None:
        with self._lock:
            if block.nbytes > MAX_THICK_BYTES or name in self._thick:
                return
            self._thick[name] = block
            self._thick_bytes += block.nbytes
            while self._thick_bytes > MAX_THICK_BYTES:
                _, oldest = self._thick.popitem(last=False)
                self._thick_bytes -= oldest.nbytes

    def _open(self, key: str) -> zarr.Array[Any]:
        with self._lock:
            array = self._arrays.get(key)
            if array is None:
                metadata = self._metadata[key]
                opened = zarr.open_array(store=self._store, path=key, mode="r", zarr_format=metadata.zarr_format)
                if opened.shape != metadata.shape or opened.dtype.newbyteorder("=").name != metadata.dtype:
                    raise damaged(
                        self._files.name, f"{key} is {opened.shape} {opened.dtype}, expected {metadata.shape}"
                    )
                array = self._arrays[key] = opened
            return array


class _GuardedStore(MemoryStore):  # type: ignore[misc]  # zarr's own types are not followed
    """Files of a hierarchy as a Zarr store that hands out no chunk its decoder could choke on.

    It builds on the memory store, whose interface is the one that has stayed the same between versions.
    """

    def __init__(self, files: ZarrFiles, arrays: Mapping[str, ArrayMetadata]) -> None:
        super().__init__(read_only=True)
        self._files, self._metadata = files, arrays

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__

    async def exists(self, key: str) -> bool:
        """Whether there is a file at ``key``."""
        return self._files.size(key) is not None

    async def get(
        self, key: str, prototype: BufferPrototype | None = None, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """Bytes of a file, checked when they are a chunk; None when there is no file."""
        if self._files.listed:
            return self.get_sync(key, prototype=prototype, byte_range=byte_range)
        # A host is waited for elsewhere, so that several chunks are asked for at once.
        return await asyncio.to_thread(self.get_sync, key, prototype=prototype, byte_range=byte_range)

    def get_sync(
        self, key: str, *, prototype: BufferPrototype | None = None, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """As `get`, without waiting."""
        size = self._files.size(key)
        if size is None:
            return None
        start, count = _span(byte_range, size)
        array = None if key.endswith(_METADATA) else self._array_of(key)
        if count > MAX_CHUNK_BYTES:
            raise damaged(self._files.name, f"{key} has {count} bytes, at most {MAX_CHUNK_BYTES} are read at once")
        data = self._files.read(key, start, count)
        if array is not None:
            why = _chunk_refusal(array, data, byte_range)
            if why:
                raise damaged(self._files.name, f"chunk {key} {why}")
        return (prototype or default_buffer_prototype()).buffer.from_bytes(data)

    async def get_ranges(
        self, key: str, byte_ranges: Sequence[ByteRequest | None], *, prototype: BufferPrototype, **_merging: int
    ) -> AsyncIterator[Sequence[tuple[int, Buffer | None]]]:
        """Chunks of a shard, each asked for alone: zarr 3.4 would merge neighbours, and nobody could check them."""
        for found in self.get_ranges_sync(key, byte_ranges, prototype=prototype):
            yield (found,)

    def get_ranges_sync(
        self, key: str, byte_ranges: Sequence[ByteRequest | None], *, prototype: BufferPrototype, **_merging: int
    ) -> Sequence[tuple[int, Buffer | None]]:
        """As `get_ranges`, without waiting."""
        return [
            (index, self.get_sync(key, prototype=prototype, byte_range=byte_range))
            for index, byte_range in enumerate(byte_ranges)
        ]

    def _array_of(self, key: str) -> ArrayMetadata | None:
        parts = key.split("/")
        keys = ("/".join(parts[:end]) for end in range(len(parts), 0, -1))
        return next((self._metadata[name] for name in keys if name in self._metadata), None)


def _chunk_refusal(array: ArrayMetadata, data: bytes, byte_range: ByteRequest | None) -> str:
    if array.shard is None:
        return refusal(array.compressor, data, array.chunk_bytes, filtered=array.filtered)
    if byte_range is None:
        return shard_refusal(
            array.compressor,
            data,
            array.chunk_bytes,
            array.shard_chunks,
            index_at_end=array.index_at_end,
            filtered=array.filtered,
        )
    index_bytes = 16 * array.shard_chunks + 4
    is_index = isinstance(byte_range, SuffixByteRequest) or (not array.index_at_end and len(data) == index_bytes)
    return "" if is_index else refusal(array.compressor, data, array.chunk_bytes, filtered=array.filtered)


def _span(request: ByteRequest | None, size: int) -> tuple[int, int]:
    """(start, count) of a request, clipped to a file of ``size`` bytes."""
    if isinstance(request, RangeByteRequest):
        start, stop = request.start, request.end
    elif isinstance(request, OffsetByteRequest):
        start, stop = request.offset, size
    elif isinstance(request, SuffixByteRequest):
        start, stop = max(size - request.suffix, 0), size
    else:
        start, stop = 0, size
    start = min(max(start, 0), size)
    return start, max(min(stop, size) - start, 0)
