"""The published document describes the published arrays and loses nothing on the way."""

from functools import partial

import numpy as np
import pytest

from publisher.formats.ome_xml.mend import mend
from publisher.formats.ome_xml.publish import KEPT, REPLACED, PublishedImage, published_document
from publisher.formats.ome_xml.read import read_images
from publisher.formats.ome_xml.single import ImageDocuments, image_document
from publisher.formats.ome_xml.tree import parse, validate
from publisher.formats.redaction import Redaction
from publisher.model.annotation import CURATED, Pair
from publisher.model.image import Channel, Image, Pixels


def publish(data, as_published, **curated):
    tree = parse(data, name="a.ome.xml")
    images = as_published(read_images(tree))
    if curated:
        images = [type(images[0])(**{**{k: getattr(i, k) for k in i.__slots__}, **curated}) for i in images]
    return published_document(tree, images, privacy=Redaction(), creator="publisher 1")


def maps_of(data, number=0):
    return {found.namespace: found.pairs for found in read_images(parse(data, name="again"))[number].annotations}


def test_images_are_numbered_by_path_and_references_follow(ome, pixels, as_published):
    second = pixels.replace("Pixels:0", "Pixels:1").replace("Channel:0:0", "Channel:1:0")
    body = (
        '<Dataset ID="Dataset:0"><ImageRef ID="Image:9"/><ImageRef ID="Image:0"/></Dataset>'
        f'<Image ID="Image:9" Name="first">{pixels}</Image><Image ID="Image:0" Name="second">{second}</Image>'
    )
    data = publish(ome(body), as_published).data
    again = parse(data, name="again")
    assert [(image.get("ID"), image.get("Name")) for image in again.images()] == [
        ("Image:0", "first"),
        ("Image:1", "second"),
    ]
    assert [ref.get("ID") for ref in again.find("Dataset:0")] == ["Image:0", "Image:1"]
    assert maps_of(data)[REPLACED][0] == Pair("Image/@ID", "Image:9")
    assert validate(data) == ()


def test_arrays_that_differ_from_the_source_are_described_and_the_old_values_kept(ome, pixels):
    rgb = (
        pixels.replace("uint16", "double")
        .replace('SizeC="1"', 'SizeC="3"')
        .replace(
            '<Channel ID="Channel:0:0"/><MetadataOnly/>',
            '<Channel ID="Channel:0:0" Name="x" SamplesPerPixel="3"/><TiffData IFD="0">'
            '<UUID FileName="/home/jane/a.tif">'
            "urn:uuid:aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa</UUID></TiffData>",
        )
    )
    tree = parse(ome(f'<Image ID="Image:0">{rgb}</Image>'), name="a")
    image = read_images(tree)[0]
    published = PublishedImage(series=0, image=image, dtype="float32", shape=(1, 3, 1, 3, 4), channels=image.channels)
    data = published_document(tree, [published], privacy=Redaction(), creator="publisher 1").data
    assert validate(data) == ()
    again = read_images(parse(data, name="again"))[0]
    assert (again.pixels.dtype, len(again.channels), again.rgb) == ("float32", 3, False)
    assert b"TiffData" not in data
    assert b"/home/jane" not in data
    assert b"<MetadataOnly/>" in data
    kept = maps_of(data)[REPLACED]
    assert Pair("Pixels/@Type", "double") in kept
    assert Pair("Channel[0]/@SamplesPerPixel", "3") in kept
    assert Pair("Channel[0]/@Name", "x") in kept


def test_the_curators_words_are_added_as_they_stand(ome, as_published):
    pairs = (Pair("Gene", "b"), Pair("Gene", "a"), Pair("Contact", "me@example.org"), Pair("Empty", ""))
    data = publish(ome(), as_published, name="Cell 1", description="Seen at /a/b", pairs=pairs).data
    again = read_images(parse(data, name="again"))[0]
    assert (again.name, again.description) == ("Cell 1", "Seen at /a/b")
    assert maps_of(data)[CURATED] == pairs
    assert validate(data) == ()


def test_without_a_source_document_the_model_alone_is_written():
    image = Image(
        series=0,
        name="plain",
        pixels=Pixels(
            size_x=5, size_y=6, size_c=2, dtype="uint8", pixel_size_um=(None, 0.25, 0.25), time_increment_s=2.0
        ),
        channels=(Channel(name="DAPI", color="0000FF", emission_nm=460.0), Channel()),
        acquired="2020-01-02T03:04:05",
    )
    published = PublishedImage(series=0, image=image, dtype="uint8", shape=(1, 2, 1, 6, 5), channels=image.channels)
    data = published_document(None, [published], privacy=Redaction(), creator="publisher 1").data
    assert validate(data) == ()
    again = read_images(parse(data, name="again"))[0]
    assert again.pixels == image.pixels
    assert again.channels[0] == image.channels[0]
    assert (again.name, again.acquired, again.ome_id) == ("plain", "2020-01-02T03:04:05", "Image:0")


