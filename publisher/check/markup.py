"""The tags of a page, found fast: a site of 10 000 pages is judged in seconds.

No tree is made (html.parser takes 20 times as long: measured); the pages are our own, so their tags are
well formed, and what is not is the business of a validator.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

# Possessive repeats (*+) keep a page with an unclosed quote from being read again and again.
_VALUES = r"""[^>"']*+(?:"[^"]*+"[^>"']*+|'[^']*+'[^>"']*+)*+"""
_TAG = re.compile(
    r"<!--.*?-->"
    rf"|<(?P<raw>script|style|textarea|title)\b(?P<raw_attributes>{_VALUES})>(?P<text>.*?)</(?P=raw)\s*>"
    rf"|<(?P<name>[a-zA-Z][a-zA-Z0-9-]*+)(?P<attributes>{_VALUES})>",
    re.DOTALL | re.IGNORECASE,
)
_TELLING = frozenset({"html", "h1", "title", "img", "script", "style"})
"""Tags that say something even without an attribute."""
_ATTRIBUTE = re.compile(r"""([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")


@dataclass(frozen=True, slots=True)
class Tag:
    """One start tag: lower-case name, attributes with their entities resolved, place in the page."""

    name: str
    attributes: dict[str, str]
    offset: int
    text: str = ""
    """What stands inside it, for script, style, textarea and title."""


@dataclass(frozen=True)
class Markup:
    """An HTML page as text, with its start tags in order; comments are passed over."""

    source: str

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """Start tags that have attributes or tell by their name alone; script, style, textarea, title hold text."""
        return tuple(self._read_tags())

    @cached_property
    def ids(self) -> frozenset[str]:
        """Names a fragment can point to: every id, and the name of an ``a``."""
        return frozenset(
            value
            for tag in self.tags
            for key in ("id", "name")
            if (value := tag.attributes.get(key)) and (key == "id" or tag.name == "a")
        )

    def line_of(self, tag: Tag) -> int:
        """Line of a tag, counted from 1."""
        return self.source.count("\n", 0, tag.offset) + 1

    def _read_tags(self) -> Iterator[Tag]:
        for match in _TAG.finditer(self.source):
            raw, raw_attributes, text, name, attributes = match.groups()
            name = (raw or name or "").lower()
            attributes = raw_attributes or attributes
            if attributes or name in _TELLING:
                yield Tag(name, _attributes(attributes) if attributes else {}, match.start(), text or "")


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        value = double or single or bare
        found.setdefault(name.lower(), html.unescape(value) if "&" in value else value)
    return found
