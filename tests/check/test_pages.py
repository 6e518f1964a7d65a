"""A finished site is judged: every link leads somewhere, every page keeps the rules."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from publisher.check.pages import check_pages
from publisher.errors import Problem

PAGE = '<!doctype html>\n<html lang="en"><head><title>T</title></head><body><h1>T</h1>\n{}\n</body></html>'


def problems_of(folder: Path, files: Mapping[str, str], base_url: str | None = None) -> list[Problem]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format(text) if name.endswith(".html") and "<" in text and "<html" not in text else text)
    return list(check_pages(folder, base_url=base_url))


def codes(problems: list[Problem]) -> list[tuple[str, str | None, int | None]]:
    return [(problem.code, problem.path, problem.line) for problem in problems]


def test_a_site_whose_links_resolve_has_no_problem(tmp_path: Path) -> None:
    files = {
        "index.html": (
            '<a href="studies/a%20b/index.html#images">A</a> <a href="#here">x</a> <p id="here">'
            '<img src="p.webp" srcset="p.webp 1x, p2.webp?v=1 2x" alt="p"> <a href="https://example.org/gone">out</a>'
            '<a href="mailto:a@b.example">mail</a> <a href="data/x.ome.zarr/0">store</a> <a href="#top">up</a>'
            '<link rel="icon" href="static/i.svg">'
        ),
        "studies/a b/index.html": '<h2 id="images">I</h2><a href="../../index.html">home</a><a href="?x=1">self</a>',
        "p.webp": "",
        "p2.webp": "",
        "static/i.svg": "",
        "static/s.css": "a{background:url(i.svg)} b{background:url('data:image/png;base64,AA')}",
        "data/x.ome.zarr/0/zarr.json": "{}",
    }
    assert problems_of(tmp_path, files) == []


@pytest.mark.parametrize(
    "link",
    [
        '<a href="gone.html">',
        '<img src="gone.webp" alt="">',
        '<img src="index.html" srcset="index.html 1x, gone.webp 2x" alt="">',
        '<link rel="stylesheet" href="gone.css">',
        '<script src="gone.js"></script>',
        "<a href=gone.html>",
        "<a class='x>y' href='gone.html'>",
        '<a title="a > b" href="gone.html">',
        '<form action="gone.html">',
        '<object data="gone.svg">',
        '<a href="../outside.html">',
        '<a href="/gone.html">',
        '<a href="a%00b">',
        '<a href="http&#58;//[">',
        '<a href="folder-without-page/">',
    ],
)
def test_a_link_to_nothing_is_named_with_its_file_and_line(tmp_path: Path, link: str) -> None:
    (tmp_path / "folder-without-page").mkdir()
    found = codes(problems_of(tmp_path, {"index.html": f"<p>\n{link}"}))
    assert found == ([] if "[" in link else [("link.broken", "index.html", 4)])


@pytest.mark.parametrize(
    "text",
    [
        "<!-- <a href='gone.html'> -->",
        '<script type="application/ld+json">{"url": "<a href=gone.html>"}</script>',
        '<pre>&lt;a href="gone.html"&gt;</pre>',
        '<p>write href="gone.html" to link</p>',
        '<textarea><a href="gone.html"></textarea>',
        '<p data-href="gone.html">',
    ],
)
def test_what_only_looks_like_a_link_is_left_alone(tmp_path: Path, text: str) -> None:
    assert problems_of(tmp_path, {"index.html": text}) == []


def test_fragments_must_exist_on_the_page_they_name(tmp_path: Path) -> None:
    files = {
        "index.html": '<a href="#gone">1</a><a href="b.html#gone">2</a><a href="b.html#caf%C3%A9">3</a>',
        "b.html": '<p id="café">',
    }
    found = problems_of(tmp_path, files)
    assert [problem.code for problem in found] == ["link.no-such-place"] * 2
    assert {problem.message.split("'")[1] for problem in found} == {"#gone", "b.html#gone"}


def test_a_folder_is_a_warning_because_a_disk_does_not_open_its_page(tmp_path: Path) -> None:
    found = problems_of(tmp_path, {"index.html": '<a href="b/">b</a>', "b/index.html": "<p>"})
    assert [(problem.code, problem.severity) for problem in found] == [("link.names-folder", "warning")]


def test_links_by_the_public_address_are_looked_up(tmp_path: Path) -> None:
    text = (
        '<meta property="og:image" content="https://x.example/s/gone.webp"><a href="https://x.example/s/b.html">b</a>'
        '<a href="/s/b.html">b</a><link rel="canonical" href="https://x.example/s/"><a href="/gone.html">'
    )
    found = problems_of(tmp_path, {"index.html": text, "b.html": "<p>"}, "https://x.example/s/")
    assert [problem.message.split("'")[1] for problem in found] == ["https://x.example/s/gone.webp", "/gone.html"]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "JaVaScript:x", "vbscript:x", "file:///etc/passwd"])
def test_a_link_that_runs_code_or_names_this_disk_is_a_problem(tmp_path: Path, link: str) -> None:
    assert codes(problems_of(tmp_path, {"index.html": f'<a href="{link}">'})) == [
        ("link.unsafe-scheme", "index.html", 3)
    ]


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("<!doctype html><html><title>T</title><h1>x</h1></html>", "html.no-language"),
        ('<!doctype html><html lang="en"><title> </title><h1>x</h1></html>', "html.no-title"),
        ('<!doctype html><html lang="en"><title>T</title><h1>x</h1><h1>y</h1></html>', "html.one-heading"),
        ('<!doctype html><html lang="en"><title>T</title></html>', "html.one-heading"),
        (PAGE.format('<p id="a"><p id="a">'), "html.repeated-id"),
        (PAGE.format('<img src="index.html">'), "html.no-alt"),
        (PAGE.format('<p style="color:red">'), "html.inline-code"),
        (PAGE.format('<p onclick="x()">'), "html.inline-code"),
        (PAGE.format("<style>p{}</style>"), "html.inline-code"),
        (PAGE.format("<script>x()</script>"), "html.inline-code"),
    ],
)
def test_each_rule_of_a_page_has_its_code(tmp_path: Path, page: str, code: str) -> None:
    assert [problem.code for problem in problems_of(tmp_path, {"index.html": page})] == [code]


def test_data_blocks_are_not_scripts(tmp_path: Path) -> None:
    assert problems_of(tmp_path, {"index.html": '<script type="application/ld+json">{}</script>'}) == []


def test_style_sheets_are_followed(tmp_path: Path) -> None:
    found = problems_of(tmp_path, {"static/s.css": "a{}\nb{background:url( 'gone.png' )}"})
    assert codes(found) == [("link.broken", "static/s.css", 2)]


def test_stores_are_not_walked(tmp_path: Path) -> None:
    assert problems_of(tmp_path, {"data/x.ome.zarr/0/broken.html": "<p>"}) == []


def test_a_page_full_of_unclosed_quotes_is_read_in_reasonable_time(tmp_path: Path) -> None:
    started = time.process_time()
    problems_of(tmp_path, {"index.html": PAGE.format('<a href="' * 20_000 + "<a '" * 20_000)})
    assert time.process_time() - started < 5
