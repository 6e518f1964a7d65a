"""OME-XML of any release as one kind of tree: checked, cleaned, upgraded to 2016-06.

Read it with `parse`, walk it with the methods of `OmeTree`, write it with `serialize`.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from publisher.errors import Problem, UnsupportedFormatError
from publisher.formats.ome_xml.clean import adopted, cleaned, warning
from publisher.formats.ome_xml.dropped import Lost
from publisher.formats.ome_xml.engine import (
    NS,
    OME,
    Element,
    local,
    parse_xml,
    schema,
    to_bytes,
)
from publisher.formats.ome_xml.guard import Limits, guarded, may_have_attributes, refused
from publisher.formats.ome_xml.upgrade import LATEST, NEXT_RELEASE, upgraded

_FOUNDATION = "http://www.openmicroscopy.org/XMLschemas/OME/FC/ome.xsd"
_SCHEMAS = OME.removesuffix(LATEST)
# Bio-Formats 5.0 wrote drafts of the release after 2013-06; their documents are read as 2013-06.
_DRAFT = re.compile(r"\{" + re.escape(_SCHEMAS) + r"2013-10-dev-\d\}OME")
_ID_IN_PATH = re.compile(r" [^/]+")
_SHOWN = 3
_DRAFT_NAMES = re.compile(rb"/2013-10-dev-\d(?=[\"'\s/])")


@dataclass(frozen=True, kw_only=True)
class OmeTree:
    """A document in the form of release 2016-06; ``release`` is what the file was written in.

    ``warnings`` say what was mended while reading; ``lost`` are the values that mending and upgrading had to
    take out: the published document keeps them in annotations.
    Elements are shared, never copied: who changes one changes the tree. Not slotted: it caches its index.
    """

    name: str
    release: str
    root: Element
    warnings: tuple[Problem, ...] = ()
    lost: tuple[Lost, ...] = ()

    @cached_property
    def _images(self) -> tuple[Element, ...]:
        return tuple(self.root.findall(NS + "Image"))

    def images(self) -> tuple[Element, ...]:
        """Every Image, in document order (= series order)."""
        return self._images

    def image(self, index: int) -> Element:
        """The Image at ``index``, from 0."""
        return self.images()[index]

    @cached_property
    def _by_id(self) -> dict[str, Element]:
        """Elements that define an ID; of two with one ID the first counts."""
        found: dict[str, Element] = {}
        for element in self.root.iterfind(".//*[@ID]"):
            if not is_reference(element):
                found.setdefault(element.get("ID"), element)
        return found

    def find(self, identifier: str) -> Element | None:
        """The element that defines ``identifier`` ("Detector:0:1"); None when nothing does."""
        return self._by_id.get(identifier)

    def annotations_of(self, element: Element) -> tuple[Element, ...]:
        """Annotations that ``element`` refers to, in its order, each once; of a ListAnnotation its members."""
        named = dict.fromkeys(reference.get("ID", "") for reference in element.iterfind(NS + "AnnotationRef"))
        return tuple(found for identifier in named if (found := self.find(identifier)) is not None)

    def serialize(self) -> bytes:
        """The document as bytes; the same tree gives the same bytes."""
        return to_bytes(self.root)


def is_reference(element: Element) -> bool:
    """Whether ``element``'s ID names another element instead of its own."""
    name = local(element)
    return name.endswith(("Ref", "Settings")) or name in ("Pump", "Leader")


