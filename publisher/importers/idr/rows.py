"""images.csv of an IDR study: a row for each row of its tables, and one for each image that is put into a well."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from publisher.importers.draft import TableDraft
from publisher.importers.idr.part import Container, Part
from publisher.importers.idr.tables import MergedHeader, Subject
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
    ranks = {plate: _ranks(each for each in part.placed if each.plate == plate) for plate in part.containers}
    for each in sorted(part.placed, key=_place):
        numbers[each.plate, each.well] += 1
        identifier = image_id(slug, each.file.path, int(each.series) if each.series.isdecimal() else 0)
        field, plate = str(numbers[each.plate, each.well]), called(part.containers[each.plate])
        yield each.file.path, each.series, identifier, _name(each, *ranks[each.plate]), "", plate, each.well, field


def _ranks(placed: Iterable[Placed]) -> tuple[dict[int, int], dict[int, int]]:
    """Numbers from 1 of the fields and channels of a plate, whatever they are counted from in the table."""
    fields, channels = set(), set()
    for each in placed:
        fields.add(_number(each.field))
        channels.add(_number(each.channel))
    return (
        {field: rank for rank, field in enumerate(sorted(fields), 1)},
        {channel: rank for rank, channel in enumerate(sorted(channels), 1)},
    )


def _name(placed: Placed, fields: Mapping[int, int], channels: Mapping[int, int]) -> str:
    """A name for an image that is one channel of a field; empty for others, whose place says enough."""
    if len(channels) < 2:
        return ""
    return f"{placed.well}, field {fields[_number(placed.field)]}, channel {channels[_number(placed.channel)]}"


def _place(each: Placed) -> tuple[str, str, int, int, int]:
    return each.plate, each.well, _number(each.field), _number(each.channel), each.line


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
