"""A fileset's manifest against the files that are there: names, and on request every byte."""

import hashlib
from collections.abc import Collection, Iterator, Mapping

from publisher.ngff.fault import Fault, Rule
from publisher.ngff.manifest import MANIFEST, parse
from publisher.sources.zarr_files import ZarrFiles

_PART_BYTES = 4 << 20


def manifest_faults(
    files: ZarrFiles, sizes: Mapping[str, int], *, verify: bool, told: Collection[str] = ()
) -> Iterator[Fault]:
    """Faults of the manifest of ``files``, whose ``sizes`` are given by path; ``verify``: of the bytes of each.

    ``told`` are paths that something is known to be wrong with: they are not told of again.
    """
    name = str(MANIFEST)
    if name not in sizes:
        yield Fault(name, "is missing: nobody can tell whether the files are whole", Rule.HOUSE)
        return
    digests, faults = parse(files.read(name, 0, sizes[name]))
    yield from (Fault(name, words) for words in faults)
    missing = sorted(digests.keys() - sizes.keys() - {*told})
    if missing:
        yield Fault(missing[0], f"is missing; {name} lists it" + _more(missing))
    unlisted = sorted(sizes.keys() - digests.keys() - {name, *told})
    if unlisted and not faults:
        yield Fault(unlisted[0], f"is not in {name}: it was added after the fileset was written" + _more(unlisted))
    if verify:
        for path in sorted(digests.keys() & sizes.keys() - {*told}):
            found = _sha256(files, path, sizes[path])
            if found != digests[path]:
                yield Fault(path, f"has other bytes than were written: SHA-256 {found}; {name} says {digests[path]}")


def _more(paths: list[str]) -> str:
    return f", and so are {len(paths) - 1:,} more" if len(paths) > 1 else ""


def _sha256(files: ZarrFiles, path: str, size: int) -> str:
    digest = hashlib.sha256()
    for start in range(0, size, _PART_BYTES):
        digest.update(files.read(path, start, _PART_BYTES))
    return digest.hexdigest()
