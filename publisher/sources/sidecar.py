"""The OME-XML document beside a source, read and brought together with the source's own."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import Problem, SourceError, refusal
from publisher.formats.ome_xml.guard import Limits, refused
from publisher.model.image import Image
from publisher.sources.protocol import ImageSource

if TYPE_CHECKING:  # parsing costs lxml, which an address alone does not need
    from publisher.formats.ome_xml.sidecar import Sidecar
    from publisher.formats.ome_xml.tree import OmeTree


@dataclass(frozen=True, slots=True, kw_only=True)
class SidecarAddress:
    """Where the document is, and which of its Images (by ID or name) the source holds, in the order of its series."""

    path: Path
    images: tuple[str, ...] = ()

    def stamp(self) -> tuple[str, int, int]:
        """Path, size and time in ns of the document; -1 for both while it is not there."""
        try:
            status = self.path.stat()
        except OSError:
            return str(self.path), -1, -1
        return str(self.path), status.st_size, status.st_mtime_ns

    def read(self) -> "Sidecar":
        """Parse it; raises SourceError for what cannot be read or is no OME-XML."""
        return _parsed(*self.stamp())


@lru_cache(maxsize=1)
def _parsed(name: str, _size: int, _time_ns: int) -> "Sidecar":
    """The document as it was then. This process keeps the last: one may speak of thousands of files."""
    from publisher.formats.ome_xml.sidecar import Sidecar  # late, as above
    from publisher.formats.ome_xml.tree import parse

    most = Limits().size
    try:
        with Path(name).open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise SourceError(refusal(error, name)) from error
    if len(data) > most:
        raise refused(name, f"OME-XML of more than {most:,} bytes", code="ome-xml.too-large")
    return Sidecar(parse(data, name=name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a document beside a source says: the two documents as one, the images as it describes them, warnings."""

    tree: "OmeTree"
    images: tuple[Image, ...]
    warnings: tuple[Problem, ...]


def told(source: ImageSource, address: SidecarAddress, path: str) -> Told:
    """Bring together the document of ``source``, opened from ``path``, and the one at ``address``.

    Raises SourceError when that cannot be read, or has no Image of a name that ``address`` gives.
    """
    from publisher.formats.ome_xml.described import described  # late, as above
    from publisher.formats.ome_xml.merge import merged
    from publisher.formats.ome_xml.tree import parse

    images, data = tuple(source.images()), source.document()
    own = parse(data, name=path) if data else None
    sidecar = address.read()
    said, unmatched = sidecar.images_for(images, path, address.images)
    both = merged(own, images, sidecar, said)
    pairs = enumerate(zip(images, said, strict=True))
    return Told(
        tree=both.tree,
        images=tuple(described(image, number, both, words) for number, (image, words) in pairs),
        warnings=(*sidecar.tree.warnings, *unmatched),
    )
