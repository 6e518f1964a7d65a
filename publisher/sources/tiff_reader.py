"""The reader of TIFF files of every kind: OME-TIFF, companion files, ImageJ and plain TIFF."""

from pathlib import Path

from publisher.errors import Problem
from publisher.sources.damage import damage_boundary, damaged, unsupported, warning
from publisher.sources.imagej_tiff import is_imagej, read_imagej
from publisher.sources.ome_tiff import ome_xml_of, open_companion, open_ome_tiff
from publisher.sources.plain_tiff import looks_like_slide, read_plain
from publisher.sources.protocol import Roots
from publisher.sources.tiff_container import TiffContainer
from publisher.sources.tiff_layout import Photometric
from publisher.sources.tiff_source import TiffSource

MAX_COMPANION_BYTES = 512 << 20
_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


class TiffReader:
    """Reads TIFF files; which kind one is tells its first directory, not its name."""

    name = "tiff"
    suffixes: tuple[str, ...] = (
        ".ome.tiff", ".ome.tif", ".ome.tf2", ".ome.tf8", ".ome.btf", ".companion.ome", "-companion.ome",
        ".tiff", ".tif", ".tf2", ".tf8", ".btf",
    )  # fmt: skip
    revision = 2

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether the file begins as TIFF or BigTIFF, or is a companion."""
        return head[:4] in _MAGIC or _is_companion(path)

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> TiffSource:
        """Open ``path``; ``axes`` is used for files that do not describe their own."""
        real = roots.resolve(path)
        with damage_boundary(path, "opening"):
            if _is_companion(path):
                return open_companion(real, _companion(real), roots)
            container = TiffContainer(real, name=str(path))
            try:
                return self._open(container, roots, axes)
            except BaseException:
                container.close()
                raise

    def _open(self, container: TiffContainer, roots: Roots, axes: str | None) -> TiffSource:
        slide = looks_like_slide(container)
        if slide:
            hint = "convert it to OME-TIFF or OME-Zarr with bioformats2raw"
            raise unsupported(container.name, f"is {slide}, which no installed reader knows", hint=hint)
        document = ome_xml_of(container)
        if document is not None:
            return open_ome_tiff(container, document, roots)
        if is_imagej(container):
            series, warnings = read_imagej(container)
            return TiffSource([container], [series], warnings=(*warnings, *_notes(container)))
        all_series, warnings = read_plain(container, axes)
        return TiffSource([container], all_series, warnings=(*warnings, *_notes(container)))


def _is_companion(path: Path) -> bool:
    return path.name.lower().endswith("companion.ome")


def _companion(path: Path) -> bytes:
    size = path.stat().st_size
    if size > MAX_COMPANION_BYTES:
        raise damaged(path, f"is {size} bytes of XML, at most {MAX_COMPANION_BYTES} are read", code="source.too-large")
    return path.read_bytes()


def _notes(container: TiffContainer) -> tuple[Problem, ...]:
    layout = container.directories()[0].layout
    if layout.photometric == Photometric.MIN_IS_WHITE:
        message = "stores white as zero: its values are published as they are, so it looks inverted"
        return (warning(container.name, "source.min-is-white", message),)
    return ()
