"""Which series and channels of a named file hold the labels of which image."""

from pathlib import Path

import pytest

from publisher.catalogue.label_files import LabelRef
from publisher.catalogue.label_images import label_channels, matched_series
from publisher.catalogue.schema import LabelFile
from publisher.model.image import Channel, Image, Pixels


def said(**wants: int) -> LabelRef:
    return LabelRef(name="cells", path="m.tif", location=Path("m.tif"), wants=LabelFile(path="m.tif", **wants))


def image(series: int = 0, channels: tuple[str, ...] = ("",)) -> Image:
    pixels = Pixels(size_x=4, size_y=4, size_c=len(channels), dtype="uint8")
    return Image(series=series, name="", pixels=pixels, channels=tuple(Channel(name=name) for name in channels))


@pytest.mark.parametrize(
    ("images", "holders", "wants", "pairs"),
    [
        (1, 1, {}, [(0, 0)]),
        (3, 3, {}, [(0, 0), (1, 1), (2, 2)]),
        (3, 1, {}, [(0, 0)]),
        (1, 3, {"series": 2}, [(0, 2)]),
        (3, 3, {"series": 1}, [(0, 1)]),
        (0, 1, {}, []),
    ],
)
def test_files_of_several_images_agree_series_by_series_unless_one_is_named(images, holders, wants, pairs) -> None:
    found = matched_series(said(**wants), [image(n) for n in range(images)], [image(n) for n in range(holders)])
    assert [(one.series, series) for one, series in found] == pairs


def test_a_single_channel_has_the_name_that_was_given_and_several_add_theirs() -> None:
    assert list(label_channels(said(), image())) == [("cells", 0)]
    named = image(channels=("Nuclei", "", "Nuclei"))
    assert list(label_channels(said(), named)) == [("cells-nuclei", 0), ("cells-2", 1), ("cells-nuclei-3", 2)]


def test_the_channel_that_is_asked_for_is_counted_from_one() -> None:
    assert list(label_channels(said(channel=2), image(channels=("a", "b")))) == [("cells", 1)]
