"""MetaMorph stacks, written byte by byte: one directory, all planes behind it."""

import struct
from pathlib import Path

import numpy as np
import pytest

from publisher.errors import SourceError
from publisher.sources.protocol import Reader, Roots
from publisher.sources.tiff_reader import TiffReader
from publisher.testing.images import planes
from publisher.testing.reader_tests import ReaderTests, Sample
from tests.sources.hostile_reading import refusal_of

HEIGHT, WIDTH = 8, 12


def write_stk(
    path: Path,
    pixels: np.ndarray,
    *,
    z_um: float = 0.0,
    apart_ms: int = 0,
    count: int | None = None,
    unit: bytes = b"um",
    strips: int = 2,
) -> Path:
    """A stack of ``pixels`` (planes, Y, X) uint16, ``z_um`` and ``apart_ms`` from plane to plane, 0.25 µm a pixel."""
    number = len(pixels)
    plane = HEIGHT * WIDTH * 2
    fractions = struct.pack("<IIII", 1, 4, 1, 4) + struct.pack("<I", len(unit)) + unit
    at = 8 + number * plane
    uic1 = struct.pack("<6I", 4, at, 5, at + 8, 6, at + 16)
    uic2 = b"".join(
        struct.pack("<6I", round(z_um * 1000) if each else 0, 1000, 2451545, each * apart_ms, 2451545, 0)
        for each in range(number)
    )
    rows = HEIGHT // strips
    offsets = struct.pack(f"<{strips}I", *(8 + strip * rows * WIDTH * 2 for strip in range(strips)))
    counts = struct.pack(f"<{strips}I", *(rows * WIDTH * 2 for _ in range(strips)))
    extra = fractions + b"\0" * (-len(fractions) % 2)
    places = {}
    for name, data in (("uic1", uic1), ("uic2", uic2), ("offsets", offsets), ("counts", counts)):
        places[name] = at + len(extra)
        extra += data
    entries = [
        (256, 4, 1, WIDTH), (257, 4, 1, HEIGHT), (258, 3, 1, 16), (259, 3, 1, 1), (262, 3, 1, 1),
        (273, 4, strips, places["offsets"]), (277, 3, 1, 1), (278, 4, 1, rows), (279, 4, strips, places["counts"]),
        (33628, 4, 3, places["uic1"]), (33629, 5, number if count is None else count, places["uic2"]),
    ]  # fmt: skip
    # UIC1 counts pairs, three of them; as plain numbers they are six.
    entries[9] = (33628, 4, 6, places["uic1"])
    table = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = b"II*\0" + struct.pack("<I", at + len(extra))
    path.write_bytes(head + pixels.astype("<u2").tobytes() + extra + table + b"\0" * 4)
    return path


def stack(count: int = 4) -> np.ndarray:
    return planes(z=count, y=HEIGHT, x=WIDTH, dtype="uint16")[0, 0]


class TestStack(ReaderTests):
    @pytest.fixture
    def reader(self) -> Reader:
        return TiffReader()

    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        (tmp_path / "study").mkdir()
        return Sample(write_stk(tmp_path / "study" / "a.stk", stack(), z_um=0.5), [stack()[None, None]])


@pytest.mark.parametrize(
    ("how", "axes", "shape", "codes"),
    [
        ({"z_um": 0.5}, None, (1, 1, 4), []),
        ({"apart_ms": 250}, None, (4, 1, 1), []),
        ({"z_um": 0.5, "apart_ms": 250}, None, (1, 1, 4), []),
        ({}, None, (1, 1, 4), ["source.axes-guessed"]),
        ({}, "TYX", (4, 1, 1), []),
        ({"z_um": 0.5}, "CYX", (1, 4, 1), []),
    ],
)
def test_planes_lie_along_what_differs(
    how: dict[str, float], axes: str | None, shape: tuple[int, ...], codes: list[str], tmp_path: Path
) -> None:
    path = write_stk(tmp_path / "a.tif", stack(), **how)
    with TiffReader().open(path, Roots((tmp_path,)), axes=axes) as source:
        (image,) = source.images()
        assert image.pixels.shape == (*shape, HEIGHT, WIDTH)
        assert [problem.code for problem in source.warnings()] == codes
        assert image.pixels.pixel_size_um == (0.5 if shape[2] > 1 and how.get("z_um") else None, 0.25, 0.25)


def test_sizes_in_pixels_are_no_sizes(tmp_path: Path) -> None:
    with TiffReader().open(write_stk(tmp_path / "a.stk", stack(), unit=b"pixel"), Roots((tmp_path,))) as source:
        assert source.images()[0].pixels.pixel_size_um == (None, None, None)


@pytest.mark.parametrize("count", [5, 1000, 2**31, 2**32 - 1])
def test_planes_beyond_the_file_are_refused(count: int, tmp_path: Path) -> None:
    path = write_stk(tmp_path / "a.stk", stack(), count=count)
    assert {problem.code for problem in refusal_of(path).problems} <= {"source.missing-planes", "source.truncated"}


def test_more_than_one_axis_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="more than one axis"):
        TiffReader().open(write_stk(tmp_path / "a.stk", stack()), Roots((tmp_path,)), axes="TZYX")
