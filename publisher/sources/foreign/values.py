"""Numbers and texts out of headers nobody vouches for."""

import math
import re
from datetime import datetime


def positive(value: object) -> float | None:
    """``value`` as a number above 0 and below infinity; None for anything else."""
    try:
        number = float(value)  # type: ignore[arg-type]  # what cannot be converted raises
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number > 0 else None


def text(data: bytes) -> str:
    """Text of a fixed field: up to the first NUL, UTF-8 or else Latin-1, without white space around it."""
    data = data.split(b"\0", 1)[0]
    try:
        return data.decode("utf-8").strip()
    except UnicodeDecodeError:
        return data.decode("latin-1").strip()


def color(red: int, green: int, blue: int) -> str:
    """Three bytes as "RRGGBB"."""
    return f"{red & 255:02X}{green & 255:02X}{blue & 255:02X}"


_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)")


def date_time(text: str) -> str | None:
    """ISO 8601 to the second, as OME-XML has it, from the beginning of ``text``; None when that is no date."""
    match = _DATE_TIME.match(text)
    if match is None or match[1].startswith(("0000", "0001")):
        return None
    found = f"{match[1]}T{match[2]}"
    try:
        datetime.fromisoformat(found)
    except ValueError:
        return None
    return found
