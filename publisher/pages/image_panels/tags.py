"""Tags of an image."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from publisher.model.annotation import Annotation, of_kind
from publisher.pages.image_panels.panel import Panel
from publisher.pages.links import value_link
from publisher.pages.published import Inherited


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag: ``about`` is its description and the sets of tags it belongs to, ``href`` its definition, ``added_on`` the
    container above the image that carries it."""

    text: str
    about: str = ""
    href: str | None = None
    added_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsPanel(Panel):
    """Tags of an image, each once."""

    kind: ClassVar[str] = "tags"

    tags: tuple[Tag, ...]


def tags_panel(annotations: Iterable[Annotation], inherited: Iterable[Inherited] = ()) -> TagsPanel:
    """Tag annotations, then those of containers above; a tag of a tag is the set it belongs to, as in OMERO."""
    own = [_tag(each) for each in of_kind(annotations, "Tag")]
    above = [
        Tag(text=text, href=value_link(text), added_on=container.source)
        for container in inherited
        for text in container.tags
    ]
    return TagsPanel(tags=tuple({(tag.text, tag.about, tag.added_on): tag for tag in (*own, *above)}.values()))


def _tag(annotation: Annotation) -> Tag:
    sets = ", ".join(each.value for each in of_kind(annotation.annotations, "Tag"))
    others = (each.value for each in annotation.annotations if each.kind != "Tag" and each.value)
    about = "; ".join(filter(None, (annotation.description, f"in {sets}" if sets else "", *others)))
    return Tag(text=annotation.value, about=about, href=value_link(annotation.value))
