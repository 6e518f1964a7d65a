"""Every OME-XML document of the collection of real files: as files, in OME-TIFFs, in OME-Zarr, in transfer packs."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import tifffile

TOO_OLD = "RC4-Sample.ome"
"""A draft of before the first release, which is refused."""


def documents(corpus: Path) -> Iterator[tuple[str, bytes]]:
    """Names in the collection and bytes, in the order of names."""
    for path in sorted(corpus.rglob("*")):
        name = path.relative_to(corpus).as_posix()
        if path.name.endswith((".ome", ".ome.xml", "transfer.xml")) and path.name != TOO_OLD:
            yield name, path.read_bytes()
        elif path.name.endswith((".tif", ".tiff")):
            yield from ((name, document) for document in _in_tiff(path))
        elif path.suffix == ".zip":
            yield from ((f"{name}!{inside}", document) for inside, document in _in_zip(path))


def _in_tiff(path: Path) -> Iterator[bytes]:
    """The description of the first page, if it is OME-XML and not only the name of the file that has it."""
    try:
        with tifffile.TiffFile(path, _multifile=False) as file:
            description = file.pages[0].tags.valueof("ImageDescription") if file.is_ome else None
    except (tifffile.TiffFileError, OSError, IndexError):
        return
    if isinstance(description, str) and "<BinaryOnly" not in description:
        yield description.encode()


def _in_zip(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith((".ome.xml", "transfer.xml")):
                yield name, archive.read(name)
