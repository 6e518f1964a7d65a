"""What a person sees while work goes on: one bar with rate and time left in a terminal, plain lines in a log."""

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Literal, Protocol, TextIO

from publisher.errors import Problem, Severity

Unit = Literal["bytes", "files"]

Wording = Callable[[str, str], str | None]
"""Makes a line of a step's name and its reason; None for a step that need not be told."""


_PARTICULARS = re.compile(r"'[^']*'|\"[^\"]*\"|[\d.,]*\d")
"""What may differ in two warnings of one kind: quoted names, and numbers."""


_PLACES = 5
"""How many places are named of warnings that are counted."""


class Meter:
    """How far a piece of work is: parts that turn out to be done already do not count for the rate.

    ``within`` tells how far a part is, ``finish`` that it is over, with its whole size; a part without ``within``
    was current and leaves the total. Parts that go on at once have names. May be called from several threads;
    ``show`` is called after each change that matters, by one at a time.
    """

    def __init__(self, total: int, show: Callable[["Meter"], None] = lambda meter: None) -> None:
        self.total = total
        self.done = 0
        self._inside: dict[str, int] = {}
        self._started_s: float | None = None
        self._show = show
        self._lock = threading.RLock()

    def within(self, amount: int, part: str = "") -> None:
        """A part is this far."""
        with self._lock:
            if self._started_s is None:
                self._started_s = time.monotonic()
            self._inside[part] = max(amount, 1)
            self._show(self)

    def finish(self, amount: int, part: str = "") -> None:
        """A part, of this size, is over."""
        with self._lock:
            if self._inside.pop(part, 0):
                self.done += amount
                self._show(self)
            else:
                self.total -= amount

    @property
    def is_over(self) -> bool:
        """Whether every part has finished."""
        return self.done >= self.total

    @property
    def reached(self) -> int:
        """What is done, with the present parts as far as they are."""
        return min(self.done + sum(self._inside.values()), self.total)

    @property
    def rate(self) -> float:
        """Amount per second, 0 while nothing is known."""
        return 0.0 if self._started_s is None else self.reached / max(time.monotonic() - self._started_s, 1e-3)

    @property
    def left_s(self) -> float:
        """Seconds left at this rate."""
        return (self.total - self.reached) / self.rate if self.rate else 0.0


class Reporter(Protocol):
    """Receives what happens; never decides anything."""

    def step(self, name: str, reason: str) -> None:
        """A step begins."""
        ...

    def problems(self, problems: Iterable[Problem]) -> None:
        """Problems were found."""
        ...

    def rest(self) -> None:
        """The work is over: say how often each warning came that was said once."""
        ...

    def work(self, title: str, total: int, unit: Unit) -> AbstractContextManager[Meter]:
        """A context in which a long piece of work goes on."""
        ...


