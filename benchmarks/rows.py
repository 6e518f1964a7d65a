"""A site of many curated rows without pixels: clean build, build with nothing to do, one changed row; memory.

    python benchmarks/rows.py [--studies 10] [--rows 1000]

Prints CPU seconds and peak memory of whole `publisher build` processes, and the ratio of each to the time
that Python needs to start and import the command line.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

GENES = ("CDC20", "PLK1", "KIF11", "AURKB", "BUB1", "MAD2L1", "TPX2", "ECT2")


def make_site(root: Path, studies: int, rows: int) -> None:
    """Write a site whose studies have ``rows`` rows each, in two datasets."""
    (root / "site_config.yaml").write_text("title: Rows\nbase_url: https://rows.example.org/\n")
    for number in range(studies):
        folder = root / "content/studies" / f"study-{number:02}"
        folder.mkdir(parents=True)
        (folder / "study.yaml").write_text(f"title: Study {number}\nlicence: CC0-1.0\norganisms: [Homo sapiens]\n")
        lines = [
            "name,dataset,Gene Symbol,Gene Identifier,siRNA,Phenotype,Phenotype,Cell Line,Control Type,Quality Control"
        ]
        lines += [
            f"image {row},{'abcdefgh'[row % 2]},{GENES[row % 8]},ENSG{row:011},si{row},round,bright,HeLa,negative,pass"
            for row in range(rows)
        ]
        (folder / "images.csv").write_text("\n".join(lines) + "\n")


def run(root: Path) -> tuple[float, float]:
    """CPU seconds and peak memory in MB of one build."""
    command = [sys.executable, "-m", "publisher", "build", "--quiet", "--site", str(root)]
    pid = os.posix_spawn(sys.executable, command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def startup() -> float:
    """CPU seconds of `publisher --version`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "publisher", "--version"], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=10)
    parser.add_argument("--rows", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        make_site(root, options.studies, options.rows)
        base = startup()
        print(f"start-up {base:.2f} CPU s")
        for title in ("clean", "nothing to do", "one changed row"):
            if title == "one changed row":
                table = root / "content/studies/study-00/images.csv"
                table.write_text(table.read_text().replace("si7,", "si-changed,", 1))
            stamps = (
                {path: path.stat().st_mtime_ns for path in (root / "_site").rglob("*") if path.is_file()}
                if title != "clean"
                else {}
            )
            cpu, memory = run(root)
            files = [path for path in (root / "_site").rglob("*") if path.is_file()]
            touched = sum(stamps.get(path) != path.stat().st_mtime_ns for path in files)
            ratio = f"{cpu:.2f} CPU s ({cpu / base:.1f} x start-up)"
            print(f"{title}: {ratio}, {memory:.0f} MB, {touched} of {len(files)} files written")


if __name__ == "__main__":
    main()
