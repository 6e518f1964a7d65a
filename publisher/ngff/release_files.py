"""The files of a fileset as a reader of one release of OME-Zarr sees them."""

from publisher.errors import SourceError
from publisher.formats.ngff_version import ZARR_2_ATTRIBUTES, ZARR_2_GROUP, ZARR_3
from publisher.ngff.array_metadata import ZARR_2_ARRAY
from publisher.sources.protocol import SourceFile
from publisher.sources.zarr_files import ZarrFiles, read_json

DOCUMENTS = {
    "0.4": frozenset({ZARR_2_ARRAY, ZARR_2_ATTRIBUTES, ZARR_2_GROUP}),
    "0.5": frozenset({ZARR_3}),
    "0.6": frozenset({ZARR_3}),
}
"""Names of the metadata files of each release."""
ATTRIBUTES = {"0.4": ZARR_2_ATTRIBUTES, "0.5": ZARR_3, "0.6": ZARR_3}
"""Where a group says what it is."""
ARRAY = {"0.4": ZARR_2_ARRAY, "0.5": ZARR_3, "0.6": ZARR_3}


def releases_in(files: ZarrFiles) -> tuple[str, ...]:
    """Releases whose metadata the root of ``files`` has, oldest first."""
    other = "0.5" if _says_06(files) else "0.6"
    return tuple(
        release
        for release, names in DOCUMENTS.items()
        if release != other and any(files.size(name) is not None for name in names)
    )


def _says_06(files: ZarrFiles) -> bool:
    """Whether the root is of 0.6, whose files are called as those of 0.5; what cannot be read is told of as 0.5."""
    try:
        document = read_json(files, ZARR_3) or {}
    except SourceError:
        return False
    attributes = document.get("attributes")
    ome = attributes.get("ome") if isinstance(attributes, dict) else None
    return isinstance(ome, dict) and ome.get("version") == "0.6"


class ReleaseFiles:
    """``files`` without the metadata of other releases; a `ZarrFiles` itself. Sizes are asked for once."""

    def __init__(self, files: ZarrFiles, release: str) -> None:
        self._files, self.release, self.name, self.listed = files, release, files.name, files.listed
        self._sizes: dict[str, int | None] = {}
        self._hidden = frozenset().union(*DOCUMENTS.values()) - DOCUMENTS[release]

    def size(self, key: str) -> int | None:
        """Bytes of the file at ``key``; None when this release knows no such file."""
        if key not in self._sizes:
            self._sizes[key] = None if self._hides(key) else self._files.size(key)
        return self._sizes[key]

    def read(self, key: str, start: int, count: int) -> bytes:
        """``count`` bytes from ``start``."""
        return self._files.read(key, start, count)

    def sizes_below(self, prefix: str) -> dict[str, int]:
        """Size of every file below ``prefix``, by key."""
        return {key: size for key, size in self._files.sizes_below(prefix).items() if not self._hides(key)}

    def folders(self, prefix: str) -> list[str]:
        """Names of the folders directly below ``prefix``, sorted."""
        return self._files.folders(prefix)

    def identity(self) -> tuple[SourceFile, ...]:
        """Every file, sorted by path."""
        return self._files.identity()

    def close(self) -> None:
        """Nothing of its own is open."""

    def _hides(self, key: str) -> bool:
        return key.rpartition("/")[2] in self._hidden
