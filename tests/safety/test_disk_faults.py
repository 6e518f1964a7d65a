"""The disk fails at any moment: the old site stands, the message is clear, and the next build ends at the new one."""

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline.sites import build_site, make_site, plan_site, tree
from tests.pipeline.test_kill import built, new  # noqa: F401  # fixtures: a site with a change waiting, and its end

REPOSITORY = Path(__file__).parents[2]
BUILD = "import sys; from publisher.cli import run; sys.exit(run(['build', '--site', sys.argv[1], '--quiet']))"


def strace() -> str:
    found = shutil.which("strace")
    if found is None:
        pytest.skip("needs strace")
    return found


def build_with_fault(root: Path, calls: str, error: str, number: int) -> subprocess.CompletedProcess[str]:
    """`publisher build` in which the ``number``-th of ``calls`` on this site's files fails with ``error``."""
    inject = f"inject={calls}:error={error}:when={number}"
    command = [strace(), "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", inject]
    folders = [argument for folder in (root / ".publisher", root / "_site") for argument in ("-P", str(folder))]
    files = [a for path in (root / ".publisher").rglob("*") if path.is_file() for a in ("-P", str(path))]
    named = [*folders, *files] if calls.startswith(("write", "pwrite")) else []
    return subprocess.run(
        [*command, *named, sys.executable, "-c", BUILD, str(root)], cwd=REPOSITORY, capture_output=True, text=True
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("calls", "error", "numbers"),
    [
        ("fsync,fdatasync", "EIO", (1, 2, 3, 5, 9, 14, 20, 30)),
        ("rename,renameat2", "ENOSPC", (1, 2, 4, 8)),
        ("pwrite64", "ENOSPC", (1, 2, 5, 12, 30)),
    ],
)
def test_the_nth_call_fails(
    calls: str,
    error: str,
    numbers: tuple[int, ...],
    built: Path,  # noqa: F811
    new: dict[str, str],  # noqa: F811
    tmp_path: Path,
) -> None:
    for number in numbers:
        root = tmp_path / f"site{number}"
        shutil.copytree(built, root, symlinks=True)
        old = tree(root / "_site")
        done = build_with_fault(root, calls, error, number)
        assert "Traceback" not in done.stderr, (number, done.stderr)
        assert done.returncode in (0, 1), (number, done.stderr)
        if done.returncode == 1:
            assert done.stderr.count("error") >= 1
        if tree(root / "_site") != old:
            plan_site(root)
            assert tree(root / "_site") == new, number
        assert build_site(root).problems == ()
        assert tree(root / "_site") == new, number
        shutil.rmtree(root)


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [60, 200, 500])
def test_a_full_disk_leaves_the_old_site(kilobytes: int, tmp_path: Path, new: dict[str, str]) -> None:  # noqa: F811
    """A file system of its own that has no room; needs the right to mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("may not mount a file system")
    try:
        root = disk / "site"
        make_site(root)
        build_site(root)
        old = tree(root / "_site")
        for path in (root / "content/studies/mitosis/images").iterdir():
            data = path.read_bytes()
            path.write_bytes(data.replace(b"DNA", b"RNA"))
        free = shutil.disk_usage(disk).free
        (disk / "filler").write_bytes(b"\1" * (free - kilobytes * 1024))
        done = subprocess.run(
            [sys.executable, "-c", BUILD, str(root)], cwd=REPOSITORY, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "room" in done.stderr
        assert tree(root / "_site") == old
        (disk / "filler").unlink()
        assert build_site(root).problems == ()
        assert not [path for path in (root / "_site").rglob("*") if path.suffix in (".tmp", ".partial")]
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("finished") / "site"
    make_site(root)
    build_site(root)
    return root


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_ledger_is_set_aside_and_no_byte_changes(seed: int, finished: Path, tmp_path: Path) -> None:
    root = tmp_path / "site"
    shutil.copytree(finished, root, symlinks=True)
    expected = tree(root / "_site")
    ledger = root / ".publisher/ledger.sqlite"
    data = bytearray(ledger.read_bytes())
    chance = random.Random(seed)
    if seed == 0:
        data = bytearray(b"no database at all" * 400)
    elif seed == 1:
        data = data[: len(data) // 2]
    else:
        for _ in range(40):
            start = chance.randrange(100, len(data) - 400)
            data[start : start + 300] = chance.randbytes(300)
    ledger.write_bytes(data)
    for _ in range(2):  # damage may show late; then the first build says so, and the second begins anew
        done = subprocess.run([sys.executable, "-c", BUILD, str(root)], cwd=REPOSITORY, capture_output=True, text=True)
        assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
    assert build_site(root).problems == ()
    assert {name: each for name, each in tree(root / "_site").items() if name in expected} == expected


@pytest.mark.parametrize("seed", range(4))
def test_parts_of_what_is_remembered_may_vanish(seed: int, finished: Path, tmp_path: Path) -> None:
    root = tmp_path / "site"
    shutil.copytree(finished, root, symlinks=True)
    expected = tree(root / "_site")
    chance = random.Random(seed)
    files = sorted(path for path in (root / ".publisher").rglob("*") if path.is_file())
    for path in chance.sample(files, max(1, len(files) // 2)):
        path.unlink()
    (root / "content/studies/mitosis/images.csv").touch()
    assert build_site(root).problems == ()
    assert tree(root / "_site") == expected
