"""Numbers as a reader sees them: thousands, bytes, lengths, dates; missing is "–"."""

import math

MISSING = "–"
_PREFIXES = ("bytes", "kB", "MB", "GB", "TB", "PB")


def count(number: int, one: str, many: str | None = None) -> str:
    """``count(1, "image")`` -> "1 image"; ``count(37492, "image")`` -> "37,492 images"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def byte_size(size: int) -> str:
    """Bytes in decimal units, with two digits below ten: "2.1 kB", "388 kB"."""
    value, power = float(size), 0
    while value >= 999.5 and power < len(_PREFIXES) - 1:
        value, power = value / 1000, power + 1
    return f"{value:.1f} {_PREFIXES[power]}" if power and value < 9.95 else f"{value:.0f} {_PREFIXES[power]}"


def number(value: float) -> str:
    """A number in as few digits as tell it: 148, 0.65, 1.2e+09; a true minus sign."""
    if not math.isfinite(value):
        return MISSING
    text = f"{value:.0f}" if value == int(value) and abs(value) < 1e7 else f"{value:.5g}"
    return text.replace("-", "−") if text[0] == "-" else text


def micrometres(value: float | None) -> str:
    """A pixel's edge in micrometres, at least two decimals (as OMERO) and three digits: "0.65", "0.145", "0.0395"."""
    if value is None:
        return MISSING
    return f"{value:.3f}".removesuffix("0") if value >= 0.095 else f"{value:.3g}"


def by(*values: int | str) -> str:
    """Sizes joined by "×": "512 × 512"."""
    return " × ".join(f"{value}" for value in values)


def day(moment: str | None) -> str:
    """Date, and time where there is one, of ISO 8601: "2017-01-18 10:20:05"."""
    return moment.replace("T", " ").removesuffix("Z")[:19] if moment else MISSING
