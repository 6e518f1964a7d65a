"""The reader of TIFF files of every kind: OME-TIFF, ImageJ, LSM, slides and plain TIFF."""

from pathlib import Path

from publisher.errors import Problem
from publisher.sources.damage import damage_boundary, unsupported, warning
from publisher.sources.foreign.lsm import is_lsm, open_lsm
from publisher.sources.imagej_tiff import is_imagej, read_imagej
from publisher.sources.ndpi_container import NdpiContainer
from publisher.sources.ome_tiff import ome_xml_of, open_ome_tiff
from publisher.sources.plain_tiff import other_format, read_plain
from publisher.sources.protocol import Roots
from publisher.sources.slide_tiff import read_slide, slide_kind
from publisher.sources.stk_tiff import is_stack, read_stack
from publisher.sources.tiff_container import TiffContainer
from publisher.sources.tiff_layout import Photometric
from publisher.sources.tiff_source import TiffSeries, TiffSource

_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


class TiffReader:
    """Reads TIFF files; which kind one is tells its first directory, not its name."""

    name = "tiff"
    suffixes: tuple[str, ...] = (
        ".ome.tiff", ".ome.tif", ".ome.tf2", ".ome.tf8", ".ome.btf",
        ".tiff", ".tif", ".tf2", ".tf8", ".btf", ".stk", ".svs", ".ndpi", ".qptiff", ".lsm",
    )  # fmt: skip
    revision = 3

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether the file begins as TIFF or BigTIFF."""
        return head[:4] in _MAGIC

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> TiffSource:
        """Open ``path``; ``axes`` is used for files that do not describe their own."""
        real = roots.resolve(path)
        with damage_boundary(path, "opening"):
            if is_lsm(real):
                return open_lsm(real, str(path))
            container = TiffContainer(real, name=str(path))
            try:
                if slide_kind(container) == "Hamamatsu":
                    container.close()
                    container = NdpiContainer(real, name=str(path))
                return self._open(container, roots, axes)
            except BaseException:
                container.close()
                raise

    def _open(self, container: TiffContainer, roots: Roots, axes: str | None) -> TiffSource:
        other = other_format(container)
        if other:
            hint = "install a reader for it, or convert it to OME-TIFF or OME-Zarr with bioformats2raw"
            raise unsupported(container.name, f"is {other}, which this reader does not know", hint=hint)
        document = ome_xml_of(container)
        if document is not None:
            return open_ome_tiff(container, document, roots)
        all_series, warnings = _without_document(container, axes)
        return TiffSource([container], all_series, warnings=(*warnings, *_notes(container)))


def _without_document(container: TiffContainer, axes: str | None) -> tuple[tuple[TiffSeries, ...], tuple[Problem, ...]]:
    """The images of a file without OME-XML, by the first kind that it is of."""
    if is_imagej(container):
        series, warnings = read_imagej(container)
    elif kind := slide_kind(container):
        series, warnings = read_slide(container, kind)
    elif is_stack(container):
        series, warnings = read_stack(container, axes)
    else:
        return read_plain(container, axes)
    return (series,), warnings


def _notes(container: TiffContainer) -> tuple[Problem, ...]:
    """What the curator should know of how a file without OME-XML stores its values."""
    photometric = container.directories()[0].layout.photometric
    if photometric == Photometric.MIN_IS_WHITE:
        message = "stores white as zero: its values are published as they are, so it looks inverted"
        return (warning(container.name, "source.min-is-white", message),)
    stored = {Photometric.PALETTE: "numbers of colours in a table", Photometric.SEPARATED: "amounts of ink (CMYK)"}
    if photometric in stored:
        message = f"stores {stored[Photometric(photometric)]}: its values are published as they are"
        hint = "save it as RGB if its colours matter"
        return (warning(container.name, "source.colours-as-stored", message, hint=hint),)
    return ()
