"""OME-XML: the beginning of the document, and the whole as a file."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.pages import quantities
from publisher.pages.image_panels.panel import Panel
from publisher.pages.links import Linker
from publisher.pages.published import PublishedImage

SHOWN_LINES = 40
SHOWN_CHARACTERS = 4000
"""What is shown at most; the rest is a click away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OmeXmlPanel(Panel):
    """``text`` is shown, ``more`` is true where the document goes on; ``href`` and ``size`` are the file's."""

    kind: ClassVar[str] = "ome_xml"

    href: str
    size: str
    text: str
    more: bool


def ome_xml_panel(item: PublishedImage, linker: Linker) -> OmeXmlPanel | None:
    """The OME-XML of an image; None where there is no file."""
    file = item.ome_xml
    if file is None or file.path is None:
        return None
    text = "\n".join(item.ome_xml_text[:SHOWN_CHARACTERS].splitlines()[:SHOWN_LINES])
    return OmeXmlPanel(
        href=linker.to(file.path),
        size=quantities.byte_size(file.size) if file.size is not None else "",
        text=text,
        more=len(text) + 1 < len(item.ome_xml_text) or (file.size or 0) > len(text.encode("utf-8", "replace")) + 1,
    )
