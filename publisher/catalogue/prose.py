"""Reads a page of content/pages: Markdown, with a title in its front matter or as its first heading."""

from dataclasses import dataclass
from pathlib import Path

from publisher.catalogue.folders import refuse_outside
from publisher.errors import ContentError, Problem
from publisher.model.identity import SAFE_ID
from publisher.paths import SitePaths
from publisher.yaml_file import YamlFile, read_text

KEYS = ("title", "description")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProseText:
    """A page's name in its address, its title, its one-sentence description, and its Markdown without the title."""

    name: str
    title: str
    description: str
    markdown: str
    shown: str


def read_prose(paths: SitePaths) -> list[ProseText]:
    """Every page of content/pages, by name; raises ContentError with all faults."""
    problems: list[Problem] = []
    pages: list[ProseText] = []
    for path in sorted(paths.pages.glob("*.md")) if paths.pages.is_dir() else []:
        try:
            refuse_outside(path, paths)
            pages.append(_read(path, paths.shown(path)))
        except ContentError as error:
            problems += error.problems
    if problems:
        raise ContentError(*problems)
    return pages


def _read(path: Path, shown: str) -> ProseText:
    name = path.stem
    if not SAFE_ID.match(name):
        message = f"the name {name!r} becomes part of a web address"
        raise ContentError(
            Problem(code="page.bad-name", path=shown, message=message, hint="use letters, digits and hyphens")
        )
    text = read_text(path, shown, prefix="page")
    said: dict[str, object] = {}
    if text.startswith("---\n") and "\n---\n" in text:
        front, _, text = text[4:].partition("\n---\n")
        file = YamlFile(path, shown=shown, text="\n" + front)
        unknown = [
            file.fault("page.unknown-key", f"unknown key {key!r}; known are {', '.join(KEYS)}", (key,))
            for key in file.data
            if key not in KEYS
        ]
        if unknown:
            raise ContentError(*unknown)
        said = file.data
    first, _, rest = text.lstrip().partition("\n")
    heading = first[2:].strip() if first.startswith("# ") else ""
    title = str(said.get("title") or heading or name.replace("-", " ").capitalize())
    markdown = rest if heading and heading == title else text
    return ProseText(
        name=name, title=title, description=str(said.get("description", "")), markdown=markdown.strip(), shown=shown
    )
