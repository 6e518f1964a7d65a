"""Which images get a label image drawn from their regions, before these are read: their masks were counted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from publisher.catalogue.tree import FileRef
from publisher.model.container import Entry
from publisher.model.image import Image
from publisher.model.labels import LabelImage
from publisher.model.region_labels import LABEL_NAMES, Drawn, label_dtype
from publisher.ngff.plan import ImagePlan
from publisher.pipeline.inspected import Inspected
from publisher.pipeline.label_sources import LabelSource
from publisher.pipeline.planned_labels import PlannedLabels, level_sizes
from publisher.pipeline.region_tasks import RegionFile
from publisher.pipeline.site import Site
from publisher.sources.damage import warning


def drawn_labels_of(
    ref: FileRef,
    inspected: Inspected,
    entries: Sequence[Entry],
    files: Mapping[str, Sequence[RegionFile]],
    others: Iterable[LabelSource],
) -> Iterator[LabelSource]:
    """A label image for each published image of ``ref`` that has regions to draw, as study.yaml says of the file.

    ``files`` are those with regions beside the source, by the id of an image's page; ``others`` are the label images
    that there are, whose names are taken. Its type is settled when the regions are read.
    """
    drawn = ref.wants.labels_from_regions
    if drawn == "none":
        return
    taken = {(one.labels.of, one.labels.name.lower()) for one in others}
    by_series = {image.series: image for image in inspected.images}
    for entry in entries:
        image = by_series.get(entry.ref.series) if entry.ref else None
        count = _most(image, files.get(entry.id, ()), drawn) if image else 0
        if image and count:
            name = _free(LABEL_NAMES[drawn], image.series, taken)
            pixels = replace(image.pixels, size_c=1, dtype=label_dtype(count))
            labels = LabelImage(
                name=name,
                of=image.series,
                series=image.series,
                pixels=pixels,
                source="Drawn from the regions of the image",
            )
            yield LabelSource(labels=labels, path=ref.path, inspected=inspected, drawn=drawn)


def fitting_labels(
    site: Site, ref: FileRef, of: ImagePlan, labels: Sequence[PlannedLabels]
) -> tuple[PlannedLabels, ...]:
    """``labels`` of the image planned as ``of``, without drawn ones that cannot have its levels, which are kept."""
    odd = [one for one in labels if one.source.drawn and one.plan and level_sizes(one.plan) != level_sizes(of)]
    for one in odd:
        name = one.labels.name
        message = f"the labels {name!r} of its regions are not published: its levels, which are kept, are not theirs"
        hint = "say `passthrough: rewrite` to have them, or `labels_from_regions: none`"
        site.warn([warning(site.shown(ref.location), "labels.left-out", message, hint=hint)])
    return tuple(one for one in labels if one not in odd)


def _most(image: Image, files: Sequence[RegionFile], drawn: Drawn) -> int:
    """How many regions may be drawn; 0 where there is none. Of other shapes than masks only the regions are known."""
    if drawn == "masks":
        return image.mask_count + sum(file.masks for file in files)
    return image.roi_count + len(files)


def _free(name: str, series: int, taken: set[tuple[int, str]]) -> str:
    free, number = name, 1
    while (series, free) in taken:
        number += 1
        free = f"{name}-{number}"
    return free
