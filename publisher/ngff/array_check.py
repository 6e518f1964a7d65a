"""Faults of an array's files: each one that is expected exists, and its index and first chunk can be decoded."""

from collections.abc import Iterator, Sequence
from itertools import islice

from publisher.errors import SourceError
from publisher.ngff.chunk_decoder import (
    HEADER_BYTES,
    ChunkError,
    check_chunk,
    check_header,
    index_bytes,
    stored_chunks,
)
from publisher.ngff.fault import Fault
from publisher.ngff.release_files import ReleaseFiles
from publisher.ngff.stored_array import Place, StoredArray

_SLACK_BYTES = 4096
MOST_TOLD = 20
"""Files of one array that are told of, where they cannot be decoded: with so many all of them may be bad."""


def array_faults(
    files: ReleaseFiles, array: StoredArray, *, empty_files: bool, every_chunk: bool = False
) -> Iterator[Fault]:
    """Faults of the files of ``array``; ``empty_files``: those that hold only the fill value must exist as well.

    Of each shard the index and the first chunk are decoded; of an array without shards the first chunk, and the
    header of every other. ``every_chunk``: all of them.
    """
    sizes = files.sizes_below(array.key) if files.listed else _first_size(files, array)
    for document in (array.file, f"{array.key}/.zattrs"):
        sizes.pop(document, None)
    places = {array.key_of(place): place for place in _places(array, sizes)}
    found = [key for key in places if key in sizes]
    if empty_files and files.listed and len(found) < array.file_count:
        missing = next(key for place in array.places() if (key := array.key_of(place)) not in sizes)
        yield Fault(missing, "is missing" + _others(array.file_count - len(found) - 1))
    strangers = sorted(sizes.keys() - places.keys())
    if strangers:
        yield Fault(strangers[0], "belongs to no chunk" + _others(len(strangers) - 1))
    if array.checksum is None:
        yield from _faults_of_others(files, array, [places[key] for key in found], every_chunk=every_chunk)
        return
    first = found[0] if found else ""
    undecodable = (
        fault
        for key in found
        if (fault := _file_fault(files, array, key, sizes[key], whole=every_chunk or key == first, every=every_chunk))
    )
    yield from islice(undecodable, MOST_TOLD)


def _first_size(files: ReleaseFiles, array: StoredArray) -> dict[str, int]:
    """Where nobody can list files: the first of the array, if it is there."""
    first = array.key_of((0,) * len(array.shape))
    size = files.size(first)
    return {} if size is None else {first: size}


def _file_fault(
    files: ReleaseFiles, array: StoredArray, key: str, size: int, *, whole: bool, every: bool
) -> Fault | None:
    try:
        if array.metadata.shard:
            _check_shard(files, array, key, size, every_chunk=every)
        else:
            _check_file(files, array, key, size, whole=whole)
    except ChunkError as error:
        unpacked = files.size(key) or 0
        if unpacked != size:  # in a zip that is compressed once more, where sizes are listed as packed
            return _file_fault(files, array, key, unpacked, whole=whole, every=every)
        return Fault(key, f"cannot be decoded: {error}")
    return None


def _places(array: StoredArray, sizes: dict[str, int]) -> Iterator[Place]:
    """Places of files that may exist: of those that do, where the array claims far more."""
    if array.file_count <= 2 * len(sizes) + 64:
        yield from array.places()
        return
    length = len(array.counts)
    for key in sorted(sizes):
        numbers = key.removeprefix(array.key).replace(".", "/").split("/")[-length:]
        if len(numbers) == length and all(number.isdecimal() and len(number) < 12 for number in numbers):
            place = tuple(map(int, numbers))
            if all(at < count for at, count in zip(place, array.counts, strict=True)):
                yield place


def _others(count: int) -> str:
    return f", and so are {count:,} more of this array" if count > 0 else ""


def _check_file(files: ReleaseFiles, array: StoredArray, key: str, size: int, *, whole: bool) -> None:
    raw, checksum = array.metadata.chunk_bytes, bool(array.checksum)
    if size > raw + raw // 8 + _SLACK_BYTES:
        raise ChunkError(f"it has {size} bytes, more than its {raw} unpacked ones")
    if whole:
        check_chunk(files.read(key, 0, size), raw, checksum=checksum)
    else:
        check_header(files.read(key, 0, HEADER_BYTES), size, raw, checksum=checksum)


def _check_shard(files: ReleaseFiles, array: StoredArray, key: str, size: int, *, every_chunk: bool) -> None:
    index_size = index_bytes(array.metadata.shard_chunks)
    if size < index_size:
        raise ChunkError(f"it has {size} bytes, less than its index of {index_size}")
    index = files.read(key, size - index_size, index_size)
    for offset, length in stored_chunks(index, size):
        data = files.read(key, offset, length)
        check_chunk(data, array.metadata.chunk_bytes, checksum=bool(array.checksum))
        if not every_chunk:
            # The rest of the index is still looked at: an entry that leads outside is a fault.
            list(stored_chunks(index, size))
            return


def _faults_of_others(
    files: ReleaseFiles, array: StoredArray, places: Sequence[Place], *, every_chunk: bool
) -> Iterator[Fault]:
    """Chunks that we would not write, read by zarr-python behind the guards that sources are read with."""
    # Late: zarr costs a third of a second, and our own filesets never need it.
    from publisher.sources.zarr_chunks import ZarrArrays

    reader = ZarrArrays(files, {array.key: array.metadata})
    edges = array.metadata.shard or array.metadata.chunk
    for place in places if every_chunk else places[:1]:
        inner = edges if every_chunk else array.metadata.chunk
        corner = [index * edge for index, edge in zip(place, edges, strict=True)]
        ends = (min(at + edge, size) for at, edge, size in zip(corner, inner, array.shape, strict=True))
        try:
            reader.read(array.key, tuple(map(slice, corner, ends)))
        except SourceError as error:
            yield Fault(array.key_of(place), f"cannot be decoded: {error.problems[0].message}")
