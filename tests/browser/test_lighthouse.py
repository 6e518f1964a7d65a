"""Lighthouse gives 95 or more in all four categories.

One kind of page by default; all kinds with PUBLISHER_LIGHTHOUSE=all (each takes about 20 s).
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser.page_kinds import PATTERNS
from tests.conftest import CHROMIUM_FLAGS

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
KINDS = [kind for kind in PATTERNS if kind != "404"]  # Lighthouse takes a page that answers 404 for a failure
JUDGED = KINDS if os.environ.get("PUBLISHER_LIGHTHOUSE") == "all" else ["image"]


def lighthouse_report(url: str, tools: Path, chromium: str, folder: Path) -> dict[str, float]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed")
    flags = " ".join((*CHROMIUM_FLAGS, "--headless", f"--user-data-dir={folder / 'profile'}"))
    report = folder / "report.json"
    program = str(tools / "lighthouse" / "cli" / "index.js")
    options = [
        "--quiet",
        "--no-enable-error-reporting",
        f"--chrome-flags={flags}",
        "--output=json",
        f"--output-path={report}",
        f"--only-categories={','.join(CATEGORIES)}",
    ]
    done = subprocess.run(
        [node, program, url, *options],
        env=os.environ | {"CHROME_PATH": chromium},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert report.exists(), done.stderr[-2000:]
    judged = json.loads(report.read_text(encoding="utf-8"))
    weak = [
        f"{audit['id']}: {audit['title']}"
        for audit in judged["audits"].values()
        if audit.get("score") is not None and audit["score"] < 0.9 and audit["scoreDisplayMode"] != "informative"
    ]
    print("\n".join(weak))
    return {name: 100 * (judged["categories"][name]["score"] or 0) for name in CATEGORIES}


@pytest.mark.parametrize("kind", JUDGED)
def test_lighthouse_gives_95_or_more(
    site_url: str, page_path: str, tools: Path, chromium_path: str, tmp_path: Path
) -> None:
    scores = lighthouse_report(site_url + page_path, tools, chromium_path, tmp_path)
    if scores["performance"] < LEAST:  # the one score that a busy machine lowers: measured once more
        again = lighthouse_report(site_url + page_path, tools, chromium_path, tmp_path)
        scores["performance"] = max(scores["performance"], again["performance"])
    assert {name: score for name, score in scores.items() if score < LEAST} == {}
