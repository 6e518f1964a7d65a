"""Use it: code that opens this image by its true address."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.pages.image_panels.panel import Panel
from publisher.pages.page import SiteFacts
from publisher.pages.published import PublishedImage
from publisher.pages.snippets import Snippet, image_snippets
from publisher.pages.store_address import opening, public_address


@dataclass(frozen=True, slots=True, kw_only=True)
class UseItPanel(Panel):
    """Snippets as tabs; ``preview`` is true while they show the preview server's address."""

    kind: ClassVar[str] = "use_it"

    snippets: tuple[Snippet, ...]
    preview: bool


def use_it_panel(item: PublishedImage, site: SiteFacts) -> UseItPanel | None:
    """Snippets for one image; None without pixels."""
    if not (item.store or item.elsewhere):
        return None
    return UseItPanel(snippets=image_snippets(opening(item, site)), preview=public_address(item, site) is None)
