"""Tags, and the other short annotations of OMERO.web's panel: Comments, Others."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from publisher.model.annotation import Annotation, of_kind
from publisher.pages.image_panels.panel import Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsPanel(Panel):
    """Tags of an image, each once."""

    kind: ClassVar[str] = "tags"

    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One comment or other value; ``about`` is its description or namespace."""

    text: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesPanel(Panel):
    """Annotations under one heading, ``title``: "Comments" or "Others"."""

    kind: ClassVar[str] = "notes"

    title: str
    notes: tuple[Note, ...]


def tags_panel(annotations: Iterable[Annotation]) -> TagsPanel:
    """Tag annotations."""
    return TagsPanel(tags=tuple(dict.fromkeys(each.value for each in of_kind(annotations, "Tag"))))


def comments_panel(annotations: Iterable[Annotation]) -> NotesPanel:
    """Comment annotations."""
    return _notes("Comments", of_kind(annotations, "Comment"))


def others_panel(annotations: Iterable[Annotation]) -> NotesPanel:
    """Long, Double, Timestamp and all other single values."""
    return _notes("Others", of_kind(annotations, "Long", "Double", "Boolean", "Timestamp", "Term", "File"))


def _notes(title: str, annotations: Iterable[Annotation]) -> NotesPanel:
    notes = tuple(
        Note(text=each.file.name if each.file else each.value, about=each.description or each.namespace)
        for each in annotations
    )
    return NotesPanel(title=title, notes=notes)
