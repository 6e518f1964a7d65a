"""What a person reads while a build goes on."""

import io

import pytest

from publisher import reporting
from publisher.errors import Problem, Severity
from publisher.reporting import Meter, PlainReporter, TerminalReporter


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that tests turn themselves."""
    now = [100.0]
    monkeypatch.setattr(reporting.time, "monotonic", lambda: now[0])
    return now


def test_the_rate_counts_what_was_done_and_the_rest_tells_the_time_left(clock: list[float]) -> None:
    meter = Meter(1000)
    meter.within(0)
    clock[0] += 10
    meter.within(200)
    assert (meter.rate, meter.left_s) == (20, 40)


def test_parts_that_were_current_leave_the_total_and_not_the_rate(clock: list[float]) -> None:
    meter = Meter(1000)
    meter.finish(600)
    meter.within(1)
    clock[0] += 10
    meter.finish(200)
    assert (meter.total, meter.done, meter.left_s) == (400, 200, 10)


def test_a_log_gets_a_line_every_ten_seconds(clock: list[float]) -> None:
    stream = io.StringIO()
    with PlainReporter(stream).work("mitosis: Treated", 40_000_000_000, "bytes") as meter:
        for _ in range(25):
            meter.within(int(meter.reached + 100e6))
            clock[0] += 1
    assert stream.getvalue().splitlines() == [
        "  mitosis: Treated: 3%, 110 MB/s, 6 min left",
        "  mitosis: Treated: 5%, 105 MB/s, 6 min left",
    ]


def test_problems_name_file_line_and_code() -> None:
    stream = io.StringIO()
    fault = Problem(
        code="study.unknown-key",
        path="a/study.yaml",
        line=3,
        message="unknown key 'titel'",
        hint="did you mean 'title'?",
    )
    advice = Problem(code="config.no-base-url", message="base_url is not set", severity=Severity.WARNING)
    PlainReporter(stream).problems([fault, advice])
    assert stream.getvalue().splitlines() == [
        "error: a/study.yaml:3: unknown key 'titel' (did you mean 'title'?) [study.unknown-key]",
        "warning: base_url is not set [config.no-base-url]",
    ]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar_only_when_something_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with TerminalReporter(stream).work("all current", 10, "bytes") as meter:
        meter.finish(10)
    assert stream.getvalue() == ""
    with TerminalReporter(stream).work("converting [1]", 10, "bytes") as meter:
        meter.within(5)
    assert "converting [1]" in stream.getvalue()


def test_parts_that_go_on_at_once_are_counted_together(clock: list[float]) -> None:
    meter = Meter(1000)
    meter.within(100, "a")
    meter.within(200, "b")
    assert meter.reached == 300
    meter.finish(400, "a")
    assert (meter.reached, meter.done) == (600, 400)
    meter.finish(600, "c")
    assert (meter.total, meter.is_over) == (400, True)


def test_a_bar_ends_with_its_last_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    reporter = TerminalReporter(Terminal())
    with reporter.work("first", 10, "bytes") as first, reporter.work("second", 10, "bytes") as second:
        first.within(5)
        second.within(5)
        second.finish(10)
        assert len(reporter._bar.task_ids) == 1
        first.finish(10)
        assert reporter._bar is None
        first.within(1)
        assert reporter._bar is None, "a bar that is over does not come back"


def test_a_warning_of_earlier_work_is_not_said_again_but_an_error_is() -> None:
    stream = io.StringIO()
    reporter = PlainReporter(stream)
    advice = Problem(code="config.no-base-url", message="base_url is not set", severity=Severity.WARNING)
    fault = Problem(code="study.no-title", message="no title")
    for problems in ([advice, fault], [advice, fault], [advice]):  # a preview builds again and again
        reporter.problems(problems)
        reporter.rest()
    assert [line.partition(":")[0] for line in stream.getvalue().splitlines()] == ["warning", "error", "error"]


def test_a_warning_that_many_files_share_is_said_once_and_counted() -> None:
    stream = io.StringIO()
    reporter = PlainReporter(stream, once=True)
    for n in range(8):
        message = f"left out of the published OME-XML: Email ({n + 2} times)"
        warning = Problem(code="privacy.redacted", path=f"raw/{n}.tif", message=message, severity=Severity.WARNING)
        reporter.problems([warning, Problem(code="source.unsupported", path=f"raw/{n}.bmp", message="is unknown")])
    other = Problem(code="privacy.redacted", path="x.tif", message="left out: FirstName", severity=Severity.WARNING)
    reporter.problems([other])
    reporter.rest()
    reporter.rest()
    lines = stream.getvalue().splitlines()
    assert sum(line.startswith("error: ") for line in lines) == 8
    assert [line for line in lines if not line.startswith("error: ")] == [
        "warning: raw/0.tif: left out of the published OME-XML: Email (2 times) [privacy.redacted]",
        "warning: x.tif: left out: FirstName [privacy.redacted]",
        (
            "warning: 7 more like: left out of the published OME-XML: Email (3 times) (in 1.tif, 2.tif, 3.tif, 4.tif,"
            " 5.tif and 2 others) (--verbose names each as it is found) [privacy.redacted]"
        ),
    ]


def test_each_warning_is_said_where_nobody_asked_for_less() -> None:
    stream = io.StringIO()
    warning = Problem(code="privacy.redacted", path="x.tif", message="left out", severity=Severity.WARNING)
    PlainReporter(stream).problems([warning, warning])
    assert len(stream.getvalue().splitlines()) == 2
