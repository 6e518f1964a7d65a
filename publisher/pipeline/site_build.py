"""Brings a site up to date, or says what that would take."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from publisher import urls
from publisher.catalogue.folders import study_folders, undescribed
from publisher.check.host_limits import check_limits
from publisher.config.load import load_config
from publisher.errors import ConfigError, Problem, Severity
from publisher.formats.ngff_version import writes
from publisher.graph.scheduler import BuildReport, Scheduler
from publisher.graph.step import Deferred, Step, Unit
from publisher.paths import SitePaths
from publisher.pipeline.options import BuildOptions
from publisher.pipeline.site import CARD, Site
from publisher.pipeline.start import TEXTS
from publisher.pipeline.storage import damage_warning
from publisher.pipeline.tree_stamp import tree_stamp
from publisher.pipeline.unknown_files import note_beginning, unknown_files
from publisher.pipeline.workers import Workers
from publisher.pipeline.workspace import Workspace, opened
from publisher.reporting import Reporter
from publisher.transfer.difference import Sent, Transfer, planned_transfer
from publisher.transfer.sending import send


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a build did: the scheduler's report, all problems and warnings, and the size of the published site.

    ``transfer`` is what the store of ``build.data_store`` lacks, ``sent`` what became of it in this build;
    ``notes`` are decisions that a plan explains.
    """

    report: BuildReport
    paths: SitePaths
    base_url: str | None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    files: int = 0
    bytes: int = 0
    expected: tuple[int, int] = field(default=(0, 0))
    transfer: Transfer | None = None
    sent: Sent | None = None


def run(
    root: Path, options: BuildOptions, workers: Workers, reporter: Reporter, output: Path | None, *, dry_run: bool
) -> Outcome:
    """Bring the site at ``root`` up to date, or with ``dry_run`` say what that would take."""
    config, paths = load_config(root, output=output)
    with opened(config, paths) as workspace, _site(workspace, reporter, options, workers) as site:
        scheduler = Scheduler(
            workspace.ledger, workspace.stage, reporter, dry_run=dry_run, force=options.force, slots=site.cores.count
        )
        folders = chosen(study_folders(paths), options)
        if not dry_run and any(_has_new_pixels(site, folder) for folder in folders):
            workers.warm_up()
        site.warn(undescribed(paths))
        held = _held(site, folders)
        note_beginning(workspace.ledger, paths)
        # New pixels without their pages help nobody: the theme is looked at while the first are being written.
        report = scheduler.run(_units(site, folders, held), _rank, hold=held, meanwhile=site.look.check)
        files, size = workspace.ledger.published_bytes()
        limits = _host_limits(site, files, size, scheduler.expected)
        site.warn((*_advice(site), *damage_warning(workspace.ledger, paths), *limits))
        problems = report.problems
        if not dry_run:
            problems += _gate(site, report)
            problems += unknown_files(workspace.ledger, paths)
        transfer = _transfer(site)
        sent = _sent(site, transfer) if transfer and _may_send(site, dry_run) else None
        problems += [problem for problem in sent.problems if problem.severity is Severity.ERROR] if sent else []
        return Outcome(
            report=report,
            paths=paths,
            base_url=config.base_url,
            problems=tuple(dict.fromkeys(problems)),
            warnings=tuple(site.warnings),
            notes=tuple(site.notes),
            files=files,
            bytes=size,
            expected=scheduler.expected,
            transfer=transfer,
            sent=sent,
        )


@contextmanager
def _site(workspace: Workspace, reporter: Reporter, options: BuildOptions, workers: Workers) -> Iterator[Site]:
    site = Site(workspace.config, workspace.paths, workspace.ledger, reporter, options, workers)
    try:
        yield site
    finally:
        site.close()


def _has_new_pixels(site: Site, folder: Path) -> bool:
    """Whether a study was never built and holds files that may be images: a worker will be wanted soon."""
    return site.ledger.unit_key(f"study {folder.name}") is None and any(
        not name.endswith(TEXTS) for name, _, _ in tree_stamp([folder])
    )


def _units(site: Site, folders: list[Path], held: set[str]) -> Iterator[Unit]:
    """Studies first, each on its own; then what shows them all."""
    pages = [site.look.key, site.options.drafts]
    for folder in folders:
        yield Unit(
            name=f"study {folder.name}",
            key=[pages, tree_stamp(_read_by(site, folder)), _embargo(site, folder)],
            steps=lambda folder=folder: _study_steps(site, folder),  # type: ignore[misc]  # mypy cannot infer a lambda's default
        )
    for name in sorted(site.ledger.unit_names() - {"site"} - {f"study {folder.name}" for folder in folders} - held):
        yield Unit(name=name, key=None, steps=lambda: iter(()))  # the study is gone: so is all that was made of it
    yield Unit(
        name="site",
        key=[pages, tree_stamp([site.paths.pages]), [value for _, value in site.ledger.values(CARD)]],
        steps=lambda: _site_steps(site),
    )


def _study_steps(site: Site, folder: Path) -> Iterator[Step | Deferred]:
    # Late: planning loads arrays, XML and templates, which a build with nothing to do must not pay for.
    from publisher.pipeline.study_unit import study_steps

    return study_steps(site, folder)


