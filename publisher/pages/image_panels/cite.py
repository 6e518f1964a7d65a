"""Cite this image."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.pages.citation import Cited, citation_text
from publisher.pages.image_panels.panel import Panel
from publisher.pages.page import SiteFacts
from publisher.pages.published import PublishedImage, StudyRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class CitePanel(Panel):
    """The citation as text."""

    kind: ClassVar[str] = "cite"

    text: str


def cite_panel(item: PublishedImage, study: StudyRecord, site: SiteFacts, url: str | None) -> CitePanel:
    """How to cite one image of a study; ``url`` is the public address of its page."""
    return CitePanel(
        text=citation_text(Cited(study=study.description, key=study.key, site=site.title, part=item.name, url=url))
    )
