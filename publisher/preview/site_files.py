"""From the path of a request to a file of the output folder, and to nothing else on this disk."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from publisher.media_types import ZARR_2_DOCUMENTS

_INDEX = "index.html"
_PUBLIC_DOT_NAMES = ZARR_2_DOCUMENTS | {".well-known"}


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to be sent; ``path`` is real (no symlink in it) and lies in the output folder."""

    path: Path


@dataclass(frozen=True, slots=True)
class MovedTo:
    """A folder named without its last slash; ``location`` is where its page is, as an absolute path."""

    location: str


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """The files of a site below ``folder``, served below the URL path ``base_path`` (``/`` or ``/name/``)."""

    folder: Path
    base_path: str = "/"

    def find(self, url_path: str) -> FoundFile | MovedTo | None:
        """The file behind the path of a URL (percent-encoded, without query), or None: status 404.

        ``..``, empty segments, hidden names other than those of Zarr, backslashes and symbolic links that
        leave the folder all find nothing, as if they did not exist.
        """
        if self.base_path != "/" and url_path in ("/", self.base_path.removesuffix("/")):
            return MovedTo(self.base_path)
        segments = self._segments(url_path)
        if segments is None:
            return None
        path = self.folder.joinpath(*segments)
        try:
            if not path.is_dir():
                return None if url_path.endswith("/") else self._confined(path)
        except OSError:  # a name too long for this disk
            return None
        if url_path.endswith("/"):
            return self._confined(path / _INDEX)
        return MovedTo(f"{url_path}/") if self._confined(path / _INDEX) else None

    def not_found_page(self) -> Path | None:
        """The site's own 404 page, if it has one."""
        found = self._confined(self.folder / "404.html")
        return found.path if found else None

    def _segments(self, url_path: str) -> list[str] | None:
        if not url_path.startswith(self.base_path):
            return None
        try:
            names = [unquote_to_bytes(name).decode() for name in url_path.removeprefix(self.base_path).split("/")]
        except UnicodeDecodeError:
            return None
        if names[-1] == "":
            names.pop()
        return names if all(map(_is_public, names)) else None

    def _confined(self, path: Path) -> FoundFile | None:
        try:
            real = path.resolve(strict=True)
            inside = real.is_relative_to(self.folder.resolve()) and real.is_file()
        except (OSError, RuntimeError):  # missing, or symbolic links in a circle
            return None
        return FoundFile(real) if inside else None


def _is_public(name: str) -> bool:
    if not name or "/" in name or "\\" in name or "\0" in name:
        return False
    return not name.startswith(".") or name in _PUBLIC_DOT_NAMES
