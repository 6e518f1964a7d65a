"""OME-Zarr sources whose chunks are published as they are: what is kept, what is not, and what a build says of it."""

import json
import shutil
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numcodecs
import numpy as np
import pytest
import tensorstore
import zarr
from numpy.typing import NDArray

from publisher.ngff.validate import validate_fileset
from publisher.pipeline import BuildOptions, Outcome, build, plan
from publisher.reporting import SilentReporter
from publisher.testing.images import planes, write_fileset, write_ome_tiff, write_ome_zarr
from publisher.testing.zarr_sets import write_plate
from tests.pipeline.sites import tree

_CHUNK = (1, 1, 1, 64, 64)


def _site(root: Path, *, entry: str = "", config: str = "") -> Path:
    """A site of one study, whose images are ``a.ome.zarr`` with the keys of ``entry``; returns the study."""
    study = root / "content" / "studies" / "s"
    study.mkdir(parents=True)
    (root / "site_config.yaml").write_text(f"title: T\nbase_url: https://t.example.org/\n{config}")
    (study / "study.yaml").write_text(f"title: S\nimages:\n  - {{path: a.ome.zarr{entry}}}\n")
    return study


def _site_of_many(root: Path, names: Iterable[str], *, entry: str = "", config: str = "") -> Path:
    """A site of one study with an image ``<name>.ome.zarr`` for each of ``names``, so that one build does for all."""
    study = _site(root, config=config)
    images = "".join(f"  - {{path: {name}.ome.zarr{entry}}}\n" for name in names)
    (study / "study.yaml").write_text(f"title: S\nimages:\n{images}")
    return study


def _named(kinds: Iterable[str]) -> dict[str, str]:
    """A file name for each kind."""
    return {kind: kind.replace(" ", "-").replace(".", "-") for kind in kinds}


def _fileset_of(root: Path, name: str) -> Path:
    (found,) = (root / "_site/data/s").glob(f"{name}-????????.ome.zarr")
    return found


def _build(root: Path) -> Outcome:
    return build(root, BuildOptions(today=date(2026, 1, 2), threads=2), SilentReporter())


def _fileset(root: Path) -> Path:
    (found,) = (root / "_site/data/s").iterdir()
    return found


def _pixels(*, c: int = 2, z: int = 3, y: int = 150, x: int = 200, dtype: str = "uint16") -> NDArray[Any]:
    return planes(c=c, z=z, y=y, x=x, dtype=dtype)


def _codecs(array: Path) -> list[str]:
    codecs = json.loads((array / "zarr.json").read_text())["codecs"]
    if codecs[0]["name"] == "sharding_indexed":
        codecs = codecs[0]["configuration"]["codecs"]
    return [codec["name"] for codec in codecs]


def _agree(store: Path, source: Path, levels: int) -> None:
    """Every level of the published image holds the pixels of the source's, for two independent readers."""
    for level in range(levels):
        expected = np.asarray(zarr.open_array(source / str(level), mode="r")[...])
        np.testing.assert_array_equal(zarr.open_array(store / str(level), mode="r")[...], expected)
        driver = {"driver": "zarr3", "kvstore": {"driver": "file", "path": str(store / str(level))}}
        np.testing.assert_array_equal(tensorstore.open(driver, read=True).result().read().result(), expected)


_KEPT = {
    "0.4 blosc": {"version": "0.4", "compressors": numcodecs.Blosc("lz4", shuffle=1)},
    "0.4 bitshuffle": {"version": "0.4", "compressors": numcodecs.Blosc("zstd", shuffle=2)},
    "0.4 automatic shuffle": {"version": "0.4", "compressors": numcodecs.Blosc("lz4", shuffle=-1)},
    "0.4 zstd": {"version": "0.4", "compressors": numcodecs.Zstd(3)},
    "0.4 gzip": {"version": "0.4", "compressors": numcodecs.GZip(6)},
    "0.4 raw": {"version": "0.4", "compressors": None},
    "0.4 dots": {"version": "0.4", "separator": "."},
    "0.1": {"version": "0.1"},
    "0.5": {"version": "0.5"},
    "0.5 sharded": {"version": "0.5", "shard": (1, 2, 2, 192, 256)},
    "0.6": {"version": "0.6"},
}


