"""A study as lint takes it: put together from what a build remembers; no image file is opened, no array loaded."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import commonpath

from publisher.catalogue.load import StudyFolder
from publisher.catalogue.rows import ImagesOf
from publisher.catalogue.schema import Rendering
from publisher.catalogue.tree import DatasetFiles
from publisher.formats.redaction import Redaction, redacted_image
from publisher.graph.ledger import Ledger
from publisher.lint.finding import Finding, ImageName
from publisher.lint.report import StudyReport, report
from publisher.lint.subject import DatasetWords, LintedImage, Subject
from publisher.model.container import Entry
from publisher.model.image import Image
from publisher.model.statistics import ChannelStatistics, ImageStatistics
from publisher.pipeline.study_parts import PixelGroup

PIXEL_STEPS = "pixel-steps"
"""Kind of memo: of each study, the name of the step that converts an image by the id of its page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """Images that stand together: a dataset's entries, or a plate's, with how they are shown."""

    id: str
    name: str
    description: str
    rendering: Rendering
    files: DatasetFiles
    entries: Sequence[Entry]


def grouped(group: PixelGroup) -> Grouped:
    """A dataset's images, or a plate's, as lint takes them."""
    files = group.files
    return Grouped(
        id=files.id,
        name=files.name,
        description=files.description,
        rendering=files.rendering,
        files=files,
        entries=group.entries,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a study's images: what files hold, the step that converts an image, files never opened.

    ``spoken_of`` are ids of images on plates that rows are about. ``found`` are faults that were found while the
    study was read.
    """

    ledger: Ledger
    redaction: Redaction
    images_of: ImagesOf
    step_of: Callable[[Entry], str | None]
    unseen: tuple[str, ...] = ()
    spoken_of: frozenset[str] = frozenset()
    found: tuple[Finding, ...] = ()


def linted_study(
    study: StudyFolder,
    licence: str | None,
    groups: Iterable[Grouped],
    records: int,
    lost: tuple[int, ...],
    known: Known,
) -> StudyReport:
    """Judge a study. ``records`` counts its rows without pixels, ``lost`` are those that name an image nobody has."""
    datasets, images = [], list[LintedImage]()
    for group in groups:
        datasets.append(DatasetWords(id=group.id, name=group.name, described=bool(group.description.strip())))
        images.extend(_images(study, group, known))
    return report(
        Subject(
            study=study,
            licence=licence,
            images=images,
            datasets=tuple(datasets),
            records=records,
            lost_rows=lost,
            unseen=known.unseen,
            known=known.found,
            redaction=known.redaction,
        )
    )


def _images(study: StudyFolder, group: Grouped, known: Known) -> Iterator[LintedImage]:
    by_place = {(ref.path, image.series): image for ref in group.files.files for image in known.images_of(ref)}
    for entry in group.entries:
        image = by_place.get((entry.ref.path, entry.ref.series)) if entry.ref else None
        if entry.ref and image:
            shown = redacted_image(image, known.redaction)
            step = known.step_of(entry)
            yield LintedImage(
                name=ImageName(entry.id, entry.called(shown.name)),
                dataset=group.id,
                path=entry.ref.path,
                image=shown,
                channels=_channel_names(shown, group.rendering),
                statistics=_statistics(known.ledger, step, len(shown.channels)),
                digest=_digest(known.ledger, step),
                has_row=entry.id in known.spoken_of
                or bool(study.curation.of_image(entry.ref.path, image.series, image.name)),
            )


def _channel_names(image: Image, rendering: Rendering) -> tuple[str, ...]:
    said = {number: settings.name or "" for number, settings in rendering.channels.items()}
    return tuple(
        said.get(number) or channel.name or channel.fluor for number, channel in enumerate(image.channels, start=1)
    )


def _statistics(ledger: Ledger, step: str | None, channels: int) -> tuple[ChannelStatistics, ...]:
    """Those of the last conversion; none where it was of other channels."""
    record = ledger.step(step) if step else None
    if record is None or not record.value:
        return ()
    found = ImageStatistics.from_json(record.value["statistics"]).channels
    return found if len(found) == channels else ()


def _digest(ledger: Ledger, step: str | None) -> str:
    """A digest of an image's published chunks: equal pixels, written alike, give equal bytes."""
    outputs = ledger.outputs(step) if step else ()
    chunks = [output for output in outputs if not output.path.rsplit("/", 1)[-1].startswith((".z", "zarr.json"))]
    if not chunks or not all(output.sha256 for output in chunks):
        return ""
    start = len(commonpath(output.folder or output.path for output in outputs))
    words = "\n".join(f"{output.path[start:]} {output.sha256}" for output in outputs)
    return hashlib.sha256(words.encode()).hexdigest()


def remembered_steps(ledger: Ledger, slug: str) -> Callable[[Entry], str | None]:
    """The step that converted an entry's image, as the last build of the study wrote it down."""
    known: Mapping[str, str] = ledger.memo(PIXEL_STEPS, slug) or {}
    return lambda entry: known.get(entry.id)
