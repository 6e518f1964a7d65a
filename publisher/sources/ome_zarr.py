"""OME-Zarr 0.1 to 0.6 as a source: images, plates and labels, in a folder or a zip."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from publisher.errors import MissingReaderError, Problem
from publisher.model.encoded import EncodedImage, Shape5
from publisher.model.image import Image
from publisher.model.labels import LabelImage
from publisher.model.location import Address
from publisher.model.screen import Plate
from publisher.sources.damage import damage_boundary, damaged
from publisher.sources.protocol import ImageSource, Roots, SourceFile, TileGrid
from publisher.sources.zarr_encoded import EncodedFiles, encoded_image
from publisher.sources.zarr_files import FolderFiles, ZarrFiles, ZipFiles
from publisher.sources.zarr_hierarchy import Hierarchy, read_hierarchy

if TYPE_CHECKING:  # zarr costs 27 times a bare Python, and an inspection needs no chunk
    from numpy.typing import NDArray

    from publisher.sources.zarr_chunks import ZarrArrays

_ROOT_FILES = (".zattrs", ".zgroup", "zarr.json")


class OmeZarrReader:
    """Reads OME-Zarr folders and zips of them."""

    name = "ome-zarr"
    suffixes: tuple[str, ...] = (".ome.zarr.zip", ".zarr.zip", ".ozx", ".ome.zarr", ".zarr")
    revision = 3

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether this is a folder with Zarr metadata or of that name, or a zip by one of our suffixes."""
        if path.is_dir():
            return path.name.lower().endswith(".zarr") or any((path / file).is_file() for file in _ROOT_FILES)
        return head[:4] == b"PK\x03\x04" and path.name.lower().endswith(self.suffixes)

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> OmeZarrSource:
        """Open ``path``; ``axes`` names the axes as they are stored, where the store itself is wrong about them."""
        real = roots.resolve(path)
        files: ZarrFiles = FolderFiles(real, roots, str(path)) if real.is_dir() else ZipFiles(real, str(path))
        try:
            with damage_boundary(path, "opening"):
                return OmeZarrSource(files, read_hierarchy(files, axes))
        except BaseException:
            files.close()
            raise

    def open_address(self, address: Address, *, axes: str | None = None) -> OmeZarrSource:
        """Open the store at ``address`` on the web."""
        try:
            from publisher.sources.http_files import HttpFiles  # late: urllib3 is an extra
        except ImportError as error:
            raise _no_remote(address) from error
        files = HttpFiles(address)
        try:
            with damage_boundary(str(address), "opening"):
                return OmeZarrSource(files, read_hierarchy(files, axes))
        except BaseException:
            files.close()
            raise


def _no_remote(address: Address) -> MissingReaderError:
    message = "is on the web, for which a package is not installed"
    hint = "pip install 'ome-publisher[remote]'"
    return MissingReaderError(Problem(code="source.missing-reader", path=str(address), message=message, hint=hint))


