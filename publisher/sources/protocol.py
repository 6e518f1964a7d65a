"""What a reader is: the plugin interface, stable since its version 1.

A reader is found by suffix and then asked; it opens a file as an `ImageSource`, which tells what the
file holds and reads blocks of it. Arrays leave a source as (C, Y, X) in native byte order.

Within a version no name here is taken away, changes its meaning, or asks for more. What is added is either a method
of `ImageSource` that answers "none" until a source says otherwise, or a Protocol of its own beside it, like
`EncodedChunks`. Other changes raise `INTERFACE_VERSION`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

from publisher.errors import Problem
from publisher.model.encoded import EncodedImage, Shape5
from publisher.model.image import Image
from publisher.model.labels import LabelImage
from publisher.model.location import Address
from publisher.model.screen import Plate
from publisher.sources.confinement import resolve_inside

if TYPE_CHECKING:  # numpy costs 14 times a bare Python, and an inspection needs no array
    from numpy.typing import NDArray

    from publisher.model.roi import ROI


INTERFACE_VERSION = 1
"""Version of the interface in this module. A reader may say which it was made for: ``interface = 1``."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that an image is made of; ``stamp`` changes when its bytes do (mtime in ns, or an ETag)."""

    path: str
    size: int
    stamp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TileGrid:
    """How one resolution of one series is stored.

    ``height`` and ``width`` are the pixels of one tile or strip that is decoded at once (Y, X);
    ``samples`` channels come out of one tile together (3 for interleaved RGB); ``coded_bytes`` is the
    largest compressed tile; ``compressed`` is false when any rows can be read without decoding more;
    ``lossy`` is true where samples are stored with loss (JPEG): kept without, they take many times the bytes.
    """

    height: int
    width: int
    samples: int = 1
    coded_bytes: int = 0
    compressed: bool = True
    lossy: bool = False


@dataclass(frozen=True, slots=True)
class Roots:
    """Folders that files named by other files may come from; everything else is refused.

    The first is the study's folder. ``resolve`` follows symlinks before it compares.
    """

    folders: tuple[Path, ...]

    def resolve(self, path: Path) -> Path:
        """Real path of ``path``; raises DamagedSourceError when it lies outside all folders."""
        return resolve_inside(path, self.folders)


class ImageSource(Protocol):
    """One opened file (or folder, or set of files) with its images. Use it as a context manager.

    Inherit from it: methods with a body here need not be written where they say what is true. ``series`` is the number
    of an image, from 0, or that of a label image; ``level`` is a stored resolution, 0 the largest. ``read`` may be
    called from several threads at once. Regions and everything else that is no pixel travel in ``document``.
    """

    def __enter__(self) -> Self:
        return self

    @abstractmethod
    def __exit__(self, *_: object) -> None:
        """Close every file."""

    @abstractmethod
    def identity(self) -> tuple[SourceFile, ...]:
        """Every file the images are made of, sorted by path."""

    def document(self) -> bytes | None:
        """The source's own OME-XML as it stands, of any release; None when it has none."""
        return None

    def warnings(self) -> tuple[Problem, ...]:
        """What the curator should know about these files, of severity WARNING; pixels are never affected."""
        return ()

    @abstractmethod
    def images(self) -> Sequence[Image]:
        """Every image, in series order; ``pixels.dtype`` and sizes are those ``read`` will deliver."""

    def plates(self) -> Sequence[Plate]:
        """Every plate that the images belong to; an image is in one well at most."""
        return ()

    def labels(self) -> Sequence[LabelImage]:
        """Every label image; ``levels``, ``tiling`` and ``read`` take its ``series`` as they take an image's."""
        return ()

    def regions(self, series: int) -> Sequence[ROI]:
        """Regions of an image that the file keeps outside `document`; IDs may be empty. What is drawn in ImageJ."""
        return ()

    @abstractmethod
    def levels(self, series: int) -> Sequence[tuple[int, int]]:
        """(height, width) of every resolution the file stores, largest first."""

    @abstractmethod
    def tiling(self, series: int, level: int) -> TileGrid:
        """How one resolution is stored."""

    @abstractmethod
    def read(self, series: int, level: int, *, t: int, z: int, c: slice, y: slice, x: slice) -> NDArray[Any]:
        """Pixels (C, Y, X) of one block, clipped to the plane; ``c`` is a multiple of ``tiling().samples``.

        Raises DamagedSourceError when any byte of the block is missing or cannot be decoded: a plane is
        never filled in silently.
        """


@runtime_checkable
class EncodedChunks(Protocol):
    """What a source may offer beside `ImageSource`: its stored chunks, to be published without recompression.

    Places are indices of chunks, t c z y x; label images are not asked for. The methods may be called from several
    threads at once.
    """

    def encoded(self, series: int) -> EncodedImage:
        """How the chunks of an image are stored, or the obstacle that keeps them from being published as they are."""

    def encoded_chunk(self, series: int, level: int, place: Shape5) -> bytes | None:
        """Bytes of one chunk as `encoded` describes them; None where the source has none (all of it is 0).

        Raises DamagedSourceError when the bytes cannot be read. They are not decoded: whoever publishes them does.
        """

    def encoded_file(self, series: int, level: int, place: Shape5) -> Path | None:
        """The file that is one chunk, or shard ``place`` of a sharded level; None where there is none.

        Asked only of images whose `encoded` is linkable. Raises DamagedSourceError for a shard that holds more than
        chunks.
        """


class Reader(Protocol):
    """A kind of file that can be read. ``revision`` rises only when what `open` yields changes."""

    name: str
    suffixes: tuple[str, ...]
    revision: int

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether this file is ours; ``head`` is its first 4 KiB, empty for a folder."""

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> ImageSource:
        """Open ``path``; raises SourceError with the file named. Opening reads metadata only.

        ``axes`` is the curator's word on the axes of a file that does not tell them or is wrong, slowest first
        ("ZYX"). Pixel sizes that the file has for an axis stay with its position.
        """


@runtime_checkable
class RemoteReader(Protocol):
    """What a reader may offer beside `Reader`: sources at an address. ``suffixes`` and ``name`` are the reader's."""

    def open_address(self, address: Address, *, axes: str | None = None) -> ImageSource:
        """Open the source at ``address``; raises SourceError with host and status where it cannot be read.

        Nothing but that host may be asked, and no file of this computer.
        """
