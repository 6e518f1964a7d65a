"""Provenance: where the pixels came from and what was done to them."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.pages.facts import Fact, pair_facts
from publisher.pages.image_panels.panel import Panel
from publisher.pages.published import PublishedImage


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenancePanel(Panel):
    """Source file, conversions, rendering and software, in that order."""

    kind: ClassVar[str] = "provenance"

    rows: tuple[Fact, ...]


def provenance_panel(item: PublishedImage) -> ProvenancePanel | None:
    """Provenance of an image; None where nothing is told."""
    return ProvenancePanel(rows=pair_facts(item.provenance)) if item.provenance else None
