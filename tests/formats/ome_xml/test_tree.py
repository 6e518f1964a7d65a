"""What is read as OME-XML, what is refused, and what is mended on the way."""

import subprocess
import sys

import pytest

from publisher.errors import DamagedSourceError, UnsupportedFormatError
from publisher.formats.ome_xml.dropped import Lost
from publisher.formats.ome_xml.guard import Limits
from publisher.formats.ome_xml.inline import without_pixels
from publisher.formats.ome_xml.tree import parse, validate

XXE = b'<!DOCTYPE OME [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


def test_a_document_gives_its_images_things_by_id_and_annotations(ome, pixels):
    tree = parse(
        ome(
            f'<Image ID="Image:7" Name="a">{pixels}<AnnotationRef ID="Annotation:1"/></Image>'
            '<StructuredAnnotations><TagAnnotation ID="Annotation:1"><Value>fly</Value></TagAnnotation>'
            "</StructuredAnnotations>"
        ),
        name="a.ome.xml",
    )
    assert tree.image(0) is tree.find("Image:7")
    assert [found.get("ID") for found in tree.annotations_of(tree.image(0))] == ["Annotation:1"]
    assert tree.find("Image:8") is None
    assert parse(tree.serialize(), name="again").serialize() == tree.serialize()
    assert validate(tree) == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_is_refused_before_anything_parses_it(ome, encoding):
    data = (b"<?xml version='1.0'?><!-- a --> " + XXE + ome()).decode().encode(encoding)
    with pytest.raises(DamagedSourceError, match="DOCTYPE"):
        parse(data, name="evil.ome.xml")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<Image>&undefined;</Image>", "not well-formed"),
        ("<a>" * 65 + "</a>" * 65, "nested more than 64 deep"),
        ("<a>" * 100_000 + "</a>" * 100_000, "not well-formed"),
        ("<Image " + " ".join(f'a{n}="1"' for n in range(1001)) + "/>", "more than 1,000 attributes"),
        (f'<Image Name="{"a" * 11_000_000}"/>', "not well-formed"),
        (f"<Image>{'a ' * 6_000_000}</Image>", "not well-formed"),
    ],
    ids=["entity", "deep", "very deep", "attributes", "long attribute", "long text"],
)
def test_documents_that_are_too_much_are_refused(ome, body, words):
    with pytest.raises(DamagedSourceError, match=words):
        parse(ome(body), name="evil.ome.xml")


def test_elements_bytes_and_upgrades_are_bounded(ome):
    for limits in (Limits(elements=3), Limits(size=50), Limits(attributes=4)):
        with pytest.raises(DamagedSourceError, match="at most"):
            parse(ome(), name="large.ome.xml", limits=limits)
    old = ome("<Dataset/>" * 3, namespace="http://www.openmicroscopy.org/Schemas/OME/2011-06")
    with pytest.raises(DamagedSourceError, match="upgraded"):
        parse(old, name="large.ome.xml", limits=Limits(upgraded_parts=2))


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x00", b"II*\x00", b"<OME", b'<?xml version="1.0" encoding="UTF-7"?><OME/>']
)
def test_what_is_no_xml_is_a_damaged_source(data):
    with pytest.raises(DamagedSourceError):
        parse(data, name="a.ome.xml")


@pytest.mark.parametrize("namespace", ["http://www.openmicroscopy.org/XMLschemas/OME/RC4/ome.xsd", "urn:other"])
def test_other_xml_is_unsupported_and_says_what_is_expected(ome, namespace):
    with pytest.raises(UnsupportedFormatError, match="expected OME of a release from 2003-FC to 2016-06"):
        parse(ome(namespace=namespace), name="a.ome.xml")


def test_pixels_inside_bindata_never_enter_the_tree_but_masks_stay():
    data = (
        b'<Pixels a=">"><BinData Length="4" x=\'>\'>AAAA</BinData><b:BinData>BBBB</b:BinData><BinData/>'
        b"<!-- <BinData>C</BinData> --></Pixels><Mask><BinData>DDDD</BinData></Mask><![CDATA[<Pixels><BinData>E]]>"
    )
    assert without_pixels(data) == data.replace(b"AAAA", b"").replace(b"BBBB", b"")