def test_chunks_are_kept_bit_for_bit(tmp_path: Path) -> None:
    names, pixels = _named(_KEPT), _pixels()
    study = _site_of_many(tmp_path, names.values())
    for kind, name in names.items():
        write_ome_zarr(study / f"{name}.ome.zarr", pixels, levels=2, chunk=_CHUNK, **_KEPT[kind])
    outcome = _build(tmp_path)
    assert outcome.problems == ()
    for kind, name in names.items():
        fileset, source = _fileset_of(tmp_path, name), study / f"{name}.ome.zarr"
        assert validate_fileset(fileset) == (), kind
        _agree(fileset / "0", source, 2)
        if kind in ("0.4 blosc", "0.4 zstd", "0.4 gzip", "0.6"):
            chunk = source / ("0/c/0/0/0/0/0" if kind == "0.6" else "0/0/0/0/0/0")
            assert chunk.read_bytes() in (fileset / "0/0/c/0/0/0/0/0").read_bytes(), kind
        assert _codecs(fileset / "0/0")[-1] == "crc32c", kind


@pytest.mark.parametrize("version", ["0.4", "0.4+0.5"])
def test_chunks_are_kept_in_every_published_release(version: str, tmp_path: Path) -> None:
    names, pixels = _named(["0.4 blosc", "0.4 zstd", "0.5 sharded"]), _pixels()
    study = _site_of_many(tmp_path, names.values(), config=f"zarr: {{version: '{version}'}}\n")
    for kind, name in names.items():
        write_ome_zarr(study / f"{name}.ome.zarr", pixels, levels=2, chunk=_CHUNK, **_KEPT[kind])
    assert _build(tmp_path).problems == ()
    for kind, name in names.items():
        fileset = _fileset_of(tmp_path, name)
        assert validate_fileset(fileset) == (), kind
        found = zarr.open_array(fileset / "0/0", mode="r", zarr_format=2)
        np.testing.assert_array_equal(found[...], pixels)
        assert found.compressors[0].codec_id == {"0.4 blosc": "blosc"}.get(kind, "zstd")
        assert (study / f"{name}.ome.zarr/0").is_dir()


def test_few_axes_in_another_order_are_kept(tmp_path: Path) -> None:
    study, pixels = _site(tmp_path), _pixels()
    write_ome_zarr(study / "a.ome.zarr", pixels, version="0.4", axes="zcyx", chunk=(1, 1, 64, 64), levels=2)
    assert _build(tmp_path).problems == ()
    fileset = _fileset(tmp_path)
    assert validate_fileset(fileset) == ()
    np.testing.assert_array_equal(zarr.open_array(fileset / "0/0", mode="r")[...], pixels)
    assert "source's own chunks" in _page(tmp_path)


def _page(root: Path) -> str:
    (page,) = (root / "_site/studies/s/images").glob("*/index.json")
    return page.read_text()


def test_statistics_and_levels_are_those_of_the_source(tmp_path: Path) -> None:
    study, pixels = _site(tmp_path), _pixels(z=1)
    pixels[0, 1, 0, 149, 199] = 65535
    source = write_ome_zarr(study / "a.ome.zarr", pixels, version="0.4", chunk=_CHUNK)
    # A level of a third, as some programs write it.
    zarr.open_group(source, mode="r+").create_array("1", data=pixels[..., ::3, ::3], chunks=_CHUNK, **_slash())
    attributes = json.loads((source / ".zattrs").read_text())
    scale = {"type": "scale", "scale": [1, 1, 1, 3, 3]}
    attributes["multiscales"][0]["datasets"].append({"path": "1", "coordinateTransformations": [scale]})
    (source / ".zattrs").write_text(json.dumps(attributes))
    assert _build(tmp_path).problems == ()
    fileset = _fileset(tmp_path)
    assert validate_fileset(fileset) == ()
    multiscale = json.loads((fileset / "0/zarr.json").read_text())["attributes"]["ome"]["multiscales"][0]
    assert multiscale["datasets"][1]["coordinateTransformations"] == [{"type": "scale", "scale": [1, 1, 1, 3.0, 3.0]}]
    assert multiscale["metadata"]["levels"] == "source"
    np.testing.assert_array_equal(zarr.open_array(fileset / "0/1", mode="r")[...], pixels[..., ::3, ::3])
    (statistics,) = (tmp_path / "_site").glob("studies/s/images/*/statistics.json")
    channels = json.loads(statistics.read_text())["channels"]
    assert [channel["max"] for channel in channels] == [float(pixels[:, c].max()) for c in range(2)]
    assert [channel["min"] for channel in channels] == [float(pixels[:, c].min()) for c in range(2)]


