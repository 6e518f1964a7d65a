"""Programs that open OME-Zarr, what each can do, and which of them can open an image on this host.

Capabilities as read in each program's source or seen when it was run.
"""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from publisher.formats.ngff_version import VERSIONS_OF, newest

_ALL_DTYPES = frozenset(
    {"uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float32", "float64"}
)
_BROWSER_DTYPES = frozenset({"uint8", "uint16", "uint32", "int8", "int16", "int32", "float32"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """What a program can open.

    ``template`` is a link with ``{url}`` for the percent-encoded address of the image's store and ``{zarr}`` for
    the format of its files (2 or 3), empty for a desktop program that is given a command (``command``).
    ``needs_https`` is true where a page on https may not fetch from http.
    """

    name: str
    title: str
    where: Literal["browser", "desktop"]
    template: str = ""
    command: str = ""
    ome_zarr: frozenset[str] = frozenset({"0.4", "0.5"})
    sharding: bool = True
    dtypes: frozenset[str] = _BROWSER_DTYPES
    max_channels: int | None = None
    needs_https: bool = True


VIEWERS: tuple[Viewer, ...] = (
    Viewer(name="vizarr", title="vizarr", where="browser", template="https://hms-dbmi.github.io/vizarr/?source={url}"),
    Viewer(
        name="neuroglancer",
        title="Neuroglancer",
        where="browser",
        template="https://neuroglancer-demo.appspot.com/#!%7B%22layers%22:%5B%7B%22name%22:%22image%22,%22source%22:%22{url}/%7Czarr{zarr}:%22%7D%5D%7D",
        dtypes=_BROWSER_DTYPES | {"uint64"},
    ),
    Viewer(
        name="ngff-validator",
        title="ome-ngff-validator",
        where="browser",
        template="https://ome.github.io/ome-ngff-validator/?source={url}",
        dtypes=_ALL_DTYPES,
    ),
    Viewer(
        name="vol-e",
        title="Vol-E",
        where="browser",
        template="https://volumeviewer.allencell.org/viewer?url={url}",
        dtypes=_BROWSER_DTYPES,
    ),
    Viewer(
        name="napari",
        title="napari",
        where="desktop",
        command="napari --plugin napari-ome-zarr {url}",
        ome_zarr=frozenset({"0.4", "0.5", "0.6"}),
        dtypes=_ALL_DTYPES,
        needs_https=False,
    ),
    Viewer(
        name="fiji",
        title="Fiji",
        where="desktop",
        command='run("OME-Zarr...", "url={url}");',
        ome_zarr=frozenset({"0.4"}),
        sharding=False,
        dtypes=_ALL_DTYPES,
        needs_https=False,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What there is to open: an image's public address, format (the setting ``zarr.version``) and pixels."""

    url: str
    ome_zarr: str
    sharded: bool
    dtype: str
    size_c: int


def can_open(viewer: Viewer, image: Opened) -> bool:
    """Whether the viewer reads this format, these pixels, from this address."""
    return (
        any(version in viewer.ome_zarr for version in VERSIONS_OF[image.ome_zarr])
        and (viewer.sharding or not image.sharded)
        and image.dtype in viewer.dtypes
        and (viewer.max_channels is None or image.size_c <= viewer.max_channels)
        and (image.url.startswith("https://") or not viewer.needs_https)
    )


def viewers_for(image: Opened, names: tuple[str, ...]) -> tuple[Viewer, ...]:
    """Viewers of ``names``, in that order, that can open ``image``."""
    known = {viewer.name: viewer for viewer in VIEWERS}
    return tuple(known[name] for name in names if name in known and can_open(known[name], image))


def link(viewer: Viewer, image: Opened) -> str:
    """Address that opens ``image`` in a browser viewer."""
    zarr = "2" if newest(image.ome_zarr) == "0.4" else "3"
    return viewer.template.replace("{zarr}", zarr).replace("{url}", quote(image.url, safe=":/"))
