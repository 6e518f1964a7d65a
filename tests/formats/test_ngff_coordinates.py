"""A multiscale in the form of 0.6, and back."""

import pytest

from publisher.formats.ngff_coordinates import CoordinatesError, in_axes, in_coordinate_systems
from publisher.formats.ngff_version import group_files

AXES = [{"name": "y", "type": "space", "unit": "micrometer"}, {"name": "x", "type": "space"}]
SCALE = {"type": "scale", "scale": [0.5, 1.0]}
HALVED = [{"type": "scale", "scale": [1.0, 2.0]}, {"type": "translation", "translation": [0.25, 0.5]}]
OURS = {
    "name": "cells",
    "axes": AXES,
    "datasets": [
        {"path": "0", "coordinateTransformations": [SCALE]},
        {"path": "1", "coordinateTransformations": HALVED},
    ],
    "type": "mean",
}
OF_06 = {
    "name": "cells",
    "coordinateSystems": [{"name": "physical", "axes": AXES}],
    "datasets": [
        {
            "path": "0",
            "coordinateTransformations": [{**SCALE, "input": {"path": "0"}, "output": {"name": "physical"}}],
        },
        {
            "path": "1",
            "coordinateTransformations": [
                {
                    "type": "sequence",
                    "transformations": HALVED,
                    "input": {"path": "1"},
                    "output": {"name": "physical"},
                }
            ],
        },
    ],
    "type": "mean",
}


def test_axes_become_a_coordinate_system_and_each_level_has_one_transformation_to_it() -> None:
    assert in_coordinate_systems(OURS) == OF_06


def test_the_way_back_gives_what_it_was_made_of() -> None:
    assert in_axes(OF_06, "multiscales.0") == OURS


def test_an_identity_is_a_scale_of_ones() -> None:
    step = {"type": "identity", "input": {"path": "0"}, "output": {"name": "physical"}}
    level = {"path": "0", "coordinateTransformations": [step]}
    read = in_axes({**OF_06, "datasets": [level]}, "multiscales.0")
    assert read["datasets"] == [
        {"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1.0, 1.0]}]},
    ]


def test_levels_must_lead_to_one_coordinate_system() -> None:
    systems = [*OF_06["coordinateSystems"], {"name": "other", "axes": AXES}]
    moved = {**OF_06["datasets"][1]["coordinateTransformations"][0], "output": {"name": "other"}}  # type: ignore[index]
    levels = [OF_06["datasets"][0], {"path": "1", "coordinateTransformations": [moved]}]
    with pytest.raises(CoordinatesError, match=r"lead to \['other', 'physical'\]; expected one coordinate system"):
        in_axes({**OF_06, "coordinateSystems": systems, "datasets": levels}, "multiscales.0")


@pytest.mark.parametrize("hostile", [None, 7, [], "axes", {"coordinateSystems": [None]}, {"coordinateSystems": {}}])
def test_whatever_is_no_multiscale_is_refused_in_words(hostile: object) -> None:
    with pytest.raises(CoordinatesError, match=r"^multiscales\.3"):
        in_axes(hostile, "multiscales.3")


def test_06_names_its_version_once_and_keeps_all_else() -> None:
    document = {"plate": {"rows": []}, "labels": ["cells"], "multiscales": [OURS]}
    files = group_files(document, "0.6")
    assert files["zarr.json"]["attributes"] == {
        "ome": {"version": "0.6", "plate": {"rows": []}, "labels": ["cells"], "multiscales": [OF_06]},
        "labels": ["cells"],
    }
    assert set(files) == {"zarr.json"}
