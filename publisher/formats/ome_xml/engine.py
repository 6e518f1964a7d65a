"""The one door to lxml, and to the OME schema and upgrade transforms that the ome-types wheel carries.

ome_types itself is never imported: only its files are read. Nothing here reaches a file or a host that
a document names. Elements leave this module as `Element`; their ElementTree methods are used elsewhere.
"""

import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree as _etree

from publisher.errors import PluginError, Problem
from publisher.formats.ome_xml.guard import refused

etree: Any = _etree  # lxml ships no types; what leaves this module is typed by hand
Element = Any
"""An element of the tree, with the methods of xml.etree.ElementTree.Element."""

OME = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
"""Namespace of the release that everything is upgraded to."""
NS = "{" + OME + "}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"

_XML_XSD = b"""<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/XML/1998/namespace">
<attribute name="lang" type="language"/><attribute name="space" type="NCName"/></schema>"""
_DEFAULT_PREFIX = """<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">
<xsl:template match="@*|text()"><xsl:copy/></xsl:template>
<xsl:template match="*"><xsl:element name="{local-name()}" namespace="{namespace-uri()}">
<xsl:apply-templates select="@*|node()"/></xsl:element></xsl:template></xsl:stylesheet>"""


def parse_xml(data: bytes, *, name: str) -> Element:
    """Root of ``data`` without comments and processing instructions: no entities, no DTD, no network."""
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        collect_ids=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refused(name, f"not well-formed XML: {error}", code="ome-xml.not-well-formed") from error
    if root.getroottree().docinfo.doctype:
        raise refused(name, "has a DOCTYPE, which OME-XML never has", code="ome-xml.doctype")
    return root


def to_bytes(root: Element) -> bytes:
    """``root`` as an XML document in UTF-8; the same tree gives the same bytes."""
    if root.xpath("boolean(//*[namespace-uri() = ''])"):
        # libxml2 writes no xmlns="" by itself: elements without a namespace would fall into the default one
        root = unprefixed(root)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"


def to_text(element: Element) -> str:
    """``element`` as XML text, without what follows it."""
    return str(etree.tostring(element, encoding="unicode", with_tail=False))


def indent(root: Element) -> None:
    """Two spaces a level; only white space between elements changes."""
    etree.indent(root, space="  ")


def new_root(tag: str) -> Element:
    """An empty element in the OME namespace, which is the default namespace of what is put below it."""
    return etree.Element(NS + tag, nsmap={None: OME})


def add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """A new last child of ``parent`` in the OME namespace."""
    child = etree.SubElement(parent, NS + tag, attributes)
    child.text = text
    return child


def detach(element: Element) -> None:
    """Take ``element`` out of its parent; text that follows it stays."""
    parent, before, tail = element.getparent(), element.getprevious(), element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def tidy_namespaces(root: Element) -> None:
    """Declare the OME namespace once, on top, as the default; drop unused declarations."""
    etree.cleanup_namespaces(root, top_nsmap={None: OME})


def local(element: Element) -> str:
    """Name of ``element`` without its namespace."""
    return str(element.tag).rpartition("}")[2]


@cache
def _resources() -> Path:
    """Folder of the ome-types wheel. A constant of the installation, found once."""
    spec = find_spec("ome_types")
    if spec is None or spec.origin is None:
        raise PluginError(
            Problem(code="install.incomplete", message="ome-types is not installed", hint="pip install ome-types")
        )
    return Path(spec.origin).parent


class _Offline(etree.Resolver):  # type: ignore[misc]  # etree is untyped, see above
    def resolve(self, url: str, _id: str, context: Any) -> Any:
        if url.endswith("/xml.xsd"):
            return self.resolve_string(_XML_XSD, context)
        return None


class Schema:
    """The compiled 2016-06 schema. lxml keeps the errors of the last validation in it, hence the lock."""

    def __init__(self) -> None:
        parser = etree.XMLParser(no_network=True)
        parser.resolvers.add(_Offline())
        self.document = etree.parse(str(_resources() / "ome-2016-06.xsd"), parser).getroot()
        self._schema = etree.XMLSchema(self.document)
        self._lock = threading.Lock()

    def accepts(self, root: Element) -> bool:
        """Whether the document is valid. Time grows with the square of the number of faults in one list."""
        with self._lock:
            return bool(self._schema.validate(root))

    def errors(self, root: Element) -> tuple[Any, ...]:
        """libxml2's error entries (message, path, line, type_name) for ``root``, which may be part of a document."""
        with self._lock:
            return () if self._schema.validate(root) else tuple(self._schema.error_log)


@cache
def schema() -> Schema:
    """The schema, compiled once in a process (10 ms); it never changes."""
    return Schema()


@cache
def _transform(name: str) -> Any:
    stylesheet = etree.parse(str(_resources() / "transforms" / f"{name}.xsl"))
    return etree.XSLT(stylesheet, access_control=etree.XSLTAccessControl.DENY_ALL)


@cache
def _unprefixed() -> Any:
    return etree.XSLT(etree.XML(_DEFAULT_PREFIX), access_control=etree.XSLTAccessControl.DENY_ALL)


def transformed(root: Element, release: str, target: str, *, name: str) -> Element:
    """``root`` of ``release`` brought to ``target`` by OME's own transform, which may reach no file and no host."""
    try:
        result = _transform(f"{release}-to-{target}")(root).getroot()
    except etree.XSLTError as error:
        raise refused(name, f"OME-XML {release} cannot be brought to {target}: {error}") from error
    if result is None:
        raise refused(name, f"OME-XML {release} cannot be brought to {target}: nothing is left of it")
    etree.strip_elements(result, etree.Comment, with_tail=False)  # the transforms leave remarks
    return result


def unprefixed(root: Element) -> Element:
    """``root`` with every namespace declared as default: OME's transforms compare some names with their prefix."""
    return _unprefixed()(root).getroot()
