"""A viewer on another origin reads pixels from the preview server, by suffix ranges, in a real browser."""

from pathlib import Path

from publisher.preview.server import serving
from tests.browser.conftest import Look

READ = """async (url) => {
    const head = await fetch(url, {method: "HEAD"});
    const part = await fetch(url, {headers: {Range: "bytes=-16"}});
    const missing = await fetch(url + "-gone");
    return {
        length: head.headers.get("Content-Length"),
        status: part.status,
        range: part.headers.get("Content-Range"),
        bytes: [...new Uint8Array(await part.arrayBuffer())],
        missing: missing.status,
    };
}"""


def test_a_viewer_elsewhere_reads_the_index_of_a_shard(look: Look, tmp_path: Path) -> None:
    (tmp_path / "viewer").mkdir()
    (tmp_path / "viewer" / "index.html").write_text("<!doctype html><title>V</title><link rel=icon href='data:,'>")
    (tmp_path / "pixels").mkdir()
    (tmp_path / "pixels" / "0").write_bytes(bytes(range(200)))
    with serving(tmp_path / "viewer") as viewer, serving(tmp_path / "pixels") as pixels, look(viewer) as seen:
        assert seen.page.evaluate(READ, f"{pixels}0") == {
            "length": "200",
            "status": 206,
            "range": "bytes 184-199/200",
            "bytes": list(range(184, 200)),
            "missing": 404,
        }