def test_images_that_are_not_published_leave_with_what_is_theirs_alone(ome, pixels, as_published):
    second = pixels.replace("Pixels:0", "Pixels:1").replace("Channel:0:0", "Channel:1:0")
    body = (
        '<Dataset ID="Dataset:0"><ImageRef ID="Image:0"/><ImageRef ID="Image:1"/></Dataset>'
        f'<Image ID="Image:0">{pixels}<AnnotationRef ID="Annotation:0"/><AnnotationRef ID="Annotation:1"/></Image>'
        f'<Image ID="Image:1">{second}<AnnotationRef ID="Annotation:1"/></Image><StructuredAnnotations>'
        '<TagAnnotation ID="Annotation:0"><Value>secret</Value></TagAnnotation>'
        '<TagAnnotation ID="Annotation:1"><Value>shared</Value></TagAnnotation></StructuredAnnotations>'
    )
    tree = parse(ome(body), name="a")
    only = as_published(read_images(tree))[1:]
    found = published_document(tree, only, privacy=Redaction(), creator="publisher 1")
    assert b"secret" not in found.data
    assert b"shared" in found.data
    assert found.data.count(b"<ImageRef") == 1
    assert [problem.code for problem in found.problems] == ["ome-xml.images-left-out"]
    assert validate(found.data) == ()


@pytest.mark.parametrize(
    ("what", "kept"),
    [
        ('<Image ID="Image:0"><AcquisitionDate>yesterday</AcquisitionDate>{0}</Image>', "yesterday"),
        ('<Image ID="Image:0" Foo="bar">{0}</Image>', "bar"),
        ('<Image ID="Image:0">{0}<Strange a="1">text</Strange></Image>', "Strange"),
        ('<Image ID="Image:0">{0}<AnnotationRef ID="Annotation:none"/></Image>', "Annotation:none"),
        ('<Image ID="Image:0"><DetectorSettings/>{0}loose words</Image>', "loose words"),
    ],
)
def test_what_the_schema_refuses_is_kept_in_words(ome, pixels, as_published, what, kept):
    found = publish(ome(what.format(pixels)), as_published)
    assert validate(found.data) == ()
    assert any(kept in pair.value for pair in maps_of(found.data)[KEPT])
    assert found.problems


def test_parts_out_of_order_and_ids_used_twice_or_malformed_are_mended(ome, pixels, as_published):
    body = (
        f'<Image ID="Image:0">{pixels}<Description>late</Description></Image>'
        '<Instrument ID="Microscope"><Detector ID="Camera"/><Detector ID="Camera"/></Instrument>'
    )
    head = '<InstrumentRef ID="Microscope"/>'
    found = publish(ome(body.replace("<Pixels", head + "<Pixels", 1)), as_published)
    assert validate(found.data) == ()
    again = parse(found.data, name="again")
    assert read_images(again)[0].description == "late"
    assert again.root.find(".//{*}InstrumentRef").get("ID") == again.root.find("{*}Instrument").get("ID")


OLD = "http://www.openmicroscopy.org/Schemas/"


def test_who_did_it_stays_private_where_an_upgrade_dropped_the_reference(as_published):
    """An ID may be a user name: it is numbered in what is kept in words, too."""
    data = (
        f'<OME xmlns="{OLD}OME/2008-09"><Project ID="Project:0" Name="p"><GroupRef ID="Group:janes-lab"/></Project>'
        '<Experimenter ID="Experimenter:jane.doe"><FirstName>Jane</FirstName><LastName>Doe</LastName></Experimenter>'
        '<Group ID="Group:janes-lab" Name="Janes"><Contact ID="Experimenter:jane.doe"/></Group>'
        '<Image ID="Image:0" DefaultPixels="Pixels:0"><CreationDate>2008-09-01T00:00:00</CreationDate>'
        '<Pixels ID="Pixels:0" DimensionOrder="XYZCT" PixelType="uint8" BigEndian="false" SizeX="1" SizeY="1"'
        ' SizeZ="1" SizeC="1" SizeT="1"/></Image></OME>'
    ).encode()
    result = publish(data, as_published).data
    assert b"Group/Contact/@ID" in result
    assert not any(word in result.lower() for word in (b"jane", b"doe", b"janes-lab"))
    assert validate(result) == ()


def test_words_that_an_enumeration_does_not_know_are_published_as_the_one_they_mean_or_as_other(
    ome, pixels, as_published
):
    body = (
        '<Instrument ID="Instrument:0"><Microscope Type="upright"/><Detector ID="Detector:0" Type="sCMOS"/>'
        f'</Instrument><Image ID="Image:0">{pixels}</Image>'
    )
    found = publish(ome(body), as_published)
    assert validate(found.data) == ()
    assert b'<Microscope Type="Upright"/>' in found.data
    assert b'Type="Other"' in found.data
    assert b'<M K="Instrument/Detector/@Type">sCMOS</M>' in found.data
    assert [problem.message for problem in found.problems] == [
        'Microscope Type that the schema does not know: published as "Upright" ("upright")',
        'Detector Type that the schema does not know: published as "Other" ("sCMOS")',
    ]


