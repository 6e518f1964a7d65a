"""bulkmap-config.yml: which columns of a table are shown under which name, in which group, in which order.

IDR's curators write it for OMERO; here it says the order, names and namespaces of the columns of images.csv.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from publisher.catalogue.curation import MEANINGS, key_and_namespace
from publisher.errors import ContentError, Problem, Severity
from publisher.importers.idr.study_text import plain_key
from publisher.yaml_file import YamlFile

UNLISTED = "openmicroscopy.org/omero/bulk_annotations"
"""Namespace of columns that stand in the table alone: OMERO keeps a table under it beside the pairs."""

_VALUE = re.compile(r"\{\{\s*value\s*(\|\s*urlencode\s*)?\}\}")
_SOURCE = re.compile(r"Term Source\s*\d*\s*(REF|Accession)", re.IGNORECASE)
"""A column that says where the word in the column before it is defined."""
_TRUE = (True, "yes", "true", "True", "on", 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeColumn:
    """A column of the table, by its header, as it is to be shown.

    ``template`` makes another value of the cell; ``split`` parts several values in one cell.
    """

    header: str
    key: str
    namespace: str = ""
    template: str = ""
    split: str = ""

    def values(self, cell: str) -> list[str]:
        """The values that ``cell`` holds, as they are shown."""
        parts = [part.strip() for part in cell.split(self.split)] if self.split else [cell.strip()]
        return [self._shown(part) for part in parts if part]

    def _shown(self, value: str) -> str:
        """The value in its template. A function keeps backslashes of the value from being read as a pattern's."""
        if not self.template:
            return value
        return _VALUE.sub(lambda found: quote(value, safe="/") if found[1] else value, self.template)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Columns to show, in their order; ``warnings`` tell of what could not be understood."""

    columns: tuple[RecipeColumn, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownColumn:
    """A column of images.csv: value ``nth`` (from 0) of cell ``at`` of the table, as ``column`` shows it."""

    header: str
    at: int
    nth: int
    column: RecipeColumn


def read_recipe(path: Path, shown: str) -> Recipe:
    """The recipe at ``path``; raises ContentError when it is no YAML."""
    file = YamlFile(path, shown=shown)
    defaults = file.data.get("defaults")
    columns: list[RecipeColumn] = []
    warnings: list[Problem] = []
    try:
        for said, namespace in _said(file.data.get("columns")):
            own = {**(defaults if isinstance(defaults, Mapping) else {}), **said}
            column = _column(own, namespace)
            if column is None:
                continue
            if "{" in _VALUE.sub("", column.template):
                message = f"{column.template!r} does more than put in a value: the column is shown as it is"
                warnings.append(_warning("idr.template", shown, message))
                column = RecipeColumn(header=column.header, key=column.key, namespace=namespace, split=column.split)
            columns.append(column)
    except (TypeError, AttributeError) as error:
        message = "its columns are no list of `name: ...` and `group: ...`"
        raise ContentError(Problem(code="idr.recipe", path=shown, message=message)) from error
    return Recipe(columns=tuple(columns), warnings=tuple(warnings))


def shown_columns(header: Sequence[str], recipe: Recipe, widest: Mapping[int, int]) -> list[ShownColumn]:
    """Columns of images.csv for a table: those of the recipe in its order, then the others in theirs.

    ``widest`` says of a cell that is split how many values it holds at most. Neighbours that show the same cell
    ("Gene Identifier" and its URL) alternate where it holds several.
    """
    places = {plain_key(name): at for at, name in reversed(list(enumerate(header)))}
    wanted = [
        (places[plain_key(column.header)], column) for column in recipe.columns if plain_key(column.header) in places
    ]
    wanted = _with_sources(header, wanted)
    used = {at for at, _ in wanted}
    rest = [(at, _unlisted(name, recipe)) for at, name in enumerate(header) if at not in used and name]
    found: list[ShownColumn] = []
    for run in _runs([*wanted, *rest]):
        for nth in range(max(widest.get(at, 1) for at, _ in run)):
            for at, column in run:
                name = _header(column.key, column.namespace)
                found.append(ShownColumn(header=name, at=at, nth=nth, column=column))
    return found


def _with_sources(header: Sequence[str], wanted: Sequence[tuple[int, RecipeColumn]]) -> list[tuple[int, RecipeColumn]]:
    """``wanted`` with the columns that say of which ontology a word is: they stay behind it, as in the table."""
    used = {at for at, _ in wanted}
    sources: dict[int, list[int]] = {}
    word = -1
    for at, name in enumerate(header):
        if not _SOURCE.match(name):
            word = at
        elif at not in used and word in used:
            sources.setdefault(word, []).append(at)
    found: list[tuple[int, RecipeColumn]] = []
    for number, (at, column) in enumerate(wanted):
        found.append((at, column))
        if number + 1 == len(wanted) or wanted[number + 1][0] != at:
            own = sources.pop(at, [])
            found += [(n, RecipeColumn(header=header[n], key=header[n], namespace=column.namespace)) for n in own]
    return found


def unmatched(header: Sequence[str], recipe: Recipe) -> list[str]:
    """Columns that the recipe shows and the table does not have."""
    known = {plain_key(name) for name in header}
    return list(dict.fromkeys(each.header for each in recipe.columns if plain_key(each.header) not in known))


def _runs(columns: Iterable[tuple[int, RecipeColumn]]) -> Iterator[list[tuple[int, RecipeColumn]]]:
    run: list[tuple[int, RecipeColumn]] = []
    for at, column in columns:
        if run and (run[0][0] != at or run[0][1].namespace != column.namespace):
            yield run
            run = []
        run.append((at, column))
    if run:
        yield run


def _unlisted(name: str, recipe: Recipe) -> RecipeColumn:
    """A column that the recipe does not show; without a recipe all are alike, but for what has a meaning here."""
    return RecipeColumn(header=name, key=name, namespace=UNLISTED if recipe.columns else "")


def _header(key: str, namespace: str) -> str:
    """The header of a column; a key that means something in images.csv is told from it by a namespace."""
    namespace = namespace or (UNLISTED if key.lower() in MEANINGS else "")
    header = f"{key} [{namespace}]"
    return header if namespace and key_and_namespace(header) == (key, namespace) else key


def _said(columns: object) -> Iterator[tuple[Mapping[str, object], str]]:
    """Columns with the namespace of their group."""
    if not isinstance(columns, list):
        return
    for each in columns:
        group = each.get("group")
        if group is None:
            yield each, ""
            continue
        for column in group.get("columns") or ():
            yield column, str(group.get("namespace") or "")


def _column(said: Mapping[str, object], namespace: str) -> RecipeColumn | None:
    header = str(said.get("name") or "").strip()
    is_shown = all(said.get(key, default) in _TRUE for key, default in _SWITCHES)
    if not header or not is_shown:
        return None
    key = str(said.get("clientname") or header).strip()
    template, split = str(said.get("clientvalue") or ""), str(said.get("split") or "")
    return RecipeColumn(
        header=header,
        key=" ".join(key.split()),
        namespace="" if namespace == UNLISTED else "".join(namespace.split()),
        template="".join(template.split()) if re.match("https?://", template) else template,
        split=split.strip() or split,
    )


_SWITCHES = (("include", False), ("includeclient", True), ("visible", True))


def _warning(code: str, shown: str, message: str) -> Problem:
    return Problem(code=code, path=shown, message=message, severity=Severity.WARNING)
