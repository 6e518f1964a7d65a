"""What is private, a draft or under embargo leaves no byte in the site."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from publisher.pipeline import BuildOptions, build
from publisher.reporting import SilentReporter
from publisher.testing.images import (
    ome_xml,
    planes,
    write_imagej_tiff,
    write_ome_tiff,
    write_ome_zarr,
    write_plain_tiff,
)
from publisher.testing.zarr_sets import write_labels, write_plate
from tests.pipeline.sites import build_site, tree
from tests.pipeline.sites import make_site as make_plain_site
from tests.safety import site_of_strings
from tests.safety.canaries import Canaries, private_ome, private_words


def ome_with_private_parts(canary: Canaries) -> str:
    """An OME-XML with a token in every private place."""

    def text(field: str) -> str:
        return private_words(canary, field)

    document = site_of_strings.ome_document(text, (1, 2, 2, 40, 50), private_ome(canary))
    refs = '<ExperimenterRef ID="Experimenter:0"/><ExperimenterGroupRef ID="ExperimenterGroup:0"/>'
    pairs = "".join(
        f"<M K={site_of_strings.attribute(key)}>{canary('key ' + key)}</M>"
        for key in (
            "PatientName",
            "Information|Document|UserName #1",
            "Operator",
            "AcquisitionUser",
            "e-mail",
            "HostName",
        )
    )
    structured = (
        '<XMLAnnotation ID="Annotation:9" Namespace="openmicroscopy.org/OriginalMetadata"><Value><OriginalMetadata>'
        f"<Key>Global Operator</Key><Value>{canary('original operator')}</Value></OriginalMetadata></Value>"
        '</XMLAnnotation><FileAnnotation ID="Annotation:8"><BinaryFile '
        'FileName="notes.txt" Size="4"><BinData Length="4" BigEndian="false">'
        "AAAA</BinData></BinaryFile></FileAnnotation>"
        f'<MapAnnotation ID="Annotation:7"><Value>{pairs}</Value></MapAnnotation>'
    )
    references = "".join(f'<AnnotationRef ID="Annotation:{n}"/>' for n in (7, 8, 9))
    return (
        document.replace('<InstrumentRef ID="Instrument:0"/>', refs + '<InstrumentRef ID="Instrument:0"/>')
        .replace("</Image>", references + "</Image>")
        .replace("</StructuredAnnotations>", structured + "</StructuredAnnotations>")
    )


def private_tags(canary: Canaries) -> dict[str, object]:
    """TIFF tags that name people, computers and places, for tifffile."""
    tags = {315: "Artist", 316: "HostComputer", 269: "DocumentName", 285: "PageName", 33432: "Copyright", 700: "XMP"}
    return {
        "software": canary("Software") + " " + private_words(canary, "Software"),
        "extratags": [(number, 2, 0, canary(name), True) for number, name in tags.items()],
    }


@pytest.fixture
def site(tmp_path: Path) -> tuple[Path, Canaries]:
    """A site whose image files are full of private things."""
    canary = Canaries()
    root = tmp_path / f"home-{canary('folder of the site')}"
    study = make_plain_site(root)
    images = study / "images"
    pixels = planes(c=2, z=2, y=40, x=50, dtype="uint16")
    write_ome_tiff(images / "p.ome.tiff", pixels, xml=ome_with_private_parts(canary), **private_tags(canary))
    info = f"Operator: {canary('ImageJ operator')}\n" + private_words(canary, "ImageJ Info")
    labels = [private_words(canary, "ImageJ label")] * 2
    write_imagej_tiff(images / "q.tif", planes(c=2, dtype="uint16"), Info=info, Labels=labels)
    description = private_words(canary, "ImageDescription")
    write_plain_tiff(images / "r.tif", [planes()[0, 0, 0]], description=description, **private_tags(canary))
    window = {"min": 0, "max": 255, "start": 0, "end": 200}
    channels = [{"label": private_words(canary, "omero label"), "color": "FF0000", "window": window}] * 2
    name = private_words(canary, "Zarr name")
    store = write_ome_zarr(images / "s.ome.zarr", planes(c=2), omero={"name": name, "channels": channels}, name=name)
    document = json.loads((store / "zarr.json").read_text())
    document["attributes"] |= {"operator": canary("Zarr attribute"), "source": f"/home/{canary('Zarr path')}/a.tif"}
    (store / "zarr.json").write_text(json.dumps(document))
    (study / "study.yaml").write_text(
        (study / "study.yaml").read_text().replace("images/a.ome.tiff", '["images/a*", "images/[pqr]*", "images/s*"]')
    )
    return root, canary


def test_private_parts_of_image_files_stay_out(site: tuple[Path, Canaries]) -> None:
    root, canary = site
    outcome = build_site(root)
    assert outcome.problems == ()
    assert len(list((root / "_site").rglob("*.ome.zarr"))) == 7
    assert len(canary.fields) > 60
    assert canary.found_in(root / "_site") == {}


def test_private_words_of_plates_and_labels_stay_out(tmp_path: Path) -> None:
    canary, root = Canaries(), tmp_path / "site"
    images = make_plain_site(root) / "images"
    acquisition = {name: private_words(canary, f"acquisition {name}") for name in ("name", "description")}
    plate = write_plate(images / "x.ome.zarr", {"A/1": [planes()]}, acquisitions=[{"id": 1, **acquisition}])
    document = json.loads((plate / ".zattrs").read_text())
    document["plate"]["name"] = private_words(canary, "plate name")
    (plate / ".zattrs").write_text(json.dumps(document))
    image = write_ome_zarr(images / "y.ome.zarr", planes(y=20, x=20), version="0.4")
    properties = {"note": private_words(canary, "property"), "Operator": canary("operator of labels")}
    write_labels(image, "cells", planes(y=20, x=20), properties=[{"label-value": 1, "area": 7, **properties}])
    study = images.parent / "study.yaml"
    study.write_text(study.read_text().replace("images/a.ome.tiff", '["images/[axy].ome*"]'))
    assert build_site(root).problems == ()
    [labels] = (root / "_site").rglob("0/labels/cells/zarr.json")
    assert '"area"' in labels.read_text()
    assert canary.found_in(root / "_site") == {}


@pytest.mark.parametrize(("series", "published"), [("", [0]), (", series: [0, 2]", [0, 2])])
def test_the_label_of_a_slide_is_published_only_when_its_series_is_listed(
    series: str, published: list[int], tmp_path: Path
) -> None:
    study = make_plain_site(tmp_path)
    scan, label, macro = (planes(c=3, y=size, x=60) for size in (90, 40, 30))
    data = [f'<TiffData IFD="{number}"/>' for number in range(3)]
    xml = ome_xml([scan, label, macro], data, samples=3)
    xml = xml.replace('"image 1"', '"label image"').replace('"image 2"', '"macro image"')
    write_ome_tiff(study / "images" / "slide.ome.tiff", scan, label, macro, samples=3, xml=xml)
    text = (study / "study.yaml").read_text()
    said = f"[images/a.ome.tiff, {{path: images/slide.ome.tiff{series}}}]"
    (study / "study.yaml").write_text(text.replace("images/a.ome.tiff", said))
    outcome = build_site(tmp_path)
    assert outcome.problems == ()
    (store,) = (tmp_path / "_site").rglob("slide-*.ome.zarr")
    assert sorted(int(path.name) for path in store.iterdir() if path.name.isdigit()) == published
    document = (store / "OME" / "METADATA.ome.xml").read_text()
    assert ("macro image" in document) == (2 in published)
    assert "label image" not in document


HIDE: list[tuple[str, dict[str, object]]] = [
    ("draft", {"visibility": "draft"}),
    ("embargoed", {"visibility": "embargoed", "embargo_until": date(2026, 6, 1)}),
]


def hidden_study(root: Path, canary: Callable[[str], str], **more: object) -> Path:
    """A second study whose every field and file name is a token."""
    folder = root / "content/studies" / canary("slug")
    data = site_of_strings.study(canary, **more)
    for author in data["authors"]:
        author.pop("email", None)
    site_of_strings.write_yaml(folder / "study.yaml", data)
    file_name = f"{canary('image folder')}/{canary('image file')}.ome.tiff"
    (folder / "images.csv").write_text(site_of_strings.rows(canary, file_name))
    site_of_strings.write_images(folder, canary, file_name)
    return folder


def build_on(root: Path, day: date) -> None:
    outcome = build(root, BuildOptions(today=day, threads=1), SilentReporter())
    assert outcome.problems == ()


@pytest.mark.parametrize(("name", "hiding"), HIDE)
def test_a_hidden_study_leaves_no_byte(name: str, hiding: dict[str, object], tmp_path: Path) -> None:
    root, canary = tmp_path / "site", Canaries()
    make_plain_site(root)
    build_site(root)
    before = tree(root / "_site")
    folder = hidden_study(root, canary, **hiding)
    build_site(root)
    assert canary.found_in(root / "_site") == {}
    assert tree(root / "_site") == before, "nor a count, nor a place in a list"
    if name == "embargoed":
        build_on(root, date(2026, 5, 31))
        assert canary.found_in(root / "_site") == {}
        build_on(root, date(2026, 6, 1))
        assert len(canary.found_in(root / "_site")) > 40
    else:
        site_of_strings.write_yaml(folder / "study.yaml", site_of_strings.study(canary))
        build_site(root)
        assert len(canary.found_in(root / "_site")) > 40
    site_of_strings.write_yaml(folder / "study.yaml", site_of_strings.study(canary, **HIDE[0][1]))
    build_site(root)
    assert canary.found_in(root / "_site") == {}
    assert tree(root / "_site") == before
    shutil.rmtree(folder)
    build_site(root)
    assert tree(root / "_site") == before


def test_a_study_withdrawn_after_the_ledger_was_lost_is_told_of(tmp_path: Path) -> None:
    root = tmp_path / "site"
    study = make_plain_site(root)
    build_site(root)
    shutil.rmtree(root / ".publisher")
    (study / "study.yaml").write_text("visibility: draft\n" + (study / "study.yaml").read_text())
    outcome = build_site(root)
    [problem] = [problem for problem in outcome.problems if problem.code == "build.unknown-files"]
    assert "_site" in str(problem)
    assert "data/mitosis" in str(problem)
