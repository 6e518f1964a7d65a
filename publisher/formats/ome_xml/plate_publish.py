"""Plates in the OME-XML of a published fileset: wells and samples as the fileset's folders have them.

Readers that find fields by the OME-XML (Bio-Formats, and OMERO and QuPath through it) look at row letter / column
number / position of the WellSample in its Well: the samples of each well therefore stand in the order of its fields,
those without a published image behind them.
"""

from collections.abc import Collection, Mapping, Sequence

from publisher.formats.ome_xml.annotate import FreeIds
from publisher.formats.ome_xml.engine import NS, Element, add, detach, local, new_root
from publisher.formats.ome_xml.refs import owners_of, reached
from publisher.formats.ome_xml.structure import insert
from publisher.formats.redaction import Redaction
from publisher.model.plate_layout import PlateLayout
from publisher.model.screen import Plate, PlateAcquisition, column_name, ome_indices, row_name

Place = tuple[str, str]
"""Row and Column of a Well, as they are written."""
_CONTAINERS = frozenset({"Image", "Project", "Dataset", "Folder", "Screen", "Plate"})
"""Parts that are there for their own sake, not for what refers to them."""


def drop_plates(root: Element, identifiers: Collection[str]) -> None:
    """Take out plates that are filesets of their own, references to them, and screens that are left without a plate."""
    plates = [plate for plate in root.findall(NS + "Plate") if plate.get("ID") in identifiers]
    if not plates:
        return
    owners = owners_of(root)
    candidates = {part for part in reached(plates, owners) if local(part) not in _CONTAINERS}
    for plate in plates:
        root.remove(plate)
    for screen in root.findall(NS + "Screen"):
        references = screen.findall(NS + "PlateRef")
        for reference in references:
            if reference.get("ID") in identifiers:
                screen.remove(reference)
        if references and screen.find(NS + "PlateRef") is None:
            candidates.add(screen)
    needed = reached(
        [part for part in root if part not in candidates and local(part) != "StructuredAnnotations"], owners
    )
    for part in candidates - needed:
        part.getparent().remove(part)


def drop_samples(root: Element, samples: Sequence[Element]) -> None:
    """Take out WellSamples, and references to them, whose images are not published."""
    gone = {sample.get("ID") for sample in samples}
    for sample in dict.fromkeys(samples):
        detach(sample)
    if gone:
        for reference in root.findall(f"{NS}Plate/{NS}PlateAcquisition/{NS}WellSampleRef"):
            if reference.get("ID") in gone:
                detach(reference)


def write_plate(root: Element, layout: PlateLayout, images: Mapping[int, str], privacy: Redaction) -> None:
    """Bring the Plate of ``layout`` in line with it; make it where the document has none.

    ``images`` gives the ID of each field's Image by series. Text from the model passes ``privacy``.
    """
    wanted = set(images.values())
    samples: dict[str, Element] = {}
    for sample in root.iterfind(f"{NS}Plate/{NS}Well/{NS}WellSample"):
        reference = sample.find(NS + "ImageRef")
        if reference is not None and reference.get("ID") in wanted:
            samples.setdefault(reference.get("ID"), sample)
    writer = _PlateWriter(root, samples)
    found = _found(root, layout.plate, samples)
    element = writer.made(layout, privacy) if found is None else found
    writer.wells(element, layout, images)
    if found is None:
        writer.acquisitions(element, layout, images, privacy)


def _found(root: Element, plate: Plate, samples: Mapping[str, Element]) -> Element | None:
    """The Plate with the ID of ``plate``, else the one in which the published images are."""
    for element in root.iterfind(NS + "Plate"):
        if plate.ome_id and element.get("ID") == plate.ome_id:
            return element
    return next((sample.getparent().getparent() for sample in samples.values()), None)


