"""Makes sure that the tests of pages find a Chromium and the programs that judge pages; says what it did.

Run it as often as you like: ``python tests/browser/install.py``. What is there already is left alone.
A Chromium is one that is installed; else apt's, when run by root; else playwright's own. The programs
(axe-core, html-validate, Lighthouse), the Zarr reader that tests/interop runs in Node, and what builds the viewer
come by npm at the versions of package-lock.json; what cannot be had is said, and the tests that need it are skipped.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
INTEROP = HERE.parent / "interop"
VIEWER = HERE.parent.parent / "viewer"
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_QUIET_NPM = {"npm_config_update_notifier": "false", "PUPPETEER_SKIP_DOWNLOAD": "1"}


def installed_chromium() -> str | None:
    """Path of a Chromium of this machine that starts, or None."""
    for name in _CHROMIUM_NAMES:
        path = shutil.which(name)
        if path and _starts(path):
            return path
    return None


def playwright_chromium() -> str | None:
    """Path of the Chromium that playwright keeps for itself, if it has been fetched."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def page_tools() -> Path | None:
    """Folder of the installed programs that judge pages, at the versions of package-lock.json; None if not there."""
    return node_modules(HERE)


def node_modules(folder: Path) -> Path | None:
    """Folder of what ``folder``'s package.json asks for, at the versions of its lock file; None if not there."""
    stamp = folder / "node_modules" / ".installed"
    return stamp.parent if stamp.is_file() and stamp.read_text() == _lock_digest(folder) else None


def install_chromium() -> str:
    """Make sure of a Chromium; returns one line that says what was done."""
    if path := installed_chromium():
        return f"Chromium: {path} (was there)"
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *words], check=False, env=environment, stdout=sys.stderr)
        if path := installed_chromium():
            return f"Chromium: {path} (installed by apt)"
    if path := playwright_chromium():
        return f"Chromium: {path} (playwright's own, was there)"
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, stdout=sys.stderr)
    if path := playwright_chromium():
        return f"Chromium: {path} (playwright's own, fetched)"
    return "Chromium: could not be fetched, so the tests of pages will be skipped"


def install_node_modules(folder: Path, title: str) -> str:
    """Make sure of what package.json in ``folder`` asks for; returns one line that says what was done."""
    if found := node_modules(folder):
        return f"{title}: {found} (was there)"
    npm = shutil.which("npm")
    if npm is None:
        return f"{title}: npm is not installed, so the tests that need it will be skipped"
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts"], cwd=folder, check=False, env=os.environ | _QUIET_NPM, stdout=sys.stderr
    )
    if done.returncode:
        return f"{title}: npm could not fetch them, so the tests that need them will be skipped"
    stamp = folder / "node_modules" / ".installed"
    stamp.write_text(_lock_digest(folder))
    return f"{title}: {stamp.parent} (installed by npm)"


def _lock_digest(folder: Path) -> str:
    return hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()


def _starts(path: str) -> bool:
    try:
        done = subprocess.run([path, "--version"], check=False, capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    print(install_chromium())
    print(install_node_modules(HERE, "axe-core, html-validate and Lighthouse"))
    print(install_node_modules(INTEROP, "zarrita"))
    print(install_node_modules(VIEWER, "the viewer's compiler and tests"))
