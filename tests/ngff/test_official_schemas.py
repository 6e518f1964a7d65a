"""The specification's own JSON schemas accept every document of every version, and refuse what they should."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from publisher.formats.ngff_version import VERSIONS_OF
from tests.ngff.filesets import write_fileset, write_plate

pytestmark = pytest.mark.corpus

KINDS = (
    ("image-label", "strict_label"),
    ("multiscales", "strict_image"),
    ("plate", "strict_plate"),
    ("well", "strict_well"),
    ("bioformats2raw.layout", "bf2raw"),
    ("series", "ome"),
)
"""Key of a group's content to the schema of such groups; the list of labels has none."""


class Judge:
    """The schemas of one release."""

    def __init__(self, corpus: Path, release: str) -> None:
        folder = corpus / "schemas/ngff" / release / "schemas"
        self._schemas = {path.stem: json.loads(path.read_bytes()) for path in folder.glob("*.schema")}
        self._registry = Registry().with_resources(
            (schema["$id"], Resource(contents=schema, specification=DRAFT202012))
            for schema in self._schemas.values()
            if "$id" in schema
        )

    def faults(self, content: dict[str, Any], attributes: dict[str, Any]) -> Iterator[str]:
        for key, name in KINDS:
            if key in content:
                validator = Draft202012Validator(self._schemas[name], registry=self._registry)
                yield from (f"{name}: {error.message[:200]}" for error in validator.iter_errors(attributes))


def documents(fileset: Path, release: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Path, content and attributes of every group that says something."""
    for path in sorted(fileset.rglob(".zattrs" if release == "0.4" else "zarr.json")):
        document = json.loads(path.read_bytes())
        attributes = document if release == "0.4" else document["attributes"]
        content = attributes if release == "0.4" else attributes.get("ome", {})
        if content:
            yield path.relative_to(fileset).as_posix(), content, attributes


@pytest.mark.parametrize("version", [version for version in VERSIONS_OF if version != "0.6"])  # no schemas of it yet
@pytest.mark.parametrize("write", [write_fileset, write_plate], ids=["images and labels", "plate"])
def test_the_official_schemas_accept_every_document(tmp_path: Path, corpus: Path, write: Any, version: str) -> None:
    fileset = write(tmp_path / "a.ome.zarr", version=version)
    for release in VERSIONS_OF[version]:
        judge = Judge(corpus, release)
        found = {
            path: [*judge.faults(content, attributes)] for path, content, attributes in documents(fileset, release)
        }
        assert len(found) >= 4
        assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize("release", ["0.4", "0.5"])
def test_the_judge_is_awake(tmp_path: Path, corpus: Path, release: str) -> None:
    fileset = write_fileset(tmp_path / "a.ome.zarr", version=release)
    (image,) = (entry for entry in documents(fileset, release) if entry[0].startswith("1/"))
    image[1]["multiscales"][0].pop("axes")
    assert [*Judge(corpus, release).faults(image[1], image[2])] == ["strict_image: 'axes' is a required property"]
