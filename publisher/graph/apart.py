"""Actions that run beside each other: each in a thread, the files that it depends on digested meanwhile."""

from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.graph.fingerprint import FileStamp, digest_file, stamp
from publisher.graph.record import Json
from publisher.graph.stage import StepStage
from publisher.graph.staleness import Verdict
from publisher.graph.step import Step, Unit

Digests = tuple[tuple[Path, FileStamp, str], ...]
"""Files with the stamp they had before they were read, and their SHA-256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A step on its way. ``writer`` is None while only its files are digested, ``verdict`` until they have been."""

    unit: Unit
    step: Step
    writer: StepStage | None = None
    verdict: Verdict | None = None
    unread: tuple[Path, ...] = ()
    digests: Digests = ()
    value: Json = None
    error: BaseException | None = None


class Apart:
    """Threads for such tasks. Everything that the tasks come back with is for the caller's thread to record."""

    def __init__(self, slots: int) -> None:
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="step")
        self._reading = ThreadPoolExecutor(slots, thread_name_prefix="digest")
        self._running: set[Future[Task]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def start(self, task: Task) -> None:
        """Run it as soon as a thread is free."""
        self._running.add(self._pool.submit(self._done, task))

    def finished(self) -> Sequence[Task]:
        """Tasks that have ended, at least one; waits for it."""
        assert self._running, "an item waits for one that nobody runs"
        ended, self._running = wait(self._running, return_when=FIRST_COMPLETED)
        return [future.result() for future in ended]

    def close(self, *, at_once: bool) -> None:
        """End the threads; ``at_once`` without waiting for what they do."""
        self._pool.shutdown(wait=not at_once, cancel_futures=True)
        self._reading.shutdown(wait=not at_once, cancel_futures=True)

    def _done(self, task: Task) -> Task:
        digesting = self._reading.submit(_digests, task.unread) if task.unread else None
        done = run(task)
        try:
            return replace(done, digests=digesting.result() if digesting else ())
        except OSError as error:  # the file has gone
            return replace(done, error=done.error or error)


def run(task: Task) -> Task:
    """The task with what its action returned or raised."""
    try:
        return replace(task, value=task.step.action(task.writer) if task.writer else None)
    except BaseException as error:  # raised again in the thread that records
        return replace(task, error=error)


def _digests(paths: Iterable[Path]) -> Digests:
    return tuple((path, stamp(path), digest_file(path)) for path in paths)
