"""Readers of other formats that are loaded when a file asks for them: most builds meet none of their files.

Loading all of them took a tenth of a second of CPU in every process that opens a file. What a registry must know
of a reader before is written here; a test holds it against the readers themselves.
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from publisher.sources.extras import KNOWN, is_installed
from publisher.sources.protocol import ImageSource, Reader, Roots

_FOREIGN = "publisher.sources.foreign"
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
    """A `Reader` in ``module`` of `publisher.sources.foreign`, by the name of its class."""

    name: str
    suffixes: tuple[str, ...]
    revision: int
    module: str
    class_name: str

    def loaded(self) -> Reader:
        """The reader itself."""
        reader: Reader = getattr(import_module(f"{_FOREIGN}.{self.module}"), self.class_name)()
        return reader

    def can_read(self, path: Path, head: bytes) -> bool:
        """As the reader says."""
        return self.loaded().can_read(path, head)

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> ImageSource:
        """As the reader does."""
        return self.loaded().open(path, roots, axes=axes)


def late_readers() -> tuple[LateReader, ...]:
    """One for each built-in reader of a format that is neither TIFF nor OME's."""
    return (
        LateReader("czi", (".czi",), 1, "czi", "CziReader"),
        LateReader("lif", (".lif", ".lof"), 1, "lif", "LifReader"),
        LateReader("nd2", (".nd2",), 1, "nd2_reader", "Nd2Reader"),
        LateReader("mrc", _MRC, 1, "mrc", "MrcReader"),
        LateReader("deltavision", (".dv", ".r3d", ".r3d_d3d", ".d3d"), 1, "deltavision", "DeltaVisionReader"),
        LateReader("nrrd", (".nrrd", ".nhdr"), 1, "nrrd", "NrrdReader"),
        LateReader("picture", (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"), 1, "pictures", "PictureReader"),
        LateReader("yokogawa", (".wpi",), 1, "yokogawa", "YokogawaReader"),
        LateReader("bioio", tuple(KNOWN) if is_installed("bioio") else (), 1, "bioio_reader", "BioioReader"),
    )
