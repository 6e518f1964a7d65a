"""Every link inside a site leads to a file of it, and every fragment to a place on that page."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote, urlsplit

from publisher.check.markup import Markup, Tag
from publisher.errors import Problem, Severity

_LINKING = frozenset({"href", "src", "poster", "data", "action", "formaction"})
_SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel", "doi", "data", "blob"})
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_CSS_URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]*))\s*\)""")
_STORE_DOCUMENTS = ("zarr.json", ".zgroup", ".zarray")


@dataclass(frozen=True, slots=True)
class Link:
    """An internal link: where it stands and where it leads, both as paths inside the site."""

    page: str
    line: int
    written: str
    target: str
    fragment: str = ""
    others: int = 0
    """How many further links lead to the same place, counted for places on other pages."""


@dataclass(slots=True)
class LinkChecker:
    """Judges the links of one site page by page; remembers what it has looked up.

    ``folder`` is the site; ``base_url`` its public address, if known: links that name it are internal.
    Memory grows with the number of places that are linked to, not with the number of links.
    """

    folder: Path
    base_url: str | None = None
    _kinds: dict[str, str] = field(default_factory=dict)
    _places: dict[tuple[str, str], tuple[Link, int]] = field(default_factory=dict)

    def check_page(self, page: str, markup: Markup) -> Iterator[Problem]:
        """Problems of one page; ``page`` is its path in the site. Fragments of other pages are kept for the end."""
        for tag in markup.tags:
            for written in _written_links(tag):
                yield from self._check(page, written, markup, tag)

    def check_style_sheet(self, path: str, text: str) -> Iterator[Problem]:
        """Problems of the files a style sheet names by ``url(...)``."""
        for match in _CSS_URL.finditer(text):
            written = match[1] or match[2] or match[3] or ""
            resolved = self._resolve(path, written)
            if written and resolved and self._kind(resolved[0]) != "file":
                yield _broken(Link(path, text.count("\n", 0, match.start()) + 1, written, resolved[0]))

    def check_fragments(self) -> Iterator[Problem]:
        """Problems of links to a place on another page; call it after every page was checked."""
        ids: frozenset[str] = frozenset()
        read = ""
        for (target, fragment), (link, count) in sorted(self._places.items(), key=lambda item: item[0]):
            if target != read:
                ids = Markup((self.folder / target).read_text(encoding="utf-8", errors="replace")).ids
                read = target
            if fragment not in ids:
                yield _no_such_place(replace(link, others=count - 1))

    def _check(self, page: str, written: str, markup: Markup, tag: Tag) -> Iterator[Problem]:
        scheme = _SCHEME.match(written)
        if scheme and scheme[1].lower() not in _SAFE_SCHEMES:
            yield _unsafe(page, markup.line_of(tag), written)
            return
        resolved = self._resolve(page, written)
        if resolved is None:
            return
        target, fragment = resolved
        kind = self._kind(target)
        if kind == "missing":
            yield _broken(Link(page, markup.line_of(tag), written, target))
        elif kind == "page folder" and scheme is None:
            yield _names_folder(Link(page, markup.line_of(tag), written, target))
        elif kind == "file" and _is_place(fragment) and target.endswith(".html"):
            if target != page:
                self._keep_place(page, written, target, fragment, markup, tag)
            elif fragment not in markup.ids:
                yield _no_such_place(Link(page, markup.line_of(tag), written, target, fragment))

    def _keep_place(self, page: str, written: str, target: str, fragment: str, markup: Markup, tag: Tag) -> None:
        known = self._places.get((target, fragment))
        link, count = known or (Link(page, markup.line_of(tag), written, target, fragment), 0)
        self._places[target, fragment] = link, count + 1

    def _resolve(self, page: str, written: str) -> tuple[str, str] | None:
        """Path in the site and fragment that a link on ``page`` leads to; None for a link to elsewhere."""
        if self.base_url and written.startswith(self.base_url):
            written = "/" + written.removeprefix(self.base_url)
        elif written.startswith("//") or _SCHEME.match(written):
            return None
        elif written.startswith("/"):
            written = self._below_site(written)
        written, _, fragment = written.partition("#")
        path = unquote(written.partition("?")[0])
        if not path:
            return page, unquote(fragment)
        joined = path.lstrip("/") or "." if path.startswith("/") else f"{page.rpartition('/')[0] or '.'}/{path}"
        return normpath(joined), unquote(fragment)

    def _below_site(self, path: str) -> str:
        """A path from the host's root as one from the site's root; what lies beside the site is kept, and missing."""
        base_path = urlsplit(self.base_url).path if self.base_url else "/"
        return "/" + path.removeprefix(base_path) if path.startswith(base_path) else "/../" + path

    def _kind(self, target: str) -> str:
        """``file``, ``page folder`` (has an index.html), ``folder`` (a Zarr store) or ``missing``."""
        kind = self._kinds.get(target)
        if kind is None:
            kind = self._kinds[target] = self._look_up(target)
        return kind

    def _look_up(self, target: str) -> str:
        if target == ".." or target.startswith("../") or "\0" in target:
            return "missing"
        path = f"{self.folder}/{target}"
        if os.path.isfile(path):  # noqa: PTH113 - pathlib takes five times as long here
            return "file"
        if os.path.isfile(f"{path}/index.html"):  # noqa: PTH113 - as above
            return "page folder"
        is_store = any(os.path.isfile(f"{path}/{name}") for name in _STORE_DOCUMENTS)  # noqa: PTH113 - as above
        return "folder" if is_store else "missing"


def _written_links(tag: Tag) -> Iterator[str]:
    for name, value in tag.attributes.items():
        if name in _LINKING and (name != "data" or tag.name == "object"):
            yield value.strip()
        elif name == "srcset":
            yield from (words[0] for candidate in value.split(",") if (words := candidate.split()))
    if tag.name == "meta" and tag.attributes.get("property", "").startswith("og:"):
        content = tag.attributes.get("content", "")
        if content.startswith(("http://", "https://")):
            yield content


def _is_place(fragment: str) -> bool:
    """Whether a fragment names an element: "top" needs none, and text fragments name words."""
    return bool(fragment) and fragment.lower() != "top" and not fragment.startswith(":~:")


def _broken(link: Link) -> Problem:
    return Problem(
        code="link.broken",
        path=link.page,
        line=link.line,
        message=f"links to {link.written!r}, and the site has no such file",
        hint="mend the link, or run `publisher build` if the file should have been made",
    )


def _names_folder(link: Link) -> Problem:
    return Problem(
        code="link.names-folder",
        path=link.page,
        line=link.line,
        message=f"links to the folder {link.written!r}, which opens on a host but not from a disk",
        hint="name its index.html",
        severity=Severity.WARNING,
    )


def _no_such_place(link: Link) -> Problem:
    return Problem(
        code="link.no-such-place",
        path=link.page,
        line=link.line,
        message=f"links to {link.written!r}, and nothing on {link.target} has the id {link.fragment!r}"
        + (f"; {link.others} more links lead there" if link.others else ""),
        hint="mend the part after #",
    )


def _unsafe(page: str, line: int, written: str) -> Problem:
    return Problem(
        code="link.unsafe-scheme",
        path=page,
        line=line,
        message=f"links to {written[:60]!r}; expected http, https, mailto, tel or doi",
        hint="a link must not run code on the reader's machine",
    )
