"""Library or assay tables with their processed data: what IDR joins into annotation.csv, where a study has none.

study.txt names the column by which rows belong together, "Processed Data Column Link To Library File".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.importers.draft import Todo
from publisher.importers.foreign_table import ForeignTable, TableRow
from publisher.importers.idr.study_text import Section, plain_key

LINKS = ("Processed Data Column Link To Library File", "Processed Data Column Link To Assay File")


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedTable:
    """A table with further columns: ``added`` are their cells by what stands in column ``at``, stripped."""

    sample: ForeignTable
    at: int
    header: tuple[str, ...]
    added: dict[str, tuple[str, ...]]

    @property
    def shown(self) -> str:
        """The first table's name in messages."""
        return self.sample.shown

    def rows(self) -> Iterator[TableRow]:
        """Rows of the first table, with what the second says of them."""
        nothing = ("",) * (len(self.header) - len(self.sample.header))
        for row in self.sample.rows():
            yield TableRow(line=row.line, cells=row.cells + self.added.get(row.cells[self.at].strip(), nothing))


def links(block: Section) -> tuple[str, ...]:
    """Columns by which the processed data of a screen or experiment belong to its rows."""
    return tuple(value for key in LINKS for value in block.values(key) if value)


def joined_tables(
    samples: Sequence[Path], processed: Sequence[Path], link: Sequence[str], shown: str
) -> tuple[list[ForeignTable | JoinedTable], list[Todo]]:
    """Each of ``samples``, joined with the first of ``processed`` that has the column, and what could not be joined."""
    tables = [ForeignTable(path, f"{shown}/{path.name}") for path in samples]
    results = [ForeignTable(path, f"{shown}/{path.name}") for path in processed]
    found: list[ForeignTable | JoinedTable] = []
    used = set()
    for table in tables:
        pair = next(
            ((result, key) for result in results for key in link if _has(table, key) and _has(result, key)), None
        )
        found.append(_joined(table, *pair) if pair else table)
        used |= {pair[0].shown} if pair else set()
    unused = [result for result in results if result.shown not in used and result.header]
    words = "its rows belong to no row of a table of images or wells; it is offered as a file"
    return found, [Todo(f"{result.path.name}: {words}", shown) for result in unused]


def _has(table: ForeignTable, key: str) -> bool:
    return plain_key(key) in map(plain_key, table.header)


def _place(table: ForeignTable, key: str) -> int:
    return [plain_key(name) for name in table.header].index(plain_key(key))


def _joined(sample: ForeignTable, result: ForeignTable, key: str) -> JoinedTable:
    """Columns that both have stay as the sample's; of rows with the same key the first counts."""
    known = set(map(plain_key, sample.header))
    new = [number for number, name in enumerate(result.header) if name and plain_key(name) not in known]
    at = _place(result, key)
    added: dict[str, tuple[str, ...]] = {}
    for row in result.rows():
        added.setdefault(row.cells[at].strip(), tuple(row.cells[number] for number in new))
    header = sample.header + tuple(result.header[number] for number in new)
    return JoinedTable(sample=sample, at=_place(sample, key), header=header, added=added)
