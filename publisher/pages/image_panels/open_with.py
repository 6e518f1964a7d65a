"""Open with: only programs that can open this image where it is published."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.pages import viewers
from publisher.pages.image_panels.panel import Panel
from publisher.pages.page import SiteFacts
from publisher.pages.published import PublishedImage
from publisher.pages.store_address import is_sharded, public_address, zarr_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A viewer: ``href`` opens the image in the browser; a desktop program has a ``command`` to copy instead."""

    title: str
    where: str
    href: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWithPanel(Panel):
    """Programs in the site's order, and the address they are given."""

    kind: ClassVar[str] = "open_with"

    programs: tuple[Program, ...]
    url: str


def open_with_panel(item: PublishedImage, site: SiteFacts) -> OpenWithPanel | None:
    """Viewers that can open the image; None without pixels, without a public address or where none can."""
    url = public_address(item, site)
    if url is None or item.image is None:
        return None
    dtype = item.dtype or item.image.pixels.dtype
    opened = viewers.Opened(
        url=url,
        ome_zarr=zarr_version(item, site),
        sharded=is_sharded(item, site),
        dtype=dtype,
        size_c=item.image.pixels.size_c,
    )
    programs = tuple(_program(viewer, opened) for viewer in viewers.viewers_for(opened, site.viewers))
    return OpenWithPanel(programs=programs, url=url) if programs else None


def _program(viewer: viewers.Viewer, image: viewers.Opened) -> Program:
    if viewer.template:
        return Program(title=viewer.title, where=viewer.where, href=viewers.link(viewer, image))
    return Program(title=viewer.title, where=viewer.where, command=viewer.command.replace("{url}", image.url))
