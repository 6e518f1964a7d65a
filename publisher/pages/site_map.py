"""What search engines read: sitemap.xml (with an index beyond 50,000 pages) and robots.txt."""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import islice
from pathlib import PurePosixPath

from publisher.pages.page import Addresses

LIMIT = 50_000
"""Addresses in one sitemap, by sitemaps.org."""

SITE_MAP = PurePosixPath("sitemap.xml")
_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"


def site_maps(pages: Iterable[PurePosixPath], addresses: Addresses) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Sitemap files of these pages, ``sitemap.xml`` last; nothing without ``base_url``, as entries must be absolute."""
    if addresses.base_url is None:
        return
    parts = [_part(batch, addresses) for batch in _batches(pages)]
    if len(parts) < 2:
        yield SITE_MAP, parts[0] if parts else _part((), addresses)
        return
    names = [PurePosixPath(f"sitemap-{number}.xml") for number in range(1, len(parts) + 1)]
    yield from zip(names, parts, strict=True)
    yield SITE_MAP, _document("sitemapindex", "sitemap", names, addresses)


def _batches(pages: Iterable[PurePosixPath]) -> Iterator[list[PurePosixPath]]:
    left = iter(pages)
    while batch := list(islice(left, LIMIT)):
        yield batch


def _part(pages: Iterable[PurePosixPath], addresses: Addresses) -> bytes:
    return _document("urlset", "url", pages, addresses)


def _document(root: str, element: str, targets: Iterable[PurePosixPath], addresses: Addresses) -> bytes:
    rows = [f"<{element}><loc>{escape(addresses.page(target) or '')}</loc></{element}>" for target in targets]
    body = "\n".join(rows)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_SCHEMA}">\n{body}\n</{root}>\n'.encode()


def robots(addresses: Addresses) -> bytes:
    """robots.txt: pages may be read by all, and where the sitemap is."""
    site_map = addresses.page(SITE_MAP)
    return ("User-agent: *\nAllow: /\n" + (f"\nSitemap: {site_map}\n" if site_map else "")).encode()
