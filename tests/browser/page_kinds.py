"""One page of each kind: of the example site, found by its URL patterns, and of the site of pixels of every kind."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tests.browser import pixel_site

PATTERNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "home": ("index.html",),
        "study": ("studies/*/index.html", "study.html"),
        "project": ("studies/*/projects/*/index.html",),
        "dataset": ("studies/*/datasets/*/index.html", "dataset.html"),
        "screen": ("studies/*/screens/*/index.html",),
        "plate": ("studies/*/plates/*/index.html",),
        "well": ("studies/*/plates/*/wells/*/index.html",),
        "image": ("studies/*/images/*/index.html", "image.html"),
        "prose": ("pages/*/index.html",),
        "404": ("404.html",),
    }
)
"""Kind of page and where such pages lie; the second pattern is that of a flat folder of hand-written pages."""

EVERY_KIND = (*PATTERNS, *pixel_site.KINDS)


def page_of_kind(site: Path, kind: str) -> str | None:
    """Path in the site of the fullest (largest) page of a kind; None if it has none."""
    if kind in pixel_site.KINDS:
        return pixel_site.KINDS[kind][1]
    for pattern in PATTERNS[kind]:
        pages = sorted(site.glob(pattern), key=lambda path: (-path.stat().st_size, path))
        if pages:
            return pages[0].relative_to(site).as_posix()
    return None


def one_page_of_each_kind(site: Path) -> list[str]:
    """Paths of the pages that stand for all."""
    return [page for kind in PATTERNS if (page := page_of_kind(site, kind))]
