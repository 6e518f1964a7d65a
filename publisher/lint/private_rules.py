"""What a curator's words tell of people's disks and addresses: published as it is in study.yaml, left out of rows."""

from collections.abc import Iterator

from publisher.formats.redaction import Redaction
from publisher.lint.finding import Finding, counted, some
from publisher.lint.subject import Subject


def private_rules(subject: Subject) -> Iterator[Finding]:
    """Findings about private things in texts; told to the curator alone."""
    yield from _keys(subject)
    yield from _texts(subject, Redaction(keep=("e-mail address",)))


def _keys(subject: Subject) -> Iterator[Finding]:
    """Columns that the site neither leaves out (`privacy.redact`) nor means to show (`privacy.keep`)."""
    curation, rules = subject.study.curation, subject.redaction
    private = [key for key in curation.keys if rules.is_private(key) and not rules.is_added(key)]
    if private:
        yield Finding(
            code="lint.private-key",
            severity="warning",
            path=f"{subject.study.shown}/{curation.file_name}",
            line=1,
            message=f"{counted(len(private), 'column')} about people or patients will be published: {some(private)}",
            hint="take them out, or list them under `privacy: {redact: [...]}` in site_config.yaml",
            inward=True,
        )


def _texts(subject: Subject, rules: Redaction) -> Iterator[Finding]:
    """Paths on somebody's disk in study.yaml; an address of a person may be meant there."""
    about = subject.study.description
    texts = {"description": about.description, "biosample": about.biosample, "specimen": about.specimen}
    texts |= {"analysis": about.analysis, "note": about.note, "acknowledgements": about.acknowledgements}
    texts |= {"acquisition": f"{about.acquisition.instrument} {about.acquisition.parameters}"}
    texts |= {"protocols": " ".join(part.description for part in about.protocols)}
    texts |= {"extra": " ".join(about.extra.values())}
    for key, text in texts.items():
        if rules.curated(text) != text:
            yield Finding(
                code="lint.private-path",
                severity="warning",
                path=subject.yaml,
                line=subject.line(key),
                message=f"{key!r} holds a path on somebody's disk, which will be published",
                hint="say where the files are in other words, or take it out",
                inward=True,
            )
