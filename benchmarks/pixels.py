"""How fast is the pixels step, against ome-zarr-py and tensorstore with the same codec and shards?

Each contender converts the stack of benchmarks/stack.py in a process of its own; the table gives wall and CPU
seconds (imports included), peak resident memory, files, bytes, and how far each level is from the rounded
mean of the level above. Contenders take turns; each figure is the median of the repeats. Ratios are to ours.

usage: python benchmarks/pixels.py [--stack FILE.ome.tiff] [--threads 2] [--repeat 3] [--edge 2048]
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).parent
CONTENDERS = {
    "publisher": "ours.py",
    "ome-zarr-py (dask, local mean)": "ome_zarr_py.py",
    "tensorstore (one pass a level)": "tensorstore_levels.py",
}


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took: seconds, MiB, and what it left behind."""

    wall: float
    cpu: float
    peak_mib: float
    files: int
    megabytes: float
    worst: list[float]


def run(script: str, stack: Path, folder: Path, threads: int) -> Run:
    command = [sys.executable, str(HERE / "contenders" / script), str(stack), str(folder), str(threads)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(HERE.parent)}
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{script} failed")
    files = [path for path in folder.rglob("*") if path.is_file()]
    judged = [sys.executable, str(HERE / "contenders" / "judge.py"), str(stack), str(folder)]
    worst = json.loads(subprocess.run(judged, env=environment, check=True, capture_output=True).stdout)
    size = sum(path.stat().st_size for path in files) / 1e6
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, len(files), size, worst)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stack", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--edge", type=int, default=2048, help="edge of a plane that is made")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stack = given.stack or Path(folder, "stack.ome.tiff")
        if not stack.exists():
            maker = [sys.executable, str(HERE / "stack.py"), str(stack), str(given.edge)]
            subprocess.run(maker, check=True)
        runs: dict[str, list[Run]] = {name: [] for name in CONTENDERS}
        for repeat in range(given.repeat):
            for name, script in CONTENDERS.items():
                output = Path(folder, f"{Path(script).stem}-{repeat}.zarr")
                runs[name].append(run(script, stack, output, given.threads))
                shutil.rmtree(output)
    print(f"{os.cpu_count()} cores, {os.getloadavg()[1]:.1f} processes running on average")
    report({name: median(of_one) for name, of_one in runs.items()})


def median(runs: list[Run]) -> Run:
    """The median of each figure; what was written is the same each time."""
    wall, cpu, peak = (
        statistics.median(figures) for figures in zip(*((r.wall, r.cpu, r.peak_mib) for r in runs), strict=True)
    )
    return replace(runs[0], wall=wall, cpu=cpu, peak_mib=peak)


def report(medians: dict[str, Run]) -> None:
    ours = medians["publisher"]
    print(f"{'':32} wall s (ratio)  CPU s (ratio)   peak MiB (ratio)  files     MB  off the rounded mean, by level")
    for name, one in medians.items():
        worst = " ".join(f"{value:g}" for value in one.worst)
        print(
            f"{name:32} {one.wall:6.2f} ({one.wall / ours.wall:4.1f})  {one.cpu:6.2f} ({one.cpu / ours.cpu:4.1f})"
            f"  {one.peak_mib:8.0f} ({one.peak_mib / ours.peak_mib:4.1f})  {one.files:6} {one.megabytes:6.1f}  {worst}"
        )


if __name__ == "__main__":
    main()
