"""Steps that run beside each other: what waits for what, who fails, what is recorded."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest

from publisher.errors import Problem, PublisherError
from publisher.graph.ledger import Ledger
from publisher.graph.scheduler import BuildReport, Scheduler
from publisher.graph.stage import Stage, StepStage
from publisher.graph.step import Deferred, Step, Unit
from publisher.reporting import SilentReporter

Item = Step | Deferred


class Bench:
    """A folder with a ledger, in which lists of items are built."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def build(self, *items: Item, slots: int = 2, force: bool = False) -> BuildReport:
        def steps() -> Iterator[Item]:
            yield from items

        stage = Stage(self.root / ".publisher", self.root / "_site")
        with Ledger(self.root / ".publisher" / "ledger.sqlite") as ledger:
            scheduler = Scheduler(ledger, stage, SilentReporter(), slots=slots, force=force)
            return scheduler.run([Unit(name="unit", key=time.monotonic_ns(), steps=steps)], lambda path: 0)

    def published(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in sorted((self.root / "_site").rglob("*")) if path.is_file()}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def writes(name: str, text: str = "done") -> Callable[[StepStage], str]:
    def action(stage: StepStage) -> str:
        stage.write(PurePosixPath(name), text.encode())
        return text

    return action


def test_two_actions_run_at_once(bench: Bench) -> None:
    both = threading.Barrier(2, timeout=10)  # breaks unless both actions are there together

    def meet(stage: StepStage) -> None:
        both.wait()

    report = bench.build(Step(name="a", action=meet, apart=True), Step(name="b", action=meet, apart=True))
    assert set(report.ran) == {"a", "b"}
    assert not report.failed


def test_no_more_run_than_there_are_slots(bench: Bench) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def count(stage: StepStage) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1

    bench.build(*(Step(name=f"step {number}", action=count, apart=True) for number in range(9)), slots=3)
    assert most == 3


def test_an_item_waits_for_those_it_names_and_no_others(bench: Bench) -> None:
    order: list[str] = []
    quick_is_over = threading.Event()

    def slow(stage: StepStage) -> str:
        assert quick_is_over.wait(10), "what does not wait for this step runs beside it"
        order.append("slow")
        return "value"

    def quick(stage: StepStage) -> None:
        order.append("quick")
        quick_is_over.set()

    def after(results: object) -> Step:
        order.append("made")
        return Step(name="after", action=writes("after.txt", results.value("slow")), params="x")

    bench.build(
        Step(name="slow", action=slow, apart=True),
        Deferred(name="after", make=after, needs=("slow",)),
        Step(name="quick", action=quick),
    )
    assert order == ["quick", "slow", "made"]
    assert bench.published() == {"after.txt": "value"}


def test_a_failure_leaves_the_others_alone(bench: Bench) -> None:
    def fail(stage: StepStage) -> None:
        raise PublisherError(Problem(code="test.broken", message="broken"))

    report = bench.build(
        Step(name="bad", action=fail, apart=True),
        Step(name="good", action=writes("good.txt"), apart=True),
        Deferred(name="of bad", make=lambda results: Step(name="of bad", action=writes("no.txt")), needs=("bad",)),
    )
    assert list(report.failed) == ["bad"]
    assert report.skipped == {"of bad": "bad"}
    assert bench.published() == {"good.txt": "done"}


def test_failures_are_told_in_the_order_of_the_steps(bench: Bench) -> None:
    def fail_after(seconds: float) -> Callable[[StepStage], None]:
        def action(stage: StepStage) -> None:
            time.sleep(seconds)
            raise PublisherError(Problem(code="test.broken", message=f"after {seconds}"))

        return action

    first, second = (Step(name=name, action=fail_after(s), apart=True) for name, s in (("first", 0.2), ("second", 0)))
    assert list(bench.build(first, second).failed) == ["first", "second"]


def test_a_fault_of_ours_ends_the_build_at_once(bench: Bench) -> None:
    released = threading.Event()

    def bug(stage: StepStage) -> None:
        raise ZeroDivisionError

    began = time.monotonic()
    with pytest.raises(ZeroDivisionError):
        bench.build(
            Step(name="waits", action=lambda stage: released.wait(20), apart=True),
            Step(name="bug", action=bug, apart=True),
        )
    assert time.monotonic() - began < 10, "nobody waits for the other action"
    released.set()


def test_files_are_digested_once_and_the_next_build_knows_them(bench: Bench) -> None:
    source = bench.root / "source.bin"
    source.write_bytes(b"pixels")
    step = Step(name="a", action=writes("a.txt"), files={"source.bin": source}, apart=True)
    assert list(bench.build(step).ran) == ["a"]
    again = bench.build(step)
    assert (list(again.ran), again.current) == ([], 1)
    source.write_bytes(b"other pixels")
    assert str(bench.build(step).ran["a"]) == "file changed: source.bin"
    assert list(bench.build(step, force=True).ran) == ["a"]


def test_a_file_that_changes_while_it_is_read_fails_its_step(bench: Bench) -> None:
    source = bench.root / "source.bin"
    source.write_bytes(b"pixels")

    def convert(stage: StepStage) -> None:
        time.sleep(0.3)  # the digest of so small a file is long done
        source.write_bytes(b"an instrument still writes")

    step = Step(name="a", action=convert, files={"source.bin": source}, apart=True)
    report = bench.build(step)
    assert [problem.code for problem in report.problems] == ["build.file-changed"]
    quiet = Step(name="a", action=writes("a.txt"), files={"source.bin": source}, apart=True)
    assert list(bench.build(quiet).ran) == ["a"]


def test_what_is_kept_stands_under_its_fingerprint_when_the_step_is_over(bench: Bench) -> None:
    source = bench.root / "source.bin"
    source.write_bytes(b"pixels")
    seen: list[str] = []

    def keep(stage: StepStage) -> None:
        (stage.keep() / "kept.txt").write_text("for later steps")

    def read(results: object) -> Step:
        seen.append((results.kept("a") / "kept.txt").read_text())
        return Step(name="b", action=lambda stage: None)

    bench.build(
        Step(name="a", action=keep, files={"source.bin": source}, apart=True),
        Deferred(name="b", make=read, needs=("a",)),
    )
    assert seen == ["for later steps"]


def test_every_step_is_settled_once_whatever_comes_of_it(bench: Bench) -> None:
    settled: list[str] = []

    def fail(stage: StepStage) -> None:
        raise PublisherError(Problem(code="test.broken", message="broken"))

    def items() -> list[Item]:
        return [
            Step(name="runs", action=writes("a.txt"), apart=True, settled=lambda: settled.append("runs")),
            Step(name="fails", action=fail, apart=True, settled=lambda: settled.append("fails")),
            Step(name="left out", action=fail, needs=("fails",), settled=lambda: settled.append("left out")),
        ]

    bench.build(*items())
    assert sorted(settled) == ["fails", "left out", "runs"]
    settled.clear()
    bench.build(*items())
    assert sorted(settled) == ["fails", "left out", "runs"], "a step that was current is settled too"


def test_a_chain_longer_than_the_window_is_built_whole(bench: Bench) -> None:
    def chain() -> Iterator[Item]:
        yield Step(name="0", action=writes("0.txt"), apart=True)
        for number in range(1, 300):
            name = str(number)
            step = Step(name=name, action=writes(f"{name}.txt"), params=name, apart=True)
            yield Deferred(name=name, make=lambda results, step=step: step, needs=(str(number - 1),))

    assert len(bench.build(*chain()).ran) == 300
    assert len(bench.published()) == 300
