"""Labels: segmentations and other images whose pixels name objects."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.pages import quantities
from publisher.pages.image_panels.panel import Panel
from publisher.pages.links import Linker
from publisher.pages.published import PublishedImage, PublishedLabels


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRow:
    """One label image: ``objects`` in words, "–" where they were not counted; ``table`` leads to a row for each."""

    name: str
    objects: str
    dtype: str
    path: str
    source: str
    table: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsPanel(Panel):
    """The label images of an image; ``list_href`` leads to the same as JSON."""

    kind: ClassVar[str] = "labels"

    rows: tuple[LabelRow, ...]
    list_href: str | None


def labels_panel(item: PublishedImage, linker: Linker) -> LabelsPanel | None:
    """Label images; None where there are none."""
    if not item.labels:
        return None
    href = linker.to(item.labels_file) if item.labels_file else None
    return LabelsPanel(rows=tuple(_row(labels, linker) for labels in item.labels), list_href=href)


def _row(labels: PublishedLabels, linker: Linker) -> LabelRow:
    return LabelRow(
        name=labels.name,
        objects=f"{labels.count:,}" if labels.count is not None else quantities.MISSING,
        dtype=labels.dtype,
        path=f"labels/{labels.name}",
        source=labels.source,
        table=linker.to(labels.table) if labels.table else None,
    )
