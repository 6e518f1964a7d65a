"""What a document beside a file says of its images, written into the file's own document.

Rules: what the document says of name, description and date of an image replaces what the file says; annotations and
regions are added to the file's; of instrument, experimenter, settings, planes, sizes and colours only what the file
does not say is taken. Notes of a transfer between servers stay behind. IDs stay unique: what is added gets a new ID
where its own is taken.
"""

import re
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass

from publisher.formats.ome_xml.annotate import FreeIds, annotations_holder
from publisher.formats.ome_xml.engine import NS, Element, detach, local, new_root
from publisher.formats.ome_xml.packing import is_packing
from publisher.formats.ome_xml.refs import defined_kind, identified, is_well_formed, reached, referred_kind
from publisher.formats.ome_xml.sidecar import Sidecar
from publisher.formats.ome_xml.structure import insert
from publisher.formats.ome_xml.tree import OmeTree
from publisher.formats.ome_xml.upgrade import LATEST
from publisher.model.image import Image

_CONTAINERS = frozenset({"Project", "Dataset", "Folder", "Screen", "Plate", "Image"})
_REPLACED = ("AcquisitionDate", "Description")
_ADDED = ("ROIRef", "MicrobeamManipulationRef", "AnnotationRef")
_OF_INSTRUMENT = frozenset({"InstrumentRef", "ObjectiveSettings"})
_SHAPE = ("ID", "Type", "DimensionOrder", "SizeX", "SizeY", "SizeZ", "SizeC", "SizeT", "BigEndian", "Interleaved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """``tree`` is the document with all that was said; ``elements`` are its Images by series.

    ``added`` are the annotations that came to each image, in their order.
    """

    tree: OmeTree
    elements: tuple[Element, ...]
    added: tuple[tuple[Element, ...], ...]


def merged(own: OmeTree | None, images: Sequence[Image], sidecar: Sidecar, said: Sequence[Element | None]) -> Merged:
    """The document of a file with ``images``, and what ``said`` (Images of ``sidecar``, by series) adds to it.

    ``own`` is the file's own document, None when it has none; neither it nor ``sidecar`` is changed.
    """
    root = new_root("OME") if own is None else deepcopy(own.root)
    work = _Merge(root, sidecar)
    elements = _elements(root, images)
    added = [
        work.image(element, words) if words is not None else () for element, words in zip(elements, said, strict=True)
    ]
    name = sidecar.tree.name if own is None else own.name
    tree = OmeTree(
        name=name,
        release=LATEST if own is None else own.release,
        root=root,
        warnings=() if own is None else own.warnings,
        lost=() if own is None else own.lost,
    )
    return Merged(tree=tree, elements=tuple(elements), added=tuple(added))


def _elements(root: Element, images: Sequence[Image]) -> list[Element]:
    """The Image of each series: the one of its place, if that has its ID, else the one with its ID; made if need be."""
    found = root.findall(NS + "Image")
    by_id = {element.get("ID"): element for element in reversed(found)}
    ids = FreeIds(root)
    chosen: list[Element] = []
    for image in images:
        element = found[image.series] if image.series < len(found) else None
        if element is None or image.ome_id not in ("", element.get("ID")):
            element = by_id.get(image.ome_id)
        if element is None:
            element = new_root("Image")
            element.set("ID", ids.free(f"Image:{image.series}"))
            insert(root, element)
        chosen.append(element)
    return chosen


class _Merge:
    """Takes parts of a sidecar into a document, each once."""

    def __init__(self, root: Element, sidecar: Sidecar) -> None:
        self._root = root
        self._sidecar = sidecar
        self._ids = FreeIds(root)
        self._copies: dict[Element, Element] = {}
        self._renamed: dict[tuple[str, str], str] = {}

    def image(self, target: Element, words: Element) -> tuple[Element, ...]:
        """Write ``words`` into ``target``; the annotations that it got."""
        if words.get("Name", "").strip():
            target.set("Name", words.get("Name"))
        before = {child.tag for child in target}
        takes_instrument = NS + "InstrumentRef" not in before
        got: list[Element] = []
        for child in words:
            tag = local(child)
            if tag == "Pixels":
                self._pixels(target, child, takes_instrument=takes_instrument)
            elif tag in _REPLACED:
                _replace_text(target, child)
            elif tag == "AnnotationRef":
                if (annotation := self._annotation(child)) is not None:
                    got.append(annotation)
                    self._refer(target, child)
            elif tag in _ADDED or (takes_instrument if tag in _OF_INSTRUMENT else child.tag not in before):
                self._refer(target, child)
        return tuple(got)

    def _annotation(self, reference: Element) -> Element | None:
        found = self._sidecar.tree.find(reference.get("ID", ""))
        if found is None or is_packing(found):
            return None
        return self._part(found)

    def _refer(self, target: Element, child: Element) -> None:
        """Put a copy of ``child`` into ``target``, with all that it refers to."""
        insert(target, self._copied(child))

    def _copied(self, element: Element) -> Element:
        """A copy that belongs into the document, with all that it refers to."""
        for part in reached([element], self._sidecar.owners):
            if local(part) not in _CONTAINERS and not is_packing(part):
                self._part(part)
        copy = deepcopy(element)
        copy.tail = None
        self._rename(copy)
        return copy

    def _part(self, part: Element) -> Element:
        """The copy of a top-level part or an annotation of the sidecar, made when it is first asked for."""
        if part in self._copies:
            return self._copies[part]
        copy = deepcopy(part)
        copy.tail = None
        self._copies[part] = copy
        for element in _with_ids(copy):
            if not referred_kind(element):
                kind, identifier = defined_kind(local(element)), element.get("ID")
                self._renamed.setdefault((kind, identifier), self._ids.free(_well_formed(identifier, kind)))
        for other in reached([part], self._sidecar.owners):
            if local(other) not in _CONTAINERS and not is_packing(other):
                self._part(other)
        self._forget_packing(copy)
        self._rename(copy)
        if part.getparent() is self._sidecar.tree.root:
            insert(self._root, copy)
        else:
            annotations_holder(self._root).append(copy)
        return copy

    def _forget_packing(self, copy: Element) -> None:
        """Take out references to notes of a transfer, and what such a pack has in place of an attached file's bytes."""
        for reference in copy.findall(f".//{NS}AnnotationRef"):
            found = self._sidecar.tree.find(reference.get("ID", ""))
            if found is not None and is_packing(found):
                detach(reference)
                for data in copy.iterfind(f"{NS}BinaryFile/{NS}BinData"):
                    data.text = None
                    data.set("Length", "0")

    def _rename(self, copy: Element) -> None:
        for element in _with_ids(copy):
            kind = referred_kind(element) or defined_kind(local(element))
            identifier = element.get("ID")
            element.set("ID", self._renamed.get((kind, identifier), identifier))
        for element in copy.iter(f"{NS}*"):
            if annotator := element.get("Annotator"):
                element.set("Annotator", self._renamed.get(("Experimenter", annotator), annotator))

    def _pixels(self, target: Element, words: Element, *, takes_instrument: bool) -> None:
        pixels = target.find(NS + "Pixels")
        if pixels is None:
            pixels = new_root("Pixels")
            insert(target, pixels)
        _fill(pixels, words, but=_SHAPE)
        self._channels(pixels, words, takes_instrument=takes_instrument)
        if pixels.find(NS + "Plane") is None:
            for plane in words.iterfind(NS + "Plane"):
                self._refer(pixels, plane)

    def _channels(self, pixels: Element, words: Element, *, takes_instrument: bool) -> None:
        own = pixels.findall(NS + "Channel")
        for number, said in enumerate(words.iterfind(NS + "Channel")):
            if number == len(own):
                own.append(new_root("Channel"))
                own[-1].set("ID", self._ids.free(said.get("ID") or f"Channel:{number}"))
                insert(pixels, own[-1])
            channel = own[number]
            if said.get("Name", "").strip():
                channel.set("Name", said.get("Name"))
            _fill(channel, said, but=("ID",))
            before = {child.tag for child in channel}
            for child in said:
                if local(child) == "AnnotationRef":
                    if self._annotation(child) is not None:
                        self._refer(channel, child)
                elif takes_instrument and child.tag not in before:
                    self._refer(channel, child)


def _well_formed(identifier: str, kind: str) -> str:
    """``identifier`` as the schema wants it: packs of OMERO call regions "lsid:51"."""
    if is_well_formed(identifier, kind):
        return identifier
    return f"{kind}:{re.sub(r'[^A-Za-z0-9.-]+', '-', identifier) or '0'}"


def _with_ids(element: Element) -> list[Element]:
    """Every element of the model from ``element`` down that has an ID; itself first."""
    below = list(identified(element))
    return [element, *below] if element.get("ID") else below


def _fill(target: Element, words: Element, *, but: Iterable[str]) -> None:
    """Set the attributes that ``target`` does not have."""
    own = frozenset(target.attrib)
    for key, value in words.attrib.items():
        # A unit goes with its number.
        if key not in but and not key.startswith("{") and key.removesuffix("Unit") not in own and key not in own:
            target.set(key, value)


def _replace_text(target: Element, words: Element) -> None:
    text = (words.text or "").strip()
    if not text:
        return
    child = target.find(words.tag)
    if child is None:
        child = new_root(local(words))
        insert(target, child)
    child.text = text
