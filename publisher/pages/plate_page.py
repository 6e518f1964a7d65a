"""The page of a plate: its wells as a table, and what is said of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import ClassVar

from publisher import urls
from publisher.model.screen import PlateAcquisition
from publisher.pages import quantities
from publisher.pages.container_facts import Above, breadcrumbs, container_facts
from publisher.pages.container_pages import DatasetItem, dataset_item
from publisher.pages.facts import Fact, fact
from publisher.pages.labels import Label, study_labels
from publisher.pages.links import Linker
from publisher.pages.markup import Html
from publisher.pages.notes import Notes, notes
from publisher.pages.page import JSON_TWIN, Link, Page, SiteFacts, head_title, one_sentence, plain_text
from publisher.pages.plate_grid import PlateGrid, plate_grid
from publisher.pages.plate_summary import PlateSummary
from publisher.pages.published import ContainerNotes, PublishedImage, StudyRecord
from publisher.pages.well_list import PairsOf, RecordRow, RecordsOf, WellList, well_list


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One acquisition of a plate: its number, its name, and when it began and ended ("–" where unknown)."""

    number: int
    name: str
    start: str
    end: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatePage(Page):
    """A plate of wells.

    ``grid`` is its table, None where it has too many places; ``wells`` the list with what is said of each.
    ``runs`` are its acquisitions. ``unplaced`` are images whose well is not known, ``records`` rows about such.
    ``zarr_url`` is the address of the plate as one OME-Zarr, empty where its images are stores of their own.
    ``previous`` and ``next`` are neighbouring plates.
    """

    template: ClassVar[str] = "plate.html"
    kind: ClassVar[str] = "plate"

    labels: tuple[Label, ...]
    about: Html
    count: str
    grid: PlateGrid | None
    wells: WellList
    runs: tuple[RunRow, ...]
    unplaced: tuple[DatasetItem, ...]
    records: tuple[RecordRow, ...]
    facts: tuple[Fact, ...]
    notes: Notes
    zarr_url: str
    zarr_size: str
    previous: Link | None
    next: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateAround:
    """What stands above and beside a plate: its screen (id, name), its neighbours (id, name), what is said of it and
    of its wells. ``fileset`` is the folder of the plate's OME-Zarr."""

    pairs_of: PairsOf
    records_of: RecordsOf
    screen: tuple[str, str] | None = None
    previous: tuple[str, str] | None = None
    next: tuple[str, str] | None = None
    notes: ContainerNotes = field(default_factory=ContainerNotes)
    fileset: PurePosixPath | None = None


def plate_page(
    summary: PlateSummary,
    unplaced: Sequence[PublishedImage],
    around: PlateAround,
    study: StudyRecord,
    site: SiteFacts,
) -> PlatePage:
    """The page of a plate; ``unplaced`` are its images in no known well."""
    contents = summary.contents
    url = urls.plate(study.slug, contents.id)
    linker = Linker(url)
    count = plate_count(summary)
    fileset = around.fileset if summary.published else None
    return PlatePage(
        url=url,
        title=contents.name,
        head_title=head_title(f"{contents.name}, {study.key}", site.title),
        description=one_sentence(
            plain_text(contents.description) or f"Plate {contents.name}: {count}, of {study.description.title}"
        ),
        breadcrumbs=breadcrumbs(contents.name, study, above_plate(around.screen, study), linker),
        canonical=site.addresses.page(url),
        alternates=JSON_TWIN,
        labels=study_labels(study.description),
        about=site.prose(contents.description),
        count=count,
        grid=plate_grid(summary, study.slug, linker),
        wells=well_list(summary, study.slug, around.pairs_of, around.records_of, linker),
        runs=tuple(_run(run) for run in contents.acquisitions),
        unplaced=tuple(dataset_item(item, study, linker) for item in unplaced),
        records=around.records_of(contents.records),
        facts=container_facts(summary.images, study, *_facts(summary)),
        notes=notes(around.notes, linker),
        zarr_url=site.addresses.snippet(fileset) if fileset else "",
        zarr_size=quantities.byte_size(summary.images.bytes) if fileset and summary.images.bytes else "",
        previous=_plate_link(around.previous, study, linker),
        next=_plate_link(around.next, study, linker),
    )


def plate_count(summary: PlateSummary) -> str:
    """A plate in figures: "24 wells with images · 360 without · 48 images"."""
    parts = [quantities.count(summary.imaged, "well with images", "wells with images")]
    parts += [f"{summary.unpublished:,} without images here"] if summary.unpublished else []
    parts += [f"{summary.empty:,} empty"] if summary.empty else []
    return " · ".join((*parts, quantities.count(summary.published, "image")))


def above_plate(screen: tuple[str, str] | None, study: StudyRecord) -> Above:
    """The screen of a plate (id, name), as a step of the way to it."""
    return ((screen[1], urls.screen(study.slug, screen[0])),) if screen else ()


def _facts(summary: PlateSummary) -> list[Fact]:
    contents, fields = summary.contents, sorted({well.images for well in summary.wells if well.images})
    rows = [fact("Rows × Columns", quantities.by(len(contents.rows), len(contents.columns)))]
    total = summary.places if contents.is_full else len(summary.wells)
    rows.append(fact("Wells", f"{summary.imaged:,} imaged of {total:,}"))
    if fields:
        rows.append(fact("Fields per Well", f"{fields[0]}" if len(fields) == 1 else f"{fields[0]}–{fields[-1]}"))
    if contents.acquisitions:
        rows.append(fact("Runs", f"{len(contents.acquisitions):,}"))
    return rows


def _run(run: PlateAcquisition) -> RunRow:
    return RunRow(
        number=run.id,
        name=run.name or f"Run {run.id}",
        start=quantities.day(run.start),
        end=quantities.day(run.end),
        description=run.description,
    )


def _plate_link(plate: tuple[str, str] | None, study: StudyRecord, linker: Linker) -> Link | None:
    return Link(title=plate[1], href=linker.to(urls.plate(study.slug, plate[0]))) if plate else None
