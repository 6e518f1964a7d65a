"""Several processes that read what nobody vouches for, handed out to those who call."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from publisher.errors import DamagedSourceError
from publisher.sources.worker_pool import WorkerPool
from tests.sources.test_worker import child_id

MEMORY_BYTES = 1 << 30


def doze(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def end(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


def test_calls_one_after_the_other_share_one_process() -> None:
    pool = WorkerPool(4, MEMORY_BYTES)
    try:
        assert len({pool.call(child_id) for _ in range(5)}) == 1
    finally:
        pool.close()


def test_calls_that_wait_long_get_more_processes_up_to_the_most() -> None:
    pool = WorkerPool(2, MEMORY_BYTES)
    try:
        with ThreadPoolExecutor(6) as threads:
            ids = list(threads.map(lambda _: pool.call(doze, 0.3), range(6)))
        assert len(set(ids)) == 2
    finally:
        pool.close()


def test_while_a_process_warms_up_no_other_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow_to_import.py").write_text("import time; time.sleep(1.2)")
    monkeypatch.syspath_prepend(tmp_path)
    pool = WorkerPool(3, MEMORY_BYTES)
    try:
        with ThreadPoolExecutor(3) as threads:
            warm = threads.submit(pool.warm_up, ("slow_to_import",))
            time.sleep(0.1)
            ids = set(threads.map(lambda _: pool.call(child_id), range(2)))
            warm.result()
        assert len(ids | {pool.call(child_id)}) == 1
    finally:
        pool.close()


def test_a_call_that_kills_its_process_leaves_the_others_alone() -> None:
    pool = WorkerPool(2, MEMORY_BYTES)
    try:
        with ThreadPoolExecutor(2) as threads:
            good = threads.submit(pool.call, doze, 1.0)
            bad = threads.submit(pool.call, end, 0.1, about="bad.tiff")
            with pytest.raises(DamagedSourceError, match=r"bad\.tiff"):
                bad.result()
            assert good.result() != os.getpid()
        assert pool.call(child_id) != os.getpid()
    finally:
        pool.close()


def test_closing_ends_calls_in_their_middle_and_those_that_wait() -> None:
    pool = WorkerPool(1, MEMORY_BYTES)
    outcomes: list[BaseException] = []

    def call() -> None:
        try:
            pool.call(doze, 60, about="a file")
        except (DamagedSourceError, InterruptedError) as error:
            outcomes.append(error)

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(1.0)
    began = time.monotonic()
    pool.close()
    for thread in threads:
        thread.join(10)
    assert time.monotonic() - began < 5
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DamagedSourceError", "InterruptedError"]


def test_resting_keeps_one_process() -> None:
    pool = WorkerPool(2, MEMORY_BYTES)
    try:
        with ThreadPoolExecutor(6) as threads:
            before = set(threads.map(lambda _: pool.call(doze, 0.3), range(6)))
        pool.rest()
        left = {pool.call(child_id) for _ in range(3)}
        assert len(before) == 2
        assert len(left) == 1
        assert left < before
    finally:
        pool.close()
