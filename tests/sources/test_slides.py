"""Whole slides: the scan is the image; label, macro and thumbnails never are."""

import io
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import tifffile

from publisher.errors import SourceError
from publisher.model.acquisition import Section
from publisher.sources.protocol import Reader, Roots
from publisher.sources.tiff_reader import TiffReader
from publisher.testing.images import planes, write_plain_tiff
from publisher.testing.reader_tests import ReaderTests, Sample

APERIO = "Aperio Image Library v11.2.1 \r\n96x64 [0,0 96x64] (32x32) LZW|AppMag = 20|MPP = 0.499|User = b414003d"
SECRET = 201
"""Value of every pixel of a picture that must not be published."""


def colours(y: int, x: int) -> np.ndarray:
    """An RGB picture (Y, X, 3) without two equal rows."""
    return planes(c=3, y=y, x=x)[0, :, 0].transpose(1, 2, 0)


def secret(y: int, x: int) -> np.ndarray:
    return np.full((y, x, 3), SECRET, "uint8")


def write_pages(path: Path, *pages: tuple[np.ndarray, str, dict[str, object]]) -> Path:
    """Directories of (pixels, description, further arguments of tifffile)."""
    with tifffile.TiffWriter(path, bigtiff=False) as file:
        for pixels, description, how in pages:
            how = {"photometric": "rgb", "compression": "lzw", **how}
            file.write(pixels, description=description or None, metadata=None, contiguous=False, **how)
    return path


TILED = {"tile": (32, 32)}


def write_svs(path: Path, *, codec: dict[str, object] | None = None) -> tuple[Path, np.ndarray]:
    """Scan, thumbnail, a level, label and macro, as Aperio orders them."""
    scan = colours(64, 96)
    how = {**TILED, **(codec or {})}
    write_pages(
        path,
        (scan, APERIO, how),
        (secret(16, 24), "Aperio Image Library v11.2.1 \r\n96x64 -> 24x16 - |AppMag = 20", {}),
        (scan[::2, ::2].copy(), "Aperio Image Library v11.2.1 \r\n96x64 [0,0 96x64] (32x32) -> 48x32", how),
        (secret(20, 20), "Aperio Image Library v11.2.1 \r\nlabel 20x20", {"subfiletype": 1}),
        (secret(20, 60), "Aperio Image Library v11.2.1 \r\nmacro 60x20", {"subfiletype": 9}),
    )
    return path, scan


class TestAperio(ReaderTests):
    @pytest.fixture
    def reader(self) -> Reader:
        return TiffReader()

    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        (tmp_path / "study").mkdir()
        path, scan = write_svs(tmp_path / "study" / "a.svs")
        return Sample(path, [scan.transpose(2, 0, 1)[None, :, None]])


def everything(path: Path) -> tuple[list[np.ndarray], list[str]]:
    """All pixels of all levels of all images, and the codes of the warnings."""
    with TiffReader().open(path, Roots((path.parent,))) as source:
        found = [
            source.read(series, level, t=0, z=z, c=slice(None), y=slice(None), x=slice(None))
            for series, image in enumerate(source.images())
            for level in range(len(source.levels(series)))
            for z in range(image.pixels.size_z)
        ]
        return found, [problem.code for problem in source.warnings()]


def test_aperio_is_described_without_who_scanned_it(tmp_path: Path) -> None:
    path, _ = write_svs(tmp_path / "a.svs")
    with TiffReader().open(path, Roots((tmp_path,))) as source:
        (image,) = source.images()
        assert source.levels(0) == ((64, 96), (32, 48))
        assert source.document() is None
    assert image.name == "a"
    assert image.rgb
    assert image.pixels.pixel_size_um == (None, 0.499, 0.499)
    assert image.acquisition == (Section(kind="Objective", values=(("NominalMagnification", "20×"),)),)
    assert "b414003d" not in repr(image)


