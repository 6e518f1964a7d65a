"""Every real file: read by us, of the sizes that Bio-Formats sees, each plane equal to what another program reads."""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from publisher.errors import SourceError
from publisher.sources.inspect import Inspection, inspect
from publisher.sources.protocol import ImageSource, Roots
from publisher.sources.registry import installed_readers
from tests.corpus.expectations import (
    AS_A_SET,
    FAMILIES,
    REFUSED,
    UNLIKE_BIO_FORMATS,
    UNLIKE_INDEPENDENT,
    Family,
    family_of,
)
from tests.corpus.independent import planes_as_a_set

pytestmark = pytest.mark.corpus

FOLDERS = ("ome-tiff", "ome-xml", "other-formats", "hcs", "studies", "projects", "omero-transfer-packs", "tables")
_OME_TYPES = {"float": "float32", "double": "float64", "bit": "bool"}

families = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)


def files_of(family: Family, corpus: Path) -> list[tuple[str, Path]]:
    """The family's files with their names in the collection; skips the test where its reader is not installed."""
    missing = [package for package in family.needs if find_spec(package) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    found = sorted(path for folder in FOLDERS for path in (corpus / folder).rglob("*") if path.is_file())
    chosen = [path for path in found if path.name.lower().endswith(family.suffixes) and family_of(path) is family]
    return [(path.relative_to(corpus).as_posix(), path) for path in chosen]


def readable(family: Family, corpus: Path) -> Iterator[tuple[str, Path, ImageSource]]:
    """The files of the family that are read, opened one after the other."""
    registry = installed_readers()
    for name, path in files_of(family, corpus):
        if name not in REFUSED:
            with registry.reader_of(path).open(path, Roots((path.parent,))) as source:
                yield name, path, source


@families
def test_every_file_is_read_or_refused_for_a_known_reason(family: Family, corpus: Path) -> None:
    refused: dict[str, str] = {}
    files = files_of(family, corpus)
    for name, path in files:
        try:
            record = inspect(path, Roots((path.parent,)), installed_readers())
        except SourceError as error:
            refused[name] = str(error)
        else:
            assert Inspection.from_json(record.to_json()) == record
    expected = {name for name, _ in files} & REFUSED.keys()
    assert {name: message for name, message in refused.items() if REFUSED.get(name, "?") not in message} == {}
    assert set(refused) == expected
    assert len(files) >= family.files


@families
def test_sizes_and_types_are_those_of_bio_formats(family: Family, corpus: Path) -> None:
    different = {}
    compared = 0
    for name, _, source in readable(family, corpus):
        theirs = _oracle(corpus, name)
        if theirs is None:
            continue
        ours = [(image.pixels.shape, image.pixels.dtype) for image in source.images()]
        compared += 1
        if ours != _without_levels(theirs, source) and name not in UNLIKE_BIO_FORMATS:
            different[name] = (ours, theirs)
    assert different == {}
    assert compared >= family.judged


def _oracle(corpus: Path, name: str) -> list[tuple[tuple[int, ...], str]] | None:
    """(T, C, Z, Y, X) and type of every image of Bio-Formats; None where it was not asked, or failed."""
    document = corpus / "oracle/bioformats-omexml" / f"{name}.ome.xml"
    if not document.is_file():
        return None
    found = []
    for element in re.findall(r"<Pixels [^>]*>", document.read_text(errors="replace")):
        fields = dict(re.findall(r'(\w+)="([^"]*)"', element))
        shape = tuple(int(fields[f"Size{axis}"]) for axis in "TCZYX")
        found.append((shape, _OME_TYPES.get(fields["Type"], fields["Type"])))
    return found


def _without_levels(found: list[tuple[tuple[int, ...], str]], source: ImageSource) -> list[tuple[tuple[int, ...], str]]:
    """The oracle was made with flattened pyramids: the levels of an image stand behind it as images."""
    kept, at = [], 0
    for image in source.images():
        kept += found[at : at + 1]
        levels = source.levels(image.series)
        sizes = [tuple(shape[3:]) for shape, _ in found[at : at + len(levels)]]
        at += len(levels) if len(levels) > 1 and sizes == [tuple(level) for level in levels] else 1
    return kept + found[at:]


@families
@pytest.mark.filterwarnings("ignore")  # other programs warn about their own reading of these files
def test_every_plane_is_what_another_program_reads(family: Family, corpus: Path) -> None:
    different, compared = [], 0
    for name, path, source in readable(family, corpus):
        if name in UNLIKE_INDEPENDENT:
            continue
        if name in AS_A_SET:
            ours = sorted(
                plane.tobytes() for series in range(len(source.images())) for plane in _planes(source, series)
            )
            different += [name] if ours != planes_as_a_set(path) else []
            compared += len(ours)
            continue
        theirs = family.planes(path, source.images())
        for image, expected in zip(source.images(), theirs, strict=True):
            assert expected.shape == image.pixels.shape, name
            planes = np.moveaxis(expected, 1, 2).reshape(-1, *expected.shape[3:])
            same = [np.array_equal(*pair) for pair in zip(_planes(source, image.series), planes, strict=True)]
            different += [] if all(same) else [f"{name} series {image.series}"]
            compared += len(same)
    assert different == []
    assert compared >= family.planes_at_least


def _planes(source: ImageSource, series: int) -> Iterator[np.ndarray]:
    """Every plane (Y, X) of an image: time by time, section by section, channel by channel."""
    pixels = source.images()[series].pixels
    for t in range(pixels.size_t):
        for z in range(pixels.size_z):
            yield from source.read(series, 0, t=t, z=z, c=slice(None), y=slice(None), x=slice(None))


def test_each_exception_is_about_a_file_that_is_there(corpus: Path) -> None:
    named = {*REFUSED, *UNLIKE_BIO_FORMATS, *UNLIKE_INDEPENDENT, *AS_A_SET}
    assert {name for name in named if not (corpus / name).exists()} == set()
