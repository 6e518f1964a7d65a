"""Who each row of images.csv is about: an image of some file, or nobody, whose row is then a record."""

from collections.abc import Callable, Iterator, Sequence

from publisher.catalogue.load import StudyFolder
from publisher.catalogue.plates import Plates
from publisher.catalogue.tree import DatasetFiles, FileRef, StudyTree
from publisher.errors import Problem, Severity
from publisher.model.container import Entry
from publisher.model.identity import image_id, record_id
from publisher.model.image import Image, ImageRef

ImagesOf = Callable[[FileRef], Sequence[Image]]
"""The images that a file holds; empty when it cannot be read."""


class Rows:
    """Who each row of images.csv is about; ask for the entries of every file, then for the rest.

    Images on ``plates`` are put there, and rows about wells and plates are theirs.
    """

    def __init__(self, study: StudyFolder, tree: StudyTree, plates: Plates | None = None) -> None:
        self._study = study
        self._plates = plates or Plates(study, tree, ())
        self._matched = bytearray(len(study.curation))
        self._datasets = {name: d.id for d in reversed(list(tree.all_datasets())) for name in (d.id, d.name)}
        self._first = next((d.id for d in tree.all_datasets()), "")

    def entries(self, dataset: DatasetFiles, images_of: ImagesOf) -> Iterator[Entry]:
        """The images of a dataset that have pixels; a slide's label and macro only where the curator lists them."""
        for ref in dataset.files:
            for image in images_of(ref):
                wanted = not image.is_slide_picture if ref.wants.series is None else image.series in ref.wants.series
                if wanted:
                    yield self._entry(ref, image)

    def _entry(self, ref: FileRef, image: Image) -> Entry:
        curation = self._study.curation
        numbers = curation.of_image(ref.path, image.series, image.name)
        rows = [curation.row(number) for number in numbers]
        spot = self._plates.spot(ref, image.series, [row.place for row in rows if row.place])
        if spot:
            of_field = [number for number in self._plates.rows_of(spot) if number not in numbers]
            numbers, rows = [*numbers, *of_field], [*rows, *map(curation.row, of_field)]
        for number in numbers:
            self._matched[number] = 1
        said = {
            key: next((getattr(row, key) for row in rows if getattr(row, key)), "")
            for key in ("id", "name", "description")
        }
        entry = Entry(
            id=ref.wants.id or said["id"] or image_id(self._study.slug, ref.path, image.series),
            name=ref.wants.name or said["name"],
            description=ref.wants.description or said["description"],
            ref=ImageRef(ref.path, image.series),
            pairs=tuple(pair for row in rows for pair in (row.pairs if spot and spot.at else row.unplaced_pairs)),
        )
        if spot:
            self._plates.put(entry, spot)
        return entry

    def without_pixels(self) -> dict[str, "RecordEntries"]:
        """Rows that no image, well or plate matched, by dataset id; call it when every file's entries were seen."""
        self._plates.take_rows(self._matched)
        numbers: dict[str, list[int]] = {}
        for number in range(len(self._study.curation)):
            if not self._matched[number]:
                name = self._study.curation.value(number, "dataset")
                numbers.setdefault(self._datasets.get(name, self._first), []).append(number)
        return {dataset: RecordEntries(self._study, dataset, found) for dataset, found in numbers.items()}

    def lost(self) -> tuple[int, ...]:
        """Numbers of the rows that name an image nobody has; ask when every dataset's entries were seen."""
        curation = self._study.curation
        return tuple(n for n in range(len(curation)) if self._matched[n] != 1 and curation.value(n, "image"))

    def warnings(self) -> Iterator[Problem]:
        """Rows that name an image nobody has, or no image at all."""
        curation = self._study.curation
        if len(curation) and not any(self._matched) and not curation.names_images:
            yield Problem(
                code="images.no-image-column",
                path=f"{self._study.shown}/images.csv",
                line=1,
                message="no column says which image a row is about, so that rows are listed without pixels",
                hint="name the column of file names `image`",
                severity=Severity.WARNING,
            )
        lost = [n for n in range(len(curation)) if self._matched[n] != 1 and "/" in curation.value(n, "image")]
        if lost:
            first = curation.value(lost[0], "image")
            yield Problem(
                code="images.rows-without-image",
                path=f"{self._study.shown}/images.csv",
                line=curation.line(lost[0]),
                message=f"{len(lost)} rows name an image that is not in the study, first {first!r}",
                hint="they are listed without pixels; check the spelling of the paths",
                severity=Severity.WARNING,
            )


class RecordEntries(Sequence[Entry]):
    """Rows without pixels as entries, made when they are looked at."""

    def __init__(self, study: StudyFolder, dataset: str, numbers: list[int]) -> None:
        self._study = study
        self._dataset = dataset
        self._numbers = numbers
        self._seen: dict[str, int] = {}
        self._occurrence: list[int] = []
        for number in numbers:
            name = self._name(number)
            self._occurrence.append(self._seen.get(name, 0))
            self._seen[name] = self._occurrence[-1] + 1

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, index: int | slice) -> "Entry | Sequence[Entry]":  # type: ignore[override]  # slices are sequences too
        if isinstance(index, slice):
            return [self._entry(n) for n in range(*index.indices(len(self)))]
        return self._entry(index)

    def _name(self, number: int) -> str:
        curation = self._study.curation
        return curation.value(number, "name") or curation.value(number, "image") or f"Row {curation.line(number)}"

    def _entry(self, index: int) -> Entry:
        row = self._study.curation.row(self._numbers[index])
        name = row.name or row.image or f"Row {row.line}"
        key = row.id or record_id(self._study.slug, self._dataset, name, self._occurrence[index])
        return Entry(id=key, name=name, description=row.description, ref=None, pairs=row.unplaced_pairs)
