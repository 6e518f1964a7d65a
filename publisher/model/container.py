"""Projects and datasets: how a study's images are grouped."""

from collections.abc import Sequence
from dataclasses import dataclass

from publisher.model.annotation import Pair
from publisher.model.identity import stem
from publisher.model.image import ImageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of a dataset: an image with pixels, or a record whose pixels are not here (``ref`` None).

    ``id`` names its page; ``pairs`` are the curator's key-value pairs in their order; ``name`` and
    ``description`` are empty when the source's own are to be shown.
    """

    id: str
    name: str
    ref: ImageRef | None
    pairs: tuple[Pair, ...] = ()
    description: str = ""

    def called(self, own: str) -> str:
        """Its name for readers: the curator's, else ``own`` (the source's), else that of its file, else its id.

        The name of a file that may hold somebody's e-mail address is not shown.
        """
        file = stem(self.ref.path) if self.ref and not self.ref.series else ""
        return self.name or own or ("" if "@" in file else file) or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """OME Dataset: images that belong together. ``entries`` may be read lazily; iterate it once."""

    id: str
    name: str
    entries: Sequence[Entry]
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """OME Project: datasets that belong together (IDR: an experiment)."""

    id: str
    name: str
    datasets: tuple[Dataset, ...]
    description: str = ""
