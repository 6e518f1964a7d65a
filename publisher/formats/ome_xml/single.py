"""Single-image documents cut from a fileset's OME-XML: the download beside an image page."""

from copy import deepcopy

from publisher.formats.ome_xml.annotation import unreferenced, xml_texts
from publisher.formats.ome_xml.engine import (
    NS,
    SCHEMA_LOCATION,
    Element,
    add,
    local,
    new_root,
    parse_xml,
    to_bytes,
)
from publisher.formats.ome_xml.planes import PlaneTable, plane_table
from publisher.formats.ome_xml.refs import owners_of, reached
from publisher.model.annotation import XmlText

_CONTAINERS = frozenset({"Project", "Dataset", "Folder", "Screen", "Plate"})


class ImageDocuments:
    """All single-image documents of one published document; it is read and indexed once."""

    def __init__(self, published: bytes) -> None:
        self._root = parse_xml(published, name="OME/METADATA.ome.xml")
        self._rights = self._root.find(NS + "Rights")
        self._images = self._root.findall(NS + "Image")
        self._owners = owners_of(self._root)
        self._rank = {part: number for number, part in enumerate(self._root.iterfind(f"{NS}StructuredAnnotations/*"))}
        self._rank |= {part: number for number, part in enumerate(self._root)}
        self._reached: tuple[int, list[Element]] = (-1, [])

    def __len__(self) -> int:
        return len(self._images)

    def document(self, number: int) -> bytes:
        """The OME-XML of image ``number`` (from 0) with all it refers to, and no other image. Valid like the whole.

        Containers (datasets, plates) are left out: they speak of other images. Annotations that nothing refers to
        speak of the whole file: the document of its only image has them.
        """
        parts = self._parts(number)
        annotations = [part for part in parts if part.getparent() is not self._root]
        root = self._shell()
        for part in parts:
            if part.getparent() is self._root:
                if local(part) == "ROI" and annotations:
                    self._add_annotations(root, annotations)
                    annotations = []
                root.append(deepcopy(part))
        if annotations:
            self._add_annotations(root, annotations)
        return to_bytes(root)

    def planes(self, number: int) -> PlaneTable | None:
        """The planes of image ``number``; None when they say nothing."""
        return plane_table(self._images[number])

    def xml_texts(self, number: int) -> tuple[XmlText, ...]:
        """The beginnings of the XML annotations that image ``number`` or anything of it refers to."""
        return xml_texts(part for part in self._parts(number) if part.getparent() is not self._root)

    def _parts(self, number: int) -> list[Element]:
        """Image ``number`` and all it refers to, in the document's order."""
        if self._reached[0] != number:
            image = self._images[number]
            found = reached([image, *self._loose()], self._owners) - {image}
            found.update(self._loose())
            parts = [part for part in found if local(part) not in _CONTAINERS and local(part) != "Image"]
            self._reached = number, sorted([*parts, image], key=self._rank.__getitem__)
        return self._reached[1]

    def _loose(self) -> tuple[Element, ...]:
        """Annotations that nothing refers to, where there is but one image."""
        return unreferenced(self._root) if len(self._images) == 1 else ()

    def _shell(self) -> Element:
        root = new_root("OME")
        for key in ("Creator", SCHEMA_LOCATION):
            if key in self._root.attrib:
                root.set(key, self._root.get(key))
        if self._rights is not None:
            root.append(deepcopy(self._rights))
        return root

    @staticmethod
    def _add_annotations(root: Element, annotations: list[Element]) -> None:
        holder = add(root, "StructuredAnnotations")
        holder.extend(map(deepcopy, annotations))


def image_document(published: bytes, number: int) -> bytes:
    """The OME-XML of one image; for many of one fileset use `ImageDocuments`."""
    return ImageDocuments(published).document(number)
