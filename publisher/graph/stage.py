"""The stage: where steps write, on the same file system as the output, until all is committed."""

import hashlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from publisher.files import remove_tree
from publisher.graph.record import Output

COPY_BYTES = 4 << 20


class Stage:
    """Folders of one build: ``staged`` mirrors the output; results that are not published are kept by fingerprint.

    ``moving_from`` is a folder on the output's file system, where ``work`` is not on it.
    """

    def __init__(self, work: Path, output: Path, *, moving_from: Path | None = None) -> None:
        self.output = output
        self.staged = (moving_from or work) / "stage"
        self.trash = (moving_from or work) / "trash"
        self._keep = work / "kept"

    def kept(self, fingerprint: str) -> Path:
        """Folder of the results that a step with this fingerprint keeps."""
        return self._keep / fingerprint[:2] / fingerprint[2:34]

    def kept_folders(self) -> Iterable[Path]:
        """Every folder of kept results."""
        return self._keep.glob("*/*")

    def for_step(self, name: str) -> "StepStage":
        """What one step writes through."""
        return StepStage(self, self._keep / "new" / hashlib.sha256(name.encode()).hexdigest()[:32])


class StepStage:
    """Collects what one step writes. Paths are relative to the output.

    What it keeps stands in ``new`` until its fingerprint is known: a file may be digested while it is converted.
    """

    def __init__(self, stage: Stage, new: Path) -> None:
        self._stage = stage
        self._new = new
        self._keeps = False
        self._outputs: dict[str, Output] = {}
        self.has_folders = False

    def write(self, path: PurePosixPath, data: bytes) -> None:
        """Stage one file; a file that is already published with these bytes is not staged again."""
        name = str(path)
        published = self._stage.output / name
        if not _holds(published, data):
            target = self._stage.staged / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        self._outputs[name] = Output(name, len(data), hashlib.sha256(data).hexdigest())

    def copy(self, path: PurePosixPath, source: Path) -> None:
        """Stage a copy of a file of any size."""
        digest = hashlib.sha256()
        size = 0
        with source.open("rb") as reading, self.file(path).open("wb") as writing:
            while block := reading.read(COPY_BYTES):
                digest.update(block)
                size += writing.write(block)
        self.wrote(path, size, digest.hexdigest())

    def place(self, path: PurePosixPath) -> Path:
        """Where a file that another step wrote can be read now: on the stage, or published."""
        staged = self._stage.staged / str(path)
        return staged if staged.exists() else self._stage.output / str(path)

    def file(self, path: PurePosixPath) -> Path:
        """A file to write on the stage; say with `wrote` what it holds."""
        target = self._stage.staged / str(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def wrote(self, path: PurePosixPath, size: int, sha256: str) -> None:
        """Record a `file` that has been written."""
        self._outputs[str(path)] = Output(str(path), size, sha256)

    def folder(self, path: PurePosixPath) -> Path:
        """An empty folder to fill; say with `filled` what it holds. It replaces the published one as a whole."""
        target = self._stage.staged / str(path)
        remove_tree(target)
        target.mkdir(parents=True)
        return target

    def filled(self, path: PurePosixPath, files: Iterable[tuple[str, int, str]]) -> None:
        """Record the files (path in the folder, size, SHA-256) of a filled and synced `folder`."""
        self.has_folders = True
        for name, size, sha256 in files:
            full = str(path / name)
            self._outputs[full] = Output(full, size, sha256, folder=str(path))

    def keep(self) -> Path:
        """A folder for results that later steps read and nobody publishes."""
        remove_tree(self._new)
        self._new.mkdir(parents=True)
        self._keeps = True
        return self._new

    def settle(self, fingerprint: str) -> None:
        """Give what was kept its place: the step has run, and this is its fingerprint."""
        if self._keeps:
            place = self._stage.kept(fingerprint)
            remove_tree(place)
            place.parent.mkdir(parents=True, exist_ok=True)
            self._new.rename(place)

    def outputs(self) -> tuple[Output, ...]:
        """All that was written, by path."""
        return tuple(self._outputs[name] for name in sorted(self._outputs))


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False
