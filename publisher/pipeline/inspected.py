"""What is known of a source file, remembered between builds: nothing is opened again while nothing changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.catalogue.load import StudyFolder
from publisher.catalogue.tree import FileRef
from publisher.errors import Problem, PublisherError, SourceError
from publisher.model.image import Image
from publisher.model.location import Address
from publisher.pipeline.site import Site
from publisher.pipeline.tree_stamp import tree_stamp
from publisher.pipeline.worker_tasks import SourceAddress, has_changed, inspect_source
from publisher.sources.damage import warning
from publisher.sources.inspect import REVISION, Inspection
from publisher.sources.protocol import SourceFile
from publisher.sources.sidecar import SidecarAddress

MOST_ASKED = 4
"""Documents of a source on the web, those next to its root first, that tell whether it changed."""
AT_ONCE = 4
"""Files a core that are opened before it is asked what they claim."""


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

    def remote_files(self) -> list[list[str | int]]:
        """What is known of a source on the web: documents with size and ETag; empty for one of this computer."""
        if not isinstance(self.address.path, Address):
            return []
        return [[file.path, file.size, file.stamp] for file in self.files]

    def raise_if_broken(self) -> None:
        """Raise SourceError while the file cannot be read: what was published of it stays."""
        if self.problems:
            raise SourceError(*self.problems)


class StudySources:
    """The source files of one study, each inspected once and claimed by the first dataset that holds it.

    With ``opens`` false no file is opened: those that were not remembered, or changed since, are ``unseen``.
    """

    def __init__(self, site: Site, study: StudyFolder, *, opens: bool = True) -> None:
        self._opens = opens
        self.unseen: list[str] = []
        self._site = site
        self._study = study
        self._inspected: dict[str, Inspected | None] = {}
        self._seen: dict[str, Inspection | tuple[Problem, ...]] = {}
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
            self._inspected[ref.path] = None if self._is_taken(ref) else self._claim(ref, self._inspect(ref))
        return self._inspected[ref.path]

    def _is_taken(self, ref: FileRef) -> bool:
        """A set of many files is opened once, not once for each of them."""
        where = ref.location if isinstance(ref.location, Address) else ref.location.resolve()
        return self._members.get(str(where), ref.path) != ref.path

    def _claim(self, ref: FileRef, inspected: Inspected | None) -> Inspected | None:
        """A file that belongs to a set is published once, under the member that comes first."""
        if inspected is None:
            return None
        names = [file.path for file in inspected.inspection.files] or [str(ref.location)]
        if any(self._members.setdefault(name, ref.path) != ref.path for name in names):
            return None
        return inspected

    def prepare(self, refs: Sequence[FileRef]) -> None:
        """Inspect files that no build has seen, several at once, and in the order of ``refs`` take up what they hold.

        A few at a time: what one of them claims for its set need not be opened.
        """
        count = self._site.cores.count
        with self._site.workers.threads() as pool:
            for start in range(0, len(refs), AT_ONCE * count):
                few = refs[start : start + AT_ONCE * count]
                new = [ref for ref in few if self._is_new(ref)]
                self._seen.update(zip((ref.path for ref in new), pool.map(self._look, new), strict=True))
                for ref in few:
                    self.inspection(ref)

    def _is_new(self, ref: FileRef) -> bool:
        known = ref.path in self._inspected or self._is_taken(ref) or self._site.ledger.knows("inspection", _key(ref))
        return not known

    def _inspect(self, ref: FileRef) -> Inspected | None:
        known, is_current = self._remembered(ref)
        address = self._address(ref)
        if known and is_current:
            return Inspected(address=address, inspection=known)
        if not self._opens:
            self.unseen.append(ref.path)
            return Inspected(address=address, inspection=known) if known else None
        seen = self._seen.pop(ref.path, None) or self._look(ref)
        if not isinstance(seen, Inspection):
            self.unreadable[ref.path] = seen
            return Inspected(address=address, inspection=known, problems=seen) if known else None
        found = (*seen.warnings, *_slide_pictures(seen, ref))
        self._site.warn(self._site.named(problem, ref.location) for problem in found)
        self._site.ledger.remember(
            "inspection", _key(ref), {"stamp": _stamp(seen, ref, seen.revision), "inspection": seen.to_json()}
        )
        return Inspected(address=address, inspection=seen)

    def _remembered(self, ref: FileRef) -> tuple[Inspection | None, bool]:
        """What an earlier build saw, and whether it still holds."""
        memo = self._site.ledger.memo("inspection", _key(ref))
        if not memo or memo["stamp"][0] != REVISION:
            return None, False  # records of another revision have other fields
        known = Inspection.from_json(memo["inspection"])
        reader = self._site.registry.readers.get(known.reader)
        stamp = _stamp(known, ref, reader.revision if reader else None)
        return known, memo["stamp"] == stamp and self._is_current(known, ref)

    def _address(self, ref: FileRef) -> SourceAddress:
        return SourceAddress(
            path=ref.location,
            roots=self._study.roots,
            reader=ref.wants.reader,
            axes=ref.wants.axes,
            sidecar=_sidecar(ref),
        )

    def _look(self, ref: FileRef) -> Inspection | tuple[Problem, ...]:
        """What a worker sees in a file, or why it sees nothing."""
        timeout_s = self._site.options.inspect_timeout_s
        try:
            return self._site.call(inspect_source, ref.location, self._address(ref), timeout_s=timeout_s)
        except PublisherError as error:
            return error.problems

    def _is_current(self, known: Inspection, ref: FileRef) -> bool:
        """Whether a source on the web still says what it said; of a host that does not answer this is assumed."""
        if not isinstance(ref.location, Address) or not self._opens:
            return True
        asked = tuple(sorted(known.files, key=lambda file: (file.path.count("/"), file.path))[:MOST_ASKED])
        timeout_s = self._site.options.inspect_timeout_s
        try:
            return not self._site.call(has_changed, ref.location, ref.location, asked, timeout_s=timeout_s)
        except PublisherError as error:
            words = (f"whether it changed is not known: {problem.message}" for problem in error.problems)
            self._site.warn(warning(str(ref.location), "source.not-asked", message) for message in words)
            return True


def _key(ref: FileRef) -> str:
    key = f"{ref.location}\n{ref.wants.reader}\n{ref.wants.axes}\n{ref.wants.endpoint or ''}"
    return key if ref.metadata is None else "\n".join((key, str(ref.metadata.location), *ref.metadata.images))


def _sidecar(ref: FileRef) -> SidecarAddress | None:
    said = ref.metadata
    return SidecarAddress(path=said.location, images=said.images) if said else None


def _slide_pictures(inspection: Inspection, ref: FileRef) -> tuple[Problem, ...]:
    """A warning about pictures of a slide's label that are left out because nobody listed them."""
    pictures = [image.series for image in inspection.images if image.is_slide_picture]
    if not pictures or ref.wants.series is not None:
        return ()
    message = f"holds pictures of the slide's label or of the whole slide (series {pictures}): they are not published"
    hint = "they may show names; to publish them after all, list the series to take: `series: [0, ...]`"
    return (warning(str(ref.location), "source.slide-pictures", message, hint=hint),)


def _stamp(inspection: Inspection, ref: FileRef, revision: int | None) -> list[object]:
    """What must be the same for an inspection to hold: the reader's revision and every file's size and time."""
    location, sidecar = ref.location, _sidecar(ref)
    stamps: list[object] = [REVISION, inspection.reader, revision, *([list(sidecar.stamp())] if sidecar else ())]
    if isinstance(location, Address):
        return stamps
    if location.is_dir():
        return [*stamps, *(list(stamp) for stamp in tree_stamp([location]))]
    for file in inspection.files:
        try:
            status = Path(file.path).stat()
        except OSError:
            return [*stamps, "missing", file.path]
        stamps.append([file.path, status.st_size, status.st_mtime_ns])
    return stamps
