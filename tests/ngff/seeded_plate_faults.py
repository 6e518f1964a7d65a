"""Faults put into a sound plate on purpose (`tests.ngff.filesets.write_plate`), each with what a check must say."""

import shutil
from pathlib import Path
from typing import Any

from tests.ngff.seeded_faults import Change, Json, Seeded, group, text

XML = "OME/METADATA.ome.xml"


def plate(change: Change) -> Any:
    return group("", lambda ome: change(ome["plate"]))


def well(where: str, change: Change) -> Any:
    return group(where, lambda ome: change(ome["well"]))


def _swap_wells(found: Json) -> None:
    found["wells"].reverse()


def _drop_level(ome: Json) -> None:
    ome["multiscales"][0]["datasets"].pop()


def _drop_level_with_its_files(fileset: Path) -> None:
    group("B/3/0", _drop_level)(fileset)
    shutil.rmtree(fileset / "B/3/0/1")


def _strange_well(fileset: Path) -> None:
    shutil.copytree(fileset / "B/3", fileset / "B/2")


def _strange_field(fileset: Path) -> None:
    shutil.copytree(fileset / "B/3/0", fileset / "B/3/5")


PLATE_FAULTS = (
    Seeded("rowIndex is another", plate(lambda p: p["wells"][1].update(rowIndex=0)), "ATTRS", "which is A/3"),
    Seeded("columnIndex is another", plate(lambda p: p["wells"][0].update(columnIndex=1)), "ATTRS", "which is A/2"),
    Seeded("field_count is another", plate(lambda p: p.update(field_count=7)), "ATTRS", "the largest well has 2"),
    Seeded("no field_count", plate(lambda p: p.pop("field_count")), "ATTRS", "field_count is None"),
    Seeded("no name", plate(lambda p: p.pop("name")), "ATTRS", "the plate has no name"),
    Seeded("rows that differ in capitals", plate(lambda p: p["rows"].append({"name": "a"})), "ATTRS", "2 rows are"),
    Seeded("wells out of order", plate(_swap_wells), "ATTRS", "not sorted by row"),
    Seeded("acquisition 0", plate(lambda p: p["acquisitions"].append({"id": 0})), "ATTRS", "numbers from 1"),
    Seeded("acquisition twice", plate(lambda p: p["acquisitions"].append({"id": 1})), "ATTRS", "each once"),
    Seeded(
        "unknown acquisition", well("B/3", lambda w: w["images"][0].update(acquisition=9)), "B/3/ATTRS", "acquisition 9"
    ),
    Seeded("no acquisition", well("A/1", lambda w: w["images"][0].pop("acquisition")), "A/1/ATTRS", "no acquisition"),
    Seeded("a level less", _drop_level_with_its_files, "B/3/0/ATTRS", "has 1 levels, most fields of the plate 2"),
    Seeded("an unlisted well", _strange_well, "B/2", "lists no such well"),
    Seeded("an unlisted field", _strange_field, "B/3/5", "lists no such field"),
    Seeded("a missing well", lambda f: shutil.rmtree(f / "B/3"), "B/3/GROUP", "is missing"),
    Seeded("a missing field", lambda f: shutil.rmtree(f / "A/1/1"), "A/1/1/GROUP", "is missing"),
    Seeded("series lacks one", group("OME", lambda o: o["series"].pop()), "OME/ATTRS", "it lacks B/3/0"),
    Seeded("series is sorted", group("OME", lambda o: o["series"].reverse()), "OME/ATTRS", "in their order"),
    Seeded(
        "series names another", group("OME", lambda o: o["series"].append("C/1/0")), "OME/ATTRS", "no well has C/1/0"
    ),
    Seeded("OME-XML is missing", lambda f: (f / XML).unlink(), XML, "is missing"),
    Seeded("OME-XML has another row", text(XML, 'Row="1"', 'Row="0"'), XML, "which is B/3/0, is sample 0 of the well"),
    Seeded("OME-XML lacks a field", text(XML, '<ImageRef ID="Image:2"/>', ""), XML, "no well has Image:2"),
    Seeded("OME-XML has another ID", text(XML, 'Image ID="Image:1"', 'Image ID="Image:8"'), XML, "expected Image:1"),
)
