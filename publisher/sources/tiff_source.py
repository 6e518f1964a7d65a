"""Images whose planes are directories of one or several TIFF files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from publisher.errors import Problem
from publisher.model.image import Image
from publisher.model.screen import Plate
from publisher.sources.codestream import KNOWN
from publisher.sources.damage import damage_boundary, damaged, unsupported
from publisher.sources.protocol import ImageSource, SourceFile, TileGrid
from publisher.sources.tiff_container import Directory, Segments, TiffContainer
from publisher.sources.tiff_layout import Layout

if TYPE_CHECKING:  # numpy costs 14 times a bare Python, and an inspection needs no array
    from numpy.typing import NDArray

    from publisher.model.roi import ROI
    from publisher.sources.tiff_pixels import TiffPixels


@dataclass(frozen=True, slots=True)
class PlaneAddress:
    """Where one plane is: the file's place in the source, the directory in the file.

    With ``shift`` it lies that many bytes behind the directory's own pixels: ImageJ writes one directory
    for a whole stack beyond 4 GB.
    """

    file: int
    directory: int
    shift: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TiffSeries:
    """One image. ``planes`` are in order T, C, Z (z fastest), each of ``samples`` channels.

    ``reduced`` are directories of the main chain that hold smaller versions of a one-plane image. ``selections`` are
    what was drawn on it in ImageJ, in the format of its .roi files.
    """

    image: Image
    planes: Sequence[PlaneAddress]
    samples: int = 1
    reduced: tuple[int, ...] = ()
    selections: tuple[bytes, ...] = ()

    def plane_index(self, t: int, c: int, z: int) -> int:
        """Index into the planes of the one that holds channel ``c``."""
        pixels = self.image.pixels
        return (t * (pixels.size_c // self.samples) + c // self.samples) * pixels.size_z + z


class TiffSource(ImageSource):
    """Opened TIFF files with their images: an `ImageSource`."""

    def __init__(
        self,
        containers: Sequence[TiffContainer],
        series: Sequence[TiffSeries],
        *,
        others: Sequence[Path] = (),
        document: bytes | None = None,
        warnings: Sequence[Problem] = (),
        plates: Sequence[Plate] = (),
    ) -> None:
        self._containers, self._series = tuple(containers), tuple(series)
        self._others, self._document, self._warnings = tuple(others), document, tuple(warnings)
        self._plates = tuple(plates)
        self._locate = lru_cache(maxsize=128)(self._find)
        self._readers: tuple[TiffPixels, ...] | None = None
        self._level_positions = [self._find_levels(number) for number in range(len(self._series))]
        for each in self._series:
            self._check(each)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for reader in self._readers or ():
            reader.close()
        for container in self._containers:
            container.close()

    def identity(self) -> tuple[SourceFile, ...]:
        """Every file the images are made of, sorted by path."""
        paths = {container.path for container in self._containers} | set(self._others)
        stats = [(path, path.stat()) for path in sorted(paths)]
        return tuple(SourceFile(str(path), stat.st_size, str(stat.st_mtime_ns)) for path, stat in stats)

    def document(self) -> bytes | None:
        """The OME-XML of the main file or companion."""
        return self._document

    def warnings(self) -> tuple[Problem, ...]:
        """What the curator should know."""
        return self._warnings

    def images(self) -> Sequence[Image]:
        """Every image, in series order."""
        return tuple(series.image for series in self._series)

    def plates(self) -> Sequence[Plate]:
        """Every plate that the OME-XML describes."""
        return self._plates

    def regions(self, series: int) -> Sequence[ROI]:
        """What was drawn on an image in ImageJ; raises DamagedSourceError."""
        found = self._series[series]
        if not found.selections:
            return ()
        from publisher.formats.imagej_roi import StackSizes, read_rois  # late, as below

        pixels = found.image.pixels
        sizes = StackSizes(c=pixels.size_c, z=pixels.size_z, t=pixels.size_t)
        return read_rois(found.selections, sizes, name=self._containers[0].name)

    def levels(self, series: int) -> Sequence[tuple[int, int]]:
        """(height, width) of every stored resolution, largest first."""
        layouts = [self._directory(series, level, 0).layout for level in range(len(self._level_positions[series]) + 1)]
        return tuple((layout.height, layout.width) for layout in layouts)

    def tiling(self, series: int, level: int) -> TileGrid:
        """How one resolution is stored, from its first plane."""
        directory, segments = self._locate(series, level, 0)
        layout = directory.layout
        return TileGrid(
            height=layout.tile_height,
            width=layout.tile_width,
            samples=layout.tile_samples,
            coded_bytes=max(segments.counts),
            compressed=layout.tiled or not layout.is_raw,
            lossy=layout.may_be_lossy,
        )

    def read(self, series: int, level: int, *, t: int, z: int, c: slice, y: slice, x: slice) -> NDArray[Any]:
        """Pixels (C, Y, X) of one block, clipped to the plane, native byte order."""
        # numpy is loaded with the first pixel: an inspection does without.
        from publisher.sources.tiff_pixels import join_channels

        each = self._series[series]
        pixels = each.image.pixels
        if not (0 <= t < pixels.size_t and 0 <= z < pixels.size_z and 0 <= level <= len(self._level_positions[series])):
            raise IndexError(f"no plane t={t} z={z} at level {level} of series {series}")
        channels = range(*c.indices(pixels.size_c))
        layout = self._directory(series, level, each.plane_index(t, channels.start, z)).layout
        rows, columns = range(*y.indices(layout.height)), range(*x.indices(layout.width))
        blocks = []
        for first in range(channels.start - channels.start % each.samples, channels.stop, each.samples):
            plane = each.plane_index(t, first, z)
            samples = range(max(channels.start - first, 0), min(channels.stop - first, each.samples))
            directory, segments = self._locate(series, level, plane)
            blocks.append(self._pixels(each.planes[plane].file).block(directory, segments, samples, rows, columns))
        return join_channels(blocks)

    def _pixels(self, file: int) -> TiffPixels:
        if self._readers is None:
            from publisher.sources.tiff_pixels import TiffPixels  # late for the same reason

            self._readers = tuple(TiffPixels(container) for container in self._containers)
        return self._readers[file]

    def _directory(self, series: int, level: int, plane: int) -> Directory:
        each = self._series[series]
        address = each.planes[plane]
        container = self._containers[address.file]
        directory = container.directories()[address.directory]
        if not level:
            return directory
        position = self._level_positions[series][level - 1]
        if each.reduced:
            return container.directories()[position]
        subs = container.sub_directories(directory)
        if position >= len(subs):
            raise damaged(container.name, f"directory {address.directory} has no resolution {level}")
        return subs[position]

    def _find(self, series: int, level: int, plane: int) -> tuple[Directory, Segments]:
        each = self._series[series]
        container = self._containers[each.planes[plane].file]
        directory = self._directory(series, level, plane)
        if level and not directory.layout.same_pixels(self._directory(series, level, 0).layout):
            raise damaged(container.name, f"resolution {level} of directory {directory.index} differs from the first's")
        segments = container.segments(directory)
        shift = each.planes[plane].shift
        if shift:
            segments = Segments(tuple(offset + shift for offset in segments.offsets), segments.counts)
        return directory, segments

    def _find_levels(self, series: int) -> tuple[int, ...]:
        """Positions (among SubIFDs, or in the main chain) of the smaller resolutions, largest first."""
        each = self._series[series]
        if each.reduced:
            return each.reduced
        container = self._containers[each.planes[0].file]
        first = container.directories()[each.planes[0].directory]
        found: list[int] = []
        above = first.layout
        subs = container.sub_directories(first)
        order = sorted(range(len(subs)), key=lambda position: -subs[position].layout.width)
        for position in order:
            layout = subs[position].layout
            same = layout.dtype == above.dtype and layout.samples == above.samples
            if same and (layout.height < above.height or layout.width < above.width):
                found.append(position)
                above = layout
        return tuple(found)

    def _check(self, series: TiffSeries) -> None:
        """All planes are there, alike, and whole: so that nothing is ever filled in."""
        container = self._containers[series.planes[0].file]
        first = container.directories()[series.planes[0].directory].layout
        _refuse_unreadable(first, container.name)
        seen: set[tuple[int, int]] = set()
        for address in series.planes:
            if (address.file, address.directory) in seen:
                continue
            seen.add((address.file, address.directory))
            container = self._containers[address.file]
            directory = container.directories()[address.directory]
            if directory.layout is not first and not directory.layout.same_pixels(first):
                message = (
                    f"directory {address.directory} holds {_words(directory)}, "
                    f"but the image's first plane is {first.height} x {first.width} {first.dtype}"
                )
                raise damaged(container.name, message)
            with damage_boundary(container.name, f"reading directory {address.directory}"):
                container.segments(directory)


def _refuse_unreadable(layout: Layout, name: str) -> None:
    """Kinds of samples and compressions that no decoder here reads, said before anything is planned."""
    if layout.dtype is None:
        kind = _KINDS_OF_SAMPLE.get(layout.sample_format, f"format {layout.sample_format}")
        raise unsupported(name, f"has samples of {layout.bits} bits ({kind}), which cannot be read")
    if layout.compression not in KNOWN:
        hint = "save it with a common compression (none, LZW, deflate, Zstandard, JPEG, JPEG 2000)"
        raise unsupported(name, f"has compression {layout.compression}, which is not one that can be read", hint=hint)


_KINDS_OF_SAMPLE = {1: "unsigned integers", 2: "integers", 3: "floating point", 5: "complex integers", 6: "complex"}


def _words(directory: Directory) -> str:
    layout = directory.layout
    return f"{layout.height} x {layout.width} {layout.dtype} with {layout.samples} samples"
