"""Which file of a transfer pack holds which images."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from publisher.formats.ome_xml.engine import Element
from publisher.formats.ome_xml.packing import packed_paths
from publisher.formats.ome_xml.read import text_of
from publisher.formats.ome_xml.tree import OmeTree
from publisher.importers.readable import may_be_read

_SETS = (".companion.ome", "-companion.ome", ".wpi")
"""Files that describe a set of others: the set is opened through them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackImage:
    """One Image of transfer.xml. ``path`` is the file of the pack that it is read from, None when there is none.

    ``is_readable``: a reader may be there for files of that name. ``number`` is its place among the images of its file,
    in the order of their numbers in OMERO, which is that of the series.
    """

    id: str
    name: str
    description: str
    element: Element
    path: str | None
    noted: tuple[str, ...]
    is_readable: bool
    number: int = 0

    @property
    def has_pixels(self) -> bool:
        """Whether it has a file that may be read."""
        return self.path is not None and self.is_readable


def pack_images(tree: OmeTree, sizes: Mapping[str, int]) -> tuple[PackImage, ...]:
    """Every Image of the pack's document; ``sizes`` are the pack's files."""
    folders = _Folders(sizes)
    found: list[PackImage] = []
    for element in tree.images():
        noted = packed_paths(tree, element)
        name = element.get("Name", "").strip()
        path = folders.file_of(noted, name)
        found.append(
            PackImage(
                id=element.get("ID", ""),
                name=name,
                description=text_of(element, "Description"),
                element=element,
                path=path,
                noted=noted,
                is_readable=path is not None and may_be_read(path),
            )
        )
    return tuple(_numbered(found))


def _numbered(images: Sequence[PackImage]) -> Iterator[PackImage]:
    """Images with their place in their file; those of each file by the numbers of their IDs."""
    by_path: dict[str, list[str]] = {}
    for image in images:
        if image.path:
            by_path.setdefault(image.path, []).append(image.id)
    place = {each: n for ids in by_path.values() for n, each in enumerate(sorted(ids, key=_by_number))}
    yield from (replace(image, number=place.get(image.id, 0)) for image in images)


def _by_number(identifier: str) -> tuple[int, str]:
    digits = identifier.rpartition(":")[2]
    return (int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 20 else 0, identifier)


class _Folders:
    """The pack's files by the folder they lie in, Zarr folders as one file."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self._files: dict[str, list[str]] = {}
        self._zarrs: set[str] = set()
        self._sizes = sizes
        for path in sizes:
            parts = path.split("/")
            zarr = next((n for n, part in enumerate(parts[:-1], 1) if part.lower().endswith(".zarr")), None)
            name = path if zarr is None else "/".join(parts[:zarr])
            if zarr is not None:
                if name in self._zarrs:
                    continue
                self._zarrs.add(name)
            self._files.setdefault(name.rpartition("/")[0], []).append(name)

    def file_of(self, noted: Sequence[str], image: str) -> str | None:
        """The file that an image called ``image`` is read from, of the paths ``noted`` for it: files or folders."""
        files = [path for path in map(self._known, noted) if path]
        inside = [file for path in noted for file in self._files.get(path.rstrip("/"), ())] if not files else []
        return next(self._candidates([*files, *inside], image), None)

    def _known(self, path: str) -> str | None:
        clean = path.rstrip("/")
        if clean in self._sizes or clean in self._zarrs:
            return clean
        return next((zarr for zarr in self._zarrs if clean.startswith(zarr + "/")), None)

    @staticmethod
    def _candidates(files: Sequence[str], image: str) -> Iterator[str]:
        """Files, the one to open first: what describes a set, what the image is named after, what can be read."""
        yield from (file for file in files if file.lower().endswith(_SETS))
        yield from (file for file in files if image.startswith(PurePosixPath(file).name))
        yield from (file for file in files if may_be_read(file))
        yield from files
