"""Making files durable while others are still being written: many syncs at once cost a disk little more than one."""

import os
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO

_AT_ONCE = 8
_WAITING = 64
"""Open files that wait to be synced at most."""


class SyncThreads:
    """The threads that sync; whoever writes many images keeps them from one to the next."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sync")
        self.room = BoundedSemaphore(_WAITING)

    def close(self) -> None:
        """Wait for all that was asked for, and end."""
        self.pool.shutdown()


class Syncer:
    """Syncs in the background; `close` returns when all is durable, and raises the first error.

    ``threads`` are somebody else's, to be used again; without them a syncer has its own.
    """

    def __init__(self, threads: SyncThreads | None = None) -> None:
        self._threads = threads or SyncThreads()
        self._is_own = threads is None
        self._asked: list[Future[None]] = []

    def file(self, file: IO[bytes]) -> None:
        """Sync ``file``, to which all has been written; the caller may close it."""
        file.flush()
        self._submit(os.dup(file.fileno()))

    def folder(self, folder: Path) -> None:
        """Sync the entries of ``folder``."""
        self._submit(os.open(folder, os.O_RDONLY))

    def close(self) -> None:
        """Wait for all of it."""
        asked, self._asked = self._asked, []
        errors = [error for error in (future.exception() for future in asked) if error]
        if self._is_own:
            self._threads.close()
        if errors:
            raise errors[0]

    def _submit(self, descriptor: int) -> None:
        self._threads.room.acquire()
        self._asked.append(self._threads.pool.submit(self._sync, descriptor))

    def _sync(self, descriptor: int) -> None:
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
            self._threads.room.release()
