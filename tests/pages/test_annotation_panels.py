"""Tags, Key-Value Pairs, Tables, Attachments, Comments, Ratings, Others, and the vendor's own words."""

from dataclasses import replace

import pytest

from publisher.model.annotation import Annotation, AttachedFile, OriginalMetadata, Pair, XmlText
from publisher.pages.image_panels.key_values import key_values_panel
from publisher.pages.image_panels.notes import NotesPanel, notes_panels, stars_of
from publisher.pages.image_panels.original import original_panel
from publisher.pages.image_panels.tags import Tag, tags_panel
from publisher.pages.links import Linker
from publisher.pages.published import Inherited
from tests.pages import samples

RATING = "openmicroscopy.org/omero/insight/rating"


def panels(*annotations: Annotation, xml: tuple[XmlText, ...] = ()) -> dict[str, NotesPanel]:
    return {panel.title: panel for panel in notes_panels(annotations, xml)}


def test_headings_come_in_omero_webs_order_even_when_empty() -> None:
    assert [(panel.title, panel.notes) for panel in notes_panels(())] == [
        ("Tables", ()),
        ("Attachments", ()),
        ("Comments", ()),
        ("Ratings", ()),
        ("Others", ()),
    ]


def test_every_kind_stands_under_its_heading() -> None:
    found = panels(*samples.annotations())
    assert {title: [note.text for note in panel.notes] for title, panel in found.items()} == {
        "Tables": ["cells.h5, 1.2 kB, OMERO.tables"],
        "Attachments": ["protocol.pdf, 20 kB, application/pdf, SHA-1 da39"],
        "Comments": ["Nice one.", "Said of the list."],
        "Ratings": ["★★★★☆ 4 of 5"],
        "Others": ["7", "0.25", "true", "2026-02-03T10:20:30", "GO:0000278", "", "2 annotations"],
    }
    assert [note.label for note in found["Others"].notes] == [
        "Long", "Double", "Boolean", "Timestamp", "Term", "XML", "List",
    ]  # fmt: skip


def test_terms_and_addresses_of_files_lead_there_and_nothing_else_does() -> None:
    evil = AttachedFile(name="x", href="javascript:alert(1)")
    found = panels(
        Annotation(kind="Term", value="GO:0000278"),
        Annotation(kind="Comment", value="javascript:alert(1)"),
        Annotation(kind="File", file=evil),
        Annotation(kind="File", file=replace(evil, href="https://example.org/x")),
    )
    assert found["Others"].notes[0].href == "https://purl.obolibrary.org/obo/GO_0000278"
    assert found["Comments"].notes[0].href is None
    assert [note.href for note in found["Attachments"].notes] == [None, "https://example.org/x"]


def test_members_of_a_list_and_annotations_of_annotations_are_inside() -> None:
    said = Annotation(kind="Comment", value="about the number")
    number = Annotation(kind="Double", value="0.5", annotations=(said,))
    listed = panels(Annotation(kind="List", description="both", annotations=(number,)))["Others"].notes
    outer, member = listed
    assert (outer.about, outer.notes[0].text, outer.notes[0].notes[0].text) == ("both", "0.5", "about the number")
    assert member.text == "0.5"


def test_xml_is_shown_as_the_published_document_has_it_or_not_at_all() -> None:
    annotation = Annotation(kind="XML", id="Annotation:1")
    shown = panels(annotation, xml=(XmlText(id="Annotation:1", text="<a>", characters=3_000),))["Others"].notes[0]
    assert (shown.text, shown.code) == ("", "<a>")
    assert shown.more == "the first 3 of 3,000 characters; the OME-XML has all"
    unknown = panels(annotation)["Others"].notes[0]
    assert (unknown.text, unknown.code, unknown.more) == ("", "", "its content stands in the OME-XML")


@pytest.mark.parametrize(
    ("value", "stars"), [("1", 1), ("5", 5), ("0", None), ("6", None), ("²", None), ("x", None), ("", None)]
)
def test_a_rating_has_one_to_five_stars(value: str, stars: int | None) -> None:
    assert stars_of(Annotation(kind="Long", value=value, namespace=RATING)) == stars
    assert stars_of(Annotation(kind="Long", value=value)) is None


def test_what_was_cut_says_how_much_there_is() -> None:
    found = panels(Annotation(kind="Comment", value="long…", more=1_200))
    assert found["Comments"].notes[0].more == "1,200 more characters stand in the OME-XML"


def test_tags_tell_their_sets_and_stand_once() -> None:
    tag_set = Annotation(kind="Tag", value="cell cycle")
    tag = Annotation(kind="Tag", value="metaphase", description="a phase", annotations=(tag_set,))
    assert tags_panel([tag, tag, Annotation(kind="Tag", value="GO:0000278")]).tags == (
        Tag(text="metaphase", about="a phase; in cell cycle"),
        Tag(text="GO:0000278", href="https://purl.obolibrary.org/obo/GO_0000278"),
    )


def test_pairs_tell_where_they_come_from_and_keep_order_repeats_and_empties() -> None:
    item = samples.published(1)
    assert item.image is not None
    gene = Annotation(
        kind="Map",
        namespace="openmicroscopy.org/mapr/gene",
        description="by hand",
        pairs=(Pair("Gene", "B"), Pair("Gene", "A"), Pair("Empty", "")),
        more=7,
    )
    item = replace(
        item,
        entry=replace(item.entry, pairs=(Pair("siRNA", "control"),)),
        inherited=(Inherited(source="Dataset one", pairs=(Pair("Organism", "NCBITaxon:9606"),)),),
    )
    panel = key_values_panel(item, replace(samples.image(), annotations=(gene,)))
    assert [(group.title, group.added_on, group.about, group.more) for group in panel.groups] == [
        ("", "", "", 0),
        ("Gene", "", "by hand", 7),
        ("", "Dataset one", "", 0),
    ]
    assert [[(row.label, [value.text for value in row.values]) for row in group.rows] for group in panel.groups] == [
        [("siRNA", ["control"])],
        [("Gene", ["B", "A"]), ("Empty", [""])],
        [("Organism", ["NCBITaxon:9606"])],
    ]
    assert panel.groups[2].rows[0].values[0].href == "https://purl.obolibrary.org/obo/NCBITaxon_9606"
    assert panel.count == 5 + 7


def test_original_metadata_says_how_many_there_are_and_where_the_rest_is() -> None:
    item = samples.published(1)
    image = replace(samples.image(), original=OriginalMetadata(pairs=(Pair("Zoom", "1"),), count=1_234))
    panel = original_panel(item, image, Linker(samples.urls.image("s", "i")), samples.site_facts())
    assert panel is not None
    assert (len(panel.rows), panel.count, panel.hidden) == (1, 1_234, 1_233)
    assert panel.href is not None
    assert panel.href.endswith("OME/METADATA.ome.xml")
    assert original_panel(item, replace(image, original=None), Linker(samples.urls.HOME), samples.site_facts()) is None
