"""The plates of a study: those that study.yaml names, that files describe, that rows of images.csv put together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from publisher.catalogue.load import StudyFolder
from publisher.catalogue.plate_draft import PlateDraft, Position, SourcePlate
from publisher.catalogue.tree import ContainerSaid, FileRef, PlateFiles, ScreenFiles, StudyTree
from publisher.errors import Problem, Severity
from publisher.model.container import Entry
from publisher.model.identity import slug
from publisher.model.plate_contents import PlateContents
from publisher.model.screen import WellPlace, well_position

MOST_NAMED = 5
"""Wells or plates that a message names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPlate:
    """A plate of the study in its screen; ``files`` are those that study.yaml gives it.

    ``fileset`` is the id of the OME-Zarr that its images are, where a file describes it.
    """

    contents: PlateContents
    screen: ScreenFiles | None
    files: PlateFiles | None
    fileset: str | None
    said: ContainerSaid


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an image is: its plate and well, ``place`` as a row says it, None where the source says it.

    Without ``at`` it is on the plate, in a well that nobody names.
    """

    plate: PlateDraft
    at: Position | None = None
    number: int = 0
    place: WellPlace | None = None


class Plates:
    """Puts plates together: ask `spot` where an image is, `put` it there, then have the other `rows` find their wells.

    ``found`` are plates that sources describe. A plate of study.yaml is the first that its files describe.
    """

    def __init__(self, study: StudyFolder, tree: StudyTree, found: Sequence[SourcePlate]) -> None:
        self._study = study
        self._rows = study.curation.of_plates()
        self._drafts = [
            PlateDraft(files.images.name, files.images.id, screen=screen, files=files)
            for screen in tree.screens
            for files in screen.plates
        ]
        self._owners = {ref.path: draft for draft in self._drafts if draft.files for ref in draft.files.images.files}
        self._described: dict[str, list[PlateDraft]] = {}
        for source in found:
            self._take(source)
        self._by_name: dict[str, PlateDraft] = {}
        for draft in self._drafts:
            for name in (draft.name, draft.id):
                self._by_name.setdefault(name.casefold(), draft)
        self._make_those_of_rows(tree.screens)
        self._of_fields: dict[tuple[str, Position, int], list[int]] | None = None
        self._odd_wells: list[tuple[int, str]] = []
        self._without_plate: list[int] = []

    def _take(self, source: SourcePlate) -> None:
        """Give a plate of study.yaml what its file describes; a further plate stands for itself beside it."""
        owner = self._owners.get(source.path)
        if owner and owner.source is None:
            owner.describe(source)
            draft = owner
        else:
            draft = PlateDraft(source.name, source.id, screen=owner.screen if owner else None, source=source)
            self._drafts.append(draft)
        self._described.setdefault(source.path, []).append(draft)

    def _make_those_of_rows(self, screens: Sequence[ScreenFiles]) -> None:
        """A plate that only rows speak of, by plate and well; it stands in the study's screen, where it has but one."""
        for name, numbers in self._rows.items():
            if not name or name.casefold() in self._by_name:
                continue
            if any(well_position(self._study.curation.value(number, "well")) for number in numbers):
                draft = PlateDraft(name, slug(name), screen=screens[0] if len(screens) == 1 else None)
                self._drafts.append(draft)
                self._by_name[name.casefold()] = draft

    def _called(self, name: str) -> PlateDraft | None:
        """The plate of this name or id; without a name the only one there is."""
        if name:
            return self._by_name.get(name.casefold())
        return self._drafts[0] if len(self._drafts) == 1 else None

    def spot(self, ref: FileRef, series: int, places: Sequence[WellPlace]) -> Spot | None:
        """Where an image is: as its source says, else as its rows say (``places``); None when it is on no plate."""
        for draft in self._described.get(ref.path, ()):
            if found := draft.of_series(series):
                return Spot(draft, found[0], found[1])
        owner = self._owners.get(ref.path)
        for place in places:
            plate = self._called(place.plate) if place.plate or not owner else owner
            at = plate.position(place.well) if plate else None
            if plate and at:
                return Spot(plate, at, int(place.field) if place.field else 0, place)
        return Spot(owner) if owner else None

    def rows_of(self, spot: Spot) -> list[int]:
        """Numbers of rows that name no image, but the very field that a source describes there."""
        if self._of_fields is None:
            self._of_fields = self._index_of_fields()
        if spot.at is None or spot.place is not None:
            return []
        return self._of_fields.get((spot.plate.id, spot.at, spot.number), [])

    def _index_of_fields(self) -> dict[tuple[str, Position, int], list[int]]:
        found: dict[tuple[str, Position, int], list[int]] = {}
        curation = self._study.curation
        for name, numbers in self._rows.items():
            plate = self._called(name)
            for number in numbers if plate else ():
                if (field := curation.value(number, "field")) and not curation.value(number, "image"):
                    at = plate.position(curation.value(number, "well")) if plate else None
                    if plate and at:
                        found.setdefault((plate.id, at, int(field)), []).append(number)
        return found

    def put(self, entry: Entry, spot: Spot) -> None:
        """Place an image."""
        if spot.at is None:
            spot.plate.unplaced.append(entry)
        elif spot.place is None and entry.ref:
            spot.plate.put_field(entry, entry.ref.series)
        else:
            spot.plate.put(entry, spot.at, spot.place or WellPlace())

    def take_rows(self, matched: bytearray) -> None:
        """Give wells and plates the rows that no image matched, and mark those in ``matched`` by a 2."""
        curation = self._study.curation
        for name, numbers in self._rows.items():
            plate = self._called(name)
            for number in numbers:
                if matched[number]:
                    continue
                if plate is None:
                    self._without_plate.append(number)
                    continue
                self._take_row(plate, number, curation.value(number, "well"))
                matched[number] = 2

    def _take_row(self, plate: PlateDraft, number: int, well: str) -> None:
        curation = self._study.curation
        of_image = any(curation.value(number, meaning) for meaning in ("image", "field"))
        at = plate.position(well) if well else None
        if at:
            plate.speak(number, at, of_image=of_image)
        elif well or of_image:
            plate.records.append(number)
            self._odd_wells += [(number, well)] if well else []
        else:
            plate.about.append(number)

    def study_plates(self) -> list[StudyPlate]:
        """All plates: those of study.yaml in its order, then those of files, then those of rows."""
        return [
            StudyPlate(
                contents=draft.contents(),
                screen=draft.screen,
                files=draft.files,
                fileset=draft.source.id if draft.source else None,
                said=draft.said,
            )
            for draft in self._drafts
        ]

    def problems(self) -> Iterator[Problem]:
        """Plates with one id: an address can lead to one of them only."""
        seen: dict[str, PlateDraft] = {}
        for draft in self._drafts:
            if seen.setdefault(draft.id.lower(), draft) is not draft:
                yield Problem(
                    code="study.repeated-id",
                    path=self._study.file.shown,
                    message=f"two plates have the id {draft.id!r}",
                    hint="name them under `screens:` and give one of them an `id:` of its own",
                )

    def warnings(self) -> Iterator[Problem]:
        """Rows and images whose well is not known."""
        if self._odd_wells:
            number, well = self._odd_wells[0]
            yield self._warning(
                "images.no-such-well",
                f"{len(self._odd_wells)} rows name a well that their plate does not have, first {well!r}",
                "name wells by row and column, such as B3; the rows are listed below the plate",
                number,
            )
        if self._without_plate and self._drafts:
            number = self._without_plate[0]
            yield self._warning(
                "images.no-such-plate",
                f"{len(self._without_plate)} rows name a well of no plate that there is, first "
                f"{self._study.curation.value(number, 'plate')!r}",
                "name the plate in the column `plate`; the rows are listed without pixels",
                number,
            )
        for draft in self._drafts:
            if draft.unplaced:
                few = ", ".join(entry.name or entry.ref.path for entry in draft.unplaced[:MOST_NAMED] if entry.ref)
                yield self._warning(
                    "images.no-well",
                    f"{len(draft.unplaced)} images of plate {draft.name!r} are in no well: {few}",
                    "say in images.csv which: columns `image`, `plate`, `well`, `field`",
                )

    def _warning(self, code: str, message: str, hint: str, number: int | None = None) -> Problem:
        return Problem(
            code=code,
            path=f"{self._study.shown}/images.csv",
            line=None if number is None else self._study.curation.line(number),
            message=message,
            hint=hint,
            severity=Severity.WARNING,
        )
