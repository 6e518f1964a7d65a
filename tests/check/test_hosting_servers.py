"""The snippets are given to the real programs, which then answer as the preview server does."""

import http.client
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.check.hosting import profile_files
from publisher.config.model import HostingSection

CHUNK = bytes(range(256)) * 40
CHUNK_PATH = "/data/s/x.ome.zarr/0/c/0/0"
ORIGIN = {"Origin": "https://viewer.example"}

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: http.client.HTTPMessage


@dataclass(frozen=True, slots=True)
class Host:
    """A running server of the site, set up by nothing but the snippet."""

    name: str
    port: int

    def ask(self, path: str, method: str = "GET", **fields: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        connection.request(method, path, headers=headers | ORIGIN)
        response = connection.getresponse()
        answer = Answer(response.status, response.read(), response.headers)
        connection.close()
        return answer


def snippet(profile: str, name: str) -> str:
    section = HostingSection.model_validate({"profile": profile})
    files = {str(path): text for path, text in profile_files(section, base_url=None, data_url=None).items()}
    return files[name].decode()


def nginx_command(folder: Path, site: Path, port: int) -> list[str]:
    server = snippet("nginx", "hosting/nginx.conf")
    server = server.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/var/www/site", str(site))
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"daemon off; pid {folder}/pid; error_log {folder}/errors; events {{}}\n"
    (folder / "main.conf").write_text(f"{main}http {{ access_log off; {temporary}\n{server}\n}}")
    return ["nginx", "-p", str(folder), "-e", str(folder / "errors"), "-c", str(folder / "main.conf")]


def apache_command(folder: Path, site: Path, port: int) -> list[str]:
    (site / ".htaccess").write_text(snippet("apache", ".htaccess"))
    modules = ("mpm_event", "authz_core", "dir", "mime", "headers", "rewrite", "setenvif", "deflate", "filter")
    loads = "\n".join(f"LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so" for module in modules)
    user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
    where = f"Listen 127.0.0.1:{port}\nPidFile {folder}/pid\nErrorLog {folder}/errors\n{user}"
    (folder / "main.conf").write_text(
        f"{loads}\nServerName localhost\nTypesConfig /dev/null\n{where}"
        f"DocumentRoot {site}\n<Directory {site}>\nAllowOverride FileInfo Indexes\nRequire all granted\n</Directory>\n"
        "AddOutputFilterByType DEFLATE text/html application/json text/csv application/octet-stream\n"
    )
    return ["apache2", "-d", str(folder), "-f", str(folder / "main.conf"), "-DFOREGROUND"]


def caddy_command(folder: Path, site: Path, port: int) -> list[str]:
    server = snippet("caddy", "hosting/Caddyfile")
    server = server.replace("images.example.org {", f"http://127.0.0.1:{port} {{").replace("/var/www/site", str(site))
    (folder / "Caddyfile").write_text("{\n    admin off\n}\n" + server)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


COMMANDS: dict[str, Callable[[Path, Path, int], list[str]]] = {
    "nginx": nginx_command,
    "apache2": apache_command,
    "caddy": caddy_command,
}


@pytest.fixture(scope="module")
def site() -> Iterator[Path]:
    """A small site where servers that were started by root, and read as somebody else, can reach it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_site(folder)
        yield folder


def write_site(folder: Path) -> None:
    files = {
        "index.html": b"<!doctype html><title>Home</title><p>" + b"words " * 500,
        "404.html": b"<!doctype html><title>Not here</title>",
        "tables/a.csv": b"a,b\n" * 600,
        "tables/a.parquet": b"PAR1",
        "tables/a.json": b"[" + b"1, " * 600 + b"1]",
        "thumbnail.webp": b"RIFF",
        "data/s/x.ome.zarr/0/zarr.json": b"{" + b" " * 2000 + b"}",
        "data/s/x.ome.zarr/0/c/0/0": CHUNK,
        "data/s/x.ome.zarr/old/.zattrs": b"{}",
        ".git/config": b"secret",
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.fixture(scope="module", params=sorted(COMMANDS))
def host(request: pytest.FixtureRequest, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    folder = tmp_path_factory.mktemp(request.param)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            COMMANDS[request.param](folder, site, port), stdout=log, stderr=log, env={"HOME": str(folder), "PATH": PATH}
        )
    try:
        wait_until_it_answers(process, port, folder / "log")
        yield Host(request.param, port)
    finally:
        process.terminate()
        process.wait(timeout=20)


PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin"


def wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the server did not take its configuration: {log.read_text(errors='replace')[-2000:]}")


@pytest.mark.parametrize(
    ("field", "expected"), [("bytes=0-99", CHUNK[:100]), ("bytes=-16", CHUNK[-16:]), ("bytes=10000-", CHUNK[10000:])]
)
def test_ranges_of_a_chunk_are_206(host: Host, field: str, expected: bytes) -> None:
    answer = host.ask(CHUNK_PATH, Range=field, Accept_Encoding="gzip, br")
    assert (answer.status, answer.body) == (206, expected)
    assert answer.headers["Content-Encoding"] is None
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", [CHUNK_PATH, "/data/s/x.ome.zarr/0/zarr.json"])
def test_what_is_read_by_ranges_is_never_compressed_and_head_tells_its_length(host: Host, path: str) -> None:
    for method in ("GET", "HEAD"):
        answer = host.ask(path, method, Accept_Encoding="gzip, br")
        assert answer.headers["Content-Encoding"] is None
        assert int(answer.headers["Content-Length"]) == len(host.ask(path).body)


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/", {}, 200),
        (CHUNK_PATH, {"Range": "bytes=0-1"}, 206),
        (CHUNK_PATH, {"Range": "bytes=99999-"}, 416),
        ("/data/s/x.ome.zarr/0/c/9/9", {}, 404),
        ("/gone/", {}, 404),
    ],
)
def test_other_origins_may_read_every_answer(host: Host, path: str, fields: dict[str, str], status: int) -> None:
    answer = host.ask(path, **fields)
    assert answer.status == status
    allowed = answer.headers.get_all("Access-Control-Allow-Origin")
    assert allowed == ["*"] or (host.name, status, allowed) == ("nginx", 416, ["*", "*"])  # nginx writes 416 twice over
    assert "Content-Range" in answer.headers["Access-Control-Expose-Headers"]


def test_a_known_etag_is_304_and_may_be_read(host: Host) -> None:
    etag = host.ask(CHUNK_PATH).headers["ETag"]
    answer = host.ask(CHUNK_PATH, If_None_Match=etag)
    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_preflight_for_a_range_is_granted(host: Host) -> None:
    answer = host.ask(
        CHUNK_PATH, "OPTIONS", Access_Control_Request_Method="GET", Access_Control_Request_Headers="range"
    )
    assert answer.status == 204
    assert answer.headers.get_all("Access-Control-Allow-Origin") == ["*"]
    assert "Range" in answer.headers["Access-Control-Allow-Headers"]


def test_a_missing_page_is_the_sites_own_404_page(host: Host) -> None:
    answer = host.ask("/studies/nobody/index.html")
    assert answer.status == 404
    assert b"Not here" in answer.body
    assert answer.headers["Content-Type"].lower() == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/tables/a.csv", "text/csv; charset=utf-8"),
        ("/tables/a.parquet", "application/vnd.apache.parquet"),
        ("/tables/a.json", "application/json"),
        ("/thumbnail.webp", "image/webp"),
        (CHUNK_PATH, "application/octet-stream"),
        ("/data/s/x.ome.zarr/0/zarr.json", "application/json"),
    ],
)
def test_every_file_has_its_media_type(host: Host, path: str, media: str) -> None:
    assert host.ask(path).headers["Content-Type"].lower() == media


def test_hidden_files_are_not_served_but_zarr_2_is(host: Host) -> None:
    assert host.ask("/.git/config").status == 404
    assert host.ask("/data/s/x.ome.zarr/old/.zattrs").status == 200
