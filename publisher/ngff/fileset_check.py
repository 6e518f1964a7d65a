"""Every fault of one fileset, found by walking it from its root, once for each release that describes it.

A group is followed only when its own document is sound, so that one fault is told once. yaozarrs judges last,
when nothing was found.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from publisher.errors import SourceError
from publisher.formats.ngff import METHOD
from publisher.ngff.array_check import array_faults
from publisher.ngff.document_check import (
    coding_faults,
    has_kept_levels,
    is_deep,
    multiscale_faults,
    null_place,
    omero_faults,
)
from publisher.ngff.fault import BrokenError, Fault, Rule
from publisher.ngff.label_check import copy_faults, label_faults, list_faults
from publisher.ngff.model_check import Kind, judged, model_faults
from publisher.ngff.ome_xml_check import ome_xml_problems
from publisher.ngff.plate_check import (
    StoredPlate,
    level_faults,
    plate_faults,
    plate_xml_problems,
    series_faults,
    stray_faults,
)
from publisher.ngff.release_agreement import array_disagreement, group_disagreement
from publisher.ngff.release_files import ReleaseFiles, releases_in
from publisher.ngff.stored_array import StoredArray, stored_array
from publisher.ngff.stored_groups import StoredGroups
from publisher.sources.zarr_files import MAX_XML_BYTES, ZarrFiles, join

Json = dict[str, Any]

OME_XML = "OME/METADATA.ome.xml"
_MOST_ALIKE = 5
_AXES = {"image": "tczyx", "label": "tzyx"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a fileset is judged. ``empty_files``: files of fill values must exist; ``every_chunk``: decode all."""

    empty_files: bool = True
    every_chunk: bool = False


def fileset_faults(files: ZarrFiles, rules: Rules) -> Iterator[Fault]:
    """Every fault of the fileset whose root is that of ``files``."""
    releases = releases_in(files)
    if not releases:
        yield Fault("", "is no OME-Zarr: its root has neither zarr.json nor .zgroup")
        return
    walks = [_Walk(StoredGroups(ReleaseFiles(files, release)), rules) for release in releases]
    for walk in walks:
        walk.root()
    faults = [fault for walk in walks for fault in walk.faults]
    if not faults:
        faults = [fault for walk in walks for fault in judged(walk.groups.files)]
    if not faults and len(walks) > 1:
        faults = [*group_disagreement(*(walk.contents for walk in walks))]
        faults += array_disagreement(*(walk.arrays for walk in walks))
    # Chunks that both releases describe are looked at twice; a fault of theirs is one.
    yield from _gathered(dict.fromkeys(faults))


def _gathered(faults: Iterable[Fault]) -> Iterator[Fault]:
    """The same words about many files, the wells of a plate that was cut off, become one fault."""
    alike: dict[tuple[str, Rule], list[Fault]] = {}
    for fault in faults:
        alike.setdefault((fault.message, fault.rule), []).append(fault)
    for (message, rule), each in alike.items():
        if len(each) <= _MOST_ALIKE:
            yield from each
        else:
            yield Fault(each[0].path, f"{message}; the same is true of {len(each) - 1:,} more", rule)


def written_by_us(files: ZarrFiles) -> bool:
    """Whether the first image that is found says that this package made it."""
    for release in releases_in(files):
        groups = StoredGroups(ReleaseFiles(files, release))
        try:
            root = groups.content("")
            first = "" if "multiscales" in root else "0"
            if "plate" in root:
                well = root["plate"]["wells"][0]["path"]
                first = join(well, groups.content(well)["well"]["images"][0]["path"])
            image = root if not first else groups.content(first)
            return bool(image["multiscales"][0]["metadata"]["method"] == METHOD)
        except (BrokenError, SourceError, KeyError, TypeError, IndexError):
            continue
    return False


