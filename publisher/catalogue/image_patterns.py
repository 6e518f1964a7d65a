"""Which files a pattern of study.yaml finds."""

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from publisher.errors import Problem, Severity
from publisher.model.identity import IMAGE_SUFFIXES

MAX_FILES = 1_000_000


def image_files(folder: Path) -> Iterator[str]:
    """Every file, and every Zarr folder as one, below ``folder``: relative, with ``/``, sorted.

    Hidden files are passed over; folders are not entered through symlinks.
    """
    yield from _walk(folder, "")


def _walk(folder: Path, prefix: str) -> Iterator[str]:
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        name = entry.name
        if name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False) and not name.lower().endswith(".zarr"):
            yield from _walk(folder / name, f"{prefix}{name}/")
        else:
            yield prefix + name


def is_utf8(path: str) -> bool:
    """Whether a file's name is text: names on disk are bytes, and what is no UTF-8 has no address and no record."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def odd_name(path: str) -> Problem:
    """The warning about a file or study that is passed over because its name is no text."""
    return Problem(
        code="study.odd-file-name",
        path=path.encode("utf-8", "backslashreplace").decode(),
        message="its name is not UTF-8: it is passed over",
        hint="rename it",
        severity=Severity.WARNING,
    )


def is_pattern(text: str) -> bool:
    """Whether ``text`` holds a wildcard."""
    return any(mark in text for mark in "*?[")


_MICROSCOPES = (
    ".btf", ".tf2", ".tf8", ".svs", ".ndpi", ".qptiff", ".stk", ".lsm", ".czi", ".lif", ".lof", ".nd2", ".dv", ".r3d",
    ".zarr.zip", ".ozx",
)  # fmt: skip
"""Suffixes of formats that hold nothing but data; a PNG may be a drawing, and is taken only where it is named."""


def looks_like_image(path: str) -> bool:
    """Whether the suffix is one that microscope images carry: what a study takes that names no files."""
    return path.lower().endswith((*IMAGE_SUFFIXES, *_MICROSCOPES))


def matches(pattern: str, path: str) -> bool:
    """Whether ``path`` fits ``pattern``: ``*`` and ``?`` stay within a folder, a folder ``**`` stands for any number.

    The time grows with the product of their lengths at most: only the last ``**`` is ever taken back.
    """
    wanted, names = _compiled(pattern), path.split("/")
    at = name = 0
    star, resume = -1, 0
    while name < len(names):
        part = wanted[at] if at < len(wanted) else _NOTHING
        if part is None:
            star, resume = at, name
            at += 1
        elif part.fullmatch(names[name]):
            at, name = at + 1, name + 1
        elif star >= 0:
            resume += 1
            at, name = star + 1, resume
        else:
            return False
    return at == len(wanted)


_NOTHING = re.compile(r"(?!)")


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> tuple[re.Pattern[str] | None, ...]:
    """One expression a folder; None for ``**``."""
    return tuple(None if part == "**" else _part(part) for part in pattern.split("/"))


def _part(part: str) -> re.Pattern[str]:
    """Between two ``*`` the first place that fits is taken for good, so that nothing is tried twice."""
    first, *others = [_fixed(piece) for piece in re.split(r"\*+", part)]
    if not others:
        return re.compile(first, re.DOTALL)
    middle = "".join(f"(?>.*?{piece})" for piece in others[:-1] if piece)
    return re.compile(f"{first}{middle}.*{others[-1]}", re.DOTALL)


def _fixed(piece: str) -> str:
    """A part without ``*`` as an expression; brackets that hold no proper set stand for themselves."""
    found = ""
    for token in re.split(r"(\?|\[!?[^\]/]+\])", piece):
        inner = token[1:-1].replace("\\", "\\\\").replace("^", "\\^").replace("[", "\\[")
        if token == "?":
            found += "."
        elif token.startswith("[") and token.endswith("]") and inner:
            found += _set("[" + ("^" + inner[1:] if inner.startswith("!") else inner) + "]", token)
        else:
            found += re.escape(token)
    return found


def _set(expression: str, token: str) -> str:
    try:
        re.compile(expression)
    except re.error:  # a range that runs backwards
        return re.escape(token)
    return expression