def test_a_value_in_a_unit_that_nobody_knows_goes_with_its_unit(ome, pixels, as_published):
    """Without its unit it would be micrometres."""
    odd = pixels.replace("SizeT=", 'PhysicalSizeZ="5" PhysicalSizeZUnit="furlong" SizeT=')
    found = publish(ome(f'<Image ID="Image:0">{odd}</Image>'), as_published)
    kept = maps_of(found.data)[KEPT]
    assert kept == (Pair("Image/Pixels/@PhysicalSizeZUnit", "furlong"), Pair("Image/Pixels/@PhysicalSizeZ", "5"))
    assert b'PhysicalSizeZ="' not in found.data


def test_a_file_whose_content_stayed_behind_is_still_a_file_annotation(ome, pixels, as_published):
    """So Bio-Formats writes attachments."""
    body = (
        f'<Image ID="Image:0">{pixels}<AnnotationRef ID="Annotation:0"/></Image><StructuredAnnotations><FileAnnotation '
        'ID="Annotation:0"><BinaryFile FileName="a.csv" Size="5"/></FileAnnotation></StructuredAnnotations>'
    )
    found = publish(ome(body), as_published)
    assert validate(found.data) == ()
    assert b'<BinaryFile FileName="a.csv" Size="5">' in found.data
    assert [problem.code for problem in found.problems] == ["ome-xml.kept-in-words"]


def test_each_kind_of_fault_is_told_once_with_the_first_value_and_how_often(ome, pixels, as_published):
    second = pixels.replace("Pixels:0", "Pixels:1").replace("Channel:0:0", "Channel:1:0")
    body = f'<Image ID="Image:0" Foo="bar">{pixels}</Image><Image ID="Image:1" Foo="baz">{second}</Image>'
    (problem,) = publish(ome(body), as_published).problems
    expected = 'Image Foo that the schema refuses: kept in an annotation ("bar", the first of 2 times)'
    assert (problem.message, problem.path) == (expected, "a.ome.xml")


def test_hopeless_documents_are_carried_as_text(ome, pixels, as_published, monkeypatch):
    monkeypatch.setattr("publisher.formats.ome_xml.publish.mend", partial(mend, most=1))
    found = publish(ome(f'<Image ID="Image:0" Foo="1" Bar="2">{pixels}</Image>'), as_published)
    assert validate(found.data) == ()
    assert b"@Foo" in found.data  # taken out before it was given up
    assert b"Bar=" in found.data
    assert "ome-xml.unmendable" in {problem.code for problem in found.problems}


def test_content_of_xml_annotations_stays_in_no_namespace_and_with_its_white_space(ome, pixels, as_published):
    value = '<Value><a xmlns="" b="1"> <c/>  text </a></Value>'
    body = (
        f'<Image ID="Image:0">{pixels}</Image><StructuredAnnotations><XMLAnnotation ID="Annotation:0">{value}'
        "</XMLAnnotation></StructuredAnnotations>"
    )
    data = publish(ome(body), as_published).data
    assert b'<a xmlns="" b="1"> <c/>  text </a>' in data
    assert validate(data) == ()


def test_each_image_has_a_document_of_its_own_with_what_it_refers_to(ome, pixels, as_published):
    second = pixels.replace("Pixels:0", "Pixels:1").replace("Channel:0:0", "Channel:1:0")
    body = (
        '<Dataset ID="Dataset:0"><ImageRef ID="Image:0"/></Dataset><Instrument ID="Instrument:0"/>'
        f'<Image ID="Image:0"><InstrumentRef ID="Instrument:0"/>{pixels}<ROIRef ID="ROI:0"/></Image>'
        f'<Image ID="Image:1">{second}</Image>'
        '<ROI ID="ROI:0"><Union><Point ID="Shape:0" X="1" Y="1"/></Union></ROI>'
    )
    data = publish(ome(body), as_published).data
    documents = ImageDocuments(data)
    first, other = (parse(documents.document(number), name="one") for number in range(len(documents)))
    assert [child.tag.rpartition("}")[2] for child in first.root] == [
        "Instrument",
        "Image",
        "StructuredAnnotations",
        "ROI",
    ]
    assert [child.tag.rpartition("}")[2] for child in other.root] == ["Image", "StructuredAnnotations"]
    assert image_document(data, 1) == documents.document(1)
    assert validate(documents.document(0)) == validate(documents.document(1)) == ()


def test_the_same_input_gives_the_same_bytes(ome, as_published):
    assert publish(ome(), as_published) == publish(ome(), as_published)


def test_a_published_document_can_be_published_again(ome, as_published):
    once = publish(ome(), as_published, pairs=(Pair("a", "b"),)).data
    twice = publish(once, as_published, pairs=(Pair("a", "c"),)).data
    assert validate(twice) == ()
    assert b">b</M>" in twice


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "uint64", "float32"])
def test_every_published_dtype_has_a_pixel_type(dtype):
    image = Image(series=0, name="n", pixels=Pixels(size_x=1, size_y=1, dtype=dtype), channels=(Channel(),))
    published = PublishedImage(
        series=0, image=image, dtype=np.dtype(dtype).name, shape=(1, 1, 1, 1, 1), channels=(Channel(),)
    )
    assert validate(published_document(None, [published], privacy=Redaction(), creator="p").data) == ()
