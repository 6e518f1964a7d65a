"""TIFF files that lie: each is refused within ten seconds and a gigabyte, and never becomes a plane of zeros."""

import lzma
import os
import zlib
from pathlib import Path

import numpy as np
import pytest

from publisher.errors import SourceError
from publisher.sources.inspect import inspect
from publisher.sources.protocol import Roots
from publisher.sources.registry import installed_readers
from publisher.testing.images import (
    ome_xml,
    planes,
    write_imagej_tiff,
    write_ome_tiff,
    write_ome_tiff_set,
    write_plain_tiff,
)
from tests.sources.hostile_reading import limited_worker, refusal_of, survive_mutations
from tests.sources.raw_tiff import directory_offset, write_raw_tiff

BIG = 1_500


def _big_image(codec: str) -> bytes:
    import imagecodecs

    zeros = np.zeros((BIG, BIG), "uint8")
    encoded: bytes = getattr(imagecodecs, f"{codec}_encode")(zeros)
    return bytes(encoded)


@pytest.mark.parametrize(
    ("tags", "pixels", "lies"),
    [
        pytest.param({256: 60000, 257: 60000, 278: 60000}, b"\1" * 256, {}, id="60000 x 60000 on 256 bytes"),
        pytest.param({256: 2**31, 257: 2**31}, b"\1" * 256, {}, id="edges of 2^31"),
        pytest.param({256: 2**31 - 1, 257: 2**31 - 1, 278: 1}, b"\1" * 256, {}, id="2^31 strips"),
        pytest.param({257: 0}, b"\1" * 256, {}, id="no rows"),
        pytest.param({278: 0}, b"\1" * 256, {}, id="rows per strip 0"),
        pytest.param({322: 0, 323: 16, 324: 8, 325: 256}, b"\1" * 256, {}, id="tile width 0"),
        pytest.param({322: 16, 323: 0, 324: 8, 325: 256}, b"\1" * 256, {}, id="tile height 0"),
        pytest.param({277: 65535}, b"\1" * 256, {}, id="65535 samples"),
        pytest.param({277: 0}, b"\1" * 256, {}, id="0 samples"),
        pytest.param({279: 4_000_000_000}, b"\1" * 256, {}, id="byte count 4 GB"),
        pytest.param({279: 255}, b"\1" * 256, {}, id="one byte too few"),
        pytest.param({273: 0}, b"\1" * 256, {}, id="sparse strip"),
        pytest.param({270: b"words " * 9}, b"\1" * 256, {"count_of_270": 4_000_000_000}, id="description of 4 GB"),
        pytest.param({273: [8, 8]}, b"\1" * 256, {"count_of_273": 4_000_000_000}, id="4 billion strips"),
        pytest.param({258: 7, 339: 3}, b"\1" * 256, {}, id="7-bit floats"),
        pytest.param({259: 64999}, b"\1" * 256, {}, id="unknown compression"),
        pytest.param({259: 8}, b"no deflate stream", {}, id="garbage instead of deflate"),
        pytest.param({259: 8}, zlib.compress(b"\0" * 8)[:6], {}, id="deflate cut short"),
        pytest.param({259: 5}, b"\xff" * 40, {}, id="garbage instead of LZW"),
        pytest.param({259: 34925}, lzma.compress(b"\0" * 100_000_000, preset=0), {}, id="LZMA bomb"),
        pytest.param({259: 34712}, _big_image("jpeg2k"), {}, id="JPEG 2000 larger than its tile"),
        pytest.param({259: 50002}, _big_image("jpegxl"), {}, id="JPEG XL larger than its tile"),
        pytest.param({259: 7}, _big_image("jpeg8"), {}, id="JPEG larger than its tile"),
        pytest.param({259: 34933}, _big_image("png"), {}, id="PNG larger than its tile"),
    ],
)
def test_a_lying_file_is_refused(tags: dict[int, int], pixels: bytes, lies: dict[str, int], tmp_path: Path) -> None:
    refusal_of(write_raw_tiff(tmp_path / "a.tif", tags, pixels, **lies))


def test_a_bomb_of_a_bounded_codec_stops_at_its_tile(tmp_path: Path) -> None:
    import imagecodecs

    zeros = b"\1" * 50_000_000
    for number, compression, data in (
        (1, 8, zlib.compress(zeros, 1)),
        (2, 50000, imagecodecs.zstd_encode(zeros, 1)),
        (3, 32773, b"\x81\x01" * 400_000),
    ):
        refusal_of(write_raw_tiff(tmp_path / f"{number}.tif", {259: compression}, data))


