"""Where every page and file of the site lives: pure functions of ids, all relative to the site's root.

Pages are folders with an ``index.html``; links inside the site name it, so that they work from ``file://``.
"""

from pathlib import PurePosixPath
from posixpath import relpath
from urllib.parse import quote

HOME = PurePosixPath("index.html")
NOT_FOUND = PurePosixPath("404.html")
STATIC = PurePosixPath("static")
VIEWER = PurePosixPath("viewer", "index.html")


def study(slug: str) -> PurePosixPath:
    """Page of a study."""
    return PurePosixPath("studies", slug, "index.html")


def quality(slug: str) -> PurePosixPath:
    """Page of a study's quality: what is odd about its images, and what it does not say."""
    return PurePosixPath("studies", slug, "quality", "index.html")


def project(slug: str, project_id: str) -> PurePosixPath:
    """Page of a project."""
    return PurePosixPath("studies", slug, "projects", project_id, "index.html")


def dataset(slug: str, dataset_id: str, number: int = 1) -> PurePosixPath:
    """Page ``number`` (from 1) of a dataset's images."""
    folder = PurePosixPath("studies", slug, "datasets", dataset_id)
    return folder / "index.html" if number == 1 else folder / "page" / str(number) / "index.html"


def screen(slug: str, screen_id: str) -> PurePosixPath:
    """Page of a screen."""
    return PurePosixPath("studies", slug, "screens", screen_id, "index.html")


def plate(slug: str, plate_id: str) -> PurePosixPath:
    """Page of a plate."""
    return PurePosixPath("studies", slug, "plates", plate_id, "index.html")


def well(slug: str, plate_id: str, address: str) -> PurePosixPath:
    """Page of a well that has images; ``address`` is "B3", or "r2c3" where rows and columns are called otherwise."""
    return plate(slug, plate_id).parent / "wells" / address / "index.html"


def attachment(slug: str, path: str) -> PurePosixPath:
    """A file attached to a study or to a container of it, at its path in the study."""
    return PurePosixPath("studies", slug, "attachments", *_inside(path))


def image(slug: str, image_id: str) -> PurePosixPath:
    """Page of an image."""
    return PurePosixPath("studies", slug, "images", image_id, "index.html")


def image_file(slug: str, image_id: str, name: str) -> PurePosixPath:
    """A file beside an image page: ``ome.xml``, ``thumbnail.webp``, ``statistics.json``."""
    return image(slug, image_id).parent / name


def prose(name: str) -> PurePosixPath:
    """A page written in Markdown under content/pages."""
    return PurePosixPath("pages", name, "index.html")


def sibling_json(page: PurePosixPath) -> PurePosixPath:
    """The machine-readable twin of a page."""
    return page.with_suffix(".json")


def fileset(slug: str, fileset_id: str) -> PurePosixPath:
    """Folder of a published OME-Zarr fileset."""
    return PurePosixPath("data", slug, f"{fileset_id}.ome.zarr")


def store(slug: str, fileset_id: str, path: str) -> PurePosixPath:
    """Folder of one image (multiscale) in a fileset, "0" or "A/1/0"; viewers are sent here."""
    return fileset(slug, fileset_id) / path


def ozx(slug: str, image_id: str) -> PurePosixPath:
    """An image's OME-Zarr as one file to download; beside the filesets, since it is as large as they are."""
    return PurePosixPath("data", slug, f"{image_id}.ozx")


def original(slug: str, path: str) -> PurePosixPath:
    """A copy of a source file, at its path in the study."""
    return PurePosixPath("originals", slug, *_inside(path))


def _inside(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".", "..")]


def link(target: PurePosixPath, *, start: PurePosixPath) -> str:
    """``target`` as a relative, percent-encoded link from the page ``start``."""
    return quote(relpath(str(target), str(start.parent)))


def absolute(base: str, target: PurePosixPath) -> str:
    """``target`` below ``base`` (ends in ``/``); a folder's index.html is left off."""
    text = str(target)
    return base + quote(text.removesuffix("index.html") if target.name == "index.html" else text)
