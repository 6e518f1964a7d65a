"""The published OME-XML of a plate has every field where its fileset has it, and nothing of other filesets."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from publisher.formats.ome_xml.engine import NS, Element
from publisher.formats.ome_xml.plates import read_plates
from publisher.formats.ome_xml.publish import PublishedImage, PublishedPlates, published_document
from publisher.formats.ome_xml.read import read_images
from publisher.formats.ome_xml.tree import OmeTree, parse, validate
from publisher.formats.redaction import Redaction, redacted_plate
from publisher.model.image import Image
from publisher.model.plate_layout import PlateLayout
from publisher.model.screen import Field, Plate, PlateAcquisition, Well
from publisher.ngff.plate_plan import plan_plate
from publisher.testing.images import ome_xml, planes, plate_xml

AsPublished = Callable[[Sequence[Image]], list[PublishedImage]]


def tree_of(*plates: str, images: int = 4, more: str = "") -> OmeTree:
    document = ome_xml([planes()] * images, ["<MetadataOnly/>"] * images, plates=[*plates, more])
    return parse(document.encode(), name="a.ome.xml")


def publish(
    tree: OmeTree | None,
    layout: PlateLayout | None,
    images: Sequence[PublishedImage],
    privacy: Redaction = Redaction(),  # noqa: B008  # a frozen value
    elsewhere: tuple[str, ...] = (),
) -> Element:
    by_series = {image.series: image for image in images}
    if layout:
        images = [replace(by_series[field.series], place=n) for n, field in enumerate(layout.fields())]
    plates = PublishedPlates(layout=layout, elsewhere=elsewhere)
    data = published_document(tree, images, privacy=privacy, creator="publisher 1", plates=plates).data
    assert validate(data) == ()
    return parse(data, name="again").root


def wells(root: Element) -> dict[tuple[str, str], list[str | None]]:
    """Images of the samples of each well by row and column, None for a sample without."""
    return {
        (well.get("Row"), well.get("Column")): [
            None if (found := sample.find(NS + "ImageRef")) is None else found.get("ID")
            for sample in well.iterfind(NS + "WellSample")
        ]
        for well in root.iterfind(f"{NS}Plate/{NS}Well")
    }


def test_samples_stand_in_the_order_of_the_fields_under_the_new_ids(as_published: AsPublished) -> None:
    tree = tree_of(plate_xml({(0, 0): [3, 1], (0, 1): [], (1, 0): [0, 2]}, acquisitions=[[1, 3], [0, 2]]))
    images = read_images(tree)
    layout = plan_plate(read_plates(tree, images)[0][0], range(4))
    root = publish(tree, layout, as_published(images))
    assert [field.series for field in layout.fields()] == [1, 3, 2, 0]
    assert wells(root) == {
        ("0", "0"): ["Image:0", "Image:1"],
        ("0", "1"): [],
        ("1", "0"): ["Image:2", "Image:3"],
    }
    assert [image.get("Name") for image in root.iterfind(NS + "Image")] == ["image 1", "image 3", "image 2", "image 0"]
    references = root.findall(f"{NS}Plate/{NS}PlateAcquisition/{NS}WellSampleRef")
    assert [each.get("ID") for each in references] == [f"WellSample:0:{n}" for n in (1, 3, 0, 2)]


def test_samples_without_an_image_stand_behind_and_twin_wells_become_one(as_published: AsPublished) -> None:
    xml = plate_xml({(0, 0): [None, 0], (0, 1): [1]}).replace('Row="0" Column="1"', 'Row="0" Column="0"')
    tree = tree_of(xml, images=2)
    images = read_images(tree)
    layout = plan_plate(read_plates(tree, images)[0][0], range(2))
    root = publish(tree, layout, as_published(images))
    [first, twin] = root.findall(f"{NS}Plate/{NS}Well")
    assert [sample.get("ID") for sample in first] == ["WellSample:0:1", "WellSample:0:2", "WellSample:0:0"]
    assert len(twin) == 0


def test_samples_of_images_that_are_not_published_go_with_references_to_them(as_published: AsPublished) -> None:
    tree = tree_of(plate_xml({(0, 0): [0, 1], (0, 1): [2]}, acquisitions=[[0, 1, 2]]))
    images = read_images(tree)
    layout = plan_plate(read_plates(tree, images)[0][0], {1})
    root = publish(tree, layout, as_published(images[1:2]))
    assert wells(root) == {("0", "0"): ["Image:0"], ("0", "1"): []}
    assert [each.get("ID") for each in root.iter(NS + "WellSampleRef")] == ["WellSample:0:1"]


def test_a_source_without_ome_xml_has_its_plate_written_from_the_model(as_published: AsPublished) -> None:
    images = read_images(tree_of(images=3))
    plate = Plate(
        name="of jane@lab.org",
        rows=("A", "B"),
        columns=("c1", "c2"),
        wells=(
            Well(row=0, column=0),
            Well(
                row=1,
                column=1,
                fields=(Field(series=2, acquisition=1, position_um=(1.5, None)), Field(series=0, acquisition=1)),
            ),
        ),
        acquisitions=(PlateAcquisition(id=1, name="day 1", start="2020-01-01T00:00:00"), PlateAcquisition(id=2)),
    )
    root = publish(None, plan_plate(plate, {0, 2}), as_published([images[0], images[2]]))
    assert wells(root) == {("0", "0"): [], ("1", "1"): ["Image:0", "Image:1"]}
    [element] = root.iterfind(NS + "Plate")
    assert dict(element.attrib) == {
        "ID": "Plate:0",
        "Name": "of [redacted]",
        "Rows": "2",
        "RowNamingConvention": "letter",
        "Columns": "2",
    }
    sample = root.find(f".//{NS}WellSample")
    assert (sample.get("Index"), sample.get("PositionX"), sample.get("PositionXUnit")) == ("0", "1.5", "µm")
    runs = root.findall(f"{NS}Plate/{NS}PlateAcquisition")
    assert [(run.get("Name"), run.get("MaximumFieldCount"), len(run)) for run in runs] == [
        ("day 1", "2", 2),
        (None, None, 0),
    ]


def test_a_part_of_a_plate_keeps_its_wells(as_published: AsPublished) -> None:
    images = read_images(tree_of(images=1))
    wells_of_part = (Well(row=0, column=0, fields=(Field(series=0),)),)
    part = Plate(name="row O", rows=("O",), columns=("03", "04"), wells=wells_of_part)
    layout = plan_plate(part, {0})
    root = publish(None, layout, as_published(images))
    assert [field.path for field in layout.fields()] == ["O/03/0"]
    assert wells(root) == {("14", "2"): ["Image:0"]}
    [element] = root.iterfind(NS + "Plate")
    assert [element.get(key) for key in ("Rows", "Columns", "RowNamingConvention")] == ["15", "4", "letter"]


def test_wells_that_the_document_has_elsewhere_are_brought_in_line_with_the_folders(as_published: AsPublished) -> None:
    """The OME-XML beside an OME-Zarr may say another place than its folders: these are where readers look."""
    tree = tree_of(plate_xml({(0, 0): [0], (0, 1): [1]}), images=2)
    images = read_images(tree)
    moved = Plate(
        name="",
        rows=("A", "B"),
        columns=("1", "2"),
        wells=(Well(row=0, column=1, fields=(Field(series=0),)), Well(row=1, column=1, fields=(Field(series=1),))),
    )
    root = publish(tree, plan_plate(moved, range(2)), as_published(images))
    assert wells(root) == {("0", "0"): [], ("0", "1"): ["Image:0"], ("1", "1"): ["Image:1"]}
    assert len(root.findall(NS + "Plate")) == 1


def test_plates_of_other_filesets_leave_with_screens_that_hold_nothing_else(as_published: AsPublished) -> None:
    screens = (
        '<Screen ID="Screen:0"><PlateRef ID="Plate:0"/><PlateRef ID="Plate:1"/></Screen>'
        '<Screen ID="Screen:1"><Reagent ID="Reagent:1"/><PlateRef ID="Plate:1"/></Screen>'
        '<Screen ID="Screen:2"><Reagent ID="Reagent:2"/><PlateRef ID="Plate:1"/></Screen>'
    )
    first = plate_xml({(0, 0): [0]}).replace("</Well>", '<ReagentRef ID="Reagent:2"/></Well>')
    tree = tree_of(first, plate_xml({(0, 0): [1]}, number=1), more=screens, images=2)
    images = read_images(tree)
    plates, _ = read_plates(tree, images)
    root = publish(tree, plan_plate(plates[0], {0}), as_published(images[:1]), elsewhere=("Plate:1",))
    assert [plate.get("ID") for plate in root.iterfind(NS + "Plate")] == ["Plate:0"]
    assert [(screen.get("ID"), len(screen)) for screen in root.iterfind(NS + "Screen")] == [
        ("Screen:0", 1),
        ("Screen:2", 1),  # its reagent is in a well of the plate that stays
    ]
    root = publish(tree, None, as_published(images[:0]), elsewhere=("Plate:0", "Plate:1"))
    assert root.find(NS + "Plate") is None
    assert root.find(NS + "Screen") is None


def test_names_of_plates_and_acquisitions_are_redacted() -> None:
    plate = Plate(
        name="jane@lab.org",
        description="/home/jane/plates/1.csv",
        rows=("A",),
        columns=("1",),
        wells=(),
        acquisitions=(PlateAcquisition(id=1, name="of joe@lab.org", description="C:\\a\\b.txt"),),
    )
    shown = redacted_plate(plate, Redaction())
    assert "lab.org" not in repr(shown)
    assert "home" not in repr(shown)
    assert "b.txt" not in repr(shown)