def parse(
    data: bytes,
    *,
    name: str,
    limits: Limits = Limits(),  # noqa: B008  # a frozen value
    cut: bool = False,
) -> OmeTree:
    """Read an OME-XML document of release 2003-FC to 2016-06.

    ``name`` is the file's name in messages. Text of BinData inside Pixels is left out of the tree; its
    attributes stay. With ``cut`` the caller has left it out, and what stands in its place is kept. Raises
    DamagedSourceError for what is not well-formed, too large or has a DOCTYPE, UnsupportedFormatError for XML
    of another kind or release. Faults that real files have are mended, each with a warning.
    """
    data = guarded(data, name=name, limits=limits, cut=cut)
    root = parse_xml(data, name=name)
    if _DRAFT.fullmatch(str(root.tag)):
        root = parse_xml(_DRAFT_NAMES.sub(b"/2013-06", data), name=name)
    most = limits.attributes_per_element
    if may_have_attributes(data, most) and root.xpath(f"boolean(//@*[{most + 1}])"):
        raise refused(name, f"an element has more than {most:,} attributes")
    if root.xpath("boolean(" + "/*" * (limits.depth + 1) + ")"):
        raise refused(name, f"elements are nested more than {limits.depth} deep")
    release, root, warnings = _with_release(root, name)
    lost: tuple[Lost, ...] = ()
    if release != LATEST:
        _refuse_long_upgrade(root, release, name, limits)
        root, lost = upgraded(root, release, name=name)
        warnings += _told(lost, release, name)
    mended, removed = cleaned(root, data if release == LATEST else None, name=name)
    return OmeTree(name=name, release=release, root=root, warnings=(*warnings, *mended), lost=(*lost, *removed))


def _told(lost: tuple[Lost, ...], release: str, name: str) -> tuple[Problem, ...]:
    if not lost:
        return ()
    places = list(dict.fromkeys(_ID_IN_PATH.sub("", each.path) for each in lost))
    shown = ", ".join(places[:_SHOWN]) + (f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else "")
    message = (
        f"said in release {release}, without a place in {LATEST}, kept in annotations: {shown} ({len(lost):,} in all)"
    )
    return (warning(name, message, code="ome-xml.upgraded"),)


def _with_release(root: Element, name: str) -> tuple[str, Element, tuple[Problem, ...]]:
    namespace, _, tag = str(root.tag).rpartition("}")
    namespace = namespace.lstrip("{").rstrip("/")
    release = "2003-FC" if namespace == _FOUNDATION else namespace.removeprefix(_SCHEMAS)
    if tag == "OME" and not namespace:
        return LATEST, adopted(root), (warning(name, "the root element has no namespace: read as release 2016-06"),)
    if tag == "OME" and (release == LATEST or release in NEXT_RELEASE):
        return release, root, ()
    raise UnsupportedFormatError(
        Problem(
            code="ome-xml.unknown-release",
            path=name,
            message=f"root element is {tag} of {namespace or 'no namespace'}; "
            f"expected OME of a release from 2003-FC to {LATEST}",
            hint="bfconvert or showinf -omexml of Bio-Formats write the latest release",
        )
    )


def _refuse_long_upgrade(root: Element, release: str, name: str, limits: Limits) -> None:
    """OME's transforms compare top-level elements with each other: time grows with the square of their number."""
    for what, path, most in (
        ("elements", "count(//*)", limits.upgraded_elements),
        ("top-level elements", "count(/*/*)", limits.upgraded_parts),
    ):
        found = int(root.xpath(path))
        if found > most:
            raise refused(
                name,
                f"OME-XML {release} with {found:,} {what}; at most {most:,} are upgraded",
                code="ome-xml.too-large",
                hint="bring it to 2016-06 with bfconvert first",
            )


def validate(document: OmeTree | bytes) -> tuple[Problem, ...]:
    """What the 2016-06 schema says against ``document``, offline; empty when it is valid."""
    if isinstance(document, bytes):
        document = OmeTree(name="OME-XML", release=LATEST, root=parse_xml(document, name="OME-XML"))
    return tuple(
        Problem(
            code="ome-xml.invalid",
            path=document.name,
            line=(entry.line or None) if document.release == LATEST else None,
            message=entry.message.replace(NS, ""),
        )
        for entry in schema().errors(document.root)
        if "No precomputed value available" not in entry.message  # libxml2's echo of an error it has reported
    )
