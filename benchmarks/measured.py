"""One command, and what it took: time, processor, memory of all its processes, files and bytes it left."""

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_S = 0.02


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds, MiB (resident, summed over the process tree, and the same with shared pages counted once), files, MB."""

    wall: float
    cpu: float
    resident_mib: float
    proportional_mib: float
    files: int
    megabytes: float


def measure(command: Sequence[str], output: Path, environment: dict[str, str], timeout_s: float) -> Measured | str:
    """Run ``command``, which writes below ``output``; the last line it said where it fails or takes too long."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    peak = [0.0, 0.0]
    watch = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watch.start()
    stop = threading.Timer(timeout_s, process.kill)
    stop.start()
    said = (process.stdout.read() if process.stdout else "").strip().splitlines()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    stop.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    watch.join()
    if process.returncode:
        return "took too long" if process.returncode < 0 else said[-1] if said else "failed"
    files = [path for path in output.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    return Measured(wall, usage.ru_utime + usage.ru_stime, peak[0], peak[1], len(files), size)


def _watch(pid: int, peak: list[float]) -> None:
    number = 0
    while Path(f"/proc/{pid}/stat").exists():
        processes = _tree(pid)
        peak[0] = max(peak[0], sum(map(_resident, processes)))
        if number % 5 == 0:  # dearer to ask for
            peak[1] = max(peak[1], sum(map(_proportional, processes)))
        number += 1
        time.sleep(SAMPLE_S)
        if not _resident(pid):
            return


def _tree(pid: int) -> list[int]:
    found = [pid]
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [each for child in thread.read_text().split() for each in _tree(int(child))]
        except OSError:
            continue
    return found


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (OSError, IndexError):
        return 0.0


def _proportional(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
