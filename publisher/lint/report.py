"""All that is to be said of one study. Its JSON is a seam: docs/design/seams/lint.schema.json."""

from collections.abc import Iterable
from dataclasses import dataclass

from publisher.lint.completeness import Item, Level, completeness
from publisher.lint.finding import SEVERITIES, Finding, Severity, counted, have, some
from publisher.lint.image_rules import image_rules
from publisher.lint.pixel_rules import pixel_rules
from publisher.lint.private_rules import private_rules
from publisher.lint.row_rules import row_rules
from publisher.lint.study_rules import study_rules
from publisher.lint.subject import Subject
from publisher.lint.term_rules import term_rules

FAMILIES = (study_rules, term_rules, row_rules, private_rules, image_rules, pixel_rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was looked at: images by their files, images by their values, rows without pixels."""

    images: int
    values: int
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyReport:
    """The findings about one study, the gravest first, and what it says of what it should say.

    ``title`` is empty where the study could not be read.
    """

    slug: str
    title: str = ""
    findings: tuple[Finding, ...] = ()
    items: tuple[Item, ...] = ()
    looked: Looked = Looked(images=0, values=0, records=0)

    def count(self, severity: Severity) -> int:
        """How many findings are of this severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def given(self, level: Level) -> tuple[int, int]:
        """How many items of a level are given, and how many there are."""
        asked = [item for item in self.items if item.level == level]
        return sum(item.given for item in asked), len(asked)

    def next_steps(self) -> tuple[Item, ...]:
        """What is missing, required items first."""
        missing = [item for item in self.items if not item.given]
        return tuple(sorted(missing, key=lambda item: item.level != "required"))

    def to_json(self) -> dict[str, object]:
        """The report for programs."""
        return {
            "study": self.slug,
            "title": self.title,
            "counts": {f"{severity}s": self.count(severity) for severity in SEVERITIES},
            "looked_at": {"images": self.looked.images, "values": self.looked.values, "records": self.looked.records},
            "findings": [_finding(finding) for finding in self.findings],
            "completeness": {
                "required": _share(self.given("required")),
                "recommended": _share(self.given("recommended")),
                "items": [
                    {
                        "module": item.module,
                        "field": item.field,
                        "key": item.key,
                        "level": item.level,
                        "given": item.given,
                        "hint": item.hint,
                    }
                    for item in self.items
                ],
            },
        }


def report(subject: Subject) -> StudyReport:
    """Judge a study."""
    found = [finding for family in FAMILIES for finding in family(subject)]
    return StudyReport(
        slug=subject.study.slug,
        title=subject.study.description.title,
        findings=tuple(sorted([*subject.known, *found, *_not_seen(subject)], key=lambda finding: finding.order)),
        items=completeness(subject),
        looked=Looked(
            images=len(subject.images),
            values=sum(bool(image.statistics) for image in subject.images),
            records=subject.records,
        ),
    )


def _not_seen(subject: Subject) -> Iterable[Finding]:
    if subject.unseen:
        count = len(subject.unseen)
        yield Finding(
            code="lint.file-not-seen",
            severity="note",
            path=subject.study.shown,
            message=f"{counted(count, 'file')} {have(count, 'was', 'were')} not opened yet, or changed since: "
            f"{some(subject.unseen)}",
            hint="run `publisher plan` or `publisher build`, then this again",
            inward=True,
        )
    count = sum(not image.statistics for image in subject.images)
    if count:
        yield Finding(
            code="lint.values-not-seen",
            severity="note",
            path=subject.study.shown,
            message=f"{counted(count, 'image', len(subject.images))} {have(count, 'was', 'were')} not converted yet: "
            "nothing is known of their values",
            hint="run `publisher build`, then this again",
            inward=True,
        )


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "hint": finding.hint,
        "path": finding.path,
        "line": finding.line,
        "images": [{"id": image.id, "name": image.name} for image in finding.images],
    }


def _share(given: tuple[int, int]) -> dict[str, int]:
    return {"given": given[0], "of": given[1]}
