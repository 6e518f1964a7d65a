"""Use it: code that opens this image by its true address."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.pages.image_panels.panel import Panel
from publisher.pages.page import SiteFacts
from publisher.pages.published import PublishedImage
from publisher.pages.snippets import Opening, Snippet, image_snippets
from publisher.pages.store_address import address_to_copy, public_address, zarr_version


@dataclass(frozen=True, slots=True, kw_only=True)
class UseItPanel(Panel):
    """Snippets as tabs; ``preview`` is true while they show the preview server's address."""

    kind: ClassVar[str] = "use_it"

    snippets: tuple[Snippet, ...]
    preview: bool


def use_it_panel(item: PublishedImage, site: SiteFacts) -> UseItPanel | None:
    """Snippets for one image; None without pixels."""
    url = address_to_copy(item, site)
    if not url:
        return None
    shape = item.levels[0] if item.levels and not item.elsewhere else ()
    opening = Opening(url=url, ome_zarr=zarr_version(item, site), shape=shape)
    return UseItPanel(snippets=image_snippets(opening), preview=public_address(item, site) is None)
