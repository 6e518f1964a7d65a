"""Kinds of OME-Zarr hierarchies: releases, codecs, plates, labels, nested images, and stores that lie of their axes."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numcodecs
import numpy as np
import pytest

from publisher.errors import SourceError, UnsupportedFormatError
from publisher.sources.inspect import Inspection, inspect
from publisher.sources.ome_zarr import OmeZarrReader, OmeZarrSource
from publisher.sources.protocol import Roots
from publisher.sources.registry import installed_readers
from publisher.testing.images import planes, write_fileset, write_ome_zarr
from publisher.testing.zarr_sets import write_group, write_labels, write_plate


def _open(path: Path, **options: Any) -> OmeZarrSource:
    return OmeZarrReader().open(path, Roots((path.parent,)), **options)


def _read(source: OmeZarrSource, series: int = 0) -> np.ndarray:
    """Level 0 of an image or label image, (T, C, Z, Y, X)."""
    every = [*source.images(), *source.labels()]
    pixels = every[series].pixels
    whole = {"c": slice(None), "y": slice(None), "x": slice(None)}
    return np.array(
        [
            np.stack([source.read(series, 0, t=t, z=z, **whole) for z in range(pixels.size_z)], axis=1)
            for t in range(pixels.size_t)
        ]
    )


# Releases and codecs


@pytest.mark.parametrize("version", ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6"])
def test_every_release_is_read(version: str, tmp_path: Path) -> None:
    pixels = planes(t=2, c=2, z=3, y=20, x=30, dtype="uint16")
    separator = "." if version == "0.1" else "/"
    write_ome_zarr(tmp_path / "a.zarr", pixels, version=version, levels=2, separator=separator, chunk=(1, 1, 1, 16, 16))
    with _open(tmp_path / "a.zarr") as source:
        np.testing.assert_array_equal(_read(source), pixels)
        assert source.levels(0) == ((20, 30), (10, 15))
        assert source.images()[0].pixels.pixel_size_um == ((1, 1, 1) if version >= "0.4" else (None, None, None))


def test_a_release_to_come_is_refused_clearly(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", planes())
    document = json.loads((path / "zarr.json").read_text())
    document["attributes"]["ome"]["version"] = "0.7"
    (path / "zarr.json").write_text(json.dumps(document))
    with pytest.raises(UnsupportedFormatError, match=r"0\.7"):
        _open(path)


def test_transformations_of_a_sequence_give_the_pixel_size(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", planes(), version="0.6")
    document = json.loads((path / "zarr.json").read_text())
    dataset = document["attributes"]["ome"]["multiscales"][0]["datasets"][0]
    steps = [{"type": "scale", "scale": [1, 1, 2, 0.5, 0.25]}, {"type": "translation", "translation": [0, 0, 1, 2, 3]}]
    dataset["coordinateTransformations"] = [{"type": "sequence", "transformations": steps}]
    (path / "zarr.json").write_text(json.dumps(document))
    with _open(path) as source:
        assert source.images()[0].pixels.pixel_size_um == (2, 0.5, 0.25)
        assert source.encoded(0).levels[0].translation == (0, 0, 1, 2, 3)


_COMPRESSORS = {
    "raw": None,
    **{f"blosc {name}": numcodecs.Blosc(name) for name in ("blosclz", "lz4", "lz4hc", "zlib", "zstd")},
    "bitshuffle": numcodecs.Blosc("zstd", shuffle=2),
    "zstd": numcodecs.Zstd(3),
    "gzip": numcodecs.GZip(),
    "zlib": numcodecs.Zlib(),
    "lz4": numcodecs.LZ4(),
    "bz2": numcodecs.BZ2(),
    "lzma": numcodecs.LZMA(),
}


@pytest.mark.parametrize("name", _COMPRESSORS)
def test_every_compressor_of_numcodecs_is_read(name: str, tmp_path: Path) -> None:
    pixels = planes(c=2, y=40, x=40, dtype="uint16")
    write_ome_zarr(tmp_path / "a.zarr", pixels, version="0.4", chunk=(1, 1, 1, 16, 16), compressors=_COMPRESSORS[name])
    with _open(tmp_path / "a.zarr") as source:
        np.testing.assert_array_equal(_read(source), pixels)


@pytest.mark.parametrize(
    "codec",
    [
        numcodecs.Delta("<u2"),
        numcodecs.Shuffle(2),
        numcodecs.FixedScaleOffset(0, 1, "<u2", "<u4"),
        numcodecs.AsType("<f8", "<u2"),
        numcodecs.CRC32(),
        numcodecs.Adler32(),
        numcodecs.Fletcher32(),
    ],
    ids=lambda codec: codec.codec_id,
)
def test_filters_of_numbers_are_read(codec: Any, tmp_path: Path) -> None:
    pixels = planes(y=40, x=40, dtype="uint16")
    options = {"filters": [codec], "compressors": numcodecs.Zstd(1)}
    write_ome_zarr(tmp_path / "a.zarr", pixels, version="0.4", chunk=(1, 1, 1, 16, 16), **options)
    with _open(tmp_path / "a.zarr") as source:
        np.testing.assert_array_equal(_read(source), pixels)
        assert "filtered" in source.encoded(0).obstacle


def test_absent_chunks_are_the_fill_value_and_told(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", planes(y=32, x=32), version="0.4", chunk=(1, 1, 1, 16, 16), fill_value=7)
    (path / "0/0/0/0/1/1").unlink()
    with _open(path) as source:
        assert (_read(source)[..., 16:, 16:] == 7).all()
        assert [problem.code for problem in source.warnings()] == ["source.chunks-absent"]
        assert "fill value is 7" in source.encoded(0).obstacle


def test_metadata_without_any_pixels_is_refused(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", planes(), version="0.4")
    (path / "0/0/0/0/0/0").unlink()
    with pytest.raises(SourceError, match="metadata without pixels"):
        _open(path)


# Axes that are not what the store says


def test_a_curator_names_the_axes_of_a_store_that_lies(tmp_path: Path) -> None:
    stack = planes(z=6, y=20, x=30)
    write_fileset(tmp_path / "a.zarr", [stack.transpose(2, 1, 0, 3, 4)], version="0.4", chunk=(1, 1, 1, 20, 30))
    with _open(tmp_path / "a.zarr", axes="ZCTYX") as source:
        pixels = source.images()[0].pixels
        assert (pixels.size_t, pixels.size_z, pixels.time_increment_s) == (1, 6, None)
        np.testing.assert_array_equal(_read(source), stack)


def test_pixel_sizes_stay_with_the_position_of_an_axis(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", planes(z=3), version="0.4", axes="zyx")
    attributes = json.loads((path / ".zattrs").read_text())
    dataset = attributes["multiscales"][0]["datasets"][0]
    dataset["coordinateTransformations"][0]["scale"] = [3, 2, 1]
    (path / ".zattrs").write_text(json.dumps(attributes))
    with _open(path, axes="YZX") as source:
        pixels = source.images()[0].pixels
        assert (pixels.size_y, pixels.size_z, pixels.pixel_size_um) == (3, 8, (2, 3, 1))


@pytest.mark.parametrize("axes", ["ZYX", "TCZYXY", "TTZYX", "TCZSX"])
def test_axes_that_do_not_fit_are_refused_with_those_that_are_stored(axes: str, tmp_path: Path) -> None:
    write_ome_zarr(tmp_path / "a.zarr", planes())
    with pytest.raises(UnsupportedFormatError, match=rf"axes: {axes} names \d axes, the image has 5 \(stored as TCZYX"):
        _open(tmp_path / "a.zarr", axes=axes)


# Plates


def _plate(path: Path, **options: Any) -> Path:
    wells = {"A/1": [planes(y=9), planes(c=2)], "B/2": [planes(z=2)]}
    return write_plate(path, wells, **options)


@pytest.mark.parametrize("version", ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6"])
def test_a_plate_is_its_wells_and_their_fields(version: str, tmp_path: Path) -> None:
    with _open(_plate(tmp_path / "a.zarr", version=version)) as source:
        (plate,) = source.plates()
        assert (plate.name, plate.rows, plate.columns) == ("plate", ("A", "B"), ("1", "2"))
        assert [(w.row, w.column, [f.series for f in w.fields]) for w in plate.wells] == [(0, 0, [0, 1]), (1, 1, [2])]
        np.testing.assert_array_equal(_read(source, 1), planes(c=2))


def test_acquisitions_are_numbered_from_one(tmp_path: Path) -> None:
    said = [{"id": 7, "name": "late", "starttime": 1500000000}, {"id": 0, "name": "early"}]
    path = write_plate(tmp_path / "a.zarr", {"A/1": [planes(), planes()]}, acquisitions=said, taken={0: 7, 1: 0})
    with _open(path) as source:
        (plate,) = source.plates()
    assert [(run.id, run.name, run.start) for run in plate.acquisitions] == [
        (1, "early", None),
        (2, "late", "2017-07-14T02:40:00Z"),
    ]
    assert [(field.series, field.acquisition) for field in plate.wells[0].fields] == [(1, 1), (0, 2)]


def test_a_well_or_field_that_is_missing_is_a_warning(tmp_path: Path) -> None:
    import shutil

    path = _plate(tmp_path / "a.zarr")
    shutil.rmtree(path / "B/2")
    shutil.rmtree(path / "A/1/0")
    with _open(path) as source:
        (plate,) = source.plates()
        assert [problem.code for problem in source.warnings()] == ["source.well-left-out", "source.image-left-out"]
        assert [(well.row, len(well.fields)) for well in plate.wells] == [(0, 1)]
        assert source.images()[0].pixels.size_c == 2


def test_a_plate_with_ome_xml_takes_the_order_of_its_series(tmp_path: Path) -> None:
    from publisher.testing.images import ome_xml

    path = write_plate(tmp_path / "a.zarr", {"A/1": [planes(y=9)], "A/2": [planes(y=7)]})
    attributes = json.loads((path / ".zattrs").read_text())
    write_group(path, attributes | {"bioformats2raw.layout": 3}, "0.4")
    write_group(path / "OME", {"series": ["A/2/0", "A/1/0"]}, "0.4")
    document = ome_xml([planes(y=7), planes(y=9)], ["<MetadataOnly/>"] * 2)
    (path / "OME/METADATA.ome.xml").write_text(document)
    with _open(path) as source:
        assert [(image.name, image.pixels.size_y) for image in source.images()] == [("image 0", 7), ("image 1", 9)]
        assert [well.fields[0].series for well in source.plates()[0].wells] == [1, 0]


@pytest.mark.parametrize(
    "change",
    [
        {"rows": []},
        {"rows": [{"name": "A"}, {"name": "A"}]},
        {"wells": 3},
        {"wells": [{"path": "../../x"}]},
        {"wells": [{"path": "C/9"}]},
        {"wells": [{"path": "A/1"}, {"path": "A/1"}]},
    ],
)
def test_plates_of_no_sense_are_refused(change: dict[str, Any], tmp_path: Path) -> None:
    path = _plate(tmp_path / "a.zarr")
    attributes = json.loads((path / ".zattrs").read_text())
    attributes["plate"] |= change
    (path / ".zattrs").write_text(json.dumps(attributes))
    with pytest.raises(SourceError):
        _open(path)


# Labels


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_labels_carry_colours_and_properties(version: str, tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", planes(c=2, z=2), version=version)
    label = planes(z=2, dtype="uint16")
    colors = [{"label-value": 2.0, "rgba": [1, 2, 3, 255]}, {"label-value": 1, "rgba": [0, 0, 0, 300]}]
    properties = [{"label-value": 5, "area": 12.5, "class": "cell", "list": [1]}]
    write_labels(path, "nuclei", label, version=version, colors=colors, properties=properties)
    write_labels(path, "a name, of its own", label, version=version)
    with _open(path) as source:
        nuclei, other = source.labels()
        assert (nuclei.name, nuclei.of, nuclei.series, nuclei.pixels.shape) == ("nuclei", 0, 1, (1, 1, 2, 8, 12))
        assert [(v.value, v.rgba, v.properties) for v in nuclei.values] == [
            (2, (1, 2, 3, 255), ()),
            (5, None, (("area", 12.5), ("class", "cell"))),
        ]
        assert (other.name, other.series) == ("a-name-of-its-own", 2)
        np.testing.assert_array_equal(_read(source, nuclei.series), label)


def test_labels_of_fields_belong_to_their_image(tmp_path: Path) -> None:
    path = _plate(tmp_path / "a.zarr")
    write_labels(path / "A/1/1", "cells", planes(dtype="uint32"))
    with _open(path) as source:
        assert [(label.name, label.of, label.series) for label in source.labels()] == [("cells", 1, 3)]


def test_labels_begin_at_the_level_that_fits_their_image(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", planes(y=16, x=16), version="0.4")
    large = planes(y=64, x=64, dtype="uint16")
    write_labels(path, "cells", large, levels=3)
    with _open(path) as source:
        assert source.levels(1) == ((16, 16),)
        np.testing.assert_array_equal(_read(source, 1), large[..., ::4, ::4])


@pytest.mark.parametrize("label", [planes(dtype="float32"), planes(c=2), planes(y=5), planes(z=3)])
def test_labels_that_do_not_fit_are_left_out_with_a_word(label: np.ndarray, tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", planes(), version="0.4")
    write_labels(path, "cells", label)
    with _open(path) as source:
        assert source.labels() == ()
        assert [problem.code for problem in source.warnings()] == ["source.labels-left-out"]


# Images in places of their own


def test_several_multiscales_of_a_group_are_several_images(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", planes(y=16, x=16), version="0.4", levels=2, name="one")
    attributes = json.loads((path / ".zattrs").read_text())
    first = attributes["multiscales"][0]
    second = first | {"name": "two", "datasets": first["datasets"][1:]}
    (path / ".zattrs").write_text(json.dumps({"multiscales": [first, second]}))
    with _open(path) as source:
        assert [(image.name, image.pixels.size_y) for image in source.images()] == [("one", 16), ("two", 8)]


@pytest.mark.parametrize("zipped", [False, True])
def test_images_below_plain_groups_are_found(zipped: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.zarr"
    write_ome_zarr(path / "day 1/left", planes(y=5), version="0.4", name="")
    write_ome_zarr(path / "day 1/right", planes(y=6), version="0.4", name="")
    write_plate(path / "plate", {"A/1": [planes(y=7)]})
    (path / "notes").mkdir()
    if zipped:
        with zipfile.ZipFile(tmp_path / "a.ozx", "w") as file:
            for part in sorted(path.rglob("*")):
                file.write(part, part.relative_to(path))
        path = tmp_path / "a.ozx"
    with _open(path) as source:
        assert sorted(image.pixels.size_y for image in source.images()) == [5, 6, 7]
        assert {image.name for image in source.images()} >= {"day 1 left", "day 1 right"}
        assert len(source.plates()) == 1


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zarr/b/c").mkdir(parents=True)
    with pytest.raises(SourceError, match="nor groups that have"):
        _open(tmp_path / "a.zarr")


def test_a_record_of_everything_survives_being_kept(tmp_path: Path) -> None:
    path = _plate(tmp_path / "a.zarr", acquisitions=[{"id": 1}], taken={0: 1})
    write_labels(path / "B/2/0", "cells", planes(z=2, dtype="uint8"), colors=[{"label-value": 1, "rgba": [1] * 4}])
    record = inspect(path, Roots((tmp_path,)), installed_readers([]))
    assert record.plates
    assert record.labels
    assert record.encoded
    assert Inspection.from_json(record.to_json()) == record
