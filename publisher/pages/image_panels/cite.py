"""Cite this image."""

from dataclasses import dataclass, replace
from typing import ClassVar

from publisher.pages.citation import Cited, citation_text
from publisher.pages.image_panels.panel import Panel
from publisher.pages.published import PublishedImage


@dataclass(frozen=True, slots=True, kw_only=True)
class CitePanel(Panel):
    """The citation as text."""

    kind: ClassVar[str] = "cite"

    text: str


def cite_panel(item: PublishedImage, opening: str, study: Cited, url: str | None) -> CitePanel:
    """How to cite one image of ``study``; ``opening`` is the study's `citation_opening`, ``url`` the image page's."""
    return CitePanel(text=citation_text(replace(study, part=item.name, url=url), opening))
