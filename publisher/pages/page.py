"""What every page has, and its machine-readable twin."""

import json
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar

from publisher import urls
from publisher.pages.markup import Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Public addresses of a site, each ending in ``/``; None when the site has none yet.

    ``data_url`` is set only when pixels live elsewhere than the pages.
    ``preview_url`` stands in snippets while there is no ``base_url``.
    """

    base_url: str | None = None
    data_url: str | None = None
    preview_url: str = "http://127.0.0.1:8000/"

    def page(self, target: PurePosixPath) -> str | None:
        """Public address of a page or file, None without ``base_url``."""
        return urls.absolute(self.base_url, target) if self.base_url else None

    def data(self, target: PurePosixPath) -> str | None:
        """Public address of pixels, None while neither address is known."""
        base = self.data_url or self.base_url
        return urls.absolute(base, target) if base else None

    def snippet(self, target: PurePosixPath) -> str:
        """Address of pixels for code that people copy; the preview server's while the site has none."""
        return self.data(target) or urls.absolute(self.preview_url, target)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """What builders know of the site beside the thing a page is about.

    ``viewers`` are the names to offer under "Open with", in order. ``zarr_version`` (the setting ``zarr.version``) and
    ``sharded`` describe the published stores. ``prose`` turns Markdown into sanitised HTML.
    """

    title: str
    addresses: Addresses
    prose: Prose
    publisher: str = ""
    viewers: tuple[str, ...] = ()
    zarr_version: str = "0.5"
    sharded: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Crumb:
    """One step of the breadcrumb; ``href`` is None for the page itself."""

    title: str
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Words and where they lead; ``note`` stands beside them (a size, a count)."""

    title: str
    href: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture with its size in pixels and its alternative text; ``srcset`` offers it in several widths, as HTML
    writes them, and is empty where there is but one."""

    href: str
    width: int
    height: int
    alt: str
    srcset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """The same thing in another form: ``type`` is its media type."""

    title: str
    href: str
    type: str


JSON_TWIN = (Alternate(title="This page as JSON", href="index.json", type="application/json"),)
"""Alternates of a page that has its JSON sibling alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Fields of every page; kinds of pages add theirs.

    ``url`` is the page's file below the site's root. ``title`` is its h1, ``head_title`` the words of
    the browser's tab, ``description`` one sentence for search engines. ``canonical`` and
    ``card_picture`` (Open Graph) are absolute addresses, None without ``base_url``; ``card_width`` and
    ``card_height`` are the card's size in pixels. ``alternates`` are machine-readable forms.
    """

    template: ClassVar[str] = "base.html"
    kind: ClassVar[str] = "page"

    url: PurePosixPath
    title: str
    head_title: str
    description: str
    breadcrumbs: tuple[Crumb, ...] = ()
    canonical: str | None = None
    card_picture: str | None = None
    card_width: int = 0
    card_height: int = 0
    alternates: tuple[Alternate, ...] = ()


def one_sentence(text: str, *, limit: int = 200) -> str:
    """The beginning of ``text`` on one line, cut at a word, for search engines and cards."""
    words = " ".join(text.split())
    return words if len(words) <= limit else words[:limit].rsplit(" ", 1)[0].rstrip(",;:.") + " …"


_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_MARKDOWN_MARKS = re.compile(
    r"^ {0,3}(?:#{1,6}|>|[-*+]|\d{1,3}[.)])[ \t]+|`+|(?<!\w)[*_]+(?=\S)|(?<=\S)[*_]+(?!\w)", re.MULTILINE
)


def plain_text(markdown: str) -> str:
    """Markdown without its marks, for descriptions; its beginning only (1,000 characters)."""
    return _MARKDOWN_MARKS.sub("", _MARKDOWN_LINK.sub(r"\1", markdown[:1000]))


def head_title(title: str, site: str) -> str:
    """Words of the browser's tab: ``title`` and the site's name, at most 70 characters."""
    ending = f" · {site}" if 0 < len(site) <= 40 else ""
    return one_sentence(title, limit=68 - len(ending)) + ending


def _plain(value: object) -> object:
    """A dataclass as its fields, with its kind where it has one (panels); anything else as text (paths)."""
    names = getattr(value, "__dataclass_fields__", None)
    if names is None:
        return str(value)
    document = {name: getattr(value, name) for name in names}
    return {"kind": kind, **document} if (kind := getattr(value, "kind", None)) else document


def to_json(page: Page) -> bytes:
    """The page model as JSON: the page's sibling file and its fingerprint."""
    document = {"kind": page.kind, **{name: getattr(page, name) for name in page.__dataclass_fields__}}
    return (
        json.dumps(document, default=_plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        + b"\n"
    )
