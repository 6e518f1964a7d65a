"""NRRD volumes, made here."""

import bz2
import gzip
from pathlib import Path
from typing import Any

import pytest
from numpy.typing import NDArray

from publisher.errors import DamagedSourceError, UnsupportedFormatError
from publisher.sources.foreign.nrrd import NrrdReader
from publisher.sources.protocol import Reader, Roots
from publisher.testing.images import planes
from publisher.testing.reader_tests import ReaderTests, Sample
from tests.sources.hostile_reading import limited_worker, refusal_of, survive_mutations

_PACK = {"raw": bytes, "gzip": gzip.compress, "bzip2": bz2.compress}


def write_nrrd(
    path: Path, pixels: NDArray[Any], *, encoding: str = "raw", extra: str = "", data_file: str = ""
) -> Path:
    """``pixels`` with the slowest axis first; in ``data_file`` when that is named."""
    sizes = " ".join(map(str, pixels.shape[::-1]))
    endian = "big" if pixels.dtype.byteorder == ">" else "little"
    kind = {"f": "float", "u": "ushort" if pixels.dtype.itemsize == 2 else "uchar"}[pixels.dtype.kind]
    text = (
        f"NRRD0005\n# a remark\ntype: {kind}\ndimension: {pixels.ndim}\nsizes: {sizes}\nendian: {endian}\n"
        f"encoding: {encoding}\ncontent: made for a test\n{extra}"
    )
    data = _PACK[encoding](pixels.tobytes())
    if data_file:
        (path.parent / data_file).write_bytes(data)
        path.write_text(f"{text}data file: {data_file}\n")
    else:
        path.write_bytes(f"{text}\n".encode() + data)
    return path


class TestNrrd(ReaderTests):
    @pytest.fixture
    def reader(self) -> Reader:
        return NrrdReader()

    @pytest.fixture(params=["raw", "gzip", "bzip2", "detached", "colours", "time", "big"])
    def sample(self, tmp_path: Path, request: pytest.FixtureRequest) -> Sample:
        folder = tmp_path / "study"
        folder.mkdir()
        path = folder / "a.nrrd"
        if request.param == "colours":
            pixels = planes(c=3, z=2, y=9, x=7)
            return Sample(
                write_nrrd(path, pixels[0].transpose(1, 2, 3, 0), extra="kinds: RGB-color domain domain domain\n"),
                [pixels],
            )
        if request.param == "time":
            pixels = planes(t=4, y=9, x=7, dtype="uint16")
            return Sample(write_nrrd(path, pixels[:, 0, 0], extra="kinds: domain domain time\n"), [pixels])
        pixels = planes(z=4, y=9, x=7, dtype="uint16")
        stored = pixels[0, 0].astype(">u2") if request.param == "big" else pixels[0, 0]
        if request.param == "detached":
            return Sample(write_nrrd(path.with_suffix(".nhdr"), stored, data_file="a.raw"), [pixels])
        return Sample(write_nrrd(path, stored, encoding=request.param if request.param in _PACK else "raw"), [pixels])


@pytest.mark.parametrize(
    "extra",
    [
        'spacings: 0.5 0.5 2\nunits: "um" "um" "um"\n',
        'space directions: (0.0005,0,0) (0,0.0005,0) (0,0,0.002)\nspace units: "mm" "mm" "mm"\n',
    ],
)
def test_lengths_with_a_unit_are_pixel_sizes(tmp_path: Path, extra: str) -> None:
    path = write_nrrd(tmp_path / "a.nrrd", planes(z=4, y=9, x=7)[0, 0], extra=extra)
    with NrrdReader().open(path, Roots((tmp_path,))) as source:
        (image,) = source.images()
    assert image.pixels.pixel_size_um == pytest.approx((2.0, 0.5, 0.5))
    assert image.description == "made for a test"


def test_lengths_without_a_unit_are_none(tmp_path: Path) -> None:
    path = write_nrrd(tmp_path / "a.nrrd", planes(z=4, y=9, x=7)[0, 0], extra="spacings: 0.5 0.5 2\n")
    with NrrdReader().open(path, Roots((tmp_path,))) as source:
        assert source.images()[0].pixels.pixel_size_um == (None, None, None)


def test_a_data_file_elsewhere_is_not_opened(tmp_path: Path) -> None:
    study = tmp_path / "study"
    study.mkdir()
    write_nrrd(study / "a.nhdr", planes(z=4, y=9, x=7)[0, 0], data_file="../secret.raw")
    with pytest.raises(DamagedSourceError, match="outside the study"):
        NrrdReader().open(study / "a.nhdr", Roots((study,)))


def test_several_data_files_are_refused(tmp_path: Path) -> None:
    path = write_nrrd(tmp_path / "a.nhdr", planes(z=4, y=9, x=7)[0, 0], data_file="a%03d.raw")
    with pytest.raises(UnsupportedFormatError, match="several files"):
        NrrdReader().open(path, Roots((tmp_path,)))


def test_sizes_beyond_the_file_are_refused(tmp_path: Path) -> None:
    path = write_nrrd(tmp_path / "a.nrrd", planes(z=4, y=9, x=7)[0, 0])
    path.write_bytes(path.read_bytes().replace(b"sizes: 7 9 4", b"sizes: 7 9 999999999999"))
    assert refusal_of(path).problems[0].code == "source.truncated"


@pytest.mark.parametrize("encoding", ["raw", "gzip"])
def test_bytes_changed_at_random_give_pixels_or_a_source_error(tmp_path: Path, encoding: str) -> None:
    path = write_nrrd(tmp_path / "a.nrrd", planes(z=4, y=9, x=7)[0, 0], encoding=encoding)
    with limited_worker() as worker:
        assert worker.call(survive_mutations, path, range(80)) > 0
