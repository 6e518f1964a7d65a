"""Annotations other than tags and key-value pairs: Tables, Attachments, Comments, Ratings, Others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from publisher.model.annotation import Annotation, AttachedFile, XmlText, of_kind
from publisher.pages import quantities
from publisher.pages.facts import Fact, pair_facts
from publisher.pages.image_panels.download import file_link
from publisher.pages.image_panels.panel import Panel
from publisher.pages.links import Linker, external, value_link
from publisher.pages.published import Inherited

RATING = "openmicroscopy.org/omero/insight/rating"
"""Namespace of a Long annotation whose value is 1 to 5 stars (OMERO's namespaces)."""
_BULK = "openmicroscopy.org/omero/bulk_annotations"
"""Namespace of a File annotation that is a table (OMERO.tables)."""
_TABLE_TYPE = "omero.tables"
_MOST_STARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One annotation: what it says, and what is said about it.

    ``text`` is the value in words, ``href`` where it leads, ``label`` the kind of value where that is not plain from
    the heading ("Timestamp"), ``about`` its description and ``namespace`` who defined it. ``rows`` are the pairs of a
    map, ``code`` is XML as text; ``more`` says how much of either the document has beyond this. ``notes`` are
    annotations of the annotation, of a list its members. ``added_on`` is the container above the image that carries it.
    """

    text: str
    href: str | None = None
    label: str = ""
    about: str = ""
    namespace: str = ""
    rows: tuple[Fact, ...] = ()
    code: str = ""
    more: str = ""
    notes: tuple["Note", ...] = ()
    added_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesPanel(Panel):
    """Annotations under one of OMERO.web's headings, ``title``."""

    kind: ClassVar[str] = "notes"

    title: str
    notes: tuple[Note, ...]


def notes_panels(
    annotations: Iterable[Annotation],
    xml: Iterable[XmlText] = (),
    inherited: Mapping[str, Sequence[Note]] | None = None,
) -> tuple[NotesPanel, ...]:
    """Tables, Attachments, Comments, Ratings and Others, in this order, also those without any.

    ``xml`` are the beginnings of XML annotations in the published document, ``inherited`` notes of containers above
    by the heading they stand under (`inherited_notes`).
    """
    above = inherited or {}
    texts = {text.id: text for text in xml}
    found = tuple(annotations)
    files, numbers = of_kind(found, "File"), of_kind(found, "Long")
    ratings = [each for each in numbers if stars_of(each) is not None]
    others = of_kind(found, "Long", "Double", "Boolean", "Timestamp", "Term", "XML", "List")
    parts: tuple[tuple[str, Iterable[Annotation]], ...] = (
        ("Tables", (each for each in files if _is_table(each))),
        ("Attachments", (each for each in files if not _is_table(each))),
        ("Comments", of_kind(found, "Comment")),
        ("Ratings", ratings),
        ("Others", (each for each in others if each not in ratings)),
    )
    return tuple(
        NotesPanel(
            title=title,
            notes=(*(note(each, texts, labelled=title == "Others") for each in members), *above.get(title, ())),
        )
        for title, members in parts
    )


def not_offered(annotations: Iterable[Annotation], inherited: Iterable[Inherited]) -> tuple[Annotation, ...]:
    """``annotations`` without those of files that are offered for download with the image: these have a link."""
    offered = {file.path.name for own in inherited if not own.source for file in own.files if file.path}
    return tuple(each for each in annotations if each.kind != "File" or not each.file or each.file.name not in offered)


def inherited_notes(inherited: Iterable[Inherited], linker: Linker) -> dict[str, list[Note]]:
    """What containers above an image say beside tags and pairs, by heading."""
    found: dict[str, list[Note]] = {"Attachments": [], "Comments": [], "Ratings": []}
    for container in inherited:
        source = container.source
        for file in filter(None, (file_link(file, linker) for file in container.files)):
            size = " · ".join(filter(None, (file.size, file.checksum)))
            found["Attachments"].append(Note(text=file.title, href=file.href, about=size, added_on=source))
        found["Comments"] += [Note(text=text, href=value_link(text), added_on=source) for text in container.comments]
        found["Ratings"] += [Note(text=stars(container.rating), added_on=source)] if container.rating else []
    return found


def stars(count: int) -> str:
    """A rating in signs and words: "★★★★☆ 4 of 5"."""
    return f"{'★' * count}{'☆' * (_MOST_STARS - count)} {count} of {_MOST_STARS}"


def note(annotation: Annotation, texts: Mapping[str, XmlText], *, labelled: bool = True) -> Note:
    """One annotation in words; ``labelled`` where its kind must be told."""
    xml = texts.get(annotation.id) if annotation.kind == "XML" else None
    rated = stars_of(annotation)
    return Note(
        text=_words(annotation, rated),
        href=_address(annotation),
        label=annotation.kind if labelled and rated is None else "",
        about=annotation.description,
        namespace="" if rated is not None else annotation.namespace,
        rows=pair_facts(annotation.pairs),
        code=xml.text if xml else "",
        more=_more(annotation, xml),
        notes=tuple(note(each, texts) for each in annotation.annotations),
    )


def stars_of(annotation: Annotation) -> int | None:
    """The stars of a rating; None for everything else."""
    if annotation.kind != "Long" or annotation.namespace != RATING:
        return None
    count = int(annotation.value) if annotation.value.isascii() and annotation.value.isdecimal() else 0
    return count if 0 < count <= _MOST_STARS else None


def _is_table(annotation: Annotation) -> bool:
    named = annotation.namespace.startswith(_BULK)
    return named or (annotation.file is not None and annotation.file.media_type.lower() == _TABLE_TYPE)


def _words(annotation: Annotation, rated: int | None) -> str:
    if rated is not None:
        return stars(rated)
    if annotation.file:
        return _file(annotation.file)
    if annotation.kind == "List":
        return quantities.count(len(annotation.annotations), "annotation")
    return annotation.value


def _file(file: AttachedFile) -> str:
    facts = (
        file.name or "a file without a name",
        quantities.byte_size(file.size) if file.size is not None else "",
        file.media_type,
        f"SHA-1 {file.sha1}" if file.sha1 else "",
    )
    return ", ".join(filter(None, facts))


def _address(annotation: Annotation) -> str | None:
    if annotation.file:
        return external(annotation.file.href)
    return value_link(annotation.value) if annotation.value else None


def _more(annotation: Annotation, xml: XmlText | None) -> str:
    if annotation.kind == "XML":
        if xml is None:
            return "its content stands in the OME-XML"
        hidden = xml.characters - len(xml.text)
        return (
            f"the first {len(xml.text):,} of {xml.characters:,} characters; the OME-XML has all" if hidden > 0 else ""
        )
    if annotation.more:
        what = "pairs" if annotation.kind == "Map" else "characters"
        return f"{annotation.more:,} more {what} stand in the OME-XML"
    return ""
