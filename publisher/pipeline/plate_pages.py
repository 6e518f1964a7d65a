"""Steps of the pages of plates: their images, their wells, the plates, and the screens they stand in."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from publisher import urls
from publisher.catalogue.plates import StudyPlate
from publisher.catalogue.tree import ScreenFiles
from publisher.graph.step import Deferred, Results, Step
from publisher.model.container import Entry
from publisher.model.plate_contents import WellContents, WellField
from publisher.pages.image_place import Place, WellSpot
from publisher.pages.plate_page import PlateAround, plate_page
from publisher.pages.plate_summary import PlateSummary, summarize_plate
from publisher.pages.published import Inherited, PublishedImage, StudyRecord
from publisher.pages.screen_pages import ScreenPart, screen_page
from publisher.pages.well_page import WellAround, run_name, well_page
from publisher.pipeline.container_notes import StudyNotes, inherited_from
from publisher.pipeline.image_page_steps import ImagePageSteps
from publisher.pipeline.published import Neighbour, PublishedImages
from publisher.pipeline.site import Site, page_name
from publisher.pipeline.study_parts import StudyParts

Identity = tuple[str, str]
"""Id and name of a container."""


class PlatePages:
    """Yields the steps of the pages of a study's plates; each is described when the pixels it shows are done."""

    def __init__(
        self,
        site: Site,
        record: StudyRecord,
        contents: StudyParts,
        images: PublishedImages,
        notes: StudyNotes,
    ) -> None:
        self._site = site
        self._record = record
        self._contents = contents
        self._images = images
        self._notes = notes
        self._pages = ImagePageSteps(site, record, images, notes)
        self._briefs: dict[str, PlateSummary] = {}

    def steps(self) -> Iterator[Deferred]:
        """All pages, those of images first."""
        for plate in self._contents.plates:
            yield from self._image_pages(plate)
            yield from self._well_pages(plate)
            yield self._plate_page(plate)
        for screen in self._contents.tree.screens:
            yield self._screen_page(screen)

    # Images

    def _image_pages(self, plate: StudyPlate) -> Iterator[Deferred]:
        placed: list[tuple[WellContents | None, WellField | None, Entry]] = [
            (well, field, field.entry) for well in plate.contents.wells for field in well.fields
        ]
        placed += [(None, None, entry) for entry in plate.contents.unplaced]
        entries = [entry for _, _, entry in placed]
        for number, (well, field, entry) in enumerate(placed):

            def place(
                beside: tuple[Neighbour, Neighbour], well: WellContents | None = well, field: WellField | None = field
            ) -> Place:
                return Place(spot=self._spot(plate, well, field), previous=beside[0], next=beside[1])

            def inherited(
                results: Results, well: WellContents | None = well, entry: Entry = entry
            ) -> tuple[Inherited, ...]:
                return self._inherited(plate, well, entry, results)

            before = entries[number - 1] if number else None
            after = entries[number + 1] if number + 1 < len(entries) else None
            yield self._pages.step(entry, (before, after), place, inherited, self._said_steps(plate, entry))

    def _spot(self, plate: StudyPlate, well: WellContents | None, field: WellField | None) -> WellSpot:
        return WellSpot(
            screen=(plate.screen.id, plate.screen.name) if plate.screen else None,
            plate=(plate.contents.id, plate.contents.name),
            well=(well.address, well.name) if well else None,
            field=field.number if field else None,
            run=run_name(plate.contents, field.acquisition) if field else "",
        )

    def _inherited(
        self, plate: StudyPlate, well: WellContents | None, entry: Entry | None, results: Results
    ) -> tuple[Inherited, ...]:
        """What containers above an image (or, without one, above a well) say, the nearest first."""
        found: tuple[Inherited, ...] = ()
        if well and entry:
            found = inherited_from("Well", well.name, self._notes.notes_of_rows(well.about))
        own = self._notes.notes(plate.said, results, plate.contents.about)
        found = (*found, *inherited_from("Plate", plate.contents.name, own))
        if plate.screen:
            above = self._notes.notes(plate.screen.said, results)
            found = (*found, *inherited_from("Screen", plate.screen.name, above))
        dataset = self._contents.found_in.get(entry.id) if entry else None
        return (*found, *self._notes.inherited_in(dataset, results)) if dataset else found

    def _said_steps(self, plate: StudyPlate, entry: Entry | None = None) -> tuple[str, ...]:
        """Names of steps that what is inherited on a plate needs."""
        said = [plate.said, *([plate.screen.said] if plate.screen else [])]
        if entry and (dataset := self._contents.found_in.get(entry.id)):
            said += [dataset.files.said, *([dataset.project.said] if dataset.project else [])]
        return self._notes.steps_of(*said)

    # Wells

    def _well_pages(self, plate: StudyPlate) -> Iterator[Deferred]:
        """Pages of wells with images. A well whose pixels all failed has none: its row on the plate's page says so."""
        imaged = [well for well in plate.contents.wells if well.fields]
        for number, well in enumerate(imaged):
            near = [imaged[at] if 0 <= at < len(imaged) else None for at in (number - 1, number + 1)]
            steps = [self._steps_of(other) for other in (well, *near) if other]
            after = (*(name for names in steps for name in names), *self._said_steps(plate))

            def make(
                results: Results, well: WellContents = well, near: list[WellContents | None] = near
            ) -> Step | None:
                items = self._items(well, results)
                if not any(item.image for item in items):
                    return None
                beside = [other if other and self._has_page(other, results) else None for other in near]
                around = WellAround(
                    screen=(plate.screen.id, plate.screen.name) if plate.screen else None,
                    previous=beside[0],
                    next=beside[1],
                    notes=self._notes.notes_of_rows(well.about),
                    inherited=self._inherited(plate, well, None, results),
                    records=self._notes.records_of(well.records),
                )
                page = well_page(plate.contents, well, items, around, self._record, self._site.facts)
                return self._site.page_step(page)

            url = urls.well(self._record.slug, plate.contents.id, well.address)
            yield Deferred(name=page_name(url), make=make, after=after)

    def _items(self, well: WellContents, results: Results) -> list[PublishedImage]:
        return [self._images.item(field.entry, results) for field in well.fields]

    def _has_page(self, well: WellContents, results: Results) -> bool:
        return any(self._images.item(field.entry, results).image for field in well.fields)

    def _steps_of(self, well: WellContents) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for field in well.fields for name in self._images.shown_steps_of(field.entry)))

    # Plates and screens

    def _plate_page(self, plate: StudyPlate) -> Deferred:
        contents = plate.contents

        def make(results: Results) -> Step:
            beside = [other for other in self._contents.plates if other.screen is plate.screen]
            at = beside.index(plate)
            around = PlateAround(
                pairs_of=self._notes.pairs_of,
                records_of=self._notes.records_of,
                screen=(plate.screen.id, plate.screen.name) if plate.screen else None,
                previous=_identity(beside[at - 1]) if at else None,
                next=_identity(beside[at + 1]) if at + 1 < len(beside) else None,
                notes=self._notes.notes(plate.said, results, contents.about),
                fileset=self._fileset(plate),
            )
            unplaced = [self._images.item(entry, results) for entry in contents.unplaced]
            brief = self.brief(plate, results)
            return self._site.page_step(plate_page(brief, unplaced, around, self._record, self._site.facts))

        after = (*self.pixel_steps([plate]), *self._said_steps(plate))
        return Deferred(name=page_name(urls.plate(self._record.slug, contents.id)), make=make, after=after)

    def _fileset(self, plate: StudyPlate) -> PurePosixPath | None:
        """The folder of the plate's OME-Zarr, where its images are one and it is part of this site."""
        entry = next(plate.contents.entries(), None)
        planned = self._images.planned(entry) if entry and plate.fileset else None
        if planned is None or planned[0].is_referenced:
            return None
        return urls.fileset(self._record.slug, planned[0].id)

    def _screen_page(self, screen: ScreenFiles) -> Deferred:
        plates = [plate for plate in self._contents.plates if plate.screen is screen]

        def make(results: Results) -> Step:
            screens = self._contents.tree.screens
            at = next(number for number, other in enumerate(screens) if other is screen)
            near = [screens[n] if 0 <= n < len(screens) else None for n in (at - 1, at + 1)]
            before, after = ((other.id, other.name) if other else None for other in near)
            said = self._notes.notes(screen.said, results)
            page = screen_page(self.part(screen, results), said, (before, after), self._record, self._site.facts)
            return self._site.page_step(page)

        after = (*self.pixel_steps(plates), *self._notes.steps_of(screen.said))
        return Deferred(name=page_name(urls.screen(self._record.slug, screen.id)), make=make, after=after)

    def parts(self, results: Results) -> tuple[ScreenPart, ...]:
        """Screens with their plates in brief, then plates without a screen."""
        found = tuple(self.part(screen, results) for screen in (*self._contents.tree.screens, None))
        return tuple(part for part in found if part.identity or part.plates)

    def part(self, screen: ScreenFiles | None, results: Results) -> ScreenPart:
        """A screen with its plates in brief; those without a screen for None."""
        plates = tuple(self.brief(plate, results) for plate in self._contents.plates if plate.screen is screen)
        if screen is None:
            return ScreenPart(identity=None, description="", plates=plates)
        return ScreenPart(identity=(screen.id, screen.name), description=screen.description, plates=plates)

    def brief(self, plate: StudyPlate, results: Results) -> PlateSummary:
        """The plate in brief, gathered once when its pixels are done."""
        key = plate.contents.id
        if key not in self._briefs:
            found = summarize_plate(plate.contents, lambda entry: self._images.item(entry, results))
            self._briefs[key] = found
        return self._briefs[key]

    def pixel_steps(self, plates: Sequence[StudyPlate]) -> tuple[str, ...]:
        """Steps that what is shown of these plates comes from."""
        entries = (entry for plate in plates for entry in plate.contents.entries())
        return tuple(dict.fromkeys(name for entry in entries for name in self._images.shown_steps_of(entry)))


def _identity(plate: StudyPlate) -> Identity:
    return plate.contents.id, plate.contents.name
