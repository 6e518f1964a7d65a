"""What a build did, in words and in JSON."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from publisher.pipeline import Outcome

KINDS = {"pixels": "image", "describe": "fileset described", "pictures": "image pictured", "page": "page"}


def build_lines(outcome: Outcome, seconds: float) -> Iterator[str]:
    """A few lines: what was done, what stands there now, what to do next."""
    report = outcome.report
    if not report.ran and not report.pruned and not report.resumed:
        yield f"Nothing to do: all {report.current:,} steps are current."
    else:
        ran = Counter(name.split(" ", 1)[0] for name in report.ran)
        done = [
            f"{count:,} {word}"
            for word, count in (("images converted", ran["pixels"]), ("pages written", ran["page"]))
            if count
        ]
        others = sum(ran.values()) - ran["pixels"] - ran["page"]
        done += [f"{others:,} other steps"] if others else []
        done += [f"{len(report.resumed):,} steps taken over from a stopped build"] if report.resumed else []
        done += [f"{len(report.pruned):,} files removed"] if report.pruned else []
        yield f"{', '.join(done) or 'Nothing new'}; {report.current:,} steps were current. {seconds:.1f} s."
    if outcome.problems:
        yield f"{len(outcome.problems)} problem{'s' * (len(outcome.problems) > 1)}: see above. The rest is built."
    yield f"{outcome.files:,} files, {size_words(outcome.bytes)}, in {outcome.paths.shown(outcome.paths.output)}"
    if outcome.base_url:
        yield f"Next: copy that folder to {outcome.base_url} (docs/how-to/publish.md)."
    else:
        yield "Next: look at it with `publisher serve`, then set base_url and publish it (docs/how-to/publish.md)."


def plan_lines(outcome: Outcome, *, every: bool) -> Iterator[str]:
    """Each step with its reason; pages are counted unless ``every``."""
    report = outcome.report
    hidden: Counter[str] = Counter()
    for name, reason in report.ran.items():
        if every or not name.startswith("page "):
            yield f"{name}: {reason}"
        else:
            hidden[str(reason.cause)] += 1
    for cause, count in hidden.items():
        yield f"{count:,} pages: {cause}"
    for path in report.pruned if every else report.pruned[:20]:
        yield f"remove {path}"
    if len(report.pruned) > 20 and not every:
        yield f"... and {len(report.pruned) - 20:,} more files to remove"
    if not report.ran and not report.pruned:
        yield f"Nothing to do: all {report.current:,} steps are current."
    size, files = outcome.expected
    if files:
        yield f"New pixels: at most {size_words(size)} before compression, in at most {files:,} files."
    yield f"Published now: {outcome.files:,} files, {size_words(outcome.bytes)}."


def build_json(outcome: Outcome) -> dict[str, Any]:
    """The same for programs."""
    report = outcome.report
    return {
        "ran": {
            name: {"cause": reason.cause.name.lower(), "detail": reason.detail} for name, reason in report.ran.items()
        },
        "current": report.current,
        "resumed": report.resumed,
        "removed": report.pruned,
        "skipped": report.skipped,
        "problems": [problem_json(problem) for problem in outcome.problems],
        "warnings": [problem_json(problem) for problem in outcome.warnings],
        "published": {"files": outcome.files, "bytes": outcome.bytes},
        "expected": {"bytes": outcome.expected[0], "files": outcome.expected[1]},
    }


def problem_json(problem: Any) -> dict[str, Any]:
    """One problem."""
    return {name: getattr(problem, name) for name in ("code", "severity", "path", "line", "message", "hint")}


def size_words(size: int) -> str:
    """A number of bytes as people say it."""
    value = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"
