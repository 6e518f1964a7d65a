"""Where the labels of images come from: the images' own files, and files that study.yaml names beside them.

Labels of any other origin join here: whatever opens as an `ImageSource` with ``labels()`` is planned, written and
shown alike. Those drawn from regions have a source only when these are read (`drawn_labels`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.catalogue.label_files import LabelRef
from publisher.catalogue.label_images import label_channels, matched_series
from publisher.catalogue.schema import ImageFiles
from publisher.catalogue.tree import FileRef
from publisher.errors import Problem
from publisher.formats.redaction import Redaction, redacted_labels
from publisher.model.image import Image
from publisher.model.labels import LabelImage
from publisher.model.location import Address
from publisher.model.region_labels import Drawn
from publisher.pipeline.inspected import Inspected, StudySources
from publisher.pipeline.worker_tasks import SourceAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSource:
    """One label image and where its pixels are: a channel (from 0) of a series of a source.

    ``path`` names the file in the study. With ``problems`` it cannot be published. ``drawn``: it is to be made from
    regions of its image, of such shapes.
    """

    labels: LabelImage
    path: str
    channel: int = 0
    inspected: Inspected | None = None
    problems: tuple[Problem, ...] = ()
    drawn: Drawn | None = None

    @property
    def address(self) -> SourceAddress:
        """Where to open it."""
        assert self.inspected is not None, "labels whose file was never read have problems"
        return self.inspected.address


def labels_of(
    ref: FileRef, inspected: Inspected, sources: StudySources, redaction: Redaction
) -> tuple[LabelSource, ...]:
    """Labels of all images of a file, by name: those that study.yaml names come before the file's own.

    What a file says of its own labels passes ``redaction``; what a curator says does not.
    """
    named = [label for said in ref.labels for label in _named(ref, said, inspected, sources)]
    own = [
        LabelSource(
            labels=redacted_labels(labels, redaction), path=ref.path, inspected=inspected, problems=inspected.problems
        )
        for labels in inspected.inspection.labels
    ]
    taken: dict[tuple[int, str], LabelSource] = {}
    for label in (*named, *own):
        taken.setdefault((label.labels.of, label.labels.name.lower()), label)
    return tuple(sorted(taken.values(), key=lambda label: (label.labels.of, label.labels.name)))


def label_files(label: LabelSource, beside: Path) -> Mapping[str, Path]:
    """Every file of this computer a label image is read from, by a name that does not change when the study moves."""
    if label.inspected and isinstance(label.inspected.address.path, Address):
        return {}
    files = [Path(file.path) for file in label.inspected.files] if label.inspected else []
    return {file.relative_to(beside).as_posix() if file.is_relative_to(beside) else file.name: file for file in files}


def _named(ref: FileRef, said: LabelRef, inspected: Inspected, sources: StudySources) -> Iterator[LabelSource]:
    """The label images of one file that study.yaml names; one that cannot be had carries its problem."""
    wants = ImageFiles(path=said.path, reader=said.wants.reader, axes=said.wants.axes)
    found = sources.inspection(FileRef(path=said.path, location=said.location, wants=wants))
    images = [image for image in inspected.images if ref.wants.series is None or image.series in ref.wants.series]
    if found is None:
        problems = sources.unreadable.get(said.path) or (_belongs_elsewhere(said),)
        for image in images[:1]:
            yield LabelSource(labels=_nothing(said, image), path=said.path, problems=problems)
        return
    for image, series in matched_series(said, images, found.images):
        holder = found.images[series] if series < len(found.images) else None
        if holder is None or holder.rgb:
            problem = _no_such_series(said, series, found) if holder is None else _colours(said)
            yield LabelSource(labels=_nothing(said, image), path=said.path, problems=(problem,))
            continue
        for name, channel in label_channels(said, holder):
            yield LabelSource(
                labels=_label_image(said, name, image, holder),
                path=said.path,
                channel=min(channel, holder.pixels.size_c - 1),
                inspected=found,
                problems=found.problems
                or (() if channel < holder.pixels.size_c else (_no_such_channel(said, channel, holder),)),
            )


def _label_image(said: LabelRef, name: str, image: Image, holder: Image) -> LabelImage:
    return LabelImage(
        name=name,
        of=image.series,
        series=holder.series,
        pixels=replace(holder.pixels, size_c=1),
        values=said.values,
        source=said.wants.source,
    )


def _nothing(said: LabelRef, image: Image) -> LabelImage:
    """Labels that were asked for and cannot be had."""
    pixels = replace(image.pixels, size_c=1, dtype="uint8")
    return LabelImage(name=said.name, of=image.series, series=0, pixels=pixels)


def _belongs_elsewhere(said: LabelRef) -> Problem:
    message = f"labels {said.name!r}: {said.path} belongs to a set of files that another image is read from"
    return Problem(code="labels.taken", message=message, path=said.path, hint="store labels in files of their own")


def _no_such_series(said: LabelRef, series: int, found: Inspected) -> Problem:
    message = f"labels {said.name!r}: {said.path} has no series {series}, it holds {len(found.images)}"
    return Problem(code="labels.no-such-series", message=message, path=said.path, hint="count series from 0")


def _no_such_channel(said: LabelRef, channel: int, holder: Image) -> Problem:
    message = f"labels {said.name!r}: {said.path} has no channel {channel + 1}, it has {holder.pixels.size_c}"
    return Problem(code="labels.no-such-channel", message=message, path=said.path, hint="count channels from 1")


def _colours(said: LabelRef) -> Problem:
    message = f"labels {said.name!r}: {said.path} is a colour picture; expected one whole number for each pixel"
    return Problem(
        code="labels.no-integers", message=message, path=said.path, hint="export the label image, not a picture of it"
    )
