"""What a hostile or huge OME-XML document may not do, decided on its bytes before any parser sees it.

Binary pixels are cut out, too (`inline`).
"""

import re
from dataclasses import dataclass

from publisher.errors import DamagedSourceError, Problem
from publisher.formats.ome_xml.inline import without_pixels

_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "latin1", "windows-1252"})
_DECLARED = re.compile(rb"""\A<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_DECLARATION = re.compile(r"\A\s*<\?xml.*?\?>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large a document may be; pixels inside BinData do not count.

    The most generous real documents known (hundreds of thousands of planes) stay well below. Text and
    attributes are capped by libxml2 itself, at 10,000,000 bytes each.
    """

    size: int = 64 * 2**20
    elements: int = 1_000_000
    attributes: int = 4_000_000
    attributes_per_element: int = 1_000
    depth: int = 64
    upgraded_elements: int = 200_000
    upgraded_parts: int = 10_000


def refused(name: str, message: str, *, code: str = "ome-xml.refused", hint: str = "") -> DamagedSourceError:
    """The error for a document that is not read at all."""
    return DamagedSourceError(Problem(code=code, path=name, message=message, hint=hint))


def guarded(data: bytes, *, name: str, limits: Limits, cut: bool = False) -> bytes:
    """``data`` without pixels, in an encoding whose bytes below 128 are ASCII, within ``limits``, without DOCTYPE.

    With ``cut`` the pixels are gone already, and what stands in their place is kept.
    """
    data = _ascii_compatible(data, name)
    _refuse_doctype(data, name)
    data = data if cut else without_pixels(data)
    for what, found, most in (
        ("bytes", len(data), limits.size),
        ("elements", _elements(data, limits.elements), limits.elements),
        ("attributes", _attributes(data, limits.attributes), limits.attributes),
    ):
        if found > most:
            raise refused(
                name,
                f"OME-XML with {found:,} {what}; at most {most:,} are read",
                code="ome-xml.too-large",
                hint="split the fileset, or leave out per-plane metadata",
            )
    return data


def _elements(data: bytes, most: int) -> int:
    """How many elements there are, about; counted exactly only where they may be more than ``most``."""
    tags = data.count(b"<")
    return tags if tags <= most else tags - data.count(b"</")


def _attributes(data: bytes, most: int) -> int:
    """How many attributes there are; 0 where so few bytes cannot hold more than ``most`` (each needs five)."""
    return data.count(b'="') + data.count(b"='") if len(data) > 5 * most else 0


def may_have_attributes(data: bytes, most: int) -> bool:
    """Whether any tag is long enough to hold more than ``most`` attributes (each needs five bytes)."""
    at, longest = 0, 5 * most
    while at + longest < len(data):
        at = data.rfind(b"<", at + 1, at + longest + 1)
        if at < 0:
            return True
    return False


def _after(data: bytes, mark: bytes, start: int) -> int:
    found = data.find(mark, start)
    return len(data) if found < 0 else found + len(mark)


def _ascii_compatible(data: bytes, name: str) -> bytes:
    """``data`` so that its marks can be sought as bytes: UTF-16 becomes UTF-8, unusual encodings are refused."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise refused(name, f"not readable as UTF-16: {error}") from error
        data = _DECLARATION.sub("", text).encode()
    data = data.removeprefix(b"\xef\xbb\xbf").strip(b"\x00 \t\r\n")  # TIFF descriptions end in NUL
    if not data.startswith(b"<"):
        raise refused(name, f"not XML: begins with {data[:20]!r}, expected <?xml or <OME")
    declared = _DECLARED.match(data)
    if declared and declared[1].decode().lower() not in _ENCODINGS:
        raise refused(name, f"XML in encoding {declared[1].decode()}", hint="save it as UTF-8")
    return data


def _refuse_doctype(data: bytes, name: str) -> None:
    """OME-XML has no DTD; a DOCTYPE stands before the root element or nowhere (XML 1.0, 2.8)."""
    position = 0
    while True:
        while data[position : position + 1].isspace():
            position += 1
        if data.startswith(b"<?", position):
            position = _after(data, b"?>", position)
        elif data.startswith(b"<!--", position):
            position = _after(data, b"-->", position)
        elif data.startswith(b"<!", position):
            raise refused(
                name,
                "has a DOCTYPE, which OME-XML never has: refused, because it can name files and expand without end",
                code="ome-xml.doctype",
                hint="remove the DOCTYPE if you trust where the file comes from",
            )
        else:
            return
