"""site_config.yaml: every fault at once, each with its line, what was found, what was expected, and a near miss."""

from pathlib import Path

import pytest

from publisher.config.load import load_config
from publisher.config.model import SiteConfig
from publisher.errors import ConfigError, Problem


def problems_of(root: Path, text: str) -> list[Problem]:
    (root / "site_config.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(root)
    return list(caught.value.problems)


def config_of(root: Path, text: str) -> SiteConfig:
    (root / "site_config.yaml").write_text(text)
    return load_config(root)[0]


def test_every_fault_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """\
titel: Lab
base_url: ftp://lab.example.org/
thumbnails: {size_px: 3}
hosting:
  profil: s3
zarr: {version: "0.3"}
navigation:
  - {page: about}
"""
    assert [(p.code, p.line, p.message, p.hint) for p in problems_of(tmp_path, text)] == [
        ("config.missing-key", 1, "'title' is missing", "add it"),
        ("config.unknown-key", 1, "unknown key 'titel'", "did you mean 'title'?"),
        (
            "config.bad-value",
            2,
            "base_url must be a web address that begins with http:// or https://, found 'ftp://lab.example.org/'",
            "",
        ),
        ("config.bad-value", 3, "thumbnails.size_px must be greater than or equal to 64, found 3", ""),
        ("config.unknown-key", 5, "unknown key 'hosting.profil'", "did you mean 'profile'?"),
        ("config.bad-value", 6, "zarr.version must be '0.5', '0.4', '0.4+0.5' or '0.6', found '0.3'", ""),
        ("config.missing-key", 8, "'navigation.0.title' is missing", "add it"),
    ]


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("description: 7", "description must be text, found 7", "put it in quotes"),
        ("thumbnails: small", "thumbnails must be made of `key: value` lines, found 'small'", ""),
        ("thumbnails: {size_px: big}", "thumbnails.size_px must be a whole number, found 'big'", ""),
        ("navigation: About", "navigation must be a list, found 'About'", ""),
        ("publisher: {url: lab.org}", "publisher.url must be a web address that begins with", ""),
    ],
)
def test_what_was_expected_is_said_in_plain_words(tmp_path: Path, line: str, message: str, hint: str) -> None:
    [problem] = problems_of(tmp_path, f"title: Lab\n{line}\n")
    assert problem.message.startswith(message)
    assert (problem.line, problem.hint) == (2, hint)


def test_a_key_without_a_near_miss_is_answered_with_the_keys_there_are(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, "title: Lab\nhosting: {xyz: 1}\n")
    assert problem.hint == "known keys here: missing_keys, profile"


@pytest.mark.parametrize("text", ["", "- a\n", "just words\n", "title: [\n", "title: A\ntitle: B\n", "\ttitle: A\n"])
def test_a_file_that_is_no_settings_is_refused_with_a_line(tmp_path: Path, text: str) -> None:
    assert [p.line for p in problems_of(tmp_path, text)] in ([1], [2])


def test_copies_of_originals_must_be_allowed_in_words(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, "title: Lab\ndownloads: {originals: copy}\n")
    assert "privacy.unredacted_sources: allow" in problem.message
    allowed = "title: Lab\ndownloads: {originals: copy}\nprivacy: {unredacted_sources: allow}\n"
    assert config_of(tmp_path, allowed).downloads.originals == "copy"


def test_an_experiment_must_be_meant(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, 'title: Lab\nzarr: {version: "0.6"}\n')
    assert (problem.line, problem.code) == (2, "config.bad-value")
    assert problem.message.startswith("zarr has version 0.6, which is experimental")
    assert config_of(tmp_path, 'title: Lab\nzarr: {version: "0.6", experimental: true}\n').zarr.version == "0.6"


def test_addresses_end_with_a_slash(tmp_path: Path) -> None:
    config = config_of(tmp_path, "title: Lab\nbase_url: https://a.org/x\ndata_url: https://b.org/\n")
    assert (config.base_url, config.data_url) == ("https://a.org/x/", "https://b.org/")


@pytest.mark.parametrize("output", ["content", "content/x", ".", "..", "themes", ".publisher"])
def test_an_output_among_what_the_site_is_made_from_is_refused_with_its_line(tmp_path: Path, output: str) -> None:
    root = tmp_path / "site"
    root.mkdir()
    [problem] = problems_of(root, f"title: Lab\nbuild:\n  output: {output}\n")
    assert (problem.code, problem.path, problem.line) == ("config.output-overlaps", "site_config.yaml", 3)
