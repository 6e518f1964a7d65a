"""Markdown of curators to sanitised HTML: the one door to Markdown and nh3, and the only maker of `Html`."""

import re
from html import escape

import markdown
import nh3

from publisher.errors import Problem
from publisher.pages.markup import Html

MAX_CHARACTERS = 64_000
"""Longest text; longer ones are shown as plain text and reported."""

MAX_OPENERS = 400
"""Most brackets, angle brackets, backticks or emphasis marks of one kind in a paragraph: Markdown's parser takes
time in the square of unmatched ones (5,000 opening brackets: six seconds)."""

MAX_TAGS = 2_000
"""Most angle brackets in a text: the parser looks at all of the text for each unfinished tag."""

_EXTENSIONS = ("tables", "fenced_code", "sane_lists")
_TAGS = frozenset(
    "p br hr em strong b i s del sub sup code pre kbd blockquote ul ol li a img h1 h2 h3 h4 h5 h6 "
    "table thead tbody tr th td dl dt dd abbr cite q".split()  # noqa: SIM905  a word a line would be forty lines
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "abbr": {"title"},
}
_SCHEMES = {"http", "https", "mailto", "doi"}
_NESTED = re.compile(r"^[ \t]*(?:>[ \t]*|(?:[-*+]|\d{1,9}[.)])[ \t]+){12}", re.MULTILINE)
_HEADING = re.compile(r"<(/?)h([1-6])>")
_OPENERS = "[]<`*_&!("
_REMOTE = re.compile(r"^\s*([a-z][a-z0-9+.-]*:|//|\\)", re.IGNORECASE)


def to_html(text: str) -> Html:
    """Markdown as sanitised HTML: headings start at h2, raw HTML only of harmless kinds, no remote pictures.

    Text that is too long or would take the parser too long is shown as plain text, never refused; see `problems`.
    """
    if not text.strip():
        return Html("")
    if problems(text):
        return Html(f"<p>{escape(text)}</p>")
    try:
        html = markdown.markdown(text, extensions=list(_EXTENSIONS))
    except (RecursionError, ValueError, IndexError, AttributeError):  # the parser's own faults on odd input
        return Html(f"<p>{escape(text)}</p>")
    return Html(_HEADING.sub(_lower_heading, _clean(html)))


def problems(text: str) -> tuple[Problem, ...]:
    """Why `to_html` would show ``text`` as plain text; empty when it would not."""
    if len(text) > MAX_CHARACTERS:
        message = f"a text of {len(text):,} characters; at most {MAX_CHARACTERS:,} are read as Markdown"
        return (Problem(code="prose.too-long", message=message, hint="shorten it, or make it a page of its own"),)
    if _NESTED.search(text):
        return (Problem(code="prose.too-complex", message="lists or quotations nested more than 12 deep in one line"),)
    if text.count("<") > MAX_TAGS:
        return (Problem(code="prose.too-complex", message=f"more than {MAX_TAGS:,} '<' in one text"),)
    for mark in _OPENERS:
        count = text.count(mark)
        if count > MAX_OPENERS and _most_in_a_paragraph(text, mark) > MAX_OPENERS:
            message = f"more than {MAX_OPENERS} {mark!r} in one paragraph"
            hint = "put literal text into a code block, or escape the marks by a backslash"
            return (Problem(code="prose.too-complex", message=message, hint=hint),)
    return ()


def _most_in_a_paragraph(text: str, mark: str) -> int:
    return max(paragraph.count(mark) for paragraph in re.split(r"\n\s*\n", text))


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
        attribute_filter=_attribute,
        strip_comments=True,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src" and _REMOTE.match(value):
        return None
    return value


def _lower_heading(match: re.Match[str]) -> str:
    return f"<{match[1]}h{min(int(match[2]) + 1, 6)}>"
