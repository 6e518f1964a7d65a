"""Files of other formats, each made here with known pixels, read by the tests that every reader must pass."""

import bz2
import gzip
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image as Picture

from publisher.errors import MissingReaderError
from publisher.sources.foreign.bioio_reader import BioioReader
from publisher.sources.foreign.czi import CziReader
from publisher.sources.foreign.deltavision import DeltaVisionReader
from publisher.sources.foreign.lif import LifReader
from publisher.sources.foreign.mrc import MrcReader
from publisher.sources.foreign.pictures import PictureReader
from publisher.sources.protocol import Reader, Roots
from publisher.sources.registry import installed_readers
from publisher.sources.tiff_reader import TiffReader
from publisher.testing.images import planes
from publisher.testing.reader_tests import ReaderTests, Sample
from tests.sources.foreign.czi_files import Tile, write_czi
from tests.sources.foreign.lif_files import LifImage, write_lif, write_lof
from tests.sources.foreign.lsm_files import write_lsm
from tests.sources.foreign.nd2_files import write_nd2
from tests.sources.foreign.raw_files import mrc_bytes, write_dv


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    return folder


class _MrcTests(ReaderTests):
    @pytest.fixture
    def reader(self) -> Reader:
        return MrcReader()


class TestMrc(_MrcTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(z=5, y=17, x=13, dtype="float32")
        path = _folder(tmp_path) / "a.mrc"
        path.write_bytes(mrc_bytes(pixels[0, 0], extended=256))
        return Sample(path, [pixels])


class TestBigEndianMrcVolumes(_MrcTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(t=3, z=4, y=9, x=7, dtype="int16")
        path = _folder(tmp_path) / "a.map"
        path.write_bytes(mrc_bytes(pixels[:, 0].reshape(12, 9, 7), order=">", group=401, sections=4))
        return Sample(path, [pixels])


class TestPackedMrc(_MrcTests):
    @pytest.fixture(params=["gz", "bz2"])
    def sample(self, tmp_path: Path, request: pytest.FixtureRequest) -> Sample:
        pixels = planes(z=3, y=9, x=7, dtype="uint16")
        path = _folder(tmp_path) / f"a.mrc.{request.param}"
        pack = gzip.compress if request.param == "gz" else bz2.compress
        path.write_bytes(pack(mrc_bytes(pixels[0, 0])))
        return Sample(path, [pixels])


class TestRgbMrc(_MrcTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(c=3, z=2, y=9, x=7, dtype="uint8")
        path = _folder(tmp_path) / "a.st"
        path.write_bytes(mrc_bytes(pixels[0].transpose(1, 2, 3, 0), mode=16))
        return Sample(path, [pixels])


class TestDeltaVision(ReaderTests):
    @pytest.fixture
    def reader(self) -> Reader:
        return DeltaVisionReader()

    @pytest.fixture(params=[("ctzyx", "<"), ("tzcyx", ">"), ("tczyx", "<")])
    def sample(self, tmp_path: Path, request: pytest.FixtureRequest) -> Sample:
        pixels = planes(t=3, c=2, z=4, y=9, x=7, dtype="uint16")
        path = _folder(tmp_path) / "a.dv"
        return Sample(write_dv(path, pixels, sequence=request.param[0], order=request.param[1]), [pixels])


class _CziTests(ReaderTests):
    @pytest.fixture
    def reader(self) -> Reader:
        return CziReader()


def _tile(pixels: NDArray[Any], t: int, c: int, z: int, **more: Any) -> Tile:
    return Tile(pixels[t, c, z], at={"T": t, "C": c, "Z": z}, **more)


class TestCzi(_CziTests):
    @pytest.fixture(params=["none", "lzw", "jpegxr", "zstd", "zstd1", "zstd1-apart"])
    def sample(self, tmp_path: Path, request: pytest.FixtureRequest) -> Sample:
        pixels = planes(t=2, c=2, z=2, y=17, x=13, dtype="uint16")
        tiles = [
            _tile(pixels, t, c, z, compression=request.param) for t in range(2) for c in range(2) for z in range(2)
        ]
        return Sample(write_czi(_folder(tmp_path) / "a.czi", tiles), [pixels])


class TestCziMosaicOfTwoScenes(_CziTests):
    """Tiles overlap by two pixels and a later one lies on top; a pyramid's tiles are passed over."""

    @pytest.fixture(params=["none", "zstd"])
    def sample(self, tmp_path: Path, request: pytest.FixtureRequest) -> Sample:
        scenes = [planes(y=30, x=24, dtype="uint8"), planes(y=30, x=24, dtype="uint8") // 2]
        tiles = []
        for scene, pixels in enumerate(scenes):
            for number, (y, x) in enumerate(((0, 0), (0, 10), (14, 0), (14, 10))):
                part = pixels[0, 0, 0, y : y + 16, x : x + 14].copy()
                if number < 3:
                    part[-2:, -2:] = 255  # where the next one lies on top, at its corner
                at = {"S": scene, "M": number, "C": 0}
                tiles.append(Tile(part, y=y - 128 + 1000 * scene, x=x - 127, at=at, compression=request.param))
            tiles.append(Tile(pixels[0, 0, 0, ::2, ::2].copy(), y=-128 + 1000 * scene, x=-127, at={"S": scene}, zoom=2))
        return Sample(write_czi(_folder(tmp_path) / "a.czi", tiles[::-1]), [_laid(tiles[:4]), _laid(tiles[5:9])])


def _laid(tiles: list[Tile]) -> NDArray[Any]:
    top, left = min(tile.y for tile in tiles), min(tile.x for tile in tiles)
    plane = np.zeros((30, 24), "uint8")
    for tile in tiles:
        height, width = tile.pixels.shape
        plane[tile.y - top : tile.y - top + height, tile.x - left : tile.x - left + width] = tile.pixels
    return plane[None, None, None]


class TestCziColours(_CziTests):
    @pytest.fixture(params=[("uint8", "none"), ("uint16", "lzw"), ("uint8", "jpegxr"), ("uint8", "zstd1")])
    def sample(self, tmp_path: Path, request: pytest.FixtureRequest) -> Sample:
        pixels = planes(c=3, y=19, x=11, dtype=request.param[0])
        tile = Tile(np.ascontiguousarray(pixels[0, :, 0].transpose(1, 2, 0)), compression=request.param[1])
        return Sample(write_czi(_folder(tmp_path) / "a.czi", [tile]), [pixels])


class _LifTests(ReaderTests):
    @pytest.fixture
    def reader(self) -> Reader:
        return LifReader()


class TestLif(_LifTests):
    @pytest.fixture(params=[1, 2])
    def sample(self, tmp_path: Path, request: pytest.FixtureRequest) -> Sample:
        stack = planes(t=2, c=2, z=3, y=9, x=7, dtype="uint16")
        sweep = planes(t=6, z=2, y=8, x=5, dtype="uint8")
        slices = planes(c=2, z=3, y=6, x=5, dtype="float32")
        colours = planes(c=3, y=6, x=5, dtype="uint8")
        images = [
            LifImage("stack", stack.transpose(0, 2, 1, 3, 4), "TZCYX", luts=("Green", "Red")),
            LifImage("sweep", sweep.reshape(2, 3, 2, 8, 5), "TλZYX"),
            LifImage("slices", slices[0], "CYZX"),
            LifImage("colours", np.ascontiguousarray(colours[0, :, 0].transpose(1, 2, 0)), "YXS", blue_first=True),
        ]
        path = write_lif(_folder(tmp_path) / "a.lif", images, version=request.param)
        return Sample(path, [stack, sweep, slices, colours])


class TestLifMosaic(_LifTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        tiles = planes(t=3, z=2, y=9, x=7, dtype="uint16")
        path = write_lif(_folder(tmp_path) / "a.lif", [LifImage("tiles", tiles[:, 0], "MZYX")])
        return Sample(path, [tiles[number : number + 1] for number in range(3)])


class TestLof(_LifTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(z=4, y=9, x=7, dtype="uint16")
        return Sample(write_lof(_folder(tmp_path) / "a.lof", LifImage("one", pixels[0, 0], "ZYX")), [pixels])


class TestLsm(ReaderTests):
    @pytest.fixture
    def reader(self) -> Reader:
        return TiffReader()

    @pytest.fixture(params=[(3, None), (3, "lzw"), (2, None), (2, "lzw"), (1, "lzw")])
    def sample(self, tmp_path: Path, request: pytest.FixtureRequest) -> Sample:
        channels, compression = request.param
        pixels = planes(t=2, c=channels, z=2, y=16, x=12, dtype="uint8")
        path = write_lsm(_folder(tmp_path) / "a.lsm", pixels, names="abc"[:channels], compression=compression)
        return Sample(path, [pixels])


class _PictureTests(ReaderTests):
    @pytest.fixture
    def reader(self) -> Reader:
        return PictureReader()


class TestPng(_PictureTests):
    @pytest.fixture(params=["L", "LA", "RGB", "RGBA", "I;16"])
    def sample(self, tmp_path: Path, request: pytest.FixtureRequest) -> Sample:
        channels = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "I;16": 1}[request.param]
        pixels = planes(c=channels, y=17, x=13, dtype="uint16" if request.param == "I;16" else "uint8")
        path = _folder(tmp_path) / "a.png"
        Picture.fromarray(pixels[0, :, 0].transpose(1, 2, 0).squeeze()).save(path)
        return Sample(path, [pixels])


class TestDeepColourPng(_PictureTests):
    """16 bits of each colour, of which Pillow would keep eight."""

    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        import imagecodecs

        pixels = planes(c=3, y=17, x=13, dtype="uint16")
        path = _folder(tmp_path) / "a.png"
        path.write_bytes(imagecodecs.png_encode(np.ascontiguousarray(pixels[0, :, 0].transpose(1, 2, 0))))
        return Sample(path, [pixels])


class TestPalette(_PictureTests):
    @pytest.fixture(params=["png", "gif", "bmp"])
    def sample(self, tmp_path: Path, request: pytest.FixtureRequest) -> Sample:
        indices = planes(y=17, x=13)[0, 0, 0] % 3
        palette = np.array([[255, 0, 0], [10, 200, 30], [1, 2, 3]], "uint8")
        picture = Picture.fromarray(indices, "L")
        picture = picture.convert("P")
        picture.putpalette(palette.tobytes())
        path = _folder(tmp_path) / f"a.{request.param}"
        picture.save(path)
        return Sample(path, [palette[indices].transpose(2, 0, 1)[None, :, None]])


class TestAnimatedGif(_PictureTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        grey = np.stack([np.full((9, 7), value, "uint8") for value in (0, 120, 250)])
        grey[:, 2:4, 1] = 33
        frames = [Picture.fromarray(frame) for frame in grey]
        path = _folder(tmp_path) / "a.gif"
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=100, loop=0, optimize=False)
        return Sample(path, [np.repeat(grey[:, None, None], 3, axis=1)])


class TestJpegAndWebp(_PictureTests):
    """What a lossy picture holds is what Pillow decodes of it."""

    @pytest.fixture(params=["jpg", "webp"])
    def sample(self, tmp_path: Path, request: pytest.FixtureRequest) -> Sample:
        path = _folder(tmp_path) / f"a.{request.param}"
        Picture.fromarray(planes(c=3, y=24, x=16)[0, :, 0].transpose(1, 2, 0).copy()).save(path)
        with Picture.open(path) as picture:
            return Sample(path, [np.asarray(picture.convert("RGB")).transpose(2, 0, 1)[None, :, None]])


class TestNd2(ReaderTests):
    @pytest.fixture
    def reader(self) -> Reader:
        pytest.importorskip("nd2", reason="the extra nd2 is not installed")
        from publisher.sources.foreign.nd2_reader import Nd2Reader

        return Nd2Reader()

    @pytest.fixture(params=["plain", "packed", "colours"])
    def sample(self, tmp_path: Path, request: pytest.FixtureRequest) -> Sample:
        pixels = np.stack([planes(t=3, z=2, c=3, y=9, x=7, dtype="uint16") + place for place in range(2)])
        stored = pixels.transpose(0, 1, 3, 2, 4, 5)
        rgb = request.param == "colours"
        path = write_nd2(
            _folder(tmp_path) / "a.nd2",
            stored[:, :, :, ::-1] if rgb else stored,
            packed=request.param == "packed",
            rgb=rgb,
        )
        return Sample(path, list(pixels))


class TestBioio(ReaderTests):
    """A plain TIFF as the plugin of bioio for TIFF reads it; nobody would ask bioio for one."""

    @pytest.fixture
    def reader(self) -> Reader:
        for package in ("bioio", "bioio_tifffile"):
            pytest.importorskip(package, reason="bioio and its plugin for TIFF are not installed")
        return BioioReader()

    @pytest.fixture(params=["grey", "colours"])
    def sample(self, tmp_path: Path, request: pytest.FixtureRequest) -> Sample:
        path = _folder(tmp_path) / "a.tif"
        if request.param == "colours":
            pixels = planes(c=3, y=17, x=13)
            tifffile.imwrite(path, pixels[0, :, 0].transpose(1, 2, 0), photometric="rgb")
        else:
            pixels = planes(z=3, y=17, x=13, dtype="uint16")
            tifffile.imwrite(path, pixels[0, 0], metadata={"axes": "ZYX"}, imagej=True)
        return Sample(path, [pixels])

    def test_knows_its_own_file(self, reader: Reader, sample: Sample) -> None:
        """It takes files of formats known by name only."""
        assert not reader.can_read(sample.path, b"")
        assert reader.can_read(sample.path.with_suffix(".oib"), b"")
        assert not reader.can_read(sample.path.with_suffix(".txt"), b"")


def test_bioio_is_the_last_that_is_asked(tmp_path: Path) -> None:
    pytest.importorskip("bioio", reason="bioio is not installed")
    pytest.importorskip("nd2", reason="the extra nd2 is not installed")
    registry = installed_readers([])
    pixels = planes(y=9, x=7, dtype="uint16")[None].transpose(0, 1, 3, 2, 4, 5)
    assert registry.reader_of(write_nd2(tmp_path / "a.nd2", pixels)).name == "nd2"
    (tmp_path / "a.oib").write_bytes(b"something else")
    assert registry.reader_of(tmp_path / "a.oib").name == "bioio"


def test_a_format_without_its_library_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.sources.extras.find_spec", lambda name: None)
    path = tmp_path / "a.nd2"
    path.write_bytes(b"\xda\xce\xbe\x0a" + bytes(100))
    for name in (None, "nd2"):
        with pytest.raises(MissingReaderError, match=r"pip install 'ome-publisher\[nd2\]'"):
            installed_readers([]).reader_of(path, name=name).open(path, Roots((tmp_path,)))
    with pytest.raises(MissingReaderError, match=r"pip install 'ome-publisher\[bioio\]'"):
        installed_readers([]).reader_of(path, name="bioio").open(path, Roots((tmp_path,)))


def test_nothing_heavy_is_imported_before_a_file_is_opened() -> None:
    """`publisher --help`, a plan and a build with nothing to do never load a reader's libraries."""
    heavy = ("numpy", "PIL", "imagecodecs", "nd2", "bioio", "dask")
    code = f"""import sys, publisher.sources.registry as registry
registry.installed_readers([])
print([name for name in {heavy!r} if name in sys.modules])"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
