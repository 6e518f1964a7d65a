"""Plates that a source describes, as they may be shown, with the ids of their filesets."""

from publisher.catalogue.plate_draft import SourcePlate
from publisher.catalogue.tree import FileRef
from publisher.formats.redaction import Redaction, redacted_plate
from publisher.model.identity import fileset_id, plate_fileset_id, stem
from publisher.pipeline.inspected import Inspected


def plates_of(study: str, ref: FileRef, inspected: Inspected, redaction: Redaction) -> tuple[SourcePlate, ...]:
    """The plates of a source that have images, in its order. Ids follow from the source alone."""
    on_plates = inspected.inspection.plates_with_images()
    on_any = {series for _, plate in on_plates for series in plate.series()}
    alone = len(on_plates) == 1 and all(image.series in on_any for image in inspected.images)
    return tuple(
        SourcePlate(
            id=plate_fileset_id(fileset_id(study, ref.path), number, alone=alone),
            name=plate.name or stem(ref.path) + ("" if alone else f" plate {number + 1}"),
            path=ref.path,
            plate=plate,
        )
        for number, plate in ((number, redacted_plate(raw, redaction)) for number, raw in on_plates)
    )