class _Walk:
    """One release's walk; collects ``faults``, and the documents and arrays that were followed."""

    def __init__(self, groups: StoredGroups, rules: Rules) -> None:
        self.groups = groups
        self.faults: list[Fault] = []
        self.contents: dict[str, Json] = {}
        self.arrays: dict[str, StoredArray] = {}
        self._rules = rules

    def root(self) -> None:
        """Walk the fileset, whatever its root is: a collection of images, a plate or one image."""
        try:
            content = self.groups.content("")
        except BrokenError as error:
            self.faults.append(error.fault)
            return
        if "plate" in content:
            self._plate(content)
        elif "multiscales" in content:
            self._image("", named_by="")
        elif "bioformats2raw.layout" in content:
            self._collection()
        else:
            words = "says nothing that OME-Zarr knows; expected bioformats2raw.layout, plate or multiscales"
            self._fault("", words)

    # Kinds of filesets

    def _collection(self) -> None:
        if self._content("", "bioformats2raw") is None:
            return
        series = self._series()
        if series is None:
            return
        is_numbered = all(path.isdigit() for path in series) and sorted(set(series), key=int) == series
        if not is_numbered:
            words = f"series is {series!s:.200}; expected the numbers of the images, each once, in order"
            self._fault("OME", words, Rule.READERS)
        for path in dict.fromkeys(series):
            self._image(path, named_by=self.groups.file_of("OME"))
        if is_numbered:
            self._ome_xml(series, series)

    def _series(self) -> list[str] | None:
        """Paths of the images: as listed, else (a list is optional) those that are there, by number."""
        if not self.groups.exists("OME"):
            self._fault("OME", "is missing; expected the list of images", Rule.READERS)
            found: list[str] = []
            for number in count():
                if not self.groups.exists(str(number)):
                    return found
                found.append(str(number))
        content = self._content("OME", "series")
        return None if content is None else list(content["series"])

    def _plate(self, _: Json) -> None:
        content = self._content("", "plate")
        if content is None:
            return
        wells: dict[str, Json] = {}
        for well in content["plate"]["wells"]:
            path = well["path"]
            found = self._content(path, "well", named_by=self.groups.file_of(""))
            if found is not None:
                wells[path] = found["well"]
        stored = StoredPlate(self.groups.file_of(""), content["plate"], wells)
        for path in stored.fields:
            self._image(path, named_by=self.groups.file_of(path.rpartition("/")[0]))
        if len(wells) < len({well["path"] for well in content["plate"]["wells"]}):
            return  # a well that cannot be followed has been told of
        own = [*plate_faults(stored)]
        self.faults += own
        levels = {path: height for path in stored.fields if (height := self._level_count(path))}
        self.faults += level_faults(levels, self.groups.file_of(""))
        self.faults += stray_faults(self.groups.files, stored)
        if not own and "bioformats2raw.layout" in content:
            self._plate_series(stored)

    def _level_count(self, path: str) -> int:
        content = self.contents.get(path)
        return len(content["multiscales"][0]["datasets"]) if content else 0

    def _plate_series(self, stored: StoredPlate) -> None:
        content = self._content("OME", "series", named_by=stored.file)
        if content is None:
            return
        series = list(content["series"])
        faults = [*series_faults(self.groups.file_of("OME"), series, stored)]
        self.faults += faults
        data = None if faults else self._ome_xml(series, [str(number) for number in range(len(series))])
        if data is not None:
            words = plate_xml_problems(data, series, stored)
            self.faults += (Fault(OME_XML, each, Rule.READERS) for each in words)

    # Images

    def _image(self, path: str, *, named_by: str) -> None:
        content = None if path in self.contents else self._content(path, "image", named_by=named_by)
        if content is None:
            return
        before = len(self.faults)
        arrays = self._levels(path, content, "image")
        if not arrays:
            return
        is_sound = len(self.faults) == before
        names = [axis["name"] for axis in content["multiscales"][0]["axes"]]
        sizes = dict(zip(names, arrays[0].shape, strict=False))
        if content.get("omero"):
            self.faults += omero_faults(self.groups.file_of(path), content["omero"], sizes)
        else:
            self._fault(path, "has no omero block; viewers would guess colours and contrast", Rule.HOUSE)
        self._labels(path, arrays if is_sound else ())

    def _labels(self, path: str, image: Sequence[StoredArray]) -> None:
        group = join(path, "labels")
        if not self.groups.exists(group):
            return
        content, file = self._content(group, "labels"), self.groups.file_of(group)
        if content is None:
            return
        there = [name for name in self.groups.files.folders(group) if self.groups.exists(join(group, name))]
        self.faults += list_faults(file, content["labels"], there)
        if self.groups.release != "0.4":
            self.faults += copy_faults(file, self.groups.document(file)["attributes"], content["labels"])
        for name in dict.fromkeys(content["labels"]):
            label = join(group, name)
            found = self._content(label, "label", named_by=file)
            arrays = self._levels(label, found, "label") if found is not None else []
            if found is not None and arrays:
                self.faults += label_faults(self.groups.file_of(label), label, found, arrays, (path, image))

    def _levels(self, path: str, content: Json, kind: str) -> list[StoredArray]:
        """The arrays of an image, checked with their files; none when one of them cannot be followed."""
        file = self.groups.file_of(path)
        multiscale = content["multiscales"][0]
        try:
            keys = [join(path, level["path"]) for level in multiscale["datasets"]]
            arrays = [stored_array(self.groups, key, named_by=file) for key in keys]
        except BrokenError as error:
            self.faults.append(error.fault)
            return []
        except SourceError as error:
            self.faults.append(Fault(file, error.problems[0].message))
            return []
        self.arrays |= {array.key: array for array in arrays}
        self.faults += multiscale_faults(file, multiscale, arrays, axes=_AXES[kind])
        for array in arrays:
            self.faults += coding_faults(array, kept=has_kept_levels(multiscale))
            self._files(array)
        return arrays

    def _files(self, array: StoredArray) -> None:
        rules = self._rules
        faults = array_faults(self.groups.files, array, empty_files=rules.empty_files, every_chunk=rules.every_chunk)
        try:
            self.faults += faults
        except (SourceError, OSError) as error:
            words = error.problems[0].message if isinstance(error, SourceError) else error.strerror or str(error)
            self.faults.append(Fault(array.key, words))

    # Documents

    def _ome_xml(self, series: list[str], numbers: list[str]) -> bytes | None:
        """Check the OME-XML against the images ``series``, whose IDs end in ``numbers``; its bytes when it is sound."""
        size = self.groups.files.size(OME_XML)
        if size is None:
            self.faults.append(Fault(OME_XML, "is missing; napari finds the images of a fileset by it", Rule.READERS))
            return None
        firsts = [self._first(path) for path in series]
        if size > MAX_XML_BYTES or any(array is None for array in firsts):
            return None  # an image that cannot be followed has been told of
        found = [array for array in firsts if array is not None]
        data = self.groups.files.read(OME_XML, 0, size)
        words = [*ome_xml_problems(data, numbers, [one.shape for one in found], [one.dtype for one in found])]
        self.faults += (Fault(OME_XML, each, Rule.READERS) for each in words)
        return None if words else data

    def _first(self, path: str) -> StoredArray | None:
        content = self.contents.get(path)
        if content is None:
            return None
        return self.arrays.get(join(path, content["multiscales"][0]["datasets"][0]["path"]))

    def _content(self, path: str, kind: Kind, *, named_by: str = "") -> Json | None:
        """The content of a group that is to be of ``kind``; None, with the fault told, when it is not."""
        file = self.groups.file_of(path)
        try:
            content = self.groups.content(path, named_by=named_by)
        except BrokenError as error:
            self.faults.append(error.fault)
            return None
        except SourceError as error:
            self.faults.append(Fault(file, error.problems[0].message))
            return None
        if is_deep(content):
            self.faults.append(Fault(file, "is nested deeper than any OME metadata"))
            return None
        place = null_place(content)
        faults = model_faults(file, content, kind, self.groups.release)
        others = [fault for fault in faults if place is None or not fault.message.startswith(f"{place}:")]
        if place is not None:
            # Where the model refuses it, it is no matter of taste.
            rule = Rule.READERS if len(others) == len(faults) else Rule.SPECIFICATION
            self.faults.append(Fault(file, f"{place} is null, which neuroglancer refuses; leave it out", rule))
        self.faults += others
        if faults:
            return None
        self.contents[path] = content
        return content

    def _fault(self, path: str, message: str, rule: Rule = Rule.SPECIFICATION) -> None:
        self.faults.append(Fault(self.groups.file_of(path), message, rule))
