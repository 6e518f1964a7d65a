"""One way to send files to any place: the local disk by obstore, any other by fsspec; addresses and profiles."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import fsspec
import pytest

from publisher.errors import DeployError
from publisher.object_store import ObjectStore, open_store, s3_settings

pytest.importorskip("obstore", reason="sending to stores needs: pip install 'ome-publisher[remote]'")


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    if request.param == "file":
        yield open_store(f"file://{tmp_path}/bucket/lab")
        return
    yield open_store("memory://bucket/lab")
    fsspec.filesystem("memory").rm("/", recursive=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"pixels")
    return path


def test_what_was_put_is_listed_with_its_size(store: ObjectStore, file: Path) -> None:
    store.put("data/a/zarr.json", file)
    store.put("data/a/0/c/0", file)
    store.put("data/ab/zarr.json", file)
    assert store.sizes_below("data/a") == {"data/a/zarr.json": 6, "data/a/0/c/0": 6}
    assert store.size("data/a/zarr.json") == 6
    assert store.size("data/a/nothing") is None


def test_a_second_put_replaces_the_first(store: ObjectStore, file: Path) -> None:
    store.put("data/a", file)
    file.write_bytes(b"more pixels")
    store.put("data/a", file)
    assert store.size("data/a") == 11


def test_deleting_passes_over_what_is_gone(store: ObjectStore, file: Path) -> None:
    store.put("data/a", file)
    store.put("data/b", file)
    store.delete(["data/missing", "data/a"])
    assert store.sizes_below("data") == {"data/b": 6}


def test_an_empty_place_lists_nothing(store: ObjectStore) -> None:
    assert store.sizes_below("data") == {}


@pytest.mark.parametrize(
    "url",
    [
        "s3://AKIA:hunter2@bucket/lab",
        "s3://bucket/lab?AWS_SECRET_ACCESS_KEY=hunter2",
        "https://bucket.example.org/lab",
        "bucket/lab",
        "gopher://bucket/lab",
    ],
)
def test_an_address_that_cannot_be_written_to_is_refused_without_its_secrets(url: str) -> None:
    with pytest.raises(DeployError) as raised:
        open_store(url)
    (problem,) = raised.value.problems
    assert problem.code == "objects.bad-url"
    assert "hunter2" not in f"{problem} {problem.path}"
    assert problem.hint


def test_a_place_that_refuses_is_told_with_its_key(tmp_path: Path, file: Path) -> None:
    (tmp_path / "bucket").mkdir()
    (tmp_path / "bucket" / "data").write_text("a file where a folder must be")
    with pytest.raises(DeployError) as raised:
        open_store(f"file://{tmp_path}/bucket").put("data/a", file)
    (problem,) = raised.value.problems
    assert problem.code == "objects.failed"
    assert str(problem.path).endswith("/bucket/data/a")


PROFILES: dict[str, Any] = {
    "config": "[default]\nregion = eu-west-2\n[profile ceph]\nregion = lab\nendpoint_url = http://ceph.lab:7480\n",
    "credentials": "[default]\naws_access_key_id = A\naws_secret_access_key = B\n"
    "[ceph]\naws_access_key_id = C\naws_secret_access_key = D\naws_session_token = E\n",
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".aws").mkdir()
    for name, text in PROFILES.items():
        (tmp_path / ".aws" / name).write_text(text)
    return tmp_path


def test_the_default_profile_gives_keys_and_region(home: Path) -> None:
    assert s3_settings({}, home) == {"aws_access_key_id": "A", "aws_secret_access_key": "B", "region": "eu-west-2"}


def test_a_named_profile_gives_its_own_server_too(home: Path) -> None:
    assert s3_settings({"AWS_PROFILE": "ceph"}, home) == {
        "aws_access_key_id": "C",
        "aws_secret_access_key": "D",
        "aws_session_token": "E",
        "region": "lab",
        "endpoint": "http://ceph.lab:7480",
    }


def test_the_environment_wins_over_the_profile(home: Path) -> None:
    environment = {"AWS_ACCESS_KEY_ID": "Z", "AWS_REGION": "moon", "AWS_ENDPOINT_URL": "https://s3.example.org"}
    assert s3_settings(environment, home) == {"region": "moon", "endpoint": "https://s3.example.org"}


def test_without_a_profile_nothing_is_said(tmp_path: Path) -> None:
    assert s3_settings({}, tmp_path) == {}


class Answers(BaseHTTPRequestHandler):
    """Answers each request with the next of ``server.answers`` (status, body), the last for ever; notes what came."""

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.came.append((self.path, body))  # type: ignore[attr-defined]  # set where the server is made
        answers = self.server.answers  # type: ignore[attr-defined]  # as above
        status, text = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("ETag", '"tag"')
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def answering(*answers: tuple[int, bytes]) -> Iterator[Any]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.answers, server.came = list(answers), []  # type: ignore[attr-defined]  # as above
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAHUNTER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("HOME", str(tmp_path))
    return monkeypatch


def test_a_server_that_is_busy_is_asked_again(keys: pytest.MonkeyPatch, file: Path) -> None:
    with answering((503, b"slow down"), (500, b"oops"), (200, b"")) as server:
        keys.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        open_store("s3://bucket/lab").put("data/a", file)
        assert server.came == [("/bucket/lab/data/a", b"pixels")] * 3


def test_a_server_that_refuses_is_told_without_the_keys(keys: pytest.MonkeyPatch, file: Path) -> None:
    answer = b"""<?xml version="1.0"?><Error><Code>InvalidAccessKeyId</Code><Message>No such key.</Message>
<AWSAccessKeyId>AKIAHUNTER</AWSAccessKeyId></Error>"""
    with answering((403, answer)) as server:
        keys.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        with pytest.raises(DeployError) as raised:
            open_store("s3://bucket/lab").put("data/a", file)
        assert len(server.came) == 1, "asking again would not help"
    (problem,) = raised.value.problems
    assert problem.code == "objects.refused"
    assert problem.path == "s3://bucket/lab/data/a"
    assert "InvalidAccessKeyId: No such key." in problem.message
    assert not re.search("hunter", str(problem), re.IGNORECASE)