def _site_steps(site: Site) -> Iterator[Step | Deferred]:
    # Late, as above.
    from publisher.pipeline.site_unit import site_steps

    return site_steps(site)


def _read_by(site: Site, folder: Path) -> list[Path]:
    """The study's folder, and those outside that its last build read."""
    outside = site.ledger.memo("study-sources", folder.name)
    return [folder, *map(Path, outside if isinstance(outside, list) else ())]


def _embargo(site: Site, folder: Path) -> bool:
    """Whether a study's embargo has ended: the one thing that changes by itself."""
    until = site.ledger.memo("embargo", folder.name)
    return bool(until) and site.options.today.isoformat() >= str(until)


def chosen(folders: list[Path], options: BuildOptions) -> list[Path]:
    """Those of ``folders`` that the command line asks for; raises ConfigError where it names one that is not there."""
    unknown = set(options.studies) - {folder.name for folder in folders}
    if unknown:
        raise ConfigError(
            Problem(
                code="study.unknown",
                message=f"there is no study {', '.join(sorted(unknown))}",
                hint=f"there are: {', '.join(folder.name for folder in folders) or 'none'}",
            )
        )
    return [folder for folder in folders if not options.studies or folder.name in options.studies]


def _held(site: Site, folders: list[Path]) -> set[str]:
    """Units that stay as they are because the build is limited to some studies."""
    if not site.options.studies:
        return set()
    return {f"study {folder.name}" for folder in study_folders(site.paths) if folder not in folders}


def _advice(site: Site) -> Iterator[Problem]:
    if site.config.base_url is None:
        yield Problem(
            code="config.no-base-url",
            path="site_config.yaml",
            message="base_url is not set: pages have no absolute links, no feed, and offer no outside viewers",
            hint="set it to the site's public address before you publish",
            severity=Severity.WARNING,
        )
    if site.config.build.data_store and site.config.data_url is None:
        yield Problem(
            code="config.no-data-url",
            path="site_config.yaml",
            message="build.data_store is set, but data_url is not: pages point to pixels beside them",
            hint="set data_url to the public address of the store",
            severity=Severity.WARNING,
        )
    if site.config.hosting.profile == "github-pages" and writes(site.config.zarr.version, "0.4"):
        yield Problem(
            code="host.hidden-files",
            path="site_config.yaml",
            message=f"zarr.version {site.config.zarr.version} has hidden files (.zarray, .zattrs, .zgroup), "
            "and uploads to GitHub Pages by upload-pages-artifact leave such files out",
            hint="deploy from a branch, or set include-hidden-files: true for that action (its version 5 or later)",
            severity=Severity.WARNING,
        )


def _host_limits(site: Site, files: int, size: int, expected: tuple[int, int]) -> tuple[Problem, ...]:
    """Where the site, with the pixels it is about to get, does not fit its host."""
    return check_limits(
        site.config.hosting.profile,
        files=files + expected[1],
        total_bytes=size + expected[0],
        largest_bytes=site.ledger.largest_file(),
    )


def _gate(site: Site, report: BuildReport) -> tuple[Problem, ...]:
    """Faults of the filesets that this build wrote: nobody else should be the first to find them."""
    written = [name.removeprefix("describe ") for name in report.ran if name.startswith("describe ")]
    if not written:
        return ()
    # Late: a build with nothing to do needs no worker.
    from publisher.pipeline.gate import check_written

    problems = check_written(site, [site.paths.output / urls.fileset(*name.split("/")) for name in written])
    site.reporter.problems(problems)
    _remember_faulty(site, written, problems)
    return problems


def _remember_faulty(site: Site, written: list[str], problems: tuple[Problem, ...]) -> None:
    """Filesets that did not pass the gate, until they are written again: they are sent nowhere."""
    known = {str(name) for name in site.ledger.memo("gate", "faulty") or ()} - set(written)
    roots = {name: site.paths.shown(site.paths.output / urls.fileset(*name.split("/"))) for name in written}
    paths = [problem.path or "" for problem in problems]
    faulty = {name for name, root in roots.items() if any(path.startswith(root) for path in paths)}
    site.ledger.remember("gate", "faulty", sorted(known | faulty))


def _transfer(site: Site) -> Transfer | None:
    """What the store of the site lacks; of a study with a faulty fileset nothing is sent."""
    store = site.config.build.data_store
    if store is None:
        return None
    faulty = site.ledger.memo("gate", "faulty") or ()
    return planned_transfer(site.ledger, store, held={str(name).split("/")[0] for name in faulty})


def _sent(site: Site, transfer: Transfer) -> Sent:
    sent = send(site.ledger, site.paths.output, transfer, site.reporter)
    site.warn(problem for problem in sent.problems if problem.severity is Severity.WARNING)
    site.reporter.problems(problem for problem in sent.problems if problem.severity is Severity.ERROR)
    return sent


def _may_send(site: Site, dry_run: bool) -> bool:
    """Drafts and embargoed studies never leave this computer."""
    return site.options.send and not site.options.drafts and not dry_run


def _rank(path: str) -> int:
    """Order of the commit: pixels, then what shows them, then pages, then what leads to the pages."""
    if path.startswith("data/"):
        return 0
    if not path.endswith((".html", ".json", ".xml")):
        return 1
    return 3 if "/" not in path else 2
