"""Real files: all that can be read are, pixel for pixel, with the dimensions that Bio-Formats sees."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from publisher.errors import SourceError
from publisher.model.image import Pixels
from publisher.sources.inspect import Inspection, inspect
from publisher.sources.protocol import Roots
from publisher.sources.registry import installed_readers

pytestmark = pytest.mark.corpus

_OME_TYPES = {"float": "float32", "double": "float64", "bit": "bool"}

REFUSED = {
    "ome-tiff/companion-without-pixels/c3_z33.companion.ome": "needs the file",
    "other-formats/lsm/spectral golgi.lsm": "Zeiss LSM",
    "other-formats/svs/small.svs": "Aperio SVS",
    "other-formats/svs/unopenable.tiff": "compression 52479",
}
"""Files that are refused, by what the message says. Members of a companion set name their companion."""

NOT_AS_BIO_FORMATS: dict[str, str] = {
    "ome-tiff/derived/companion/tiles_z_Z0_C0.ome.tiff": "member of a set: refused, its companion is read",
    "ome-tiff/derived/companion/tiles_z_Z0_C1.ome.tiff": "member of a set: refused, its companion is read",
    "ome-tiff/official/2012-06/set-1-meta-companion/18x24y5z1t1c8b-text-split-Z1.ome.tiff": "member of a set",
    "ome-tiff/official/2013-06/set-1-meta-companion/18x24y5z1t1c8b-text-split-Z1.ome.tiff": "member of a set",
    "ome-tiff/official/2013-06/set-1-meta-companion/18x24y5z1t1c8b-text-companion.ome": (
        "Bio-Formats gives one channel from the companion, but three from a member: the files hold RGB"
    ),
    "other-formats/lsm/spectral golgi.lsm": "no LSM reader",
    "other-formats/svs/small.svs": "no SVS reader",
}

UNLIKE_TIFFFILE: dict[str, str] = {
    "ome-tiff/real/hubmap-codex/output_ome.ome.tiff": "tifffile gives (Y, X, S): four samples are four channels here",
}


def _tiff_files(corpus: Path) -> list[Path]:
    folders = ("ome-tiff", "other-formats", "studies", "projects", "omero-transfer-packs", "tables")
    suffixes = (".tif", ".tiff", ".ome", ".lsm", ".svs")
    found = (path for folder in folders for path in (corpus / folder).rglob("*") if path.suffix.lower() in suffixes)
    return sorted(path for path in found if path.is_file())


def _is_member(path: Path) -> bool:
    return path.name.endswith(".tiff") and any("companion" in part for part in path.parts[-2:-1])


def _inspect(path: Path) -> Inspection:
    return inspect(path, Roots((path.parent,)), installed_readers([]))


def test_every_readable_tiff_opens(corpus: Path) -> None:
    refused: dict[str, str] = {}
    files = _tiff_files(corpus)
    for path in files:
        try:
            record = _inspect(path)
        except SourceError as error:
            refused[str(path.relative_to(corpus))] = str(error)
        else:
            assert Inspection.from_json(record.to_json()) == record
    unexpected = {
        name: message
        for name, message in refused.items()
        if REFUSED.get(name, "is one part of a set" if _is_member(corpus / name) else "?") not in message
    }
    assert len(files) > 100
    assert unexpected == {}


def _oracle(corpus: Path, name: str) -> list[tuple[tuple[int, ...], str]]:
    """(T, C, Z, Y, X) and type of every image of Bio-Formats, without the smaller levels it lists as images."""
    text = (corpus / "oracle/bioformats-omexml" / f"{name}.ome.xml").read_text(errors="replace")
    found = []
    for element in re.findall(r"<Pixels [^>]*>", text):
        fields = dict(re.findall(r'(\w+)="([^"]*)"', element))
        shape = tuple(int(fields[f"Size{axis}"]) for axis in "TCZYX")
        found.append((shape, _OME_TYPES.get(fields["Type"], fields["Type"])))
    return found


def _without_levels(found: list[tuple[tuple[int, ...], str]], levels: int) -> list[tuple[tuple[int, ...], str]]:
    return found[::levels] if levels > 1 and len(found) % levels == 0 else found


def test_dimensions_are_those_of_bio_formats(corpus: Path) -> None:
    registry, compared, different = installed_readers([]), 0, {}
    for path in _tiff_files(corpus):
        name = str(path.relative_to(corpus))
        if not (corpus / "oracle/bioformats-omexml" / f"{name}.ome.xml").is_file() or name in NOT_AS_BIO_FORMATS:
            continue
        if name in REFUSED:
            continue
        with registry.reader_of(path).open(path, Roots((path.parent,))) as source:
            ours = [(image.pixels.shape, image.pixels.dtype) for image in source.images()]
            theirs = _without_levels(_oracle(corpus, name), len(source.levels(0)))
        compared += 1
        if ours != theirs:
            different[name] = (ours, theirs)
    assert different == {}
    assert compared >= 40


def _planes(pixels: Pixels) -> Iterator[tuple[int, int]]:
    yield from ((t, z) for t in range(pixels.size_t) for z in range(pixels.size_z))


@pytest.mark.filterwarnings("ignore")  # the rival library warns about its own reading of these files
def test_level_0_is_what_tifffile_reads(corpus: Path) -> None:
    import tifffile

    registry, compared = installed_readers([]), 0
    for path in _tiff_files(corpus):
        name = str(path.relative_to(corpus))
        if name in REFUSED or name in UNLIKE_TIFFFILE or _is_member(path) or path.suffix == ".ome":
            continue
        with registry.reader_of(path).open(path, Roots((path.parent,))) as source, tifffile.TiffFile(path) as file:
            for series, image in enumerate(source.images()):
                theirs = _as_tczyx(file.series[series], image.pixels)
                for t, z in _planes(image.pixels):
                    ours = source.read(series, 0, t=t, z=z, c=slice(None), y=slice(None), x=slice(None))
                    np.testing.assert_array_equal(ours, theirs[t, :, z], err_msg=f"{name} {series} t={t} z={z}")
                    compared += 1
    assert compared > 800


def _as_tczyx(series, pixels: Pixels):  # type: ignore[no-untyped-def]
    """A tifffile series in our order; samples and its unnamed axes are channels, as they are for Bio-Formats."""
    data, axes = series.asarray(), series.axes
    named = {axis: axis for axis in "TCZYX"} | {"S": "C", "Q": "C", "I": "Z"}
    letters = [named[axis] for axis in axes]
    order = sorted(range(len(letters)), key=lambda position: "TCZYX".index(letters[position]))
    return data.transpose(order).reshape(pixels.shape)


def test_a_companion_gives_the_planes_of_its_members(corpus: Path) -> None:
    import tifffile

    folder = corpus / "ome-tiff/derived/companion"
    path = folder / "tiles_z.companion.ome"
    with installed_readers([]).reader_of(path).open(path, Roots((folder,))) as source:
        assert len(source.identity()) == 5
        for z in range(2):
            plane = source.read(0, 0, t=0, z=z, c=slice(None), y=slice(None), x=slice(None))
            for c in range(2):
                member = tifffile.TiffFile(folder / f"tiles_z_Z{z}_C{c}.ome.tiff", _multifile=False)
                with member:
                    np.testing.assert_array_equal(plane[c], member.pages[0].asarray())


def test_level_0_of_zarr_is_what_zarr_reads(corpus: Path) -> None:
    import zarr

    registry, compared = installed_readers([]), 0
    for name, group in (
        ("ome-zarr/real/S-BIAD843/WD3.2_21-03_WT_MP_segmented.zarr", "0"),
        ("ome-zarr/real/fractal-cardiomyocyte-trimmed.ome.zarr", ""),
        ("ome-zarr/bioformats2raw/im06.ome.zarr", "0"),
        ("ome-zarr/neuroglancer/simple_0.4", ""),
        ("ome-zarr/neuroglancer/simple_0.5", ""),
        ("ome-zarr/derived-ome-zarr-py/czi_tiles_z_v05_sharded.ome.zarr", ""),
        ("ome-zarr/derived-ome-zarr-py/lsm28_v04.ome.zarr", ""),
    ):
        path = corpus / name
        with registry.reader_of(path).open(path, Roots((path,))) as source:
            image = source.images()[0]
            store = path / group if group else path
            attributes = dict(zarr.open_group(store, mode="r").attrs)
            multiscale = attributes.get("ome", attributes)["multiscales"][0]
            for level, dataset in enumerate(multiscale["datasets"]):
                array = np.asarray(zarr.open_array(store / dataset["path"], mode="r")[...])
                height, width = source.levels(0)[level]
                theirs = array.reshape((*image.pixels.shape[:3], height, width))
                for t, z in _planes(image.pixels):
                    ours = source.read(0, level, t=t, z=z, c=slice(None), y=slice(None), x=slice(None))
                    np.testing.assert_array_equal(ours, theirs[t, :, z])
                    compared += 1
    assert compared > 100


def test_a_zarr_is_the_same_zipped_and_unzipped(corpus: Path) -> None:
    path = corpus / "ome-zarr/real/S-BIAD843/WD1_15-02_WT_confocalonly_segmented.ome.zarr.zip"
    record = _inspect(path)
    assert [image.pixels.shape for image in record.images] == [(36, 1, 1, 512, 512)]
    assert record.images[0].pixels.dtype == "uint32"
    assert [file.path for file in record.files] == [str(path)]
