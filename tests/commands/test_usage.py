"""Exit codes 0, 1, 2 and 3, help, and what the command line refuses."""

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from publisher import __version__, cli
from publisher.commands.convert import PRESETS, SHARDING
from publisher.config.model import ZarrSection
from publisher.formats.ngff_version import VERSIONS_OF
from tests.commands.conftest import Publisher

COMMANDS = ("new", "add", "inspect", "convert", "plan", "build", "lint", "check", "serve")


def test_help_lists_every_command_in_the_order_of_a_curators_day(publisher: Publisher) -> None:
    said = publisher("--help")
    assert said.code == 0
    listed = said.out.partition("Commands:\n")[2].partition("\n\n")[0]
    assert [line.split()[0] for line in listed.splitlines()] == [*COMMANDS]


def test_help_says_where_the_documentation_is(publisher: Publisher) -> None:
    assert Path("".join(publisher("--help").out.partition("Documentation:")[2].split())).is_file()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(publisher: Publisher, command: str) -> None:
    said = publisher(command, "--help")
    assert said.code == 0
    assert said.out.startswith(f"Usage: publisher {command}")


def test_version(publisher: Publisher) -> None:
    assert publisher("--version").out.strip() == f"publisher, version {__version__}"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["bild"], "bild"),
        (["build", "--frce"], "--force"),
        (["build", "--jobs", "0"], "--jobs"),
        (["build", "--memory", "lots"], "4G"),
        (["build", "--memory", "-4G"], "4G"),
        (["build", "--memory", ""], "4G"),
        (["add", "--study", "x"], "SOURCES"),
        (["inspect", "/nowhere/a.tif"], "/nowhere/a.tif"),
        (["serve", "--port", "99999"], "--port"),
    ],
)
def test_wrong_usage_is_2_and_names_what_is_wrong(publisher: Publisher, arguments: list[str], word: str) -> None:
    said = publisher(*arguments)
    assert said.code == 2
    assert word in said.err


@pytest.mark.parametrize("command", [["build"], ["plan"], ["serve"], ["add", ".", "--study", "x"]])
def test_a_folder_that_is_no_site_is_1_and_says_how_to_make_one(
    publisher: Publisher, tmp_path: Path, command: list[str]
) -> None:
    said = publisher(*command, "--site", tmp_path)
    assert said.code == 1
    assert said.codes == {"config.missing"}
    assert "publisher new DIR" in said.err


def test_a_bug_is_3_and_shows_where(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(cli.cli, "main", lambda **_: 1 // 0)
    assert cli.run(["build"]) == 3
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "bug in publisher" in said


def test_the_package_runs_as_a_module(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "publisher", "build", "--site", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert (done.returncode, "config.missing" in done.stderr) == (1, True)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_does_not_wait_for_what_only_a_run_needs(command: str) -> None:
    heavy = ("numpy", "pydantic", "yaml", "zarr", "tifffile", "jinja2", "lxml", "sqlite3", "rich", "watchfiles")
    code = (
        "import sys; from publisher.cli import run; run([sys.argv[1], '--help']); "
        f"sys.exit(','.join(name for name in {heavy!r} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, command],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.stderr.strip() == ""


def test_convert_offers_what_the_settings_of_a_site_allow() -> None:
    offered = {"version": tuple(VERSIONS_OF), "preset": PRESETS, "sharding": SHARDING}
    for key, values in offered.items():
        assert set(get_args(ZarrSection.model_fields[key].annotation)) == set(values)
