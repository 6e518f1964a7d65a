"""Where an image's OME-Zarr is for visitors: on this site, at its data address, or at a store of somebody else."""

from collections.abc import Sequence

from publisher.pages.page import SiteFacts
from publisher.pages.published import PublishedImage
from publisher.pages.snippets import Opening


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


def opening(item: PublishedImage, site: SiteFacts) -> Opening:
    """What code is given to open the image with pixels ``item``."""
    url, version = address_to_copy(item, site), zarr_version(item, site)
    shape, there = item.levels[0] if item.levels else (), item.elsewhere
    if there is None:
        return Opening(url=url, ome_zarr=version, shape=shape)
    ordered = in_order(shape, there.axes) if shape else ()
    return Opening(url=url, ome_zarr=version, shape=ordered, axes=there.axes, level=there.paths[0])


def in_order(shape: Sequence[int], axes: str) -> tuple[int, ...]:
    """``shape`` (T, C, Z, Y, X) as arrays have it whose axes are ``axes``."""
    sizes = dict(zip("tczyx", shape, strict=True))
    return tuple(sizes[axis] for axis in axes)


def zarr_version(item: PublishedImage, site: SiteFacts) -> str:
    """Releases of OME-Zarr that describe the store, as the setting ``zarr.version``."""
    return item.elsewhere.zarr_version if item.elsewhere else site.zarr_version


def is_sharded(item: PublishedImage, site: SiteFacts) -> bool:
    """Whether many chunks of the store share one file."""
    return item.elsewhere.sharded if item.elsewhere else site.sharded