def _slash() -> dict[str, Any]:
    return {"chunk_key_encoding": {"name": "v2", "separator": "/"}}


@pytest.mark.parametrize("sharding", ["on", "off"])
def test_absent_chunks_stay_absent_or_become_zeros(sharding: str, tmp_path: Path) -> None:
    study, pixels = _site(tmp_path, config=f"zarr: {{sharding: '{sharding}'}}\n"), _pixels()
    source = write_ome_zarr(study / "a.ome.zarr", pixels, version="0.4", chunk=_CHUNK)
    (source / "0/0/0/1/1/1").unlink()
    pixels[0, 0, 1, 64:128, 64:128] = 0
    outcome = _build(tmp_path)
    assert [problem.code for problem in outcome.warnings] == ["source.chunks-absent"]
    fileset = _fileset(tmp_path)
    assert validate_fileset(fileset) == ()
    np.testing.assert_array_equal(zarr.open_array(fileset / "0/0", mode="r")[...], pixels)


# What cannot stay


_ANEW: dict[str, tuple[dict[str, Any], str]] = {
    "planes together": ({"chunk": (1, 2, 1, 64, 64)}, "hold several planes"),
    "oblong": ({"chunk": (1, 1, 1, 32, 64)}, "32 x 64 pixels"),
    "no power of two": ({"chunk": (1, 1, 1, 100, 100)}, "100 x 100 pixels"),
    "big-endian": ({"version": "0.4", "order": "big", "chunk": _CHUNK}, "big-endian"),
    "float64": ({"dtype": "float64", "chunk": _CHUNK}, "published as float32"),
    "no codec of browsers": ({"version": "0.4", "chunk": _CHUNK, "compressors": numcodecs.BZ2()}, "bz2"),
    "filtered": ({"version": "0.4", "chunk": _CHUNK, "filters": [numcodecs.Delta("<u2")]}, "filtered"),
    "filled": ({"version": "0.4", "chunk": _CHUNK, "fill_value": 9}, "fill value is 9"),
    "column by column": ({"axes": "tczxy", "chunk": _CHUNK}, "column by column"),
}


def test_what_viewers_cannot_read_is_written_anew_and_a_plan_says_why(tmp_path: Path) -> None:
    names, pixels = _named(_ANEW), {}
    study = _site_of_many(tmp_path, names.values())
    for kind, name in names.items():
        options = dict(_ANEW[kind][0])
        pixels[kind] = _pixels(dtype=options.pop("dtype", "uint16"))
        write_ome_zarr(study / f"{name}.ome.zarr", pixels[kind], levels=2, **options)
    notes = plan(tmp_path, BuildOptions(today=date(2026, 1, 2)), SilentReporter()).notes
    assert len(notes) == len(_ANEW)
    assert _build(tmp_path).problems == ()
    for kind, name in names.items():
        (note,) = (note for note in notes if f"{name}.ome.zarr" in note)
        assert "its chunks cannot be kept" in note
        assert _ANEW[kind][1] in note
        fileset = _fileset_of(tmp_path, name)
        assert validate_fileset(fileset) == (), kind
        np.testing.assert_array_equal(zarr.open_array(fileset / "0/0", mode="r")[...], pixels[kind])
        assert _codecs(fileset / "0/0") == ["bytes", "blosc", "crc32c"], kind


def test_what_was_asked_for_and_cannot_be_is_a_warning(tmp_path: Path) -> None:
    study = _site(tmp_path, entry=", passthrough: copy")
    write_ome_zarr(study / "a.ome.zarr", _pixels(), chunk=(1, 2, 1, 64, 64))
    outcome = _build(tmp_path)
    assert [problem.code for problem in outcome.warnings] == ["pixels.not-kept"]
    assert outcome.problems == ()


