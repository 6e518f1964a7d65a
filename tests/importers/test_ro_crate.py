"""A study that an RO-Crate describes, in the words of BioImage Archive, of GIDE and of the specification."""

import csv
import io
import json
from pathlib import Path

import pytest

from publisher.catalogue.schema import StudyDescription
from publisher.errors import ContentError
from publisher.importers.registry import importer_of
from publisher.importers.ro_crate.importer import RoCrateImporter
from publisher.importers.study_text import write_table
from publisher.testing.images import planes, write_ome_tiff

DESCRIPTOR = {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}}


def write_crate(folder: Path, *entities: dict, descriptor: dict = DESCRIPTOR) -> Path:
    folder.mkdir(exist_ok=True)
    document = {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": [descriptor, *entities]}
    (folder / "ro-crate-metadata.json").write_text(json.dumps(document))
    return folder


def read(folder: Path, *places: Path):
    draft = RoCrateImporter(places=places).read(folder, "s", folder.parent / "site/content/studies/s")
    StudyDescription.model_validate(draft.description)
    return draft


def rows(draft, tmp_path: Path) -> list[dict[str, str]]:
    write_table(draft.images, tmp_path / "rows.csv")
    table = csv.DictReader(io.StringIO((tmp_path / "rows.csv").read_text()))
    return [{key: cell for key, cell in row.items() if cell} for row in table]


def test_people_papers_and_grants(tmp_path):
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": "Cells",
        "description": "Two *stars* and <b>tags</b>",
        "license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
        "identifier": "https://doi.org/10.5281/zenodo.1234",
        "keywords": "mitosis, spindle",
        "author": [{"@id": "https://orcid.org/0000-0002-1825-0097"}, {"@id": "#bob"}],
        "citation": {"@id": "https://doi.org/10.1000/paper"},
        "funding": {"@id": "#grant"},
        "datePublished": "2024-05-06T10:00:00Z",
    }
    people = [
        {
            "@id": "https://orcid.org/0000-0002-1825-0097",
            "@type": "Person",
            "name": "Ada",
            "affiliation": {"@id": "#lab"},
        },
        {"@id": "#lab", "@type": "Organization", "name": "Lab", "identifier": "https://ror.org/00fv61j67"},
        {"@id": "#bob", "@type": "Person", "name": "Bob", "email": "bob@lab.example", "affiliation": "Elsewhere"},
    ]
    others = [
        {
            "@id": "https://doi.org/10.1000/paper",
            "@type": "ScholarlyArticle",
            "name": "A paper",
            "datePublished": "2023-02",
        },
        {"@id": "#grant", "@type": "Grant", "identifier": "G-1", "funder": {"@id": "https://ror.org/029chgv08"}},
        {"@id": "https://ror.org/029chgv08", "@type": "Organization", "name": "Wellcome"},
    ]
    draft = read(write_crate(tmp_path / "crate", root, *people, *others))
    said = draft.description
    assert said["title"] == "Cells"
    assert said["description"] == "Two \\*stars\\* and &lt;b>tags&lt;/b>"
    assert said["licence"] == "CC-BY-4.0"
    assert said["doi"] == "10.5281/zenodo.1234"
    assert "accession" not in said
    assert said["keywords"] == ["mitosis", "spindle"]
    assert said["release_date"].isoformat() == "2024-05-06"
    assert said["authors"] == [
        {
            "name": "Ada",
            "orcid": "0000-0002-1825-0097",
            "affiliation": {"name": "Lab", "ror": "https://ror.org/00fv61j67"},
        },
        {"name": "Bob", "affiliation": "Elsewhere"},
    ]
    assert said["publications"] == [{"title": "A paper", "year": 2023, "doi": "10.1000/paper"}]
    assert said["funding"] == [{"funder": "Wellcome", "grant": "G-1", "ror": "https://ror.org/029chgv08"}]
    assert [todo.about for todo in draft.todo] == ["authors"]
    assert "bob@lab.example" not in str(draft)


