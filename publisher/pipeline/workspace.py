"""An opened site: its folders, its lock, its ledger, and a commit that was cut short finished."""

import fcntl
import os
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
from publisher.paths import SitePaths


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
    paths.work.mkdir(parents=True, exist_ok=True)
    (paths.work / ".gitignore").write_text("*\n")
    with (paths.work / "lock").open("w") as lock:
        _take(lock, paths)
        with Ledger(paths.ledger) as ledger:
            _forget_another_output(ledger, paths)
            stage = Stage(paths.work, paths.output)
            journal.finish(ledger, stage)
            yield Workspace(config=config, paths=paths, ledger=ledger, stage=stage)


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


def _forget_another_output(ledger: Ledger, paths: SitePaths) -> None:
    """A ledger describes one output folder; for another one everything is built anew."""
    last = ledger.memo("output", "folder")
    here = os.fspath(paths.output)
    if last is not None and last != here:
        ledger.forget_site()
    ledger.remember("output", "folder", here)


def same_file_system(one: Path, other: Path) -> bool:
    """Whether files can be renamed from one folder into the other."""
    return one.stat().st_dev == next(p for p in (other, *other.parents) if p.exists()).stat().st_dev
