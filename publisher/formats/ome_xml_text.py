"""Text that XML can hold: curators' tables and Zarr attributes may carry characters that it cannot."""

import dataclasses
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
    return _writable(value, {})


def _writable(value: T, done: dict[int, tuple[object, object]]) -> T:
    """``done`` holds what was searched by its identity, with the value itself: no other takes its place in memory."""
    found: Any = value
    if isinstance(value, str):
        found = _FORBIDDEN.sub(REPLACEMENT, value)
    elif isinstance(value, tuple):
        found = tuple(_writable(each, done) for each in value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        if id(value) not in done:
            fields = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
            changed = {name: new for name, old in fields if (new := _writable(old, done)) != old}
            done[id(value)] = value, dataclasses.replace(value, **changed) if changed else value
        found = done[id(value)][1]
    return found  # type: ignore[no-any-return]  # the kind stays what it was