@pytest.mark.parametrize("compression", ["APERIO_JP2000_RGB", "APERIO_JP2000_YCBC", "jpeg"])
def test_slides_are_decoded_as_the_library_decodes_them(compression: str, tmp_path: Path) -> None:
    path, _ = write_svs(tmp_path / "a.svs", codec={"compression": compression})
    found, _ = everything(path)
    expected = tifffile.imread(path, series=0).squeeze().transpose(2, 0, 1)
    np.testing.assert_array_equal(found[0], expected)


def test_no_pixel_of_label_macro_or_thumbnail_is_read(tmp_path: Path) -> None:
    scan = colours(64, 96)
    qpi = "<?xml version='1.0'?><PerkinElmer-QPI-ImageDescription><ImageType>{}</ImageType><Name>DAPI</Name>"
    qpi += "</PerkinElmer-QPI-ImageDescription>"
    lens = 65421
    paths = [
        write_svs(tmp_path / "aperio.svs")[0],
        write_pages(
            tmp_path / "perkin.qptiff",
            (scan, qpi.format("FullResolution"), TILED),
            (secret(16, 24), qpi.format("Thumbnail"), {}),
            (scan[::2, ::2].copy(), qpi.format("ReducedResolution"), TILED),
            (secret(30, 30), qpi.format("Overview"), {}),
            (secret(30, 30), qpi.format("Label"), {}),
        ),
        write_pages(
            tmp_path / "hamamatsu.ndpi",
            (scan, "", {"extratags": [(65420, 4, 1, 1), (lens, 11, 1, 20.0)]}),
            (scan[::2, ::2].copy(), "", {"extratags": [(65420, 4, 1, 1), (lens, 11, 1, 10.0)]}),
            (secret(30, 90), "", {"extratags": [(65420, 4, 1, 1), (lens, 11, 1, -1.0)]}),
            (secret(30, 90), "", {"extratags": [(65420, 4, 1, 1), (lens, 11, 1, -2.0)]}),
        ),
        write_pages(
            tmp_path / "generic.tif",
            (scan, "", TILED),
            (scan[::2, ::2].copy(), "", {"subfiletype": 1, **TILED}),
            (scan[::4, ::4].copy(), "", {"subfiletype": 1, **TILED}),
            (secret(30, 90), "", {"subfiletype": 9}),
            (secret(30, 31), "Label", {}),
            (secret(30, 90), "macro image", {}),
            (np.ones((64, 96), bool), "", {"subfiletype": 4, "photometric": "minisblack", "compression": None}),
        ),
        write_pages(
            tmp_path / "thumbnail-first.tif",
            (secret(16, 24), "", {"subfiletype": 1}),
            (scan, "", TILED),
        ),
    ]
    for path in paths:
        found, codes = everything(path)
        np.testing.assert_array_equal(found[0], scan.transpose(2, 0, 1), err_msg=path.name)
        assert not any((plane == SECRET).all() for plane in found), path.name
        assert codes == ["source.slide-pictures"], path.name


def test_perkin_elmer_channels_carry_their_names(tmp_path: Path) -> None:
    qpi = "<PerkinElmer-QPI-ImageDescription><Name>{}</Name><ImageType>{}</ImageType>"
    qpi += "</PerkinElmer-QPI-ImageDescription>"
    pixels = planes(c=3, y=64, x=96)
    grey = {"photometric": "minisblack", **TILED}
    pages = [(pixels[0, c, 0], qpi.format(f"dye {c}", "FullResolution"), grey) for c in range(3)]
    small = [(pixels[0, c, 0, ::2, ::2].copy(), qpi.format(f"dye {c}", "ReducedResolution"), grey) for c in range(3)]
    path = write_pages(tmp_path / "a.qptiff", *pages, *small)
    with TiffReader().open(path, Roots((tmp_path,))) as source:
        (image,) = source.images()
        found = source.read(0, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None))
    assert [channel.name for channel in image.channels] == ["dye 0", "dye 1", "dye 2"]
    np.testing.assert_array_equal(found, pixels[0, :, 0])