def test_rewrite_makes_everything_anew(tmp_path: Path) -> None:
    study = _site(tmp_path, entry=", passthrough: rewrite")
    write_ome_zarr(study / "a.ome.zarr", _pixels(), levels=2, chunk=_CHUNK)
    outcome = _build(tmp_path)
    assert (outcome.problems, outcome.notes) == ((), ())
    assert _codecs(_fileset(tmp_path) / "0/0") == ["bytes", "blosc", "crc32c"]
    assert zarr.open_array(_fileset(tmp_path) / "0/0", mode="r").chunks[-1] == 256


def test_a_damaged_chunk_is_not_published(tmp_path: Path) -> None:
    flips = {"flip-in-head": 3, "flip-in-data": 40, "flip-in-end": -1}
    study = _site_of_many(tmp_path, flips)
    for name, flip in flips.items():
        source = write_ome_zarr(
            study / f"{name}.ome.zarr", _pixels(), version="0.4", chunk=_CHUNK, compressors=numcodecs.GZip()
        )
        chunk = source / "0/0/1/2/1/2"
        data = bytearray(chunk.read_bytes())
        data[flip] ^= 0x10
        chunk.write_bytes(data)
    outcome = _build(tmp_path)
    assert [problem.code for problem in outcome.problems] == ["source.damaged"] * len(flips)
    for name, problem in zip(flips, outcome.problems, strict=True):
        assert name in (problem.path or "")
        assert "t 0, c 1, z 2, y 1, x 2 of level 0" in problem.message
    assert not (tmp_path / "_site/data").exists()


def _with_zstd_frame(data: bytes) -> bytes:
    return data + b"\x50\x2a\x4d\x18\x06\x00\x00\x00secret"  # a skippable frame (RFC 8878, 3.1.2)


_OTHER_BYTES: dict[str, tuple[Any, Callable[[bytes], bytes]]] = {
    "after-blosc": (numcodecs.Blosc("zstd"), lambda data: data + b"secret"),
    "in-a-zstd-frame": (numcodecs.Zstd(), _with_zstd_frame),
    "name-in-gzip": (numcodecs.GZip(), lambda data: data[:3] + b"\x08" + data[4:10] + b"secret\0" + data[10:]),
    "after-gzip": (numcodecs.GZip(), lambda data: data + b"secret"),
    "after-raw": (None, lambda data: data + b"secret"),
    "of-more-pixels": (numcodecs.Blosc("zstd"), lambda data: numcodecs.Blosc("zstd").encode(b"\0" * 64 * 64 * 4)),
    "cut-raw": (None, lambda data: data[:-2]),
    "empty": (numcodecs.Zstd(), lambda data: b""),
}


def test_a_chunk_that_is_more_or_less_than_its_pixels_is_not_published(tmp_path: Path) -> None:
    study = _site_of_many(tmp_path, _OTHER_BYTES)
    for name, (compressor, change) in _OTHER_BYTES.items():
        place = study / f"{name}.ome.zarr"
        chunk = write_ome_zarr(place, _pixels(), version="0.4", chunk=_CHUNK, compressors=compressor) / "0/0/0/0/0/0"
        chunk.write_bytes(change(chunk.read_bytes()))
    outcome = _build(tmp_path)
    assert [problem.code for problem in outcome.problems] == ["source.damaged"] * len(_OTHER_BYTES)
    assert not (tmp_path / "_site/data").exists()


# Links


def test_linked_files_are_those_of_the_source(tmp_path: Path) -> None:
    names, pixels = _named(["0.4 blosc", "0.5", "0.5 sharded"]), _pixels()
    study = _site_of_many(tmp_path, names.values(), entry=", passthrough: link")
    for kind, name in names.items():
        write_ome_zarr(study / f"{name}.ome.zarr", pixels, levels=2, chunk=_CHUNK, **_KEPT[kind])
    before = tree(study)
    outcome = _build(tmp_path)
    assert (outcome.problems, outcome.warnings) == ((), ())
    for name in names.values():
        fileset, source = _fileset_of(tmp_path, name), study / f"{name}.ome.zarr"
        assert validate_fileset(fileset) == ()
        _agree(fileset / "0", source, 2)
        first = next(path for path in sorted((source / "0").rglob("*")) if path.is_file() and path.name.isdigit())
        assert (fileset / "0/0/c/0/0/0/0/0").samefile(first)
        shutil.rmtree(fileset)
    assert tree(study) == before


