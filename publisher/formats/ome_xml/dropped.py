"""Which values of one document stand nowhere in another that was made of it: what an upgrade dropped.

Values are matched one to one, not by mere presence: a "1" that is gone is told even where another "1" stands. A
value counts as kept where the same thing (nearest element whose ID both documents know) still says it under its
name, or under the one that later releases have for it; words that can hardly be said by chance count as kept under
any name. In doubt a value is told: said twice is better than lost.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from publisher.formats.ome_xml.engine import Element, local

# How pixels lie in the source file; MetadataOnly says that they do not.
_LAYOUT = frozenset({"TiffData", "MetadataOnly"})
# IDs of people may be their names.
_PEOPLE = frozenset({"Experimenter", "Group", "ExperimenterGroup"})
_BY_CHANCE = re.compile(r"[-+.\dEe]*|true|false|.{1,3}")
# Names in lower case that a later release changed; those of references without Ref and Settings.
_LATER_NAMES = {
    "cx": "x",
    "cy": "y",
    "rx": "radiusx",
    "ry": "radiusy",
    "stroke": "strokecolor",
    "fill": "fillcolor",
    "exwave": "excitationwavelength",
    "emwave": "emissionwavelength",
    "posx": "positionx",
    "posy": "positiony",
    "pixelsizex": "physicalsizex",
    "pixelsizey": "physicalsizey",
    "pixelsizez": "physicalsizez",
    "tunable": "tuneable",
    "magnification": "nominalmagnification",
    "exfilter": "excitationfilter",
    "emfilter": "emissionfilter",
    "secondaryexcitationfilter": "excitationfilter",
    "secondaryemissionfilter": "emissionfilter",
    "group": "experimentergroup",
}
_REFERS = re.compile(r"(Ref|Settings|\ALeader|\AContact|\APump)\Z")
_GROUP = re.compile(r"(\A|:)Group:")
_HERE = "is here"


@dataclass(frozen=True, slots=True)
class Lost:
    """A value that the document has no place for: ``path`` says where it stood ("Shape Shape:0/@LineCap").

    ``image`` is the index of the image that it was said of, None when of none.
    """

    path: str
    value: str
    image: int | None = None


class _Said(NamedTuple):
    """A value of a document: who says it (an ID), in which element, as what; ``refers`` when it is another's ID."""

    owner: str
    tag: str
    name: str
    value: str
    refers: bool
    path: str
    image: int | None

    @property
    def later_name(self) -> str:
        if self.name == _HERE:
            return f"<{self.tag}>"
        name = (self.tag if self.name in ("", "ID") else self.name).lower()
        name = name.removesuffix("ref").removesuffix("settings")
        return _LATER_NAMES.get(name, name)

    @property
    def is_distinct(self) -> bool:
        """Whether hardly anything else says the same; who refers to whom matters with references."""
        return not (self.refers or self.name == _HERE or _BY_CHANCE.fullmatch(self.value))


_Key = Callable[[_Said], Hashable]


def _related(said: _Said) -> frozenset[str]:
    """Who refers to whom: Dataset/ProjectRef of early releases is Project/DatasetRef of later ones, or was both."""
    return frozenset((said.owner, _as_later(said.value))) if said.tag.endswith("Ref") and said.refers else frozenset()


# From the same words in the same place to the same words anywhere: later steps see what earlier ones leave.
_STEPS: tuple[_Key, ...] = (
    lambda said: (said.owner, said.tag, said.name, said.value),
    lambda said: (said.owner, said.later_name, _as_later(said.value) if said.refers else said.value),
)
_FAR_STEPS: tuple[_Key, ...] = (
    lambda said: (said.owner, said.value),
    lambda said: (said.tag, said.name, said.value),
    lambda said: (said.name, said.value),
    lambda said: said.value,
)


