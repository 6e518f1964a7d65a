"""Where files of a transfer pack are in the study that is made of it."""

from collections.abc import Iterator
from functools import cached_property
from os.path import commonpath

from publisher.importers.pack_files import PackFiles
from publisher.model.identity import image_id

DOCUMENT = "transfer.xml"
_FOLDER = "images"
_ATTACHED = "file_annotations/"


class PackPlaces:
    """Places of one pack's files in the study ``study``: those of a folder stay where they are."""

    def __init__(self, pack: PackFiles, study: str) -> None:
        self._pack = pack
        self._study = study

    def path_of(self, path: str) -> str:
        """A file of the pack as study.yaml names it: of an archive without the folders that all files share."""
        return path if self._pack.is_folder else f"{_FOLDER}/{path.removeprefix(self._shared)}"

    def id_of(self, path: str, series: int) -> str:
        """Id of the page of an image of a file of the pack."""
        return image_id(self._study, self.path_of(path), series)

    def image_files(self) -> Iterator[tuple[str, str]]:
        """Files of an archive that go into the study: their path there, and in the pack."""
        for path in self._files:
            yield self.path_of(path), path

    @cached_property
    def _files(self) -> list[str]:
        return [path for path in self._pack.sizes if path != DOCUMENT and not path.startswith(_ATTACHED)]

    @cached_property
    def _shared(self) -> str:
        folders = [path.rpartition("/")[0] for path in self._files]
        shared = commonpath(folders) if folders and all(folders) else ""
        return f"{shared}/" if shared else ""
