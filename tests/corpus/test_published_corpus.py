"""Every real file that can be read becomes a store that others open, with exactly the pixels of its source."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import tifffile
import zarr

from publisher.check.pages import check_pages
from publisher.ngff.validate import validate_fileset
from tests.corpus.conftest import CorpusSite, PublishedSource, ome

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

UNREADABLE = {"source.missing-file"}
"""The companion file whose TIFFs are not in the collection."""

TIFFFILE_DIFFERS = {
    "official/2011-06/FLIM-modulo-sample.ome.tif": "tifffile splits the lifetime axis off the channels",
    "real/hubmap-codex/output_ome.ome.tiff": "tifffile falls back to a generic series",
    "official/2008-09/6x4y1z1t1c8b-swatch-multi-pixel-default.ome.tiff": "two Pixels in one Image",
}
"""Files of which tifffile builds another shape, with the reason; their planes are compared as a set."""

ORACLE_DIFFERS = {
    "official/2013-06/set-1-meta-companion/18x24y5z1t1c8b-text-companion.ome": (
        "the XML says one channel, the planes hold three samples: all are published; Bio-Formats reads one"
    ),
    **dict.fromkeys(
        (
            "derived/ihc-rgb-pyramid-j2k.ome.tiff",
            "derived/plate-mosaic-pyramid-subifd.ome.tiff",
            "real/raw2ometiff-pyramid.ome.tif",
            "real/test_pyramid.ome.tif",
        ),
        "the oracle was made with flattened resolutions: the levels of the pyramid stand there as further images",
    ),
}
"""Files whose dimensions are not the oracle's, with the reason."""


def test_everything_but_the_known_was_read(corpus_site: CorpusSite) -> None:
    assert {problem.code for problem in corpus_site.outcome.problems} <= UNREADABLE
    assert sum(len(source.stores) for source in corpus_site.sources) == 155


def test_no_link_is_broken(corpus_site: CorpusSite) -> None:
    assert check_pages(corpus_site.outcome.paths.output, base_url="https://corpus.example.org/") == ()


def test_every_store_passes_our_gate(corpus_site: CorpusSite) -> None:
    faults = {folder.name: validate_fileset(folder) for source in corpus_site.sources for folder in source.filesets}
    assert {name: found for name, found in faults.items() if found} == {}


def test_every_image_is_accepted_by_ome_zarr_models(corpus_site: CorpusSite) -> None:
    from ome_zarr_models.v05.image import Image

    for source in corpus_site.sources:
        for folder in source.stores.values():
            Image.from_zarr(zarr.open_group(folder, mode="r"))


def test_every_plate_is_accepted_by_ome_zarr_models(corpus_site: CorpusSite) -> None:
    from ome_zarr_models.v05 import HCS

    plates = [folder for source in corpus_site.sources for folder in source.filesets if "plate" in ome(folder)]
    assert len(plates) == 4
    for folder in plates:
        HCS.from_zarr(zarr.open_group(folder, mode="r"))


def test_wells_agree_with_bio_formats(corpus_site: CorpusSite) -> None:
    """Each field is in the row and column in which Bio-Formats sees it; whose pixels those are is tested below."""
    seen = 0
    for source in corpus_site.sources:
        expected = _oracle_wells(_oracle(corpus_site, source))
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
    assert seen == 12 + 11 + 22


def _oracle(site: CorpusSite, source: PublishedSource) -> Path:
    below = source.source.relative_to(site.corpus)
    return site.corpus / "oracle" / "bioformats-omexml" / below.with_name(below.name + ".ome.xml")


def _oracle_wells(document: Path) -> dict[int, tuple[int, int]]:
    """Row and column by the series of each image that has a well."""
    root = ElementTree.parse(document).getroot() if document.is_file() else ElementTree.Element("OME")
    found = {}
    for well in (element for element in root.iter() if element.tag.endswith("}Well")):
        for reference in (element for element in well.iter() if element.tag.endswith("}ImageRef")):
            number = int(reference.get("ID", "").split(":")[1])
            found[number] = (int(well.get("Row", "")), int(well.get("Column", "")))
    return found


def test_level_0_is_the_source(corpus_site: CorpusSite) -> None:
    tiffs = [source for source in corpus_site.sources if source.study != "S-BIAD843"]
    same = {
        f"{source.path} series {series}": _same(source, series, zarr.open_array(folder / "0", mode="r")[...])
        for source in tiffs
        for series, folder in source.stores.items()
    }
    assert [name for name, is_same in same.items() if not is_same] == []
    assert len(same) == 153


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


def _same(source: PublishedSource, series: int, published: np.ndarray) -> bool:
    """Whether tifffile reads the same planes from the source."""
    if source.source.suffix == ".ome":  # tifffile does not follow companions: all planes of all members
        return _planes(published) == sorted(
            plane for path in source.source.parent.glob("*.tif*") for plane in _planes_of(path)
        )
    with tifffile.TiffFile(source.source) as file:
        if series >= len(file.series) or source.path in TIFFFILE_DIFFERS:
            return _planes(published) == _planes_of_file(file)
        found = file.series[series]
        array = found.asarray(level=0)
        axes = found.axes
    if "S" in axes:  # samples are published as channels
        axes = axes.replace("C", "", 1) if "C" in axes and array.shape[axes.index("C")] == 1 else axes
        array = array.reshape([n for n, a in zip(array.shape, found.axes, strict=True) if a in axes])
        axes = axes.replace("S", "C")
    ordered = [axis for axis in "TCZYX" if axis in axes]
    if len(ordered) != len(axes):
        return _planes(published) == _planes(array)
    array = np.transpose(array, [axes.index(axis) for axis in ordered])
    return np.array_equal(array.squeeze().astype(published.dtype), published.squeeze())


def _planes(array: np.ndarray) -> list[bytes]:
    return sorted(plane.tobytes() for plane in array.reshape(-1, *array.shape[-2:]))


def _planes_of(path: Path) -> list[bytes]:
    with tifffile.TiffFile(path) as file:
        return _planes_of_file(file)


def _planes_of_file(file: tifffile.TiffFile) -> list[bytes]:
    pages = [page.asarray() for page in file.pages]
    planes = [plane for page in pages for plane in (np.moveaxis(page, -1, 0) if page.ndim == 3 else [page])]
    return sorted(plane.tobytes() for plane in planes)


def test_dimensions_agree_with_bio_formats(corpus_site: CorpusSite) -> None:
    different = {}
    for source in corpus_site.sources:
        document = _oracle(corpus_site, source)
        if source.study != "ome-tiff" or not document.is_file():
            continue
        expected = _oracle_shapes(document)
        found = {n: tuple(zarr.open_array(folder / "0", mode="r").shape) for n, folder in source.stores.items()}
        if [found.get(n) for n in range(len(expected))] != expected and source.path not in ORACLE_DIFFERS:
            different[source.path] = (found, expected)
    assert different == {}


def _oracle_shapes(document: Path) -> list[tuple[int, ...]]:
    root = ElementTree.parse(document).getroot()
    pixels = [element for element in root.iter() if element.tag.endswith("}Pixels")]
    return [tuple(int(element.get(f"Size{axis}", "0")) for axis in "TCZYX") for element in pixels]


def test_every_page_has_its_json(corpus_site: CorpusSite) -> None:
    for page in corpus_site.outcome.paths.output.rglob("index.html"):
        assert json.loads(page.with_suffix(".json").read_text())["url"].endswith("index.html")
