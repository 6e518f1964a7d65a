"""Datasets of an RO-Crate: which of the files they name are on this disk, and rows for those that are not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.catalogue.image_patterns import image_files, is_utf8
from publisher.errors import ContentError, Problem
from publisher.formats.ome_xml.text import writable
from publisher.importers.draft import TableDraft
from publisher.importers.idr.words import as_markdown
from publisher.importers.readable import may_be_read
from publisher.importers.ro_crate.graph import Crate, Entity
from publisher.model.identity import image_id
from publisher.model.location import is_address

Keys = dict[str, object]

LOOSE = "Images"
"""The dataset of files that the crate has in none."""
MOST_FILES = 1_000_000

_SUFFIXES = (".ome.zarr.zip", ".zarr.zip", ".ome.zarr", ".zarr", ".zip")
_OF_DATASET = {
    "associatedBiologicalEntity": "Biosample",
    "associatedSpecimenImagingPreparationProtocol": "Specimen preparation",
    "associatedImageAcquisitionProtocol": "Image acquisition",
    "associatedAnnotationMethod": "Annotation method",
    "associatedImageAnalysisMethod": "Image analysis",
    "associatedImageCorrelationMethod": "Image correlation",
    "associatedProtocol": "Protocol",
}
_OF_FILE = {
    "annotationMethod": "Annotation method",
    "inputImage": "Input image",
    "imageAcquisitionProtocol": "Image acquisition",
}
_KNOWN = frozenset(
    {
        "@id", "@type", "name", "title", "displayName", "label", "description", "hasPart", "conformsTo", "resultOf",
        "license", "datePublished", "contentSize", "encodingFormat", "sha256", "url", "contentUrl",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CrateImage:
    """An image file that the crate calls ``name``; ``path`` is where study.yaml finds it, None when it is nowhere."""

    name: str
    dataset: str
    path: str | None
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CrateDataset:
    """A dataset of the crate with its images and other files (path in the study by name)."""

    name: str
    description: str
    pairs: tuple[tuple[str, str], ...]
    images: tuple[CrateImage, ...]
    others: tuple[Entity, ...] = ()

    def keys(self) -> Keys:
        """It in the words of study.yaml."""
        pairs = dict(self.pairs)
        found: Keys = {
            "name": self.name,
            "description": self.description,
            "pairs": pairs if len(pairs) == len(self.pairs) else [list(pair) for pair in self.pairs],
            "images": [image.path for image in self.images if image.path],
        }
        return {key: value for key, value in found.items() if value}


class CrateFiles:
    """Files of this disk that a crate may name: those beside it by their path, those of other folders by their name.

    A file is given once. ``used`` are the folders that any lies in, the crate's own first.
    """

    def __init__(self, folder: Path, places: Sequence[Path]) -> None:
        self.folder = folder
        self._beside = dict.fromkeys(_listed(folder))
        self._elsewhere: dict[str, list[tuple[Path, str]]] = {}
        for place in places:
            for path in _listed(place):
                for key in {path.rsplit("/", 1)[-1], _stem(path)}:
                    self._elsewhere.setdefault(key, []).append((place, path))
        self._given: set[str] = set()
        self.used: dict[Path, None] = {}

    def path_of(self, entity: Entity) -> str | None:
        """Where study.yaml finds a file that the crate names; None where it is not on this disk.

        The address of an OME-Zarr is such a place, too.
        """
        path = entity.path.rstrip("/")
        if is_address(path):
            return path if path.lower().endswith(".zarr") else None
        found = (self.folder, path) if path in self._beside else self._by_name(path)
        if found is None or found[1] in self._given:
            return None
        self._given.add(found[1])
        self.used.setdefault(found[0])
        return found[1]

    def below(self, folder: str) -> list[str]:
        """Images beside the crate in a folder of it that nobody listed; given once, too."""
        prefix = folder.rstrip("/") + "/" if folder not in ("", ".", "./") else ""
        found = [
            path for path in self._beside if path.startswith(prefix) and may_be_read(path) and path not in self._given
        ]
        self._given.update(found)
        if found:
            self.used.setdefault(self.folder)
        return found

    def _by_name(self, path: str) -> tuple[Path, str] | None:
        found = self._elsewhere.get(path.rsplit("/", 1)[-1]) or self._elsewhere.get(_stem(path)) or []
        return found[0] if len(found) == 1 else None


def _listed(folder: Path) -> Iterator[str]:
    for number, path in enumerate(image_files(folder)):
        if number > MOST_FILES:
            message = f"holds more than {MOST_FILES:,} files"
            raise ContentError(Problem(code="add.too-large", path=str(folder), message=message))
        if is_utf8(path) and (folder / path).resolve().is_relative_to(folder.resolve()):
            yield path


def _stem(path: str) -> str:
    """File name without what says that it is a Zarr, zipped or not."""
    name = path.rsplit("/", 1)[-1]
    return next((name[: -len(suffix)] for suffix in _SUFFIXES if name.lower().endswith(suffix)), name)


def crate_datasets(crate: Crate, files: CrateFiles) -> Iterator[CrateDataset]:
    """The datasets of a crate, those of datasets after them; files of the crate itself are a dataset of their own."""
    seen: set[str] = {crate.root.id}
    waiting = list(crate.root.entities("hasPart"))
    loose = [each for each in waiting if not _is_folder(each)]
    while waiting:
        entity = waiting.pop(0)
        if entity.id in seen or not _is_folder(entity):
            continue
        seen.add(entity.id)
        parts = entity.entities("hasPart")
        waiting[:0] = [each for each in parts if _is_folder(each)]
        yield _dataset(entity, [each for each in parts if not _is_folder(each)], files, crate)
    if loose:
        yield _loose(loose, files, crate)


def _is_folder(entity: Entity) -> bool:
    """Whether an entity holds files; an OME-Zarr is an image."""
    return "Dataset" in entity.types and not entity.path.rstrip("/").lower().endswith((".zarr", ".zarr.zip"))


def _dataset(entity: Entity, parts: Sequence[Entity], files: CrateFiles, crate: Crate) -> CrateDataset:
    name = entity.name.rstrip("/").rsplit("/", 1)[-1]
    images, others = _sorted(parts, name, files, crate)
    if not parts and not is_address(entity.path):
        found = files.below(entity.path)
        images = [CrateImage(name=path, dataset=name, path=path) for path in found]
    return CrateDataset(
        name=name,
        description="\n\n".join(as_markdown(text) for text in entity.texts("description")),
        pairs=tuple(_pairs(entity, _OF_DATASET, crate)),
        images=tuple(images),
        others=tuple(others),
    )


def _loose(parts: Sequence[Entity], files: CrateFiles, crate: Crate) -> CrateDataset:
    images, others = _sorted(parts, LOOSE, files, crate)
    return CrateDataset(name=LOOSE, description="", pairs=(), images=tuple(images), others=tuple(others))


def _sorted(
    parts: Sequence[Entity], dataset: str, files: CrateFiles, crate: Crate
) -> tuple[list[CrateImage], list[Entity]]:
    """Images among the files of a dataset, and its other files."""
    images, others = [], []
    for each in parts:
        if may_be_read(each.path) or "Image" in each.types:
            pairs = tuple(_pairs(each, {}, crate)) + tuple(
                pair for process in each.entities("resultOf") for pair in _pairs(process, _OF_FILE, crate, only=True)
            )
            path = files.path_of(each) if may_be_read(each.path) else None
            images.append(CrateImage(name=each.path, dataset=dataset, path=path, pairs=pairs))
        else:
            others.append(each)
    return images, others


def _pairs(entity: Entity, named: Mapping[str, str], crate: Crate, *, only: bool = False) -> Iterator[tuple[str, str]]:
    """What an entity says under ``named`` keys, and unless ``only`` these are asked for, the texts it says beside."""
    for key, label in named.items():
        yield from ((label, each.path if each.types & {"File"} else each.called) for each in entity.entities(key))
    for key, value in entity.said.items() if not only else ():
        if key in _KNOWN or key in named or isinstance(value, dict):
            continue
        label = next((each.name for each in crate.all("AssociationProperty") if each.id == f"_:{key}"), key)
        yield from ((writable(label), text) for text in entity.texts(key) if not entity.entities(key))


def rows(datasets: Sequence[CrateDataset], slug: str) -> TableDraft | None:
    """images.csv: every image file that the crate names, with what it says of it."""
    images = [image for dataset in datasets for image in dataset.images]
    if not images:
        return None
    keys = list(dict.fromkeys(key for image in images for key, _ in image.pairs))
    header = ("image", "id", "name", "dataset", *keys)
    return TableDraft(header=header, rows=tuple(_row(image, keys, slug) for image in images))


def _row(image: CrateImage, keys: Sequence[str], slug: str) -> tuple[str, ...]:
    said: dict[str, str] = {}
    for key, value in image.pairs:
        said[key] = f"{said[key]}; {value}" if key in said else value
    own = image.path
    start = (
        (own, image_id(slug, own, 0), "", "")
        if own
        else ("", "", image.name.rstrip("/").rsplit("/", 1)[-1], image.dataset)
    )
    return (*start, *(said.get(key, "") for key in keys))
