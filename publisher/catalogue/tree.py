"""A study's containers with their files: projects and datasets, screens and plates."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from publisher.catalogue.attachments import AttachmentRef
from publisher.catalogue.label_files import LabelRef
from publisher.catalogue.metadata_files import MetadataRef
from publisher.catalogue.schema import Annotations, ImageFiles, PlatePart, Rendering
from publisher.errors import Problem
from publisher.model.location import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRef:
    """One source of a dataset; ``path`` is relative to the study or to one of its source folders, or an address."""

    path: str
    location: Location
    wants: ImageFiles
    labels: tuple[LabelRef, ...] = ()
    metadata: MetadataRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSaid:
    """What a curator says of a container: annotations as in study.yaml, and the files attached to it."""

    annotations: Annotations = field(default_factory=Annotations)
    attachments: tuple[AttachmentRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetFiles:
    """A dataset with its files. ``is_named``: the curator speaks of it; else it was made for images of no dataset."""

    id: str
    name: str
    description: str
    rendering: Rendering
    files: tuple[FileRef, ...]
    said: ContainerSaid = field(default_factory=ContainerSaid)
    is_named: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFiles:
    """A project with its datasets."""

    id: str
    name: str
    description: str
    datasets: tuple[DatasetFiles, ...]
    said: ContainerSaid = field(default_factory=ContainerSaid)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateFiles:
    """A plate that study.yaml names, with its files; ``part`` has its size."""

    part: PlatePart
    images: DatasetFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenFiles:
    """A screen with its plates."""

    id: str
    name: str
    description: str
    plates: tuple[PlateFiles, ...]
    said: ContainerSaid = field(default_factory=ContainerSaid)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyTree:
    """A study's containers; ``datasets`` are those without a project. ``attachments`` are the study's own, ``regions``
    files with regions of its images."""

    projects: tuple[ProjectFiles, ...]
    datasets: tuple[DatasetFiles, ...]
    warnings: tuple[Problem, ...]
    screens: tuple[ScreenFiles, ...] = ()
    attachments: tuple[AttachmentRef, ...] = ()
    regions: tuple[AttachmentRef, ...] = ()

    def all_datasets(self) -> Iterator[DatasetFiles]:
        """Every dataset, those of projects first."""
        for project in self.projects:
            yield from project.datasets
        yield from self.datasets
