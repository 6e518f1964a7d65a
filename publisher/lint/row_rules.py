"""Faults of images.csv: rows about nobody, images that no row speaks of, one thing spelled two ways."""

from collections.abc import Iterator

from publisher.lint.finding import Finding, counted, have, names_of, some
from publisher.lint.known_terms import same_words
from publisher.lint.subject import Subject

MOST_VALUES = 2_000
"""Different values of a key that are compared; a column of more holds names or measurements."""


def row_rules(subject: Subject) -> Iterator[Finding]:
    """Findings about the rows of a study."""
    curation = subject.study.curation
    if not len(curation):
        return
    path = f"{subject.study.shown}/{curation.file_name}"
    if subject.lost_rows:
        first = subject.lost_rows[0]
        named = [curation.value(number, "image") for number in subject.lost_rows]
        count = len(named)
        yield Finding(
            code="lint.row-without-image",
            severity="warning" if subject.images else "note",
            path=path,
            line=curation.line(first),
            message=f"{counted(count, 'row')} {have(count, 'names an image', 'name images')} that the study does not "
            f"have: {some(named)}",
            hint="check the spelling of the paths, and that the files are there; such rows are listed without pixels",
        )
    without = [image.name for image in subject.images if not image.has_row]
    if without and curation.names_images:
        yield Finding(
            code="lint.image-without-row",
            severity="warning",
            path=path,
            images=tuple(without),
            message=f"{counted(len(without), 'image', len(subject.images))} without a row: {names_of(without)}",
            hint="add rows, or check the spelling of those that should be about them",
        )
    yield from _keys(subject, path)
    yield from _values(subject, path)


def _keys(subject: Subject, path: str) -> Iterator[Finding]:
    spellings: dict[str, dict[str, None]] = {}
    for key in subject.study.curation.keys:
        spellings.setdefault(same_words(key), {})[key] = None
    for variants in spellings.values():
        if len(variants) > 1:
            yield Finding(
                code="lint.two-spellings",
                severity="warning",
                path=path,
                line=1,
                message=f"columns that differ in nothing but their spelling: {some(variants)}",
                hint="give them one spelling; a header may stand twice",
            )


def _values(subject: Subject, path: str) -> Iterator[Finding]:
    curation = subject.study.curation
    found: dict[str, dict[str, int]] = {}
    for number in range(len(curation)):
        for pair in curation.row(number).pairs:
            values = found.setdefault(pair.key, {})
            if len(values) <= MOST_VALUES:
                values.setdefault(pair.value.strip(), number)
    for key, values in found.items():
        if len(values) > MOST_VALUES:
            continue
        spellings: dict[str, list[str]] = {}
        for value in values:
            spellings.setdefault(" ".join(value.split()).casefold(), []).append(value)
        variants = [each for each in spellings.values() if len(each) > 1]
        if variants:
            yield Finding(
                code="lint.two-spellings",
                severity="warning",
                path=path,
                line=curation.line(min(values[value] for value in variants[0][1:])),
                message=f"{counted(len(variants), 'value')} of {key!r} {have(len(variants), 'stands', 'stand')} in two "
                f"spellings: {some(variants[0])}",
                hint="choose one: people search for one of them, and miss the others",
            )
