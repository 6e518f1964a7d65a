"""A build sends its filesets to an S3 server; readers open them there by its address, and nothing else is needed.

The server is moto's, in a Python of its own that PUBLISHER_S3_PYTHON names (``pip install 'moto[server]'``).
"""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from socket import create_server

import numpy as np
import pytest
import zarr

from tests.pipeline.sites import CONFIG, ROWS, make_site, tree, write_image

obstore = pytest.importorskip("obstore", reason="sending to stores needs: pip install 'ome-publisher[remote]'")
KEYS = {"AWS_ACCESS_KEY_ID": "a-key", "AWS_SECRET_ACCESS_KEY": "hunter2hunter2", "AWS_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Address of an S3 server with an empty bucket ``lab``."""
    python = os.environ.get("PUBLISHER_S3_PYTHON")
    if python is None:
        pytest.skip("PUBLISHER_S3_PYTHON names no Python that has moto[server]; .ci/full makes one")
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code = f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen([python, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            _wait_for(url)
            yield url
        finally:
            running.kill()


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the server did not start")


@pytest.fixture
def bucket(server: str, request: pytest.FixtureRequest) -> str:
    """Name of an empty bucket of its own."""
    name = f"lab-{abs(hash(request.node.name)) % 10**8}"
    urllib.request.urlopen(urllib.request.Request(f"{server}/{name}", method="PUT"), timeout=5).close()
    return name


@pytest.fixture
def site(tmp_path: Path, server: str, bucket: str) -> Path:
    make_site(tmp_path / "site")
    keys = f"data_url: {server}/{bucket}/pre\ndownloads: {{ozx: image}}\nbuild: {{data_store: 's3://{bucket}/pre'}}\n"
    (tmp_path / "site/site_config.yaml").write_text(CONFIG + keys)
    return tmp_path / "site"


def command(site: Path, server: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "publisher", *arguments, "--site", str(site)]


def build(site: Path, server: str, **environment: str) -> subprocess.CompletedProcess[str]:
    every = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": server, **environment}
    return subprocess.run(
        command(site, server, "build"), env=every, capture_output=True, text=True, timeout=300, check=False
    )


def published(site: Path) -> dict[str, bytes]:
    """Every file of data/ by its path below the output."""
    return {f"data/{path}": (site / "_site/data" / path).read_bytes() for path in tree(site / "_site/data")}


def objects(server: str, bucket: str) -> dict[str, bytes]:
    """Every object by its key below the prefix."""
    store = _bucket(server, bucket, "")
    found = obstore.list(store).collect()
    return {meta["path"].removeprefix("pre/"): bytes(obstore.get(store, meta["path"]).bytes()) for meta in found}


def _bucket(server: str, bucket: str, prefix: str) -> "obstore.store.S3Store":
    keys = {"access_key_id": KEYS["AWS_ACCESS_KEY_ID"], "secret_access_key": KEYS["AWS_SECRET_ACCESS_KEY"]}
    return obstore.store.S3Store(
        bucket, prefix=prefix, endpoint=server, region="us-east-1", client_options={"allow_http": True}, **keys
    )


def test_the_bucket_holds_the_same_bytes_under_the_same_names(site: Path, server: str, bucket: str) -> None:
    done = build(site, server)
    assert done.returncode == 0, done.stderr
    assert f"Sent to s3://{bucket}/pre: " in done.stdout
    output = site / "_site"
    assert objects(server, bucket) == {
        f"data/{path}": (output / "data" / path).read_bytes() for path in tree(output / "data")
    }


def test_objects_have_their_media_types(site: Path, server: str, bucket: str) -> None:
    build(site, server)
    store = _bucket(server, bucket, "pre/data/mitosis")
    kinds = {
        key.rpartition("/")[2].rpartition(".")[2]: obstore.get(store, key).attributes["Content-Type"]
        for key in (meta["path"] for meta in obstore.list(store).collect())
    }
    assert kinds == {
        "json": "application/json",
        "xml": "application/xml",
        "txt": "text/plain",
        "ozx": "application/zip",
        "0": "application/octet-stream",
    }


def test_zarr_python_and_tensorstore_read_from_the_bucket(
    site: Path, server: str, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tensorstore
    from zarr.storage import ObjectStore

    build(site, server)
    store = min((site / "_site/data/mitosis").glob("a-*.ome.zarr")) / "0"
    expected = zarr.open_array(store / "0", mode="r")[...]
    prefix = f"pre/{store.relative_to(site / '_site').as_posix()}"
    group = zarr.open_group(ObjectStore(_bucket(server, bucket, prefix), read_only=True), mode="r")
    assert np.array_equal(group["0"][...], expected)
    address = {"driver": "s3", "bucket": bucket, "endpoint": server, "aws_region": "us-east-1", "path": f"{prefix}/0/"}
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    signed = {**address, "aws_credentials": {"type": "environment"}}
    array = tensorstore.open({"driver": "zarr3", "kvstore": signed}, read=True).result()
    assert np.array_equal(array.read().result(), expected)


def test_a_bucket_that_is_not_there_is_named_and_no_key_is_printed(site: Path, server: str, bucket: str) -> None:
    config = site / "site_config.yaml"
    config.write_text(config.read_text().replace(f"s3://{bucket}", "s3://no-such-bucket"))
    done = build(site, server)
    assert done.returncode == 1
    assert "s3://no-such-bucket/pre: there is no such bucket" in done.stderr
    assert not any(value in done.stdout + done.stderr for value in (KEYS["AWS_SECRET_ACCESS_KEY"],))


def test_a_killed_build_leaves_whole_objects_and_the_next_one_completes(site: Path, server: str, bucket: str) -> None:
    assert build(site, server).returncode == 0
    before = objects(server, bucket)
    for seed, name in enumerate("abc", 5):
        write_image(site / f"content/studies/mitosis/images/{name}.ome.tiff", seed)
    (site / "content/studies/mitosis/images.csv").write_text(ROWS.replace("Cell A", "Cell Alpha"))
    every = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": server}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    for delay_s in (2.0, 2.5, 3.0):
        with subprocess.Popen(command(site, server, "build"), env=every, **quiet, start_new_session=True) as running:  # type: ignore[call-overload]  # the streams are two of its options
            try:
                running.wait(delay_s)
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGKILL)
        now = objects(server, bucket)
        assert now.keys() >= before.keys()
        new = published(site)
        assert all(data in (before.get(key), new.get(key)) for key, data in now.items()), "each is old or new, whole"
    done = build(site, server)
    assert done.returncode == 0, done.stderr
    assert objects(server, bucket) == published(site)


def test_one_file_is_converted_straight_into_a_bucket(site: Path, server: str, bucket: str) -> None:
    source = str(site / "content/studies/mitosis/images/a.ome.tiff")
    every = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": server}
    for output in (f"s3://{bucket}/pre/cell.ome.zarr", f"s3://{bucket}/pre/cell.ozx"):
        command = [sys.executable, "-m", "publisher", "convert", source, output]
        done = subprocess.run(command, env=every, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        again = subprocess.run(command, env=every, capture_output=True, text=True, timeout=300, check=False)
        assert "is there already" in again.stderr
    keys = objects(server, bucket)
    assert {"cell.ozx", "cell.ome.zarr/zarr.json", "cell.ome.zarr/0/0/c/0/0/0/0/0"} <= keys.keys()
