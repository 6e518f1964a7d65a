"""What a person sees while work goes on: bars in a terminal, plain lines in a log."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TextIO

from publisher.errors import Problem, Severity


class Reporter(Protocol):
    """Receives what happens; never decides anything."""

    def step(self, name: str, reason: str) -> None:
        """A step begins."""
        ...

    def problems(self, problems: Iterable[Problem]) -> None:
        """Problems were found."""
        ...

    def progress(self, title: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """A context that yields a function to call with the bytes done so far."""
        ...


class SilentReporter:
    """Says nothing: for tests and for --quiet."""

    def step(self, name: str, reason: str) -> None:
        """Say nothing."""

    def problems(self, problems: Iterable[Problem]) -> None:
        """Say nothing."""

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator[Callable[[int], None]]:
        """Say nothing."""
        yield lambda _done: None


class PlainReporter(SilentReporter):
    """One line per event, for logs; long work reports every ten seconds."""

    INTERVAL_S = 10.0

    def __init__(self, stream: TextIO, *, verbose: bool = False) -> None:
        self._stream = stream
        self._verbose = verbose

    def _say(self, line: str) -> None:
        print(line, file=self._stream, flush=True)

    def step(self, name: str, reason: str) -> None:
        """Name the step; page steps only when verbose."""
        if self._verbose or not name.startswith("page "):
            self._say(f"{name} ({reason})")

    def problems(self, problems: Iterable[Problem]) -> None:
        """One line per problem."""
        for problem in problems:
            self._say(f"{'warning' if problem.severity is Severity.WARNING else 'error'}: {problem} [{problem.code}]")

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator[Callable[[int], None]]:
        """Report share, rate and time left every ten seconds."""
        start = last = time.monotonic()

        def update(done: int) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last < self.INTERVAL_S or not done:
                return
            last = now
            rate = done / (now - start)
            self._say(f"  {title}: {done / total:.0%}, {rate / 1e6:.0f} MB/s, {max(total - done, 0) / rate:.0f} s left")

        yield update


class TerminalReporter(PlainReporter):
    """Bars with rate and time left, by rich, which is imported when the first bar is drawn."""

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator[Callable[[int], None]]:
        """Draw a bar; it disappears when the work is done."""
        # rich costs 0.1 s to import: only long work in a terminal pays for it.
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        columns = (
            TextColumn("  {task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, transient=True) as bar:
            task = bar.add_task(title, total=total)
            yield lambda done: bar.update(task, completed=done)


def reporter_for(stream: TextIO, *, quiet: bool = False, verbose: bool = False) -> Reporter:
    """The reporter that fits a stream."""
    if quiet:
        return SilentReporter()
    return TerminalReporter(stream, verbose=verbose) if stream.isatty() else PlainReporter(stream, verbose=verbose)
