"""The only runner: takes units one after the other, runs what is stale, and commits once at the end."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from publisher.errors import Problem, PublisherError
from publisher.files import remove_tree
from publisher.graph import journal
from publisher.graph.fingerprint import digest_json, digest_outputs
from publisher.graph.ledger import Ledger
from publisher.graph.record import Json, Output, Record
from publisher.graph.stage import Stage
from publisher.graph.staleness import Cause, Reason, is_whole, judge
from publisher.graph.step import Deferred, Step, Unit
from publisher.reporting import Reporter


@dataclass(slots=True)
class BuildReport:
    """What a build did, or would do."""

    ran: dict[str, Reason] = field(default_factory=dict)
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
    """Runs units against a ledger and a stage; implements `Results` for steps that are made late."""

    def __init__(
        self, ledger: Ledger, stage: Stage, reporter: Reporter, *, dry_run: bool = False, force: bool = False
    ) -> None:
        self.ledger = ledger
        self.stage = stage
        self.report = BuildReport()
        self._reporter = reporter
        self._dry_run = dry_run
        self._force = force
        self._unit_keys: dict[str, str] = {}
        self._seen: set[str] = set()
        self._resumable: set[str] = set()
        self._told: set[Problem] = set()
        self.expected = (0, 0)
        """Bytes and files that the steps that run expect to write at most."""

    # Results

    def value(self, step: str) -> Json | None:
        """Value of the last successful run of a step; None when there is none."""
        record = self.ledger.step(step)
        return record.value if record else None

    def kept(self, step: str) -> Path:
        """Folder where a step kept its unpublished results."""
        record = self.ledger.step(step)
        return self.stage.kept(record.fingerprint if record else "")

    def written(self, folder: str) -> tuple[Output, ...]:
        """Every file below ``folder`` of the output as it will stand after this build, by path."""
        return self.ledger.outputs_below(folder)

    # Running

    def run(self, units: Iterable[Unit], rank: journal.Rank, *, hold: Collection[str] = ()) -> BuildReport:
        """Bring the output up to date, or only say what would be done; units named in ``hold`` stay as they are."""
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
        names: set[str] = set()
        try:
            for item in unit.steps():
                names.add(item.name)
                self._run_item(unit, item)
        except PublisherError as error:
            self.report.failed[unit.name] = error.problems
            self._tell(error.problems)
            return
        self.ledger.mark_gone(self.ledger.steps_of(unit.name) - names)
        if len(self.report.failed) == before:
            self._unit_keys[unit.name] = key
        else:
            self._unit_keys[unit.name] = ""

    def _tell(self, problems: tuple[Problem, ...]) -> None:
        """Report each problem once, however many steps meet it."""
        self._reporter.problems([problem for problem in problems if problem not in self._told])
        self._told.update(problems)

    def _outputs_stand(self, unit: str) -> bool:
        return all(is_whole(self.stage.output / path, size) for path, size in self.ledger.unit_outputs(unit))

    def _run_item(self, unit: Unit, item: Step | Deferred) -> None:
        for need in item.needs:
            if need in self.report.failed or need in self.report.skipped:
                self.report.skipped[item.name] = need
                return
        if isinstance(item, Deferred):
            changing = self._changing(item) if self._dry_run else None
            if changing:
                self.report.ran[item.name] = Reason(Cause.MAYBE, changing)
                self._expect(item)
                return
            step = self._made(item)
            if step is None:
                return
            item = step
        self._run_step(unit, item)

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

    def _run_step(self, unit: Unit, step: Step) -> None:
        verdict = judge(step, self.ledger, self.stage, force=self._force)
        if verdict.reason is None:
            if step.name in self._resumable:
                self._resumable.discard(step.name)
                self.report.resumed.append(step.name)
            else:
                self.report.current += 1
            return
        self.report.ran[step.name] = verdict.reason
        self._expect(step)
        if self._dry_run:
            return
        self._reporter.step(step.name, str(verdict.reason))
        writer = self.stage.for_step(verdict.fingerprint)
        try:
            value = step.action(writer)
        except PublisherError as error:
            del self.report.ran[step.name]
            self.report.failed[step.name] = error.problems
            self._tell(error.problems)
            return
        outputs = writer.outputs()
        record = Record(
            fingerprint=verdict.fingerprint,
            parts=verdict.parts,
            result=digest_outputs(outputs, value),
            value=value,
            outputs=outputs,
        )
        self._resumable.discard(step.name)
        self.ledger.record(step.name, unit.name, record, durable=writer.has_folders)

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
