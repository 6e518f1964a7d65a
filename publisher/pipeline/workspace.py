"""An opened site: its folders, its lock, its ledger, and a commit that was cut short finished."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from publisher.config.model import SiteConfig
from publisher.errors import ConfigError, Problem, refusal
from publisher.graph import journal
from publisher.graph.ledger import Ledger
from publisher.graph.stage import Stage
from publisher.paths import WORK_NAME, SitePaths


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """What every build of a site works with."""

    config: SiteConfig
    paths: SitePaths
    ledger: Ledger
    stage: Stage


@contextmanager
def opened(config: SiteConfig, paths: SitePaths) -> Iterator[Workspace]:
    """Lock the site, open its ledger and finish an interrupted commit.

    Raises ConfigError when another build of this site is running.
    """
    _make_work_folder(paths)
    with (paths.work / "lock").open("w") as lock:
        _take(lock, paths)
        with _ledger(paths) as ledger:
            _refuse_foreign_output(ledger, paths)
            stage = Stage(paths.work, paths.output, moving_from=_stage_folder(paths))
            journal.finish(ledger, stage)
            try:
                yield Workspace(config=config, paths=paths, ledger=ledger, stage=stage)
            except sqlite3.OperationalError as error:
                raise ConfigError(_not_kept(error, paths)) from error


def _make_work_folder(paths: SitePaths) -> None:
    try:
        paths.work.mkdir(parents=True, exist_ok=True)
        (paths.root / WORK_NAME / ".gitignore").write_text("*\n")
    except OSError as error:
        raise ConfigError(refusal(error, paths.shown(Path(str(error.filename or paths.work))))) from error


def _ledger(paths: SitePaths) -> Ledger:
    try:
        return Ledger(paths.ledger)
    except sqlite3.DatabaseError as error:
        problem = Problem(
            code="build.ledger-damaged",
            path=paths.shown(paths.ledger),
            message=f"what publisher remembers of earlier builds cannot be read: {error}",
            hint=f"delete the folder {WORK_NAME} and build again; nothing else is lost",
        )
        raise ConfigError(problem) from error


def _not_kept(error: sqlite3.OperationalError, paths: SitePaths) -> Problem:
    return Problem(
        code="build.ledger-refused",
        path=paths.shown(paths.ledger),
        message=f"what was built cannot be recorded: {error}",
        hint="make room on that disk and check permissions, then run the command again",
    )


def _refuse_foreign_output(ledger: Ledger, paths: SitePaths) -> None:
    """A folder that holds something, but no site of ours, is somebody's: nothing is written into it."""
    out = paths.output
    if out.exists() and not out.is_dir():
        message, hint = "is a file; the site needs a folder of its own", "name another with build.output or --output"
        raise ConfigError(Problem(code="build.output-taken", path=paths.shown(out), message=message, hint=hint))
    if ledger.published_bytes()[0] or not out.is_dir() or not any(out.iterdir()) or (out / "index.json").is_file():
        return
    message = "holds files that publisher did not make; they could be overwritten"
    hint = "name an empty folder with build.output or --output, or empty this one"
    raise ConfigError(Problem(code="build.output-taken", path=paths.shown(out), message=message, hint=hint))


def _take(lock: IO[str], paths: SitePaths) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ConfigError(
            Problem(
                code="build.locked",
                path=paths.shown(paths.work),
                message="another build of this site is running",
                hint="wait until it is done, or stop it",
            )
        ) from error


def _stage_folder(paths: SitePaths) -> Path:
    """Where new files wait: on the file system of the output, so that they take their place by renames."""
    beside = next(folder for folder in (paths.output, *paths.output.parents) if folder.exists())
    if paths.work.stat().st_dev == beside.stat().st_dev:
        return paths.work
    return paths.output.parent / f".{paths.output.name}.publisher"
