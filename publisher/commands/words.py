"""What a build did, in words and in JSON."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from publisher.resources import documentation

if TYPE_CHECKING:
    from publisher.graph.scheduler import BuildReport
    from publisher.graph.staleness import Reason
    from publisher.pipeline import Outcome

STEPS = {
    "pixels": "convert image",
    "describe": "write metadata of",
    "refer": "write documents of what stays elsewhere:",
    "originals": "copy originals of",
    "ozx": "pack into one file",
    "manifest": "write checksums of",
    "pictures": "draw pictures of",
    "page": "write page",
    "card": "sum up study",
    "static": "copy the theme's files",
    "hosting": "write settings for the host",
    "feed and robots": "write feed and robots.txt",
    "sitemap": "write sitemap",
}
"""What steps do, by the first words of their names."""


def step_words(name: str) -> str:
    """What a step does, for people."""
    kind, _, what = name.partition(" ")
    if name in STEPS:
        return STEPS[name]
    return f"{STEPS[kind]} {what}" if kind in STEPS else name


def step_line(name: str, reason: str, *, every: bool) -> str | None:
    """A line about a step that begins; unless ``every``, only conversions are worth one."""
    return f"{step_words(name)} ({reason})" if every or name.startswith("pixels ") else None


def counted(count: int, noun: str) -> str:
    """``1 image``, ``2,000 images``."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def build_lines(outcome: "Outcome", seconds: float) -> Iterator[str]:
    """A few lines: what was done, what stands there now, what to do next."""
    done = _done(outcome.report)
    if done:
        yield f"{done[:1].upper()}{done[1:]} in {seconds:.1f} s."
    elif not outcome.problems:
        yield "Nothing to do: the site is up to date."
    shown = outcome.paths.shown(outcome.paths.output)
    yield f"The site: {counted(outcome.files, 'file')}, {size_words(outcome.bytes)}, in {shown}"
    yield from _sent_lines(outcome)
    if outcome.problems:
        these = "it" if len(outcome.problems) == 1 else "them"
        yield f"{counted(len(outcome.problems), 'problem')}, named above; everything else is built."
        yield f"Next: mend {these}, and build again."
    elif outcome.base_url:
        yield f"Next: copy that folder to {outcome.base_url}; how: {guide()}"
    else:
        yield f"Next: look at it with `publisher serve`, then set base_url and publish it; how: {guide()}"


def _sent_lines(outcome: "Outcome") -> Iterator[str]:
    """What the store of build.data_store got, or still lacks."""
    transfer, sent = outcome.transfer, outcome.sent
    if transfer is None:
        return
    if sent is None and transfer.puts:
        yield f"Not sent to {transfer.store}: {counted(len(transfer.puts), 'file')}, {size_words(transfer.size)}."
    elif sent and (sent.objects or sent.deleted):
        gone = f", {counted(sent.deleted, 'file')} deleted there" if sent.deleted else ""
        yield f"Sent to {transfer.store}: {counted(sent.objects, 'file')}, {size_words(sent.bytes)}{gone}."


def _done(report: "BuildReport") -> str:
    """What a build did, in one sentence without its end; empty when it did nothing."""
    ran = Counter(name.split(" ", 1)[0] for name in report.ran)
    others = sum(ran.values()) - ran["pixels"] - ran["page"]
    parts = [
        f"{verb} {counted(count, noun)}"
        for verb, count, noun in (
            ("converted", ran["pixels"], "image"),
            ("wrote", ran["page"], "page"),
            ("made", others, "other part"),
            ("took over", len(report.resumed), "conversion"),
            ("removed", len(report.pruned), "file"),
        )
        if count
    ]
    return ", ".join(parts)


def guide() -> str:
    """Where the guide to publishing is on this computer."""
    return str(documentation() / "how-to" / "publish.md")


def plan_lines(outcome: "Outcome", *, every: bool) -> Iterator[str]:
    """Each step with its reason; pages are counted unless ``every``."""
    report = outcome.report
    hidden: Counter[str] = Counter()
    for name, reason in report.ran.items():
        if every or not name.startswith("page "):
            about = report.about.get(name)
            yield f"{step_words(name)}: {_reason_words(reason)}{f'; {about}' if about else ''}"
        else:
            hidden[str(reason.cause)] += 1
    for cause, count in hidden.items():
        yield f"write {counted(count, 'page')}: {cause}"
    for path in report.pruned if every else report.pruned[:20]:
        yield f"remove {path}"
    if len(report.pruned) > 20 and not every:
        yield f"... and {len(report.pruned) - 20:,} more files to remove"
    if not report.ran and not report.pruned and not outcome.problems:
        yield "Nothing to do: the site is up to date."
    yield from outcome.notes if every else outcome.notes[:20]
    if len(outcome.notes) > 20 and not every:
        yield f"... and {len(outcome.notes) - 20:,} more notes"
    size, files = outcome.expected
    if files:
        yield f"New pixels: at most {size_words(size)} before compression, in at most {counted(files, 'file')}."
    transfer = outcome.transfer
    if transfer and (transfer.puts or transfer.deletions):
        to_send = f"{counted(len(transfer.puts), 'file')}, {size_words(transfer.size)}, that stand here already"
        yield f"To send to {transfer.store}: {to_send}; to delete there: {counted(len(transfer.deletions), 'file')}."
    yield f"Published now: {counted(outcome.files, 'file')}, {size_words(outcome.bytes)}."


def _reason_words(reason: "Reason") -> str:
    """A reason, with the step that made it by what it does."""
    is_step = reason.cause.name in ("NEED", "MAYBE")
    return f"{reason.cause}: {step_words(reason.detail)}" if is_step and reason.detail else str(reason)


def build_json(outcome: "Outcome") -> dict[str, Any]:
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
        "notes": list(outcome.notes),
        "published": {"files": outcome.files, "bytes": outcome.bytes},
        "sent": _sent_json(outcome),
        "expected": {"bytes": outcome.expected[0], "files": outcome.expected[1]},
    }


def _sent_json(outcome: "Outcome") -> dict[str, Any] | None:
    """What the store of build.data_store lacked, and got; None without one."""
    transfer, sent = outcome.transfer, outcome.sent
    if transfer is None:
        return None
    lacked = {"files": len(transfer.puts), "bytes": transfer.size, "obsolete": len(transfer.deletions)}
    got = {"files": sent.objects, "bytes": sent.bytes, "deleted": sent.deleted} if sent else None
    return {"store": transfer.store, "lacked": lacked, "got": got}


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
