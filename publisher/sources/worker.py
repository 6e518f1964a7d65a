"""Untrusted files are read in a child process with a limit on memory and time."""

import os
import pickle
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, Self, TypeVar

from publisher.errors import DamagedSourceError, Problem, SourceError
from publisher.model.location import Address, Location
from publisher.sources.worker_child import BUG, MEMORY, PROGRESS, REFUSED, RESULT, send

P = ParamSpec("P")
T = TypeVar("T")

_START = "import sys; sys.path[:] = {path!r}; from publisher.sources.worker_child import main; main({memory})"


class WorkerBugError(SourceError):
    """A call failed by a fault of ours, not of the file; reported with its place, so that the rest is built."""


class LimitedWorker:
    """A child process that runs functions on files nobody vouches for. Use it as a context manager.

    The child starts with the first call and stays for the next ones; after a crash, a time-out or a call
    that ran out of memory the next call gets a fresh one. ``memory_bytes`` bounds its address space beyond
    Python's own; libraries that a call imports count. One call runs at a time; others wait.
    """

    def __init__(self, memory_bytes: int = 1 << 30, *, timeout_s: float = 600.0) -> None:
        self._memory_bytes, self._timeout_s = memory_bytes, timeout_s
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child; a later call starts another."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    stream.close()

    def stop(self) -> None:
        """End the child in the middle of a call, from another thread: the call fails and clears up."""
        child = self._child
        if child is not None:
            child.kill()

    def call(
        self,
        function: Callable[..., T],
        *args: Any,
        about: Location | str | None = None,
        timeout_s: float | None = None,
        progress: Callable[[Any], None] | None = None,
        **keywords: Any,
    ) -> T:
        """``function(*args, **keywords)``, run in the child; it must be found by name in its module.

        ``about`` is the file that problems name; without it the first Path, or `path`, among ``args``. With
        ``progress`` the function gets a ``progress`` keyword, and what it passes to that arrives here. Raises the
        function's own PublisherError; DamagedSourceError when the child dies, hangs or runs out of memory;
        WorkerBugError for whatever else it raises.
        """
        name = str(about if about is not None else _source_of(args))
        limit_s = self._timeout_s if timeout_s is None else timeout_s
        deadline = time.monotonic() + limit_s
        with self._lock:
            child = self._running()
            try:
                assert child.stdin is not None  # for mypy: Popen was asked for pipes
                send(child.stdin, (function.__module__, function.__qualname__, args, keywords, progress is not None))
                while True:
                    kind, value = self._receive(child, deadline)
                    if kind != PROGRESS:
                        break
                    if progress is not None:
                        progress(value)
            except TimeoutError:
                self.close()
                raise _refused(name, f"was not read within {limit_s:g} seconds", "source.timeout") from None
            except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
                message = f"ended the process that read it ({_ending(child)})"
                self.close()
                raise _refused(name, message, "source.worker-died") from error
            except BaseException:
                self.close()
                raise
            result: T = self._outcome(kind, value, name)
            return result

    def _outcome(self, kind: int, value: Any, name: str) -> Any:
        if kind == RESULT:
            return value
        if kind == REFUSED:
            if any(problem.code == "source.too-large" for problem in value.problems):
                self.close()  # its memory may be in pieces
            raise value
        self.close()
        if kind == MEMORY:
            message = f"needs more than the {self._memory_bytes >> 20} MiB of memory that reading may use"
            raise _refused(name, message, "source.too-large")
        assert kind == BUG
        raise WorkerBugError(
            Problem(
                code="source.bug",
                path=name,
                message=f"publisher failed on it: {value}",
                hint="this is a bug in publisher; please report it, with the file if you can; the rest is built",
            )
        )

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            self.close()
        if self._child is None:
            code = _START.format(
                path=[str(Path(part).absolute()) if part else str(Path.cwd()) for part in sys.path],
                memory=self._memory_bytes,
            )
            # One thread a library: threads are ours to count. Two arenas: each reserves address space.
            environment = os.environ | {
                "OPENBLAS_NUM_THREADS": "1",
                "OMP_NUM_THREADS": "1",
                "BLOSC_NTHREADS": "1",
                "MALLOC_ARENA_MAX": "2",
            }
            self._child = subprocess.Popen(
                [sys.executable, "-c", code],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
                start_new_session=True,
            )
        return self._child

    def _receive(self, child: subprocess.Popen[bytes], deadline: float) -> tuple[int, Any]:
        (size,) = struct.unpack(">Q", self._read(child, 8, deadline))
        kind, value = pickle.loads(self._read(child, size, deadline))
        return kind, value

    def _read(self, child: subprocess.Popen[bytes], count: int, deadline: float) -> bytes:
        assert child.stdout is not None  # for mypy: Popen was asked for pipes
        descriptor, parts, missing = child.stdout.fileno(), [], count
        while missing:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                raise TimeoutError
            part = os.read(descriptor, min(missing, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)


def _source_of(args: tuple[Any, ...]) -> Location | str:
    """The file that a call is about: a Path among its arguments, or the ``path`` of one of them."""
    paths = (arg if isinstance(arg, Path) else getattr(getattr(arg, "address", arg), "path", None) for arg in args)
    return next((path for path in paths if isinstance(path, Path | Address)), "the source")


def _ending(child: subprocess.Popen[bytes]) -> str:
    code = child.wait(timeout=5)
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _refused(name: str, message: str, code: str) -> DamagedSourceError:
    hint = "the file is damaged or too large for this computer; leave it out, or raise --memory"
    return DamagedSourceError(Problem(code=code, path=name, message=message, hint=hint))
