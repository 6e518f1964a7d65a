"""The commit: staged files take their place by renames that can be finished after a kill.

Nothing in the output changes before the ledger holds the journal; from then on every command first
finishes what is left of it. Files are replaced in one rename each; folders (the arrays of a store) are
renamed aside first. Removals come last.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from publisher.files import remove_tree, sync
from publisher.graph.ledger import Ledger
from publisher.graph.stage import Stage

Rank = Callable[[str], int]
"""Order in which outputs take their place: what is pointed at before what points at it."""


def commit(ledger: Ledger, stage: Stage, unit_keys: Iterable[tuple[str, str]], rank: Rank) -> None:
    """Make everything staged the published site, in one step that a kill cannot halve."""
    moves = sorted({(output.folder or output.path, bool(output.folder)) for output in ledger.staged_outputs()})
    staged = [(target, is_folder) for target, is_folder in moves if (stage.staged / target).exists()]
    _sync(stage, staged)
    ledger.promote(unit_keys, [(target, is_folder, rank(target)) for target, is_folder in staged])
    finish(ledger, stage)


def finish(ledger: Ledger, stage: Stage) -> bool:
    """Carry out what is left of a commit; whether there was any."""
    moves, removals = ledger.journal()
    if not moves and not removals:
        return False
    touched: set[Path] = set()
    for number, (target, is_folder) in enumerate(moves):
        parent = (stage.output / target).parent
        if parent not in touched:
            _make_parents(parent, stage.output)
            touched.add(parent)
        _move(stage, target, number if is_folder else None)
    for target in removals:
        path = stage.output / target
        with suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()
        touched.add(path.parent)
    for folder in touched:
        _drop_empty(folder, stage.output)
    _sync_folders((folder for folder in touched if folder.is_dir()), stage.output)
    ledger.close_journal()
    remove_tree(stage.trash)
    return True


def sweep(ledger: Ledger, stage: Stage) -> None:
    """Delete what killed builds left on the stage, except durable work that a new build takes over."""
    keep = {output.folder or output.path for output in ledger.staged_outputs()}
    for path in _leaves(stage.staged):
        name = path.relative_to(stage.staged).as_posix()
        if name not in keep and not any(name.startswith(folder + "/") for folder in keep):
            path.unlink()
    remove_tree(stage.trash)


def _move(stage: Stage, target: str, aside: int | None) -> None:
    source, place = stage.staged / target, stage.output / target
    if not source.exists():
        return
    if place.is_dir() and not place.is_symlink():
        stage.trash.mkdir(parents=True, exist_ok=True)
        remove_tree(stage.trash / str(aside))
        place.rename(stage.trash / str(aside))
    elif aside is not None:
        place.unlink(missing_ok=True)
    source.replace(place)


def _make_parents(folder: Path, root: Path) -> None:
    """``folder`` and those above it; a file that stands where a folder must be was ours and goes."""
    for parent in reversed([parent for parent in (folder, *folder.parents) if parent.is_relative_to(root)]):
        if parent.is_file() or parent.is_symlink():
            parent.unlink()
        parent.mkdir(exist_ok=True, parents=parent == root)


def _drop_empty(folder: Path, root: Path) -> None:
    while folder != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass
        except OSError:
            return
        folder = folder.parent


def _leaves(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                with suppress(OSError):
                    path.rmdir()
            else:
                yield path


def _sync(stage: Stage, moves: list[tuple[str, bool]]) -> None:
    """Flush staged files to disk; writers of folders have synced their own files."""
    files = [stage.staged / target for target, is_folder in moves if not is_folder]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(sync, files))
    _sync_folders({(stage.staged / target).parent for target, _ in moves}, stage.staged.parent)


def _sync_folders(folders: Iterable[Path], root: Path) -> None:
    """Flush the names in ``folders`` and in all above, up to the one that holds ``root``: any of them may be new."""
    found = {root.parent}
    for folder in folders:
        while folder not in found:
            found.add(folder)
            folder = folder.parent
    for folder in sorted(found):
        sync(folder)
