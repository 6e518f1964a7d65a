"""Open pages learn of a rebuild; the files on disk stay as they are."""

import threading
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path

import pytest

from publisher.preview.reload import Reloads, with_script
from publisher.preview.server import serving
from publisher.preview.watch import watch_in_background


@pytest.fixture
def reloads() -> Reloads:
    return Reloads()


@pytest.fixture
def live_url(site: Path, reloads: Reloads) -> Iterator[str]:
    with serving(site, reloads=reloads) as address:
        yield address


def next_event(stream: HTTPResponse) -> bytes:
    lines = []
    while (line := stream.readline()) not in (b"\n", b""):
        lines.append(line)
    return b"".join(lines)


def test_a_page_carries_the_script_only_while_it_is_served(live_url: str, site: Path) -> None:
    before = (site / "index.html").read_bytes()
    with urllib.request.urlopen(live_url) as page:
        assert b'<script src="/__reload.js?0" defer></script></head>' in page.read()
    with urllib.request.urlopen(live_url + "__reload.js") as script:
        assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert b"EventSource" in script.read()
    assert (site / "index.html").read_bytes() == before


def test_head_and_get_agree_on_a_page_with_the_script(live_url: str) -> None:
    with urllib.request.urlopen(live_url) as page:
        length, etag = len(page.read()), page.headers["ETag"]
    with urllib.request.urlopen(urllib.request.Request(live_url, method="HEAD")) as head:
        assert (head.headers["Content-Length"], head.headers["ETag"]) == (str(length), etag)


def test_without_rebuilding_there_is_no_script_and_no_stream(url: str) -> None:
    with urllib.request.urlopen(url) as page:
        assert b"__reload" not in page.read()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(url + "__reload")


def test_a_page_from_before_a_rebuild_is_not_current(live_url: str, reloads: Reloads) -> None:
    with urllib.request.urlopen(live_url) as page:
        etag = page.headers["ETag"]
    reloads.announce()
    with urllib.request.urlopen(urllib.request.Request(live_url, headers={"If-None-Match": etag})) as page:
        assert b"__reload.js?1" in page.read()


def test_a_page_without_a_head_still_gets_the_script() -> None:
    assert with_script(b"<h1>x</h1>", 3).endswith(b"</script>")


def test_every_open_page_hears_of_a_rebuild(live_url: str, reloads: Reloads) -> None:
    with urllib.request.urlopen(live_url + "__reload") as one, urllib.request.urlopen(live_url + "__reload") as other:
        assert one.headers["Content-Type"] == "text/event-stream"
        assert next_event(one) == next_event(other) == b"retry: 1000\ndata: 0\n"
        reloads.announce()
        assert next_event(one) == next_event(other) == b"data: 1\n"


def test_a_quiet_stream_shows_that_it_lives(reloads: Reloads) -> None:
    events = reloads.events(quiet_s=0.01)
    assert [next(events), next(events), next(events)] == [b"retry: 1000\ndata: 0\n\n", b":\n\n", b":\n\n"]


def test_streams_end_with_the_server(reloads: Reloads) -> None:
    events = reloads.events()
    next(events)
    reloads.close()
    assert list(events) == []


class Builder:
    """Counts its calls; says the site changed unless told otherwise."""

    def __init__(self) -> None:
        self.calls: list[frozenset[Path]] = []
        self.called = threading.Event()
        self.changes_the_site = True

    def __call__(self, changed: frozenset[Path]) -> bool:
        self.calls.append(changed)
        self.called.set()
        return self.changes_the_site


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "mysite" / "content"
    folder.mkdir(parents=True)
    (tmp_path / "mysite" / "_site").mkdir()
    return folder


@pytest.mark.slow
def test_a_burst_of_changes_is_one_rebuild_and_the_output_is_not_watched(content: Path, reloads: Reloads) -> None:
    builder = Builder()
    output = content.parent / "_site"
    stop = watch_in_background((content.parent, content / "missing"), builder, reloads, ignored=(output,))
    events = reloads.events()
    next(events)
    try:
        for _ in range(50):  # the watcher takes a moment to start
            for name in ("a.md", "b.md"):
                (content / name).write_text("changed")
            (output / "index.html").write_text("built")
            if builder.called.wait(0.2):
                break
    finally:
        stop()
    assert next(events).startswith(b"data: ")
    named = frozenset[Path]().union(*builder.calls)
    assert named <= {content / "a.md", content / "b.md"}
    assert len(builder.calls) <= 2


@pytest.mark.slow
def test_a_file_that_an_editor_replaces_again_and_again_is_seen_each_time(content: Path, reloads: Reloads) -> None:
    builder = Builder()
    config = content.parent / "site_config.yaml"
    config.write_text("title: one")
    stop = watch_in_background((config,), builder, reloads)
    try:
        for _ in range(3):
            builder.called.clear()
            for _ in range(50):
                (content.parent / "site_config.yaml~").write_text("title: other")
                (content.parent / "site_config.yaml~").replace(config)
                if builder.called.wait(0.2):
                    break
            assert builder.called.is_set()
    finally:
        stop()
    assert set(builder.calls) == {frozenset({config})}


@pytest.mark.slow
def test_a_rebuild_that_changes_nothing_leaves_pages_alone(content: Path, reloads: Reloads) -> None:
    builder = Builder()
    builder.changes_the_site = False
    stop = watch_in_background((content,), builder, reloads)
    events = reloads.events(quiet_s=0.01)
    next(events)
    try:
        for _ in range(50):
            (content / "a.md").write_text("changed")
            if builder.called.wait(0.2):
                break
    finally:
        stop()
    assert builder.calls
    assert next(events) == b":\n\n"
