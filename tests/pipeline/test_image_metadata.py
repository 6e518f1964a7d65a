"""What an image's document says, on its page and in the files beside it."""

import json
from pathlib import Path
from typing import Any

import pytest

from publisher.testing.images import planes, write_ome_tiff
from tests.pipeline.sites import build_site, make_site

PLANES = (
    '<Plane TheZ="0" TheT="0" TheC="0" ExposureTime="50" ExposureTimeUnit="ms" PositionX="1" PositionXUnit="mm"/>'
    '<Plane TheZ="1" TheT="0" TheC="0" ExposureTime="70" ExposureTimeUnit="ms" PositionX="2" PositionXUnit="mm"/>'
)
ANNOTATIONS = (
    '<StructuredAnnotations><XMLAnnotation ID="Annotation:x" Namespace="example.org/x"><Value><Table><Key>UserName'
    "</Key><Value>canary</Value></Table><seen>cells &amp; more</seen></Value></XMLAnnotation>"
    '<LongAnnotation ID="Annotation:r" Namespace="openmicroscopy.org/omero/insight/rating"><Value>3</Value>'
    "</LongAnnotation></StructuredAnnotations>"
)


def document(size_z: int = 2) -> str:
    """One image with planes and annotations."""
    return (
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Instrument ID="Instrument:0"><Microscope '
        'Model="Axio"/></Instrument><Image ID="Image:0" Name="cell"><InstrumentRef ID="Instrument:0"/><Pixels '
        'ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" SizeX="32" SizeY="24" '
        f'SizeZ="{size_z}" SizeC="1" SizeT="1"><Channel ID="Channel:0:0" SamplesPerPixel="1"/><TiffData/>{PLANES}'
        f'</Pixels><AnnotationRef ID="Annotation:x"/><AnnotationRef ID="Annotation:r"/></Image>{ANNOTATIONS}</OME>'
    )


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """The folder of the image's page."""
    study = make_site(tmp_path)
    write_ome_tiff(study / "images" / "a.ome.tiff", planes(z=2, y=24, x=32), xml=document())
    outcome = build_site(tmp_path)
    assert outcome.problems == ()
    [folder] = (tmp_path / "_site" / "studies").glob("*/images/a-*")
    return folder


def panels(page: Path) -> dict[str, dict[str, Any]]:
    """Panels of the page's JSON, by kind or title."""
    main = json.loads((page / "index.json").read_text())["main"]
    return {panel.get("title", panel["kind"]): panel for panel in main}


def test_planes_stand_beside_the_page_as_a_table(page: Path) -> None:
    rows = "t,c,z,exposure_s,position_x_um\n0,0,0,0.05,1000\n0,0,1,0.07,2000\n"
    assert (page / "planes.csv").read_text() == rows
    html = (page / "index.html").read_text()
    assert 'href="planes.csv"' in html
    assert "0.05 to 0.07 s" in html


def test_xml_is_shown_as_text_without_what_is_private(page: Path) -> None:
    [xml] = panels(page)["Others"]["notes"]
    assert "<seen>cells &amp; more</seen>" in xml["code"]
    assert "canary" not in xml["code"]
    html = (page / "index.html").read_text()
    assert "cells &amp;amp; more" in html
    assert "<seen" not in html


def test_a_rating_is_stars_with_words(page: Path) -> None:
    assert [note["text"] for note in panels(page)["Ratings"]["notes"]] == ["★★★☆☆ 3 of 5"]
    assert "★★★☆☆ 3 of 5" in (page / "index.html").read_text()


def test_unset_fields_are_behind_one_control_that_needs_no_script(page: Path) -> None:
    html = (page / "index.html").read_text()
    assert html.count("Show unset fields") == 1
    assert "<summary>Show unset fields</summary>" in html
    unset = {each["title"]: each["labels"] for each in panels(page)["acquisition"]["unset"]}
    assert unset["Microscope"] == ["Manufacturer", "Serial number", "Lot number", "Type"]
    assert unset["Stage label"] == ["Name", "Position X", "Position Y", "Position Z"]
