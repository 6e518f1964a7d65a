"""What the preview server answers, as a client sees it."""

import socket
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from publisher.errors import PublisherError
from publisher.preview.server import open_server, serving
from tests.preview.conftest import CHUNK, Ask

CHUNK_PATH = "/data/x.ome.zarr/0/c/0/0"


def test_a_page_is_sent_with_its_type_and_length(ask: Ask) -> None:
    answer = ask("/")
    assert (answer.status, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer["Content-Length"] == str(len(answer.body))
    assert b"<h1>Home</h1>" in answer.body


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/studies/s%201/index.json", "application/json"),
        ("/studies/s%201/thumbnail.webp", "image/webp"),
        ("/tables/a.csv", "text/csv; charset=utf-8"),
        ("/tables/a.parquet", "application/vnd.apache.parquet"),
        (CHUNK_PATH, "application/octet-stream"),
        ("/data/x.ome.zarr/old/.zattrs", "application/json"),
    ],
)
def test_every_file_has_its_media_type(ask: Ask, path: str, media: str) -> None:
    assert ask(path)["Content-Type"] == media


@pytest.mark.parametrize(
    ("field", "expected", "content_range"),
    [
        ("bytes=0-99", CHUNK[:100], "bytes 0-99/10240"),
        ("bytes=-16", CHUNK[-16:], "bytes 10224-10239/10240"),
        ("bytes=10000-", CHUNK[10000:], "bytes 10000-10239/10240"),
        ("bytes=5-5", CHUNK[5:6], "bytes 5-5/10240"),
    ],
)
def test_a_range_is_answered_by_206_and_just_those_bytes(
    ask: Ask, field: str, expected: bytes, content_range: str
) -> None:
    answer = ask(CHUNK_PATH, Range=field)
    assert (answer.status, answer.body, answer["Content-Range"]) == (206, expected, content_range)
    assert answer["Content-Length"] == str(len(expected))
    assert answer["Content-Encoding"] is None


def test_a_range_past_the_end_is_416_and_names_the_size(ask: Ask) -> None:
    answer = ask(CHUNK_PATH, Range="bytes=10240-")
    assert (answer.status, answer["Content-Range"]) == (416, "bytes */10240")


@pytest.mark.parametrize("field", ["bytes=0-1,4-5", "lines=1-2", "bytes=9-1"])
def test_ranges_it_need_not_serve_get_the_whole_file(ask: Ask, field: str) -> None:
    answer = ask(CHUNK_PATH, Range=field)
    assert (answer.status, answer.body) == (200, CHUNK)


def test_head_tells_the_true_length_and_sends_nothing(ask: Ask) -> None:
    answer = ask(CHUNK_PATH, "HEAD", Range="bytes=0-1")
    assert (answer.status, answer["Content-Length"], answer["Accept-Ranges"], answer.body) == (
        200,
        "10240",
        "bytes",
        b"",
    )
    assert ask(CHUNK_PATH).body == CHUNK, "the connection goes on after HEAD"


def test_an_empty_file_is_an_empty_answer(ask: Ask) -> None:
    assert (ask("/empty").status, ask("/empty").body) == (200, b"")
    assert ask("/empty", Range="bytes=0-").status == 416


def test_a_known_etag_is_304_without_a_body(ask: Ask) -> None:
    etag = ask(CHUNK_PATH)["ETag"] or ""
    for known in (etag, f'W/{etag}, "other"', "*"):
        answer = ask(CHUNK_PATH, If_None_Match=known)
        assert (answer.status, answer.body, answer["ETag"]) == (304, b"", etag)
    assert ask(CHUNK_PATH, If_None_Match='"other"').status == 200


def test_a_date_that_is_current_is_304_and_an_etag_goes_before_it(ask: Ask) -> None:
    date = ask("/")["Last-Modified"] or ""
    assert ask("/", If_Modified_Since=date).status == 304
    assert ask("/", If_Modified_Since="Thu, 01 Jan 1970 00:00:01 GMT").status == 200
    assert ask("/", If_Modified_Since="nonsense").status == 200
    assert ask("/", If_Modified_Since=date, If_None_Match='"other"').status == 200


def test_if_match_protects_a_reader_from_a_file_that_changed(ask: Ask) -> None:
    etag = ask(CHUNK_PATH)["ETag"] or ""
    assert ask(CHUNK_PATH, If_Match=etag, Range="bytes=0-1").status == 206
    assert ask(CHUNK_PATH, If_Match='"other"').status == 412
    assert ask(CHUNK_PATH, If_Unmodified_Since="Thu, 01 Jan 1970 00:00:01 GMT").status == 412


def test_if_range_gives_the_whole_file_when_it_changed(ask: Ask) -> None:
    first = ask(CHUNK_PATH)
    for current in (first["ETag"] or "", first["Last-Modified"] or ""):
        assert ask(CHUNK_PATH, Range="bytes=0-1", If_Range=current).status == 206
    for other in ('"other"', f"W/{first['ETag']}", "Thu, 01 Jan 1970 00:00:01 GMT", "nonsense"):
        assert ask(CHUNK_PATH, Range="bytes=0-1", If_Range=other).status == 200


