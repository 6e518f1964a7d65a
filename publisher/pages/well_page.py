"""The page of a well that has images: its fields by run, and what is said of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import ClassVar

from publisher import urls
from publisher.model.plate_contents import PlateContents, WellContents, WellField
from publisher.pages import quantities
from publisher.pages.container_facts import breadcrumbs, container_facts
from publisher.pages.container_pages import DatasetItem, dataset_item
from publisher.pages.facts import Fact, fact
from publisher.pages.labels import Label, study_labels
from publisher.pages.links import Linker
from publisher.pages.notes import Notes, notes
from publisher.pages.page import JSON_TWIN, Link, Page, SiteFacts, head_title, one_sentence
from publisher.pages.plate_page import above_plate
from publisher.pages.published import ContainerNotes, Inherited, PublishedImage, StudyRecord
from publisher.pages.summary import summarize
from publisher.pages.well_list import RecordRow


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldItem:
    """One field: its ``number`` in the well, and its image as a thumbnail and as a row."""

    number: int
    image: DatasetItem


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPart:
    """The fields of one run; ``name`` is empty on a plate without runs."""

    name: str
    fields: tuple[FieldItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WellPage(Page):
    """A well.

    ``runs`` hold its fields, ``records`` are images of it whose pixels are not here. ``previous`` and ``next`` are
    the wells with images beside it, by row and column. ``inherited`` says what containers above say.
    """

    template: ClassVar[str] = "well.html"
    kind: ClassVar[str] = "well"

    labels: tuple[Label, ...]
    plate: Link
    count: str
    runs: tuple[RunPart, ...]
    records: tuple[RecordRow, ...]
    facts: tuple[Fact, ...]
    notes: Notes
    inherited: tuple[tuple[str, Notes], ...]
    previous: Link | None
    next: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WellAround:
    """What stands above and beside a well: its plate's screen (id, name), the wells before and after it, what is said
    of it and of containers above, and rows about images without pixels."""

    screen: tuple[str, str] | None = None
    previous: WellContents | None = None
    next: WellContents | None = None
    notes: ContainerNotes = field(default_factory=ContainerNotes)
    inherited: tuple[Inherited, ...] = ()
    records: tuple[RecordRow, ...] = ()


def well_page(
    plate: PlateContents,
    well: WellContents,
    items: Sequence[PublishedImage],
    around: WellAround,
    study: StudyRecord,
    site: SiteFacts,
) -> WellPage:
    """The page of ``well``; ``items`` are its fields' images, in their order."""
    url = urls.well(study.slug, plate.id, well.address)
    linker = Linker(url)
    brief = summarize((f"{plate.id}/{well.address}", well.name), "", items)
    name, count = well_title(well.name), quantities.count(len(items), "field")
    above = (*above_plate(around.screen, study), (plate.name, urls.plate(study.slug, plate.id)))
    return WellPage(
        url=url,
        title=f"{name} of {plate.name}",
        head_title=head_title(f"{name}, {plate.name}, {study.key}", site.title),
        description=one_sentence(f"{name} of plate {plate.name}: {count}, of {study.description.title}"),
        breadcrumbs=breadcrumbs(name, study, above, linker),
        canonical=site.addresses.page(url),
        alternates=JSON_TWIN,
        labels=study_labels(study.description),
        plate=Link(title=plate.name, href=linker.to(urls.plate(study.slug, plate.id))),
        count=count,
        runs=_runs(plate, well.fields, items, study, linker),
        records=around.records,
        facts=container_facts(
            brief, study, fact("Row", plate.rows[well.row]), fact("Column", plate.columns[well.column])
        ),
        notes=notes(around.notes, linker),
        inherited=tuple((each.source, notes(each, linker)) for each in around.inherited if not each.is_empty),
        previous=_well_link(around.previous, plate, study, linker),
        next=_well_link(around.next, plate, study, linker),
    )


def well_title(name: str) -> str:
    """A well as a heading."""
    return f"Well {name}"


def run_name(plate: PlateContents, acquisition: int | None) -> str:
    """What a run of the plate is called: by its name, else by its number; empty for none."""
    if acquisition is None:
        return "" if not plate.acquisitions else "No run"
    return next((run.name for run in plate.acquisitions if run.id == acquisition and run.name), f"Run {acquisition}")


def _runs(
    plate: PlateContents,
    fields: Sequence[WellField],
    items: Sequence[PublishedImage],
    study: StudyRecord,
    linker: Linker,
) -> tuple[RunPart, ...]:
    both = zip(fields, items, strict=True)
    return tuple(
        RunPart(
            name=run_name(plate, acquisition),
            fields=tuple(
                FieldItem(number=field.number, image=dataset_item(item, study, linker)) for field, item in group
            ),
        )
        for acquisition, group in groupby(both, key=lambda pair: pair[0].acquisition)
    )


def _well_link(well: WellContents | None, plate: PlateContents, study: StudyRecord, linker: Linker) -> Link | None:
    if well is None:
        return None
    return Link(title=well_title(well.name), href=linker.to(urls.well(study.slug, plate.id, well.address)))
