"""What templates know of the site, the same for every page."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from publisher import urls
from publisher.config.model import SiteConfig
from publisher.pages.feed import FEED
from publisher.pages.links import external
from publisher.render.static import StaticFiles
from publisher.render.theme import Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationLink:
    """A link of the header: to a page of the site (``path`` from its root) or elsewhere (``url``)."""

    title: str
    path: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteContext:
    """Facts and files of the site.

    ``language`` is BCP 47. ``styles`` leads from a bundle to its style sheet, ``static`` from a file's name to its
    hashed path, all from the site's root. ``options`` are the theme's. ``csp`` is the Content-Security-Policy of
    pages, ``csp_anywhere`` that of the viewer's own page, which may read from any host. ``contact`` is an address for
    questions, a link. ``feed`` is None without ``base_url``.
    ``base_path`` is the path of ``base_url``, for the 404 page, which may be answered at any depth.
    """

    title: str
    description: str
    language: str
    navigation: tuple[NavigationLink, ...]
    publisher: str
    publisher_url: str | None
    contact: str | None
    options: Mapping[str, Any]
    styles: Mapping[str, str]
    static: Mapping[str, str]
    csp: str
    csp_anywhere: str
    feed: str | None
    base_path: str | None

    def digest(self) -> str:
        """SHA-256 of everything here: a change rewrites every page."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        text = json.dumps(fields, default=_plain, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    fields = getattr(value, "__dataclass_fields__", None)
    return dict(value) if fields is None else {name: getattr(value, name) for name in fields}


def site_context(config: SiteConfig, theme: Theme, static: StaticFiles) -> SiteContext:
    """The context of a site's pages."""
    contact = config.contact
    return SiteContext(
        title=config.title,
        description=config.description,
        language=config.language,
        navigation=tuple(_navigation(item.title, item.page, item.url) for item in config.navigation),
        publisher=config.publisher.name,
        publisher_url=config.publisher.url,
        contact=external(f"mailto:{contact}" if contact and "@" in contact and ":" not in contact else contact or ""),
        options=theme.options,
        styles=static.styles,
        static=static.names,
        csp=content_security_policy(config.data_url),
        csp_anywhere=POLICY_OF_THE_VIEWER,
        feed=str(FEED) if config.base_url else None,
        base_path=urlsplit(config.base_url).path if config.base_url else None,
    )


def _navigation(title: str, page: str | None, url: str | None) -> NavigationLink:
    return NavigationLink(title=title, path=str(urls.prose(page)) if page else None, url=external(url) if url else None)


POLICY_OF_THE_VIEWER = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self' https: http:; base-uri 'none'; form-action 'self'"
)
"""Of the page that opens any store: it may read from any host."""


def content_security_policy(data_url: str | None) -> str:
    """Only the site's own files; pixels also from the origin of ``data_url``."""
    origin = f" {urlsplit(data_url).scheme}://{urlsplit(data_url).netloc}" if data_url else ""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{origin}; "
        f"connect-src 'self'{origin}; base-uri 'none'; form-action 'self'"
    )
