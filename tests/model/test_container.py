"""What an image is called."""

import pytest

from publisher.model.container import Entry
from publisher.model.image import ImageRef


def entry(name: str = "", *, path: str = "images/Iron Plate.ome.tiff", series: int = 0) -> Entry:
    return Entry(id="iron-plate-dcfd2e47", name=name, ref=ImageRef(path=path, series=series))


@pytest.mark.parametrize(
    ("curated", "own", "shown"),
    [
        ("Plate of iron", "x.lif", "Plate of iron"),
        ("", "x.lif", "x.lif"),
        ("", "", "Iron Plate"),
    ],
)
def test_an_image_is_called_by_its_curator_else_by_its_source_else_as_its_file(
    curated: str, own: str, shown: str
) -> None:
    assert entry(curated).called(own) == shown


def test_only_an_image_that_no_name_tells_from_others_is_called_by_its_id() -> None:
    assert entry(series=1).called("") == "iron-plate-dcfd2e47", "other series have the same file"
    assert entry(path="ada@lab.example.org.tif").called("") == "iron-plate-dcfd2e47", "an address is private"
    assert Entry(id="row-1", name="", ref=None).called("") == "row-1"