def test_a_shard_with_bytes_between_its_chunks_is_not_linked(tmp_path: Path) -> None:
    import struct

    import google_crc32c

    study, pixels = _site(tmp_path, entry=", passthrough: link"), _pixels(c=1, z=1, y=64, x=64)
    source = write_ome_zarr(study / "a.ome.zarr", pixels, chunk=_CHUNK, shard=_CHUNK)
    shard = source / "0/c/0/0/0/0/0"
    data = shard.read_bytes()
    index = struct.pack("<QQ", 6, len(data) - 20)
    shard.write_bytes(b"secret" + data[:-20] + index + struct.pack("<I", google_crc32c.value(index)))
    outcome = _build(tmp_path)
    assert [problem.code for problem in outcome.problems] == ["source.damaged"]
    assert "belong to no chunk" in outcome.problems[0].message


def test_a_shard_with_chunks_beyond_the_edge_is_not_linked(tmp_path: Path) -> None:
    """Nobody reads them, so that nothing would have looked at what is published with them."""
    import struct

    import google_crc32c

    study, pixels = _site(tmp_path, entry=", passthrough: link"), _pixels(c=1, z=1, y=64, x=64)
    source = write_ome_zarr(study / "a.ome.zarr", pixels, chunk=_CHUNK, shard=(1, 1, 1, 64, 128))
    shard = source / "0/c/0/0/0/0/0"
    data = shard.read_bytes()
    chunk = data[: -2 * 16 - 4]
    index = struct.pack("<4Q", 0, len(chunk), len(chunk), 6)
    shard.write_bytes(chunk + b"secret" + index + struct.pack("<I", google_crc32c.value(index)))
    outcome = _build(tmp_path)
    assert [problem.code for problem in outcome.problems] == ["source.damaged"]
    assert not any(b"secret" in path.read_bytes() for path in (tmp_path / "_site").rglob("*") if path.is_file())


def test_a_zip_cannot_be_linked_and_is_copied(tmp_path: Path) -> None:
    study = _site(tmp_path, entry=".zip, passthrough: link")
    write_ome_zarr(tmp_path / "a.ome.zarr", _pixels(), version="0.4", chunk=_CHUNK)
    shutil.make_archive(str(study / "a.ome.zarr"), "zip", tmp_path, "a.ome.zarr")
    outcome = _build(tmp_path)
    assert [problem.code for problem in outcome.warnings] == ["pixels.not-kept"]
    _agree(_fileset(tmp_path) / "0", tmp_path / "a.ome.zarr", 1)


# Filesets, plates, and what a build does again


