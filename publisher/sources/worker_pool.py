"""Several limited workers: calls that come at once run beside each other."""

import threading
import time
from collections.abc import Callable
from importlib import import_module
from math import inf
from typing import Any, TypeVar

from publisher.sources.worker import LimitedWorker

T = TypeVar("T")

START_S = 0.3
"""What one more process costs before it is of use: Python and the array libraries, on an idle computer."""


def load(modules: tuple[str, ...]) -> None:
    """Import ``modules``: runs in a worker, which then has them for the calls that follow."""
    for name in modules:
        import_module(name)


class WorkerPool:
    """Hands each call to a worker that is free, the one used last first.

    A worker is started when calls have waited for one as long as its start takes, so that a handful of short
    calls does with one. While one is warming up nothing is learnt from waiting: another would be ready later still.
    ``most`` bounds their number, ``memory_bytes`` the address space of each.
    """

    def __init__(self, most: int, memory_bytes: int) -> None:
        self._most, self._memory_bytes = most, memory_bytes
        self._free: list[LimitedWorker] = []
        self._all: list[LimitedWorker] = []
        self._waited_s, self._start_s = 0.0, START_S
        self._counts_from_s = 0.0
        self._closed = False
        self._changed = threading.Condition()

    def call(self, function: Callable[..., T], *args: Any, **options: Any) -> T:
        """`LimitedWorker.call` by a worker that is free; waits for one."""
        worker = self._take()
        try:
            return worker.call(function, *args, **options)
        finally:
            with self._changed:
                self._free.append(worker)
                if self._closed:
                    worker.close()
                self._changed.notify()

    def warm_up(self, modules: tuple[str, ...]) -> None:
        """Start the first worker and have it import ``modules``; how long that takes here is what a start costs."""
        with self._changed:
            self._counts_from_s = inf
        began_s = time.monotonic()
        try:
            self.call(load, modules, about="modules")
        finally:
            with self._changed:
                self._counts_from_s = time.monotonic()
                self._start_s = max(START_S, self._counts_from_s - began_s)

    def rest(self) -> None:
        """End the workers that are free, but for the one used last: what they hold is wanted elsewhere."""
        with self._changed:
            idle, self._free = self._free[:-1], self._free[-1:]
            self._all = [worker for worker in self._all if worker not in idle]
            for worker in idle:
                worker.close()

    def close(self) -> None:
        """End every worker, in the middle of a call too; no other is started."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            for worker in self._all:
                if worker in self._free:
                    worker.close()
                else:
                    worker.stop()

    def _take(self) -> LimitedWorker:
        with self._changed:
            while not self._free:
                if self._closed:
                    raise InterruptedError("the build has ended")
                if not self._all or (len(self._all) < self._most and self._waited_s >= self._start_s):
                    self._waited_s = 0.0
                    self._all.append(LimitedWorker(memory_bytes=self._memory_bytes))
                    return self._all[-1]
                began_s = time.monotonic()
                self._changed.wait(None if len(self._all) == self._most else self._start_s)
                self._waited_s += max(0.0, time.monotonic() - max(began_s, self._counts_from_s))
            return self._free.pop()
