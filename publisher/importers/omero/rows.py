"""images.csv of a transfer pack: where images are on plates, wells and plates with pairs, images without pixels."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from publisher.catalogue.curation import MEANINGS
from publisher.formats.ome_xml.engine import NS, Element
from publisher.formats.ome_xml.tree import OmeTree
from publisher.importers.draft import TableDraft
from publisher.importers.omero.annotations import Said

COLUMNS = ("image", "series", "id", "name", "description", "dataset", "plate", "well", "field", "acquisition")
_OF_WELL = {
    "ExternalIdentifier": "External Identifier",
    "ExternalDescription": "External Description",
    "Type": "Type",
    "Status": "Status",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRow:
    """One row: cells of `COLUMNS` by their name, and pairs in their order."""

    cells: Mapping[str, str]
    pairs: Sequence[tuple[str, str]] = ()


def table(rows: Sequence[PackRow]) -> TableDraft | None:
    """The table of ``rows`` with the columns that any fills; a key that repeats in a row has several columns."""
    if not rows:
        return None
    used = [name for name in COLUMNS if any(row.cells.get(name) for row in rows)]
    times: dict[str, int] = {}
    for row in rows:
        count: dict[str, int] = {}
        for key, _ in row.pairs:
            count[key] = count.get(key, 0) + 1
        for key, number in count.items():
            times[key] = max(times.get(key, 0), number)
    header = (*used, *(key for key, number in times.items() for _ in range(number)))
    return TableDraft(header=header, rows=tuple(_cells(row, used, times) for row in rows))


def _cells(row: PackRow, used: Sequence[str], times: Mapping[str, int]) -> tuple[str, ...]:
    values: dict[str, list[str]] = {}
    for key, value in row.pairs:
        values.setdefault(key, []).append(value)
    pairs = (cell for key, number in times.items() for cell in _padded(values.get(key, []), number))
    return (*(row.cells.get(name, "") for name in used), *pairs)


def _padded(values: list[str], number: int) -> list[str]:
    return [*values, *[""] * (number - len(values))]


def key(name: str) -> str:
    """``name`` as a header of images.csv: one that has a meaning there gets a word that takes it away."""
    clean = " ".join(name.split())
    return f"{clean} (pair)".strip() if clean.lower() in MEANINGS or not clean else clean


def pairs_of(said: Said) -> tuple[tuple[str, str], ...]:
    """What is said of something as cells of a row."""
    return tuple((key(name), value) for name, value in said.cells())


def pairs_of_well(tree: OmeTree, well: Element) -> Iterator[tuple[str, str]]:
    """What a Well says of itself, and its reagents."""
    yield from ((name, well.get(own, "").strip()) for own, name in _OF_WELL.items() if well.get(own, "").strip())
    for reference in well.iterfind(NS + "ReagentRef"):
        reagent = tree.find(reference.get("ID", ""))
        if reagent is not None:
            words = (reagent.get("Name", "").strip(), reagent.get("ReagentIdentifier", "").strip())
            yield "Reagent", " ".join(filter(None, words))
