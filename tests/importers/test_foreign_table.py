"""Tables of others are read row by row, whatever packed or separated them."""

import gzip
from pathlib import Path

import pytest

from publisher.errors import ContentError
from publisher.importers import foreign_table
from publisher.importers.foreign_table import ForeignTable


def table(tmp_path: Path, data: bytes) -> ForeignTable:
    (tmp_path / "table").write_bytes(data)
    return ForeignTable(tmp_path / "table", "a/table")


@pytest.mark.parametrize(
    "data",
    [
        b'A,B\n1,"x, y"\n\n2\n',
        b"A;B\r\n1;x, y\r\n;;\r\n2;\r\n",
        b"\xef\xbb\xbfA\tB\t\t\t\n1\tx, y\t\t\n2\n",
        gzip.compress(b"A\tB\n1\tx, y\n2\n"),
    ],
)
def test_separators_marks_and_packing_make_no_difference(tmp_path: Path, data: bytes) -> None:
    read = table(tmp_path, data)
    assert read.header == ("A", "B")
    assert [row.cells for row in read.rows()] == [("1", "x, y"), ("2", "")]
    assert [row.cells[0] for row in read.rows()] == ["1", "2"], "it can be read again"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"A,B\n1,2,3\n", "table.ragged-row"),
        (b"A,B\n\xff,2\n", "table.not-utf-8"),
        (gzip.compress(b"A,B\n1,2\n")[:-9], "table.damaged"),
        (b"A,B\n" + b"x" * 1_000_001 + b",2\n", "table.damaged"),
        (b",".join(b"h%d" % n for n in range(6000)) + b"\n", "table.too-large"),
    ],
)
def test_a_damaged_table_is_refused_with_its_name(tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(ContentError) as caught:
        list(table(tmp_path, data).rows())
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(code, "a/table")]


def test_a_table_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign_table, "MAX_BYTES", 1_000_000)
    with pytest.raises(ContentError) as caught:
        list(table(tmp_path, gzip.compress(b"A,B\n" + b"1,2\n" * 1_000_000)).rows())
    assert caught.value.problems[0].code == "table.too-large"
