"""What a study is judged by: its description, its rows, and what is known of each image."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from publisher.catalogue.load import StudyFolder
from publisher.formats.redaction import Redaction
from publisher.lint.finding import Finding, ImageName
from publisher.model.image import Image
from publisher.model.statistics import ChannelStatistics


@dataclass(frozen=True, slots=True, kw_only=True)
class LintedImage:
    """One image with pixels.

    ``path`` is its file's, relative to the study; ``image`` is as it may be shown (redacted). ``channels`` are the
    names by which its channels are shown, empty where they have none. ``statistics`` are those of its published
    channels, ``digest`` stands for its published pixels; both are empty until it was converted. ``has_row``: images.csv
    speaks of it.
    """

    name: ImageName
    dataset: str
    path: str
    image: Image
    channels: tuple[str, ...]
    statistics: tuple[ChannelStatistics, ...] = ()
    digest: str = ""
    has_row: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetWords:
    """A dataset by id and name, and whether it is described."""

    id: str
    name: str
    described: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A study to be judged.

    ``licence`` is its own or the site's. ``records`` counts rows without pixels. ``lost_rows`` are numbers of rows that
    name an image nobody has. ``unseen`` are files that were never opened, by path; ``known`` are findings that others
    made. ``redaction`` are the site's own rules of what is left out.
    """

    study: StudyFolder
    licence: str | None
    images: Sequence[LintedImage] = ()
    datasets: tuple[DatasetWords, ...] = ()
    records: int = 0
    lost_rows: tuple[int, ...] = ()
    unseen: tuple[str, ...] = ()
    known: tuple[Finding, ...] = ()
    redaction: Redaction = field(default_factory=Redaction)

    @property
    def yaml(self) -> str:
        """Path of study.yaml, as findings name it."""
        return self.study.file.shown

    def line(self, *location: str | int) -> int:
        """Line of a key of study.yaml."""
        return self.study.file.line_of(location)
