"""The wells of a plate as a list, with what is said of each: keys whose values differ are columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from publisher import urls
from publisher.model.annotation import Pair
from publisher.pages.facts import Fact, Value
from publisher.pages.links import Linker
from publisher.pages.plate_grid import WORDS, well_anchor
from publisher.pages.plate_summary import EMPTY, IMAGED, PlateSummary

PairsOf = Callable[[Sequence[int]], tuple[Pair, ...]]
"""Key-value pairs of rows of images.csv, by their numbers."""

BETWEEN = " · "
"""Stands between values of one key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """An image that is spoken of, but whose pixels are not here: its name and its pairs."""

    name: str
    pairs: tuple[Pair, ...]
    description: str = ""


RecordsOf = Callable[[Sequence[int]], tuple[RecordRow, ...]]
"""Rows about images without pixels, by their numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WellRow:
    """One well: ``anchor`` is its id on the page, ``href`` its page where it has images, ``values`` are under the
    list's columns. ``pairs`` and ``records`` are all that is known of a well that has no page."""

    name: str
    anchor: str
    href: str | None
    state: str
    words: str
    images: int
    values: tuple[str, ...]
    pairs: tuple[Pair, ...] = ()
    records: tuple[RecordRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WellList:
    """Wells with images or words, by row and column. ``columns`` are the keys whose values differ between wells, in
    the order of the table; ``same`` are the pairs that all of them have alike. ``has_records``: some have images
    without pixels."""

    columns: tuple[str, ...]
    rows: tuple[WellRow, ...]
    same: tuple[Fact, ...]
    has_records: bool


def well_list(summary: PlateSummary, slug: str, pairs_of: PairsOf, records_of: RecordsOf, linker: Linker) -> WellList:
    """The list of a plate's wells; empty ones are left out."""
    shown = [
        (well, brief, pairs_of(well.about))
        for well, brief in zip(summary.contents.wells, summary.wells, strict=True)
        if brief.state != EMPTY
    ]
    values = [_values(pairs) for _, _, pairs in shown]
    keys = list(dict.fromkeys(key for each in values for key in each))
    same = [key for key in keys if len(shown) > 1 and all(each.get(key) == values[0].get(key) for each in values)]
    columns = tuple(key for key in keys if key not in set(same))
    rows = tuple(
        WellRow(
            name=well.name,
            anchor=well_anchor(well.address),
            href=linker.to(urls.well(slug, summary.contents.id, well.address)) if brief.state == IMAGED else None,
            state=brief.state,
            words=WORDS[brief.state],
            images=brief.images,
            values=tuple(each.get(key, "") for key in columns),
            pairs=() if brief.state == IMAGED else pairs,
            records=() if brief.state == IMAGED else records_of(well.records),
        )
        for (well, brief, pairs), each in zip(shown, values, strict=True)
    )
    return WellList(
        columns=columns,
        rows=rows,
        same=tuple(Fact(label=key, values=(Value(text=values[0][key]),)) for key in same),
        has_records=any(row.records for row in rows),
    )


def _values(pairs: Sequence[Pair]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for pair in pairs:
        found.setdefault(pair.key, []).append(pair.value)
    return {key: BETWEEN.join(values) for key, values in found.items()}
