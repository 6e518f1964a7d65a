"""Plates that a source describes, as they may be shown, with the ids of their filesets."""

from collections.abc import Sequence

from publisher.catalogue.plate_draft import SourcePlate
from publisher.catalogue.tree import DatasetFiles, FileRef
from publisher.formats.redaction import Redaction, redacted_plate
from publisher.model.identity import fileset_id, plate_fileset_id, stem
from publisher.model.image import Image
from publisher.pipeline.inspected import Inspected, StudySources


def plates_of(study: str, ref: FileRef, inspected: Inspected, redaction: Redaction) -> tuple[SourcePlate, ...]:
    """The plates of a source that have images, in its order. Ids follow from the source alone."""
    on_plates = inspected.inspection.plates_with_images()
    privacy = redaction.knowing(next((image.people for image in inspected.images), ()))
    on_any = {series for _, plate in on_plates for series in plate.series()}
    alone = len(on_plates) == 1 and all(image.series in on_any for image in inspected.images)
    return tuple(
        SourcePlate(
            id=plate_fileset_id(fileset_id(study, ref.path), number, alone=alone),
            name=plate.name or stem(ref.path) + ("" if alone else f" plate {number + 1}"),
            path=ref.path,
            plate=plate,
        )
        for number, plate in ((number, redacted_plate(raw, privacy)) for number, raw in on_plates)
    )


class SeenFiles:
    """What earlier builds saw in image files, as parts of a study are put together from it."""

    def __init__(self, study: str, sources: StudySources, redaction: Redaction) -> None:
        self._study = study
        self._sources = sources
        self._redaction = redaction

    def prepare(self, dataset: DatasetFiles) -> None:
        """Nothing: no file is opened."""

    def images_of(self, ref: FileRef) -> Sequence[Image]:
        """The images of a file."""
        return self._sources.images_of(ref)

    def plates_of(self, ref: FileRef) -> tuple[SourcePlate, ...]:
        """The plates that a file describes."""
        inspected = self._sources.inspection(ref)
        return plates_of(self._study, ref, inspected, self._redaction) if inspected else ()
