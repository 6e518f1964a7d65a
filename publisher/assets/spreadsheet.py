"""Text in tables to download."""

from typing import TypeVar

T = TypeVar("T")


def safe(cell: T) -> T | str:
    """``cell``; of text, one that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell
