"""The OME-XML of a published fileset: the source's own document, describing the arrays that are published.

Rules (OME-Zarr publishing, rule 2): image IDs are ``Image:<path>``, the path being the series (napari-ome-zarr finds an
image by that number), on a plate ``Image:<n>``, n being the place in the fileset's series; references follow;
sizes, type and channels are the arrays'; there is no TiffData and no BinData; what was replaced stands in one
annotation of namespace `REPLACED` per image; what the curator gave is added; what `Redaction` calls private is
taken out; everything else stays. The result is always valid against schema 2016-06.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from publisher.errors import Problem
from publisher.formats.ome_xml.annotate import FreeIds, add_map, annotations_holder, refer
from publisher.formats.ome_xml.clean import warning
from publisher.formats.ome_xml.describe import PublishedImage, describe
from publisher.formats.ome_xml.engine import (
    NS,
    OME,
    SCHEMA_LOCATION,
    Element,
    add,
    detach,
    indent,
    local,
    new_root,
    tidy_namespaces,
    to_bytes,
    to_text,
)
from publisher.formats.ome_xml.mend import KEPT, mend
from publisher.formats.ome_xml.plate_publish import drop_plates, drop_samples, write_plate
from publisher.formats.ome_xml.redact import redact
from publisher.formats.ome_xml.refs import owners_of, reached
from publisher.formats.ome_xml.roi import roi_element
from publisher.formats.ome_xml.structure import insert
from publisher.formats.ome_xml.text import writable
from publisher.formats.ome_xml.tree import OmeTree
from publisher.formats.redaction import Redaction
from publisher.model.annotation import CURATED, maps_of
from publisher.model.plate_layout import PlateLayout

REPLACED = "publisher/source"
"""Namespace of the source's own values that the published ones replace; key: where they stood."""
LOST = "publisher/upgrade"
"""Namespace of the source's values that release 2016-06 has no place for; key: where they stood."""

__all__ = ["KEPT", "LOST", "REPLACED", "PublishedDocument", "PublishedImage", "published_document"]


@dataclass(frozen=True, slots=True)
class PublishedDocument:
    """``data`` is the document; ``problems`` (warnings) say what was taken out, mended or kept in words."""

    data: bytes
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPlates:
    """What a fileset holds of the source's plates.

    ``layout`` is that of the plate which the fileset is, with all of the published images; None when it is none.
    ``elsewhere`` are IDs of plates that are filesets of their own; ``images_elsewhere`` counts the source's images that
    are published in other filesets.
    """

    layout: PlateLayout | None = None
    elsewhere: tuple[str, ...] = ()
    images_elsewhere: int = 0


def published_document(
    tree: OmeTree | None,
    images: Sequence[PublishedImage],
    *,
    privacy: Redaction,
    creator: str,
    plates: PublishedPlates = PublishedPlates(),  # a frozen value
) -> PublishedDocument:
    """OME/METADATA.ome.xml of one fileset.

    ``tree`` is the source's document, None when it has none: then the model alone is written. ``images`` are
    the published ones in the order of the fileset's series; images of ``tree`` that are not among them are
    left out with whatever belongs to them alone. ``creator`` names this program and its version. ``tree`` is
    not changed.
    """
    name = "OME/METADATA.ome.xml" if tree is None else tree.name
    bare = writable(tuple(replace(image, regions=()) for image in images))  # regions are made writable one by one
    images = [replace(image, regions=given.regions) for image, given in zip(bare, images, strict=True)]
    root = new_root("OME") if tree is None else deepcopy(tree.root)
    for pointer in root.findall(NS + "BinaryOnly"):
        root.remove(pointer)
    if tree is not None and tree.lost:
        _keep_lost(root, tree)
    chosen, left_out = _chosen(root, images)
    problems = _left_out(root, left_out, name, plates.images_elsewhere)
    drop_plates(root, plates.elsewhere)
    problems += redact(root, privacy, name=name)
    _number(root, chosen, images, privacy)
    _write_plate(root, plates.layout, images, privacy)
    origin = [(f"OME/@{key}", root.attrib.pop(key)) for key in ("UUID", "Creator") if key in root.attrib]
    _annotate(root, origin if tree is not None else [])
    valid, mended = mend(root, name=name)
    problems += mended
    if not valid:
        problems.append(_unmendable(name))
        root = _from_model(root, images, privacy, plates.layout)
    root.set("Creator", creator)
    root.set(SCHEMA_LOCATION, f"{OME} {OME}/ome.xsd")
    return PublishedDocument(_written(root), tuple(problems))


def _keep_lost(root: Element, tree: OmeTree) -> None:
    """What reading had to take out, before anything is redacted: an annotation for each image, one for the rest."""
    images, ids, kept = root.findall(NS + "Image"), FreeIds(root), annotations_holder(root)
    for image in sorted({lost.image for lost in tree.lost}, key=lambda image: -1 if image is None else image):
        wanted = "Annotation:publisher-upgrade" + ("" if image is None else f"-{image}")
        pairs = [(lost.path, lost.value) for lost in tree.lost if lost.image == image]
        annotation = add_map(kept, ids.free(wanted), LOST, pairs)
        if image is not None and image < len(images):
            refer(images[image], annotation)


def _chosen(root: Element, images: Sequence[PublishedImage]) -> tuple[list[Element | None], list[Element]]:
    """For each published image its element: the one of its series, if that has its ID, else the one with its ID."""
    elements = root.findall(NS + "Image")
    by_id = {element.get("ID"): element for element in reversed(elements)}
    chosen: list[Element | None] = []
    taken: set[Element] = set()
    for published in images:
        identifier, series = published.image.ome_id, published.series
        element = elements[series] if series < len(elements) else None
        if element is None or identifier not in ("", element.get("ID")):
            element = by_id.get(identifier)
        chosen.append(None if element in taken else element)
        taken.update([] if element is None else [element])
    return chosen, [element for element in elements if element not in taken]


