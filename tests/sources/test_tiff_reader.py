"""TIFF files of every kind, each made here with known pixels."""

from pathlib import Path

import numpy as np
import pytest

from publisher.errors import UnsupportedFormatError
from publisher.sources.protocol import ImageSource, Reader
from publisher.sources.tiff_reader import TiffReader
from publisher.testing.images import (
    ome_xml,
    planes,
    plate_xml,
    write_imagej_tiff,
    write_ome_tiff,
    write_ome_tiff_set,
    write_plain_tiff,
)
from publisher.testing.reader_tests import ReaderTests, Sample
from tests.sources.raw_tiff import write_raw_tiff


class _TiffTests(ReaderTests):
    @pytest.fixture
    def reader(self) -> Reader:
        return TiffReader()


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    return folder


class TestStrippedOmeTiff(_TiffTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(t=2, c=3, z=2, y=17, x=13, dtype="uint16")
        path = write_ome_tiff(_folder(tmp_path) / "a.ome.tiff", pixels, rowsperstrip=5, byteorder=">", order="XYCTZ")
        return Sample(path, [pixels])


class TestTiledPyramidOmeTiff(_TiffTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(c=2, y=70, x=53, dtype="uint16")
        path = _folder(tmp_path) / "a.ome.tif"
        write_ome_tiff(path, pixels, levels=3, tile=(16, 32), compression="zlib", predictor=True, bigtiff=True)
        return Sample(path, [pixels])


class TestSeveralSeriesOmeTiff(_TiffTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        images = [planes(z=3, dtype="float32"), planes(t=2, c=2, y=9, x=5, dtype="int16")]
        path = write_ome_tiff(_folder(tmp_path) / "a.ome.tiff", *images, compression="lzw")
        return Sample(path, images)


class TestPlateOmeTiff(_TiffTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        images = [planes(y=9, x=5) + number for number in range(4)]
        wells = plate_xml({(1, 2): [3, 0, 0], (0, 0): [1], (0, 1): []}, acquisitions=[[1], [0, 2]])
        return Sample(write_ome_tiff(_folder(tmp_path) / "a.ome.tiff", *images, plates=[wells]), images)

    def test_tells_its_plate(self, source: ImageSource) -> None:
        [plate] = source.plates()
        assert [(series, name) for series, name in plate.field_names()] == [
            (1, "HT.01 [Well A1, Field 1]"),
            (0, "HT.01 [Well B3, Field 1]"),
            (3, "HT.01 [Well B3, Field 2]"),
        ]


class TestInterleavedRgbOmeTiff(_TiffTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(c=3, y=40, x=33)
        path = write_ome_tiff(_folder(tmp_path) / "a.ome.tiff", pixels, samples=3, tile=(16, 16), compression="zstd")
        return Sample(path, [pixels])


class TestUncompressedRgbOmeTiff(_TiffTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(c=3, z=2, y=21, x=33, dtype="uint16")
        path = write_ome_tiff(_folder(tmp_path) / "a.ome.tiff", pixels, samples=3, rowsperstrip=4)
        return Sample(path, [pixels])


class TestPlanarRgbOmeTiff(_TiffTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(c=3, y=40, x=33)
        path = _folder(tmp_path) / "a.ome.tiff"
        write_ome_tiff(path, pixels, samples=3, planar=True, rowsperstrip=7, levels=2, compression="deflate")
        return Sample(path, [pixels])


class TestSetOfOmeTiffs(_TiffTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(t=2, c=2, z=3)
        return Sample(write_ome_tiff_set(_folder(tmp_path), pixels)[1], [pixels])


class TestImageJHyperstack(_TiffTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(t=2, c=2, z=3, dtype="uint16")
        return Sample(write_imagej_tiff(_folder(tmp_path) / "a.tif", pixels), [pixels])


class TestPlainStack(_TiffTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(t=4, dtype="uint8")
        path = write_plain_tiff(_folder(tmp_path) / "a.tif", list(pixels[:, 0, 0]), compression="packbits")
        return Sample(path, [pixels], axes="TYX")


class TestPlainPyramid(_TiffTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(c=3, y=64, x=96)
        page = pixels[0, :, 0].transpose(1, 2, 0)
        pages = [page, page[::2, ::2].copy(), page[::4, ::4].copy()]
        path = write_plain_tiff(_folder(tmp_path) / "a.tif", pages, photometric="rgb", tile=(32, 32), compression="lzw")
        return Sample(path, [pixels])


class TestBilevelTiff(_TiffTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(y=20, x=19, dtype="bool")
        path = write_plain_tiff(_folder(tmp_path) / "a.tif", [pixels[0, 0, 0]], photometric="minisblack")
        return Sample(path, [pixels])


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"])
@pytest.mark.parametrize("write", [{}, {"tile": (16, 16)}, {"compression": "zstd", "byteorder": ">"}])
def test_every_type_comes_out_as_it_went_in(dtype: str, write: dict[str, object], tmp_path: Path) -> None:
    pixels = planes(z=2, y=20, x=30, dtype=dtype)
    path = write_ome_tiff(tmp_path / "a.ome.tiff", pixels, **write)
    with TiffReader().open(path, _roots(tmp_path)) as source:
        block = source.read(0, 0, t=0, z=1, c=slice(0, 1), y=slice(3, 20), x=slice(5, 25))
    assert block.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(block, pixels[0, :, 1, 3:20, 5:25])


LOSSLESS = ["lzw", "zlib", "packbits", "zstd", "lzma", "jpeg2000", "jpegxl", "png", "lerc", "deflate"]


@pytest.mark.parametrize("compression", LOSSLESS)
def test_every_lossless_codec_is_read_exactly(compression: str, tmp_path: Path) -> None:
    pixels = planes(y=40, x=50, dtype="uint16")
    args = {"compressionargs": {"level": 100, "lossless": True}} if compression == "jpegxl" else {}
    args = {"compressionargs": {"level": 0}} if compression == "jpeg2000" else args
    path = write_ome_tiff(tmp_path / "a.ome.tiff", pixels, tile=(32, 32), compression=compression, **args)
    with TiffReader().open(path, _roots(tmp_path)) as source:
        np.testing.assert_array_equal(
            source.read(0, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None)), pixels[0, :, 0]
        )


@pytest.mark.parametrize("compression", ["jpeg", "webp", "jpegxr"])
@pytest.mark.parametrize("tile", [None, (32, 32)])
def test_lossy_codecs_give_what_the_library_gives(
    compression: str, tile: tuple[int, int] | None, tmp_path: Path
) -> None:
    import tifffile

    page = np.add.outer(np.arange(48), np.arange(64)).astype("uint8")
    page = np.stack([page, page[::-1], 255 - page], axis=-1)
    write_plain_tiff(
        tmp_path / "a.tif",
        [page],
        photometric="rgb",
        tile=tile,
        rowsperstrip=None if tile else 48,
        compression=compression,
    )
    with TiffReader().open(tmp_path / "a.tif", _roots(tmp_path)) as source:
        block = source.read(0, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None))
        assert source.images()[0].rgb
    np.testing.assert_array_equal(block.transpose(1, 2, 0), tifffile.imread(tmp_path / "a.tif"))


@pytest.mark.parametrize("order", ["XYZCT", "XYZTC", "XYCTZ", "XYCZT", "XYTCZ", "XYTZC"])
def test_planes_follow_the_dimension_order(order: str, tmp_path: Path) -> None:
    pixels = planes(t=2, c=3, z=4)
    path = write_ome_tiff(tmp_path / "a.ome.tiff", pixels, order=order)
    with TiffReader().open(path, _roots(tmp_path)) as source:
        for t in range(2):
            for z in range(4):
                plane = source.read(0, 0, t=t, z=z, c=slice(None), y=slice(None), x=slice(None))
                np.testing.assert_array_equal(plane, pixels[t, :, z])


def test_a_renamed_member_of_a_set_still_knows_itself(tmp_path: Path) -> None:
    pixels = planes(c=2)
    first, _ = write_ome_tiff_set(tmp_path, pixels)
    renamed = first.rename(tmp_path / "renamed.ome.tiff")
    with TiffReader().open(renamed, _roots(tmp_path)) as source:
        np.testing.assert_array_equal(
            source.read(0, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None)), pixels[0, :, 0]
        )


def test_imagej_calibration_and_colours_are_read(tmp_path: Path) -> None:
    ramp = np.arange(256, dtype="uint8")
    tables = [np.stack([ramp, ramp * 0, ramp * 0]), np.stack([ramp * 0, ramp, ramp * 0])]
    pixels = planes(t=3, c=2, z=4, dtype="uint16")
    path = write_imagej_tiff(
        tmp_path / "a.tif", pixels, resolution=(1 / 0.25, 1 / 0.5), unit="um", spacing=2.0, finterval=1.5,
        mode="composite", LUTs=tables, Ranges=(10.0, 200.0, 20.0, 300.0),
    )  # fmt: skip
    with TiffReader().open(path, _roots(tmp_path)) as source:
        image = source.images()[0]
    assert image.pixels.pixel_size_um == (2.0, 0.5, 0.25)
    assert image.pixels.time_increment_s == 1.5
    assert [channel.color for channel in image.channels] == ["FF0000", "00FF00"]
    assert [channel.window for channel in image.channels] == [(10.0, 200.0), (20.0, 300.0)]


def test_an_imagej_stack_behind_one_directory_is_read_whole(tmp_path: Path) -> None:
    pixels = planes(c=2, z=5, dtype="uint16")
    path = write_imagej_tiff(tmp_path / "a.tif", pixels)
    data = bytearray(path.read_bytes())
    first = int.from_bytes(data[4:8], "little" if data[:2] == b"II" else "big")
    byte_order = "little" if data[:2] == b"II" else "big"
    count = int.from_bytes(data[first : first + 2], byte_order)
    data[first + 2 + 12 * count :][:4] = b"\0\0\0\0"
    data[first + 2 + 12 * count : first + 6 + 12 * count] = b"\0\0\0\0"
    path.write_bytes(data)
    with TiffReader().open(path, _roots(tmp_path)) as source:
        assert source.images()[0].pixels.shape == (1, 2, 5, 8, 12)
        for z in range(5):
            plane = source.read(0, 0, t=0, z=z, c=slice(None), y=slice(None), x=slice(None))
            np.testing.assert_array_equal(plane, pixels[0, :, z])


def test_pages_without_a_word_are_a_z_stack_with_a_warning(tmp_path: Path) -> None:
    path = write_plain_tiff(tmp_path / "a.tif", list(planes(z=3)[0, 0]))
    with TiffReader().open(path, _roots(tmp_path)) as source:
        assert source.images()[0].pixels.shape == (1, 1, 3, 8, 12)
        assert [problem.code for problem in source.warnings()] == ["source.axes-guessed"]


def test_the_curator_says_what_pages_are(tmp_path: Path) -> None:
    path = write_plain_tiff(tmp_path / "a.tif", list(planes(z=3)[0, 0]))
    with TiffReader().open(path, _roots(tmp_path), axes="CYX") as source:
        assert source.images()[0].pixels.shape == (1, 3, 1, 8, 12)
        assert source.warnings() == ()


def test_print_resolution_is_no_pixel_size(tmp_path: Path) -> None:
    page = planes()[0, 0, 0]
    for name, resolution in (("print.tif", (300, 300)), ("scope.tif", (50000, 50000))):
        write_plain_tiff(tmp_path / name, [page], resolution=resolution, resolutionunit="INCH")
    with TiffReader().open(tmp_path / "print.tif", _roots(tmp_path)) as source:
        assert source.images()[0].pixels.pixel_size_um == (None, None, None)
    with TiffReader().open(tmp_path / "scope.tif", _roots(tmp_path)) as source:
        assert source.images()[0].pixels.pixel_size_um == pytest.approx((None, 0.508, 0.508))


def _roots(folder: Path):  # type: ignore[no-untyped-def]
    from publisher.sources.protocol import Roots

    return Roots((folder,))


def test_a_file_that_only_describes_others_is_part_of_the_source(tmp_path: Path) -> None:
    pixels = planes()
    write_ome_tiff(tmp_path / "pixels.ome.tiff", pixels)
    data = '<TiffData IFD="0"><UUID FileName="pixels.ome.tiff">urn:uuid:other</UUID></TiffData>'
    path = write_ome_tiff(tmp_path / "words.ome.tiff", pixels * 0, xml=ome_xml([pixels], [data]))
    with TiffReader().open(path, _roots(tmp_path)) as source:
        assert [Path(file.path).name for file in source.identity()] == ["pixels.ome.tiff", "words.ome.tiff"]
        np.testing.assert_array_equal(
            source.read(0, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None)), pixels[0, :, 0]
        )


def test_12_bit_samples_are_unpacked(tmp_path: Path) -> None:
    pixels = planes(y=4, x=6, dtype="uint16")[0, 0, 0] % 4096
    bits = "".join(f"{value:012b}" for value in pixels.ravel())
    data = int(bits, 2).to_bytes(len(bits) // 8, "big")
    path = write_raw_tiff(tmp_path / "a.tif", {256: 6, 257: 4, 258: 12, 278: 4}, data)
    with TiffReader().open(path, _roots(tmp_path)) as source:
        assert source.images()[0].pixels.dtype == "uint16"
        np.testing.assert_array_equal(_first_plane(source)[0], pixels)


def test_colours_in_a_table_and_inks_are_published_as_stored_with_a_word(tmp_path: Path) -> None:
    pixels = planes(c=4, y=20, x=30)[0, :, 0]
    table = np.arange(768, dtype="uint16").reshape(3, 256)
    write_plain_tiff(tmp_path / "table.tif", [pixels[0]], photometric="palette", colormap=table)
    write_plain_tiff(tmp_path / "inks.tif", [pixels.transpose(1, 2, 0)], photometric="separated")
    for name, expected in (("table.tif", pixels[:1]), ("inks.tif", pixels)):
        with TiffReader().open(tmp_path / name, _roots(tmp_path)) as source:
            assert [problem.code for problem in source.warnings()] == ["source.colours-as-stored"]
            assert not source.images()[0].rgb
            np.testing.assert_array_equal(_first_plane(source), expected)


@pytest.mark.parametrize("predictor", [2, 3])
@pytest.mark.parametrize("planar", [False, True])
def test_predictors_of_colour_samples_are_undone(predictor: int, planar: bool, tmp_path: Path) -> None:
    pixels = planes(c=3, y=20, x=30, dtype="float32" if predictor == 3 else "uint16")
    path = tmp_path / "a.ome.tiff"
    write_ome_tiff(path, pixels, samples=3, planar=planar, compression="zlib", predictor=predictor, rowsperstrip=7)
    with TiffReader().open(path, _roots(tmp_path)) as source:
        np.testing.assert_array_equal(_first_plane(source), pixels[0, :, 0])


def test_samples_that_no_decoder_gives_are_refused_when_the_file_is_opened(tmp_path: Path) -> None:
    for name, tags in (("bits.tif", {258: 40}), ("complex.tif", {258: 32, 339: 5}), ("codec.tif", {259: 52479})):
        with pytest.raises(UnsupportedFormatError):
            TiffReader().open(write_raw_tiff(tmp_path / name, tags, b"\1" * 2000), _roots(tmp_path))


def test_lifetimes_stay_where_the_file_has_them(tmp_path: Path) -> None:
    pixels = planes(c=8, dtype="int8")
    note = (
        '<StructuredAnnotations><XMLAnnotation ID="Annotation:0" Namespace="openmicroscopy.org/omero/dimension/modulo">'
        '<Value><Modulo><ModuloAlongC Type="lifetime" Start="0" End="700000000" Step="100"/></Modulo></Value>'
        "</XMLAnnotation></StructuredAnnotations></OME>"
    )
    xml = ome_xml([pixels], ['<TiffData IFD="0" PlaneCount="8"/>']).replace("</OME>", note)
    xml = xml.replace("</Pixels>", '</Pixels><AnnotationRef ID="Annotation:0"/>')
    with TiffReader().open(write_ome_tiff(tmp_path / "a.ome.tiff", pixels, xml=xml), _roots(tmp_path)) as source:
        assert source.images()[0].pixels.shape == pixels.shape
        np.testing.assert_array_equal(_first_plane(source), pixels[0, :, 0])


def _first_plane(source) -> np.ndarray:  # type: ignore[no-untyped-def]
    return source.read(0, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None))
