"""The files of a Zarr hierarchy on the web, read by their address. Together with `http_requests`, all that is remote.

Nobody can list what is there: a file that is asked for exists, or the host says that it does not. Small files come
with one request, of large ones (shards) the parts that are wanted.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from publisher.model.location import Address
from publisher.sources.damage import damaged
from publisher.sources.http_requests import Answer, Host, unreachable
from publisher.sources.protocol import SourceFile
from publisher.sources.zarr_files import MAX_JSON_BYTES, MAX_XML_BYTES, check_key

_FIRST_BYTES = 1 << 20
"""Asked for at once, in the hope that the file is no larger."""
_KEPT_BYTES = 64 << 20
_PATIENCE = 16
"""Chunks that may be absent before the first one is there."""
_JSON_NAMES = ("zarr.json", ".zarray", ".zattrs", ".zgroup", ".zmetadata")


@dataclass(frozen=True, slots=True)
class _Part:
    """What is known of a file: its size and first bytes."""

    size: int
    head: bytes


class HttpFiles:
    """A hierarchy at an address. Metadata is read once; consolidated metadata stands for all of it."""

    listed = False

    def __init__(self, address: Address) -> None:
        self.name = str(address)
        self._host = Host(address)
        self._lock = Lock()
        self._metadata: dict[str, bytes | None] = {}
        self._identity: dict[str, SourceFile] = {}
        self._parts: OrderedDict[str, _Part] = OrderedDict()
        self._parts_bytes = 0
        self._present = self._absent = 0
        self._all_metadata: Mapping[str, bytes] | None = None
        self._denied = ""
        self._read_root()

    def size(self, key: str) -> int | None:
        """Bytes of the file at ``key``; None where the host says that there is none."""
        check_key(key, self.name)
        if _is_metadata(key):
            data = self._document(key)
            return None if data is None else len(data)
        part = self._part(key)
        return None if part is None else part.size

    def read(self, key: str, start: int, count: int) -> bytes:
        """``count`` bytes from ``start`` of a file that `size` has found."""
        if _is_metadata(key):
            return (self._document(key) or b"")[start : start + count]
        part = self._part(key)
        if part is None:
            raise damaged(self.name, f"{key} has gone while it was read", code="source.missing-file")
        if start + count <= len(part.head) or len(part.head) == part.size:
            return part.head[start : start + count]
        answer = self._host.get(key, start, min(count, part.size - start))
        if answer.status != 206:
            raise self._no_ranges(key)
        return answer.data

    def sizes_below(self, prefix: str) -> dict[str, int]:
        """Nothing: a host does not list."""
        return {}

    def folders(self, prefix: str) -> list[str]:
        """Folders that consolidated metadata names; none without it."""
        start = f"{prefix}/" if prefix else ""
        below = [key[len(start) :] for key in self._all_metadata or () if key.startswith(start)]
        return sorted({key.split("/")[0] for key in below if "/" in key})

    def identity(self) -> tuple[SourceFile, ...]:
        """The metadata documents that were read, with their size and ETag: chunks have none that is asked for."""
        return tuple(self._identity[key] for key in sorted(self._identity))

    def close(self) -> None:
        """Close all connections."""
        self._host.close()

    # Metadata

    def _read_root(self) -> None:
        """Learn of all metadata at once where it is consolidated, and whether anything may be read at all."""
        root = self._document("zarr.json")
        if root is not None:
            consolidated = _object(_json(root).get("consolidated_metadata")).get("metadata")
            self._all_metadata = _documents_3(consolidated)
            return
        every = self._document(".zmetadata")
        if every is not None:
            found = _object(_json(every).get("metadata"))
            self._all_metadata = {str(key): json.dumps(value).encode() for key, value in found.items()}
        elif self._document(".zattrs") is None and self._document(".zgroup") is None:
            raise self._nothing()

    def _nothing(self) -> Exception:
        if not self._denied:
            message = f"{self._host.name} has no Zarr group there: it answers 404, or a web page"
            return unreachable(self.name, message, "check the address; it ends in the name of the store's folder")
        return unreachable(
            self.name,
            f"{self._host.name} answers {self._denied}: the store is private, or is not there",
            "make it public (of a bucket: s3:GetObject, and s3:ListBucket so that absent files are told from private "
            "ones), or correct the address",
        )

    def _document(self, key: str) -> bytes | None:
        with self._lock:
            if key in self._metadata:
                return self._metadata[key]
        if self._all_metadata is not None and key.rsplit("/", 1)[-1] in _JSON_NAMES:
            return self._all_metadata.get(key)
        limit = MAX_XML_BYTES if key.endswith(".xml") else MAX_JSON_BYTES
        answer = self._host.get(key, most=limit)
        data = answer.data if answer.status == 200 and not answer.is_page else None
        self._denied = self._denied or (str(answer.status) if answer.status in (401, 403) else "")
        with self._lock:
            self._metadata[key] = data
            if data is not None:
                self._identity[key] = _file(self.name, key, answer)
        return data

    # Chunks

    def _part(self, key: str) -> _Part | None:
        with self._lock:
            part = self._parts.get(key)
            if part is not None:
                self._parts.move_to_end(key)
                return part
        answer = self._host.get(key, 0, _FIRST_BYTES)
        if answer.status in (404, 410):
            self._count_absent(key)
            return None
        part = self._first(key, answer)
        with self._lock:
            self._present += 1
            self._parts_bytes += len(part.head) - (len(self._parts[key].head) if key in self._parts else 0)
            self._parts[key] = part
            while self._parts_bytes > _KEPT_BYTES and len(self._parts) > 1:
                self._parts_bytes -= len(self._parts.popitem(last=False)[1].head)
        return part

    def _first(self, key: str, answer: Answer) -> _Part:
        if answer.status in (401, 403):
            raise unreachable(
                self.name,
                f"{self._host.name} answers {answer.status} for {key}: it is private, or absent from a bucket that "
                "does not say so",
                "make the chunks public; of a bucket allow s3:ListBucket too, so that absent chunks answer 404",
            )
        if answer.is_page:
            message = f"{self._host.name} answers {key} with a web page"
            raise unreachable(self.name, message, "correct the address; a host must answer 404 for absent files")
        if answer.status == 416:
            return _Part(0, b"")
        if answer.total is None or (answer.total > len(answer.data) and answer.status == 200):
            raise self._no_ranges(key)
        return _Part(answer.total, answer.data)

    def _count_absent(self, key: str) -> None:
        """Absent chunks are fill values; a store of nothing else is metadata without pixels, or a wrong address."""
        with self._lock:
            self._absent += 1
            hopeless = self._present == 0 and self._absent >= _PATIENCE
        if hopeless:
            message = f"{self._host.name} has none of the first {_PATIENCE} chunks, such as {key}"
            hint = "check that the chunks were uploaded, under this address and with these names"
            raise damaged(self.name, message, code="source.missing-pixels", hint=hint)

    def _no_ranges(self, key: str) -> Exception:
        message = f"{self._host.name} does not answer for a part of {key}: it sends all of a large file, or none"
        return unreachable(self.name, message, "serve it from a host that supports range requests")


def current_files(address: Address, files: Sequence[SourceFile]) -> tuple[SourceFile, ...]:
    """What ``files``, metadata documents of the store at ``address``, are now; those that have gone are left out."""
    host, name = Host(address), str(address)
    try:
        keys = (file.path.removeprefix(f"{name}/") for file in files)
        answers = ((key, host.get(key, most=MAX_XML_BYTES)) for key in keys)
        return tuple(_file(name, key, answer) for key, answer in answers if answer.status == 200)
    finally:
        host.close()


def _file(name: str, key: str, answer: Answer) -> SourceFile:
    """A document with its ETag or time; of a host that gives neither, with a digest."""
    stamp = answer.stamp or hashlib.sha256(answer.data).hexdigest()[:32]
    return SourceFile(f"{name}/{key}", len(answer.data), stamp)


def _is_metadata(key: str) -> bool:
    name = key.rsplit("/", 1)[-1]
    return name in _JSON_NAMES or name.endswith(".ome.xml")


def _documents_3(consolidated: object) -> Mapping[str, bytes] | None:
    """Documents of a Zarr v3 root by key; None where it holds none."""
    found = _object(consolidated)
    return {f"{key}/zarr.json": json.dumps(value).encode() for key, value in found.items()} or None


def _json(data: bytes) -> Mapping[str, Any]:
    try:
        return _object(json.loads(data))
    except (ValueError, RecursionError):
        return {}  # whoever reads the document says what is wrong with it


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