def _left_out(root: Element, images: list[Element], name: str, elsewhere: int) -> list[Problem]:
    """Remove images that are not published, references to them, and what only they refer to."""
    if not images:
        return []
    owners = owners_of(root)
    gone = set(images)
    lost = {image.get("ID") for image in images} - {
        element.get("ID") for element in root.iterfind(NS + "Image") if element not in gone
    }
    candidates = reached(images, owners) - gone
    for image in images:
        root.remove(image)
    lost_references = [reference for reference in root.iter(NS + "ImageRef") if reference.get("ID") in lost]
    drop_samples(root, [part.getparent() for part in lost_references if local(part.getparent()) == "WellSample"])
    for reference in lost_references:
        detach(reference)
    needed = reached(
        [part for part in root if part not in candidates and local(part) != "StructuredAnnotations"], owners
    )
    for part in candidates - needed:
        if local(part) not in ("Project", "Dataset", "Folder", "Screen", "Plate"):
            part.getparent().remove(part)
    count = len(images) - elsewhere
    if count <= 0:
        return []
    return [warning(name, f"{count} images are not published: left out of the OME-XML", code="ome-xml.images-left-out")]


def _write_plate(
    root: Element, layout: PlateLayout | None, images: Sequence[PublishedImage], privacy: Redaction
) -> None:
    if layout:
        write_plate(root, layout, {each.series: f"Image:{each.number}" for each in images}, privacy)


def _number(root: Element, chosen: list[Element | None], images: Sequence[PublishedImage], privacy: Redaction) -> None:
    """Images in their order under their new IDs, ``Image:<number>``, each described as it is published."""
    renamed: dict[str, str] = {}
    placed: list[Element] = []
    pairs: list[list[tuple[str, str]]] = []
    for element, published in zip(chosen, images, strict=True):
        number = published.number
        if element is None:
            element = add(root, "Image")
        else:
            renamed.setdefault(element.get("ID", ""), f"Image:{number}")
        root.remove(element)
        pairs.append(describe(element, published, number, privacy))
        placed.append(element)
    for reference in root.iter(NS + "ImageRef"):
        reference.set("ID", renamed.get(reference.get("ID", ""), reference.get("ID", "")))
    for element in reversed(placed):
        _place(root, element)
    holder = annotations_holder(root)
    ids = FreeIds(root)
    for published, element, replaced in zip(images, placed, pairs, strict=True):
        number = published.number
        if replaced:
            refer(element, add_map(holder, ids.free(f"Annotation:publisher-source-{number}"), REPLACED, replaced))
        _add_regions(root, element, published, ids)
        for group in maps_of(published.pairs):
            curated = [(pair.key, pair.value) for pair in group.pairs]
            identifier = ids.free(f"Annotation:publisher-curated-{number}")
            refer(element, add_map(holder, identifier, group.namespace or CURATED, curated))
    if not len(holder):
        root.remove(holder)


def _add_regions(root: Element, image: Element, published: PublishedImage, ids: FreeIds) -> None:
    """Regions of files beside the source, with references to them."""
    for roi in published.regions:
        element = roi_element(roi)
        for part in (element, *element.iterfind(f"{NS}Union/*")):
            part.set("ID", ids.free(part.get("ID")))
        insert(root, element)
        reference = new_root("ROIRef")
        reference.set("ID", element.get("ID"))
        insert(image, reference)


def _place(root: Element, image: Element) -> None:
    """Before the first Image: called from the last to the first."""
    first = root.find(NS + "Image")
    if first is None:
        insert(root, image)
    else:
        first.addprevious(image)


def _annotate(root: Element, origin: Sequence[tuple[str, str]]) -> None:
    """Who wrote the source, and as what document, goes where each image's replaced values stand."""
    if not origin:
        return
    by_id = {found.get("ID"): found for found in root.iterfind(f"{NS}StructuredAnnotations/{NS}MapAnnotation")}
    for image in root.iterfind(NS + "Image"):
        for reference in image.iterfind(NS + "AnnotationRef"):
            annotation = by_id.get(reference.get("ID"))
            if annotation is not None and reference.get("ID", "").startswith("Annotation:publisher-source-"):
                for key, text in origin:
                    add(annotation.find(NS + "Value"), "M", text, K=key)


def _from_model(
    root: Element, images: Sequence[PublishedImage], privacy: Redaction, layout: PlateLayout | None
) -> Element:
    """A document from the model alone that carries the unmendable one as text."""
    made = new_root("OME")
    _number(made, [None] * len(images), images, privacy)
    _write_plate(made, layout, images, privacy)
    comment = add(annotations_holder(made), "CommentAnnotation", ID="Annotation:publisher-not-valid", Namespace=KEPT)
    add(comment, "Value", to_text(root))
    return made


def _unmendable(name: str) -> Problem:
    return warning(
        name,
        "the source's OME-XML cannot be made valid: the published one is made from what was read of it and "
        "carries the source's as text",
        code="ome-xml.unmendable",
    )


def _written(root: Element) -> bytes:
    """Indented, but for the content of XML annotations, which stays as it is."""
    tidy_namespaces(root)
    values = root.findall(f".//{NS}XMLAnnotation/{NS}Value")
    contents = [(value.text, list(value)) for value in values]
    for value in values:
        for child in value:
            value.remove(child)
    indent(root)
    for value, (text, children) in zip(values, contents, strict=True):
        value.text = text
        value.extend(children)
    root.tail = None
    return to_bytes(root)
