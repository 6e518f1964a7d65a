"""How fast, how lean and how true are converters of OME-TIFF to OME-Zarr? Ours, and those of PyPI, on the same inputs.

Three inputs: the stack of stack.py (403 MB), an RGB slide in JPEG tiles (20000 x 20000), 500 images of 1 MB. Every
rival writes each of them twice: with our codec, chunks and shards as far as it can, and as it does by itself. Ours
runs as `publisher build`, the whole process with checks, pictures and pages, and as a library. Contenders take turns;
figures are medians of the repeats, ratios are to `publisher build`. A pattern of known mean and slope, converted
by each, shows what its levels are worth.

usage: python benchmarks/convert.py [--cache FOLDER] [--only stack,slide,small] [--rivals A,B] [--repeat 3] [--small]

--cache keeps inputs and environments of the rivals between runs. --small: little inputs, once, to see that all works.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import astuple, dataclass
from pathlib import Path

from measured import Measured, measure
from rivals import RIVALS, SCRIPTS

HERE = Path(__file__).parent
SIZES = {"stack": ("2048", "512"), "slide": ("20000", "2000"), "small": ("500", "20")}
"""Edge in pixels, or number of images, of each kind of input; and for a little run."""
TIMEOUT_S = 900.0


@dataclass(frozen=True, slots=True)
class Contender:
    """Who runs: the name in the table, the interpreter, its script, and how (matched or default)."""

    name: str
    python: str
    script: str
    mode: str

    def command(self, threads: int, output: Path, inputs: list[Path]) -> list[str]:
        return [self.python, str(SCRIPTS / self.script), self.mode, str(threads), str(output), *map(str, inputs)]

    def environment(self) -> dict[str, str]:
        ours = {"PYTHONPATH": str(HERE.parent)} if self.script.startswith("publisher") else {}
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return {**inherited, "OPENBLAS_NUM_THREADS": "1", **ours}


def contenders(cache: Path, wanted: str) -> list[Contender]:
    """Ours first, then every rival that can be installed (of those that are ``wanted``, if any are named)."""
    found = [
        Contender("publisher build", sys.executable, "publisher_build.py", "matched"),
        Contender("publisher, library", sys.executable, "publisher_library.py", "matched"),
    ]
    for rival in RIVALS:
        if wanted and rival.name not in wanted.split(","):
            continue
        python = rival.python(cache / "environments")
        if python is None:
            print(f"{rival.name} cannot be installed here", file=sys.stderr)
            continue
        title = f"{rival.name} {rival.version(python)}"
        found += [Contender(f"{title}, {mode}", str(python), rival.script, mode) for mode in ("matched", "default")]
    return found


def inputs_of(kind: str, folder: Path, *, small: bool) -> list[Path]:
    """The files of one kind of input, drawn when they are missing."""
    size = SIZES[kind][small]
    place = folder / f"{kind}-{size}{'' if kind == 'small' else '.ome.tiff'}"
    if not place.exists():
        script = [str(HERE / "stack.py")] if kind == "stack" else [str(HERE / "inputs.py"), kind]
        subprocess.run([sys.executable, *script, str(place), size], check=True)
    return sorted(place.iterdir()) if place.is_dir() else [place]


def compare(kind: str, everyone: list[Contender], options: argparse.Namespace, folder: Path) -> None:
    """Run all on one kind of input in turn, and print the table."""
    inputs = inputs_of(kind, folder, small=options.small)
    runs: dict[str, list[Measured]] = {}
    failures: dict[str, str] = {}
    for repeat in range(options.repeat):
        for one in everyone:
            if one.name in failures:
                continue
            output = folder / f"out-{repeat}"
            found = measure(one.command(options.threads, output, inputs), output, one.environment(), TIMEOUT_S)
            if isinstance(found, str):
                failures[one.name] = found
            else:
                runs.setdefault(one.name, []).append(found)
            for left in (output, output.with_name(output.name + "-site")):
                shutil.rmtree(left, ignore_errors=True)
    print(f"\n{kind}: {len(inputs)} file(s), {sum(path.stat().st_size for path in inputs) / 1e6:.0f} MB")
    show({name: median(several) for name, several in runs.items()})
    for name, why in failures.items():
        print(f"{name:36} failed: {why[:120]}")


def median(several: list[Measured]) -> Measured:
    """The median of each figure."""
    wall, cpu, resident, proportional, files, size = (
        statistics.median(figures) for figures in zip(*map(astuple, several), strict=True)
    )
    return Measured(wall, cpu, resident, proportional, int(files), size)


def show(medians: dict[str, Measured]) -> None:
    ours = medians["publisher build"]
    print(f"{'':36} wall s (ratio)   CPU s (ratio)  resident MiB (shared once)   files       MB")
    for name, one in medians.items():
        print(
            f"{name:36} {one.wall:6.2f} ({one.wall / ours.wall:5.1f}) {one.cpu:7.2f} ({one.cpu / ours.cpu:4.1f})"
            f"       {one.resident_mib:6.0f} ({one.proportional_mib:6.0f})      {one.files:7} {one.megabytes:8.1f}"
        )


def judge(everyone: list[Contender], folder: Path) -> None:
    """What the levels of each are worth, by the pattern."""
    pattern = folder / "pattern.ome.tiff"
    subprocess.run([sys.executable, str(HERE / "inputs.py"), "pattern", str(pattern)], check=True)
    print(
        "\nlevels above the first: mean of a checkerboard of mean 2000; shift in pixels; off the rounded mean of 2 x 2"
    )
    for one in everyone:
        if one.name.endswith("library"):
            continue
        output = folder / "judged"
        found = measure(one.command(1, output, [pattern]), output, one.environment(), TIMEOUT_S)
        if isinstance(found, Measured):
            command = [sys.executable, str(SCRIPTS / "judge.py"), str(output)]
            done = subprocess.run(command, capture_output=True, text=True)
            print(f"{one.name:36} {_words(json.loads(done.stdout)) if done.returncode == 0 else 'cannot be read'}")
        else:
            print(f"{one.name:36} failed: {found[:120]}")
        for left in (output, output.with_name(output.name + "-site")):
            shutil.rmtree(left, ignore_errors=True)


def _words(levels: list[dict]) -> str:
    if not levels:
        return "writes no smaller level"
    return "; ".join(
        f"{level['board']:.0f}, {level['shift_px']:+.2f} px, "
        + ("not comparable" if level["off"] is None else f"{level['off']:g}")
        for level in levels
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--only", default=",".join(SIZES))
    parser.add_argument("--rivals", default="", help="only these, by their names on PyPI")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    if options.small:
        options.repeat = 1
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.cache or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        everyone = contenders(folder, options.rivals)
        for kind in options.only.split(","):
            compare(kind, everyone, options, folder)
        judge(everyone, folder)
    print(f"\n{os.cpu_count()} cores, {os.getloadavg()[1]:.1f} processes running on average")


if __name__ == "__main__":
    main()