def dropped(source: Element, result: Element) -> tuple[Lost, ...]:
    """Values of ``source`` that ``result`` does not hold any more, in document order.

    Values are attributes, text, and empty elements that are there. How pixels lie in the file and the addresses of
    schemas are not looked at.
    """
    before, after = _ids(source), _ids(result)
    common = before & after
    left = list(_values(source, common, defined=frozenset(after), every=False))
    held = list(_values(result, common, defined=frozenset(before | after), every=True))
    order = {id(said): place for place, said in enumerate(left)}
    relations = {_related(said) for said in held} - {frozenset()}
    for step in _STEPS:
        left, held = _unmatched(left, held, step)
    left = [said for said in left if _related(said) not in relations]
    told = [said for said in left if said.is_distinct]
    for step in _FAR_STEPS:
        told, held = _unmatched(told, held, step)
    missing = sorted((*told, *(said for said in left if not said.is_distinct)), key=lambda said: order[id(said)])
    return tuple(Lost(said.path, "" if said.name == _HERE else said.value, said.image) for said in missing)


def _unmatched(left: list[_Said], held: list[_Said], key: _Key) -> tuple[list[_Said], list[_Said]]:
    """What is left of both when those of one key are matched one to one."""
    free = Counter(map(key, held))
    taken: Counter[Hashable] = Counter()
    still = []
    for said in left:
        if free[(found := key(said))] > taken[found]:
            taken[found] += 1
        else:
            still.append(said)
    rest = []
    for said in held:
        if taken[(found := key(said))]:
            taken[found] -= 1
        else:
            rest.append(said)
    return still, rest


def _as_later(identifier: str) -> str:
    """Group became ExperimenterGroup in 2012-06, with that before the ID that it had."""
    return f"ExperimenterGroup:{identifier}" if _GROUP.search(identifier) else identifier


def _ids(root: Element) -> set[str]:
    found = {element.get("ID") for element in root.iterfind(".//*[@ID]") if not _REFERS.search(local(element))}
    return found | {_as_later(identifier) for identifier in found}


def _values(root: Element, common: set[str], *, defined: frozenset[str], every: bool) -> Iterator[_Said]:
    walk = _Walk(common, defined, every=every)
    number = 0
    for part in root:
        is_image = local(part) == "Image"
        yield from walk.below(part, "", local(part), number if is_image else None)
        number += is_image
    yield from walk.own(root, "", "OME", None)


class _Walk:
    """Values below elements; IDs that are ``defined`` in the result are no news. ``every`` element is said to be."""

    def __init__(self, common: set[str], defined: frozenset[str], *, every: bool) -> None:
        self._common = common
        self._defined = defined
        self._every = every

    def below(self, element: Element, owner: str, path: str, image: int | None) -> Iterator[_Said]:
        """Depth is bounded by the reader's limit (64)."""
        tag, identifier = local(element), element.get("ID", "")
        if tag in _LAYOUT or (tag == "BinData" and local(element.getparent()) == "Pixels"):
            return
        if identifier and not _REFERS.search(tag):
            later = _as_later(identifier) if tag == "Group" else identifier
            owner = later if later in self._common else owner
            path = tag if tag in _PEOPLE else f"{tag} {identifier}"
        yield from self.own(element, owner, path, image)
        for child in element:
            yield from self.below(child, owner, f"{path}/{local(child)}", image)

    def own(self, element: Element, owner: str, path: str, image: int | None) -> Iterator[_Said]:
        """Attributes and text of ``element`` itself, as far as they say something."""
        tag = local(element)
        for key, value in element.attrib.items():
            name, value = key.rpartition("}")[2], " ".join(value.split())
            refers = bool(
                _REFERS.search(name) or (name == "ID" and _REFERS.search(tag)) or tag in ("Leader", "Contact")
            )
            defines = name == "ID" and not refers and (tag in _PEOPLE or _as_later(value) in self._defined)
            if not defines and name != "schemaLocation" and (tag, name) != ("Pixels", "BigEndian"):
                yield _Said(owner, tag, name, value, refers, f"{path}/@{name}", image)
        loose = (element.text, *(child.tail for child in element))
        if text := " ".join(" ".join(filter(None, loose)).split()):
            yield _Said(owner, tag, "", text, tag == "Link", path, image)
        if self._every or not (text or element.attrib or len(element)):
            yield _Said(owner, tag, _HERE, "", False, path, image)
