"""One source file and what is published of it: a fileset, or one for each plate and one for the other images."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from publisher import urls
from publisher.catalogue.schema import Rendering
from publisher.catalogue.tree import FileRef
from publisher.errors import ConversionError, Problem
from publisher.formats.redaction_shared import ImageRedactor
from publisher.model.container import Entry
from publisher.model.identity import fileset_id
from publisher.model.image import Image
from publisher.model.location import Address
from publisher.model.rendering import ChannelOverride
from publisher.ngff.describe import DescribedPlate
from publisher.ngff.label_plan import LEAST_LEVELS
from publisher.ngff.plan import ImagePlan, PicturePlane, level_count, plan_image
from publisher.ngff.plate_plan import plan_plate
from publisher.pages.published import StudyRecord
from publisher.pipeline.drawn_labels import fitting_labels
from publisher.pipeline.inspected import Inspected
from publisher.pipeline.label_sources import LabelSource
from publisher.pipeline.passthrough import kept_or_anew
from publisher.pipeline.planned_labels import PlannedLabels, planned_labels
from publisher.pipeline.region_tasks import RegionFile
from publisher.pipeline.site import Site
from publisher.pipeline.source_plates import plates_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedImage:
    """One image of a fileset: the curator's entry, the image as named by it, its plan, and the names of its steps.

    ``regions`` are files beside the source that hold regions of it.
    """

    entry: Entry
    image: Image
    plan: ImagePlan
    picture: PicturePlane
    pixels_step: str
    pictures_step: str
    labels: tuple[PlannedLabels, ...] = ()
    regions: tuple[RegionFile, ...] = ()

    @property
    def has_regions(self) -> bool:
        """Whether its source says that it has regions, or files beside it hold some."""
        return bool(self.regions or self.image.roi_count)

    @property
    def regions_step(self) -> str:
        """Name of the step that measures, draws and writes its regions, beside its pictures."""
        return "regions " + self.pictures_step.removeprefix("pictures ")

    @property
    def labels_step(self) -> str:
        """Name of the step that lists and shows its labels, beside its pictures."""
        return "labels " + self.pictures_step.removeprefix("pictures ")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedImage:
    """An image that nothing can be written of, the reasons, and the name of the step that tells them."""

    entry: Entry
    step: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesetPlan:
    """A fileset with its published images by series, in the order in which the fileset lists them.

    ``plate`` is the one that it is, if any. ``other_plates`` are IDs, in the source's OME-XML, of plates that are
    filesets of their own; ``other_images`` counts the source's images in other filesets. ``window_step`` is the step
    that finds the contrast which the images share, if they do. ``refused`` are images that nothing can be written of.
    ``is_referenced``: its pixels stay where they are, so that no store is published.
    """

    id: str
    study: StudyRecord
    ref: FileRef
    inspected: Inspected
    rendering: Rendering
    images: Mapping[int, PlannedImage]
    refused: tuple[RefusedImage, ...] = ()
    plate: DescribedPlate | None = None
    other_plates: tuple[str, ...] = ()
    other_images: int = 0
    window_step: str | None = None
    is_referenced: bool = False

    @property
    def describe_step(self) -> str:
        """Name of the step that writes the fileset's metadata."""
        return f"{'refer to' if self.is_referenced else 'describe'} {self.study.slug}/{self.id}"

    @property
    def regions_step(self) -> str:
        """Name of the step that reads the regions of its images."""
        return f"read regions {self.study.slug}/{self.id}"

    def images_with_regions(self) -> tuple[PlannedImage, ...]:
        """Images that may have regions."""
        return tuple(image for image in self.images.values() if image.has_regions)

    def all_plans(self) -> Iterator[ImagePlan]:
        """Plans of all arrays: of images and their labels."""
        for image in self.images.values():
            yield image.plan
            yield from (labels.plan for labels in image.labels if labels.plan)

    def label_steps(self) -> tuple[str, ...]:
        """Names of the steps that write arrays of labels."""
        return tuple(labels.step for image in self.images.values() for labels in image.labels)

    def shows_projection(self, image: PlannedImage) -> bool:
        """Whether pictures of ``image`` show the maximum over z."""
        return self.rendering.projection == "maximum" and image.image.pixels.size_z > 1

    @property
    def root(self) -> Path:
        """The study, or the folder it names, that the file was found below."""
        return Path(str(self.ref.location)[: -len(self.ref.path)])

    def source_files(self) -> dict[str, Path]:
        """Every file of this computer that it is read from, by its path relative to where the study names it."""
        if isinstance(self.ref.location, Address):
            return {}
        root = self.root
        files = [Path(file.path) for file in self.inspected.files]
        return {file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file): file for file in files}

    def described_by(self) -> dict[str, Path]:
        """The files that its metadata are made from: those of its pixels, and the document beside them."""
        said = self.ref.metadata
        return self.source_files() | ({f"metadata {said.path}": said.location} if said else {})

    def overrides(self) -> dict[int, ChannelOverride]:
        """What the curator says of channels, by channel from 0."""
        return {
            number - 1: ChannelOverride(label=said.name, color=said.color, window=said.window, active=said.active)
            for number, said in self.rendering.channels.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePlanner:
    """Plans the filesets of source files of one dataset of a study.

    ``plate_id`` is set where their images are those of one plate, which no file describes; ``plate_names`` are the
    curator's names of plates that files describe, by fileset. ``regions`` are files by the id of their image.
    """

    site: Site
    study: StudyRecord
    dataset_id: str
    rendering: Rendering
    plate_id: str = ""
    plate_names: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, tuple[RegionFile, ...]] = field(default_factory=dict)

    def filesets(
        self, ref: FileRef, inspected: Inspected, entries: Sequence[Entry], labels: Sequence[LabelSource] = ()
    ) -> tuple[FilesetPlan, ...]:
        """The filesets of ``ref``: one a plate, and one for images on none. ``entries`` are the published images.

        ``labels`` are those of all its images.
        A source without plates is one fileset. Which fileset an image is in depends on the source alone, not on
        what is published of it.
        """
        by_series = {image.series: image for image in inspected.images}
        privacy = ImageRedactor(self.site.redaction)
        curated = {
            entry.ref.series: (entry, _curated(privacy.image(by_series[entry.ref.series]), entry))
            for entry in entries
            if entry.ref and entry.ref.series in by_series
        }
        on_plates = plates_of(self.study.slug, ref, inspected, self.site.redaction)
        others = by_series.keys() - {series for source in on_plates for series in source.plate.series()}
        taken = tuple(source.plate.ome_id for source in on_plates if source.plate.ome_id)
        whole = fileset_id(self.study.slug, ref.path)
        found = []
        for source in on_plates:
            layout = plan_plate(source.plate, curated)
            paths = {placed.series: placed.path for placed in layout.fields()}
            if paths:
                fileset = self._fileset(source.id, ref, inspected, curated, paths, labels, on_plate=True)
                elsewhere = tuple(other for other in taken if other != source.plate.ome_id)
                described = DescribedPlate(name=self.plate_names.get(source.id, source.name), layout=layout)
                found.append(replace(fileset, plate=described, other_plates=elsewhere))
        if not on_plates or any(series in others for series in curated):
            paths = {series: str(series) for series in curated if series in others}
            found.append(
                replace(
                    self._fileset(whole, ref, inspected, curated, paths, labels, on_plate=False), other_plates=taken
                )
            )
        return tuple(replace(fileset, other_images=len(curated) - len(fileset.images)) for fileset in found)

    def _fileset(
        self,
        identifier: str,
        ref: FileRef,
        inspected: Inspected,
        curated: Mapping[int, tuple[Entry, Image]],
        paths: Mapping[int, str],
        labels: Sequence[LabelSource],
        *,
        on_plate: bool,
    ) -> FilesetPlan:
        """The fileset of the images in ``paths``; those of a plate have equally many levels.

        With ``labels`` below any of them, all have several.
        """
        config, slug = self.site.config, self.study.slug
        shown = {series: curated[series] for series in paths}
        own = [label for label in labels if label.labels.of in paths]
        found = {series: image for series, (_, image) in shown.items()}
        plans, problems = self._plans(ref, inspected, found, paths, on_plate=on_plate, labels=own)
        labels_of: dict[int, list[LabelSource]] = {}
        for label in own:
            labels_of.setdefault(label.labels.of, []).append(label)
        images, refused = {}, []
        for series, (entry, image) in shown.items():
            step = f"pixels {slug}/{identifier}/{series}"
            if series in problems:
                refused.append(RefusedImage(entry=entry, step=step, problems=problems[series]))
                continue
            plan = plans[series]
            # Labels of pixels that stay where they are stay there, too.
            below = [] if plan.referenced else labels_of.get(series, [])
            images[series] = PlannedImage(
                entry=entry,
                image=image,
                plan=plan,
                picture=_picture(image, self.rendering, config.thumbnails.picture_px),
                pixels_step=step,
                pictures_step=f"pictures {urls.image(slug, entry.id).parent}",
                labels=fitting_labels(self.site, ref, plan, planned_labels(config, image, plan, step, below)),
                regions=self.regions.get(entry.id, ()),
            )
        return FilesetPlan(
            id=identifier,
            study=self.study,
            ref=ref,
            inspected=inspected,
            rendering=self.rendering,
            window_step=self._window_step(identifier, on_plate=on_plate),
            images=images,
            refused=tuple(refused),
            is_referenced=any(plan.referenced for plan in plans.values()),
        )

    def _plans(
        self,
        ref: FileRef,
        inspected: Inspected,
        images: Mapping[int, Image],
        paths: Mapping[int, str],
        *,
        on_plate: bool,
        labels: Sequence[LabelSource],
    ) -> tuple[dict[int, ImagePlan], dict[int, tuple[Problem, ...]]]:
        """What is written of each image, and why nothing can be of others. On a plate all get the levels that the
        largest needs.

        Arrays that are copied as they are keep their levels, so that on a plate all are or none. For labels that are
        drawn from regions no pixel is made anew that could be kept.
        """
        labelled = any(not label.drawn for label in labels)
        config = self.site.config
        levels = max((level_count(image.pixels, config.zarr) for image in images.values()), default=1)
        least = max(levels if on_plate else 1, LEAST_LEVELS if labels else 1)
        anew: dict[int, ImagePlan] = {}
        refused: dict[int, tuple[Problem, ...]] = {}
        for series, image in images.items():
            try:
                anew[series] = plan_image(
                    image, paths[series], config.zarr, config.hosting, dtype=ref.wants.dtype, least_levels=least
                )
            except ConversionError as error:
                refused[series] = tuple(self.site.named(problem, ref.location) for problem in error.problems)
        kept = {
            series: kept_or_anew(self.site, ref, inspected, images[series], plan, labelled=labelled)
            for series, plan in anew.items()
        }
        return anew if on_plate and len({len(plan.levels) for plan in kept.values()}) > 1 else kept, refused

    def _window_step(self, fileset: str, *, on_plate: bool) -> str | None:
        """Name of the step that finds a window for a dataset or a plate; None where each image has its own."""
        scope = self.rendering.window or ("plate" if on_plate or self.plate_id else "image")
        if scope == "dataset":
            return f"window {self.study.slug}/datasets/{self.dataset_id}"
        if scope == "plate" and on_plate:
            return f"window {self.study.slug}/{fileset}"
        return f"window {self.study.slug}/plates/{self.plate_id}" if scope == "plate" and self.plate_id else None


def _picture(image: Image, rendering: Rendering, longest_px: int) -> PicturePlane:
    """The plane the curator names, counted from 1 there; else the first time point and the middle section."""
    size_t, size_z = image.pixels.size_t, image.pixels.size_z
    t = (rendering.default_t or 1) - 1
    z = size_z // 2 if rendering.default_z is None else rendering.default_z - 1
    return PicturePlane(t=min(t, size_t - 1), z=min(z, size_z - 1), longest_px=longest_px)


def _curated(image: Image, entry: Entry) -> Image:
    return replace(image, name=entry.name or image.name, description=entry.description or image.description)