def test_taxa_and_methods_of_a_crate_for_search(tmp_path):
    root = {
        "@id": "https://host.example/study/1",
        "@type": "Dataset",
        "name": "Cells",
        "about": [{"@id": "http://purl.obolibrary.org/obo/NCBITaxon_9606"}],
        "measurementMethod": [{"@id": "http://purl.obolibrary.org/obo/FBbi_00000251"}],
    }
    taxon = {"@id": "http://purl.obolibrary.org/obo/NCBITaxon_9606", "@type": "Taxon", "scientificName": "Homo sapiens"}
    method = {
        "@id": "http://purl.obolibrary.org/obo/FBbi_00000251",
        "@type": "DefinedTerm",
        "name": "confocal microscopy",
    }
    descriptor = {**DESCRIPTOR, "about": {"@id": "https://host.example/study/1"}}
    said = read(write_crate(tmp_path / "crate", root, taxon, method, descriptor=descriptor)).description
    assert said["organisms"] == [{"name": "Homo sapiens", "accession": "NCBITaxon:9606"}]
    assert said["imaging_methods"] == [{"name": "confocal microscopy", "accession": "FBbi_00000251"}]
    assert said["links"] == [{"title": "https://host.example/study/1", "url": "https://host.example/study/1"}]


def crate_with_files(tmp_path: Path) -> Path:
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": "Cells",
        "hasPart": [{"@id": "my%20images/"}, {"@id": "loose.tif"}],
    }
    folder = {
        "@id": "my%20images/",
        "@type": "Dataset",
        "name": "Mine",
        "genotype": "wild type",
        "hasPart": [
            {"@id": "my%20images/a.ome.tiff"},
            {"@id": "my%20images/gone.ome.tiff"},
            {"@id": "my%20images/t.csv"},
        ],
    }
    files = [
        {"@id": "my%20images/a.ome.tiff", "@type": "File", "passage": 7},
        {"@id": "my%20images/gone.ome.tiff", "@type": "File", "passage": 8},
        {"@id": "my%20images/t.csv", "@type": "File", "name": "Counts"},
        {"@id": "loose.tif", "@type": "File"},
    ]
    crate = write_crate(tmp_path / "crate", root, folder, *files)
    (crate / "my images").mkdir()
    write_ome_tiff(crate / "my images" / "a.ome.tiff", planes())
    (crate / "my images" / "t.csv").write_text("a,b\n")
    return crate


def test_files_beside_the_crate_are_images_the_others_rows(tmp_path):
    draft = read(crate_with_files(tmp_path))
    assert draft.description["sources"] == ["../../../../crate"]
    assert draft.description["datasets"] == [
        {
            "name": "Mine",
            "pairs": {"genotype": "wild type"},
            "images": ["my images/a.ome.tiff"],
            "attachments": [{"path": "attachments/my images/t.csv", "title": "Counts"}],
        },
        {"name": "Images"},
    ]
    found = rows(draft, tmp_path)
    assert [(row.get("image"), row.get("name"), row.get("passage")) for row in found] == [
        ("my images/a.ome.tiff", None, "7"),
        (None, "gone.ome.tiff", "8"),
        (None, "loose.tif", None),
    ]
    assert draft.facts == ("1 of 3 image files that the crate names are on this disk",)


def test_files_elsewhere_are_found_by_their_name(tmp_path):
    crate = crate_with_files(tmp_path)
    (tmp_path / "disk" / "deep").mkdir(parents=True)
    write_ome_tiff(tmp_path / "disk" / "deep" / "gone.ome.tiff", planes())
    draft = read(crate, tmp_path / "disk")
    assert draft.description["datasets"][0]["images"] == ["my images/a.ome.tiff", "deep/gone.ome.tiff"]
    assert draft.description["sources"] == ["../../../../crate", "../../../../disk"]


def test_a_file_outside_the_crate_is_not_taken(tmp_path):
    (tmp_path / "secret.csv").write_text("secret")
    root = {"@id": "./", "@type": "Dataset", "name": "x", "hasPart": [{"@id": "../secret.csv"}, {"@id": "link.csv"}]}
    files = [{"@id": "../secret.csv", "@type": "File"}, {"@id": "link.csv", "@type": "File"}]
    crate = write_crate(tmp_path / "crate", root, *files)
    (crate / "link.csv").symlink_to(tmp_path / "secret.csv")
    draft = read(crate)
    assert draft.linked is None
    assert [todo.message for todo in draft.lost] == [
        "2 files that are no images and are not beside the crate: ../secret.csv, link.csv"
    ]


