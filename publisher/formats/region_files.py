"""Files with regions, of any format: which one it is, and what it holds for one image."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from publisher.errors import DamagedSourceError, Problem
from publisher.formats.geojson import read_geojson
from publisher.formats.imagej_roi import StackSizes, read_roi_file
from publisher.formats.ome_xml.engine import Element
from publisher.formats.ome_xml.roi import has_mask, read_rois, roi_elements
from publisher.formats.ome_xml.tree import OmeTree, parse
from publisher.model.roi import ROI

Found = tuple[tuple[ROI, ...], tuple[Problem, ...]]


def read_region_file(data: bytes, *, name: str, sizes: StackSizes, images: Sequence[str]) -> Found:
    """Regions in a file for one image, and warnings; told by the first bytes. Raises DamagedSourceError.

    ``sizes`` are the image's; ``images`` are its names, by which an OME-XML document with several images knows it.
    """
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if data[:4] == b"Iout" or data[:2] == b"PK":
        return read_roi_file(data, sizes, name=name), ()
    if start[:1] in (b"{", b"["):
        return read_geojson(data, name=name), ()
    if start[:1] == b"<":
        tree = parse(data, name=name)
        rois, problems = read_rois(tree, _image(tree, images))
        return rois, (*tree.warnings, *problems)
    message = "is no file with regions that can be read"
    hint = "expected ImageJ's .roi or RoiSet.zip, GeoJSON or OME-XML"
    raise DamagedSourceError(Problem(code="regions.unknown-format", path=name, message=message, hint=hint))


def _image(tree: OmeTree, names: Sequence[str]) -> Element:
    found = tree.images()
    if len(found) == 1:
        return found[0]
    for name in names:
        for image in found:
            if name and name in (image.get("Name"), image.get("ID")):
                return image
    message = f"holds {len(found)} images, none of which is called {' or '.join(map(repr, filter(None, names)))}"
    hint = "name one of them by `name:` or in images.csv as the document does"
    raise DamagedSourceError(Problem(code="regions.no-such-image", path=tree.name, message=message, hint=hint))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageWithRegions:
    """An image that an OME-XML document has regions for, and how many of these have masks."""

    ome_id: str
    name: str
    masks: int


def images_with_regions(data: bytes, *, name: str) -> tuple[ImageWithRegions, ...]:
    """Each image of an OME-XML document that has regions; none for files of other formats."""
    if not data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return ()
    tree = parse(data, name=name)
    found = ((each, roi_elements(tree, each)) for each in tree.images())
    return tuple(
        ImageWithRegions(ome_id=each.get("ID", ""), name=each.get("Name", ""), masks=sum(map(has_mask, rois)))
        for each, rois in found
        if rois
    )


@dataclass(frozen=True, slots=True)
class Origin:
    """Regions and the file they come from, whose name becomes part of IDs that are made up."""

    file: str
    rois: tuple[ROI, ...]


class RegionIds:
    """IDs of regions and shapes: each is given once in a document, and those of a source are kept."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._last: Counter[str] = Counter()

    def added(self, origin: Origin, known: Sequence[ROI]) -> tuple[ROI, ...]:
        """Regions of a file beside those that are ``known``, with IDs that are free; the same ones are left out."""
        same = {roi.id: roi for roi in known}
        found = []
        for number, roi in enumerate(origin.rois, start=1):
            if roi.id and same.get(roi.id) == roi:
                continue
            identifier = self._free(_as_id("ROI", roi.id) if roi.id else f"ROI:{origin.file}:{number}")
            base = identifier.partition(":")[2]
            shapes = tuple(
                replace(shape, id=self._free(_as_id("Shape", shape.id) if shape.id else f"Shape:{base}:{place}"))
                for place, shape in enumerate(roi.shapes, start=1)
            )
            found.append(replace(roi, id=identifier, shapes=shapes))
        return tuple(found)

    def _free(self, wanted: str) -> str:
        identifier = wanted
        while identifier in self._taken:
            self._last[wanted] += 1
            identifier = f"{wanted}-{self._last[wanted] + 1}"
        self._taken.add(identifier)
        return identifier


def _as_id(kind: str, said: str) -> str:
    """``said`` as OME wants an ID: "ROI:3"; its own form is kept where it has it."""
    said = "".join(said.split())
    return said if said.startswith((f"{kind}:", "urn:lsid:")) else f"{kind}:{said}"
