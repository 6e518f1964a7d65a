"""The label images of one image: what will be written of each, and why one cannot be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.config.model import SiteConfig
from publisher.errors import ConversionError, Problem
from publisher.graph.step import Results
from publisher.model.image import Image
from publisher.model.labels import LabelImage, LabelValue
from publisher.ngff.label_plan import plan_labels
from publisher.ngff.plan import ImagePlan
from publisher.ngff.ro_crate import LabelPart
from publisher.pipeline.label_sources import LabelSource


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLabels:
    """One label image: where it comes from, its plan, and the name of the step that writes its arrays.

    It has a plan or ``problems``, which say why it cannot be published.
    """

    source: LabelSource
    step: str
    plan: ImagePlan | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def labels(self) -> LabelImage:
        """What it is."""
        return self.source.labels


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLabels:
    """A label image whose arrays stand: ``dtype`` as published, ``count`` its values beside 0.

    ``known`` is what is known of values; ``values`` are those that were met, None where they are too many to tell one
    by one; ``kept`` is the digest of what was kept of it for pictures.
    """

    planned: PlannedLabels
    dtype: str
    levels: int
    kept: str
    count: int | None
    known: tuple[LabelValue, ...]
    values: tuple[int, ...] | None
    bytes: int


def planned_labels(
    config: SiteConfig, image: Image, of: ImagePlan, image_step: str, sources: Sequence[LabelSource]
) -> tuple[PlannedLabels, ...]:
    """Plans of the label images of ``image``, whose own plan is ``of``."""
    return tuple(_planned(config, image, of, f"{image_step}/labels/{one.labels.name}", one) for one in sources)


def _planned(config: SiteConfig, image: Image, of: ImagePlan, step: str, source: LabelSource) -> PlannedLabels:
    if source.problems:
        return PlannedLabels(source=source, step=step, problems=source.problems)
    try:
        plan = plan_labels(source.labels, image, of, config.zarr, config.hosting)
    except ConversionError as error:
        return PlannedLabels(source=source, step=step, problems=error.problems)
    return PlannedLabels(source=source, step=step, plan=plan)


def written_labels(labels: Sequence[PlannedLabels], of: ImagePlan, results: Results) -> Iterator[WrittenLabels]:
    """Those whose arrays stand and have the sizes of the image's, which may have changed since they were written."""
    for one in labels:
        value = results.value(one.step)
        if value is not None and value["levels"] == level_sizes(of):
            values = value["values"]
            yield WrittenLabels(
                planned=one,
                dtype=value["dtype"],
                levels=len(value["levels"]),
                kept=value["kept"],
                count=value["count"],
                known=tuple(map(_known, value["known"])) if one.source.drawn else one.labels.values,
                values=None if values is None else tuple(values),
                bytes=value["bytes"],
            )


def _known(record: dict[str, Any]) -> LabelValue:
    """What a step that drew labels noted of a value."""
    rgba = record["rgba"]
    properties = tuple((name, said) for name, said in record["properties"])
    return LabelValue(value=record["value"], rgba=tuple(rgba) if rgba else None, properties=properties)


def label_parts(image_path: str, labels: Sequence[PlannedLabels], of: ImagePlan, results: Results) -> list[LabelPart]:
    """What a crate says of the label images of the image at ``image_path`` ("0"; empty where it is the root)."""
    prefix = f"{image_path}/" if image_path else ""
    written = [one.planned.labels for one in written_labels(labels, of, results)]
    return [LabelPart(path=f"{prefix}labels/{each.name}", name=each.name, origin=each.source) for each in written]


def level_sizes(plan: ImagePlan) -> list[list[int]]:
    """T Z Y X of every level: what an image and its labels have in common."""
    return [[level.shape[0], *level.shape[2:]] for level in plan.levels]