def test_a_changed_file_has_a_new_etag(ask: Ask, site: Path) -> None:
    before = ask("/tables/a.csv")["ETag"]
    (site / "tables" / "a.csv").write_bytes(b"a,b\n1,22\n")
    assert ask("/tables/a.csv")["ETag"] != before


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/", {}, 200),
        (CHUNK_PATH, {"Range": "bytes=0-1"}, 206),
        (CHUNK_PATH, {"If_None_Match": "*"}, 304),
        ("/missing", {}, 404),
        (CHUNK_PATH, {"Range": "bytes=99999-"}, 416),
    ],
)
def test_other_origins_may_read_every_answer(ask: Ask, path: str, fields: dict[str, str], status: int) -> None:
    answer = ask(path, Origin="https://viewer.example", **fields)
    assert (answer.status, answer["Access-Control-Allow-Origin"]) == (status, "*")
    exposed = answer["Access-Control-Expose-Headers"] or ""
    assert {"Content-Range", "Content-Length", "ETag", "Accept-Ranges"} <= set(exposed.split(", "))


def test_a_preflight_for_a_range_is_granted(ask: Ask) -> None:
    answer = ask(
        CHUNK_PATH,
        "OPTIONS",
        Origin="https://viewer.example",
        Access_Control_Request_Method="GET",
        Access_Control_Request_Headers="range",
        Access_Control_Request_Private_Network="true",
    )
    assert (answer.status, answer.body) == (204, b"")
    assert "GET" in (answer["Access-Control-Allow-Methods"] or "")
    assert "Range" in (answer["Access-Control-Allow-Headers"] or "")
    assert answer["Access-Control-Allow-Private-Network"] == "true"


def test_other_methods_are_refused(ask: Ask) -> None:
    answer = ask("/", "DELETE")
    assert (answer.status, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert ask("/", "POST").status == 405


def test_a_folder_without_its_slash_is_redirected_to_its_page(ask: Ask) -> None:
    answer = ask("/studies/s%201?x=1")
    assert (answer.status, answer["Location"]) == (302, "/studies/s%201/?x=1")
    assert ask("/studies/s%201/").status == 200


def test_a_folder_without_a_page_is_never_listed(ask: Ask) -> None:
    assert ask("/no-index/").status == 404
    assert ask("/no-index").status == 404


def test_a_missing_page_is_the_sites_404_page_and_missing_data_is_plain(ask: Ask) -> None:
    for path, accept in (("/studies/nobody/", "*/*"), ("/a.html", "*/*"), ("/a", "text/html,*/*;q=0.8")):
        answer = ask(path, Accept=accept)
        assert (answer.status, answer["Content-Type"]) == (404, "text/html; charset=utf-8")
        assert b"Not here" in answer.body
    answer = ask("/data/x.ome.zarr/0/c/9/9", Accept="*/*")
    assert (answer.status, answer["Content-Type"]) == (404, "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/studies/../../secret.txt",
        "/studies/..%2f..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "//etc/passwd",
        "/studies//s%201/index.html",
        "/index.html/",
        "/index.html%00.png",
        "/%ff%fe",
        "/.htaccess",
        "/.publisher/ledger",
        "/%2ehtaccess",
        "/./index.html",
        "/" + "a" * 5000,
    ],
)
def test_nothing_outside_the_site_and_nothing_hidden_is_served(ask: Ask, path: str) -> None:
    answer = ask(path)
    assert answer.status == 404
    assert b"secret" not in answer.body


def test_symbolic_links_lead_nowhere_outside(ask: Ask, site: Path) -> None:
    (site / "inside.csv").symlink_to(site / "tables" / "a.csv")
    (site / "out.txt").symlink_to(site.parent / "secret.txt")
    (site / "folder").symlink_to(site.parent)
    (site / "circle").symlink_to(site / "circle")
    assert ask("/inside.csv").status == 200
    for path in ("/out.txt", "/folder/secret.txt", "/folder/", "/folder", "/circle"):
        assert ask(path).status == 404, path


def test_a_redirect_never_leaves_the_server(ask: Ask, site: Path) -> None:
    (site / "evil.example").mkdir()
    (site / "evil.example" / "index.html").write_text("x")
    location = ask("//evil.example")["Location"]
    assert location is None or not location.startswith("//")


def test_a_body_is_not_taken_for_the_next_request(url: str) -> None:
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=5) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\nGET /.htaccess HTTP/1.1\r\n\r\n")
        received = b""
        while part := client.recv(65536):
            received += part
    assert received.count(b"HTTP/1.1 ") == 1
    assert b"Connection: close" in received


def test_a_visitor_who_leaves_early_stops_nothing(url: str, ask: Ask, site: Path) -> None:
    (site / "large").write_bytes(bytes(8_000_000))
    for _ in range(3):
        with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=5) as client:
            client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            client.recv(100)
    assert ask("/").status == 200


def test_only_this_machine_can_reach_it(site: Path) -> None:
    with open_server(site, port=0) as server:
        assert server.server_address[0] == "127.0.0.1"
        assert server.url == f"http://127.0.0.1:{server.server_port}/"


def test_a_taken_port_is_passed_over_or_named(site: Path) -> None:
    with open_server(site, port=0) as first:
        with pytest.raises(PublisherError, match=f"cannot listen on 127.0.0.1:{first.server_port}") as caught:
            open_server(site, port=first.server_port)
        assert caught.value.problems[0].code == "serve.port-taken"
    with open_server(site) as one, open_server(site) as other:
        assert one.server_port != other.server_port


def test_a_missing_folder_is_one_problem(tmp_path: Path) -> None:
    with pytest.raises(PublisherError, match="nothing to serve"):
        open_server(tmp_path / "nothing")


def test_a_site_can_live_below_a_path_as_on_its_host(site: Path) -> None:
    with serving(site, base_path="/images/") as url:
        assert url.endswith("/images/")
        with urllib.request.urlopen(url.removesuffix("images/")) as front:  # redirected
            assert front.url == url
        with urllib.request.urlopen(url + "studies/s%201/") as page:
            assert b"Study" in page.read()
