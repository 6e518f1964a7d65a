"""OME-Zarr at addresses: what is read, how often a host is asked, and what is said of its faults."""

import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from publisher.errors import MissingReaderError, SourceError, UnsupportedFormatError
from publisher.model.location import Address, address_of, is_address
from publisher.preview.server import serving
from publisher.sources.http_files import current_files
from publisher.sources.inspect import inspect
from publisher.sources.ome_zarr import OmeZarrReader, OmeZarrSource
from publisher.sources.protocol import Roots
from publisher.sources.registry import installed_readers
from publisher.testing.images import planes, write_fileset, write_ome_zarr
from publisher.testing.zarr_sets import write_labels, write_plate
from tests.sources.store_hosts import host, reply

Request = BaseHTTPRequestHandler


def _open(url: str, **options: Any) -> OmeZarrSource:
    address = address_of(url)
    assert address is not None
    return OmeZarrReader().open_address(address, **options)


def _plane(source: OmeZarrSource, series: int = 0) -> np.ndarray:
    return source.read(series, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None))


# Addresses


@pytest.mark.parametrize(
    "text",
    [
        "ftp://host/a.zarr",
        "file:///etc/passwd",
        "http://user:secret@host/a.zarr",
        "https://host/a.zarr?token=1",
        "https://host/a.zarr#x",
        "https://host/../a.zarr",
        "https://host//a.zarr",
        "https://host",
        "s3://bucket",
        "https://host/a b.zarr",
        "gopher://host/a.zarr",
    ],
)
def test_what_is_no_address_of_a_store_is_refused(text: str) -> None:
    assert is_address(text)
    assert address_of(text) is None


@pytest.mark.parametrize(
    ("text", "endpoint", "public"),
    [
        ("https://host/b/a.ome.zarr/", None, "https://host/b/a.ome.zarr"),
        ("s3://bucket/b/a.ome.zarr", None, "https://bucket.s3.amazonaws.com/b/a.ome.zarr"),
        ("s3://bucket/a.zarr", "https://s3.example.org/", "https://s3.example.org/bucket/a.zarr"),
    ],
)
def test_an_address_has_a_public_one(text: str, endpoint: str | None, public: str) -> None:
    address = address_of(text, endpoint)
    assert address is not None
    assert address.public_url == public
    assert address.name.endswith(".zarr")


def test_a_windows_path_or_a_name_is_no_address() -> None:
    assert not is_address("C:/data/a.zarr")
    assert not is_address("images/a.zarr")


# Reading


@pytest.mark.parametrize("version", ["0.1", "0.4", "0.5", "0.6"])
def test_an_image_is_read_from_our_own_server(version: str, tmp_path: Path) -> None:
    pixels = planes(c=2, z=2, y=70, x=90, dtype="uint16")
    write_ome_zarr(tmp_path / "a.ome.zarr", pixels, version=version, levels=2, chunk=(1, 1, 1, 64, 64))
    with serving(tmp_path) as url, _open(f"{url}a.ome.zarr") as source:
        assert source.levels(0) == ((70, 90), (35, 45))
        np.testing.assert_array_equal(_plane(source), pixels[0, :, 0])
        assert source.warnings() == ()


def test_shards_are_read_in_parts(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 60000, (1, 1, 8, 512, 512)).astype("uint16")
    write_ome_zarr(tmp_path / "a.zarr", pixels, chunk=(1, 1, 1, 256, 256), shard=(1, 1, 8, 512, 512))
    with host(tmp_path) as server, _open(f"{server.url}/a.zarr") as source:
        np.testing.assert_array_equal(
            source.read(0, 0, t=0, z=7, c=slice(0, 1), y=slice(0, 256), x=slice(0, 256)), pixels[0, :, 7, :256, :256]
        )
        np.testing.assert_array_equal(
            np.frombuffer(_decoded(source, (0, 0, 7, 1, 1)), "<u2"), pixels[0, 0, 7, 256:, 256:].ravel()
        )
        asked = [path for path in server.asked if "/c/" in path]
    assert len(asked) <= 5  # the first megabyte, and twice an index and a chunk


def _decoded(source: OmeZarrSource, place: tuple[int, int, int, int, int]) -> bytes:
    import numcodecs

    data = source.encoded_chunk(0, 0, place)
    assert data is not None
    return bytes(numcodecs.Zstd().decode(data))


