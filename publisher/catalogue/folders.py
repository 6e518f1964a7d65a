"""Where studies are in content/. Kept apart from reading them, so that a build with nothing to do stays light."""

from collections.abc import Iterator
from pathlib import Path

from publisher.catalogue.image_patterns import is_utf8, odd_name
from publisher.errors import ContentError, Problem, Severity
from publisher.paths import SitePaths

DESCRIPTIONS = ("study.yaml", "study.yml", "study.md")
"""Names of the file that makes a folder a study; the first that is there is read."""


def study_folders(paths: SitePaths) -> list[Path]:
    """Folders of content/studies that hold a study, by name."""
    return [folder for folder in _candidates(paths) if _is_described(folder) and is_utf8(folder.name)]


def undescribed(paths: SitePaths) -> Iterator[Problem]:
    """Warnings about folders of content/studies passed over: nothing describes them, or their name is no text."""
    for folder in _candidates(paths):
        if folder.is_dir() and not _is_described(folder):
            yield Problem(
                code="study.no-description",
                path=paths.shown(folder),
                message="holds no study.yaml, and is passed over",
                hint="write one (`publisher add` does), or begin the folder's name with _ if it is no study",
                severity=Severity.WARNING,
            )
        elif folder.is_dir() and not is_utf8(folder.name):
            yield odd_name(paths.shown(folder))


def _candidates(paths: SitePaths) -> list[Path]:
    if not paths.studies.is_dir():
        return []
    return sorted(folder for folder in paths.studies.iterdir() if not folder.name.startswith((".", "_")))


def _is_described(folder: Path) -> bool:
    return any((folder / name).is_file() for name in DESCRIPTIONS)


def refuse_outside(path: Path, paths: SitePaths) -> None:
    """Raise ContentError when ``path`` is a link to somewhere outside the site: what it holds would be published.

    Folders of images may lie elsewhere; study.yaml names them under `sources`.
    """
    real = path.resolve()
    if not any(real.is_relative_to(folder.resolve()) for folder in (paths.root, paths.content)):
        message = "is a link to a place outside the site"
        hint = "copy it into the site; folders of images elsewhere are named under `sources:` in study.yaml"
        raise ContentError(Problem(code="content.outside", path=paths.shown(path), message=message, hint=hint))
