"""Decides whether a step must run, and says why."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from publisher.graph.fingerprint import digest_json
from publisher.graph.ledger import Ledger
from publisher.graph.record import Json
from publisher.graph.stage import Stage
from publisher.graph.step import Step

MANY = 50
"""Files of a step that are told apart in reasons."""


class Cause(StrEnum):
    """Why a step runs."""

    NEW = "never built"
    SETTINGS = "metadata or settings changed"
    FILE = "file changed"
    NEED = "input was rebuilt"
    MISSING = "output is missing"
    FORCED = "forced"
    MAYBE = "if its input changes"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step runs, and the file or step that made it."""

    cause: Cause
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.cause}: {self.detail}" if self.detail else str(self.cause)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` is None when the outputs of the step are current."""

    fingerprint: str
    parts: Json
    reason: Reason | None


def judge(step: Step, ledger: Ledger, stage: Stage, *, force: bool = False) -> Verdict:
    """Compare ``step`` with its last run."""
    parts = {
        "params": digest_json(step.params),
        "files": _digests(step, ledger),
        "needs": {need: marks[1] for need in step.needs if (marks := ledger.marks(need))},
    }
    fingerprint = digest_json([step.name, parts])
    last = ledger.step(step.name)
    if last is None:
        return Verdict(fingerprint, parts, Reason(Cause.NEW))
    if force and not ledger.is_staged(step.name):
        return Verdict(fingerprint, parts, Reason(Cause.FORCED))
    if last.fingerprint != fingerprint:
        return Verdict(fingerprint, parts, _difference(parts, last.parts))
    if step.kept_is_whole and not step.kept_is_whole(stage.kept(fingerprint)):
        return Verdict(fingerprint, parts, Reason(Cause.MISSING, "what it kept for later steps"))
    return Verdict(fingerprint, parts, _missing(step.name, ledger, stage))


def _digests(step: Step, ledger: Ledger) -> dict[str, str]:
    """Digest of each file; of very many (the chunks of a Zarr) one of all, so that the ledger stays small."""
    digests = {name: ledger.file_digest(path) for name, path in step.files.items()}
    return digests if len(digests) <= MANY else {f"one of {len(digests)} files": digest_json(digests)}


def _difference(parts: Json, last: Json) -> Reason:
    for name, digest in parts["files"].items():
        if last["files"].get(name) != digest:
            return Reason(Cause.FILE, name)
    for name, result in parts["needs"].items():
        if last["needs"].get(name) != result:
            return Reason(Cause.NEED, name)
    return Reason(Cause.SETTINGS)


def _missing(name: str, ledger: Ledger, stage: Stage) -> Reason | None:
    places = [stage.staged, stage.output] if ledger.is_staged(name) else [stage.output]
    for output in ledger.outputs(name):
        if not any(is_whole(place / output.path, output.size) for place in places):
            return Reason(Cause.MISSING, output.path)
    return None


def is_whole(path: Path, size: int) -> bool:
    """Whether a file is there with the size it was written with."""
    try:
        return path.stat().st_size == size
    except OSError:
        return False
