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
    """``value`` with every string in it (of dataclasses and tuples, too) made one that XML can hold."""
    found: Any = value
    if isinstance(value, str):
        found = _FORBIDDEN.sub(REPLACEMENT, value)
    elif isinstance(value, tuple):
        found = tuple(map(writable, value))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        changed = {name: new for name, old in fields if (new := writable(old)) != old}
        found = dataclasses.replace(value, **changed) if changed else value
    return found  # type: ignore[no-any-return]  # the kind stays what it was
