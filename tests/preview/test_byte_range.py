"""RFC 9110 section 14: which bytes of a file a Range field asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.preview.byte_range import ByteRange, UnsatisfiableRangeError, requested_range

SIZE = 10_000


@pytest.mark.parametrize(
    ("field", "start", "stop"),
    [
        # The examples of RFC 9110, 14.1.2, for a representation of 10000 bytes.
        ("bytes=0-499", 0, 500),
        ("bytes=500-999", 500, 1000),
        ("bytes=-500", 9500, 10_000),
        ("bytes=9500-", 9500, 10_000),
        ("bytes=0-0", 0, 1),
        ("bytes=9999-9999", 9999, 10_000),
        # "If the last-pos value is absent, or if the value is greater than or equal to the current length"
        ("bytes=0-", 0, 10_000),
        ("bytes=9000-20000", 9000, 10_000),
        ("bytes=0-99999999999999999999999999999999", 0, 10_000),
        ("bytes=-20000", 0, 10_000),
        ("bytes=-" + "9" * 5000, 0, 10_000),
        ("bytes=000000000000000000000000000005-9", 5, 10),
        ("BYTES=0-1", 0, 2),  # "range units are case-insensitive"
        ("bytes=0-1 ", 0, 2),
    ],
)
def test_a_range_selects_bytes(field: str, start: int, stop: int) -> None:
    assert requested_range(field, SIZE) == ByteRange(start, stop)


@pytest.mark.parametrize(
    "field",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-4",  # invalid: last before first
        "bytes=0x1-2",
        "bytes=+0-1",
        "bytes=١-٢",  # digits, but not ASCII
        "bytes=0-1,5-6",  # several: "MAY ignore"
        "bytes=-1,-2",
        "items=0-1",
        "bytes=0-1;x",
        "bytes=--1",
    ],
)
def test_what_is_not_one_range_is_ignored(field: str | None) -> None:
    assert requested_range(field, SIZE) is None


@pytest.mark.parametrize("field", ["bytes=10000-", "bytes=10000-10001", "bytes=99999999999999999999999-", "bytes=-0"])
def test_a_range_past_the_end_cannot_be_satisfied(field: str) -> None:
    with pytest.raises(UnsatisfiableRangeError):
        requested_range(field, SIZE)


@pytest.mark.parametrize("field", ["bytes=0-", "bytes=0-0", "bytes=-1"])
def test_an_empty_file_has_no_bytes_to_select(field: str) -> None:
    with pytest.raises(UnsatisfiableRangeError):
        requested_range(field, 0)


def test_content_range_counts_inclusively() -> None:
    assert ByteRange(500, 1000).content_range(SIZE) == "bytes 500-999/10000"


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_a_range_is_the_slice_that_python_would_take(size: int, first: int, last: int) -> None:
    content = bytes(index % 251 for index in range(size))
    for field, expected in (
        (f"bytes={first}-{last}", content[first : last + 1] if first <= last else None),
        (f"bytes={first}-", content[first:]),
        (f"bytes=-{last}", content[-last:] if last else b""),
    ):
        try:
            part = requested_range(field, size)
        except UnsatisfiableRangeError:
            assert expected == b""
        else:
            assert (content[part.start : part.stop] if part else None) == expected


@given(st.text(max_size=60))
def test_any_text_is_a_range_or_ignored_or_unsatisfiable(field: str) -> None:
    try:
        part = requested_range(field, SIZE)
    except UnsatisfiableRangeError:
        return
    assert part is None or 0 <= part.start < part.stop <= SIZE
