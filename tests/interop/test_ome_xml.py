"""The published OME-XML by a second judge: xmlschema, which shares no code with lxml's."""

from importlib.util import find_spec
from pathlib import Path

import pytest
import xmlschema

from tests.interop.published import Published

OME = "{http://www.openmicroscopy.org/Schemas/OME/2016-06}"


@pytest.fixture(scope="session")
def schema() -> xmlschema.XMLSchema:
    spec = find_spec("ome_types")
    assert spec is not None
    assert spec.origin is not None
    return xmlschema.XMLSchema(str(Path(spec.origin).parent / "ome-2016-06.xsd"), allow="local")


def test_every_document_is_valid(example_site: Path, site_of_all_types: Path, schema: xmlschema.XMLSchema) -> None:
    documents = [path for site in (example_site, site_of_all_types) for path in sorted(site.rglob("*ome.xml"))]
    downloads = [path for path in documents if path.name != "METADATA.ome.xml"]
    assert len(downloads) == len(documents) - len(downloads) > 0
    faults = {str(path): [error.reason for error in schema.iter_errors(str(path))] for path in documents}
    assert {path: found for path, found in faults.items() if found} == {}


def test_the_document_describes_the_arrays(images: tuple[Published, ...], schema: xmlschema.XMLSchema) -> None:
    for image in images:
        document = xmlschema.XMLResource(str(image.store.parent / "OME" / "METADATA.ome.xml"))
        (pixels,) = document.root.iter(f"{OME}Pixels")
        shape = tuple(int(pixels.attrib[f"Size{axis}"]) for axis in "TCZYX")
        first, _ = image.first_and_last
        assert shape == first.shape
        assert pixels.attrib["Type"] == {"float32": "float"}.get(first.dtype.name, first.dtype.name)
        assert len(pixels.findall(f"{OME}Channel")) == first.shape[1]
