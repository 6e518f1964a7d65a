"""Files of other formats that are broken or made to harm: refused with a word about it, in little time and memory."""

import bz2
import gzip
import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from publisher.errors import DamagedSourceError, SourceError
from publisher.model.image import Image, Pixels
from publisher.sources.foreign.raw_planes import Places, RawImage
from publisher.sources.protocol import Roots
from publisher.sources.registry import installed_readers
from publisher.testing.images import planes
from tests.sources.foreign.czi_files import METADATA, Tile, write_czi
from tests.sources.foreign.lif_files import LifImage, write_lif, write_lof
from tests.sources.foreign.lsm_files import write_lsm
from tests.sources.foreign.nd2_files import write_nd2
from tests.sources.foreign.raw_files import mrc_bytes, write_dv
from tests.sources.hostile_reading import limited_worker, refusal_of, survive_mutations


def _czi(path: Path) -> Path:
    pixels = planes(c=2, z=2, y=17, x=13, dtype="uint16")
    tiles = [
        Tile(pixels[0, c, z], at={"C": c, "Z": z}, compression=("zstd1-apart", "jpegxr")[c])
        for c in range(2)
        for z in range(2)
    ]
    return write_czi(path, tiles)


def _lif(path: Path) -> Path:
    pixels = planes(t=2, c=2, z=3, y=9, x=7, dtype="uint16")
    images = [LifImage("a", pixels.transpose(0, 2, 1, 3, 4), "TZCYX"), LifImage("b", pixels[:, 0], "TZYX")]
    return write_lif(path, images)


def _mrc(path: Path) -> Path:
    path.write_bytes(mrc_bytes(planes(z=3, y=9, x=7, dtype="float32")[0, 0]))
    return path


def _packed_mrc(path: Path) -> Path:
    path.write_bytes(gzip.compress(mrc_bytes(planes(z=3, y=9, x=7, dtype="float32")[0, 0])))
    return path


