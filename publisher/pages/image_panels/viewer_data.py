"""The viewer JSON: all that a viewer in the page needs to open the image (docs/design/seams/viewer.schema.json)."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import repeat

from publisher.formats.ngff_version import newest
from publisher.model.axes import AXIS_TYPES
from publisher.model.image import Pixels
from publisher.model.rendering import ChannelRendering
from publisher.pages.links import Linker
from publisher.pages.page import SiteFacts
from publisher.pages.published import PublishedImage
from publisher.pages.store_address import in_order, public_address, zarr_version

_UNITS = {"time": "second", "space": "micrometer", "channel": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Where the image's OME-Zarr group is: ``href`` from the page (None when it lives elsewhere), ``url`` public."""

    href: str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerAxis:
    """One axis of the arrays, in order: ``scale`` is the size of a step at level 0 in ``unit``, None where unknown."""

    name: str
    type: str
    size: int
    unit: str | None
    scale: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerChannel:
    """How a channel is shown at first, with the keys of NGFF's "omero" block."""

    label: str
    color: str
    active: bool
    window: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerLevel:
    """One resolution: path below the store, shape in the order of the axes; ``zarr`` is the metadata of its array,
    which a viewer then need not ask for, None where it must."""

    path: str
    shape: tuple[int, ...]
    zarr: Mapping[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelImage:
    """A label image below the store."""

    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerData:
    """The document. ``ome_zarr`` is the newest release that describes the store. ``statistics`` and ``regions``
    are links relative to the page, None where there is no such file."""

    version: int
    name: str
    store: Store
    ome_zarr: str
    dtype: str
    axes: tuple[ViewerAxis, ...]
    channels: tuple[ViewerChannel, ...]
    model: str
    default_z: int
    default_t: int
    levels: tuple[ViewerLevel, ...]
    statistics: str | None
    labels: tuple[LabelImage, ...]
    regions: str | None


def viewer_data(item: PublishedImage, linker: Linker, site: SiteFacts) -> ViewerData | None:
    """The viewer JSON of an image; None without pixels."""
    if item.image is None or item.rendering is None or not (item.store or item.elsewhere):
        return None
    here = item.store if site.addresses.data_url is None else None
    paths = item.elsewhere.paths if item.elsewhere else tuple(str(number) for number in range(len(item.levels)))
    axes = item.elsewhere.axes if item.elsewhere else "tczyx"
    return ViewerData(
        version=1,
        name=item.name,
        store=Store(href=linker.to(here) if here else None, url=public_address(item, site)),
        ome_zarr=newest(zarr_version(item, site)),
        dtype=item.dtype or item.image.pixels.dtype,
        axes=_axes(item.image.pixels, axes),
        channels=tuple(_channel(channel) for channel in item.rendering.channels),
        model=item.rendering.model,
        default_z=item.rendering.default_z,
        default_t=item.rendering.default_t,
        levels=tuple(
            ViewerLevel(path=path, shape=in_order(shape, axes), zarr=zarr)
            for path, shape, zarr in zip(paths, item.levels, item.arrays or repeat(None), strict=False)
        ),
        statistics=linker.to(item.statistics_file) if item.statistics_file else None,
        labels=tuple(LabelImage(name=one.name, path=f"labels/{one.name}") for one in item.labels),
        regions=linker.to(item.regions_file) if item.regions_file else None,
    )


def _axes(pixels: Pixels, axes: str) -> tuple[ViewerAxis, ...]:
    z_um, y_um, x_um = pixels.pixel_size_um
    scales = (pixels.time_increment_s, None, z_um, y_um, x_um)
    every = {
        name: ViewerAxis(name=name, type=kind, size=size, unit=_UNITS[kind] if scale else None, scale=scale)
        for (name, kind), size, scale in zip(AXIS_TYPES.items(), pixels.shape, scales, strict=True)
    }
    return tuple(every[axis] for axis in axes)


def _channel(channel: ChannelRendering) -> ViewerChannel:
    window = {"min": channel.minimum, "max": channel.maximum, "start": channel.start, "end": channel.end}
    return ViewerChannel(label=channel.label, color=channel.color, active=channel.active, window=window)
