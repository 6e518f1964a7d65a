"""The child side of `LimitedWorker`: limits itself, then runs one call after the other until its input ends."""

import os
import pickle
import resource
import signal
import struct
import sys
import threading
import time
import traceback
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from publisher.errors import PublisherError
from publisher.sources.shelf import Shelf

RESULT, PROGRESS, REFUSED, MEMORY, BUG = range(5)
"""Kinds of message from the child: (kind, value)."""


def send(stream: IO[bytes], message: object) -> None:
    """Write one message with its length before it."""
    data = pickle.dumps(message, protocol=5)
    stream.write(struct.pack(">Q", len(data)) + data)
    stream.flush()


def main(memory_bytes: int) -> None:
    """Serve calls on standard input; answers go to what was standard output, prints of libraries to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit(memory_bytes)
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    shelf = Shelf()
    while head := sys.stdin.buffer.read(8):
        module, name, args, keywords, wants_progress = pickle.loads(sys.stdin.buffer.read(*struct.unpack(">Q", head)))
        if wants_progress:
            keywords["progress"] = lambda value: send(answers, (PROGRESS, value))
        send(answers, _answer(module, name, args, keywords, shelf))


def _answer(
    module: str, name: str, args: tuple[Any, ...], keywords: dict[str, Any], shelf: Shelf
) -> tuple[int, object]:
    try:
        function = getattr(import_module(module), name)
        if "shelf" in getattr(function, "__annotations__", ()):
            keywords["shelf"] = shelf  # so that it finds open what a call before it opened
        return RESULT, function(*args, **keywords)
    except PublisherError as error:
        return REFUSED, error
    except MemoryError:
        return MEMORY, None
    except BaseException as error:  # a bug of ours: the parent tells where it is
        return BUG, _place(error)


def _place(error: BaseException) -> str:
    """An exception in one line, with the deepest place of this package that it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "publisher" in Path(frame.filename).parts] or frames
    where = f" ({Path(ours[-1].filename).name}, line {ours[-1].lineno})" if ours else ""
    return f"{type(error).__name__}: {error}"[:500] + where


def _limit(memory_bytes: int) -> None:
    """Address space beyond what Python itself has taken; as many files as the system lets us; no core files."""
    with open("/proc/self/statm", "rb") as file:
        taken = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + memory_bytes, taken + memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _end_with_parent(parent: int) -> None:
    """Stop when the parent is gone, even in the middle of a call."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
