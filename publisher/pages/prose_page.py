"""Pages of text, and the page for addresses that lead nowhere."""

import re
from dataclasses import dataclass
from typing import ClassVar

from publisher import urls
from publisher.pages.links import Linker
from publisher.pages.markup import Html
from publisher.pages.page import JSON_TWIN, Crumb, Link, Page, SiteFacts, head_title, one_sentence

_PAGE_LINK = re.compile(r"\]\((?:\./)?([A-Za-z0-9][A-Za-z0-9_-]*)\.md(#[A-Za-z0-9_-]*)?\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProsePage(Page):
    """A page written in Markdown; ``body`` is sanitised HTML without its title."""

    template: ClassVar[str] = "prose.html"
    kind: ClassVar[str] = "prose"

    body: Html


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFoundPage(Page):
    """The 404 page; ``studies`` are some to go on with."""

    template: ClassVar[str] = "404.html"
    kind: ClassVar[str] = "404"

    studies: tuple[Link, ...]


def prose_page(name: str, title: str, markdown: str, site: SiteFacts, *, description: str = "") -> ProsePage:
    """A page of content/pages; ``markdown`` is its text without front matter and without the title.

    Links to other pages are written as people do in a folder of texts: ``[how to cite](how-to-cite.md)``.
    """
    url = urls.prose(name)
    return ProsePage(
        url=url,
        title=title,
        head_title=head_title(title, site.title),
        description=one_sentence(description or f"{title}, {site.title}"),
        breadcrumbs=(Crumb(title="Studies", href=Linker(url).to(urls.HOME)), Crumb(title=title)),
        canonical=site.addresses.page(url),
        alternates=JSON_TWIN,
        body=site.prose(_PAGE_LINK.sub(r"](../\1/index.html\2)", markdown)),
    )


def not_found_page(studies: tuple[tuple[str, str, str], ...], site: SiteFacts) -> NotFoundPage:
    """The 404 page; ``studies`` are (slug, key, title) of a few. Its links are from the site's root (see render)."""
    links = tuple(Link(title=key, href=str(urls.study(slug)), note=title) for slug, key, title in studies)
    return NotFoundPage(
        url=urls.NOT_FOUND,
        title="This well is empty.",
        head_title=head_title("Not found", site.title),
        description="There is no page at this address.",
        studies=links,
    )
