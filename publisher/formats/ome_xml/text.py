"""Text that XML can hold: curators' tables and Zarr attributes may carry characters that it cannot."""

import dataclasses
import operator
import re
from typing import Any, TypeVar

T = TypeVar("T")

REPLACEMENT = "\ufffd"
"""Stands where a character was that no XML document can hold."""

# XML 1.0 (fifth edition), production 2: Char ::= #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(value: T) -> T:
    """``value`` with every string in it (of dataclasses and tuples, too) made one that XML can hold.

    Values that stand in it more than once, such as an instrument of many images, are searched once and stay one.
    """
    return _Search().writable(value)


class _Search:
    """What was searched, and the fields of each kind of value that was met."""

    def __init__(self) -> None:
        self._done: dict[int, tuple[object, object]] = {}
        """By identity, with the value itself: no other takes its place in memory."""
        self._fields: dict[type, tuple[str, ...]] = {}

    def writable(self, value: T) -> T:
        """``value`` itself where nothing has to change."""
        found: Any = value
        if isinstance(value, str):
            found = _FORBIDDEN.sub(REPLACEMENT, value) if _FORBIDDEN.search(value) else value
        elif isinstance(value, tuple):
            each = tuple(map(self.writable, value))
            found = value if all(map(operator.is_, each, value)) else each
        elif fields := self._fields_of(type(value)):
            if id(value) not in self._done:
                self._done[id(value)] = value, self._replaced(value, fields)
            found = self._done[id(value)][1]
        return found  # type: ignore[no-any-return]  # the kind stays what it was

    def _fields_of(self, kind: type) -> tuple[str, ...]:
        if kind not in self._fields:
            fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
            self._fields[kind] = tuple(field.name for field in fields)
        return self._fields[kind]

    def _replaced(self, value: Any, fields: tuple[str, ...]) -> Any:
        olds = [(name, getattr(value, name)) for name in fields]
        changed = {name: new for name, old in olds if (new := self.writable(old)) is not old}
        return dataclasses.replace(value, **changed) if changed else value
