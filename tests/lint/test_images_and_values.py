"""What images do not say, and what their values tell."""

from typing import Any

import pytest

from publisher.lint.pixel_rules import top_share
from tests.lint.conftest import Judge, histogram, linted, values


def test_an_image_that_says_all_is_no_fault(judge: Judge) -> None:
    assert judge(images=[linted(1), linted(2)]) == {}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"pixel_size_um": (None, None, None)}, "lint.no-pixel-size"),
        ({"pixel_size_um": (0.5, 0.1, None)}, "lint.no-pixel-size"),
        ({"pixel_size_um": (0.5, 1e6, 1e6)}, "lint.odd-pixel-size"),
        ({"pixel_size_um": (0.5, 0.1, 0.2)}, "lint.uneven-pixels"),
        ({"pixel_size_um": (None, 0.1, 0.1), "size_z": 5}, "lint.no-z-step"),
        ({"size_t": 5}, "lint.no-time-step"),
        ({"channels": ("DNA", "")}, "lint.no-channel-name"),
        ({"channels": ("Channel 0", "Ch:1")}, "lint.no-channel-name"),
        ({"channels": ("DNA", "dna")}, "lint.repeated-channel"),
        ({"statistics": (values(7, 7), values(7, 7))}, "lint.empty-image"),
        ({"statistics": (values(0, 9), values(7, 7))}, "lint.empty-channel"),
        ({"statistics": (values(0, 255, histogram(*[10] * 255, 200)), values(0, 9))}, "lint.saturated"),
        ({"statistics": ()}, "lint.values-not-seen"),
    ],
)
def test_each_fault_of_an_image_is_told_alone(judge: Judge, facts: dict[str, Any], code: str) -> None:
    found = judge(images=[linted(1), linted(2, **facts)])
    assert set(found) == {code}
    if code != "lint.values-not-seen":
        assert [image.id for image in found[code].images] == ["cell-2"]
        assert found[code].message.startswith("1 of 2 images has ")


@pytest.mark.parametrize(
    "facts",
    [
        {"size_t": 5, "time_increment_s": 3.0},
        {"rgb": True, "channels": ("", "")},
        {"channels": ("CH2 domain", "c-Myc")},
        {"pixel_size_um": (None, 0.1, 0.1)},
    ],
)
def test_what_only_looks_like_a_fault_is_none(judge: Judge, facts: dict[str, Any]) -> None:
    assert judge(images=[linted(1, **facts)]) == {}


def test_images_of_one_name_and_of_the_same_pixels_are_told(judge: Judge) -> None:
    one, two = linted(1), linted(2, digest="digest 1")
    found = judge(images=[one, two, linted(3)])
    assert found["lint.same-pixels"].images == (one.name, two.name)
    twin = linted(1, digest="else")
    assert set(judge(images=[one, twin])) == {"lint.repeated-name"}
    assert judge(images=[one, linted(1, digest="else", dataset="treated")]) == {}


FULL = histogram(*[10] * 255, 200)


@pytest.mark.parametrize(
    ("facts", "channel", "share"),
    [
        ({}, values(0, 255, FULL), 200 / 2750),
        ({}, values(0, 254, FULL), 0.0),
        ({"rgb": True}, values(0, 255, FULL), 200 / 2750),
        ({}, values(0, 255, histogram(900, *[0] * 254, 900)), 0.0),  # a mask
        ({"dtype": "uint16"}, values(0, 4095, histogram(*[10] * 255, 200, high=4096)), 200 / 2750),
        ({"dtype": "uint16", "significant_bits": 16}, values(0, 4095, histogram(*[10] * 255, 200, high=4096)), 0.0),
        ({"dtype": "uint16"}, values(0, 255, FULL), 0.0),
        ({}, values(0, 255, histogram(*[10] * 20, low=0, high=20)), 0.0),  # specks that averaging took away
    ],
)
def test_the_share_at_the_top_is_that_of_the_type_or_the_camera(
    facts: dict[str, Any], channel: Any, share: float
) -> None:
    assert top_share(channel, linted(**facts)) == pytest.approx(share)


def test_a_bright_background_of_a_colour_picture_is_not_saturated(judge: Judge) -> None:
    white = (values(0, 255, FULL),) * 2
    assert judge(images=[linted(rgb=True, statistics=white)]) == {}
