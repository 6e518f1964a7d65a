"""A child process that reads what nobody vouches for."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.errors import DamagedSourceError, Problem, SourceError
from publisher.sources.inspect import inspect
from publisher.sources.protocol import Roots
from publisher.sources.registry import installed_readers
from publisher.sources.worker import LimitedWorker, WorkerBugError
from publisher.testing.images import planes, write_ome_tiff


def child_id() -> int:
    return os.getpid()


def take_memory(path: Path) -> int:
    return len(bytearray(4 << 30))


def die(path: Path) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def sleep(path: Path) -> None:
    time.sleep(60)


def refuse(path: Path) -> None:
    raise SourceError(Problem(code="source.test", path=str(path), message="no"))


def fail() -> None:
    raise ZeroDivisionError("our own fault")


def chatter(count: int, progress: Callable[[int], None]) -> str:
    print("libraries print what they like")
    for number in range(count):
        progress(number)
    return "done"


def test_one_child_serves_many_calls() -> None:
    with LimitedWorker() as worker:
        first = worker.call(child_id)
        assert first == worker.call(child_id) != os.getpid()


def test_progress_comes_back() -> None:
    seen: list[int] = []
    with LimitedWorker() as worker:
        assert worker.call(chatter, 5, progress=seen.append) == "done"
    assert seen == [0, 1, 2, 3, 4]


def test_an_inspection_runs_in_the_child(tmp_path: Path) -> None:
    path = write_ome_tiff(tmp_path / "a.ome.tiff", planes())
    roots, registry = Roots((tmp_path,)), installed_readers([])
    with LimitedWorker() as worker:
        assert worker.call(inspect, path, roots, registry) == inspect(path, roots, registry)


@pytest.mark.parametrize(
    ("function", "code"),
    [(take_memory, "source.too-large"), (die, "source.worker-died"), (sleep, "source.timeout")],
)
def test_a_hostile_file_is_named_and_the_next_call_gets_a_fresh_child(function, code: str) -> None:  # type: ignore[no-untyped-def]
    with LimitedWorker(512 << 20) as worker:
        before = worker.call(child_id)
        with pytest.raises(DamagedSourceError) as caught:
            worker.call(function, Path("bad.tif"), timeout_s=1 if function is sleep else 30)
        assert [(problem.code, problem.path) for problem in caught.value.problems] == [(code, "bad.tif")]
        assert worker.call(child_id) != before


def test_a_refusal_arrives_as_it_was_raised_and_the_child_stays() -> None:
    with LimitedWorker() as worker:
        before = worker.call(child_id)
        with pytest.raises(SourceError) as caught:
            worker.call(refuse, Path("a.tif"))
        assert caught.value.problems[0].code == "source.test"
        assert worker.call(child_id) == before


def test_a_fault_of_ours_shows_its_traceback() -> None:
    with LimitedWorker() as worker, pytest.raises(WorkerBugError, match="ZeroDivisionError: our own fault"):
        worker.call(fail)


def test_the_child_ends_with_the_worker() -> None:
    with LimitedWorker() as worker:
        child = worker.call(child_id)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