class SilentReporter:
    """Says nothing: for tests and for --quiet."""

    def step(self, name: str, reason: str) -> None:
        """Say nothing."""

    def problems(self, problems: Iterable[Problem]) -> None:
        """Say nothing."""

    def rest(self) -> None:
        """Say nothing."""

    @contextmanager
    def work(self, title: str, total: int, unit: Unit) -> Iterator[Meter]:
        """Say nothing."""
        yield Meter(total)


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

    ``wording`` makes a line of a step's name and reason, or None for a step that need not be told. With ``once``
    warnings that differ in nothing but file, numbers and names are said once, and counted by ``rest``: a folder of
    forty files from one microscope has forty times the same to tell. A warning of earlier work is not said again in
    the work that follows a ``rest``. Errors are always said.
    """

    INTERVAL_S = 10.0

    def __init__(self, stream: TextIO, *, wording: Wording | None = None, once: bool = False) -> None:
        super().__init__(stream)
        self._wording = wording
        self._once = once
        self._warned: dict[tuple[str, str], list[Problem]] = {}
        self._now: set[Problem] = set()
        self._before: set[Problem] = set()

    def step(self, name: str, reason: str) -> None:
        """Say what begins."""
        line = self._wording(name, reason) if self._wording else f"{name} ({reason})"
        if line:
            self._say(line)

    def problems(self, problems: Iterable[Problem]) -> None:
        """One line per problem, warnings too."""
        for problem in problems:
            if problem.severity is not Severity.WARNING:
                self._say(f"error: {problem} [{problem.code}]")
            elif self._is_new(problem):
                self._say(f"warning: {problem} [{problem.code}]")

    def rest(self) -> None:
        """One line per kind of warning that came again, with some of the places."""
        for again in filter(None, (again[1:] for again in self._warned.values())):
            places = list(dict.fromkeys(problem.path.rpartition("/")[2] for problem in again if problem.path))
            where = ", ".join(places[:_PLACES]) + f" and {len(places) - _PLACES:,} others" * (len(places) > _PLACES)
            message = f"{len(again):,} more like: {again[0].message}" + f" (in {where})" * bool(where)
            self._say(f"warning: {message} (--verbose names each as it is found) [{again[0].code}]")
        self._warned.clear()
        self._before |= self._now
        self._now.clear()

    def _is_new(self, problem: Problem) -> bool:
        self._now.add(problem)
        if problem in self._before:
            return False
        if not self._once:
            return True
        kind = (problem.code, _PARTICULARS.sub("", problem.message))
        self._warned.setdefault(kind, []).append(problem)
        return len(self._warned[kind]) == 1

    @contextmanager
    def work(self, title: str, total: int, unit: Unit) -> Iterator[Meter]:
        """Report share, rate and time left every ten seconds."""
        said_s = time.monotonic()

        def show(meter: Meter) -> None:
            nonlocal said_s
            if time.monotonic() - said_s >= self.INTERVAL_S:
                said_s = time.monotonic()
                rate = f"{meter.rate / 1e6:.0f} MB/s" if unit == "bytes" else f"{meter.rate:.0f} files/s"
                self._say(f"  {title}: {meter.reached / meter.total:.0%}, {rate}, {_clock(meter.left_s)} left")

        yield Meter(total, show)


class TerminalReporter(PlainReporter):
    """One bar with rate and time left, by rich, which is imported when work begins; steps only when verbose."""

    def __init__(
        self, stream: TextIO, *, wording: Wording | None = None, verbose: bool = False, once: bool = False
    ) -> None:
        super().__init__(stream, wording=wording, once=once)
        self._verbose = verbose
        self._bar: Any = None

    def _say(self, line: str) -> None:
        if self._bar is None:
            super()._say(line)
        else:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def step(self, name: str, reason: str) -> None:
        """Say what begins when verbose: the bar tells enough."""
        if self._verbose:
            super().step(name, reason)

    @contextmanager
    def work(self, title: str, total: int, unit: Unit) -> Iterator[Meter]:
        """Draw a bar from the first thing that is done on; it disappears when the work is over."""
        task: Any = None
        ended = False

        def show(meter: Meter) -> None:
            nonlocal task
            if ended:
                return
            if task is None:
                task = self._begin_bar(title, meter.total, unit)
            self._bar.update(task, completed=meter.reached, total=meter.total)
            if meter.is_over:
                end()

        def end() -> None:
            nonlocal ended
            if task is not None and not ended:
                self._end_bar(task)
            ended = True

        try:
            yield Meter(total, show)
        finally:
            end()

    def _begin_bar(self, title: str, total: int, unit: Unit) -> Any:
        if self._bar is None:
            self._bar = _bar(self._stream, unit)
            self._bar.start()
        return self._bar.add_task(title, total=total)

    def _end_bar(self, task: Any) -> None:
        self._bar.remove_task(task)
        if not self._bar.task_ids:
            self._bar.stop()
            self._bar = None


def _bar(stream: TextIO, unit: Unit) -> Any:
    # rich costs a tenth of a second to import: only long work in a terminal pays for it.
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    amount = [DownloadColumn(), TransferSpeedColumn()] if unit == "bytes" else [MofNCompleteColumn()]
    columns = (TextColumn("  {task.description}", markup=False), BarColumn(), *amount, TimeRemainingColumn())
    return Progress(*columns, console=Console(file=stream), transient=True)


def _clock(seconds: float) -> str:
    """``45 s``, ``12 min``, ``3 h 20 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def reporter_for(
    stream: TextIO, *, quiet: bool = False, verbose: bool = False, wording: Wording | None = None, once: bool = False
) -> Reporter:
    """The reporter that fits a stream; ``once``: warnings of one kind are said once and counted."""
    if quiet:
        return QuietReporter(stream)
    if stream.isatty():
        return TerminalReporter(stream, wording=wording, verbose=verbose, once=once)
    return PlainReporter(stream, wording=wording, once=once)
