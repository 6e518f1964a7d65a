"""What many images of one file have in common, told once in its record: instruments, channels, original metadata."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from publisher.model.acquisition import Section
from publisher.model.annotation import Annotation, AttachedFile, OriginalMetadata, Pair

SHARED = (Section, OriginalMetadata)
"""Kinds of values that are told once, wherever they stand."""


class SharedParts:
    """Numbers equal values alike. ``records`` are their JSON, each after all that it refers to."""

    def __init__(self) -> None:
        self.records: list[Any] = []
        self._by_identity: dict[int, tuple[object, int]] = {}
        self._by_value: dict[object, int] = {}

    def number(self, value: object, plain: Callable[[Any, "SharedParts"], dict[str, Any]]) -> int:
        """The number of ``value``; ``plain`` makes its JSON where no equal one has been met."""
        known = self._by_identity.get(id(value))
        if known is not None:
            return known[1]
        if value not in self._by_value:
            record = plain(value, self)
            self.records.append({"section" if isinstance(value, Section) else "original": record})
            self._by_value[value] = len(self.records) - 1
        number = self._by_value[value]
        self._by_identity[id(value)] = value, number  # kept with its number, so that no other takes its place in memory
        return number


def shared_parts(records: Iterable[dict[str, Any]]) -> Sequence[Any]:
    """The values that `SharedParts` told, by number."""
    found: list[Any] = []
    for record in records:
        if "section" in record:
            found.append(_section(record["section"], found))
        else:
            record = record["original"]
            found.append(OriginalMetadata(pairs=_pairs(record), count=record.get("count", 0)))
    return found


def _section(record: dict[str, Any], shared: Sequence[Any]) -> Section:
    return Section(
        kind=record["kind"],
        values=tuple((name, value) for name, value in record.get("values", ())),
        title=record.get("title", ""),
        pairs=_pairs(record),
        sections=tuple(shared[number] for number in record.get("sections", ())),
        annotations=tuple(map(annotation_of, record.get("annotations", ()))),
    )


def annotation_of(record: dict[str, Any]) -> Annotation:
    """The annotation of a record; ``record`` is used up."""
    file = record.pop("file", None)
    pairs = _pairs(record)
    record.pop("pairs", None)
    return Annotation(
        pairs=pairs,
        file=AttachedFile(**file) if file else None,
        annotations=tuple(map(annotation_of, record.pop("annotations", ()))),
        **record,
    )


def _pairs(record: dict[str, Any]) -> tuple[Pair, ...]:
    return tuple(Pair(**pair) for pair in record.get("pairs", ()))