def test_focal_planes_of_a_slide_are_its_z(tmp_path: Path) -> None:
    tags = [[(65420, 4, 1, 1), (65421, 11, 1, 20.0), (65424, 9, 1, focus)] for focus in (500, -500, 0)]
    pages = [colours(32, 48) + number for number in range(3)]
    path = write_pages(
        tmp_path / "a.ndpi", *((page, "", {"extratags": tag}) for page, tag in zip(pages, tags, strict=True))
    )
    found, codes = everything(path)
    assert codes == []
    for plane, page in zip(found, (pages[1], pages[2], pages[0]), strict=True):
        np.testing.assert_array_equal(plane, page.transpose(2, 0, 1))


def test_pages_that_are_all_flagged_as_reduced_are_kept(tmp_path: Path) -> None:
    page = planes()[0, 0, 0]
    path = write_plain_tiff(tmp_path / "a.tif", [page, page + 1], subfiletype=1)
    found, _ = everything(path)
    assert len(found) == 2


def write_ndpi(path: Path, *scans: np.ndarray, subsampling: int = 0) -> list[np.ndarray]:
    """Scans as single JPEGs with restart marks, as Hamamatsu stores them; what Pillow decodes of each."""
    decoded = []
    with tifffile.TiffWriter(path) as file:
        for number, scan in enumerate(scans):
            buffer = io.BytesIO()
            PIL.Image.fromarray(scan).save(
                buffer, "JPEG", quality=90 - 20 * number, subsampling=subsampling, restart_marker_blocks=2
            )
            data = buffer.getvalue()
            decoded.append(np.asarray(PIL.Image.open(io.BytesIO(data))))
            start = data.index(b"\xff\xda")
            start += 2 + int.from_bytes(data[start + 2 : start + 4], "big")
            marks = [at + 2 for at in range(start, len(data) - 1) if data[at] == 0xFF and 0xD0 <= data[at + 1] <= 0xD7]
            starts = np.array([start, *marks], "uint32")
            tags = [(271, 2, 10, "Hamamatsu"), (65420, 4, 1, 1), (65421, 11, 1, 20.0 / (number + 1))]
            file.write(
                iter([data]),
                shape=scan.shape,
                dtype="uint8",
                photometric="ycbcr",
                compression="jpeg",
                rowsperstrip=scan.shape[0],
                extratags=[*tags, (65426, 4, len(starts), starts)],
                metadata=None,
            )
    return decoded


@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_pieces_of_a_hamamatsu_jpeg_are_tiles(subsampling: int, tmp_path: Path) -> None:
    ramp = np.add.outer(np.arange(72), np.arange(96)).astype("uint8")
    scan = np.stack([ramp, ramp[::-1], 255 - ramp], axis=-1)
    decoded = write_ndpi(tmp_path / "a.ndpi", scan, scan[::2, ::2].copy()[:, :32], subsampling=subsampling)
    with TiffReader().open(tmp_path / "a.ndpi", Roots((tmp_path,))) as source:
        width = 32 if subsampling else 16
        assert (source.tiling(0, 0).width, source.tiling(0, 0).height) == (width, 16 if subsampling == 2 else 8)
        block = source.read(0, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None))
        part = source.read(0, 0, t=0, z=0, c=slice(None), y=slice(9, 41), x=slice(30, 70))
    # Chroma that is stored at half size is smoothed across the edges of tiles by a decoder that sees the whole.
    tolerance = 0 if subsampling == 0 else 12
    assert np.abs(block.transpose(1, 2, 0).astype(int) - decoded[0]).max() <= tolerance
    np.testing.assert_array_equal(part, block[:, 9:41, 30:70])


def test_restart_marks_that_do_not_cut_tiles_are_refused(tmp_path: Path) -> None:
    write_ndpi(tmp_path / "a.ndpi", colours(64, 88))
    with pytest.raises(SourceError, match="restart marks"):
        TiffReader().open(tmp_path / "a.ndpi", Roots((tmp_path,)))
