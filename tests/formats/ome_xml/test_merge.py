"""A document beside a file adds what it says to what the file says, and loses nothing of either."""

import pytest

from publisher.errors import DamagedSourceError
from publisher.formats.ome_xml.described import described
from publisher.formats.ome_xml.merge import merged
from publisher.formats.ome_xml.packing import PACKING
from publisher.formats.ome_xml.publish import published_document
from publisher.formats.ome_xml.read import read_images
from publisher.formats.ome_xml.sidecar import Sidecar
from publisher.formats.ome_xml.tree import parse, validate
from publisher.formats.redaction import Redaction
from publisher.model.annotation import Pair, of_kind
from publisher.model.image import Channel, Image
from publisher.model.image import Pixels as Shape

SIZES = 'DimensionOrder="XYZCT" Type="uint16" SizeX="4" SizeY="3" SizeZ="1" SizeC="1" SizeT="1"'
SAID = f"""
<Image ID="Image:7" Name="Curated"><AcquisitionDate>2020-01-02T03:04:05</AcquisitionDate>
  <Description>better</Description><InstrumentRef ID="Instrument:7"/><ObjectiveSettings ID="Objective:7"/>
  <Pixels ID="Pixels:7" PhysicalSizeX="200" PhysicalSizeXUnit="nm" {SIZES}>
    <Channel ID="Channel:7:0" Name="DNA" Color="65535"/><MetadataOnly/></Pixels>
  <ROIRef ID="ROI:1"/><AnnotationRef ID="Annotation:1"/><AnnotationRef ID="Annotation:2"/>
  <AnnotationRef ID="Annotation:9"/></Image>
"""
ABOUT = f"""
<StructuredAnnotations>
  <XMLAnnotation ID="Annotation:9" Namespace="{PACKING}"><Value><Path>root_0/a.tif</Path></Value></XMLAnnotation>
  <TagAnnotation ID="Annotation:1"><AnnotationRef ID="Annotation:3"/><Value>mitosis</Value></TagAnnotation>
  <MapAnnotation ID="Annotation:2"><Value><M K="Gene">CDC20</M><M K="Gene"/></Value></MapAnnotation>
  <TagAnnotation ID="Annotation:3"><Value>cycle</Value></TagAnnotation>
</StructuredAnnotations>
<ROI ID="ROI:1"><Union><Point ID="Shape:1" X="1" Y="2"/></Union></ROI>
"""
INSTRUMENT = '<Instrument ID="Instrument:7"><Objective ID="Objective:7" LensNA="1.4"/></Instrument>'
OWN = f"""
<Image ID="Image:0" Name="raw"><Description>old</Description>
  <Pixels ID="Pixels:0" PhysicalSizeX="0.1" {SIZES}><Channel ID="Channel:0:0"/><MetadataOnly/></Pixels>
  <ROIRef ID="ROI:1"/><AnnotationRef ID="Annotation:1"/></Image>
<StructuredAnnotations><CommentAnnotation ID="Annotation:1"><Value>mine</Value></CommentAnnotation>
</StructuredAnnotations><ROI ID="ROI:1"><Union><Point ID="Shape:1" X="9" Y="9"/></Union></ROI>
"""


def plain(series=0, name="", **more):
    return Image(
        series=series, name=name, pixels=Shape(size_x=4, size_y=3, dtype="uint16"), channels=(Channel(),), **more
    )


@pytest.fixture
def sidecar(ome):
    return Sidecar(parse(ome(INSTRUMENT + SAID + ABOUT), name="transfer.xml"))


def test_a_file_without_a_document_gets_all_that_is_said_of_it(sidecar):
    images = (plain(name="a"),)
    said, problems = sidecar.images_for(images, "a.tif")
    both = merged(None, images, sidecar, said)
    image = described(images[0], 0, both, said[0])
    assert problems == ()
    assert (image.name, image.description, image.acquired) == ("Curated", "better", "2020-01-02T03:04:05")
    assert image.pixels.pixel_size_um == (None, None, 0.2)
    assert image.channels == (Channel(name="DNA", color="0000FF"),)
    assert [tag.value for tag in of_kind(image.annotations, "Tag")] == ["mitosis"]
    assert of_kind(image.annotations, "Map")[0].pairs == (Pair("Gene", "CDC20"), Pair("Gene", ""))
    assert image.annotations[0].annotations[0].value == "cycle"
    assert image.roi_count == 1
    assert any(image.acquisition)


