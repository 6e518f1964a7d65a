"""The only runner: takes units one after the other, runs what is stale, and commits once at the end.

Steps whose actions are apart run beside each other in threads. All else happens in the caller's thread: planning,
judging, recording; so the ledger has one writer.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from publisher.errors import Problem, PublisherError
from publisher.files import remove_tree
from publisher.graph import journal
from publisher.graph.apart import Apart, Task, run
from publisher.graph.fingerprint import digest_json, digest_outputs, stamp
from publisher.graph.flow import Flow
from publisher.graph.ledger import Ledger
from publisher.graph.record import Json, Output, Record
from publisher.graph.stage import Stage, StepStage
from publisher.graph.staleness import Cause, Reason, is_whole, judge
from publisher.graph.step import Deferred, Step, Unit
from publisher.reporting import Reporter

AHEAD = 64
"""Items a slot that may be open: enough that no thread waits for the planner, few enough to be held in memory."""


@dataclass(slots=True)
class BuildReport:
    """What a build did, or would do: steps that ran with reasons, and what each of them makes (``about``)."""

    ran: dict[str, Reason] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    resumed: list[str] = field(default_factory=list)
    current: int = 0
    pruned: list[str] = field(default_factory=list)
    failed: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        """Every problem of every failed step and unit."""
        return [problem for problems in self.failed.values() for problem in problems]


class Scheduler:
    """Runs units against a ledger and a stage; implements `Results` for steps that are made late.

    ``slots`` is how many actions that are apart run at once; with 0 every step runs by itself.
    """

    def __init__(
        self,
        ledger: Ledger,
        stage: Stage,
        reporter: Reporter,
        *,
        dry_run: bool = False,
        force: bool = False,
        slots: int = 0,
    ) -> None:
        self.ledger = ledger
        self.stage = stage
        self.report = BuildReport()
        self._reporter = reporter
        self._dry_run = dry_run
        self._force = force
        self._slots = slots
        self._flow = Flow()
        self._apart = Apart(max(slots, 1))
        self._unit_keys: dict[str, str] = {}
        self._seen: set[str] = set()
        self._unit = ""
        self._yielded: dict[str, None] = {}
        self._resumable: set[str] = set()
        self._told: set[Problem] = set()
        self._meanwhile: Callable[[], None] | None = None
        self._ending: PublisherError | None = None
        self.expected = (0, 0)
        """Bytes and files that the steps that run expect to write at most."""

    # Results

    def value(self, step: str) -> Json | None:
        """Value of the last successful run of a step; None when there is none."""
        record = self.ledger.step(step)
        return record.value if record else None

    def kept(self, step: str) -> Path:
        """Folder where a step kept its unpublished results."""
        marks = self.ledger.marks(step)
        return self.stage.kept(marks[0] if marks else "")

    def written(self, folder: str) -> tuple[Output, ...]:
        """Every file below ``folder`` of the output as it will stand after this build, by path.

        Of the unit that is running, those of the steps it has yielded so far.
        """
        return self.ledger.outputs_below(folder, unit=self._unit, steps=self._yielded)

    # Running

    def run(
        self,
        units: Iterable[Unit],
        rank: journal.Rank,
        *,
        hold: Collection[str] = (),
        meanwhile: Callable[[], None] = lambda: None,
    ) -> BuildReport:
        """Bring the output up to date, or only say what would be done; units named in ``hold`` stay as they are.

        ``meanwhile`` is called once where any unit is stale, when the first action that is apart has begun, and before
        any other step: what it raises ends all, and nothing is committed.
        """
        at_once = True
        self._meanwhile = meanwhile
        try:
            report = self._run(units, rank, hold)
            at_once = False
        finally:
            self._apart.close(at_once=at_once)
        return report

    def _run(self, units: Iterable[Unit], rank: journal.Rank, hold: Collection[str]) -> BuildReport:
        if not self._dry_run:
            journal.finish(self.ledger, self.stage)
            self.ledger.forget_interrupted()
            journal.sweep(self.ledger, self.stage)
        self._resumable = self.ledger.staged_steps()
        for unit in units:
            self._seen.add(unit.name)
            self._run_unit(unit)
        for name in sorted(self.ledger.unit_names() - self._seen - set(hold)):
            self.ledger.mark_gone(self.ledger.steps_of(name))
        self._drop_abandoned()
        self.report.pruned = self.ledger.gone_outputs()
        if not self._dry_run:
            journal.commit(self.ledger, self.stage, self._unit_keys.items(), rank)
            if self.report.ran or self.report.resumed or self.report.pruned:
                self._drop_kept()
        return self.report

    def _run_unit(self, unit: Unit) -> None:
        key = digest_json(unit.key)
        if not self._force and self.ledger.unit_key(unit.name) == key and self._outputs_stand(unit.name):
            self.report.current += self.ledger.step_count(unit.name)
            return
        before = len(self.report.failed)
        names = self._yielded = {}
        self._unit = unit.name
        fault: PublisherError | None = None
        try:
            for item in unit.steps():
                names[item.name] = None
                if isinstance(item, Deferred) or not item.apart:
                    self._look_meanwhile()
                if self._flow.add(item):
                    self._run_items(unit, item)
                self._look_meanwhile()
                self._record_finished(unit, leave=AHEAD * self._slots)
        except PublisherError as error:
            if error is self._ending:
                raise
            fault = error
        self._record_finished(unit, leave=0)
        if fault:
            self.report.failed[unit.name] = fault.problems
            self._tell(fault.problems)
            return
        self.ledger.mark_gone(self.ledger.steps_of(unit.name) - names.keys())
        self._unit_keys[unit.name] = key if len(self.report.failed) == before else ""
        self._order_failures(names)

    def _look_meanwhile(self) -> None:
        meanwhile, self._meanwhile = self._meanwhile, None
        try:
            if meanwhile:
                meanwhile()
        except PublisherError as error:
            self._ending = error
            raise

    def _order_failures(self, names: Iterable[str]) -> None:
        """Failures in the order of their steps, whichever ended first."""
        for name in names:
            if name in self.report.failed:
                self.report.failed[name] = self.report.failed.pop(name)

    def _tell(self, problems: tuple[Problem, ...]) -> None:
        """Report each problem once, however many steps meet it."""
        self._reporter.problems([problem for problem in problems if problem not in self._told])
        self._told.update(problems)

    def _outputs_stand(self, unit: str) -> bool:
        return all(is_whole(self.stage.output / path, size) for path, size in self.ledger.unit_outputs(unit))

    # One item

    def _run_items(self, unit: Unit, item: Step | Deferred) -> None:
        """Run an item that is ready, and all that become ready with it."""
        ready = deque([item])
        while ready:
            one = ready.popleft()
            if self._run_item(unit, one):
                ready.extend(self._flow.settle(one.name))

    def _run_item(self, unit: Unit, item: Step | Deferred) -> bool:
        """Whether it is over; an action that runs apart is not."""
        for need in item.needs:
            if need in self.report.failed or need in self.report.skipped:
                self.report.skipped[item.name] = need
                return _over(item)
        if isinstance(item, Deferred):
            changing = self._changing(item) if self._dry_run else None
            if changing:
                self.report.ran[item.name] = Reason(Cause.MAYBE, changing)
                self._expect(item)
                return True
            step = self._made(item)
            if step is None:
                return True
            item = step
        return self._begin(unit, item)

    def _made(self, item: Deferred) -> Step | None:
        try:
            step = item.make(self)
        except PublisherError as error:
            self.report.failed[item.name] = error.problems
            self._tell(error.problems)
            return None
        if step is None:
            self.report.skipped[item.name] = "nothing to do"
        return step

    def _changing(self, item: Deferred) -> str | None:
        """An input that would be built anew."""
        return next((name for name in (*item.needs, *item.after) if name in self.report.ran), None)

    # One step

    def _begin(self, unit: Unit, step: Step) -> bool:
        """Judge a step and run it, or have it run apart; whether it is over."""
        apart = step.apart and self._slots > 0 and not self._dry_run
        unread = tuple(path for path in step.files.values() if not self.ledger.known_digest(path)) if apart else ()
        if unread and (self.ledger.marks(step.name) or self._force):
            self._apart.start(Task(unit=unit, step=step, unread=unread))
            return False
        if unread:  # it was never built: it runs, whatever its files hold
            writer = self._announced(step, Reason(Cause.NEW))
            self._apart.start(Task(unit=unit, step=step, writer=writer, unread=unread))
            return False
        verdict = judge(step, self.ledger, self.stage, force=self._force)
        if verdict.reason is None:
            self._note_current(step)
            return _over(step)
        if self._dry_run:
            self._note(step, verdict.reason)
            return _over(step)
        task = Task(unit=unit, step=step, writer=self._announced(step, verdict.reason), verdict=verdict)
        if apart:
            self._apart.start(task)
            return False
        return self._record(run(task))

    def _note_current(self, step: Step) -> None:
        if step.name in self._resumable:
            self._resumable.discard(step.name)
            self.report.resumed.append(step.name)
        else:
            self.report.current += 1

    def _note(self, step: Step, reason: Reason) -> None:
        self.report.ran[step.name] = reason
        if step.about:
            self.report.about[step.name] = step.about
        self._expect(step)

    def _announced(self, step: Step, reason: Reason) -> StepStage:
        """What a step that runs now writes through."""
        self._note(step, reason)
        self._reporter.step(step.name, str(reason))
        return self.stage.for_step(step.name)

    def _record_finished(self, unit: Unit, *, leave: int) -> None:
        """Record what ended apart, until at most ``leave`` items of the unit are open."""
        while len(self._flow) > leave:
            for task in self._apart.finished():
                task = self._with_digests(task)
                over = self._record(task) if task.writer or task.error else self._begin(unit, task.step)
                if over:
                    for item in self._flow.settle(task.step.name):
                        self._run_items(unit, item)

    def _with_digests(self, task: Task) -> Task:
        """Remember what was read of files; the task as failed when one changed under its action's hands."""
        for path, when, digest in task.digests:
            self.ledger.remember_digest(path, when, digest)
            if task.writer and stamp(path) != when:
                return replace(task, error=PublisherError(_changed(path)))
        return task

    def _record(self, task: Task) -> bool:
        """Remember what an action returned, or what it failed of; always over."""
        step, writer = task.step, task.writer
        if isinstance(task.error, PublisherError):
            self.report.ran.pop(step.name, None)
            self.report.failed[step.name] = task.error.problems
            self._tell(task.error.problems)
            return _over(step)
        if task.error:
            raise task.error
        assert writer is not None, "an action ran"
        verdict = task.verdict or judge(step, self.ledger, self.stage, force=self._force)
        writer.settle(verdict.fingerprint)
        outputs = writer.outputs()
        record = Record(
            fingerprint=verdict.fingerprint,
            parts=verdict.parts,
            result=digest_outputs(outputs, task.value),
            value=task.value,
            outputs=outputs,
        )
        self._resumable.discard(step.name)
        self.ledger.record(step.name, task.unit.name, record, durable=writer.has_folders)
        return _over(step)

    def _expect(self, item: Step | Deferred) -> None:
        self.expected = (self.expected[0] + item.expects[0], self.expected[1] + item.expects[1])

    def _drop_abandoned(self) -> None:
        """Forget durable work of a killed build that no step of this one took over."""
        if not self._dry_run:
            for name in self._resumable:
                self.ledger.forget_staged(name)

    def _drop_kept(self) -> None:
        wanted = {self.stage.kept(fingerprint) for fingerprint in self.ledger.fingerprints()}
        for folder in list(self.stage.kept_folders()):
            if folder not in wanted:
                remove_tree(folder)


def _changed(path: Path) -> Problem:
    return Problem(
        code="build.file-changed",
        path=str(path),
        message="changed while it was being read",
        hint="build again when nobody writes to it any more",
    )


def _over(item: Step | Deferred) -> bool:
    """An item is settled."""
    if isinstance(item, Step):
        item.settled()
    return True
