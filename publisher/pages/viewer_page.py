"""The page that opens any OME-Zarr by its address, ``viewer/?source=URL``."""

from dataclasses import dataclass
from typing import ClassVar

from publisher import urls
from publisher.pages.links import Linker
from publisher.pages.page import JSON_TWIN, Crumb, Page, SiteFacts, head_title


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerPage(Page):
    """A viewer without an image of its own; it may connect to any host."""

    template: ClassVar[str] = "viewer.html"
    kind: ClassVar[str] = "viewer"


def viewer_page(site: SiteFacts) -> ViewerPage:
    """The viewer of a site."""
    title = "OME-Zarr viewer"
    return ViewerPage(
        url=urls.VIEWER,
        title=title,
        head_title=head_title(title, site.title),
        description="Opens any OME-Zarr on the web by its address: images, sets of images, plates.",
        breadcrumbs=(Crumb(title="Studies", href=Linker(urls.VIEWER).to(urls.HOME)), Crumb(title=title)),
        canonical=site.addresses.page(urls.VIEWER),
        alternates=JSON_TWIN,
    )
