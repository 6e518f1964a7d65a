"""OME-XML with its pixels inside, each file made here with known pixels; those that lie are refused."""

import bz2
import tracemalloc
import zlib
from base64 import b64encode
from pathlib import Path

import numpy as np
import pytest

from publisher.errors import SourceError
from publisher.formats.ome_xml.inline import InlinePixels
from publisher.sources.ome_xml import OmeXmlReader
from publisher.sources.protocol import Reader, Roots
from publisher.sources.registry import installed_readers
from publisher.testing.images import ome_xml, planes, write_ome_tiff
from publisher.testing.inline_pixels import bin_data, write_ome_xml, write_ome_xml_with
from publisher.testing.reader_tests import ReaderTests, Sample
from tests.sources.hostile_reading import limited_worker, refusal_of, survive_mutations

ORDERS = ["XYZCT", "XYZTC", "XYCTZ", "XYCZT", "XYTCZ", "XYTZC"]


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    return folder


class _OmeXmlTests(ReaderTests):
    @pytest.fixture
    def reader(self) -> Reader:
        return OmeXmlReader()


class TestPlainBinData(_OmeXmlTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        images = [planes(t=2, c=3, z=2, dtype="uint16"), planes(z=2, y=9, x=5, dtype="float32")]
        return Sample(write_ome_xml(_folder(tmp_path) / "a.ome.xml", *images, big_endian=True, width=76), images)


class TestZlibBinData(_OmeXmlTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(t=2, c=2, dtype="int32")
        return Sample(write_ome_xml(_folder(tmp_path) / "a.ome", pixels, compression="zlib", order="XYCTZ"), [pixels])


class TestBzip2BinData(_OmeXmlTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(t=3, y=40, x=50, dtype="float64")
        return Sample(write_ome_xml(_folder(tmp_path) / "a.ome.xml", pixels, compression="bzip2"), [pixels])


class TestCompanion(_OmeXmlTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        folder, pixels = _folder(tmp_path), planes(c=2, dtype="uint16")
        write_ome_tiff(folder / "a.ome.tiff", pixels)
        data = '<TiffData PlaneCount="2"><UUID FileName="a.ome.tiff">urn:uuid:a</UUID></TiffData>'
        (folder / "set.companion.ome").write_text(ome_xml([pixels], [data]))
        return Sample(folder / "set.companion.ome", [pixels])


def _read(path: Path) -> list[np.ndarray]:
    with installed_readers([]).reader_of(path).open(path, Roots((path.parent,))) as source:
        return [
            np.stack(
                [
                    np.stack(
                        [
                            source.read(series, 0, t=t, z=z, c=slice(None), y=slice(None), x=slice(None))
                            for z in range(image.pixels.size_z)
                        ],
                        axis=1,
                    )
                    for t in range(image.pixels.size_t)
                ]
            )
            for series, image in enumerate(source.images())
        ]


@pytest.mark.parametrize("order", ORDERS)
def test_planes_follow_the_dimension_order(order: str, tmp_path: Path) -> None:
    pixels = planes(t=2, c=3, z=4)
    np.testing.assert_array_equal(_read(write_ome_xml(tmp_path / "a.ome.xml", pixels, order=order))[0], pixels)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64"])
@pytest.mark.parametrize("how", [{}, {"big_endian": True}, {"compression": "zlib"}, {"compression": "bzip2"}])
def test_every_type_comes_out_as_it_went_in(dtype: str, how: dict[str, object], tmp_path: Path) -> None:
    pixels = planes(t=2, y=20, x=30, dtype=dtype)
    (found,) = _read(write_ome_xml(tmp_path / "a.ome.xml", pixels, **how))
    assert found.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(found, pixels)


def test_masks_comments_and_attachments_are_no_planes(tmp_path: Path) -> None:
    pixels = planes(z=2)
    inside = "<!-- <BinData>AAAA</BinData> -->".join(bin_data(plane) for plane in pixels[0, 0])
    path = write_ome_xml_with(tmp_path / "a.ome.xml", [pixels], [inside])
    mask = '<ROI ID="ROI:0"><Union><Mask ID="Shape:0" X="0" Y="0" Width="2" Height="2">{}</Mask></Union></ROI></OME>'
    mask = mask.format(bin_data(planes(y=2, x=2)[0, 0, 0]))
    path.write_text(path.read_text().replace("</OME>", mask))
    np.testing.assert_array_equal(_read(path)[0], pixels)


@pytest.mark.parametrize("size", [1, 2, 7, 100, 4096])
def test_a_document_is_cut_the_same_in_pieces_of_any_size(size: int) -> None:
    pixels = planes(c=2, z=2)
    inside = "<![CDATA[<BinData>]]>".join(bin_data(plane, width=9) for plane in pixels.reshape(-1, 8, 12))
    data = ome_xml([pixels], ["<!-- <Pixels> -->" + inside]).encode()
    scan = InlinePixels()
    for start in range(0, len(data), size):
        scan.feed(data[start : start + size])
    scan.close()
    cut = [data[span.offset : span.offset + span.length] for span in scan.spans]
    assert [part.replace(b"\n", b"") for part in cut] == [b64encode(p.tobytes()) for p in pixels.reshape(-1, 8, 12)]
    assert len(scan.document()) == scan.text_bytes == len(data) - sum(map(len, cut))
    assert b">3</BinData>" in scan.marked()


def test_a_plane_costs_the_memory_of_two_not_of_the_file(tmp_path: Path) -> None:
    pixels = planes(z=12, y=1000, x=1000, dtype="uint16")
    path = write_ome_xml(tmp_path / "a.ome.xml", pixels)
    plane_bytes = 2_000_000
    with OmeXmlReader().open(path, Roots((tmp_path,))) as source:
        source.read(0, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None))  # what is imported once
        tracemalloc.start()
        try:
            source.read(0, 0, t=0, z=7, c=slice(None), y=slice(None), x=slice(None))
            with OmeXmlReader().open(path, Roots((tmp_path,))) as again:
                assert again.images()[0].pixels.size_z == 12
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert path.stat().st_size > 15 * plane_bytes
    assert peak < 4 * plane_bytes + 4_000_000


def test_more_planes_than_sizes_are_a_warning(tmp_path: Path) -> None:
    pixels = planes(z=2)
    path = write_ome_xml_with(tmp_path / "a.ome.xml", [pixels], [bin_data(pixels[0, 0, 0]) * 3])
    with OmeXmlReader().open(path, Roots((tmp_path,))) as source:
        assert [problem.code for problem in source.warnings()] == ["source.extra-planes"]


PLANE = planes(dtype="uint16")[0, 0, 0]
RAW = PLANE.tobytes()


def _inside(data: bytes, attributes: str = "") -> str:
    return f'<BinData BigEndian="false" {attributes}>{b64encode(data).decode()}</BinData>'


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        pytest.param("<MetadataOnly/>", "source.no-pixels", id="no pixels"),
        pytest.param('<BinData BigEndian="false" Length="0"/>', "source.missing-pixels", id="an empty element"),
        pytest.param(_inside(b""), "source.missing-pixels", id="empty text"),
        pytest.param(_inside(RAW[:-1]), "source.truncated", id="a byte too few"),
        pytest.param(_inside(RAW + b"\0"), "source.damaged", id="a byte too many"),
        pytest.param(_inside(RAW).replace("</", "A</"), "source.truncated", id="a character too many"),
        pytest.param(_inside(RAW).replace(">A", ">&amp;"), "source.damaged", id="an entity"),
        pytest.param(_inside(RAW).replace("</", "<x/></"), "source.damaged", id="an element inside"),
        pytest.param(_inside(zlib.compress(RAW)[:-5], 'Compression="zlib"'), "source.truncated", id="zlib cut short"),
        pytest.param(_inside(zlib.compress(RAW) * 2, 'Compression="zlib"'), "source.damaged", id="zlib twice"),
        pytest.param(_inside(bz2.compress(RAW) * 2, 'Compression="bzip2"'), "source.damaged", id="bzip2 twice"),
        pytest.param(_inside(RAW, 'Compression="zlib"'), "source.damaged", id="zlib that is none"),
        pytest.param(_inside(RAW, 'Compression="bzip2"'), "source.damaged", id="bzip2 that is none"),
        pytest.param(_inside(RAW, 'Compression="J2K"'), "source.unsupported", id="unknown compression"),
        pytest.param(_inside(RAW).replace('"false"', '"maybe"'), "source.damaged", id="order of bytes unknown"),
    ],
)
def test_a_plane_that_is_not_whole_is_refused(inside: str, code: str, tmp_path: Path) -> None:
    path = write_ome_xml_with(tmp_path / "a.ome.xml", [PLANE[None, None, None]], [inside])
    found = {problem.code for problem in refusal_of(path).problems}
    assert found <= {code, "source.damaged"}, found


@pytest.mark.parametrize("compression", ["zlib", "bzip2"])
def test_a_bomb_stops_when_its_plane_is_full(compression: str, tmp_path: Path) -> None:
    zeros = b"\0" * 40_000_000
    bomb = zlib.compress(zeros, 9) if compression == "zlib" else bz2.compress(zeros)
    inside = _inside(bomb, f'Compression="{compression}"')
    assert "more than" in str(refusal_of(write_ome_xml_with(tmp_path / "a.ome.xml", [planes()], [inside])))


@pytest.mark.parametrize("size", [60_000, 2_000_000_000])
@pytest.mark.parametrize("compression", ["none", "zlib", "bzip2"])
def test_sizes_that_the_text_cannot_hold_are_refused_before_they_cost(
    size: int, compression: str, tmp_path: Path
) -> None:
    path = write_ome_xml(tmp_path / "a.ome.xml", planes(), compression=compression)
    path.write_text(path.read_text().replace('SizeX="12" SizeY="8"', f'SizeX="{size}" SizeY="{size}"'))
    refusal_of(path)


def test_planes_declared_by_the_billion_are_refused(tmp_path: Path) -> None:
    path = write_ome_xml(tmp_path / "a.ome.xml", planes())
    path.write_text(path.read_text().replace('SizeT="1"', 'SizeT="1000000000"'))
    refusal_of(path)


def test_words_without_end_are_refused(tmp_path: Path) -> None:
    path = write_ome_xml(tmp_path / "a.ome.xml", planes())
    path.write_bytes(path.read_bytes().replace(b"</OME>", b"<!-- " + b"-" * (80 << 20)))
    refusal_of(path)


def test_utf_16_says_what_to_do(tmp_path: Path) -> None:
    path = write_ome_xml(tmp_path / "a.ome.xml", planes())
    path.write_text(path.read_text(), encoding="utf-16")
    assert "UTF-8" in str(refusal_of(path))


def test_a_doctype_is_refused(tmp_path: Path) -> None:
    path = write_ome_xml(tmp_path / "a.ome.xml", planes())
    path.write_text(path.read_text().replace("<OME", '<!DOCTYPE OME SYSTEM "file:///etc/passwd"><OME', 1))
    assert [problem.code for problem in refusal_of(path).problems] == ["ome-xml.doctype"]


def test_xml_that_only_names_another_description_says_which(tmp_path: Path) -> None:
    (tmp_path / "a.ome").write_text(
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">'
        '<BinaryOnly MetadataFile="b.companion.ome" UUID="urn:uuid:b"/></OME>'
    )
    with pytest.raises(SourceError, match=r"b\.companion\.ome"):
        _read(tmp_path / "a.ome")


@pytest.mark.slow
@pytest.mark.parametrize("compression", ["none", "zlib", "bzip2"])
def test_random_damage_is_refused_or_harmless(compression: str, tmp_path: Path) -> None:
    path = write_ome_xml(tmp_path / "a.ome.xml", planes(c=2, z=2, dtype="uint16"), compression=compression)
    with limited_worker() as worker:
        assert 0 < worker.call(survive_mutations, path, range(150)) <= 150
