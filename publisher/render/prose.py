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
_TAG_NAMES = """p br hr em strong b i s del sub sup code pre kbd blockquote ul ol li a h1 h2 h3 h4 h5 h6
    table thead tbody tr th td dl dt dd abbr cite q"""
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "abbr": {"title"}}
_SCHEMES = {"http", "https", "mailto", "doi"}
_NESTED = re.compile(r"^[ \t]*(?:>[ \t]*|(?:[-*+]|\d{1,9}[.)])[ \t]+){12}", re.MULTILINE)
_HEADING = re.compile(r"<(/?)h([1-6])>")
_OPENERS = "[]<`*_&!("


def to_html(text: str) -> Html:
    """Markdown as sanitised HTML: headings start at h2, raw HTML only of harmless kinds, no pictures.

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
    return Html(_from_h2(_clean(html)))


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
        tags=set(_TAG_NAMES.split()),
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


def _from_h2(html: str) -> str:
    """Headings moved so that the highest is h2: the page has its h1 already."""
    shift = 2 - min((int(match[2]) for match in _HEADING.finditer(html)), default=2)
    return _HEADING.sub(lambda match: f"<{match[1]}h{min(int(match[2]) + shift, 6)}>", html)
