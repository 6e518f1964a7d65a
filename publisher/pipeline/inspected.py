"""What is known of a source file, remembered between builds: nothing is opened again while nothing changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.catalogue.load import StudyFolder
from publisher.catalogue.resolve import FileRef
from publisher.errors import Problem, PublisherError, SourceError
from publisher.model.image import Image
from publisher.pipeline.site import Site
from publisher.pipeline.tree_stamp import tree_stamp
from publisher.pipeline.worker_tasks import SourceAddress, inspect_source
from publisher.sources.inspect import Inspection
from publisher.sources.protocol import SourceFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """A file's images; with ``problems`` it cannot be read now, and the rest is what it held when it last could."""

    address: SourceAddress
    inspection: Inspection
    problems: tuple[Problem, ...] = ()

    @property
    def images(self) -> tuple[Image, ...]:
        """Its images by series."""
        return self.inspection.images

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """Every file it is made of; none while it cannot be read."""
        return () if self.problems else self.inspection.files

    def raise_if_broken(self) -> None:
        """Raise SourceError while the file cannot be read: what was published of it stays."""
        if self.problems:
            raise SourceError(*self.problems)


class StudySources:
    """The source files of one study, each inspected once and claimed by the first dataset that holds it."""

    def __init__(self, site: Site, study: StudyFolder) -> None:
        self._site = site
        self._study = study
        self._inspected: dict[str, Inspected | None] = {}
        self._members: dict[str, str] = {}
        self.unreadable: dict[str, tuple[Problem, ...]] = {}
        """Problems of files that cannot be read now, by path."""

    def images_of(self, ref: FileRef) -> Sequence[Image]:
        """Its images; none when it cannot be read and never could, or belongs to a set that was seen before."""
        inspected = self.inspection(ref)
        return inspected.images if inspected else ()

    def inspection(self, ref: FileRef) -> Inspected | None:
        """What is known of a file."""
        if ref.path not in self._inspected:
            # A set of many files is opened once, not once for each of them.
            taken = self._members.get(str(ref.location.resolve()), ref.path) != ref.path
            self._inspected[ref.path] = None if taken else self._claim(ref, self._inspect(ref))
        return self._inspected[ref.path]

    def _claim(self, ref: FileRef, inspected: Inspected | None) -> Inspected | None:
        """A file that belongs to a set is published once, under the member that comes first."""
        if inspected is None:
            return None
        names = [file.path for file in inspected.inspection.files] or [str(ref.location)]
        if any(self._members.setdefault(name, ref.path) != ref.path for name in names):
            return None
        return inspected

    def _inspect(self, ref: FileRef) -> Inspected | None:
        address = SourceAddress(
            path=ref.location, roots=self._study.roots, reader=ref.wants.reader, axes=ref.wants.axes
        )
        key = f"{ref.location}\n{ref.wants.reader}\n{ref.wants.axes}"
        memo = self._site.ledger.memo("inspection", key)
        known = Inspection.from_json(memo["inspection"]) if memo else None
        if memo and known and memo["stamp"] == self._stamp(known, ref.location):
            return Inspected(address=address, inspection=known)
        try:
            timeout_s = self._site.options.inspect_timeout_s
            inspection = self._site.call(inspect_source, ref.location, address, timeout_s=timeout_s)
        except PublisherError as error:
            problems = error.problems
            self.unreadable[ref.path] = problems
            return Inspected(address=address, inspection=known, problems=problems) if known else None
        self._site.warn(self._site.named(problem, ref.location) for problem in inspection.warnings)
        self._site.ledger.remember(
            "inspection", key, {"stamp": self._stamp(inspection, ref.location), "inspection": inspection.to_json()}
        )
        return Inspected(address=address, inspection=inspection)

    def _stamp(self, inspection: Inspection, location: Path) -> list[object]:
        """What must be the same for an inspection to hold: the reader's revision and every file's size and time."""
        reader = self._site.registry.readers.get(inspection.reader)
        stamps: list[object] = [inspection.reader, reader.revision if reader else None]
        if location.is_dir():
            return [*stamps, *(list(stamp) for stamp in tree_stamp([location]))]
        for file in inspection.files:
            try:
                status = Path(file.path).stat()
            except OSError:
                return [*stamps, "missing", file.path]
            stamps.append([file.path, status.st_size, status.st_mtime_ns])
        return stamps
