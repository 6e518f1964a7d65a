"""What the groups of a fileset say of themselves: their documents, read and unwrapped from their release."""

from typing import Any

from publisher.errors import SourceError
from publisher.formats.ngff_coordinates import CoordinatesError, in_axes
from publisher.formats.ngff_version import ZARR_2_GROUP
from publisher.ngff.fault import BrokenError, Fault
from publisher.ngff.release_files import ATTRIBUTES, ReleaseFiles
from publisher.sources.zarr_files import join, read_json

Json = dict[str, Any]


class StoredGroups:
    """Groups of one fileset by path ("" is the root), in one release."""

    def __init__(self, files: ReleaseFiles) -> None:
        self.files = files
        self.release = files.release

    def file_of(self, path: str) -> str:
        """The file that says what the group ``path`` is."""
        return join(path, ATTRIBUTES[self.release])

    def exists(self, path: str) -> bool:
        """Whether there is a group, or something that is meant to be one, at ``path``."""
        return any(self.files.size(join(path, name)) is not None for name in (ATTRIBUTES[self.release], ZARR_2_GROUP))

    def content(self, path: str, *, named_by: str = "") -> Json:
        """The OME metadata of a group; raises BrokenError. ``named_by``: the file that says the group is there.

        Those of 0.6 are given as 0.5 would say them, so that one set of checks judges both.
        """
        if self.release == "0.4":
            return self._version_2(path, named_by)
        ome = self._version_3(path, named_by)
        return self._as_05(path, ome) if self.release == "0.6" else ome

    def document(self, file: str, *, named_by: str = "") -> Json:
        """The JSON object in ``file``; raises BrokenError."""
        try:
            document = read_json(self.files, file)
        except SourceError as error:
            words = error.problems[0].message.removeprefix(f"{file} ")
            raise BrokenError(Fault(file, words)) from error
        if document is None:
            raise BrokenError(Fault(file, "is missing" + (f"; {named_by} names it" if named_by else "")))
        return document

    def _version_3(self, path: str, named_by: str) -> Json:
        file = self.file_of(path)
        document = self.document(file, named_by=named_by)
        for key, expected in ("zarr_format", 3), ("node_type", "group"):
            if document.get(key) != expected:
                raise BrokenError(Fault(file, f"{key} is {document.get(key)!r:.40}; expected {expected!r}"))
        attributes = document.get("attributes")
        ome = attributes.get("ome") if isinstance(attributes, dict) else None
        if not isinstance(ome, dict):
            raise BrokenError(Fault(file, "has no attribute 'ome'; expected the OME metadata there"))
        if ome.get("version") != self.release:
            # "The OME-Zarr Metadata version MUST be consistent within a hierarchy."
            words = f"names the version {ome.get('version')!r:.40}; expected {self.release!r}, as in the whole fileset"
            raise BrokenError(Fault(file, words))
        return ome

    def _as_05(self, path: str, ome: Json) -> Json:
        multiscales = ome.get("multiscales")
        if not isinstance(multiscales, list):
            return {**ome, "version": "0.5"}
        try:
            plain = [in_axes(one, f"multiscales.{number}") for number, one in enumerate(multiscales)]
        except CoordinatesError as error:
            raise BrokenError(Fault(self.file_of(path), str(error))) from error
        return {**ome, "version": "0.5", "multiscales": plain}

    def _version_2(self, path: str, named_by: str) -> Json:
        group = self.document(join(path, ZARR_2_GROUP), named_by=named_by)
        if group.get("zarr_format") != 2:
            words = f"zarr_format is {group.get('zarr_format')!r:.40}; expected 2"
            raise BrokenError(Fault(join(path, ZARR_2_GROUP), words))
        return self.document(self.file_of(path), named_by=named_by)