def test_a_tile_with_thousands_of_components_is_refused(tmp_path: Path) -> None:
    import imagecodecs

    honest = bytearray(imagecodecs.jpeg2k_encode(np.zeros((16, 16, 3), "uint8"), codecformat="j2k"))
    at = honest.index(b"\xff\x51") + 38  # Csiz: ISO/IEC 15444-1, table A.9
    assert honest[at : at + 2] == b"\0\3"
    honest[at : at + 2] = b"\x40\0"
    refusal_of(write_raw_tiff(tmp_path / "a.tif", {259: 34712, 277: 3}, bytes(honest)))


def test_modulo_that_lies_changes_nothing(tmp_path: Path) -> None:
    modulo = '<ModuloAlongT Type="lifetime" Start="0" Step="1e-300" End="1e300"/>'
    note = f"<Value><Modulo>{modulo}</Modulo></Value>"
    note = f'<XMLAnnotation ID="A:0" Namespace="openmicroscopy.org/omero/dimension/modulo">{note}</XMLAnnotation>'
    xml = ome_xml([planes(t=2)], ['<TiffData IFD="0" PlaneCount="2"/>'])
    xml = xml.replace("</OME>", f"<StructuredAnnotations>{note}</StructuredAnnotations></OME>")
    path = write_ome_tiff(tmp_path / "a.ome.tiff", planes(t=2), xml=xml)
    with limited_worker() as worker:
        found = worker.call(inspect, path, Roots((tmp_path,)), installed_readers([]))
    assert found.images[0].pixels.size_t == 2


@pytest.mark.parametrize(
    "tags",
    [
        pytest.param({270: b"Aperio " + b"|MPP = 9" * 60, 322: 16, 323: 16, 324: 8, 325: 256}, id="slide"),
        pytest.param({33628: [4, 8, 5, 8, 6, 8], 33629: [1, 2, 3, 4]}, id="stack"),
        pytest.param({65420: 1, 65421: 1}, id="Hamamatsu slide without a scan"),
        pytest.param({270: b"<PerkinElmer-QPI-ImageDescription>" + b"<Name>" * 90}, id="slide without a scan"),
    ],
)
@pytest.mark.parametrize("count", [2**31, 2**32 - 1])
def test_counts_of_slides_and_stacks_are_not_believed(
    tags: dict[int, bytes | list[int]], count: int, tmp_path: Path
) -> None:
    for number in tags:
        path = write_raw_tiff(tmp_path / "a.tif", tags, b"\1" * 256, **{f"count_of_{number}": count})
        with limited_worker() as worker:
            try:
                found = worker.call(inspect, path, Roots((tmp_path,)), installed_readers([]))
            except SourceError:
                continue
            assert found.images[0].pixels.shape == (1, 1, 1, 16, 16)


def test_directories_that_form_a_loop_are_refused(tmp_path: Path) -> None:
    path = write_raw_tiff(tmp_path / "a.tif", {})
    write_raw_tiff(path, {}, next_offset=directory_offset(path))
    assert "loop" in str(refusal_of(path))


def test_a_subifd_that_is_its_own_directory_is_refused(tmp_path: Path) -> None:
    path = write_raw_tiff(tmp_path / "a.tif", {330: 8})
    write_raw_tiff(path, {330: directory_offset(path)})
    assert "loop" in str(refusal_of(path))


def test_200_000_directories_are_inspected_in_time(tmp_path: Path) -> None:
    import struct

    count = 200_000
    tags = {256: 4, 257: 4, 258: 8, 273: 8, 279: 16}
    size = 2 + 12 * len(tags) + 4
    parts = [b"II*\0", struct.pack("<I", 24), b"\1" * 16]
    for number in range(count):
        entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
        following = 24 + size * (number + 1) if number + 1 < count else 0
        parts.append(struct.pack("<H", len(tags)) + entries + struct.pack("<I", following))
    (tmp_path / "a.tif").write_bytes(b"".join(parts))
    with limited_worker() as worker:
        path, roots, registry = tmp_path / "a.tif", Roots((tmp_path,)), installed_readers([])
        found = worker.call(inspect, path, roots, registry)
    assert found.images[0].pixels.size_z == count


