from dataclasses import replace

from publisher.model.image import Pixels
from publisher.pages.image_panels.details import details_panel
from publisher.pages.image_panels.regions import regions_panel
from publisher.pages.links import Linker
from publisher.pages.published import PublishedImage
from tests.pages import samples

ITEM = samples.published(1)


def panel(item: PublishedImage = ITEM):
    found = regions_panel(item, item.image, Linker(samples.urls.image("sim-spindle", ITEM.entry.id)))
    assert found is not None
    return found


def test_shapes_are_listed_by_region_with_their_planes_from_1():
    first, second, third = panel().rows
    assert (first.roi, first.first, second.first) == ("Cell 1", True, False)
    assert (first.z, first.t, first.c) == ("1", "all", "2")
    assert (first.kind, first.area, first.length) == ("Polygon", "24.25", "17.5")
    assert (third.roi, third.text, third.area) == ("ROI:2", "here", "–")
    assert panel().more == 1_234 - 3


def test_the_drawing_is_told_in_words():
    found = panel()
    assert found.summary == "2 ROIs: 1,233 polygons, 1 label"
    assert found.overlay.href == "regions.svg"
    assert found.overlay.alt.endswith("with 2 ROIs: 1,233 polygons, 1 label drawn")
    assert found.caption.startswith("The first 1,000 shapes are drawn; those of other planes")


def test_files_lead_to_all_of_them():
    assert [(file.title, file.href, file.size) for file in panel().files] == [
        ("Table (CSV)", "regions.csv", "12 kB"),
        ("ImageJ RoiSet.zip", "RoiSet.zip", "3.0 kB"),
    ]


def test_sizes_are_pixels_where_nobody_knows_how_large_a_pixel_is():
    assert (panel().area_unit, panel().length_unit) == ("µm²", "µm")
    image = replace(ITEM.image, pixels=Pixels(size_x=10, size_y=10, dtype="uint8"))
    assert panel(replace(ITEM, image=image)).area_unit == "px²"


def test_the_roi_count_is_what_is_published():
    def count(item: PublishedImage) -> str:
        [row] = [row for row in details_panel(item, item.image).rows if row.label == "ROI Count"]
        return row.values[0].text

    assert count(ITEM) == "2"
    without = replace(ITEM, regions=None, image=replace(ITEM.image, roi_count=5))
    assert count(without) == "0"
    assert regions_panel(without, without.image, Linker(samples.urls.image("a", "b"))) is None
