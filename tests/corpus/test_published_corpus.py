"""Every real file that can be read becomes a store that others open, with exactly the pixels of its source."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import zarr

from publisher.check.pages import check_pages
from publisher.ngff.validate import validate_fileset
from publisher.sources.inspect import inspect
from publisher.sources.protocol import Roots
from publisher.sources.registry import installed_readers
from tests.corpus.conftest import CorpusSite, PublishedSource, ome
from tests.corpus.expectations import AS_A_SET, UNLIKE_INDEPENDENT, family_of
from tests.corpus.independent import planes_as_a_set

IMAGES = 471
"""Images of all sources; two of them are of S-BIAD843."""
pytestmark = [pytest.mark.corpus, pytest.mark.slow]


def test_everything_that_was_added_was_published(corpus_site: CorpusSite) -> None:
    assert corpus_site.outcome.problems == ()
    assert sum(len(source.stores) for source in corpus_site.sources) == IMAGES


def test_no_link_is_broken(corpus_site: CorpusSite) -> None:
    assert check_pages(corpus_site.outcome.paths.output, base_url="https://corpus.example.org/") == ()


def test_every_store_passes_our_gate(corpus_site: CorpusSite) -> None:
    faults = {
        f"{source.shown} {fileset.name}": validate_fileset(fileset)
        for source in corpus_site.sources
        for fileset in source.filesets
    }
    assert {name: found for name, found in faults.items() if found} == {}


def test_every_image_is_accepted_by_ome_zarr_models(corpus_site: CorpusSite) -> None:
    from ome_zarr_models.v05.image import Image

    for source in corpus_site.sources:
        for folder in source.stores.values():
            Image.from_zarr(zarr.open_group(folder, mode="r"))


def test_every_plate_is_accepted_by_ome_zarr_models(corpus_site: CorpusSite) -> None:
    from ome_zarr_models.v05 import HCS

    plates = [folder for source in corpus_site.sources for folder in source.filesets if "plate" in ome(folder)]
    assert len(plates) == 30
    for folder in plates:
        HCS.from_zarr(zarr.open_group(folder, mode="r"))


def test_wells_agree_with_bio_formats(corpus_site: CorpusSite) -> None:
    """Each field is in the row and column in which Bio-Formats sees it; whose pixels those are is tested below."""
    seen = 0
    for source in corpus_site.sources:
        document = _oracle(corpus_site, source)
        if not document.is_file():
            continue
        expected = _oracle_wells(document)
        found = {}
        for series, folder in source.stores.items():
            fileset = next(one for one in source.filesets if folder.is_relative_to(one))
            if "plate" in ome(fileset):
                wells = {
                    well["path"]: (well["rowIndex"], well["columnIndex"]) for well in ome(fileset)["plate"]["wells"]
                }
                found[series] = wells[folder.parent.relative_to(fileset).as_posix()]
        assert found == expected, source.shown
        seen += len(expected)
    assert seen == 12 + 11 + 22 + 1


def _oracle(site: CorpusSite, source: PublishedSource) -> Path:
    below = source.source.relative_to(site.corpus)
    return site.corpus / "oracle" / "bioformats-omexml" / below.with_name(below.name + ".ome.xml")


def _oracle_wells(document: Path) -> dict[int, tuple[int, int]]:
    """Row and column by the series of each image that has a well."""
    root = ElementTree.parse(document).getroot()
    found = {}
    for well in (element for element in root.iter() if element.tag.endswith("}Well")):
        for reference in (element for element in well.iter() if element.tag.endswith("}ImageRef")):
            number = int(reference.get("ID", "").split(":")[1])
            found[number] = (int(well.get("Row", "")), int(well.get("Column", "")))
    return found


@pytest.mark.filterwarnings("ignore")  # other programs warn about their own reading of these files
def test_level_0_is_what_another_program_reads_of_the_source(corpus_site: CorpusSite) -> None:
    different, compared = [], 0
    for source in corpus_site.sources:
        name = source.source.relative_to(corpus_site.corpus).as_posix()
        if source.study == "S-BIAD843" or name in UNLIKE_INDEPENDENT:
            continue
        found = {series: zarr.open_array(folder / "0", mode="r")[...] for series, folder in source.stores.items()}
        if name in AS_A_SET:
            planes = (plane.tobytes() for array in found.values() for plane in array.reshape(-1, *array.shape[-2:]))
            different += [source.shown] if sorted(planes) != planes_as_a_set(source.source) else []
        else:
            images = inspect(source.source, Roots((source.source.parent,)), installed_readers()).images
            theirs = family_of(source.source).planes(source.source, images)
            for series, expected in enumerate(theirs):
                same = np.array_equal(found[series], expected.astype(found[series].dtype))
                different += [] if same else [f"{source.shown} series {series}"]
        compared += len(found)
    assert different == []
    assert compared == IMAGES - 2


def test_level_0_of_a_zarr_is_the_source(corpus_site: CorpusSite) -> None:
    for source in corpus_site.sources:
        if source.study == "S-BIAD843":
            published = zarr.open_array(source.stores[0] / "0", mode="r")[...]
            original = next(iter(_level_0(_opened(source.source))))[...]
            assert np.array_equal(published.squeeze(), original.squeeze())


def _opened(path: Path) -> zarr.Group:
    """The root of a Zarr, which in a zip file may stand in a folder."""
    if path.suffix != ".zip":
        return zarr.open_group(path, mode="r")
    folder = zipfile.ZipFile(path).namelist()[0].partition("/")[0]
    return zarr.open_group(zarr.storage.ZipStore(path, mode="r"), path=folder, mode="r")


def _level_0(group: zarr.Group) -> Iterator[zarr.Array]:
    if "multiscales" in group.attrs or ("ome" in group.attrs and "multiscales" in group.attrs["ome"]):
        scales = group.attrs.get("multiscales") or group.attrs["ome"]["multiscales"]
        yield group[scales[0]["datasets"][0]["path"]]
    else:
        for _, child in sorted(group.groups()):
            yield from _level_0(child)


def test_every_page_has_its_json(corpus_site: CorpusSite) -> None:
    for page in corpus_site.outcome.paths.output.rglob("index.html"):
        assert json.loads(page.with_suffix(".json").read_text())["url"].endswith("index.html")
