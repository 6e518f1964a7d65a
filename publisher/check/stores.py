"""Every OME-Zarr fileset in a folder, each judged by the gate, whoever made it."""

import dataclasses
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from publisher.errors import Problem, PublisherError, Severity, SourceError, refusal
from publisher.formats.ngff_version import ZARR_2_ATTRIBUTES, ZARR_2_GROUP, ZARR_3
from publisher.model.location import Address, Location
from publisher.ngff.fault import Fault, Rule
from publisher.ngff.manifest import MANIFEST, parse
from publisher.sources.protocol import Roots
from publisher.sources.worker import LimitedWorker
from publisher.sources.zarr_files import FolderFiles, ZarrFiles, ZipFiles

WORKER_BYTES = 1 << 30
TIMEOUT_S = 600.0
_SLOWEST_BYTES_S = 5_000_000
"""A disk that reads less in a second is taken for one that hangs."""
_LONGEST_FETCH_S = 24 * 3600.0
_ROOTS = (ZARR_3, ZARR_2_GROUP, ZARR_2_ATTRIBUTES)
_SINGLE_FILES = (".ozx", ".zarr.zip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is to be said of one fileset: its ``faults``, whether it is one of ``ours``, its files and their bytes."""

    faults: tuple[Fault, ...]
    ours: bool
    files: int
    bytes: int


@dataclass(slots=True, kw_only=True)
class Seen:
    """How much was looked at."""

    filesets: int = 0
    files: int = 0
    bytes: int = 0


def filesets_in(folder: Path) -> Iterator[Path]:
    """Every fileset at or below ``folder``, in order: folders that are a Zarr root, and zips of one."""
    if folder.is_file() and folder.name.endswith(_SINGLE_FILES):
        yield folder
    for place, folders, names in os.walk(folder):
        if any(name in names for name in _ROOTS):
            folders.clear()
            yield Path(place)
            continue
        folders.sort()
        yield from (Path(place, name) for name in sorted(names) if name.endswith(_SINGLE_FILES))


def check_stores(folder: Path, seen: Seen, *, verify: bool = False) -> Iterator[Problem]:
    """Problems of every fileset at or below ``folder``, as they are found; ``seen`` counts along.

    ``verify``: every byte is read, and compared with the fileset's manifest where it has one; where it has none,
    every chunk is decoded. A fileset is opened in a process of its own with 1 GiB of memory.
    """
    with LimitedWorker(WORKER_BYTES, timeout_s=TIMEOUT_S) as worker:
        for path in filesets_in(folder):
            limit_s = TIMEOUT_S + (_size(path) / _SLOWEST_BYTES_S if verify else 0)
            yield from _problems_of(worker, path, seen, limit_s, verify=verify)


def check_address(address: Address, seen: Seen, *, verify: bool = False) -> Iterator[Problem]:
    """As `check_stores`, of one fileset on the web, whose host lists nothing: what is there is what is looked for.

    ``verify``: every file that its manifest lists is fetched.
    """
    with LimitedWorker(WORKER_BYTES) as worker:
        yield from _problems_of(worker, address, seen, _LONGEST_FETCH_S if verify else TIMEOUT_S, verify=verify)


def _problems_of(
    worker: LimitedWorker, place: Location, seen: Seen, limit_s: float, *, verify: bool
) -> Iterator[Problem]:
    seen.filesets += 1
    whole = place.absolute() if isinstance(place, Path) else place
    try:
        verdict = worker.call(judged_store, whole, verify=verify, about=str(place), timeout_s=limit_s)
    except PublisherError as error:
        yield from error.problems
        return
    seen.files += verdict.files
    seen.bytes += verdict.bytes
    told = (fault for fault in verdict.faults if verdict.ours or fault.rule is not Rule.HOUSE)
    yield from (_problem(place, fault, ours=verdict.ours) for fault in told)


def judged_store(place: Location, *, verify: bool) -> Verdict:
    """Judge one fileset; runs in the limited worker. Raises SourceError for what cannot be opened at all."""
    # Late: the validator costs a third of a second, which a folder of pages alone need not pay.
    from publisher.ngff.fileset_check import Rules, fileset_faults, written_by_us
    from publisher.ngff.stored_manifest import manifest_faults

    files = _opened(place)
    try:
        sizes = _sizes(files, place, verify=verify)
        has_manifest = str(MANIFEST) in sizes
        # With a manifest each file is known by name; without one a chunk that is missing is a chunk of fill values.
        rules = Rules(empty_files=False, every_chunk=verify and not has_manifest)
        faults = tuple(fileset_faults(files, rules))
        is_zip = isinstance(place, Path) and place.is_file()
        ours = not is_zip and (has_manifest or written_by_us(files))
        if ours and (files.listed or verify or not has_manifest):
            told = {fault.path for fault in faults}
            faults += tuple(manifest_faults(files, sizes, verify=verify, told=told))
    except OSError as error:
        problem = refusal(error, None if isinstance(place, Address) else error.filename)
        raise SourceError(dataclasses.replace(problem, path=problem.path or str(place))) from error
    finally:
        files.close()
    return Verdict(faults=faults, ours=ours, files=len(sizes), bytes=sum(sizes.values()))


def _opened(place: Location) -> ZarrFiles:
    if isinstance(place, Address):
        # Late: what is on this computer needs no library for the web.
        from publisher.sources.http_files import HttpFiles

        return HttpFiles(place)
    return FolderFiles(place, Roots((place,)), str(place)) if place.is_dir() else ZipFiles(place, str(place))


def _sizes(files: ZarrFiles, place: Location, *, verify: bool) -> dict[str, int]:
    """Size of every file of a fileset by its path there; of a zip, its own; on the web, of what is to be read."""
    if isinstance(place, Address):
        size = files.size(str(MANIFEST))
        digests, _ = parse(files.read(str(MANIFEST), 0, size)) if size is not None and verify else ({}, ())
        sizes = {path: files.size(path) for path in (str(MANIFEST), *digests)}
        return {path: size for path, size in sizes.items() if size is not None}
    found = files.identity()
    if not place.is_dir():
        return {Path(file.path).name: file.size for file in found}
    return {Path(file.path).relative_to(place).as_posix(): file.size for file in found}


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def _problem(place: Location, fault: Fault, *, ours: bool) -> Problem:
    lenient = fault.rule is not Rule.SPECIFICATION and not ours
    is_zip = isinstance(place, Path) and place.is_file()
    return Problem(
        code="store.invalid",
        path=f"{place}/{fault.path}" if fault.path and not is_zip else str(place),
        message=f"{fault.path} {fault.message}" if fault.path and is_zip else fault.message,
        hint=_HINT if ours else "",
        severity=Severity.WARNING if lenient else Severity.ERROR,
    )


_HINT = "copy the fileset again from where it is whole, or build it anew: publisher build --force"
