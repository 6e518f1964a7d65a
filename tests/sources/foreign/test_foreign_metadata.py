"""What files of other formats say of their images: by what was written into them, and by Bio-Formats' reading."""

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from publisher.formats.ome_xml.read import read_images
from publisher.formats.ome_xml.tree import parse, validate
from publisher.model.acquisition import every_section
from publisher.model.image import Image
from publisher.sources.foreign.czi import CziReader
from publisher.sources.foreign.deltavision import DeltaVisionReader
from publisher.sources.foreign.lif import LifReader
from publisher.sources.foreign.lsm import unwrapped
from publisher.sources.foreign.mrc import MrcReader
from publisher.sources.foreign.pictures import PictureReader
from publisher.sources.protocol import ImageSource, Reader, Roots
from publisher.sources.registry import installed_readers
from publisher.sources.tiff_reader import TiffReader
from publisher.testing.images import planes
from tests.sources.foreign.czi_files import METADATA, Tile, write_czi
from tests.sources.foreign.lif_files import LifImage, write_lif
from tests.sources.foreign.lsm_files import write_lsm
from tests.sources.foreign.nd2_files import write_nd2
from tests.sources.foreign.raw_files import mrc_bytes, write_dv


def _open(reader: Reader, path: Path) -> ImageSource:
    return reader.open(path, Roots((path.parent,)))


def _acquisition(image: Image) -> dict[tuple[str, str], str]:
    """What is told of its acquisition: kind of section and name of the value."""
    return {(each.kind, name): value for each in every_section(image.acquisition) for name, value in each.values}


def _document(source: ImageSource) -> str:
    """The source's OME-XML, once it was found valid and to say of sizes what the images do."""
    document = source.document()
    assert document is not None
    assert validate(document) == ()
    told = read_images(parse(document, name="document"))
    assert [image.pixels.shape for image in told] == [image.pixels.shape for image in source.images()]
    assert [image.channels for image in told] == [image.channels for image in source.images()]
    return document.decode()


def test_czi_tells_of_channels_scale_and_objective(tmp_path: Path) -> None:
    pixels = planes(c=2, z=2, y=9, x=7, dtype="uint16")
    tiles = [Tile(pixels[0, c, z], at={"C": c, "Z": z}) for c in range(2) for z in range(2)]
    with _open(CziReader(), write_czi(tmp_path / "a.czi", tiles)) as source:
        (image,) = source.images()
        document = _document(source)
    dapi, gfp = image.channels
    assert (image.name, image.description, image.acquired) == ("mosaic of cells", "two scenes", "2024-02-03T04:05:06")
    assert (dapi.name, dapi.color, dapi.excitation_nm, dapi.emission_nm) == ("DAPI", "0000FF", 353.0, 465.0)
    assert (gfp.name, gfp.color, gfp.emission_nm) == ("GFP", "00FF00", 509.0)
    assert image.pixels.pixel_size_um == pytest.approx((1.0, 0.325, 0.325))
    assert image.pixels.significant_bits == 12
    assert _acquisition(image)["ObjectiveSettings", "Device"] == "Plan 20x, 20×/0.8"
    assert _acquisition(image)["Microscope", "Model"] == "Axio"
    assert 'ExposureTime="0.15' in document
    assert "Somebody" not in document


def test_czi_scenes_have_their_names(tmp_path: Path) -> None:
    plane = planes(y=9, x=7, dtype="uint8")[0, 0, 0]
    tiles = [Tile(plane, x=1000 * scene, at={"S": scene}) for scene in range(2)]
    with _open(CziReader(), write_czi(tmp_path / "a.czi", tiles)) as source:
        assert [image.name for image in source.images()] == ["mosaic of cells A1", "mosaic of cells #2"]


def test_czi_without_sound_metadata_has_its_pixels_all_the_same(tmp_path: Path) -> None:
    path = write_czi(tmp_path / "a.czi", [Tile(planes(y=9, x=7)[0, 0, 0])], metadata=METADATA[:700])
    with _open(CziReader(), path) as source:
        assert [problem.code for problem in source.warnings()] == ["source.metadata-damaged"]
        assert source.images()[0].name == "a"


def test_czi_mosaic_with_a_gap_says_so(tmp_path: Path) -> None:
    plane = planes(y=9, x=7, dtype="uint8")[0, 0, 0] | 1
    tiles = [Tile(plane, at={"M": 0}), Tile(plane, y=12, x=20, at={"M": 1})]
    with _open(CziReader(), write_czi(tmp_path / "a.czi", tiles)) as source:
        assert [problem.code for problem in source.warnings()] == ["source.mosaic-gaps"]
        whole = source.read(0, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None))
    assert whole.shape == (1, 21, 27)
    assert np.count_nonzero(whole) == 2 * plane.size


