"""What a person sees while work goes on: bars in a terminal, plain lines in a log."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TextIO

from publisher.errors import Problem, Severity

Wording = Callable[[str, str], str | None]
"""Makes a line of a step's name and its reason; None for a step that need not be told."""


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
    """Says nothing: for tests, and where everything is said in JSON."""

    def step(self, name: str, reason: str) -> None:
        """Say nothing."""

    def problems(self, problems: Iterable[Problem]) -> None:
        """Say nothing."""

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator[Callable[[int], None]]:
        """Say nothing."""
        yield lambda _done: None


class QuietReporter(SilentReporter):
    """Says only what went wrong."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def _say(self, line: str) -> None:
        print(line, file=self._stream, flush=True)

    def problems(self, problems: Iterable[Problem]) -> None:
        """One line per error."""
        for problem in problems:
            if problem.severity is Severity.ERROR:
                self._say(f"error: {problem} [{problem.code}]")


class PlainReporter(QuietReporter):
    """One line per event, for logs; long work reports every ten seconds.

    ``wording`` makes a line of a step's name and reason, or None for a step that need not be told.
    """

    INTERVAL_S = 10.0

    def __init__(self, stream: TextIO, *, wording: Wording | None = None) -> None:
        super().__init__(stream)
        self._wording = wording

    def step(self, name: str, reason: str) -> None:
        """Say what begins."""
        line = self._wording(name, reason) if self._wording else f"{name} ({reason})"
        if line:
            self._say(line)

    def problems(self, problems: Iterable[Problem]) -> None:
        """One line per problem, warnings too."""
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
        from rich.console import Console
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
        console = Console(file=self._stream)
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(title, total=total)
            yield lambda done: bar.update(task, completed=done)


def reporter_for(stream: TextIO, *, quiet: bool = False, wording: Wording | None = None) -> Reporter:
    """The reporter that fits a stream."""
    if quiet:
        return QuietReporter(stream)
    return TerminalReporter(stream, wording=wording) if stream.isatty() else PlainReporter(stream, wording=wording)
