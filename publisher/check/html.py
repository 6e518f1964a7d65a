"""What every page owes its reader, as far as one look at its tags can tell.

A validator and a screen-reader check are the tests' business; these rules cost microseconds and catch what
a theme override or hand-written markup most often breaks.
"""

from collections import Counter
from collections.abc import Iterator

from publisher.check.markup import Markup, Tag
from publisher.errors import Problem

_WITHOUT_SCRIPT_TYPES = frozenset({"application/json", "application/ld+json", "importmap", "speculationrules"})


def check_html(page: str, markup: Markup) -> Iterator[Problem]:
    """Problems of one page; ``page`` is its path in the site."""
    tags = markup.tags
    yield from _check_document(page, tags)
    yield from _check_ids(page, markup)
    for tag in tags:
        for code, message, hint in _faults(tag):
            yield Problem(code=code, path=page, line=markup.line_of(tag), message=message, hint=hint)


def _check_document(page: str, tags: tuple[Tag, ...]) -> Iterator[Problem]:
    root = next((tag for tag in tags if tag.name == "html"), None)
    if root is None or not root.attributes.get("lang"):
        # WCAG 2.2, 3.1.1: "The default human language of each Web page can be programmatically determined."
        yield Problem(
            code="html.no-language", path=page, line=1, message="<html> has no lang", hint="write <html lang=...>"
        )
    title = next((tag.text.strip() for tag in tags if tag.name == "title"), "")
    if not title:
        # WCAG 2.2, 2.4.2: "Web pages have titles that describe topic or purpose."
        yield Problem(code="html.no-title", path=page, line=1, message="the page has no title", hint="add <title>")
    headings = sum(tag.name == "h1" for tag in tags)
    if headings != 1:
        yield Problem(
            code="html.one-heading",
            path=page,
            line=1,
            message=f"the page has {headings} h1, expected one",
            hint="give each page one h1, the name of what it shows",
        )


def _check_ids(page: str, markup: Markup) -> Iterator[Problem]:
    counts = Counter(value for tag in markup.tags if (value := tag.attributes.get("id")))
    for value, count in counts.items():
        if count > 1:
            second = [tag for tag in markup.tags if tag.attributes.get("id") == value][1]
            yield Problem(
                code="html.repeated-id",
                path=page,
                line=markup.line_of(second),
                message=f"{count} elements have the id {value!r}, expected one",
                hint="links and labels reach only the first; make ids differ",
            )


def _faults(tag: Tag) -> Iterator[tuple[str, str, str]]:
    attributes = tag.attributes
    if tag.name == "img" and "alt" not in attributes:
        # WCAG 2.2, 1.1.1: "All non-text content that is presented to the user has a text alternative"
        source = attributes.get("src", "")
        yield "html.no-alt", f"the picture {source!r} has no alt", 'describe it, or write alt="" for decoration'
    if "style" in attributes or any(name.startswith("on") for name in attributes):
        yield (
            "html.inline-code",
            f"<{tag.name}> has inline style or script, which the page's security policy blocks",
            "move it to a file of the theme",
        )
    is_code = tag.name == "script" and attributes.get("type", "").lower() not in _WITHOUT_SCRIPT_TYPES
    if tag.name == "style" or (is_code and "src" not in attributes):
        yield (
            "html.inline-code",
            f"<{tag.name}> holds its text inline, which the page's security policy blocks",
            "move it to a file of the theme",
        )
