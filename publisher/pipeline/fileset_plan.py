"""One source fileset and what is published of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from publisher import urls
from publisher.catalogue.resolve import FileRef
from publisher.catalogue.schema import Rendering
from publisher.formats.redaction import redacted_image
from publisher.model.container import Entry
from publisher.model.identity import fileset_id
from publisher.model.image import Image
from publisher.model.rendering import ChannelOverride
from publisher.ngff.plan import ImagePlan, PicturePlane, plan_image
from publisher.pages.published import StudyRecord
from publisher.pipeline.inspected import Inspected
from publisher.pipeline.passthrough import kept_or_anew
from publisher.pipeline.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedImage:
    """One image of a fileset: the curator's entry, the image as named by it, its plan, and the names of its steps."""

    entry: Entry
    image: Image
    plan: ImagePlan
    picture: PicturePlane
    pixels_step: str
    pictures_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesetPlan:
    """A fileset with its published images by series. ``shares_window``: with the images of its dataset."""

    id: str
    study: StudyRecord
    ref: FileRef
    inspected: Inspected
    rendering: Rendering
    images: Mapping[int, PlannedImage]

    @property
    def describe_step(self) -> str:
        """Name of the step that writes the fileset's metadata."""
        return f"describe {self.study.slug}/{self.id}"

    @property
    def shares_window(self) -> bool:
        """Whether contrast is found for all images of the dataset together."""
        return self.rendering.window != "image"

    def source_files(self) -> dict[str, Path]:
        """Every file the fileset is read from, by its path relative to where the study names it."""
        root = Path(str(self.ref.location)[: -len(self.ref.path)])
        files = [Path(file.path) for file in self.inspected.files]
        return {file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file): file for file in files}

    def overrides(self) -> dict[int, ChannelOverride]:
        """What the curator says of channels, by channel from 0."""
        return {
            number - 1: ChannelOverride(label=said.name, color=said.color, window=said.window, active=said.active)
            for number, said in self.rendering.channels.items()
        }


def plan_fileset(
    site: Site, study: StudyRecord, ref: FileRef, inspected: Inspected, entries: Sequence[Entry], rendering: Rendering
) -> FilesetPlan:
    """Plan the images of ``entries``, named and described as the curator says."""
    config = site.config
    identifier = fileset_id(study.slug, ref.path)
    by_series = {image.series: image for image in inspected.images}
    images = {}
    for entry in entries:
        if entry.ref is None or entry.ref.series not in by_series:
            continue
        image = _curated(redacted_image(by_series[entry.ref.series], site.redaction), entry)
        anew = plan_image(image, str(image.series), config.zarr, config.hosting, dtype=ref.wants.dtype)
        images[image.series] = PlannedImage(
            entry=entry,
            image=image,
            plan=kept_or_anew(site, ref, inspected, image, anew),
            picture=_picture(image, rendering, config.thumbnails.picture_px),
            pixels_step=f"pixels {study.slug}/{identifier}/{image.series}",
            pictures_step=f"pictures {urls.image(study.slug, entry.id).parent}",
        )
    return FilesetPlan(id=identifier, study=study, ref=ref, inspected=inspected, rendering=rendering, images=images)


def _picture(image: Image, rendering: Rendering, longest_px: int) -> PicturePlane:
    """The plane the curator names, counted from 1 there; else the first time point and the middle section."""
    size_t, size_z = image.pixels.size_t, image.pixels.size_z
    t = (rendering.default_t or 1) - 1
    z = size_z // 2 if rendering.default_z is None else rendering.default_z - 1
    return PicturePlane(t=min(t, size_t - 1), z=min(z, size_z - 1), longest_px=longest_px)


def _curated(image: Image, entry: Entry) -> Image:
    return replace(image, name=entry.name or image.name, description=entry.description or image.description)