def test_fields_of_a_plate_keep_their_chunks(tmp_path: Path) -> None:
    study = _site(tmp_path)
    fields = [_pixels(z=1), _pixels(z=1) // 2]
    write_plate(study / "a.ome.zarr", {"A/1": fields, "B/2": fields[:1]}, chunk=_CHUNK)
    assert _build(tmp_path).problems == ()
    fileset = _fileset(tmp_path)
    assert validate_fileset(fileset) == ()
    np.testing.assert_array_equal(zarr.open_array(fileset / "A/1/1/0", mode="r")[...], fields[1])
    assert zarr.open_array(fileset / "B/2/0/0", mode="r").chunks == _CHUNK


def test_axes_of_a_curator_move_chunks_without_touching_them(tmp_path: Path) -> None:
    study, stack = _site(tmp_path, entry=", axes: ZCTYX"), _pixels(c=1, z=6)
    write_fileset(study / "a.ome.zarr", [stack.transpose(2, 1, 0, 3, 4)], version="0.4", chunk=_CHUNK)
    assert _build(tmp_path).problems == ()
    fileset = _fileset(tmp_path)
    assert validate_fileset(fileset) == ()
    np.testing.assert_array_equal(zarr.open_array(fileset / "0/0", mode="r")[...], stack)
    assert "source's own chunks" in _page(tmp_path)


def test_threads_make_no_difference(tmp_path: Path) -> None:
    trees = []
    for threads in (1, 4):
        study = _site(tmp_path / str(threads))
        write_ome_zarr(study / "a.ome.zarr", _pixels(), levels=2, version="0.4", chunk=_CHUNK)
        build(tmp_path / str(threads), BuildOptions(today=date(2026, 1, 2), threads=threads), SilentReporter())
        trees.append(tree(tmp_path / str(threads) / "_site"))
    assert trees[0] == trees[1]


def test_a_store_that_stays_where_it_is_gets_pages_and_no_copy(tmp_path: Path) -> None:
    study = _site(tmp_path, entry=", passthrough: reference, url: 'https://far.example.org/x/a.ome.zarr'")
    pixels = _pixels()
    write_fileset(study / "a.ome.zarr", [pixels], version="0.4", axes="czyx", chunk=(1, 1, 64, 64), levels=2)
    outcome = _build(tmp_path)
    assert (outcome.problems, outcome.warnings) == ((), ())
    assert not (tmp_path / "_site/data").exists()
    page = json.loads(_page(tmp_path))
    assert page["viewer"]["store"] == {"href": None, "url": "https://far.example.org/x/a.ome.zarr/0"}
    assert [axis["name"] for axis in page["viewer"]["axes"]] == ["c", "z", "y", "x"]
    assert page["viewer"]["levels"][1] == {"path": "1", "shape": [2, 3, 75, 100], "zarr": None}
    assert page["viewer"]["ome_zarr"] == "0.4"
    assert page["viewer"]["channels"][0]["window"]["max"] == float(pixels[0, 0].max())
    assert (tmp_path / "_site/studies/s/images").glob("*/ome.xml")
    assert _build(tmp_path).report.ran == {}


@pytest.mark.parametrize("version", ["0.4", "0.5", "0.6"])
def test_a_store_that_stays_is_offered_to_programs_that_read_its_release(tmp_path: Path, version: str) -> None:
    study = _site(tmp_path, entry=", passthrough: reference, url: 'https://far.example.org/x/a.ome.zarr'")
    write_ome_zarr(study / "a.ome.zarr", _pixels(), levels=2, version=version, chunk=_CHUNK)
    assert _build(tmp_path).problems == ()
    assert json.loads(_page(tmp_path))["viewer"]["ome_zarr"] == version


def test_a_reference_needs_an_address(tmp_path: Path) -> None:
    study = _site(tmp_path, entry=", passthrough: reference")
    write_ome_zarr(study / "a.ome.zarr", _pixels(), chunk=_CHUNK)
    outcome = _build(tmp_path)
    assert [problem.code for problem in outcome.warnings] == ["pixels.not-kept"]
    assert _fileset(tmp_path).is_dir()


_ORIGINALS = "downloads: {originals: copy}\nprivacy: {unredacted_sources: allow}\n"


def test_an_original_ome_zarr_is_one_download_not_one_a_chunk(tmp_path: Path) -> None:
    source = write_ome_zarr(_site(tmp_path, config=_ORIGINALS) / "a.ome.zarr", _pixels(), chunk=_CHUNK)
    assert _build(tmp_path).problems == ()
    files = [path for path in source.rglob("*") if path.is_file()]
    (page,) = (tmp_path / "_site/studies/s/images").glob("*/index.html")
    assert page.read_text().count("/originals/") == 1
    assert f"Original OME-Zarr (a.ome.zarr, {len(files)} files): zarr.json" in page.read_text()
    assert len([path for path in (tmp_path / "_site/originals").rglob("*") if path.is_file()]) == len(files)


def test_of_a_store_that_stays_elsewhere_no_original_is_copied_either(tmp_path: Path) -> None:
    entry = ", passthrough: reference, url: 'https://store.example.org/a.ome.zarr'"
    write_ome_zarr(_site(tmp_path, entry=entry, config=_ORIGINALS) / "a.ome.zarr", _pixels(), chunk=_CHUNK)
    assert _build(tmp_path).problems == ()
    (page,) = (tmp_path / "_site/studies/s/images").glob("*/index.html")
    assert "riginal" not in page.read_text()
    assert not (tmp_path / "_site/originals").exists()


def test_labels_named_for_a_store_that_stays_elsewhere_are_left_out_aloud(tmp_path: Path) -> None:
    entry = ", passthrough: reference, url: 'https://store.example.org/a.ome.zarr', labels: {cells: cells.ome.tiff}"
    study = _site(tmp_path, entry=entry)
    write_ome_zarr(study / "a.ome.zarr", _pixels(), chunk=_CHUNK)
    write_ome_tiff(study / "cells.ome.tiff", _pixels(c=1))
    (warning,) = _build(tmp_path).warnings
    assert (warning.code, "cells" in warning.message) == ("labels.left-out", True)
