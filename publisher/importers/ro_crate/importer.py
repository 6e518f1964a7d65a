"""Takes studies in that an RO-Crate describes: those of the BioImage Archive, of GIDE, and crates in general."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.errors import ContentError, refusal
from publisher.importers.draft import Importer, StudyDraft, Todo
from publisher.importers.pack_files import relative_place
from publisher.importers.ro_crate.files import CrateDataset, CrateFiles, crate_datasets, rows
from publisher.importers.ro_crate.graph import DESCRIPTOR, MOST_BYTES, Crate
from publisher.importers.ro_crate.study import left_out, study_keys

_ZARR = ("zarr.json", ".zattrs", ".zgroup")
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class RoCrateImporter:
    """Reads RO-Crates: folders, or the metadata file alone; ``places`` are further folders where its files lie."""

    places: tuple[Path, ...] = ()
    name: str = "RO-Crate"

    def recognises(self, path: Path) -> bool:
        """A folder with ro-crate-metadata.json, or such a file. One inside an OME-Zarr speaks of an image."""
        folder = path if path.is_dir() else path.parent
        if folder.name.lower().endswith(".zarr") or any((folder / name).is_file() for name in _ZARR):
            return False
        return _document(path) is not None

    def with_pixels(self, places: tuple[Path, ...]) -> Importer:
        """The same, which looks for files in ``places`` too."""
        return replace(self, places=places)

    def read(self, path: Path, slug: str, study_folder: Path) -> StudyDraft:
        """The study that a crate describes; raises ContentError where it is none."""
        document = _document(path)
        assert document is not None, "the importer recognised it"
        crate = Crate(_bytes(document), name=document.name)
        files = CrateFiles(document.parent, [place for place in self.places if place.is_dir()])
        datasets = list(crate_datasets(crate, files))
        others = dict(_others(datasets, files))
        description = study_keys(crate, document.parent.name)
        if files.used:
            description["sources"] = [relative_place(place, study_folder) for place in files.used]
        if datasets:
            description["datasets"] = [_with_attachments(each, others) for each in datasets]
        images = [image for dataset in datasets for image in dataset.images]
        found = sum(1 for image in images if image.path)
        return StudyDraft(
            description=description,
            images=rows(datasets, slug),
            linked=dict(others.values()) or None,
            todo=(*left_out(crate), *_todo(datasets)),
            lost=tuple(_lost(datasets, others)),
            facts=(f"{found} of {len(images)} image files that the crate names are on this disk",) if images else (),
        )


def _document(path: Path) -> Path | None:
    if path.is_file():
        return path if path.name.endswith(DESCRIPTOR) else None
    return next((each for each in (path / DESCRIPTOR,) if each.is_file()), None)


def _bytes(document: Path) -> bytes:
    try:
        with document.open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError as error:
        raise ContentError(refusal(error, document.name)) from error


def _others(datasets: Sequence[CrateDataset], files: CrateFiles) -> Iterator[tuple[str, tuple[str, Path]]]:
    """Files that are no images and lie beside the crate: name in the crate, place in the study, place on the disk."""
    for dataset in datasets:
        for entity in dataset.others:
            path = files.folder / entity.path
            inside = path.resolve().is_relative_to(files.folder.resolve())
            if inside and path.is_file() and not path.name.endswith(DESCRIPTOR):
                yield entity.path, (f"attachments/{entity.path}", path.resolve())


def _with_attachments(dataset: CrateDataset, others: dict[str, tuple[str, Path]]) -> dict[str, object]:
    attached = [
        {
            key: value
            for key, value in {
                "path": others[each.path][0],
                "title": each.text("name") or each.path.rsplit("/", 1)[-1],
                "description": each.text("description"),
            }.items()
            if value
        }
        for each in dataset.others
        if each.path in others
    ]
    return dataset.keys() | ({"attachments": attached} if attached else {})


def _todo(datasets: Sequence[CrateDataset]) -> Iterator[Todo]:
    images = [image for dataset in datasets for image in dataset.images]
    missing = [image for image in images if not image.path]
    if missing:
        names = ", ".join(image.name for image in missing[:_MOST_NAMED]) + (" …" if len(missing) > _MOST_NAMED else "")
        message = f"{len(missing)} of {len(images)} image files are not on this disk and are listed as rows: {names}"
        yield Todo(f"{message}; --images says where they lie", "images.csv")
    masks = [image for image in images if image.path and any(key == "Input image" for key, _ in image.pairs)]
    if masks:
        message = f"{len(masks)} files are segmentations of other images, first {masks[0].path}"
        yield Todo(f"{message}; name them under `labels` of those to lay them over", "datasets")


def _lost(datasets: Sequence[CrateDataset], others: dict[str, tuple[str, Path]]) -> Iterator[Todo]:
    lost = [each.path for dataset in datasets for each in dataset.others if each.path not in others]
    if lost:
        names = ", ".join(lost[:_MOST_NAMED]) + (" …" if len(lost) > _MOST_NAMED else "")
        yield Todo(f"{len(lost)} files that are no images and are not beside the crate: {names}", DESCRIPTOR)
