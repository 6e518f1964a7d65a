"""Range requests of RFC 9110 section 14, as far as a preview needs them: one range of bytes."""

import re
from dataclasses import dataclass

# bytes-unit followed by one int-range ("0-99", "500-") or suffix-range ("-N"); OWS allowed around it (14.1.1).
_ONE_RANGE = re.compile(r"bytes[ \t]*=[ \t]*(?:([0-9]+)-([0-9]*)|-([0-9]+))[ \t]*", re.ASCII | re.IGNORECASE)
_MANY_DIGITS = 19
"""Beyond this many digits a position is past the end of any file; int() of a megabyte of digits is an attack."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes ``start`` to ``stop`` (exclusive) of a file."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """Number of bytes."""
        return self.stop - self.start

    def content_range(self, size: int) -> str:
        """Value of the Content-Range field for a file of ``size`` bytes."""
        return f"bytes {self.start}-{self.stop - 1}/{size}"


class UnsatisfiableRangeError(Exception):
    """The range asks for nothing that the file has; answered by 416."""


def requested_range(field: str | None, size: int) -> ByteRange | None:
    """What a Range field asks of a file of ``size`` bytes; None = the whole file, status 200.

    "A server MAY ignore the Range header field" (14.2): other units, several ranges and what is not a
    range are ignored. Raises UnsatisfiableRangeError where a valid range selects no byte (15.5.17).
    """
    match = _ONE_RANGE.fullmatch(field) if field else None
    if match is None:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        return _suffix_range(_position(suffix), size)
    start = _position(first)
    if last and _position(last) < start:
        return None  # "An int-range is invalid if the last-pos value is present and less than first-pos" (14.1.1)
    if start >= size:
        raise UnsatisfiableRangeError
    return ByteRange(start, min(_position(last) + 1, size) if last else size)


def _suffix_range(length: int, size: int) -> ByteRange:
    # "If the selected representation is shorter than the specified suffix-length, the entire representation is used."
    if length == 0 or size == 0:
        raise UnsatisfiableRangeError
    return ByteRange(max(0, size - length), size)


def _position(digits: str) -> int:
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) < _MANY_DIGITS else 10**_MANY_DIGITS
