"""Programs that live in Pythons of their own: where they are, and what they answer."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.browser.install import INTEROP

READERS = Path(__file__).parent / "readers"


def environments_folder() -> Path:
    """Folder of the readers' environments; skips the test where there is none."""
    folder = os.environ.get("PUBLISHER_READERS")
    if folder is None:
        pytest.skip("PUBLISHER_READERS names no folder with the readers' environments; .ci/full makes one")
    return Path(folder)


def reader_python(environment: str) -> str:
    """The Python of a reader; skips the test where it is not installed."""
    python = environments_folder() / environment / "bin" / "python"
    if not python.exists():
        pytest.skip(f"{environment} could not be installed")
    return str(python)


def answer(command: list[str], lines: list[str], *, timeout_s: int = 600) -> Any:
    """What a program prints as JSON, asked for ``lines``; its complaints are shown."""
    done = subprocess.run(
        command, input="\n".join(lines), capture_output=True, text=True, timeout=timeout_s, cwd=INTEROP
    )
    print(done.stderr[-4000:], file=sys.stderr)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)