def test_lif_tells_of_colours_times_and_objective(tmp_path: Path) -> None:
    pixels = planes(t=2, c=2, z=3, y=9, x=7, dtype="uint16")
    image = LifImage("cells", pixels.transpose(0, 2, 1, 3, 4), "TZCYX", luts=("Green", "Red"))
    with _open(LifReader(), write_lif(tmp_path / "a.lif", [image])) as source:
        (found,) = source.images()
        _document(source)
    assert [channel.color for channel in found.channels] == ["00FF00", "FF0000"]
    assert found.pixels.pixel_size_um == pytest.approx((0.1, 0.1, 0.1))
    assert (found.pixels.time_increment_s, found.acquired) == (2.0, "2021-01-29T14:33:36")
    assert _acquisition(found)["ObjectiveSettings", "Device"] == "HC PL APO 63x, 63×/1.4"
    assert _acquisition(found)["Objective", "Immersion"] == "Oil"


def test_lif_images_carry_the_path_in_the_project(tmp_path: Path) -> None:
    plane = planes(y=9, x=7)[0, 0, 0]
    path = write_lif(tmp_path / "a.lif", [LifImage("one", plane, "YX"), LifImage("two", plane, "YX")])
    with _open(LifReader(), path) as source:
        assert [image.name for image in source.images()] == ["one", "folder/two"]


def test_lif_says_which_axis_runs_along_t(tmp_path: Path) -> None:
    sweep = planes(t=6, y=8, x=5)[:, 0, 0]
    with _open(LifReader(), write_lif(tmp_path / "a.lif", [LifImage("sweep", sweep, "λYX")])) as source:
        assert "emission wavelength along T" in _document(source)


def test_lsm_tells_of_channels_and_time(tmp_path: Path) -> None:
    pixels = planes(t=2, c=2, z=2, y=16, x=12)
    with _open(TiffReader(), write_lsm(tmp_path / "a.lsm", pixels, names=("Ch1", "ChS"))) as source:
        (image,) = source.images()
        _document(source)
    assert [(channel.name, channel.color) for channel in image.channels] == [("Ch1", "FF0000"), ("ChS", "00FF00")]
    assert image.pixels.pixel_size_um == pytest.approx((0.5, 0.2, 0.2))
    assert (image.pixels.time_increment_s, image.acquired) == (1.5, "2023-03-15T12:00:00")
    assert image.description == "a scan"
    assert _acquisition(image)["ObjectiveSettings", "Device"] == "Plan-Apochromat 40x/1.3 Oil, 40×/1.3"


def test_lsm_offsets_beyond_four_gigabytes_are_put_right() -> None:
    listed = {0: (100, 2**31), 2: (3 * 2**30, 50), 4: (60, 70)}
    assert unwrapped(listed) == {0: (100, 2**31), 2: (3 * 2**30, 2**32 + 50), 4: (2**32 + 60, 2**32 + 70)}


def test_lsm_scan_that_was_stopped_has_the_times_it_holds(tmp_path: Path) -> None:
    path = write_lsm(tmp_path / "a.lsm", planes(t=2, z=2, y=16, x=12), names=("Ch1",))
    data = bytearray(path.read_bytes())
    place = data.index(struct.pack("<2I", 0x0400494C, 464))
    struct.pack_into("<i", data, place + 24, 9)
    path.write_bytes(data)
    with _open(TiffReader(), path) as source:
        assert source.images()[0].pixels.size_t == 2
        assert [problem.code for problem in source.warnings()] == ["source.stopped-scan"]


def test_deltavision_tells_of_wavelengths_and_exposure(tmp_path: Path) -> None:
    with _open(DeltaVisionReader(), write_dv(tmp_path / "a.dv", planes(c=2, z=2, dtype="uint16"))) as source:
        (image,) = source.images()
        document = _document(source)
    assert [(each.excitation_nm, each.emission_nm) for each in image.channels] == [(490.0, 525.0), (550.0, 617.0)]
    assert image.pixels.pixel_size_um == pytest.approx((0.25, 0.1, 0.1))
    assert image.description == "two waves"
    assert document.count("ExposureTime=") == 2


def test_mrc_voxels_follow_the_axes(tmp_path: Path) -> None:
    path = tmp_path / "a.map"
    pixels = planes(z=3, y=9, x=7, dtype="float32")[0, 0]
    path.write_bytes(mrc_bytes(pixels, voxel_angstrom=(1.0, 2.0, 3.0)))
    with _open(MrcReader(), path) as source:
        assert source.images()[0].pixels.pixel_size_um == pytest.approx((3e-4, 2e-4, 1e-4))
        assert source.warnings() == ()
    path.write_bytes(mrc_bytes(pixels, axes=(3, 2, 1)))
    with _open(MrcReader(), path) as source:
        assert [problem.code for problem in source.warnings()] == ["source.axes-as-stored"]


