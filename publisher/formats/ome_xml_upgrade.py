"""OME-XML of an older release brought to 2016-06 by OME's own transforms, with an account of what they drop."""

from collections.abc import Iterator

from publisher.formats.ome_xml_engine import Element, local, transformed, unprefixed

LATEST = "2016-06"
NEXT_RELEASE = {
    "2003-FC": "2008-09",
    "2007-06": "2008-09",
    "2008-02": "2008-09",
    "2008-09": "2009-09",
    "2009-09": "2010-04",
    "2010-04": "2010-06",
    "2010-06": "2011-06",
    "2011-06": "2012-06",
    "2012-06": "2013-06",
    "2013-06": "2015-01",
    "2015-01": "2016-06",
}
"""Each release with the one that a transform brings it to."""

Pairs = tuple[tuple[str, str], ...]
# How pixels lie in the source file, and IDs, which the transforms give anew.
_LAYOUT = frozenset({"BinData", "TiffData", "UUID"})
_UNSAID = frozenset({"ID", "schemaLocation", "BigEndian"})


def upgraded(root: Element, release: str, *, name: str) -> tuple[Element, Pairs]:
    """``root`` in release 2016-06, and every value that then stands nowhere any more, with where it stood.

    The transforms drop what later releases have no place for (line caps, free transforms, module libraries).
    """
    result = unprefixed(root)
    while release != LATEST:
        result = transformed(result, release, NEXT_RELEASE[release], name=name)
        release = NEXT_RELEASE[release]
    left = {value for _, value in _values(result)}
    return result, tuple(dict.fromkeys(pair for pair in _values(root) if pair[1] not in left))


def _values(root: Element) -> Iterator[tuple[str, str]]:
    """Every attribute and text that is not empty, with its path: Shape/@LineCap, Image/Description."""
    for element in root.iter():
        tag = local(element)
        if tag in _LAYOUT:
            continue
        for key, value in element.attrib.items():
            name = key.rpartition("}")[2]
            if value.strip() and name not in _UNSAID:
                yield f"{tag}/@{name}", " ".join(value.split())
        text = " ".join((element.text or "").split())
        if text:
            parent = element.getparent()
            yield tag if parent is None else f"{local(parent)}/{tag}", text
