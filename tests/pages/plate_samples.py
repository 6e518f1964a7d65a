"""An invented screen of one plate, with wells of every state, and what is said of containers."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from publisher import urls
from publisher.model.annotation import Pair
from publisher.model.plate_contents import PlateContents, WellContents, WellField
from publisher.model.screen import PlateAcquisition
from publisher.pages.page import Page, SiteFacts
from publisher.pages.plate_page import PlateAround, plate_page
from publisher.pages.plate_summary import PlateSummary, summarize_plate
from publisher.pages.published import ContainerNotes, FileFact, Inherited, PublishedImage, StudyRecord
from publisher.pages.screen_pages import ScreenPart, screen_page
from publisher.pages.well_list import RecordRow
from publisher.pages.well_page import WellAround, well_page


def attached(text: str = "") -> FileFact:
    path = PurePosixPath("studies/sim-spindle/attachments/protocol.pdf")
    return FileFact(title="protocol.pdf" + text, path=path, size=388_000, sha256="b" * 64)


def container_notes(text: str = "") -> ContainerNotes:
    return ContainerNotes(
        pairs=(Pair("Treatment" + text, "none" + text), Pair("Gene", "PCNT", "openmicroscopy.org/mapr/gene")),
        tags=("first replicate" + text,),
        comments=("Looks fine." + text,),
        rating=4,
        files=(attached(text),),
    )


def inherited(source: str, text: str = "") -> Inherited:
    said = container_notes(text)
    return Inherited(
        source=source + text,
        pairs=said.pairs,
        tags=said.tags,
        comments=said.comments,
        rating=said.rating,
        files=said.files,
    )


def contents(items: Sequence[PublishedImage], text: str = "") -> PlateContents:
    """A1 and B1 have images, A2 rows alone, A3 is empty, B2 and B3 are no wells; rows C and D hold none."""
    first, second, third = (item.entry for item in items[:3])
    wells = (
        WellContents(
            row=0,
            column=0,
            name="A1" + text,
            address="A1",
            fields=(WellField(entry=first, number=1, acquisition=1), WellField(entry=second, number=2, acquisition=2)),
            about=(0,),
            records=(7,),
        ),
        WellContents(row=0, column=1, name="A2", address="A2", about=(1,), records=(8,)),
        WellContents(row=0, column=2, name="A3", address="A3"),
        WellContents(row=1, column=0, name="B1", address="B1", fields=(WellField(entry=third, number=1),)),
    )
    return PlateContents(
        id="p1",
        name="P1" + text,
        description="A plate." + text,
        rows=("A" + text, "B", "C", "D"),
        columns=("1" + text, "2", "3"),
        wells=wells,
        acquisitions=(
            PlateAcquisition(id=1, name="first" + text, start="2026-01-02T03:04:05"),
            PlateAcquisition(id=2, description="again" + text),
        ),
        unplaced=(items[4].entry,),
        about=(2,),
        records=(9,),
    )


def summary(items: Sequence[PublishedImage], text: str = "") -> PlateSummary:
    by_id = {item.entry.id: item for item in items}
    return summarize_plate(contents(items, text), lambda entry: by_id[entry.id])


def screens(items: Sequence[PublishedImage], text: str = "") -> tuple[ScreenPart, ...]:
    part = ScreenPart(
        identity=("screen-a", "screenA" + text), description="All genes." + text, plates=(summary(items, text),)
    )
    return (part, ScreenPart(identity=None, description="", plates=(summary(items, text),)))


def plate_pages(items: Sequence[PublishedImage], about: StudyRecord, site: SiteFacts, text: str) -> Iterator[Page]:
    """The pages of the screen, its plate and one of its wells."""
    brief, said = summary(items, text), container_notes(text)

    def pairs_of(rows: Sequence[int]) -> tuple[Pair, ...]:
        return tuple(
            pair for row in rows for pair in (Pair("Gene" + text, f"G{row}" + text), Pair("Cells", "HeLa" + text))
        )

    def records_of(rows: Sequence[int]) -> tuple[RecordRow, ...]:
        return tuple(
            RecordRow(name=f"Field {row}" + text, pairs=pairs_of([row]), description="Lost." + text) for row in rows
        )

    yield screen_page(screens(items, text)[0], said, (None, ("screen-b", "screenB" + text)), about, site)
    around = PlateAround(
        pairs_of=pairs_of,
        records_of=records_of,
        screen=("screen-a", "screenA" + text),
        previous=("p0", "P0" + text),
        notes=said,
        fileset=urls.fileset(about.slug, "p1-12345678"),
    )
    yield plate_page(brief, items[4:5], around, about, site)
    plate = brief.contents
    yield well_page(
        plate,
        plate.wells[0],
        items[:2],
        WellAround(
            screen=("screen-a", "screenA" + text),
            next=plate.wells[3],
            notes=ContainerNotes(pairs=pairs_of([0])),
            inherited=(inherited("Plate P1", text),),
            records=records_of([7]),
        ),
        about,
        site,
    )
