"""Projects, datasets, screens and plates of a transfer pack, and what is in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from publisher.formats.ome_xml.engine import NS, Element
from publisher.formats.ome_xml.plates import read_plates
from publisher.formats.ome_xml.read import text_of
from publisher.formats.ome_xml.tree import OmeTree
from publisher.importers.omero.images import PackImage
from publisher.model.image import Image, Pixels
from publisher.model.screen import Field, Plate, Well


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A Project, Dataset, Screen or Plate, with the IDs of what it refers to, in order."""

    element: Element
    name: str
    description: str
    members: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its ID in the pack."""
        return str(self.element.get("ID", ""))


def containers(tree: OmeTree, tag: str, reference: str) -> tuple[Container, ...]:
    """Every element ``tag`` of the document, in its order; members are what its ``reference`` elements name."""
    return tuple(
        Container(
            element=element,
            name=element.get("Name", "").strip() or f"{tag} {number}",
            description=text_of(element, "Description"),
            members=tuple(dict.fromkeys(each.get("ID", "") for each in element.iterfind(NS + reference))),
        )
        for number, element in enumerate(tree.root.iterfind(NS + tag), 1)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedImage:
    """An image of a plate: name of its well, number in it from 1, and the run, as images.csv says them."""

    image: PackImage
    well: str
    field: int
    acquisition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackPlate:
    """A plate with its wells in order; ``elements`` are the Well elements by the name of the well."""

    container: Container
    layout: Plate
    images: tuple[PlacedImage, ...]
    elements: tuple[tuple[str, Element], ...]

    def size(self) -> dict[str, int]:
        """Rows and columns as study.yaml says them, where the pack says them."""
        told = {key.lower(): self.container.element.get(key, "") for key in ("Rows", "Columns")}
        numbers = {
            key: int(text) for key, text in told.items() if text.isascii() and text.isdecimal() and len(text) < 4
        }
        return numbers if len(numbers) == 2 and all(numbers.values()) else {}


def pack_plates(tree: OmeTree, images: Sequence[PackImage]) -> tuple[PackPlate, ...]:
    """Every plate of the pack; an image is in the first well that names it. Wells may stand in any order."""
    found = containers(tree, "Plate", "PlateAcquisition")
    # Of an image only its ID and its place in the document count here.
    records = [
        Image(series=n, name="", ome_id=image.id, channels=(), pixels=Pixels(size_x=1, size_y=1, dtype="uint8"))
        for n, image in enumerate(images)
    ]
    layouts, _ = read_plates(tree, records)
    return tuple(
        PackPlate(
            container=container,
            layout=layout,
            images=tuple(_placed(layout, images)),
            elements=tuple(_wells(layout, container.element)),
        )
        for container, layout in zip(found, layouts, strict=True)
    )


def _placed(layout: Plate, images: Sequence[PackImage]) -> Iterator[PlacedImage]:
    runs = {each.id: each.name or str(each.id) for each in layout.acquisitions}
    for well in layout.wells:
        for number, field in enumerate(well.fields, 1):
            yield PlacedImage(
                image=images[field.series],
                well=layout.well_name(well),
                field=_number(well, field, number),
                acquisition=runs.get(field.acquisition or 0, ""),
            )


def _number(well: Well, field: Field, number: int) -> int:
    """The number of a field in its well and its acquisition."""
    before = [each for each in well.fields[: number - 1] if each.acquisition == field.acquisition]
    return len(before) + 1


def _wells(layout: Plate, plate: Element) -> Iterator[tuple[str, Element]]:
    """Well elements by the names of their wells, in the order of the plate; twins follow each other."""
    by_place: dict[tuple[str | None, str | None], list[Element]] = {}
    for element in plate.iterfind(NS + "Well"):
        by_place.setdefault((element.get("Row"), element.get("Column")), []).append(element)
    for well in layout.wells:
        for element in by_place.get((str(well.row), str(well.column)), ()):
            yield layout.well_name(well), element
