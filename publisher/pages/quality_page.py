"""The page of a study's quality: what is odd about its images, and what it does not say."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from publisher import urls
from publisher.lint.completeness import Level
from publisher.lint.finding import Finding, Severity
from publisher.lint.report import StudyReport
from publisher.pages import quantities
from publisher.pages.links import Linker
from publisher.pages.page import JSON_TWIN, Crumb, Link, Page, SiteFacts, head_title
from publisher.pages.published import StudyRecord

MOST_IMAGES = 24
"""Images that a finding links to; of more the page says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """Something odd: ``severity`` is error, warning or note. ``images`` are some that it is about, of ``count``.

    Images of one name are told apart by their ids.
    """

    severity: Severity
    message: str
    images: tuple[Link, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of the things that a study is asked for it says: as numbers, and in words."""

    title: str
    given: int
    total: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRow:
    """One thing that a study is asked for: REMBI's ``module`` and ``field``; ``hint`` says what is meant."""

    module: str
    field: str
    hint: str
    required: bool
    given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityPage(Page):
    """A study's quality.

    ``study`` leads back to it. ``looked`` says what was looked at. ``findings`` are what is odd, the gravest first.
    ``shares`` sum up ``asked``, which is everything that a study is asked for, by module; ``missing`` are those that it
    does not say, required ones first.
    """

    template: ClassVar[str] = "quality.html"
    kind: ClassVar[str] = "quality"

    study: Link
    looked: str
    findings: tuple[FindingRow, ...]
    shares: tuple[Share, ...]
    missing: tuple[AskedRow, ...]
    asked: tuple[AskedRow, ...]


def quality_page(report: StudyReport, study: StudyRecord, site: SiteFacts) -> QualityPage:
    """The page of what `publisher lint` says of a study, without what names files that are not published."""
    url = urls.quality(study.slug)
    linker = Linker(url)
    shares = tuple(_shares(report))
    return QualityPage(
        url=url,
        title=f"Quality of {study.key}",
        head_title=head_title(f"Quality of {study.key}", site.title),
        description=f"What is odd about the images of {study.key}, and what is not described: "
        + "; ".join(share.text for share in shares),
        breadcrumbs=(
            Crumb(title="Studies", href=linker.to(urls.HOME)),
            Crumb(title=study.key, href=linker.to(urls.study(study.slug))),
            Crumb(title="Quality"),
        ),
        canonical=site.addresses.page(url),
        alternates=JSON_TWIN,
        study=Link(title=study.description.title, href=linker.to(urls.study(study.slug))),
        looked=_looked(report),
        findings=tuple(_row(finding, study.slug, linker) for finding in report.findings if not finding.inward),
        shares=shares,
        missing=tuple(row for row in _asked(report) if not row.given),
        asked=tuple(_asked(report)),
    )


def _looked(report: StudyReport) -> str:
    looked = report.looked
    parts = [quantities.count(looked.images, "image")] if looked.images else []
    parts += [f"the values of {looked.values:,}"] if looked.values else []
    parts += [quantities.count(looked.records, "row") + " without pixels"] if looked.records else []
    return ", ".join(parts) or "no image yet"


def _row(finding: Finding, slug: str, linker: Linker) -> FindingRow:
    named = Counter(image.name for image in finding.images)
    return FindingRow(
        severity=finding.severity,
        message=finding.message[:1].upper() + finding.message[1:],
        images=tuple(
            Link(
                title=image.name if named[image.name] == 1 else f"{image.name} ({image.id})",
                href=linker.to(urls.image(slug, image.id)),
            )
            for image in finding.images[:MOST_IMAGES]
        ),
        count=len(finding.images),
    )


def _shares(report: StudyReport) -> Iterator[Share]:
    levels: tuple[tuple[Level, str], ...] = (("required", "Required by REMBI"), ("recommended", "Recommended"))
    for level, title in levels:
        given, total = report.given(level)
        if total:
            yield Share(title=title, given=given, total=total, text=f"{given} of {total} {level} things are said")


def _asked(report: StudyReport) -> Iterator[AskedRow]:
    for item in report.items:
        yield AskedRow(
            module=item.module,
            field=item.field,
            hint=item.hint,
            required=item.level == "required",
            given=item.given,
        )