def test_nd2_tells_of_channels_and_positions(tmp_path: Path) -> None:
    pytest.importorskip("nd2", reason="the extra nd2 is not installed")
    pixels = planes(t=3, c=2, z=2, y=9, x=7, dtype="uint16").transpose(0, 2, 1, 3, 4)
    path = write_nd2(tmp_path / "a.nd2", np.stack([pixels, pixels]), names=("DAPI", "GFP"))
    with _open(installed_readers([]).reader_of(path), path) as source:
        first, second = source.images()
        _document(source)
    assert [(each.name, each.color, each.emission_nm) for each in first.channels] == [
        ("DAPI", "00FF00", 520.0),
        ("GFP", "FF0000", 520.0),
    ]
    assert (first.name, second.name) == ("a point 0", "a point 1")
    assert first.pixels.pixel_size_um == pytest.approx((0.5, 0.25, 0.25))
    assert (first.pixels.time_increment_s, first.acquired) == (2.5, "2023-02-25T00:00:00")
    assert _acquisition(first)["ObjectiveSettings", "Device"] == "Plan Apo 60x Oil, 60×/1.4"


def test_nd2_acquisition_that_was_stopped_has_its_whole_times(tmp_path: Path) -> None:
    pytest.importorskip("nd2", reason="the extra nd2 is not installed")
    pixels = planes(t=3, z=2, y=9, x=7, dtype="uint16").transpose(0, 2, 1, 3, 4)[None]
    path = write_nd2(tmp_path / "a.nd2", pixels, skip=(5,))
    with _open(installed_readers([]).reader_of(path), path) as source:
        assert source.images()[0].pixels.size_t == 2
        assert [problem.code for problem in source.warnings()] == ["source.stopped-scan"]


def test_a_picture_to_be_turned_is_published_as_stored(tmp_path: Path) -> None:
    stored = planes(y=24, x=16)[0, 0, 0]
    exif = Picture.Exif()
    exif[0x0112] = 6
    path = tmp_path / "a.png"
    Picture.fromarray(stored).save(path, exif=exif)
    with _open(PictureReader(), path) as source:
        np.testing.assert_array_equal(
            source.read(0, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None))[0], stored
        )
        assert [problem.code for problem in source.warnings()] == ["source.orientation"]


NOT_AS_BIO_FORMATS = {
    (
        "spectral golgi.lsm",
        "acquired",
    ): "its days begin five hours late: ours is the local time that is stored",
    ("spectral golgi.lsm", "colors"): "white on all channels, which says nothing",
    ("RGB-8bit.czi", "names"): "one channel of three samples; red, green and blue here",
    ("ihc.png", "names"): "as above",
}


@pytest.mark.corpus
@pytest.mark.parametrize("folder", ["czi", "lif", "lsm", "dv", "mrc", "plain/skimage"])
def test_names_colours_sizes_and_dates_are_those_of_bio_formats(corpus: Path, folder: str) -> None:
    judged = 0
    for path in sorted((corpus / "other-formats" / folder).iterdir()):
        oracle = corpus / "oracle/bioformats-omexml/other-formats" / folder / f"{path.name}.ome.xml"
        if not oracle.is_file():
            continue
        theirs = read_images(parse(oracle.read_bytes(), name=oracle.name))
        with _open(installed_readers([]).reader_of(path), path) as source:
            ours = source.images()
        for mine, other in zip(ours, theirs, strict=True):
            judged += 1
            for what in ("names", "colors", "acquired"):
                if (path.name, what) not in NOT_AS_BIO_FORMATS:
                    assert _told(mine, what) == _told(other, what), (path.name, what)
            sizes = zip(mine.pixels.pixel_size_um, other.pixels.pixel_size_um, mine.pixels.shape[2:], strict=True)
            for size, expected, count in sizes:
                if expected is None:
                    assert size is None, path.name
                elif count > 1:  # of a single plane it repeats what the microscope was set to
                    assert size == pytest.approx(expected, rel=1e-6), path.name
    assert judged


def _told(image: Image, what: str) -> object:
    if what == "names":
        return [channel.name for channel in image.channels]
    if what == "colors":
        return [channel.color for channel in image.channels]
    return (image.acquired or "")[:19]


@pytest.mark.parametrize("compression", ["none", "lzw", "jpegxr", "zstd", "zstd1"])
def test_czi_pixels_are_those_of_czifile(tmp_path: Path, compression: str) -> None:
    """Its releases that read all of these need Python 3.12."""
    czifile = pytest.importorskip("czifile", minversion="2025.1", reason="needs a recent czifile (Python 3.12)")
    plane = planes(y=30, x=24, dtype="uint16")[0, 0, 0]
    tiles = [
        Tile(plane[y : y + 16, x : x + 14] + number, y=y, x=x, at={"M": number}, compression=compression)
        for number, (y, x) in enumerate(((0, 0), (0, 10), (14, 0), (14, 10)))
    ]
    path = write_czi(tmp_path / "a.czi", tiles)
    with _open(CziReader(), path) as source, czifile.CziFile(path) as other:
        ours = source.read(0, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None))
        np.testing.assert_array_equal(ours[0], other.asarray())