def test_a_folder_that_lists_no_files_holds_what_lies_in_it(tmp_path):
    root = {"@id": "./", "@type": "Dataset", "name": "x", "hasPart": {"@id": "data/"}}
    crate = write_crate(tmp_path / "crate", root, {"@id": "data/", "@type": "Dataset"})
    (crate / "data").mkdir()
    write_ome_tiff(crate / "data" / "a.ome.tiff", planes())
    assert read(crate).description["datasets"] == [{"name": "data", "images": ["data/a.ome.tiff"]}]


def test_an_ome_zarr_with_a_crate_inside_is_an_image(tmp_path):
    crate = write_crate(tmp_path / "a", {"@id": "./", "@type": "Dataset", "name": "x"})
    assert importer_of(crate).name == "RO-Crate"
    assert importer_of(crate / "ro-crate-metadata.json").name == "RO-Crate"
    (crate / "zarr.json").write_text("{}")
    assert importer_of(crate) is None
    assert importer_of(crate / "ro-crate-metadata.json") is None


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"@graph": {}}',
        '{"@graph": []}',
        "[" * 100_000,
        '{"@graph": [{"@id": "ro-crate-metadata.json"}]}',
    ],
)
def test_what_is_no_crate_is_refused_in_words(tmp_path, text):
    (tmp_path / "ro-crate-metadata.json").write_text(text)
    with pytest.raises(ContentError) as caught:
        read(tmp_path)
    assert caught.value.problems[0].code == "add.bad-crate"


@pytest.mark.parametrize("value", [None, 3, [[]], [{}], {"@value": {"a": 1}}, {"@id": 7}, {"@id": "./"}, True, [None]])
def test_values_of_any_shape_do_no_harm(tmp_path, value):
    keys = (
        "name",
        "description",
        "author",
        "license",
        "hasPart",
        "about",
        "funding",
        "citation",
        "keywords",
        "identifier",
    )
    root = {"@id": "./", "@type": "Dataset", **dict.fromkeys(keys, value), "datePublished": value}
    read(write_crate(tmp_path / "crate", root))


@pytest.mark.corpus
def test_the_crate_of_s_biad843(corpus, tmp_path):
    folder = corpus / "studies" / "S-BIAD843-rocrate"
    graph = json.loads((folder / "ro-crate-metadata.json").read_text())["@graph"]
    by_id = {entity["@id"]: entity for entity in graph}
    root = by_id["./"]
    draft = read(folder, corpus / "ome-zarr" / "real" / "S-BIAD843")
    said = draft.description
    assert (said["title"], said["accession"], said["licence"]) == (root["name"], "S-BIAD843", "CC0-1.0")
    assert said["release_date"].isoformat() == root["datePublished"]
    people = [by_id[each["@id"]] for each in root["contributor"]]
    assert [author["name"] for author in said["authors"]] == [person["displayName"] for person in people]
    assert [author["roles"] for author in said["authors"]] == [person["role"] for person in people]
    assert said["organisms"] == [{"name": "Drosophila melanogaster", "accession": "NCBITaxon:7227"}]
    assert [method["accession"] for method in said["imaging_methods"]] == ["FBbi_00000251", "FBbi_00000254"]
    assert [dataset["name"] for dataset in said["datasets"]] == [by_id[part["@id"]]["name"] for part in root["hasPart"]]
    texts = str(said)
    for entity in graph:
        for key in ("protocolDescription", "biologicalEntityDescription", "imagingInstrumentDescription", "genotype"):
            assert entity.get(key, "") in texts
    assert "@ucl.ac.uk" not in texts
    found = rows(draft, tmp_path)
    assert len(found) == sum(entity["@type"] == ["File", "bia:Image"] for entity in graph)
    assert [row["image"] for row in found if "image" in row] == [
        "WD1_15-02_WT_confocalonly_segmented.ome.zarr.zip",
        "WD3.2_21-03_WT_MP_segmented.zarr",
    ]
    masks = [row["Input image"] for row in found if "Input image" in row]
    assert masks == [entity["inputImage"][0]["@id"] for entity in graph if "inputImage" in entity]
