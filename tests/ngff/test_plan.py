import json

import numpy as np
import pytest

from publisher.config.model import HostingSection, ZarrSection
from publisher.errors import ConversionError
from publisher.ngff.plan import axes_of, plan_image
from tests.ngff.array_source import image_of, plan_of


def empty(*shape: int, dtype: str = "uint16") -> np.ndarray:
    return np.broadcast_to(np.zeros((), dtype), shape)


def test_large_planes_are_cut_into_512_pixels_and_halved_until_one_chunk_is_left():
    plan = plan_of(empty(1, 3, 16, 2048, 2048))
    assert [level.shape[3:] for level in plan.levels] == [(2048, 2048), (1024, 1024), (512, 512)]
    assert {level.chunks for level in plan.levels} == {(1, 1, 1, 512, 512)}


def test_small_planes_have_chunks_of_256_pixels():
    plan = plan_of(empty(1, 1, 1, 700, 517))
    assert [level.shape[3:] for level in plan.levels] == [(700, 517), (350, 259), (175, 130)]
    assert {level.chunks[3] for level in plan.levels} == {256}


def test_a_shard_holds_all_channels_then_as_many_z_as_fit():
    plan = plan_of(empty(2, 3, 16, 2048, 2048))
    assert [level.shards for level in plan.levels] == [
        (1, 3, 2, 2048, 2048),
        (1, 3, 10, 1024, 1024),
        (1, 3, 16, 512, 512),
    ]


def test_channels_are_divided_where_not_even_one_z_of_all_fits():
    assert plan_of(empty(1, 28, 5, 2048, 2048)).levels[0].shards == (1, 8, 1, 2048, 2048)


def test_a_plane_beyond_the_cap_is_cut_into_squares_of_a_power_of_two():
    assert plan_of(empty(1, 3, 1, 20000, 20000, dtype="uint8")).levels[0].shards == (1, 3, 1, 4096, 4096)
    assert plan_of(empty(1, 1, 1, 20000, 20000, dtype="uint8")).levels[0].shards == (1, 1, 1, 8192, 8192)


@pytest.mark.parametrize("shape", [(1, 1, 1, 20000, 300), (5, 4, 300, 999, 2001), (1, 40, 1, 50000, 50000)])
def test_no_shard_is_larger_than_the_cap(shape):
    for level in plan_of(empty(*shape), shard_mb=16).levels:
        assert np.prod([float(n) for n in level.shards]) * 2 <= 16 * 2**20
        assert all(shard % chunk == 0 for shard, chunk in zip(level.shards, level.chunks, strict=True))


def test_sharding_is_off_on_github_pages_unless_asked_for():
    image = image_of(empty(1, 1, 1, 64, 64))
    pages = HostingSection(profile="github-pages")
    assert plan_image(image, "0", ZarrSection(), pages).levels[0].shards is None
    assert plan_image(image, "0", ZarrSection(sharding="on"), pages).levels[0].shards is not None
    assert plan_image(image, "0", ZarrSection(sharding="off"), HostingSection()).levels[0].shards is None


def test_levels_are_shifted_by_half_of_what_their_pixels_grew():
    image = image_of(empty(1, 1, 1, 1000, 1000), pixel_size_um=(0.5, 0.1, 0.2), time_increment_s=2.0)
    levels = plan_image(image, "0", ZarrSection(), HostingSection()).levels
    assert levels[0].scale == (2.0, 1.0, 0.5, 0.1, 0.2)
    assert levels[2].scale == pytest.approx((2.0, 1.0, 0.5, 0.4, 0.8))
    assert levels[2].translation == pytest.approx((0, 0, 0, 0.15, 0.3))


@pytest.mark.parametrize("unknown", [None, 0.0, -1.0, float("nan"), float("inf")])
def test_an_unknown_pixel_size_has_no_unit_and_the_scale_1(unknown):
    image = image_of(empty(1, 1, 1, 64, 64), pixel_size_um=(unknown, 0.1, 0.1))
    axes = {axis.name: axis.unit for axis in axes_of(image.pixels)}
    assert axes == {"t": None, "c": None, "z": None, "y": "micrometer", "x": "micrometer"}
    assert plan_image(image, "0", ZarrSection(), HostingSection()).levels[0].scale[2] == 1.0


def test_complex_samples_are_refused_with_what_is_accepted():
    with pytest.raises(ConversionError, match=r"complex64.*expected one of uint8") as caught:
        plan_of(empty(1, 1, 1, 8, 8, dtype="complex64"))
    assert caught.value.problems[0].code == "pixels.dtype-unsupported"


def test_a_corrected_pixel_size_does_not_change_the_fingerprint():
    known = image_of(empty(1, 1, 1, 64, 64), pixel_size_um=(None, 0.1, 0.1))
    sections = ZarrSection(), HostingSection()
    assert plan_image(known, "0", *sections).to_json() == plan_of(empty(1, 1, 1, 64, 64)).to_json()
    json.dumps(plan_image(known, "0", *sections).to_json())


def test_the_plan_tells_files_and_bytes_beforehand():
    plan = plan_of(empty(1, 3, 16, 2048, 2048))
    assert plan.file_count == 8 + 2 + 1 + 3
    assert plan.raw_bytes == 2 * 3 * 16 * (2048**2 + 1024**2 + 512**2)
