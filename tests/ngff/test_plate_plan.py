"""Images of a plate get paths that every reader finds, whatever the plate calls its rows."""

import pytest

from publisher.config.model import HostingSection, ZarrSection
from publisher.model.identity import plate_fileset_id
from publisher.model.image import Image, Pixels
from publisher.model.screen import Field, Plate, PlateAcquisition, Well
from publisher.ngff.plan import level_count, plan_image
from publisher.ngff.plate_plan import NO_ACQUISITION, path_names, plan_plate

RUNS = (PlateAcquisition(id=1, name="first"), PlateAcquisition(id=2, name="second"))


def plate(*wells: Well, rows: str = "AB", columns: str = "123", runs: tuple[PlateAcquisition, ...] = ()) -> Plate:
    return Plate(name="HT.01", rows=tuple(rows), columns=tuple(columns), wells=wells, acquisitions=runs)


def well(row: int, column: int, *series: int, runs: tuple[int | None, ...] = ()) -> Well:
    taken = runs or (None,) * len(series)
    fields = tuple(Field(series=one, acquisition=run) for one, run in zip(series, taken, strict=True))
    return Well(row=row, column=column, fields=fields)


def test_fields_are_numbered_in_their_well_and_empty_wells_have_no_path() -> None:
    layout = plan_plate(plate(well(1, 2, 5, 4), well(0, 0, 9), well(0, 1)), published={4, 5, 9})
    assert [(field.series, field.path) for field in layout.fields()] == [(9, "A/1/0"), (5, "B/3/0"), (4, "B/3/1")]
    assert [each.path for each in layout.wells] == ["A/1", "B/3"]
    assert layout.field_count == 2


def test_images_that_are_not_published_leave_no_gap_and_may_leave_an_empty_well() -> None:
    layout = plan_plate(plate(well(0, 0, 0, 1, 2), well(0, 1, 3)), published={0, 2})
    assert [(field.series, field.path) for field in layout.fields()] == [(0, "A/1/0"), (2, "A/1/1")]
    assert len(layout.plate.wells) == 2


def test_an_image_that_could_not_be_written_leaves_the_others_where_they_are() -> None:
    layout = plan_plate(plate(well(0, 0, 0, 1), well(0, 1, 2)), published={0, 1, 2}).only({1})
    assert [(field.series, field.path, field.name) for field in layout.fields()] == [(1, "A/1/1", "1")]


def test_fields_in_no_acquisition_get_one_where_there_are_several() -> None:
    layout = plan_plate(plate(well(0, 0, 0, 1, runs=(2, None)), runs=RUNS), published={0, 1})
    assert [field.acquisition for field in layout.fields()] == [2, 3]
    assert (layout.acquisitions[2].id, layout.acquisitions[2].name) == (3, NO_ACQUISITION)
    assert [layout.most_fields(number) for number in (1, 2, 3)] == [0, 1, 1]
    assert layout.plate.acquisitions == RUNS


def test_fields_in_no_acquisition_stay_so_where_there_is_one_or_none() -> None:
    layout = plan_plate(plate(well(0, 0, 0, 1, runs=(1, None)), runs=RUNS[:1]), published={0, 1})
    assert [field.acquisition for field in layout.fields()] == [1, None]
    assert layout.acquisitions == RUNS[:1]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("A", "B"), ("A", "B")),
        (("row 1", "row 2"), ("row1", "row2")),
        (("row-1", "row 1", "row1"), ("row1x2", "row1x3", "row1")),
        (("a", "A"), ("a", "Ax2")),
        (("Zürich", "日本", ""), ("Zurich", "R2", "R3")),
        (("R2", "日本"), ("R2", "R2x2")),
        (("ome", "B"), ("omex2", "B")),
        (("../..", "a/b", "."), ("R1", "ab", "R3")),
    ],
)
def test_names_become_fit_for_a_path_and_differ_by_more_than_capitals(
    names: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert path_names(names, "R", {"ome"}) == expected
    assert len({name.lower() for name in expected}) == len(expected)


def test_every_field_has_as_many_levels_as_the_largest_needs() -> None:
    zarr, hosting = ZarrSection(), HostingSection()
    large, small = (
        Image(series=0, name="", channels=(), pixels=Pixels(size_x=size, size_y=size, dtype="uint8"))
        for size in (1500, 3)
    )
    levels = level_count(large.pixels, zarr)
    assert levels == len(plan_image(large, "A/1/0", zarr, hosting).levels) == 4
    planned = plan_image(small, "A/1/1", zarr, hosting, least_levels=levels)
    assert [level.shape[3:] for level in planned.levels] == [(3, 3), (2, 2), (1, 1), (1, 1)]
    assert [level.scale[4] for level in planned.levels] == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("size", [1, 255, 256, 257, 2047, 2048, 2049, 40_000])
@pytest.mark.parametrize("chunk_px", [None, 128, 1024])
def test_levels_are_counted_as_they_are_planned(size: int, chunk_px: int | None) -> None:
    zarr = ZarrSection(chunk_px=chunk_px)
    image = Image(series=0, name="", channels=(), pixels=Pixels(size_x=size, size_y=size // 3 + 1, dtype="uint8"))
    assert level_count(image.pixels, zarr) == len(plan_image(image, "0", zarr, HostingSection()).levels)


def test_a_plate_alone_has_the_id_of_its_source_and_several_are_counted() -> None:
    assert plate_fileset_id("cells-12345678", 0, alone=True) == "cells-12345678"
    assert plate_fileset_id("cells-12345678", 1, alone=False) == "cells-12345678-plate-2"