class _PlateWriter:
    """Writes one plate. ``samples``: the WellSample of each image that has one, by the image's ID."""

    def __init__(self, root: Element, samples: dict[str, Element]) -> None:
        self._root = root
        self._samples = samples
        self._ids = FreeIds(root)
        indices = (sample.get("Index", "") for sample in root.iterfind(f"{NS}Plate/{NS}Well/{NS}WellSample"))
        self._next_index = 1 + max((int(text) for text in indices if text.isdecimal() and len(text) < 10), default=-1)

    def made(self, layout: PlateLayout, privacy: Redaction) -> Element:
        """A new Plate, without wells."""
        plate = layout.plate
        element = new_root("Plate")
        element.set("ID", self._ids.free("Plate:0"))
        if plate.name:
            element.set("Name", privacy.text(plate.name))
        for key, names in (("Row", layout.rows), ("Column", layout.columns)):
            numbers = ome_indices(names)
            element.set(f"{key}s", str(max(numbers) + 1))
            for convention, name in (("letter", row_name), ("number", column_name)):
                if names == tuple(map(name, numbers)):
                    element.set(f"{key}NamingConvention", convention)
        if plate.description:
            add(element, "Description", privacy.text(plate.description))
        insert(self._root, element)
        return element

    def wells(self, plate: Element, layout: PlateLayout, images: Mapping[int, str]) -> None:
        """Every well of the plate, those with fields with their samples first and in order."""
        elements: dict[Place, Element] = {}
        for well in plate.iterfind(NS + "Well"):
            elements.setdefault((well.get("Row", ""), well.get("Column", "")), well)
        positions = {field.series: field.position_um for well in layout.plate.wells for field in well.fields}
        rows, columns = (tuple(map(str, ome_indices(names))) for names in (layout.rows, layout.columns))
        for well in layout.plate.wells:
            place = rows[well.row], columns[well.column]
            if place not in elements:
                elements[place] = self._well(plate, place)
        for placed in layout.wells:
            element = elements[rows[placed.row], columns[placed.column]]
            for number, field in enumerate(placed.fields):
                sample = self._samples.get(images[field.series])
                if sample is None:
                    sample = self._sample(images[field.series], positions[field.series])
                    self._samples[images[field.series]] = sample
                else:
                    detach(sample)
                element.insert(number, sample)

    def _well(self, plate: Element, place: Place) -> Element:
        element = new_root("Well")
        element.set("ID", self._ids.free(f"Well:{place[0]}:{place[1]}"))
        element.set("Row", place[0])
        element.set("Column", place[1])
        insert(plate, element)
        return element

    def _sample(self, image: str, position_um: tuple[float | None, float | None]) -> Element:
        element = new_root("WellSample")
        element.set("ID", self._ids.free(f"WellSample:{image.removeprefix('Image:')}"))
        element.set("Index", str(self._next_index))
        self._next_index += 1
        for axis, length in zip("XY", position_um, strict=True):
            if length is not None:
                element.set(f"Position{axis}", repr(length))
                element.set(f"Position{axis}Unit", "µm")
        add(element, "ImageRef", ID=image)
        return element

    def acquisitions(self, plate: Element, layout: PlateLayout, images: Mapping[int, str], privacy: Redaction) -> None:
        """The source's acquisitions with references to their samples."""
        for acquisition in layout.plate.acquisitions:
            element = self._acquisition(acquisition, layout.most_fields(acquisition.id), privacy)
            for field in layout.fields():
                if field.acquisition == acquisition.id:
                    add(element, "WellSampleRef", ID=self._samples[images[field.series]].get("ID"))
            insert(plate, element)

    def _acquisition(self, acquisition: PlateAcquisition, most_fields: int, privacy: Redaction) -> Element:
        element = new_root("PlateAcquisition")
        element.set("ID", self._ids.free(f"PlateAcquisition:{acquisition.id}"))
        if acquisition.name:
            element.set("Name", privacy.text(acquisition.name))
        if most_fields:
            element.set("MaximumFieldCount", str(most_fields))
        for key, value in (("StartTime", acquisition.start), ("EndTime", acquisition.end)):
            if value:
                element.set(key, value)
        if acquisition.description:
            add(element, "Description", privacy.text(acquisition.description))
        return element
