"""Tags, and the other short annotations of OMERO.web's panel: Comments, Others."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from publisher.model.annotation import TextAnnotation
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


def tags_panel(texts: Iterable[TextAnnotation]) -> TagsPanel:
    """Tag annotations."""
    return TagsPanel(tags=tuple(dict.fromkeys(text.value for text in texts if text.kind == "Tag")))


def comments_panel(texts: Iterable[TextAnnotation]) -> NotesPanel:
    """Comment annotations."""
    return _notes("Comments", (text for text in texts if text.kind == "Comment"))


def others_panel(texts: Iterable[TextAnnotation]) -> NotesPanel:
    """Long, Double, Timestamp and all other single values."""
    return _notes("Others", (text for text in texts if text.kind not in ("Tag", "Comment")))


def _notes(title: str, texts: Iterable[TextAnnotation]) -> NotesPanel:
    return NotesPanel(
        title=title, notes=tuple(Note(text=text.value, about=text.description or text.namespace) for text in texts)
    )
