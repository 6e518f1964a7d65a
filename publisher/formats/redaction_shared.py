"""Redaction of what many images of one file share: instruments, channels, original metadata."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar, cast

from publisher.formats.redaction import Redaction, redacted_annotations, redacted_image, redacted_pairs
from publisher.model.acquisition import IN_ONE_LINE, Section, every_section
from publisher.model.annotation import OriginalMetadata
from publisher.model.image import Image

T = TypeVar("T", Section, OriginalMetadata)


class ImageRedactor:
    """Makes images fit to be shown, one after the other; what they share is searched once and stays shared."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._done: dict[int, tuple[object, object]] = {}
        self._gone: set[str] = set()
        """Values that the site asks to leave out, however else they are told: a device is named by its model."""

    def image(self, image: Image) -> Image:
        """``image`` as it may be shown: the same rules as for the published OME-XML."""
        self._redaction = self._redaction.knowing(image.people)
        if self._redaction.redact:
            said = (pair for section in every_section(image.acquisition) for pair in section.values)
            self._gone |= {value for name, value in said if value and self._redaction.is_added(name)}
        return replace(
            redacted_image(image, self._redaction),
            acquisition=self._sections(image.acquisition),
            original=image.original and self._once(image.original, self._original),
        )

    def _once(self, value: T, redact: Callable[[T], T]) -> T:
        if id(value) not in self._done:
            self._done[id(value)] = value, redact(value)  # kept with its result: no other takes its place in memory
        return cast("T", self._done[id(value)][1])

    def _sections(self, sections: Iterable[Section]) -> tuple[Section, ...]:
        shown = (section for section in sections if not self._redaction.is_added(section.kind))
        return tuple(self._once(section, self._section) for section in shown)

    def _section(self, section: Section) -> Section:
        values = ((name, value) for name, value in section.values if not self._is_gone(name, value))
        return replace(
            section,
            title="" if self._tells_gone(section.title) else self._redaction.text(section.title),
            values=tuple((name, self._redaction.text(value)) for name, value in values),
            pairs=redacted_pairs(section.pairs, self._redaction),
            sections=self._sections(section.sections),
            annotations=redacted_annotations(section.annotations, self._redaction),
        )

    def _is_gone(self, name: str, value: str) -> bool:
        return self._redaction.is_added(name) or (name in IN_ONE_LINE and self._tells_gone(value))

    def _tells_gone(self, text: str) -> bool:
        return any(gone in text for gone in self._gone)

    def _original(self, original: OriginalMetadata) -> OriginalMetadata:
        pairs = redacted_pairs(original.pairs, self._redaction)
        return replace(original, pairs=pairs, count=original.count - len(original.pairs) + len(pairs))
