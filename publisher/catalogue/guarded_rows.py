"""Rows as they may be published: without what a curator's table says of disks and addresses of people."""

from collections import Counter

from publisher.catalogue.curation import Curation
from publisher.errors import Problem, Severity
from publisher.formats.redaction import Redaction


def guarded_rows(curation: Curation, redaction: Redaction, shown: str) -> tuple[Curation, tuple[Problem, ...]]:
    """The rows of the study ``shown`` without columns that the site leaves out, their cells searched.

    A curator's words are meant to be read, so that of keys only those leave that `privacy.redact` names; e-mail
    addresses and paths on somebody's disk come into tables by copying, and are told of. Of an image that is named by
    such a path its file name stays, which is what finds it.
    """
    taken: Counter[str] = Counter()

    def clean(cell: str, meaning: str) -> str:
        if meaning == "image" and redaction.curated(cell) != cell:
            return cell.replace("\\", "/").rstrip("/").rpartition("/")[2]
        return redaction.curated(cell, lambda what: taken.update([what]))

    found = curation.cleaned(redaction.is_added, lambda row: redaction.curated(row) != row, clean)
    if not taken:
        return found, ()
    what = ", ".join(kind + (f" ({count} times)" if count > 1 else "") for kind, count in sorted(taken.items()))
    return found, (
        Problem(
            code="privacy.redacted",
            path=f"{shown}/{curation.file_name}",
            severity=Severity.WARNING,
            message=f"left out of what is published of its rows: {what}",
            hint=f'to publish one of them after all, add it to privacy.keep: "{min(taken)}"',
        ),
    )
