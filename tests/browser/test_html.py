"""html-validate, a validator of the HTML standard, accepts every kind of page."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.page_kinds import one_page_of_each_kind
from tests.browser.pixel_site import KINDS

_CONFIG = Path(__file__).with_name("htmlvalidate.config.cjs")


def html_faults(tools: Path, pages: list[Path], folder: Path) -> list[str]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed")
    found = folder / "faults.json"  # on a pipe, the program ends before a long report is through
    program = str(tools / "html-validate" / "bin" / "html-validate.mjs")
    done = subprocess.run(
        [node, program, "--config", str(_CONFIG), f"--formatter=json={found}", *map(str, pages)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode in (0, 1), done.stderr
    return [
        f"{'/'.join(Path(report['filePath']).parts[-4:])}:{fault['line']}: {fault['ruleId']}: {fault['message']}"
        for report in json.loads(found.read_text(encoding="utf-8"))
        for fault in report["messages"]
    ]


def test_html_validate_accepts_one_page_of_each_kind(site: Path, tools: Path, tmp_path: Path) -> None:
    assert html_faults(tools, [site / page for page in one_page_of_each_kind(site)], tmp_path) == []


def test_html_validate_accepts_pages_of_every_kind_of_pixels(
    pixel_sites: Callable[[str], Path], tools: Path, tmp_path: Path
) -> None:
    pages = [pixel_sites(version) / page for version, page in KINDS.values()]
    assert html_faults(tools, pages, tmp_path) == []


def test_html_validate_finds_the_fault_of_a_bad_page(tmp_path: Path, tools: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text('<!doctype html><html lang="en"><head><title>T</title></head><body><p><div></div></p></body></html>')
    assert any(
        "element-permitted-content" in fault or "close-order" in fault for fault in html_faults(tools, [bad], tmp_path)
    )
