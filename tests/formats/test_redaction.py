"""Private things stay in the source: a canary in every private field, and none in what is published."""

from dataclasses import replace

import pytest

from publisher.formats.ome_xml.publish import published_document
from publisher.formats.ome_xml.read import read_images
from publisher.formats.ome_xml.tree import parse, validate
from publisher.formats.redaction import MASK, Redaction, redacted_image
from publisher.formats.redaction_shared import ImageRedactor
from publisher.model.image import Channel, Image, Pixels

SECRETS = """
<Experimenter ID="Experimenter:canary1" FirstName="Canary2" LastName="Canary3" MiddleName="canary4"
  Email="canary5@example.org" UserName="canary6" Institution="Institute"/>
<ExperimenterGroup ID="ExperimenterGroup:canary7" Name="canary8"><Description>canary9</Description>
  <ExperimenterRef ID="Experimenter:canary1"/><Leader ID="Experimenter:canary1"/></ExperimenterGroup>
<Image ID="Image:0" Name="/data/canary10/my file.tif">
  <Description>Taken by Canary2 Canary3 on C:\\Users\\canary11\\a b.lif, ask canary12@lab.example.org.</Description>
  <ExperimenterGroupRef ID="ExperimenterGroup:canary7"/>PIXELS<AnnotationRef ID="Annotation:0"/></Image>
<StructuredAnnotations>
  <XMLAnnotation ID="Annotation:0" Annotator="Experimenter:canary1"><Value>
    <OriginalMetadata><Key>0010,0010 Patient's Name</Key><Value>canary13</Value></OriginalMetadata>
    <OriginalMetadata><Key>Information|Document|UserName #1</Key><Value>canary14</Value></OriginalMetadata>
    <PatientBirthDate>canary15</PatientBirthDate><Entry Key="Operator" Value="canary16"/>
    <Thing path="\\\\server\\canary17\\x" owner="canary18"/>
  </Value></XMLAnnotation>
  <FileAnnotation ID="Annotation:1"><BinaryFile FileName="a.txt" Size="4"><BinData Length="8" BigEndian="false">
    Y2FuYXJ5</BinData></BinaryFile></FileAnnotation>
  <MapAnnotation ID="Annotation:2"><Value><M K="PatientID">canary19</M><M K="Gene">kept</M>
    <M K="Folder">file:///srv/canary20</M></Value></MapAnnotation>
</StructuredAnnotations>
"""


@pytest.fixture
def secret(ome, pixels):
    pixels = pixels.replace(
        "<MetadataOnly/>",
        '<TiffData><UUID FileName="canary21.tif">urn:uuid:aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa</UUID></TiffData>',
    )
    return parse(ome(SECRETS.replace("PIXELS", pixels)), name="a.ome.xml")


def publish(tree, as_published, privacy):
    return published_document(tree, as_published(read_images(tree)), privacy=privacy, creator="publisher 1")


def test_no_canary_leaves(secret, as_published):
    found = publish(secret, as_published, Redaction())
    assert b"canary" not in found.data.lower()
    assert b"Y2FuYXJ5" not in found.data
    assert b"Institute" in found.data
    assert b">kept</M>" in found.data
    assert validate(found.data) == ()


def test_private_text_does_not_come_back_by_the_model(secret, as_published):
    images = as_published(read_images(secret))
    named = [replace(images[0], name=images[0].image.name, channels=(Channel(name="/data/canary30/dapi.tif"),))]
    for tree in (secret, None):
        found = published_document(tree, named, privacy=Redaction(), creator="publisher 1").data
        assert b"canary10" not in found
        assert b"canary30" not in found
        assert validate(found) == ()


def test_what_was_left_out_is_told_without_quoting_it(secret, as_published):
    problems = publish(secret, as_published, Redaction()).problems
    messages = " ".join(map(str, problems))
    assert "canary" not in messages.lower()
    assert "Email, " in messages
    assert "1 times" not in messages
    assert len(problems) == 1
    assert {problem.code for problem in problems} == {"privacy.redacted"}


def test_a_site_may_keep_and_take_more(secret, as_published):
    kept = publish(secret, as_published, Redaction(keep=("LastName", "path"), redact=("Institution", "Gene"))).data
    assert b"Canary3" in kept
    assert b"/data/canary10" in kept
    assert b"Canary2" not in kept
    assert b"Institute" not in kept
    assert b"Gene" not in kept
    assert validate(kept) == ()


def test_the_page_shows_no_canary_either(secret):
    shown = ImageRedactor(Redaction()).image(read_images(secret)[0])
    assert "canary" not in repr(shown).lower().replace("canary2 canary3", "")


@pytest.mark.parametrize(
    "text",
    [
        "20x/0.8",
        "and/or",
        "https://example.org/a/b",
        "mm/s, 3 /min",
        "A / B / C",
        "10:30",
        "#fff",
        "a@b",
        "openmicroscopy.org/omero/x",
    ],
)
def test_ordinary_text_is_left_alone(text):
    assert Redaction().text(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/home/jane doe/x y.tif end", f"{MASK} end"),
        ("see C:\\data\\x.tif.", f"see {MASK}."),
        ("from=/mnt/a/b", f"from={MASK}"),
        ("mail jane.doe+x@uni.example.ac.uk now", f"mail {MASK} now"),
        ("\\\\nas\\share\\a.czi", MASK),
        ("file:///tmp/a", MASK),
        ("D:/raw/plate 1/a.tif", MASK),
        ("Path:/home/jane/a.tif", f"Path:{MASK}"),
        ("//nas/jane/a.tif", MASK),
        ("D:\\\\raw\\\\jane\\\\a.tif", MASK),
        ("D:\\a.czi or \\\\nas\\jane\\b.nd2", MASK),
    ],
)
def test_paths_and_addresses_are_masked(text, left):
    assert Redaction().text(text) == left


@pytest.mark.parametrize(
    ("name", "shown"), [("C:\\data\\cell.tif", ""), ("of /home/ada/cell.tif", f"of {MASK}"), ("cell", "cell")]
)
def test_a_name_of_which_nothing_is_left_is_none(name, shown):
    image = Image(series=0, name=name, pixels=Pixels(size_x=1, size_y=1, dtype="uint8"), channels=())
    assert redacted_image(image, Redaction()).name == shown


@pytest.mark.parametrize(
    "key",
    [
        "PatientName",
        "Patient's Name",
        "0010,0030 Patients Birth Date",
        "Referring Physician",
        "Owner",
        "e-mail",
        "HW|Stand|User Name #2",
        "Global Operator",
        "AcquisitionUser",
    ],
)
def test_keys_about_people_are_private(key):
    assert Redaction().is_private(key)


@pytest.mark.parametrize(
    "key", ["Gene", "Patient cohort", "Organism", "Operator overload", "Usage", "Name", "Cell line owner id"]
)
def test_other_keys_are_not(key):
    assert not Redaction().is_private(key)
