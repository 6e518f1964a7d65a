"""Does a published document say all that its source says? Compared by the standard library alone.

A *fact* is a path of element names and a value: an attribute, a text, or an empty element that is there. Facts are
counted: ten exposures of 0.1 s must be ten. A fact of the source is accounted for when, in this order,

1. it stands at the same path in the published document, or where a rule of `lossless_rules` says that its
   release's values stand now; references are followed through the IDs that were given anew;
2. it is told in an annotation that publishing adds: what was replaced, what release 2016-06 has no place for, what
   the schema refuses (namespaces ``publisher/...``; values as they were, elements as XML).

Whatever is left is lost, and a test fails. Comments and processing instructions are no facts: OME-XML gives them no
meaning, and a parser need not even report them (XML 1.0, 2.5 and 2.6).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from xml.etree import ElementTree

from tests.formats.lossless_rules import GIVEN_ANEW, INVERTED, LAYOUT, MOVES

OME = re.compile(r"\{http://www\.openmicroscopy\.org/[^}]*\}")
OURS = "publisher/"
SPLIT = re.compile("OME/(?:Image|Plate)(?:/|$)")
"""Parts of a document of which each is in one fileset."""

Facts = Counter[tuple[str, str]]
Element = ElementTree.Element


def lost(source: bytes, *published: bytes) -> list[tuple[str, str]]:
    """Facts of ``source`` that none of ``published`` accounts for: path and value, as often as they are missing.

    Several documents are those of one source's filesets: each image and plate is in one of them, what they share in
    all.
    """
    root, results = _root(source), [_root(each) for each in published]
    stands: Facts = Counter()
    told: Facts = Counter()
    mended: dict[str, str] = {}
    for result in results:
        mended |= _mended(result) | _renumbered(result)
        shared, own = _taken_out(result)
        stands = _together(stands, facts(result) + Counter((path, "") for path in _paths(result)))
        told = (told | shared) + own
    wanted = facts(root)
    found = _Ledger(wanted, stands)
    found.settle_identities(mended | _identities(root, results))
    found.settle_in_place()
    found.settle_moved()
    found.settle_inverted(root, results)
    found.settle_told(told)
    return sorted(found.missing.elements())


def facts(root: Element) -> Facts:
    """All facts of a document, but for those about how its pixels lie in it."""
    return Counter(fact for fact in _below(root, _name(root), False) if not LAYOUT.fullmatch(fact[0]))


def _together(one: Facts, other: Facts) -> Facts:
    """Facts of two filesets of a source: those of images and plates add up, of what they share one says it all."""
    ours = Counter({fact: count for fact, count in one.items() if not SPLIT.match(fact[0])})
    theirs = Counter({fact: count for fact, count in other.items() if not SPLIT.match(fact[0])})
    return (one - ours) + (other - theirs) + (ours | theirs)


def _paths(root: Element) -> Iterator[str]:
    return (path for path, records in _records(root).items() for _ in records)


def disordered(source: bytes, published: bytes) -> list[str]:
    """Paths of a 2016-06 document whose elements do not stand in the published one in their order, each as a whole.

    An element stands there as a whole when one published element has all of its values, but for IDs (references are
    followed by `lost`) and what is told in an annotation.
    """
    root, result = _root(source), _root(published)
    told = Counter[tuple[str, str]]()
    for said in _taken_out(result):
        told += said
    there = _records(result)
    return [path for path, wanted in _records(root).items() if not _in_order(wanted, there[path], told)]


def _root(document: bytes) -> Element:
    return ElementTree.fromstring(document.strip(b"\0"))  # collections that are trusted, and our own output


def _name(element: Element, *, foreign: bool = False) -> str:
    """Name without namespace; inside XML annotations with it, but for OME's: content may not slip into OME's."""
    name = element.tag.rpartition("}")[2]
    if not foreign or name == element.tag or OME.match(element.tag):
        return name
    return element.tag


def _words(text: str | None) -> str:
    return " ".join((text or "").split())


def _own(element: Element, path: str) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        yield f"{path}/@{key.rpartition('}')[2]}", _words(value)
    text = _words(" ".join(filter(None, (element.text, *(child.tail for child in element)))))
    if text or not (element.attrib or len(element)):
        yield path, text


def _below(element: Element, path: str, foreign: bool) -> Iterator[tuple[str, str]]:
    yield from _own(element, path)
    foreign = foreign or (path.lower().endswith("xmlannotation/value"))
    for child in element:
        yield from _below(child, f"{path}/{_name(child, foreign=foreign)}", foreign)


def _taken_out(result: Element) -> tuple[Facts, Facts]:
    """What the annotations that publishing added tell, as (last part of the path, value); they leave the tree.

    First what they tell of the whole source, then what of single images.
    """
    shared: Facts = Counter()
    own: Facts = Counter()
    for holder in result.findall("{*}StructuredAnnotations"):
        for annotation in list(holder):
            identifier = annotation.get("ID", "")
            if annotation.get("Namespace", "").startswith(OURS) and "publisher-" in identifier:
                holder.remove(annotation)
                for pair in annotation.iter():
                    if pair.tag.endswith("}M"):
                        told = own if identifier[-1].isdecimal() else shared
                        told.update(_told(pair.get("K", ""), pair.text or ""))
    return shared, own


def _told(key: str, text: str) -> Iterator[tuple[str, str]]:
    leaf = re.split(r"[/ ]", key)[-1]
    yield leaf, _words(text)
    if text.startswith("<"):
        try:
            kept = ElementTree.fromstring(text)
        except ElementTree.ParseError:
            return
        for path, value in _below(kept, _name(kept), False):
            yield path.rpartition("/")[2], value


def _mended(result: Element) -> dict[str, str]:
    """IDs that could not stay, with those that stand for them: "Detector Detector:Camera/@ID" was "Camera"."""
    pairs = [(pair.get("K", ""), pair.text or "") for pair in result.iter() if pair.tag.endswith("}M")]
    kept = {element.get("ID") for element in result.iter()}
    renamed = [(old, re.fullmatch(r"\w+ ([^/\s]+)/@ID", key)) for key, old in pairs if old not in kept]
    return {old: found[1] for old, found in renamed if found}


def _renumbered(result: Element) -> dict[str, str]:
    """IDs of images in the source and in the published document, which names the old one in an annotation."""
    told = {annotation.get("ID"): annotation for annotation in result.findall("{*}StructuredAnnotations/*")}
    renamed = {}
    for image in result.findall("{*}Image"):
        for reference in image.findall("{*}AnnotationRef"):
            annotation = told.get(reference.get("ID"))
            if annotation is not None and annotation.get("Namespace") == "publisher/source":
                (old, *_) = [pair.text or "" for pair in annotation.iter() if pair.get("K") == "Image/@ID"] or [""]
                renamed[old] = image.get("ID", "")
    return renamed


def _identities(root: Element, results: list[Element]) -> dict[str, str]:
    """Old and new IDs of people, who are numbered in document order."""
    renamed: dict[str, str] = {}
    for old, new in (
        ("Experimenter", "Experimenter"),
        ("ExperimenterGroup", "ExperimenterGroup"),
        ("Group", "ExperimenterGroup"),
    ):
        pairs = zip(root.findall(f"{{*}}{old}"), results[0].findall(f"{{*}}{new}"), strict=False)
        for before, after in pairs:
            renamed.setdefault(before.get("ID", ""), after.get("ID", ""))
    return renamed


def _references(root: Element, path: str) -> Iterator[tuple[str, str]]:
    """IDs of what refers and of what it refers to, for a path such as OME/Project/DatasetRef."""
    _, tag, reference = path.split("/")
    for element in root.findall(f"{{*}}{tag}"):
        for found in element.findall(f"{{*}}{reference}"):
            yield element.get("ID", ""), found.get("ID", "")


class _Ledger:
    """Facts still missing from what stands, settled rule by rule."""

    def __init__(self, wanted: Facts, stands: Facts) -> None:
        self.missing = wanted
        self._stands = stands
        self._renamed: dict[str, str] = {}

    def settle_identities(self, renamed: dict[str, str]) -> None:
        """IDs given anew are none of the source's facts; references to them are followed from here on."""
        self._renamed = renamed
        for fact in [fact for fact in self.missing if GIVEN_ANEW.fullmatch(fact[0])]:
            del self.missing[fact]

    def settle_in_place(self) -> None:
        for path, value in list(self.missing):
            self._settle((path, value), (path, self._now(path, value)))

    def settle_moved(self) -> None:
        places = self._places()
        for path, value in list(self.missing):
            for target in filter(None, (move.targets(path) for move in MOVES)):
                now = self._now(path, value)
                for place in places[now]:
                    if target.fullmatch(place):
                        self._settle((path, value), (place, now))

    def settle_inverted(self, root: Element, results: list[Element]) -> None:
        """A part that said what holds it is now named by that."""
        for before, after in INVERTED.items():
            held = {(holder, part) for result in results for holder, part in _references(result, after)}
            for part, holder in _references(root, before):
                now = self._renamed.get(part, part), self._renamed.get(holder, holder)
                if (now[1], now[0]) in held and self.missing[f"{before}/@ID", holder]:
                    self._less((f"{before}/@ID", holder), 1)

    def settle_told(self, told: Facts) -> None:
        leaves: dict[str, set[str]] = defaultdict(set)
        for leaf, value in told:
            leaves[value].add(leaf)
        for path, value in list(self.missing):
            patterns = [re.escape(path), *(found.pattern for move in MOVES if (found := move.targets(path)))]
            wanted = [pattern.rpartition("/")[2] for pattern in patterns]
            for now in {value, self._renamed.get(value, value)}:
                for leaf in leaves[now]:
                    if any(re.fullmatch(each, leaf) for each in wanted):
                        count = min(self.missing[path, value], told[leaf, now])
                        told[leaf, now] -= count
                        self._less((path, value), count)

    def _now(self, path: str, value: str) -> str:
        """``value`` under the ID that its thing has now, if it refers to one."""
        leaf = path.rpartition("/")[2]
        return self._renamed.get(value, value) if leaf in ("@ID", "@Annotator", "Link") else value

    def _places(self) -> dict[str, list[str]]:
        places: dict[str, list[str]] = defaultdict(list)
        for path, value in self._stands:
            places[value].append(path)
        return places

    def _settle(self, fact: tuple[str, str], stands: tuple[str, str]) -> None:
        count = min(self.missing[fact], self._stands[stands])
        self._stands[stands] -= count
        self._less(fact, count)

    def _less(self, fact: tuple[str, str], count: int) -> None:
        self.missing[fact] -= count
        if not self.missing[fact]:
            del self.missing[fact]


Record = dict[str, str]


def _records(root: Element) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)

    def gather(element: Element, path: str, foreign: bool) -> None:
        record = {fact.rpartition("/")[2]: value for fact, value in _own(element, path)}
        if not LAYOUT.fullmatch(path) or path == "OME/Image":
            found[path].append(record)
            foreign = foreign or path.lower().endswith("xmlannotation/value")
            for child in element:
                gather(child, f"{path}/{_name(child, foreign=foreign)}", foreign)

    gather(root, _name(root), False)
    return found


def _in_order(wanted: list[Record], there: list[Record], told: Facts) -> bool:
    """Whether ``wanted`` is a subsequence of ``there``, but for elements that are told as a whole."""
    rest = iter(there)
    kept = [record for record in wanted if not (record and _covers({}, record, told))]
    return all(any(_covers(each, record, told) for each in rest) for record in kept)


def _covers(there: Record, wanted: Record, told: Facts) -> bool:
    return all(
        there.get(leaf) == value or leaf in ("@ID", "@Annotator", "@BigEndian") or told[leaf, value]
        for leaf, value in wanted.items()
    )
