"""Each module stands alone, and asking for help loads nothing heavy."""

import json
import os
import subprocess
import sys
from pathlib import Path

import publisher

ROOT = Path(publisher.__file__).parent

# Forgetting our own modules before each import shows what a module lacks when nobody came before it; foreign
# libraries stay loaded, which saves a process for each module.
IMPORT_EACH_ALONE = """
import importlib, json, sys, traceback
failed = {}
for name in json.load(sys.stdin):
    for loaded in [key for key in sys.modules if key.partition(".")[0] == "publisher"]:
        del sys.modules[loaded]
    try:
        importlib.import_module(name)
    except BaseException:
        failed[name] = traceback.format_exc(limit=-2)
json.dump(failed, sys.stdout)
"""

HEAVY = {
    "PIL", "dask", "imagecodecs", "jinja2", "lxml", "markdown", "nh3", "numcodecs", "numpy", "ome_types", "ome_zarr",
    "pydantic", "tifffile", "watchfiles", "yaml", "yaozarrs", "zarr",
}  # fmt: skip


def modules() -> list[str]:
    names = []
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[0] != "_resources":
            names.append(".".join(("publisher", *(parts[:-1] if parts[-1] == "__init__" else parts))))
    return names


def run(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT.parent)}
    return subprocess.run(
        [sys.executable, *words], input=given, capture_output=True, text=True, check=False, env=environment
    )


def test_each_module_can_be_imported_first() -> None:
    done = run("-W", "error", "-c", IMPORT_EACH_ALONE, given=json.dumps(modules()))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {}


def test_help_loads_no_heavy_library() -> None:
    done = run("-X", "importtime", "-m", "publisher", "--help")
    assert done.returncode == 0, done.stderr
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert loaded & HEAVY == set()


def test_values_load_no_heavy_library() -> None:
    done = run("-c", "import sys, publisher.model.image, publisher.urls, publisher.errors; print(*sys.modules)")
    assert set(done.stdout.split()) & HEAVY == set()
