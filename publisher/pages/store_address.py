"""Where an image's OME-Zarr is for visitors: on this site, at its data address, or at a store of somebody else."""

from publisher.pages.page import SiteFacts
from publisher.pages.published import PublishedImage


def public_address(item: PublishedImage, site: SiteFacts) -> str | None:
    """Public address of the image's store; None without pixels, and while the site has no address."""
    if item.elsewhere:
        return item.elsewhere.url
    return site.addresses.data(item.store) if item.store else None


def address_to_copy(item: PublishedImage, site: SiteFacts) -> str:
    """The address that code is given: the preview server's while the site has none; empty without pixels."""
    if item.elsewhere:
        return item.elsewhere.url
    return site.addresses.snippet(item.store) if item.store else ""


def zarr_version(item: PublishedImage, site: SiteFacts) -> str:
    """Releases of OME-Zarr that describe the store, as the setting ``zarr.version``."""
    return item.elsewhere.zarr_version if item.elsewhere else site.zarr_version


def is_sharded(item: PublishedImage, site: SiteFacts) -> bool:
    """Whether many chunks of the store share one file."""
    return item.elsewhere.sharded if item.elsewhere else site.sharded
