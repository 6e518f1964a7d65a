"""What takes its place in the output was flushed to disk before, and the folders are flushed after."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline.sites import make_site
from tests.safety.test_disk_faults import BUILD, REPOSITORY, strace

SYNC = re.compile(r"f(?:data)?sync\(\d+<([^>]+)>\)\s+= 0")
RENAME = re.compile(r"rename\w*\((?:AT_FDCWD(?:<[^>]*>)?, )?\"([^\"]+)\", (?:AT_FDCWD(?:<[^>]*>)?, )?\"([^\"]+)\"")


def calls(root: Path, log: Path) -> list[tuple[str, str, str]]:
    """("sync", path, "") and ("rename", source, target) in the order of a build."""
    options = ["-f", "-qq", "-y", "-s", "4096", "-o", str(log), "-e", "trace=fsync,fdatasync,rename,renameat,renameat2"]
    command = [strace(), *options, sys.executable, "-c", BUILD, str(root)]
    assert subprocess.run(command, cwd=REPOSITORY).returncode == 0
    found = []
    pending: dict[str, str] = {}
    for line in log.read_text().splitlines():
        thread, _, call = line.partition(" ")
        if call.endswith("<unfinished ...>"):
            pending[thread] = call.removesuffix("<unfinished ...>").strip()
            continue
        if "resumed>" in call:
            call = pending.pop(thread) + call.partition("resumed>")[2]
        if match := SYNC.search(call):
            found.append(("sync", match[1], ""))
        elif match := RENAME.search(call):
            found.append(("rename", match[1], match[2]))
    return found


def above(path: Path, root: Path) -> list[Path]:
    """Folders of ``path`` down from the one that holds ``root``: a new folder is a name in another."""
    return [parent for parent in path.parents if parent.is_relative_to(root.parent)]


@pytest.mark.slow
def test_files_are_flushed_before_and_folders_after(tmp_path: Path) -> None:
    root = tmp_path / "site"
    make_site(root)
    order = calls(root, tmp_path / "log")
    output = str(root / "_site")
    moves = [n for n, (kind, _, target) in enumerate(order) if kind == "rename" and target.startswith(output)]
    assert moves
    flushed = {path for kind, path, _ in order[: moves[0]] if kind == "sync"}
    for number in moves:
        source, target = order[number][1:]
        whole = [Path(target)] if Path(target).is_file() else list(Path(target).rglob("*"))
        missing = [path for path in whole if str(path).replace(target, source, 1) not in flushed]
        assert missing == []
    assert any(path.endswith("ledger.sqlite") for path in flushed), "the journal is on disk before anything moves"
    after = {path for kind, path, _ in order[moves[-1] :] if kind == "sync"}
    targets = [Path(order[number][2]) for number in moves]
    assert {str(folder) for target in targets for folder in above(target, root / "_site")} <= after
    sources = [Path(order[number][1]) for number in moves]
    assert {str(folder) for source in sources for folder in above(source, root / ".publisher")} <= flushed
    closing = [n for n, (kind, path, _) in enumerate(order) if kind == "sync" and path.endswith("ledger.sqlite")]
    assert closing[-1] > max(n for n, (kind, path, _) in enumerate(order) if kind == "sync" and path.startswith(output))
