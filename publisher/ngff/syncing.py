"""Making files durable while others are still being written: many syncs at once cost a disk little more than one."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO

_AT_ONCE = 8
_WAITING = 64
"""Open files that wait to be synced at most."""


class Syncer:
    """Syncs in the background; `close` returns when all is durable, and raises the first error."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sync")
        self._room = BoundedSemaphore(_WAITING)
        self._errors: list[OSError] = []

    def file(self, file: IO[bytes]) -> None:
        """Sync ``file``, to which all has been written; the caller may close it."""
        file.flush()
        self._submit(os.dup(file.fileno()))

    def folder(self, folder: Path) -> None:
        """Sync the entries of ``folder``."""
        self._submit(os.open(folder, os.O_RDONLY))

    def close(self) -> None:
        """Wait for all of it."""
        self._pool.shutdown()
        if self._errors:
            raise self._errors[0]

    def _submit(self, descriptor: int) -> None:
        self._room.acquire()
        self._pool.submit(self._sync, descriptor)

    def _sync(self, descriptor: int) -> None:
        try:
            os.fsync(descriptor)
        except OSError as error:
            self._errors.append(error)
        finally:
            os.close(descriptor)
            self._room.release()
