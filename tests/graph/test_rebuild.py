"""Change one thing, and see what runs and why."""

from pathlib import Path, PurePosixPath

import pytest

from publisher.errors import Problem, PublisherError
from publisher.graph import journal
from publisher.graph.ledger import Ledger
from publisher.graph.scheduler import BuildReport, Scheduler
from publisher.graph.stage import Stage, StepStage
from publisher.graph.staleness import Cause
from publisher.graph.step import Deferred, Step, Unit
from publisher.reporting import SilentReporter


class Site:
    """A site of two steps: ``upper`` copies in.txt in capitals, ``copy`` copies what ``upper`` returned."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.source = root / "in.txt"
        self.source.write_text("hello")
        self.key = 0
        self.note = ""
        self.broken = False
        self.with_copy = True

    def upper(self, stage: StepStage) -> str:
        if self.broken:
            raise PublisherError(Problem(code="test.broken", message="broken"))
        text = self.source.read_text().upper()
        stage.write(PurePosixPath("a/upper.txt"), text.encode())
        return text

    def units(self) -> list[Unit]:
        def steps():
            yield Step(name="upper", action=self.upper, files={"in.txt": self.source}, params=self.note)
            if self.with_copy:
                yield Deferred(
                    name="copy",
                    needs=("upper",),
                    make=lambda results: Step(
                        name="copy",
                        params=results.value("upper"),
                        action=lambda stage: stage.write(PurePosixPath("b/copy.txt"), results.value("upper").encode()),
                    ),
                )

        return [Unit(name="unit", key=[self.key, self.source.stat().st_mtime_ns, self.note], steps=steps)]

    def stage(self) -> Stage:
        return Stage(self.root / ".publisher", self.root / "_site")

    def build(self, **options: bool) -> BuildReport:
        with Ledger(self.root / ".publisher" / "ledger.sqlite") as ledger:
            return Scheduler(ledger, self.stage(), SilentReporter(), **options).run(self.units(), lambda path: 0)

    def published(self) -> dict[str, str]:
        out = self.root / "_site"
        return {path.relative_to(out).as_posix(): path.read_text() for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_first_build_writes_everything(site: Site) -> None:
    report = site.build()
    assert {name: reason.cause for name, reason in report.ran.items()} == {"upper": Cause.NEW, "copy": Cause.NEW}
    assert site.published() == {"a/upper.txt": "HELLO", "b/copy.txt": "HELLO"}


def test_second_build_does_nothing(site: Site) -> None:
    site.build()
    report = site.build()
    assert report.ran == {}
    assert report.current == 2


def test_replanning_without_change_does_nothing(site: Site) -> None:
    site.build()
    site.key += 1
    assert site.build().ran == {}


def test_change_stops_where_the_output_is_the_same(site: Site) -> None:
    site.build()
    site.source.write_text("HELLO")
    report = site.build()
    assert {name: (reason.cause, reason.detail) for name, reason in report.ran.items()} == {
        "upper": (Cause.FILE, "in.txt")
    }


def test_touched_file_with_the_same_bytes_is_no_change(site: Site) -> None:
    site.build()
    site.source.write_text("hello")
    assert site.build().ran == {}


def test_unchanged_bytes_keep_the_inode(site: Site) -> None:
    site.build()
    before = (site.root / "_site/a/upper.txt").stat()
    site.note = "another"
    report = site.build()
    after = (site.root / "_site/a/upper.txt").stat()
    assert list(report.ran) == ["upper"]
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_deleted_output_comes_back(site: Site) -> None:
    site.build()
    (site.root / "_site/b/copy.txt").unlink()
    report = site.build()
    assert {name: reason.cause for name, reason in report.ran.items()} == {"copy": Cause.MISSING}
    assert site.published()["b/copy.txt"] == "HELLO"


def test_outputs_without_a_step_are_pruned_with_their_folder(site: Site) -> None:
    site.build()
    (site.root / "_site/mine.txt").write_text("not ours")
    site.with_copy = False
    site.key += 1
    report = site.build()
    assert report.pruned == ["b/copy.txt"]
    assert site.published() == {"a/upper.txt": "HELLO", "mine.txt": "not ours"}
    assert not (site.root / "_site/b").exists()


def test_failed_step_keeps_what_it_published_and_skips_its_dependants(site: Site) -> None:
    site.build()
    site.source.write_text("bye")
    site.broken = True
    report = site.build()
    assert list(report.failed) == ["upper"]
    assert report.skipped == {"copy": "upper"}
    assert site.published() == {"a/upper.txt": "HELLO", "b/copy.txt": "HELLO"}
    site.broken = False
    assert list(site.build().ran) == ["upper", "copy"]


def test_dry_run_says_what_would_run_and_writes_nothing(site: Site) -> None:
    report = site.build(dry_run=True)
    assert {name: reason.cause for name, reason in report.ran.items()} == {"upper": Cause.NEW, "copy": Cause.MAYBE}
    assert not (site.root / "_site").exists()


def test_killed_before_the_commit_the_old_site_stands(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.build()
    old = site.published()
    site.source.write_text("bye")
    monkeypatch.setattr(journal, "commit", _killed)
    with pytest.raises(KeyboardInterrupt):
        site.build()
    assert site.published() == old
    monkeypatch.undo()
    site.build()
    assert site.published() == {"a/upper.txt": "BYE", "b/copy.txt": "BYE"}


@pytest.mark.parametrize("moves_before_the_kill", [0, 1])
def test_killed_during_the_commit_the_next_build_finishes_it(
    site: Site, monkeypatch: pytest.MonkeyPatch, moves_before_the_kill: int
) -> None:
    site.build()
    site.source.write_text("bye")
    real_move = journal._move
    done: list[str] = []

    def move(stage: Stage, target: str, aside: int | None) -> None:
        if len(done) == moves_before_the_kill:
            raise KeyboardInterrupt
        done.append(target)
        real_move(stage, target, aside)

    monkeypatch.setattr(journal, "_move", move)
    with pytest.raises(KeyboardInterrupt):
        site.build()
    monkeypatch.undo()
    report = site.build()
    assert site.published() == {"a/upper.txt": "BYE", "b/copy.txt": "BYE"}
    assert report.ran == {}, "the ledger and the site were committed together"


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_durable_work_of_a_killed_build_is_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []

    def write_arrays(stage: StepStage) -> None:
        runs.append(1)
        folder = stage.folder(PurePosixPath("data/0"))
        (folder / "c").write_bytes(b"pixels")
        stage.filled(PurePosixPath("data/0"), [("c", 6, "digest")])

    def build() -> BuildReport:
        unit = Unit(name="unit", key=len(runs), steps=lambda: iter([Step(name="pixels", action=write_arrays)]))
        with Ledger(tmp_path / ".publisher" / "ledger.sqlite") as ledger:
            stage = Stage(tmp_path / ".publisher", tmp_path / "_site")
            return Scheduler(ledger, stage, SilentReporter()).run([unit], lambda path: 0)

    monkeypatch.setattr(journal, "commit", _killed)
    with pytest.raises(KeyboardInterrupt):
        build()
    monkeypatch.undo()
    report = build()
    assert len(runs) == 1
    assert report.resumed == ["pixels"]
    assert (tmp_path / "_site/data/0/c").read_bytes() == b"pixels"


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    for names in (["old", "both"], ["new", "both"]):

        def write(stage: StepStage, names: list[str] = names) -> None:
            folder = stage.folder(PurePosixPath("data/0"))
            for name in names:
                (folder / name).write_text(name)
            stage.filled(PurePosixPath("data/0"), [(name, len(name), name) for name in names])

        unit = Unit(
            name="unit",
            key=names,
            steps=lambda write=write, names=names: iter([Step(name="pixels", action=write, params=names)]),
        )
        with Ledger(tmp_path / ".publisher" / "ledger.sqlite") as ledger:
            Scheduler(ledger, Stage(tmp_path / ".publisher", tmp_path / "_site"), SilentReporter()).run(
                [unit], lambda path: 0
            )
    assert sorted(path.name for path in (tmp_path / "_site/data/0").iterdir()) == ["both", "new"]
    assert not (tmp_path / ".publisher/trash").exists()


def test_a_withdrawn_unit_leaves_nothing(site: Site) -> None:
    site.build()
    with Ledger(site.root / ".publisher" / "ledger.sqlite") as ledger:
        report = Scheduler(ledger, site.stage(), SilentReporter()).run([], lambda path: 0)
    assert report.pruned == ["a/upper.txt", "b/copy.txt"]
    assert site.published() == {}