def _gif(path: Path) -> Path:
    frames = [Picture.fromarray(planes(y=9, x=7)[0, 0, 0] // step) for step in (1, 2, 3)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    return path


def _picture(path: Path) -> Path:
    Picture.fromarray(np.ascontiguousarray(planes(c=3, y=19, x=15)[0, :, 0].transpose(1, 2, 0))).save(path)
    return path


def _nd2(path: Path) -> Path:
    pytest.importorskip("nd2", reason="the extra nd2 is not installed")
    pixels = planes(t=2, c=2, z=2, y=9, x=7, dtype="uint16").transpose(0, 2, 1, 3, 4)[None]
    return write_nd2(path, pixels, packed="packed" in path.name)


SAMPLES: dict[str, Callable[[Path], Path]] = {
    "a.czi": _czi,
    "a.lif": _lif,
    "a.lof": lambda path: write_lof(path, LifImage("one", planes(z=4, y=9, x=7)[0, 0], "ZYX")),
    "a.lsm": lambda path: write_lsm(path, planes(c=2, z=2, y=16, x=12), names="ab", compression="lzw"),
    "a.dv": lambda path: write_dv(path, planes(t=2, c=2, z=2, dtype="uint16")),
    "a.mrc": _mrc,
    "a.mrc.gz": _packed_mrc,
    "a.gif": _gif,
    "a.png": _picture,
    "a.jpg": _picture,
    "a.bmp": _picture,
    "a.webp": _picture,
    "a.nd2": _nd2,
    "packed.nd2": _nd2,
}


@pytest.mark.parametrize("name", SAMPLES)
def test_bytes_changed_at_random_give_pixels_or_a_source_error(tmp_path: Path, name: str) -> None:
    path = SAMPLES[name](tmp_path / name)
    with limited_worker() as worker:
        refused = worker.call(survive_mutations, path, range(80))
    assert refused > 0


@pytest.mark.corpus
@pytest.mark.parametrize("folder", ["czi", "lif", "lsm", "dv", "mrc"])
def test_real_files_with_changed_bytes_give_pixels_or_a_source_error(corpus: Path, tmp_path: Path, folder: str) -> None:
    for real in sorted((corpus / "other-formats" / folder).iterdir()):
        path = tmp_path / real.name
        path.write_bytes(real.read_bytes())
        with limited_worker() as worker:
            worker.call(survive_mutations, path, range(12))


def test_mrc_that_claims_more_than_it_holds_is_refused(tmp_path: Path) -> None:
    data = bytearray(mrc_bytes(planes(z=3, y=9, x=7, dtype="float32")[0, 0]))
    struct.pack_into("<3i", data, 0, 2**31 - 1, 2**31 - 1, 2**31 - 1)
    (tmp_path / "a.mrc").write_bytes(data)
    assert refusal_of(tmp_path / "a.mrc").problems[0].code == "source.truncated"
    (tmp_path / "a.mrc.gz").write_bytes(gzip.compress(bytes(data)))
    assert refusal_of(tmp_path / "a.mrc.gz").problems[0].code == "source.too-large"


def test_packed_mrc_unpacks_no_more_than_its_header_says(tmp_path: Path) -> None:
    """A bomb of 96 MB behind a header of three planes: the planes are read, the bomb is not."""
    path = tmp_path / "a.mrc.bz2"
    pixels = planes(z=3, y=9, x=7, dtype="uint16")[0, 0]
    path.write_bytes(bz2.compress(mrc_bytes(pixels) + bytes(96 << 20)))
    with limited_worker() as worker:
        assert worker.call(_first_plane, path) == pixels[0].tobytes()


def _first_plane(path: Path) -> bytes:
    with installed_readers([]).reader_of(path).open(path, Roots((path.parent,))) as source:
        return source.read(0, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None)).tobytes()


def test_czi_with_a_count_that_cannot_be_is_refused(tmp_path: Path) -> None:
    data = bytearray(_czi(tmp_path / "a.czi").read_bytes())
    place = data.index(b"ZISRAWDIRECTORY") + 32
    struct.pack_into("<i", data, place, 2**31 - 1)
    (tmp_path / "a.czi").write_bytes(data)
    assert "claims 2147483647 sub-blocks" in str(refusal_of(tmp_path / "a.czi"))


def test_czi_tiles_far_apart_are_no_mosaic(tmp_path: Path) -> None:
    plane = planes(y=9, x=7)[0, 0, 0]
    path = write_czi(tmp_path / "a.czi", [Tile(plane, at={"M": 0}), Tile(plane, x=2**30, y=2**30, at={"M": 1})])
    assert refusal_of(path).problems[0].code == "source.too-large"


def test_czi_without_one_of_its_planes_is_refused(tmp_path: Path) -> None:
    plane = planes(y=9, x=7)[0, 0, 0]
    path = write_czi(tmp_path / "a.czi", [Tile(plane, at={"C": c, "Z": z}) for c, z in ((0, 0), (0, 1), (1, 0))])
    assert refusal_of(path).problems[0].code == "source.missing-planes"


def test_czi_tile_whose_picture_is_larger_than_it_says_is_refused(tmp_path: Path) -> None:
    tile = Tile(planes(y=17, x=13, dtype="uint16")[0, 0, 0], compression="jpegxr")
    data = write_czi(tmp_path / "a.czi", [tile]).read_bytes()
    small = struct.pack("<4siifi", b"Y", 0, 17, 0.0, 17)
    (tmp_path / "a.czi").write_bytes(data.replace(small, struct.pack("<4siifi", b"Y", 0, 16, 0.0, 16)))
    assert "declares (17, 13) pixels" in str(refusal_of(tmp_path / "a.czi"))


def test_czi_metadata_with_entities_is_not_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]>' + METADATA.replace("two scenes", "&c;")
    path = write_czi(tmp_path / "a.czi", [Tile(planes(y=9, x=7)[0, 0, 0])], metadata=bomb)
    with installed_readers([]).reader_of(path).open(path, Roots((tmp_path,))) as source:
        assert [problem.code for problem in source.warnings()] == ["source.metadata-damaged"]


