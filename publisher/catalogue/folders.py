"""Where studies are in content/. Kept apart from reading them, so that a build with nothing to do stays light."""

from pathlib import Path

from publisher.paths import SitePaths

DESCRIPTIONS = ("study.yaml", "study.yml", "study.md")
"""Names of the file that makes a folder a study; the first that is there is read."""


def study_folders(paths: SitePaths) -> list[Path]:
    """Folders of content/studies that hold a study, by name."""
    if not paths.studies.is_dir():
        return []
    return sorted(
        folder
        for folder in paths.studies.iterdir()
        if not folder.name.startswith((".", "_")) and any((folder / name).is_file() for name in DESCRIPTIONS)
    )
