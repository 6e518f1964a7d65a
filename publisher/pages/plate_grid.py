"""The wells of a plate as a table with row and column headers."""

from dataclasses import dataclass

from publisher import urls
from publisher.model.plate_contents import PlateContents, WellContents
from publisher.pages import quantities
from publisher.pages.image_panels.picture import as_picture
from publisher.pages.links import Linker
from publisher.pages.page import Picture
from publisher.pages.plate_summary import EMPTY, IMAGED, MISSING, UNPUBLISHED, PlateSummary, WellSummary

MOST_CELLS = 10_000
"""Cells of a table; a plate with more places has its list of wells alone. The largest plates have 3,456 wells."""

WORDS = {
    IMAGED: "images",
    UNPUBLISHED: "no image published",
    EMPTY: "empty",
    MISSING: "no well",
}
"""States of a place in a reader's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """One place of a plate. ``name`` is empty where no well is; ``href`` leads to the well's page, or to its row in the
    list below; ``picture`` is its first image, whose alternative text names the well; ``words`` say what is there."""

    state: str
    name: str = ""
    href: str | None = None
    picture: Picture | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One row of a plate with its name."""

    name: str
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCount:
    """How many wells are in a state, for the legend; ``state`` is "imaged", "unpublished", "empty" or "missing"."""

    state: str
    words: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateGrid:
    """A plate as a table. ``note`` says which rows and columns at the edges, where no well is, are left out."""

    columns: tuple[str, ...]
    rows: tuple[GridRow, ...]
    states: tuple[StateCount, ...]
    note: str = ""


def plate_grid(summary: PlateSummary, slug: str, linker: Linker) -> PlateGrid | None:
    """The table of a plate; None of one with so many places that no table could show them."""
    contents = summary.contents
    rows, columns = _span(contents, 0), _span(contents, 1)
    if not rows or not columns or len(rows) * len(columns) > MOST_CELLS:
        return None
    wells = {(well.row, well.column): (well, brief) for well, brief in zip(contents.wells, summary.wells, strict=True)}
    absent = EMPTY if contents.is_full else MISSING

    def cell(row: int, column: int) -> GridCell:
        found = wells.get((row, column))
        if found:
            return _cell(*found, contents.id, slug, linker)
        name = f"{contents.rows[row]}{contents.columns[column]}" if contents.is_full else ""
        return GridCell(state=absent, name=name, words=WORDS[absent])

    grid = tuple(GridRow(name=contents.rows[row], cells=tuple(cell(row, column) for column in columns)) for row in rows)
    found = [cell.state for row in grid for cell in row.cells]
    states = (StateCount(state=state, words=words, count=found.count(state)) for state, words in WORDS.items())
    return PlateGrid(
        columns=tuple(contents.columns[column] for column in columns),
        rows=grid,
        states=tuple(state for state in states if state.count),
        note=_left_out(contents, rows, columns),
    )


def well_anchor(address: str) -> str:
    """Id of a well's row in the list below the plate."""
    return f"well-{address}"


def _cell(well: WellContents, brief: WellSummary, plate: str, slug: str, linker: Linker) -> GridCell:
    if brief.state == IMAGED and brief.thumbnail:
        words = f"{well.name}: {quantities.count(brief.images, 'image')}"
        return GridCell(
            state=IMAGED,
            name=well.name,
            href=linker.to(urls.well(slug, plate, well.address)),
            picture=as_picture(brief.thumbnail, well.name, linker),
            words=words,
        )
    href = f"#{well_anchor(well.address)}" if brief.state == UNPUBLISHED else None
    return GridCell(state=brief.state, name=well.name, href=href, words=WORDS[brief.state])


def _span(contents: PlateContents, axis: int) -> range:
    """Rows or columns from the first to the last that has a well; all of a plate on which every place is one."""
    if contents.is_full:
        return range(len((contents.rows, contents.columns)[axis]))
    taken = [(well.row, well.column)[axis] for well in contents.wells]
    return range(min(taken), max(taken) + 1) if taken else range(0)


def _left_out(contents: PlateContents, rows: range, columns: range) -> str:
    shown = []
    for word, names, span in (("rows", contents.rows, rows), ("columns", contents.columns, columns)):
        if len(span) < len(names):
            shown.append(f"{word} {names[span[0]]}–{names[span[-1]]} of {names[0]}–{names[-1]}")
    return f"Shown are {' and '.join(shown)}; the others hold no well." if shown else ""
