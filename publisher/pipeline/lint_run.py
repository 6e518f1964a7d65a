"""What `publisher lint` says of a site: every study, drafts too, judged by its texts and by what builds remember."""

from collections.abc import Iterator
from pathlib import Path

from publisher.catalogue.folders import study_folders, undescribed
from publisher.catalogue.load import StudyFolder, load_study
from publisher.catalogue.resolve import resolve
from publisher.config.load import load_config
from publisher.errors import ContentError, Problem
from publisher.lint.finding import Finding, Severity
from publisher.lint.report import StudyReport
from publisher.pipeline.inspected import StudySources
from publisher.pipeline.linted import Known, grouped, linted_study, remembered_steps
from publisher.pipeline.options import BuildOptions
from publisher.pipeline.site import Site
from publisher.pipeline.site_build import chosen
from publisher.pipeline.source_plates import SeenFiles
from publisher.pipeline.study_parts import study_parts
from publisher.pipeline.workers import Workers
from publisher.pipeline.workspace import opened
from publisher.reporting import SilentReporter


def lint(root: Path, options: BuildOptions) -> tuple[StudyReport, ...]:
    """Judge the studies of the site at ``root``, in their order; opens no image file and writes no page.

    Raises ConfigError when the site cannot be used, or is being built.
    """
    config, paths = load_config(root)
    with opened(config, paths) as workspace, Workers(options) as workers:
        site = Site(config, paths, workspace.ledger, SilentReporter(), options, workers)
        folders = chosen(study_folders(paths), options)
        passed_over = [] if options.studies else [_passed_over(problem) for problem in undescribed(paths)]
        return (*(_judged(site, folder) for folder in folders), *passed_over)


def _judged(site: Site, folder: Path) -> StudyReport:
    try:
        return _report(site, load_study(folder, site.paths))
    except ContentError as error:
        return StudyReport(slug=folder.name, findings=tuple(_finding(problem) for problem in error.problems))


def _report(site: Site, study: StudyFolder) -> StudyReport:
    tree = resolve(study)
    sources = StudySources(site, study, opens=False)
    parts = study_parts(study, tree, lambda: SeenFiles(study.slug, sources, site.redaction))
    known = Known(
        ledger=site.ledger,
        redaction=site.redaction,
        images_of=sources.images_of,
        step_of=remembered_steps(site.ledger, study.slug),
        unseen=tuple(sources.unseen),
        spoken_of=parts.spoken_of,
        found=tuple(map(_finding, tree.warnings)),
    )
    licence = study.description.licence or site.config.licence
    groups = map(grouped, parts.lint_groups())
    return linted_study(study, licence, groups, parts.records, parts.lost, known)


def _passed_over(problem: Problem) -> StudyReport:
    return StudyReport(slug=(problem.path or "").rpartition("/")[2], findings=(_finding(problem),))


def _finding(problem: Problem) -> Finding:
    """What reading a study found; not for its page, which there may not be."""
    severity: Severity = "error" if problem.severity == "error" else "warning"
    return Finding(
        code=problem.code,
        severity=severity,
        message=problem.message,
        hint=problem.hint,
        path=problem.path,
        line=problem.line,
        inward=True,
    )


def all_findings(reports: tuple[StudyReport, ...]) -> Iterator[Finding]:
    """Findings of all studies, in order."""
    for report in reports:
        yield from report.findings