class OmeZarrSource(ImageSource):
    """An opened OME-Zarr hierarchy: an `ImageSource`."""

    def __init__(self, files: ZarrFiles, hierarchy: Hierarchy) -> None:
        self._files, self._hierarchy = files, hierarchy
        self._stored = (*hierarchy.images, *(labels.stored for labels in hierarchy.labels))
        self._arrays: ZarrArrays | None = None
        self._encoded = EncodedFiles(files)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def identity(self) -> tuple[SourceFile, ...]:
        """Every file of the hierarchy, sorted by path."""
        return self._files.identity()

    def document(self) -> bytes | None:
        """OME/METADATA.ome.xml of a bioformats2raw layout."""
        return self._hierarchy.document

    def warnings(self) -> tuple[Problem, ...]:
        """What the curator should know."""
        return self._hierarchy.warnings

    def images(self) -> Sequence[Image]:
        """Every image, in series order."""
        return tuple(stored.image for stored in self._hierarchy.images)

    def plates(self) -> Sequence[Plate]:
        """Every plate, with the fields that could be read."""
        return self._hierarchy.plates

    def labels(self) -> Sequence[LabelImage]:
        """Every label image that fits its image."""
        return tuple(labels.label for labels in self._hierarchy.labels)

    def levels(self, series: int) -> Sequence[tuple[int, int]]:
        """(height, width) of every level, largest first."""
        stored = self._stored[series]
        y, x = stored.axes.index("y"), stored.axes.index("x")
        return tuple((array.shape[y], array.shape[x]) for array in stored.levels)

    def tiling(self, series: int, level: int) -> TileGrid:
        """The chunk that is decoded at once, inside a shard if there is one."""
        each = self._stored[series]
        array = each.levels[level]
        chunk = dict(zip(each.axes, array.chunk, strict=True))
        size_c = each.image.pixels.size_c
        return TileGrid(
            height=min(chunk["y"], array.shape[each.axes.index("y")]),
            width=min(chunk["x"], array.shape[each.axes.index("x")]),
            samples=min(chunk.get("c", 1), size_c),
            coded_bytes=each.coded_bytes,
        )

    def read(self, series: int, level: int, *, t: int, z: int, c: slice, y: slice, x: slice) -> NDArray[Any]:
        """Pixels (C, Y, X) of one block, clipped to the plane, native byte order; a missing chunk is its fill value."""
        each = self._stored[series]
        pixels, array = each.image.pixels, each.levels[level]
        if not (0 <= t < pixels.size_t and 0 <= z < pixels.size_z):
            raise IndexError(f"no plane t={t} z={z} in series {series}")
        wanted = {"t": slice(t, t + 1), "z": slice(z, z + 1), "c": c, "y": y, "x": x}
        selection = tuple(
            slice(*wanted[axis].indices(size)[:2]) for axis, size in zip(each.axes, array.shape, strict=True)
        )
        thick = next((axis for axis in "zt" if axis in each.axes and array.chunk[each.axes.index(axis)] > 1), None)
        if thick is None:
            values = self._get_arrays().read(array.key, selection)
        else:
            position = each.axes.index(thick)
            values = self._get_arrays().read_plane(array.key, selection, position, {"t": t, "z": z}[thick])
        kept = [axis for axis in each.axes if axis in "cyx"]
        values = values.reshape([size for axis, size in zip(each.axes, values.shape, strict=True) if axis in "cyx"])
        order = [kept.index(axis) for axis in "cyx" if axis in kept]
        values = values.transpose(order)
        return values if "c" in kept else values[None]

    def encoded(self, series: int) -> EncodedImage:
        """How the chunks of an image are stored; those of label images are always made anew."""
        return encoded_image(self._hierarchy.images[series], linkable=isinstance(self._files, FolderFiles))

    def encoded_chunk(self, series: int, level: int, place: Shape5) -> bytes | None:
        """Bytes of one chunk; None where it is absent."""
        stored = self._hierarchy.images[series]
        with damage_boundary(self._files.name, f"reading {stored.levels[level].key}"):
            return self._encoded.chunk(stored.levels[level], stored.axes, place)

    def encoded_file(self, series: int, level: int, place: Shape5) -> Path | None:
        """The file of one chunk or shard."""
        stored = self._hierarchy.images[series]
        array = stored.levels[level]
        key = self._encoded.key(array, stored.axes, place)
        if not isinstance(self._files, FolderFiles) or self._files.size(key) is None:
            return None
        if array.shard and not self._encoded.holds_only_chunks(array, stored.axes, place):
            raise damaged(self._files.name, f"shard {key} holds bytes that belong to no chunk, or to two")
        return self._files.path(key)

    def _get_arrays(self) -> ZarrArrays:
        if self._arrays is None:
            from publisher.sources.zarr_chunks import ZarrArrays  # zarr is loaded with the first pixel

            arrays = (array for stored in self._stored for array in stored.levels)
            self._arrays = ZarrArrays(self._files, {array.key: array for array in arrays})
        return self._arrays
