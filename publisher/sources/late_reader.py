"""Readers that are loaded when a file asks for them: most builds meet few kinds of files.

Loading all of them took an eighth of a second of CPU in every process that opens a file. What a registry must know
of a reader before is written here; a test holds it against the readers themselves.
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from publisher.model.location import Address
from publisher.sources.extras import KNOWN, is_installed
from publisher.sources.protocol import ImageSource, Reader, RemoteReader, Roots

_ZARR = (".ome.zarr.zip", ".zarr.zip", ".ozx", ".ome.zarr", ".zarr")
_MRC = (
    ".mrc",
    ".map",
    ".mrcs",
    ".rec",
    ".st",
    ".ali",
    ".preali",
    ".ccp4",
    ".mrc.gz",
    ".mrc.bz2",
    ".map.gz",
    ".map.bz2",
)


@dataclass(slots=True, eq=False)  # not frozen: a Reader says that its attributes may be set
class LateReader:
    """A `Reader` in ``module``, relative to this package, by the name of its class."""

    name: str
    suffixes: tuple[str, ...]
    revision: int
    module: str
    class_name: str

    def loaded(self) -> Reader:
        """The reader itself."""
        reader: Reader = getattr(import_module(self.module, __package__), self.class_name)()
        return reader

    def can_read(self, path: Path, head: bytes) -> bool:
        """As the reader says."""
        return self.loaded().can_read(path, head)

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> ImageSource:
        """As the reader does."""
        return self.loaded().open(path, roots, axes=axes)


@dataclass(slots=True, eq=False)  # as above
class LateRemoteReader(LateReader):
    """The same of a `RemoteReader`."""

    def open_address(self, address: Address, *, axes: str | None = None) -> ImageSource:
        """As the reader does."""
        reader = self.loaded()
        assert isinstance(reader, RemoteReader), "written here, and held against the readers by a test"
        return reader.open_address(address, axes=axes)


def late_readers() -> tuple[LateReader, ...]:
    """One for each built-in reader but those of TIFF and OME-XML."""
    return (
        LateRemoteReader("ome-zarr", _ZARR, 3, ".ome_zarr", "OmeZarrReader"),
        LateReader("czi", (".czi",), 1, ".foreign.czi", "CziReader"),
        LateReader("lif", (".lif", ".lof"), 1, ".foreign.lif", "LifReader"),
        LateReader("nd2", (".nd2",), 1, ".foreign.nd2_reader", "Nd2Reader"),
        LateReader("mrc", _MRC, 1, ".foreign.mrc", "MrcReader"),
        LateReader("deltavision", (".dv", ".r3d", ".r3d_d3d", ".d3d"), 1, ".foreign.deltavision", "DeltaVisionReader"),
        LateReader("nrrd", (".nrrd", ".nhdr"), 1, ".foreign.nrrd", "NrrdReader"),
        LateReader(
            "picture", (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"), 1, ".foreign.pictures", "PictureReader"
        ),
        LateReader("yokogawa", (".wpi",), 1, ".foreign.yokogawa", "YokogawaReader"),
        LateReader("bioio", tuple(KNOWN) if is_installed("bioio") else (), 1, ".foreign.bioio_reader", "BioioReader"),
    )
