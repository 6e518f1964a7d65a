"""Values of Excel cells as the cell shows them: numbers by their format, days as ISO 8601."""

import re
from datetime import date, datetime, time, timedelta

_GENERAL = re.compile(r"\.?0+\Z")
_NUMBER = re.compile(r"(?P<int>[#0,]*0|[#,]+)(?:\.(?P<places>0+|#+))?(?P<percent>%)?\Z")
_SECTIONS = re.compile(r"\[[^\]]*\]|_.|\*.|\"[^\"]*\"|\\.")
"""Parts of a format that are no digits: colours and conditions, room, fillings, words."""


def cell_text(value: object, number_format: str) -> str:
    """What a cell shows; nothing for one that is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value)


def _number(value: int | float, number_format: str) -> str:
    """A number in the formats that people choose for data: digits after the point, zeros in front, percent.

    In any other format it is written in full: nothing is lost by a currency sign that is not shown.
    """
    shown = _NUMBER.match(_SECTIONS.sub("", number_format.split(";")[0]).strip())
    if shown is None:
        return _plain(value)
    percent = shown["percent"] or ""
    places = len(shown["places"]) if shown["places"] and "0" in shown["places"] else 0
    number = value * 100 if percent else value
    if shown["places"] and not places:
        return _plain(number) + percent
    text = f"{abs(number):.{places}f}"
    least = shown["int"].replace(",", "").count("0")
    whole, point, rest = text.partition(".")
    sign = "-" if number < 0 and (whole.strip("0") or rest.strip("0")) else ""
    return f"{sign}{whole.zfill(least)}{point}{rest}{percent}"


def _plain(value: int | float) -> str:
    """As Excel's format "General" does: at most 15 digits that count, no point where none is needed."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value)) if abs(value) < 1e15 else f"{value:.15g}"
    return f"{value:.15g}"
