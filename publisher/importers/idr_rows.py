"""images.csv of an IDR study: a row for each row of its tables, and one for each image that is put into a well."""

from collections import Counter
from collections.abc import Iterator, Sequence

from publisher.importers.draft import TableDraft
from publisher.importers.idr_part import Container, Part
from publisher.importers.idr_tables import MergedHeader, Subject
from publisher.importers.pixel_files import Placed, file_and_series
from publisher.model.identity import image_id, record_id

OF_IMAGES = ("image", "series", "id", "name", "dataset")
OF_WELLS = ("plate", "well", "field")


def image_rows(parts: Sequence[Part], slug: str) -> TableDraft | None:
    """The rows of all parts, made when they are asked for; None where there are none."""
    tables = [(part, table) for part in parts for table in part.tables]
    if not tables:
        return None
    merged = MergedHeader()
    taken = [merged.add([shown.header for shown in table.columns]) for _, table in tables]
    has_wells = any(table.is_of_wells for _, table in tables)
    own = OF_IMAGES + (OF_WELLS if has_wells else ())
    keys = merged.header

    def rows() -> Iterator[tuple[str, ...]]:
        seen: Counter[tuple[str, str]] = Counter()
        for (part, table), columns in zip(tables, taken, strict=True):
            places = merged.places(columns)
            for subject, cells in table.rows():
                spread = [""] * len(keys)
                for place, cell in zip(places, cells, strict=True):
                    spread[place] = cell
                head = _well_head(part, subject) if table.is_of_wells else _image_head(part, subject, slug, seen)
                yield (*head, *spread) if has_wells else (*head[: len(OF_IMAGES)], *spread)
        for part in parts:
            for head in _placed_heads(part, slug):
                yield (*head, *[""] * len(keys))

    return TableDraft(header=(*own, *keys), rows=rows())


def called(container: Container) -> str:
    """What images.csv calls a dataset or plate: its id, which no other has."""
    return container.id


def _image_head(part: Part, subject: Subject | None, slug: str, seen: Counter[tuple[str, str]]) -> tuple[str, ...]:
    if subject is None:
        return ("",) * 8
    container = part.containers[subject.container]
    file = part.joins.files.get(subject)
    count = seen[container.id, subject.name]
    seen[container.id, subject.name] += 1
    series = file_and_series(subject.name)[1] if file else ""
    identifier = record_id(slug, container.id, subject.name, count)
    return file.path if file else "", series, identifier, subject.name, called(container), "", "", ""


def _well_head(part: Part, subject: Subject | None) -> tuple[str, ...]:
    if subject is None:
        return ("",) * 8
    return "", "", "", "", "", called(part.containers[subject.container]), subject.name, ""


def _placed_heads(part: Part, slug: str) -> Iterator[tuple[str, ...]]:
    """Images in wells; a well's images are counted from 1 in the order of field and channel."""
    numbers: Counter[tuple[str, str]] = Counter()
    has_channels = len({each.channel for each in part.placed}) > 1
    for each in sorted(part.placed, key=_place):
        container = part.containers[each.plate]
        numbers[each.plate, each.well] += 1
        identifier = image_id(slug, each.file.path, int(each.series) if each.series.isdecimal() else 0)
        field = str(numbers[each.plate, each.well])
        name = f"{each.well}, field {each.field}, channel {each.channel}" if has_channels and each.channel else ""
        yield each.file.path, each.series, identifier, name, "", called(container), each.well, field


def _place(each: Placed) -> tuple[str, str, int, int, int]:
    return each.plate, each.well, _number(each.field), _number(each.channel), each.line


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
