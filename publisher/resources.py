"""Where the files that ship beside the code are: in an installed wheel, or in a checkout."""

from pathlib import Path

from publisher.errors import Problem, PublisherError

_PACKAGE = Path(__file__).resolve().parent


def themes_folder() -> Path:
    """Folder of the themes that come with publisher, one folder each."""
    return _first("themes", (_PACKAGE / "_resources" / "themes", _PACKAGE.parent / "themes"))


def example_site() -> Path:
    """Folder of the example site: its ``site_config.yaml`` and ``content``."""
    return _first("site_config.yaml", (_PACKAGE / "_resources" / "site", _PACKAGE.parent), beside=True)


def documentation() -> Path:
    """Folder of the documentation: tutorial, how-to, reference."""
    return _first("docs", (_PACKAGE / "_resources" / "docs", _PACKAGE.parent / "docs"))


def viewer_bundle() -> Path:
    """Folder of the built viewer: scripts that refer to each other by name, notices, a manifest."""
    return _PACKAGE / "_viewer"


def _first(name: str, places: tuple[Path, ...], *, beside: bool = False) -> Path:
    for place in places:
        if (place / name if beside else place).exists():
            return place
    raise PublisherError(
        Problem(
            code="install.incomplete",
            message=f"{name} is neither in the installed package nor beside it in a checkout",
            hint="install publisher again: pip install --force-reinstall ome-publisher",
        )
    )
