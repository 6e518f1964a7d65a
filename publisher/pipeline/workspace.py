"""An opened site: its folders, its lock, its ledger, and a commit that was cut short finished."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from publisher.config.model import SiteConfig
from publisher.errors import ConfigError, Problem
from publisher.graph import journal
from publisher.graph.ledger import Ledger
from publisher.graph.stage import Stage
from publisher.paths import WORK_NAME, SitePaths
from publisher.pipeline.storage import disk_faults, opened_ledger


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

    Raises ConfigError when another build of this site is running, StorageError when the disk refuses.
    """
    with disk_faults(paths):
        yield from _opened(config, paths)


def _opened(config: SiteConfig, paths: SitePaths) -> Iterator[Workspace]:
    paths.work.mkdir(parents=True, exist_ok=True)
    (paths.root / WORK_NAME / ".gitignore").write_text("*\n")
    with (paths.work / "lock").open("w") as lock:
        _take(lock, paths)
        with opened_ledger(paths) as ledger:
            _refuse_foreign_output(ledger, paths)
            stage = Stage(paths.work, paths.output, moving_from=_stage_folder(paths))
            journal.finish(ledger, stage)
            yield Workspace(config=config, paths=paths, ledger=ledger, stage=stage)


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