def test_what_both_say_stands_side_by_side_under_ids_of_its_own(ome, sidecar, as_published):
    own = parse(ome(OWN), name="a.ome.xml")
    images = read_images(own)
    said, _ = sidecar.images_for(images, "a.ome.tiff")
    both = merged(own, images, sidecar, said)
    image = described(images[0], 0, both, said[0])
    assert [(each.kind, each.value) for each in image.annotations[:2]] == [("Comment", "mine"), ("Tag", "mitosis")]
    assert image.pixels.pixel_size_um == (None, None, 0.1)
    assert image.roi_count == 2
    data = published_document(both.tree, as_published([image]), privacy=Redaction(), creator="publisher 1").data
    assert validate(data) == ()
    again = parse(data, name="again")
    [published] = read_images(again)
    assert (published.name, published.description) == ("Curated", "better")
    points = [again.find(ref.get("ID"))[0][0].get("X") for ref in again.image(0).iterfind("{*}ROIRef")]
    assert points == ["9", "1"]
    assert {"mine", "mitosis", "cycle"} <= {e.text for e in again.root.iterfind(".//{*}Value") if e.text}


def test_notes_of_a_transfer_stay_behind(ome, sidecar):
    images = (plain(),)
    both = merged(None, images, sidecar, sidecar.tree.images())
    data = both.tree.serialize()
    assert b"root_0" not in data
    assert PACKING.encode() not in data


def test_ids_that_the_schema_refuses_are_given_anew(ome, as_published):
    words = SAID.replace("ROI:1", "lsid:51")
    sidecar = Sidecar(parse(ome(INSTRUMENT + words + ABOUT.replace("ROI:1", "lsid:51")), name="transfer.xml"))
    images = (plain(),)
    both = merged(None, images, sidecar, sidecar.tree.images())
    [region] = both.tree.root.iterfind("{*}ROI")
    assert region.get("ID") == "ROI:lsid-51"
    published = published_document(both.tree, as_published(images), privacy=Redaction(), creator="publisher 1")
    assert published.problems == ()


def test_neither_document_is_changed(ome, sidecar):
    own = parse(ome(OWN), name="a.ome.xml")
    before = own.serialize(), sidecar.tree.serialize()
    images = read_images(own)
    merged(own, images, sidecar, sidecar.images_for(images, "a")[0])
    assert (own.serialize(), sidecar.tree.serialize()) == before


def test_an_instrument_of_the_file_stays(ome, sidecar):
    body = OWN.replace("<Pixels", '<InstrumentRef ID="Instrument:0"/><Pixels', 1)
    own = parse(ome('<Instrument ID="Instrument:0"/>' + body), name="a.ome.xml")
    images = read_images(own)
    both = merged(own, images, sidecar, sidecar.images_for(images, "a")[0])
    assert [ref.get("ID") for ref in both.elements[0].iterfind("{*}InstrumentRef")] == ["Instrument:0"]
    assert both.elements[0].find("{*}ObjectiveSettings") is None


def documents(ome, *names):
    images = "".join(f'<Image ID="Image:{n}" Name="{name}"><Pixels/></Image>' for n, name in enumerate(names))
    return Sidecar(parse(ome(images), name="transfer.xml"))


def ids(found):
    return [None if each is None else each.get("ID") for each in found]


def test_images_are_found_by_the_name_of_the_image_or_of_the_file(ome):
    sidecar = documents(ome, "b.tif", "x.lif [Series 2]", "a")
    assert ids(sidecar.images_for([plain()], "folder/a.tif")[0]) == ["Image:2"]
    assert ids(sidecar.images_for([plain()], "folder/b.tif")[0]) == ["Image:0"]
    found, problems = sidecar.images_for([plain(0, "Series 1"), plain(1, "Series 2")], "x.lif")
    assert ids(found) == [None, "Image:1"]
    assert [(problem.code, problem.severity) for problem in problems] == [("metadata.unmatched", "warning")]


def test_images_of_equal_names_are_taken_in_their_order_where_there_are_as_many(ome):
    sidecar = documents(ome, "same", "same")
    assert ids(sidecar.images_for([plain(0, "p"), plain(1, "q")], "x.lif")[0]) == ["Image:0", "Image:1"]
    assert ids(sidecar.images_for([plain(0, "p")], "x.lif")[0]) == [None]


def test_images_named_by_the_curator_are_in_the_order_of_the_series(ome):
    sidecar = documents(ome, "p", "q", "r")
    found, _ = sidecar.images_for([plain(0, "p"), plain(1, "q")], "x.lif", ["Image:2", "p"])
    assert ids(found) == ["Image:2", "Image:0"]
    with pytest.raises(DamagedSourceError) as caught:
        sidecar.images_for([plain()], "x.lif", ["Image:9"])
    assert caught.value.problems[0].code == "metadata.no-such-image"