def test_megabytes_of_pixels_are_no_obstacle(ome, pixels):
    body = pixels.replace("<MetadataOnly/>", f'<BinData Length="9" BigEndian="false">{"A" * 12_000_000}</BinData>')
    tree = parse(ome(f'<Image ID="Image:0">{body}</Image>'), name="a")
    assert len(tree.serialize()) < 1000


def test_faults_of_real_programs_are_mended_with_a_warning(ome, pixels):
    faulty = pixels.replace(
        "SizeT=", 'PhysicalSizeX="0.5" PhysicalSizeXUnit="um" PhysicalSizeY="NaN" PhysicalSizeZ="0" SizeT='
    ).replace('Type="uint16"', 'Type="float32"')
    data = f'<OME><Image ID="Image:0">{faulty}</Image></OME>'.encode()
    tree = parse(data, name="a.ome.xml")
    element = tree.image(0)[0]
    assert (element.get("PhysicalSizeX"), element.get("PhysicalSizeXUnit"), element.get("Type")) == (
        "0.5",
        "µm",
        "float",
    )
    assert tree.lost == (
        Lost("Pixels Pixels:0/@PhysicalSizeY", "NaN", 0),
        Lost("Pixels Pixels:0/@PhysicalSizeZ", "0", 0),
    )
    assert len(tree.warnings) == 5
    assert validate(tree) == ()


def test_greek_mu_is_read_as_micro_even_as_a_character_reference(ome, pixels):
    for mu in ("\u03bc", "&#956;"):
        body = pixels.replace("SizeT=", f'PhysicalSizeX="1" PhysicalSizeXUnit="{mu}m" SizeT=')
        assert parse(ome(f'<Image ID="Image:0">{body}</Image>'), name="a").image(0)[0].get("PhysicalSizeXUnit") == "µm"


def test_colours_as_unsigned_numbers_are_read_as_signed_ones(ome, pixels):
    body = pixels.replace('ID="Channel:0:0"', 'ID="Channel:0:0" Color="4278190335"')
    tree = parse(ome(f'<Image ID="Image:0">{body}</Image>'), name="a")
    assert tree.image(0)[0][0].get("Color") == "-16776961"
    assert [found.message for found in tree.warnings] == [
        'Color="4278190335" is not a signed number of 32 bits: read as "-16776961"'
    ]
    assert validate(tree) == ()


def test_values_that_the_upgrade_drops_are_told(ome):
    old = "http://www.openmicroscopy.org/Schemas/"
    shape = (
        f'<ROI xmlns="{old}ROI/2012-06" ID="ROI:0"><Union><Shape ID="Shape:0" LineCap="Butt">'
        '<Line X1="0" Y1="0" X2="1" Y2="1"/></Shape></Union></ROI>'
    )
    tree = parse(ome(shape, namespace=f"{old}OME/2012-06"), name="a")
    assert tree.release == "2012-06"
    assert tree.lost == (Lost("Shape Shape:0/@LineCap", "Butt"),)
    assert [(found.code, "Shape/@LineCap (1 in all)" in found.message) for found in tree.warnings] == [
        ("ome-xml.upgraded", True)
    ]


def test_shapes_of_a_document_with_prefixes_survive_the_upgrade():
    old = "http://www.openmicroscopy.org/Schemas/"
    data = (
        f'<o:OME xmlns:o="{old}OME/2015-01" xmlns:r="{old}ROI/2015-01"><r:ROI ID="ROI:0"><r:Union>'
        '<r:Shape ID="Shape:0"><r:Point X="1" Y="2"/></r:Shape></r:Union></r:ROI></o:OME>'
    )
    assert b'<Point ID="Shape:0" X="1" Y="2"' in parse(data.encode(), name="a").serialize()


def test_ome_types_is_read_but_never_imported(ome):
    document = ome(namespace="http://www.openmicroscopy.org/Schemas/OME/2015-01")
    script = (
        "import sys; from publisher.formats.ome_xml.tree import parse; parse(sys.stdin.buffer.read(), name='a');"
        "print([name for name in sys.modules if name.startswith('ome_types')])"
    )
    done = subprocess.run([sys.executable, "-c", script], input=document, capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
