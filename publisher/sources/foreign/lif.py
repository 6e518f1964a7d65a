"""Leica LIF and LOF: every image of the project, each tile of a mosaic as an image of its own.

Planes run along the two fastest of x, y and z: an xz scan has its z on the Y axis. Wavelengths, rotations and loops
run within T, as Bio-Formats orders them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

from publisher.errors import Problem
from publisher.formats.ome_xml.acquired import Acquisition, acquired
from publisher.formats.ome_xml.engine import Element
from publisher.model.identity import stem
from publisher.model.image import Channel, Image, Pixels
from publisher.sources.damage import damage_boundary, damaged, unsupported, warning
from publisher.sources.foreign import lif_metadata as words
from publisher.sources.foreign.lif_container import MAGIC, LifContainer, MemoryBlock
from publisher.sources.foreign.lif_metadata import Dimension, StoredChannel
from publisher.sources.foreign.raw_planes import MOST_CHANNELS, Places, RawImage, RawSource
from publisher.sources.protocol import ImageSource, Roots

_NAMES = {"u1": "uint8", "u2": "uint16", "u4": "uint32", "u8": "uint64", "f4": "float32", "f8": "float64"}
_RGB = (1, 2, 3)
_MOST_TILES = 10_000
_SPATIAL = (words.X, words.Y, words.Z)


class LifReader:
    """Reads LIF and LOF files."""

    name = "lif"
    suffixes: tuple[str, ...] = (".lif", ".lof")
    revision = 1

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether the file begins as a LIF or LOF file."""
        return head.startswith(MAGIC) and head[8:9] == b"\x2a"

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> ImageSource:
        """Open ``path``; raises DamagedSourceError when the pixels of any image are not there."""
        real = roots.resolve(path)
        with damage_boundary(path, "opening"):
            container = LifContainer(real, str(path))
            try:
                found, warnings = _all_images(container)
                if not found:
                    raise unsupported(path, "holds no image with pixels")
                told = acquired([raw.image for raw, _ in found], [each for _, each in found])
            except BaseException:
                container.close()
                raise
        images = [replace(raw, image=image) for (raw, _), image in zip(found, told.images, strict=True)]
        return RawSource([container.file], images, paths=[real], document=told.document, warnings=warnings)


def _all_images(container: LifContainer) -> tuple[list[tuple[RawImage, Acquisition]], list[Problem]]:
    found: list[tuple[RawImage, Acquisition]] = []
    warnings: list[Problem] = []
    for path, element in words.image_elements(container.root):
        block = _block(container, element)
        if block.size == 0:
            message = f"the image {path!r:.100} has no pixels in this file: it is left out"
            warnings.append(warning(container.name, "source.empty-image", message))
            continue
        layout = _layout(container, path, element)
        for tile in range(layout.tiles):
            raw = layout.raw(tile, len(found), block.offset)
            raw.check(container.name, block.offset + block.size)
            found.append((raw, words.acquisition(element, layout.extra)))
    return found, warnings


def _block(container: LifContainer, element: Element) -> MemoryBlock:
    memory = element.find("Memory")
    name = "" if container.is_object_file or memory is None else memory.get("MemoryBlockID", "")
    block = container.blocks.get(name)
    if block is not None:
        return block
    if memory is None or memory.get("Size", "0") == "0":
        return MemoryBlock(0, 0)
    raise damaged(container.name, f"lacks the memory block {name!r:.80}", code="source.truncated")


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the samples of one image (all its tiles) lie."""

    name: str
    rows: Dimension
    columns: Dimension
    depth: Dimension
    extra: tuple[Dimension, ...]
    mosaic: Dimension
    stored: tuple[StoredChannel, ...]
    channels: tuple[Channel, ...]
    acquired: str | None

    @property
    def tiles(self) -> int:
        """How many images this is."""
        return self.mosaic.count

    def raw(self, tile: int, series: int, offset: int) -> RawImage:
        """Tile number ``tile`` as an image; ``offset`` is where the memory block begins."""
        kind = self.stored[0].stored
        times: list[int] = [0]
        for axis in self.extra:
            times = [place + step * axis.step for place in times for step in range(axis.count)]
        rgb = tuple(each.tag for each in sorted(self.stored, key=lambda each: each.tag)) == _RGB
        order = sorted(self.stored, key=lambda each: each.tag) if rgb else self.stored
        clock = next((axis for axis in self.extra if axis.number == words.T), None)
        pixels = Pixels(
            size_x=self.columns.count,
            size_y=self.rows.count,
            size_z=self.depth.count,
            size_c=len(self.stored),
            size_t=len(times),
            dtype=_NAMES[kind[1:]],
            pixel_size_um=(self.depth.pixel_um, self.rows.pixel_um, self.columns.pixel_um),
            time_increment_s=clock.increment if clock and clock.unit == "s" and len(self.extra) == 1 else None,
            significant_bits=self.stored[0].bits if kind[1] == "u" else None,
        )
        colours = (("Red", "FF0000"), ("Green", "00FF00"), ("Blue", "0000FF"))
        image = Image(
            series=series,
            name=f"{self.name} #{tile + 1}" if self.tiles > 1 else self.name,
            acquired=self.acquired,
            pixels=pixels,
            channels=tuple(Channel(name=name, color=color) for name, color in colours) if rgb else self.channels,
            rgb=rgb,
        )
        places = Places(
            t=times,
            c=tuple(each.place for each in order),
            z=range(0, self.depth.count * self.depth.step, self.depth.step),
            y=self.rows.step,
            x=self.columns.step,
        )
        item = int(kind[2:])
        return RawImage(image=image, stored=kind, item=item, offset=offset + tile * self.mosaic.step, places=places)


def _layout(container: LifContainer, path: str, element: Element) -> _Layout:
    name = path or stem(container.name)
    try:
        axes, stored = words.dimensions(element), words.channels(element)
    except (ValueError, KeyError) as error:
        raise damaged(container.name, f"the image {name!r:.100} has no usable description: {error}") from error
    if len({each.stored for each in stored}) != 1 or len(stored) > MOST_CHANNELS:
        raise unsupported(container.name, f"the image {name!r:.100} has channels of different types, or none")
    if (
        not axes
        or any(axis.count < 1 or axis.step < 1 for axis in axes)
        or prod(axis.count for axis in axes) > container.file.size
    ):
        raise damaged(container.name, f"the image {name!r:.100} has sizes {[axis.count for axis in axes]}")
    spatial = [axis for axis in axes if axis.number in _SPATIAL]
    if not spatial:
        raise unsupported(container.name, f"the image {name!r:.100} has none of the axes x, y and z")
    columns, rows, depth = (*spatial, *(_single(axes, number) for number in _SPATIAL))[:3]
    mosaic = next((axis for axis in axes if axis.number == words.MOSAIC), _single(axes, words.MOSAIC))
    if mosaic.count > _MOST_TILES:
        raise damaged(container.name, f"the image {name!r:.100} claims {mosaic.count} tiles")
    taken = {columns, rows, depth, mosaic}
    return _Layout(
        name=name,
        rows=rows,
        columns=columns,
        depth=depth,
        extra=tuple(axis for axis in reversed(axes) if axis not in taken),
        mosaic=mosaic,
        stored=stored,
        channels=words.described_channels(element, stored),
        acquired=words.acquired_at(element),
    )


def _single(axes: Sequence[Dimension], number: int) -> Dimension:
    """An axis that the image does not have: one thick."""
    return Dimension(number, 1, max(axis.count * axis.step for axis in axes), 0.0, 0.0, "")