def test_lif_sizes_beyond_its_memory_are_refused(tmp_path: Path) -> None:
    data = _lif(tmp_path / "a.lif").read_bytes()
    few, many = 'NumberOfElements="3"'.encode("utf-16-le"), 'NumberOfElements="9"'.encode("utf-16-le")
    (tmp_path / "a.lif").write_bytes(data.replace(few, many))
    assert refusal_of(tmp_path / "a.lif").problems[0].code == "source.truncated"


def test_lif_axes_that_lie_on_each_other_are_refused(tmp_path: Path) -> None:
    """A billion planes in a small file, all of them the same bytes."""
    data = write_lif(tmp_path / "a.lif", [LifImage("a", planes(z=3, y=9, x=7)[0, 0], "ZYX")]).read_bytes()
    text = 'NumberOfElements="3"'.encode("utf-16-le")
    longer = 'NumberOfElements="1000000000"'.encode("utf-16-le")
    grown = data.replace(text, longer)
    count = struct.unpack_from("<I", data, 9)[0] + (len(longer) - len(text)) // 2
    (tmp_path / "a.lif").write_bytes(grown[:4] + struct.pack("<IBI", 2 * count + 5, 0x2A, count) + grown[13:])
    assert "sizes" in str(refusal_of(tmp_path / "a.lif"))


def test_deltavision_sections_that_do_not_fit_its_axes_are_refused(tmp_path: Path) -> None:
    data = bytearray(write_dv(tmp_path / "a.dv", planes(t=2, c=2, z=2, dtype="uint16")).read_bytes())
    struct.pack_into("<h", data, 180, 3)
    (tmp_path / "a.dv").write_bytes(data)
    assert "8 sections" in str(refusal_of(tmp_path / "a.dv"))


def test_a_picture_too_large_to_decode_at_once_is_refused(tmp_path: Path) -> None:
    """Fifty thousand pixels in square, in a file of a few hundred bytes."""
    import zlib

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    assert refusal_of(tmp_path / "a.png").problems[0].code == "source.too-large"


def test_nd2_frames_that_are_not_there_are_never_zeros(tmp_path: Path) -> None:
    pytest.importorskip("nd2", reason="the extra nd2 is not installed")
    pixels = planes(t=4, z=2, y=9, x=7, dtype="uint16").transpose(0, 2, 1, 3, 4)[None]
    path = write_nd2(tmp_path / "a.nd2", pixels, skip=(1, 2))
    assert refusal_of(path).problems[0].code == "source.missing-planes"


def test_nd2_frame_that_unpacks_to_more_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("nd2", reason="the extra nd2 is not installed")
    import zlib

    pixels = planes(t=1, c=2, y=40, x=32, dtype="uint16").transpose(0, 2, 1, 3, 4)[None]
    data = write_nd2(tmp_path / "a.nd2", pixels * 0, packed=True).read_bytes()
    packed = zlib.compress(bytes(40 * 32 * 4))
    assert packed in data
    short = zlib.compress(bytes(40 * 32 * 4 - 1))
    (tmp_path / "a.nd2").write_bytes(data.replace(packed, short.ljust(len(packed), b"\0")))
    assert refusal_of(tmp_path / "a.nd2").problems[0].code == "source.truncated"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.czi")
    for name, reader in installed_readers([]).readers.items():
        if name in ("czi", "lif", "mrc", "deltavision", "picture", "tiff"):
            with pytest.raises(SourceError):
                reader.open(tmp_path / "a.czi", Roots((tmp_path,)))


def test_places_of_a_file_that_claims_much_are_not_listed() -> None:
    places = Places.packed("tczyx", {"t": 10**9, "c": 10**9, "z": 10**9, "y": 1, "x": 1}, 1)
    assert isinstance(places.t, range)
    with pytest.raises(DamagedSourceError):
        _image_of(places).check("a file", 1000)


def _image_of(places: Places) -> RawImage:
    pixels = Pixels(size_x=1, size_y=1, size_z=10**9, size_c=10**9, size_t=10**9, dtype="uint8")
    image = Image(series=0, name="", pixels=pixels, channels=())
    return RawImage(image=image, stored="u1", item=1, offset=0, places=places)
