"""OME-XML of an older release brought to 2016-06 by OME's own transforms, with an account of what they drop."""

from publisher.formats.ome_xml.dropped import Lost, dropped
from publisher.formats.ome_xml.engine import Element, transformed, unprefixed

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


def upgraded(root: Element, release: str, *, name: str) -> tuple[Element, tuple[Lost, ...]]:
    """``root`` in release 2016-06, and the values that then stand nowhere any more.

    The transforms drop what later releases have no place for (line caps, free transforms, module libraries).
    """
    result = unprefixed(root)
    while release != LATEST:
        result = transformed(result, release, NEXT_RELEASE[release], name=name)
        release = NEXT_RELEASE[release]
    return result, dropped(root, result)
