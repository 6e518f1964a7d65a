"""A small site on disk and a client that speaks plain HTTP to it."""

import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from publisher.preview.server import serving

CHUNK = bytes(range(256)) * 40


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: http.client.HTTPMessage

    def __getitem__(self, name: str) -> str | None:
        return self.headers[name]


Ask = Callable[..., Answer]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "outer" / "_site"
    files = {
        "index.html": b"<!doctype html><html lang=en><head><title>Home</title></head><body><h1>Home</h1></body></html>",
        "404.html": b"<!doctype html><title>Not here</title><h1>Not here</h1>",
        "studies/s 1/index.html": b"<!doctype html><title>Study</title><h1>Study</h1>",
        "studies/s 1/index.json": b'{"id": "s 1"}',
        "studies/s 1/thumbnail.webp": b"RIFF",
        "tables/a.csv": b"a,b\n1,2\n",
        "tables/a.parquet": b"PAR1",
        "data/x.ome.zarr/0/zarr.json": b"{}",
        "data/x.ome.zarr/0/c/0/0": CHUNK,
        "data/x.ome.zarr/old/.zattrs": b"{}",
        "empty": b"",
        ".htaccess": b"secret",
        ".publisher/ledger": b"secret",
        "no-index/file.txt": b"text",
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "outer" / "secret.txt").write_bytes(b"secret")
    return folder


@pytest.fixture
def url(site: Path) -> Iterator[str]:
    with serving(site) as address:
        yield address


@pytest.fixture
def ask(url: str) -> Iterator[Ask]:
    """Sends a request exactly as given, over one kept-alive connection."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)

    def send(path: str, method: str = "GET", **fields: str) -> Answer:
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, response.read(), response.headers)

    yield send
    connection.close()
