"""The TIFF files of a set: found by the name that the OME-XML gives, or, where they were renamed, by their UUID."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from publisher.errors import Problem, SourceError
from publisher.sources.damage import damaged, unsupported, warning
from publisher.sources.protocol import Roots
from publisher.sources.tiff_container import TiffContainer
from publisher.sources.tiff_data import TiffData
from publisher.sources.tiff_tags import DESCRIPTION

MAX_FILES = 100_000
MAX_SEARCHED = 10_000
"""Files of a folder that are looked into for a UUID."""
HEAD_BYTES = 16384
"""Where the root element of OME-XML stands."""
_ROOT_UUID = re.compile(rb"""<(?:\w+:)?OME\b[^>]*?\sUUID\s*=\s*["']([^"'<>]{1,100})["']""")
_SUFFIXES = (".tif", ".tiff", ".tf2", ".tf8", ".btf")


def root_uuid(head: bytes) -> str:
    """The UUID of an OME-XML document, from its beginning; empty when it tells none."""
    found = _ROOT_UUID.search(head[:HEAD_BYTES])
    return found[1].decode("ascii", "replace").strip() if found else ""


def own_uuid(container: TiffContainer) -> str:
    """The UUID by which a TIFF file knows itself; empty when it has none."""
    return root_uuid(container.leading_bytes(container.first_directory(), DESCRIPTION, HEAD_BYTES))


@dataclass(slots=True)
class TiffSet:
    """The files of a set, opened once each and only inside the roots.

    ``name`` is the file that problems are about, ``uuid`` the UUID of its OME-XML, ``main`` the TIFF file that the
    OME-XML stands in (None for a companion).
    """

    folder: Path
    roots: Roots
    name: str
    uuid: str
    main: TiffContainer | None
    containers: list[TiffContainer] = field(default_factory=list)
    numbers: dict[Path, int] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)
    _named: dict[tuple[str, str], Path] = field(default_factory=dict)
    _by_uuid: dict[str, Path] | None = None

    def number_of(self, element: TiffData) -> tuple[int, int]:
        """(number of the file that ``element`` refers to, its directories)."""
        number = self._number(element)
        return number, len(self.containers[number].directories())

    def _number(self, element: TiffData) -> int:
        own = not element.file_name or bool(self.uuid and element.uuid == self.uuid)
        if self.main is not None and (own or self._is_main(element.file_name)):
            return self._add(self.main.path, self.main)
        if not element.file_name:
            message = "is XML that holds no pixels and names no file for its planes"
            raise unsupported(self.name, message, hint="name the files that hold the pixels as the source")
        key = element.file_name, element.uuid
        if key not in self._named:
            self._named[key] = self._find(element)
        return self._add(self._named[key], None)

    def _is_main(self, file_name: str) -> bool:
        return self.main is not None and file_name == Path(self.main.name).name

    def _find(self, element: TiffData) -> Path:
        """The file of that name, unless another of the folder has the UUID that is asked for."""
        name = element.file_name
        if "/" in name or "\\" in name:
            self.roots.resolve(self.folder / name.replace("\\", "/"))
        path = self.roots.resolve(self.folder / name)
        there = path.is_file()
        told = _uuid_of(path) if there and element.uuid else ""
        if there and (not told or told in (element.uuid, self.uuid)):  # some writers give every file the same XML
            return path
        found = self._with_uuid(element.uuid)
        if found is not None:
            message = f"names the file {name!r}, whose UUID {found.name!r} has: that one is read"
            self.warnings.append(
                warning(self.name, "source.renamed-file", message, hint="restore the names of the set")
            )
            return found
        if there:
            message = f"needs the file {name!r} with the UUID {element.uuid}, but it has {told}: another file"
            raise damaged(self.name, message, code="source.wrong-file", hint="copy all files of the set again")
        message = f"needs the file {name!r}, which is not there"
        raise damaged(self.name, message, code="source.missing-file", hint="copy all files of the set into one folder")

    def _with_uuid(self, uuid: str) -> Path | None:
        if not uuid:
            return None
        if self._by_uuid is None:
            self._by_uuid = dict(reversed([(own, path) for path in self._neighbours() if (own := _uuid_of(path))]))
        return self._by_uuid.get(uuid)

    def _neighbours(self) -> Iterator[Path]:
        """TIFF files of the folder, by name."""
        with os.scandir(self.folder) as found:
            names = sorted(entry.name for entry in found if entry.name.lower().endswith(_SUFFIXES))
        for name in names[:MAX_SEARCHED]:
            try:
                path = self.roots.resolve(self.folder / name)
            except SourceError:
                continue  # a link to somewhere else is no file of this set
            if path.is_file():
                yield path

    def _add(self, path: Path, container: TiffContainer | None) -> int:
        number = self.numbers.get(path)
        if number is None:
            if len(self.containers) >= MAX_FILES:
                raise damaged(self.name, f"refers to more than {MAX_FILES} files", code="source.too-large")
            number = self.numbers[path] = len(self.containers)
            self.containers.append(container or TiffContainer(path))
        return number

    def close(self) -> None:
        """Close every file."""
        for container in self.containers:
            container.close()


def _uuid_of(path: Path) -> str:
    """The UUID of a TIFF file; empty for one without or that cannot be read (its reader will say so)."""
    try:
        with TiffContainer(path) as container:
            return own_uuid(container)
    except (SourceError, OSError):
        return ""
