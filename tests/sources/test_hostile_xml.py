"""Hostile and huge OME-XML: refused, or read and published without harm, in ten seconds and a gigabyte."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.formats.ome_xml.publish import PublishedImage, published_document
from publisher.formats.ome_xml.read import read_images
from publisher.formats.ome_xml.single import ImageDocuments
from publisher.formats.ome_xml.tree import parse, validate
from publisher.formats.redaction import Redaction
from publisher.sources.inspect import inspect
from publisher.sources.protocol import Roots
from publisher.sources.registry import installed_readers
from tests.sources.hostile_reading import limited_worker, refusal_of

RELEASE = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
BIN_DATA = '<BinData BigEndian="false" Length="4">AA==</BinData>'


def image(number: int = 0, *, size_x: str = "1", inside: str = "", attributes: str = "") -> str:
    """An image of one pixel, which is in the document."""
    return (
        f'<Image ID="Image:{number}" {attributes}>{inside}<Pixels ID="Pixels:{number}" DimensionOrder="XYZCT" '
        f'Type="uint8" SizeX="{size_x}" SizeY="1" SizeZ="1" SizeC="1" SizeT="1"><Channel ID="Channel:{number}:0"/>'
        f"{BIN_DATA}</Pixels></Image>"
    )


def ome(body: str, *, before: str = "", attributes: str = "", release: str = RELEASE) -> str:
    """A document with ``before`` in front of its root element."""
    return f'<?xml version="1.0"?>{before}<OME xmlns="{release}" {attributes}>{body}</OME>'


def described(text: str) -> str:
    return image(inside=f"<Description>{text}</Description>")


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
REFUSED: dict[str, Callable[[], str]] = {
    "entity of a file": lambda: ome(described("&x;"), before='<!DOCTYPE a [<!ENTITY x SYSTEM "secret.txt">]>'),
    "entity of a host": lambda: ome(described("&x;"), before='<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1/">]>'),
    "external DTD": lambda: ome(image(), before='<!DOCTYPE OME SYSTEM "http://127.0.0.1/ome.dtd">'),
    "internal entity": lambda: ome(described("&x;"), before='<!DOCTYPE a [<!ENTITY x "y">]>'),
    "billion laughs": lambda: ome(described("&a11;"), before=f'<!DOCTYPE a [<!ENTITY a0 "ha">{LAUGHS}]>'),
    "quadratic": lambda: ome(described("&x;" * 50_000), before=f'<!DOCTYPE a [<!ENTITY x "{"a" * 50_000}">]>'),
    "DOCTYPE behind a comment": lambda: ome(described("&x;"), before='<!-- > --><!DOCTYPE a [<!ENTITY x "y">]>'),
    "attribute of 50 MB": lambda: ome(image(attributes=f'Name="{"a" * 50_000_000}"')),
    "text of 50 MB": lambda: ome(described("a" * 50_000_000)),
    "2,000 deep": lambda: ome(image() + "<a>" * 2_000 + "</a>" * 2_000),
    "100,000 deep": lambda: ome(image() + "<a>" * 100_000 + "</a>" * 100_000),
    "100,000 attributes": lambda: ome(image(attributes=" ".join(f'a{n}="1"' for n in range(100_000)))),
    "a million elements": lambda: ome(image() + "<a/>" * 1_000_000),
    "70 MB of little": lambda: ome(image() + "<Rights>b</Rights>\n" * 3_500_000),
    "SizeX of 5,000 digits": lambda: ome(image(size_x="9" * 5_000)),
    "SizeX below zero": lambda: ome(image(size_x="-5")),
    "SizeX of a planet": lambda: ome(image(size_x="2147483647")),
    "an upgrade without end": lambda: ome(
        image() + "<Dataset/>" * 20_000, release="http://www.openmicroscopy.org/Schemas/OME/2008-09"
    ),
}
"""Documents that are no image, by what is wrong with them."""

HARMLESS: dict[str, Callable[[], str]] = {
    "schema of a host": lambda: ome(
        image(),
        attributes='xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://127.0.0.1:{port}/a http://127.0.0.1:{port}/a.xsd"',
    ),
    "inclusion of a file": lambda: ome(
        described('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="secret.txt" parse="text"/>')
    ),
    "inclusion of a host": lambda: ome(
        described('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="http://127.0.0.1:{port}/a"/>')
    ),
    "stylesheet": lambda: ome(image(), before='<?xml-stylesheet href="http://127.0.0.1:{port}/a.xsl"?>'),
}
"""Documents that name what they do not get."""


def annotations(references: Callable[[int], range], count: int) -> str:
    """``count`` annotations that refer to each other, the first of an image."""
    body = "".join(
        f'<ListAnnotation ID="Annotation:{n}">'
        + "".join(f'<AnnotationRef ID="Annotation:{m}"/>' for m in references(n))
        + "</ListAnnotation>"
        for n in range(count)
    )
    inside = image().replace("</Image>", '<AnnotationRef ID="Annotation:0"/></Image>')
    return ome(f"{inside}<StructuredAnnotations>{body}</StructuredAnnotations>")


LABORIOUS: dict[str, Callable[[], str]] = {
    "5,000 images": lambda: ome("".join(map(image, range(5_000)))),
    "20,000 elements that the schema does not know": lambda: ome(image(inside='<Odd a="1">b</Odd>' * 20_000)),
    "30,000 faults": lambda: ome(image(inside='<Odd a="1">b</Odd>' * 30_000)),
    "20,000 IDs used twice": lambda: ome(image() + '<Dataset ID="Dataset:0"/>' * 20_000),
    "20,000 references to nothing": lambda: ome(
        image() + f'<Dataset ID="Dataset:0">{"".join(map(_reference, range(20_000)))}</Dataset>'
    ),
    "annotations that all refer to each other": lambda: annotations(lambda _: range(60), 60),
    "annotations in a chain": lambda: annotations(lambda n: range(n + 1, n + 2), 20_000),
    "units of 5,000 kinds": lambda: ome(
        "".join(image(n).replace("SizeX", f'PhysicalSizeX="1" PhysicalSizeXUnit="u{n}" SizeX') for n in range(5_000))
    ),
    "100,000 values that an upgrade drops": lambda: ome(
        "<CustomAttributes>" + '<a b="1" c="2"/>' * 50_000 + "</CustomAttributes>",
        release="http://www.openmicroscopy.org/Schemas/OME/2011-06",
    ),
}
"""Documents that ask for much, and are read and published all the same."""


def _reference(number: int) -> str:
    return f'<ImageRef ID="Image:9{number}"/>'


def publish(path: Path) -> tuple[int, bytes, bytes]:
    """Images, the published document and that of the last image; it is valid."""
    tree = parse(path.read_bytes(), name=path.name)
    images = [
        PublishedImage(series=i.series, image=i, dtype=i.pixels.dtype, shape=i.pixels.shape, channels=i.channels)
        for i in read_images(tree)
    ]
    published = published_document(tree, images, privacy=Redaction(), creator="publisher").data
    assert validate(published) == ()
    singles = ImageDocuments(published)
    return len(images), published, singles.document(len(singles) - 1) if len(singles) else b""


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_documents_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("TOPSECRET")
    path = tmp_path / "hostile.ome.xml"
    path.write_text(REFUSED[name]())
    error = refusal_of(path)
    assert all(problem.path for problem in error.problems)
    assert "TOPSECRET" not in str(error)
    assert len(str(error)) < 2_000


@pytest.mark.parametrize("name", HARMLESS)
def test_documents_get_nothing_of_what_they_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("TOPSECRET")
    path = tmp_path / "hostile.ome.xml"
    with socket.create_server(("127.0.0.1", 0)) as host, limited_worker() as worker:
        path.write_text(HARMLESS[name]().replace("{port}", str(host.getsockname()[1])))
        record = worker.call(_inspected, path)
        count, published, single = worker.call(publish, path)
        host.settimeout(0.2)
        with pytest.raises(TimeoutError):
            host.accept()
    assert count == 1
    assert b"TOPSECRET" not in published + single
    assert "TOPSECRET" not in record


def _inspected(path: Path) -> str:
    return str(inspect(path, Roots((path.parent,)), installed_readers([])).to_json())


@pytest.mark.parametrize("name", LABORIOUS)
def test_documents_that_ask_for_much_are_read_and_published(tmp_path: Path, name: str) -> None:
    path = tmp_path / "large.ome.xml"
    path.write_text(LABORIOUS[name]())
    with limited_worker() as worker:
        count, _, _ = worker.call(publish, path)
    assert count == path.read_text().count("<Image ")


def test_twenty_thousand_images_are_read(tmp_path: Path) -> None:
    path = tmp_path / "large.ome.xml"
    path.write_text(ome("".join(map(image, range(20_000)))))
    with limited_worker() as worker:
        assert worker.call(_images, path) == 20_000


def _images(path: Path) -> int:
    return len(read_images(parse(path.read_bytes(), name=path.name)))
