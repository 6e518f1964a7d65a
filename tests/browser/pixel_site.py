"""A small site with one image of every kind that a page of pixels can show; made by code, built in seconds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from publisher.pipeline import BuildOptions, build
from publisher.reporting import SilentReporter
from publisher.testing import images

if TYPE_CHECKING:
    from numpy.typing import NDArray

SITES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "0.5": {"base_url": "https://images.example.org/"},
        "0.4+0.5": {"theme": "idr"},
        "0.4": {"base_url": "https://images.example.org/"},
    }
)
"""The sites to look at by their setting ``zarr.version``, with their other settings."""

KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "labels": ("0.5", "studies/cells/images/labelled/index.html"),
        "many labels": ("0.5", "studies/cells/images/crowded/index.html"),
        "projection": ("0.5", "studies/stacks/images/stack/index.html"),
        "28 channels": ("0.5", "studies/channels/images/spectral/index.html"),
        "slide": ("0.5", "studies/slides/images/slide/index.html"),
        "plate": ("0.5", "studies/screen/images/b3/index.html"),
        "referenced": ("0.5", "studies/elsewhere/images/referenced/index.html"),
        "labels, idr, 0.4+0.5": ("0.4+0.5", "studies/cells/images/labelled/index.html"),
        "referenced, idr": ("0.4+0.5", "studies/elsewhere/images/referenced/index.html"),
        "labels, 0.4": ("0.4", "studies/cells/images/labelled/index.html"),
    }
)
"""Kind of page: which of the sites shows it, and where."""

ELSEWHERE = "https://store.example.org/given.ome.zarr"
"""Public address of the store that is not part of the site."""


def build_pixel_site(folder: Path, version: str = "0.5", *, theme: str = "default", base_url: str = "") -> Path:
    """Build the site below ``folder`` with a setting ``zarr.version`` and a theme; returns its output folder."""
    content = folder / "content" / "studies"
    for name, write in _STUDIES.items():
        (content / name).mkdir(parents=True)
        study = {"title": f"Study of {name}", "licence": "CC0-1.0", **write(content / name)}
        (content / name / "study.yaml").write_text(json.dumps(study))
    config: dict[str, Any] = {
        "title": "Pixels of every kind",
        "theme": {"name": theme},
        "zarr": {"version": version},
        "downloads": {"ozx": "none" if version == "0.4" else "image", "originals": "copy"},
        "privacy": {"unredacted_sources": "allow"},
        "viewers": {"show": ["vizarr", "neuroglancer", "ngff-validator", "vol-e", "napari", "fiji"]},
    }
    (folder / "site_config.yaml").write_text(json.dumps(config | ({"base_url": base_url} if base_url else {})))
    output = folder / "_site"
    outcome = build(folder, BuildOptions(today=date(2026, 1, 1)), SilentReporter(), output=output)
    assert outcome.problems == ()
    return output


def spots(*, t: int = 1, c: int = 1, z: int = 1, y: int = 200, x: int = 260) -> NDArray[np.uint16]:
    """Round spots on a dim ground (T, C, Z, Y, X): each channel has its own, brightest on a section of their own."""
    rows, columns = np.mgrid[:y, :x]
    found = np.full((t, c, z, y, x), 110, "uint16")
    for channel in range(c):
        for spot in range(12):
            at_y, at_x = (37 * spot + 61 * channel + 20) % y, (83 * spot + 29 * channel + 30) % x
            near = np.exp(-((rows - at_y) ** 2 + (columns - at_x) ** 2) / 90.0)
            for section in range(z):
                found[:, channel, section] += (near * 3000 / (1 + abs(section - spot % z))).astype("uint16")
    return found


def objects(*, y: int = 200, x: int = 260, step: int = 40) -> NDArray[np.uint16]:
    """Label pixels (T, C, Z, Y, X): squares on a grid, each with a number of its own from 1."""
    rows, columns = np.mgrid[:y, :x]
    numbers = rows // step * (x // step + 1) + columns // step + 1
    inside = (rows % step > step // 4) & (columns % step > step // 4)
    return np.where(inside, numbers, 0).astype("uint16")[None, None, None]


def _cells(study: Path) -> dict[str, Any]:
    size = (0.5, 0.2, 0.2)
    for name in ("labelled", "crowded"):
        images.write_ome_tiff(
            study / f"{name}.ome.tiff", spots(c=2), channel_names=("DNA", "Tubulin"), pixel_size_um=size
        )
    images.write_ome_tiff(study / "nuclei.ome.tiff", objects())
    images.write_ome_tiff(study / "cells.ome.tiff", objects(step=70))
    (study / "nuclei.csv").write_text("value,class,area\n1,mitotic,311\n2,interphase,402\n")
    nuclei = {"path": "nuclei.ome.tiff", "source": "Cellpose 3, corrected by hand", "properties": "nuclei.csv"}
    labels = {"nuclei": nuclei, "cells": {"path": "cells.ome.tiff", "colors": {1: "FFC446"}}}
    crowd = {
        f"{'organelles-seen-by-annotator' if number == 3 else 'annotator'}-{number:02}": {"path": "cells.ome.tiff"}
        for number in range(12)
    }
    return {
        "images": [
            {"path": "labelled.ome.tiff", "id": "labelled", "labels": labels},
            {"path": "crowded.ome.tiff", "id": "crowded", "labels": crowd},
        ]
    }


def _stacks(study: Path) -> dict[str, Any]:
    images.write_ome_tiff(study / "stack.ome.tiff", spots(t=3, c=2, z=7), pixel_size_um=(1.0, 0.2, 0.2))
    images.write_ome_tiff(study / "tiny.ome.tiff", images.planes(c=2))
    files = [{"path": f"{name}.ome.tiff", "id": name} for name in ("stack", "tiny")]
    return {"rendering": {"projection": "maximum"}, "images": files}


def _channels(study: Path) -> dict[str, Any]:
    names = [f"{410 + 10 * channel} nm" for channel in range(28)]
    images.write_ome_tiff(study / "spectral.ome.tiff", spots(c=28), channel_names=names, pixel_size_um=(None, 0.3, 0.3))
    return {"images": [{"path": "spectral.ome.tiff", "id": "spectral"}]}


def _slides(study: Path) -> dict[str, Any]:
    rows, columns = np.mgrid[:2000, :3000]
    pink = 225 - 60 * ((rows // 90 + columns // 70) % 3 == 0)
    slide = np.stack([pink + 10, pink - 40, pink]).astype("uint8")[None, :, None]
    images.write_ome_tiff(
        study / "slide.ome.tiff",
        slide,
        samples=3,
        tile=(256, 256),
        levels=3,
        compression="deflate",
        pixel_size_um=(None, 0.5, 0.5),
    )
    return {"images": [{"path": "slide.ome.tiff", "id": "slide", "name": "Slide 7"}]}


def _screen(study: Path) -> dict[str, Any]:
    plate = images.plate_xml({(0, 0): [0], (1, 2): [1, 2], (2, 1): [3]}, [[0, 1, 2, 3]])
    fields = [spots(c=2) // (number + 1) + 60 for number in range(4)]
    images.write_ome_tiff(study / "plate.ome.tiff", *fields, plates=[plate], image_names=["", "", "", ""])
    (study / "images.csv").write_text("image,series,id,Gene Symbol\nplate.ome.tiff,1,b3,ANLN\n")
    return {"datasets": [{"name": "Screen", "id": "screen", "images": ["plate.ome.tiff"]}]}


def _elsewhere(study: Path) -> dict[str, Any]:
    store = images.write_ome_zarr(
        study / "given.ome.zarr", spots(c=2, z=3), version="0.4", axes="czyx", levels=2, chunk=(1, 1, 128, 128)
    )
    _write_labels(store, objects()[0, 0])
    record = {"path": "given.ome.zarr", "passthrough": "reference", "url": ELSEWHERE}
    return {"images": [record | {"id": "referenced"}]}


def _write_labels(store: Path, pixels: NDArray[Any]) -> None:
    import zarr

    group = zarr.open_group(store / "labels", mode="w", zarr_format=2)
    group.attrs["labels"] = ["nuclei"]
    nuclei = group.create_group("nuclei")
    for level in range(2):
        step = 2**level
        nuclei.create_array(
            str(level),
            data=np.repeat(pixels, 3, axis=0)[:, ::step, ::step],
            chunks=(1, 128, 128),
            chunk_key_encoding={"name": "v2", "separator": "/"},
        )
    axes = [{"name": axis, "type": "space", "unit": "micrometer"} for axis in "zyx"]
    scales = [
        {"path": str(level), "coordinateTransformations": [{"type": "scale", "scale": [1.0, 2.0**level, 2.0**level]}]}
        for level in range(2)
    ]
    nuclei.attrs["multiscales"] = [{"version": "0.4", "name": "nuclei", "axes": axes, "datasets": scales}]
    nuclei.attrs["image-label"] = {"version": "0.4", "source": {"image": "../../"}}


_STUDIES = {
    "cells": _cells,
    "stacks": _stacks,
    "channels": _channels,
    "slides": _slides,
    "screen": _screen,
    "elsewhere": _elsewhere,
}
