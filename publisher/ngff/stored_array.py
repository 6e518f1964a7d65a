"""What the metadata of one stored array say, and where each of its files must be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import ceil, prod
from typing import Any

from publisher.errors import SourceError
from publisher.ngff.fault import BrokenError, Fault
from publisher.ngff.release_files import ARRAY, ReleaseFiles
from publisher.ngff.stored_groups import StoredGroups
from publisher.sources.zarr_files import join
from publisher.sources.zarr_metadata import ArrayMetadata, read_array

Json = dict[str, Any]
Place = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class StoredArray:
    """An array at ``key`` as ``document``, which stands in ``file``, describes it; ``metadata`` is the gist of it."""

    key: str
    file: str
    release: str
    document: Json
    metadata: ArrayMetadata

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""
        return self.metadata.shape

    @property
    def dtype(self) -> str:
        """Its type, a numpy name."""
        return self.metadata.dtype

    @property
    def counts(self) -> tuple[int, ...]:
        """Files (chunks or shards) along each axis."""
        edges = self.metadata.shard or self.metadata.chunk
        return tuple(ceil(size / edge) for size, edge in zip(self.shape, edges, strict=True))

    @property
    def file_count(self) -> int:
        """Files of the array, were each one written."""
        return prod(self.counts)

    def places(self) -> Iterator[Place]:
        """Where its files stand in the grid, in C order."""
        return product(*map(range, self.counts))

    def key_of(self, place: Sequence[int]) -> str:
        """Path of a file below the fileset."""
        prefix, separator = self._naming
        name = separator.join((*prefix, *map(str, place)))
        return join(self.key, name)

    @cached_property
    def _naming(self) -> tuple[tuple[str, ...], str]:
        if self.release == "0.4":
            return (), str(self.document.get("dimension_separator") or ".")
        encoding = self.document.get("chunk_key_encoding")
        encoding = encoding if isinstance(encoding, dict) else {}
        is_default = encoding.get("name", "default") == "default"
        configuration = encoding.get("configuration")
        given = configuration.get("separator") if isinstance(configuration, dict) else None
        return (("c",), str(given or "/")) if is_default else ((), str(given or "."))

    @cached_property
    def checksum(self) -> bool | None:
        """Whether chunks end in a crc32c, where they are blosc and an index, if any, stands at the end; else None."""
        if self.metadata.compressor != "blosc":
            return None
        if self.release == "0.4":
            return False
        codecs = self.document["codecs"]
        if self.metadata.shard:
            if not self.metadata.index_at_end:
                return None
            sharding = codecs[0]["configuration"]
            codecs, index = sharding["codecs"], [codec.get("name") for codec in sharding.get("index_codecs", ())]
            if index != ["bytes", "crc32c"]:
                return None
        return {("bytes", "blosc"): False, ("bytes", "blosc", "crc32c"): True}.get(
            tuple(codec.get("name") for codec in codecs)
        )


def stored_array(groups: StoredGroups, key: str, *, named_by: str) -> StoredArray:
    """The array at ``key``; raises BrokenError. ``named_by`` is the file that says it is there."""
    files: ReleaseFiles = groups.files
    file = join(key, ARRAY[files.release])
    document = groups.document(file, named_by=named_by)
    kind = document.get("node_type", "array")
    if kind != "array":
        raise BrokenError(Fault(file, f"is a {kind!s:.20}; expected an array, as {named_by} says"))
    try:
        metadata = read_array(files, key)
    except SourceError as error:
        words = error.problems[0].message.removeprefix(f"{key} ")
        raise BrokenError(Fault(file, words)) from error
    return StoredArray(key=key, file=file, release=files.release, document=document, metadata=metadata)