def test_plates_and_labels_are_read(tmp_path: Path) -> None:
    path = write_plate(tmp_path / "a.zarr", {"A/1": [planes()], "B/2": [planes(c=2)]})
    write_labels(path / "A/1/0", "cells", planes(dtype="uint8"))
    with host(tmp_path) as server, _open(f"{server.url}/a.zarr") as source:
        assert [len(well.fields) for well in source.plates()[0].wells] == [1, 1]
        assert [label.name for label in source.labels()] == ["cells"]
        np.testing.assert_array_equal(_plane(source, 1), planes(c=2)[0, :, 0])


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_consolidated_metadata_spare_requests(zarr_format: int, tmp_path: Path) -> None:
    import zarr

    version = "0.4" if zarr_format == 2 else "0.5"
    path = write_plate(tmp_path / "a.zarr", {f"A/{n}": [planes()] for n in (1, 2)}, version=version, levels=2)
    with host(tmp_path) as server:
        with _open(f"{server.url}/a.zarr"):
            pass
        many = len(server.asked)
    with pytest.warns() if zarr_format == 3 else _nothing():
        zarr.consolidate_metadata(path, zarr_format=zarr_format)
    with host(tmp_path) as server:
        with _open(f"{server.url}/a.zarr") as source:
            assert len(source.images()) == 2
        assert len(server.asked) <= 2 < many


def _nothing() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def test_axes_of_a_curator_hold_at_addresses_too(tmp_path: Path) -> None:
    write_fileset(tmp_path / "a.zarr", [planes(t=4)], version="0.4")
    with host(tmp_path) as server, _open(f"{server.url}/a.zarr", axes="ZCTYX") as source:
        assert source.images()[0].pixels.size_z == 4


