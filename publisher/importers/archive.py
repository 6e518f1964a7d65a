"""Archives of others, zip and tar: what is in them, and files taken out of them, never more than they say.

Nothing is extracted by name: whoever wants a member says where it goes. A name that leads out of its folder refuses the
whole archive; links and devices are no members.
"""

import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from publisher.errors import ContentError, Problem, refusal

MOST_MEMBERS = 1_000_000
MOST_TIMES = 1100
"""How many times larger than itself an archive's contents may be: deflate makes at most 1,032 bytes of one."""
_LEAST = 1 << 24
"""Contents up to this many bytes are fine whatever the archive's size."""
_TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFiles:
    """Files that lie in ``archive``; ``members`` are their names in it by the path that they are to have."""

    archive: Path
    members: Mapping[str, str]

    def unpack(self, folder: Path) -> None:
        """Write them below ``folder``, in one pass. Raises ContentError for what cannot be read, or is not there."""
        wanted: dict[str, list[Path]] = {}
        for path, member in self.members.items():
            wanted.setdefault(member, []).append(folder / path)
        with _faults(self.archive), Archive.opened(self.archive) as archive:
            size = sum(archive.members[member] * len(places) for member, places in wanted.items())
            if size > shutil.disk_usage(folder).free:
                raise _refused(self.archive, f"holds {size:,} bytes, and there is no room for them")
            for member, stream in archive.streams(wanted):
                first, *others = wanted[member]
                _write(stream, first, archive.members[member], self.archive)
                for other in others:
                    other.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(first, other)


class Archive:
    """An opened archive; ``members`` are its files with their sizes in bytes, in its order."""

    def __init__(self, opened: zipfile.ZipFile | tarfile.TarFile, path: Path) -> None:
        self._opened = opened
        self.members = dict(_zip_members(opened) if isinstance(opened, zipfile.ZipFile) else _tar_members(opened, path))
        _refuse_sizes(self.members, path)

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> "Iterator[Archive]":
        """Open the archive at ``path``; raises ContentError where it cannot be read, or is not to be trusted."""
        with _faults(path), zipfile.ZipFile(path) if zipfile.is_zipfile(path) else tarfile.open(path) as opened:
            yield cls(opened, path)

    def read(self, member: str, most: int) -> bytes:
        """Bytes of one member; raises ContentError when it has more than ``most``."""
        if self.members[member] > most:
            raise _refused(Path(member), f"has {self.members[member]:,} bytes, at most {most:,} are read")
        return next(stream.read(most) for _, stream in self.streams({member: []}))

    def streams(self, wanted: Mapping[str, object]) -> Iterator[tuple[str, IO[bytes]]]:
        """Members among ``wanted``, each opened for the time until the next, in the archive's order."""
        for member in self.members:
            if member not in wanted:
                continue
            if isinstance(self._opened, zipfile.ZipFile):
                stream: IO[bytes] | None = self._opened.open(member)
            else:
                stream = self._opened.extractfile(member)
            assert stream is not None, "links and folders are no members"
            with stream:
                yield member, stream


def is_archive(path: Path) -> bool:
    """Whether ``path`` is a file whose name says that it is a zip or tar."""
    return path.is_file() and path.name.lower().endswith((".zip", *_TAR_SUFFIXES))


def _zip_members(opened: zipfile.ZipFile) -> Iterator[tuple[str, int]]:
    for info in opened.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if not info.is_dir() and kind in (0, stat.S_IFREG):
            yield _safe(info.filename), info.file_size


def _tar_members(opened: tarfile.TarFile, path: Path) -> Iterator[tuple[str, int]]:
    total, most = 0, max(_LEAST, MOST_TIMES * path.stat().st_size)
    for info in opened:
        total += info.size
        if total > most:  # before the rest is decompressed
            raise _refused(path, f"holds more than {MOST_TIMES} times its own size")
        if info.isreg() and not info.issparse():
            yield _safe(info.name), info.size


def _safe(name: str) -> str:
    """``name``, which stays in its folder."""
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or "\\" in name or "\0" in name or (parts and parts[0].endswith(":")):
        raise ContentError(
            Problem(
                code="add.bad-archive",
                path=name,
                message="is a name in the archive that leads out of it",
                hint="ask whoever made the archive; nothing of it was taken",
            )
        )
    return name


def _refuse_sizes(members: Mapping[str, int], path: Path) -> None:
    if len(members) > MOST_MEMBERS:
        raise _refused(path, f"holds {len(members):,} files, at most {MOST_MEMBERS:,} are taken")
    if sum(members.values()) > max(_LEAST, MOST_TIMES * path.stat().st_size):
        raise _refused(path, f"holds more than {MOST_TIMES} times its own size")


def _write(stream: IO[bytes], place: Path, size: int, archive: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    left = size
    with place.open("wb") as file:
        while block := stream.read(min(left + 1, 1 << 20)):
            left -= len(block)
            if left < 0:
                raise _refused(archive, f"{place.name} is larger than it says")
            file.write(block)
    if left:
        raise _refused(archive, f"{place.name} ends {left:,} bytes early")


def _refused(path: Path, message: str) -> ContentError:
    hint = "unpack it yourself and add the folder, if you trust where it comes from"
    return ContentError(Problem(code="add.bad-archive", path=str(path), message=message, hint=hint))


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    """What zip and tar say of damaged files, as ContentError that names ``path``."""
    try:
        yield
    except OSError as error:
        raise ContentError(refusal(error, str(path))) from error
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _refused(path, f"cannot be unpacked: {error}") from error
