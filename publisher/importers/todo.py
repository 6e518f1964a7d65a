"""TODO.md: what a curator should look at after a study was taken in. It lies in the study and is not published."""

from collections.abc import Sequence

from publisher.errors import Problem
from publisher.importers.draft import StudyDraft, Todo

NAME = "TODO.md"
MOST = 200
"""Faults that are listed one by one; of more only their number is told."""


def todo_text(draft: StudyDraft, origin: str) -> str | None:
    """The list for ``draft``, which was taken from ``origin``; None where there is nothing to do."""
    parts = [
        _part("To do", [_todo(each) for each in draft.todo]),
        _part("Has no place in the study", [_todo(each) for each in draft.lost]),
        _part("Faults of the original", [_fault(each) for each in draft.warnings]),
    ]
    found = [part for part in parts if part]
    if not found:
        return None
    head = f"# What to look at\n\nTaken from {_line(origin)}. This file is not published; delete it when you are done."
    return "\n\n".join([head, *found]) + "\n"


def _part(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    more = [f"- ... and {len(lines) - MOST:,} more"] if len(lines) > MOST else []
    return "\n".join([f"## {title}", "", *lines[:MOST], *more])


def _todo(todo: Todo) -> str:
    return f"- [ ] {f'`{_line(todo.about)}`: ' if todo.about else ''}{_line(todo.message)}"


def _fault(problem: Problem) -> str:
    place = f"{problem.path}{f':{problem.line}' if problem.line else ''}: " if problem.path else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"- {_line(place)}{_line(problem.message)}{_line(hint)}"


def _line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text or "\r" in text else text
