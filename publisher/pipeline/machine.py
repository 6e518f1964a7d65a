"""What a build may take of the machine: cores handed out to whoever computes, and memory."""

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARENT_BYTES = 110 << 20
"""Memory of the process that plans and renders."""
WORKER_BYTES = 300 << 20
"""Memory that a process needs to be of use: its libraries, and a conversion of one thread."""
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


class Cores:
    """Cores that work shares; served in the order of asking, so that work for many is not passed by for ever."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._free = count
        self._queue: deque[object] = deque()
        self._closed = False
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, wanted: int) -> Iterator[int]:
        """Wait for ``wanted`` cores (all there are, if fewer) and hold them; yields how many."""
        held = min(max(wanted, 1), self.count)
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
            while not self._closed and (self._queue[0] is not ticket or self._free < held):
                self._changed.wait()
            self._queue.remove(ticket)
            if self._closed:
                raise InterruptedError("the build has ended")
            self._free -= held
            self._changed.notify_all()
        try:
            yield held
        finally:
            with self._changed:
                self._free += held
                self._changed.notify_all()

    def close(self) -> None:
        """Nobody waits any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def memory_of_machine() -> int:
    """Bytes of memory of this machine, or of the container that it is."""
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for name in _LIMITS:
        try:
            sizes.append(int(Path(name).read_text()))
        except (OSError, ValueError):  # no container, or "max"
            continue
    return min(size for size in sizes if size > 0)


def cores_of_machine() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0))
