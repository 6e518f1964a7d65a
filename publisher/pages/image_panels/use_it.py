"""Use it: code that opens this image by its true address."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.pages.image_panels.panel import Panel
from publisher.pages.page import SiteFacts
from publisher.pages.published import PublishedImage
from publisher.pages.snippets import Opening, Snippet, image_snippets


@dataclass(frozen=True, slots=True, kw_only=True)
class UseItPanel(Panel):
    """Snippets as tabs; ``preview`` is true while they show the preview server's address."""

    kind: ClassVar[str] = "use_it"

    snippets: tuple[Snippet, ...]
    preview: bool


def use_it_panel(item: PublishedImage, site: SiteFacts) -> UseItPanel | None:
    """Snippets for one image; None without pixels."""
    if item.store is None:
        return None
    url = site.addresses.snippet(item.store)
    opening = Opening(url=url, ome_zarr=site.zarr_version, shape=item.levels[0] if item.levels else ())
    return UseItPanel(snippets=image_snippets(opening), preview=site.addresses.data(item.store) is None)