def test_identity_is_metadata_with_etags(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", planes(), version="0.4")
    with host(tmp_path) as server:
        address = address_of(f"{server.url}/a.zarr")
        assert address is not None
        record = inspect(address, Roots(()), installed_readers([]))
        names = [file.path.removeprefix(f"{address}/") for file in record.files]
        assert names == [".zattrs", "0/.zarray"]
        assert current_files(address, record.files) == record.files
        (path / ".zattrs").write_text((path / ".zattrs").read_text() + " ")
        assert current_files(address, record.files) != record.files


# Faults of hosts


def _fault(url: str) -> str:
    with pytest.raises(SourceError) as caught, _open(url) as source:
        _plane(source)
    (problem,) = caught.value.problems
    assert problem.code in ("source.unreachable", "source.missing-pixels")
    assert problem.hint
    assert "127.0.0.1" in problem.message
    return problem.message


@pytest.fixture
def store(tmp_path: Path) -> Path:
    pixels = planes(c=2, y=100, x=100, dtype="uint16")
    write_ome_zarr(tmp_path / "a.zarr", pixels, version="0.4", chunk=(1, 1, 1, 16, 16))
    return tmp_path


def test_an_address_of_nothing_is_named_with_its_status(store: Path) -> None:
    with host(store) as server:
        assert "404" in _fault(f"{server.url}/b.zarr")


def test_a_private_store_is_named_with_its_status(store: Path) -> None:
    with host(store, lambda request, path: reply(request, 403)) as server:
        assert "answers 403" in _fault(f"{server.url}/a.zarr")


def test_a_bucket_that_answers_403_for_what_is_absent_is_read(store: Path) -> None:
    def fault(request: Request, path: str) -> bool:
        return not (store / path).is_file() and reply(request, 403)

    with host(store, fault) as server, _open(f"{server.url}/a.zarr") as source:
        assert _plane(source).shape == (2, 100, 100)


def test_a_private_chunk_is_no_fill_value(store: Path) -> None:
    def fault(request: Request, path: str) -> bool:
        return path.endswith("0/0/0/1/1") and reply(request, 403)

    with host(store, fault) as server:
        assert "answers 403 for 0/0/0/0/1/1" in _fault(f"{server.url}/a.zarr")


def test_a_page_is_no_chunk(store: Path) -> None:
    def fault(request: Request, path: str) -> bool:
        return path.endswith("0/0/0/1/1") and reply(request, 200, b"<html>", **{"Content-Type": "text/html"})

    with host(store, fault) as server:
        assert "with a web page" in _fault(f"{server.url}/a.zarr")


def test_a_store_of_absent_chunks_is_metadata_without_pixels(store: Path) -> None:
    import shutil

    shutil.rmtree(store / "a.zarr/0/0")
    with host(store) as server:
        assert "none of the first 16 chunks" in _fault(f"{server.url}/a.zarr")


def test_a_host_that_stumbles_is_asked_again(store: Path) -> None:
    failed: list[str] = []

    def fault(request: Request, path: str) -> bool:
        if len(failed) < 2 and path.endswith("0/0/0/1/1"):
            failed.append(path)
            return reply(request, 503)
        return False

    with host(store, fault) as server, _open(f"{server.url}/a.zarr") as source:
        assert _plane(source).any()
    assert len(failed) == 2


def test_a_host_that_keeps_failing_is_named_with_its_status(store: Path) -> None:
    with host(store, lambda request, path: path.endswith("1/1") and reply(request, 502)) as server:
        message = _fault(f"{server.url}/a.zarr")
        assert "502" in message
        assert "4 tries" in message


def test_a_host_that_is_not_there_is_named(store: Path) -> None:
    with host(store) as server:
        url = server.url
    assert "could not be read in 4 tries" in _fault(f"{url}/a.zarr")


def test_an_answer_that_breaks_off_is_an_error(store: Path) -> None:
    def fault(request: Request, path: str) -> bool:
        if not path.endswith("1/1"):
            return False
        request.send_response(206)
        request.send_header("Content-Length", "1000")
        request.send_header("Content-Range", "bytes 0-999/1000")
        request.end_headers()
        request.wfile.write(b"short")
        request.close_connection = True
        return True

    with host(store, fault) as server:
        assert "breaks off" in _fault(f"{server.url}/a.zarr")


def test_a_host_without_ranges_serves_small_files_only(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 60000, (1, 1, 4, 600, 600)).astype("uint16")
    write_ome_zarr(tmp_path / "small.zarr", pixels[:, :, :1], version="0.4", chunk=(1, 1, 1, 512, 512))
    write_ome_zarr(tmp_path / "a.zarr", pixels, chunk=(1, 1, 1, 512, 512), shard=(1, 1, 4, 1024, 1024))
    with host(tmp_path, ranges=False) as server:
        with _open(f"{server.url}/small.zarr") as source:
            np.testing.assert_array_equal(_plane(source), pixels[0, :, 0])
        assert "does not answer for a part" in _fault(f"{server.url}/a.zarr")


def test_a_host_that_hangs_is_given_up(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from publisher.sources import http_requests

    monkeypatch.setattr(http_requests, "_READ_S", 0.2)
    released = threading.Event()

    def fault(request: Request, path: str) -> bool:
        released.wait(5)
        return reply(request, 404)

    with host(store, fault) as server:
        assert "timed out" in _fault(f"{server.url}/a.zarr")
        released.set()


@pytest.mark.parametrize("target", ["http://127.0.0.1:{other}/{path}", "file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_a_store_may_not_lead_elsewhere(target: str, store: Path) -> None:
    with host(store) as other:

        def fault(request: Request, path: str) -> bool:
            if not path.endswith("1/1"):
                return False
            where = target.format(other=other.url.rpartition(":")[2], path=path)
            return reply(request, 302, Location=where)

        with host(store, fault) as server:
            assert "sends us elsewhere" in _fault(f"{server.url}/a.zarr")
        assert other.asked == []


def test_a_store_may_lead_to_another_place_of_its_host(store: Path) -> None:
    def fault(request: Request, path: str) -> bool:
        return path.startswith("old/") and reply(request, 301, Location=f"/{path.removeprefix('old/')}")

    with host(store, fault) as server, _open(f"{server.url}/old/a.zarr") as source:
        assert _plane(source).any()


def test_redirects_without_end_are_given_up(store: Path) -> None:
    with host(store, lambda request, path: reply(request, 302, Location=f"/{path}")) as server:
        assert "without end" in _fault(f"{server.url}/a.zarr")


def test_a_bucket_of_another_region_says_which_endpoint_to_name(store: Path) -> None:
    headers = {"x-amz-bucket-region": "eu-west-1"}
    with (
        host(store, lambda request, path: reply(request, 301, **headers)) as server,
        pytest.raises(SourceError) as caught,
    ):
        OmeZarrReader().open_address(Address("s3://bucket/a.zarr", server.url))
    assert caught.value.problems[0].hint == "set `endpoint: https://s3.eu-west-1.amazonaws.com` on the image"


def test_metadata_of_any_size_are_not_read(store: Path) -> None:
    with (
        host(store, lambda request, path: reply(request, 200, b" " * (17 << 20))) as server,
        pytest.raises(SourceError, match="more than 16777216 bytes"),
    ):
        _open(f"{server.url}/a.zarr")


def test_paths_in_a_store_do_not_leave_it(store: Path) -> None:
    attributes = json.loads((store / "a.zarr/.zattrs").read_text())
    attributes["multiscales"][0]["datasets"][0]["path"] = "../../etc"
    (store / "a.zarr/.zattrs").write_text(json.dumps(attributes))
    with host(store) as server:
        with pytest.raises(SourceError, match="leaves the hierarchy"):
            _open(f"{server.url}/a.zarr")
        assert not any("etc" in path for path in server.asked)


def test_a_reader_of_files_says_that_it_reads_no_addresses() -> None:
    with pytest.raises(UnsupportedFormatError, match="on the web"):
        installed_readers([]).open(Address("https://host/a.tiff"), Roots(()), name="tiff")


def test_without_the_extra_its_installation_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "publisher.sources.http_files", None)
    with pytest.raises(MissingReaderError) as caught:
        _open("https://host/a.zarr")
    assert "ome-publisher[remote]" in caught.value.problems[0].hint