@pytest.mark.parametrize(
    "tiff_data",
    [
        '<TiffData IFD="0" PlaneCount="1"/>',
        "<TiffData/>",
        "",
        '<TiffData IFD="0" PlaneCount="1000000000"/>',
        '<TiffData IFD="-1"/>',
        '<TiffData IFD="99999999999999999999"/>',
        '<TiffData IFD="0" FirstT="1000000000"/>',
        '<TiffData IFD="7"/>',
    ],
)
def test_planes_that_are_not_there_are_never_made_up(tiff_data: str, tmp_path: Path) -> None:
    xml = ome_xml([planes(t=2)], [tiff_data]).replace('SizeT="2"', 'SizeT="1000000000"')
    refusal_of(write_ome_tiff(tmp_path / "a.ome.tiff", planes(t=1), xml=xml))


def test_one_plane_short_is_refused_with_its_place(tmp_path: Path) -> None:
    data = '<TiffData IFD="0" PlaneCount="2"/><TiffData IFD="2" FirstT="1"/><TiffData IFD="2" FirstT="1"/>'
    path = write_ome_tiff(tmp_path / "a.ome.tiff", planes(t=4), xml=ome_xml([planes(t=2, z=2)], [data]))
    assert "z=1 c=0 t=1" in str(refusal_of(path))


def test_a_million_overlapping_tiff_data_end_quickly(tmp_path: Path) -> None:
    xml = ome_xml([planes(t=50)], ['<TiffData IFD="0" PlaneCount="50"/>' * 20_000])
    refusal_of(write_ome_tiff(tmp_path / "a.ome.tiff", planes(t=50), xml=xml))


def test_imagej_images_beyond_the_file_are_refused(tmp_path: Path) -> None:
    path = write_imagej_tiff(tmp_path / "a.tif", planes(t=30))
    path.write_bytes(path.read_bytes().replace(b"images=30", b"images=99").replace(b"frames=30", b"frames=99"))
    refusal_of(path)


def test_a_shape_in_json_that_the_pages_do_not_fill_is_not_believed(tmp_path: Path) -> None:
    path = write_plain_tiff(tmp_path / "a.tif", [planes()[0, 0, 0]], description='{"shape": [1000000000000, 8, 12]}')
    found = inspect(path, Roots((tmp_path,)), installed_readers([]))
    assert found.images[0].pixels.shape == (1, 1, 1, 8, 12)


@pytest.mark.parametrize(
    "name",
    [
        "../outside/secret.tif", "{outside}/secret.tif", "link.tif", "linked/secret.tif", "..\\outside\\secret.tif",
        "/etc/passwd", "/dev/zero", "fifo.tif", "folder.tif", "http://127.0.0.1/a.tif", "file:///etc/passwd",
        "not there.tif", "a" * 5000,
    ],
)  # fmt: skip
def test_files_named_by_files_stay_inside_the_roots(name: str, tmp_path: Path) -> None:
    study, outside = tmp_path / "study", tmp_path / "outside"
    study.mkdir()
    outside.mkdir()
    secret = write_ome_tiff(outside / "secret.tif", planes() * 0 + 99)
    (study / "link.tif").symlink_to(secret)
    (study / "linked").symlink_to(outside)
    (study / "folder.tif").mkdir()
    os.mkfifo(study / "fifo.tif")
    first, second = write_ome_tiff_set(study, planes(c=2))
    import tifffile

    xml = tifffile.tiffcomment(first).replace(second.name, name.format(outside=outside))
    tifffile.tiffcomment(first, xml.encode())
    second.unlink()  # else it is found by its UUID
    refusal_of(first, study)


def test_a_set_without_one_of_its_files_is_refused(tmp_path: Path) -> None:
    first, second = write_ome_tiff_set(tmp_path, planes(c=2))
    second.unlink()
    assert second.name in str(refusal_of(first))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["strips", "tiles", "imagej", "rgb"])
def test_random_damage_is_refused_or_harmless(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    pixels = planes(c=3, z=2, dtype="uint16")
    if kind == "imagej":
        write_imagej_tiff(path, pixels)
    elif kind == "rgb":
        write_ome_tiff(path, pixels, samples=3, compression="lzw")
    elif kind == "tiles":
        write_ome_tiff(path, pixels, levels=2, tile=(16, 16), compression="zlib")
    else:
        write_ome_tiff(path, pixels, rowsperstrip=3)
    with limited_worker() as worker:
        assert 0 < worker.call(survive_mutations, path, range(150)) < 150
