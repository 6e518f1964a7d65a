"""Members become one zip, stored, in RFC-9's order; the bytes depend on nothing else."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from publisher.errors import ConversionError
from publisher.ngff.ozx import Member, comment, in_order, member, packed_bytes, write_ozx

NAMES = ("0/c/0", "labels/cells/zarr.json", "zarr.json", "1/zarr.json", "labels/zarr.json", "0/zarr.json", "a.xml")
IN_ORDER = ["zarr.json", "0/zarr.json", "1/zarr.json", "labels/zarr.json", "labels/cells/zarr.json", "0/c/0", "a.xml"]


def members() -> list[Member]:
    return [member(name, f"content of {name}".encode() * 50) for name in NAMES]


def test_metadata_comes_first_from_the_root_down() -> None:
    assert [each.name for each in in_order(members())] == IN_ORDER


def test_the_zip_holds_what_was_given_uncompressed_and_in_order(tmp_path: Path) -> None:
    size, sha256 = write_ozx(tmp_path / "a.ozx", members(), "0.5")
    data = (tmp_path / "a.ozx").read_bytes()
    assert (size, sha256) == (len(data), hashlib.sha256(data).hexdigest())
    with zipfile.ZipFile(tmp_path / "a.ozx") as file:
        assert file.testzip() is None
        assert file.namelist() == IN_ORDER
        assert {entry.compress_type for entry in file.infolist()} == {zipfile.ZIP_STORED}
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert all(file.read(each.name) == each.content for each in members())
        starts = [entry.header_offset for entry in file.infolist()]
        assert starts == sorted(starts), "entries lie in the order of the directory"
        assert json.loads(file.comment) == {
            "ome": {"version": "0.5", "zipFile": {"centralDirectory": {"jsonFirst": True}}}
        }


def test_every_number_is_in_its_zip64_form(tmp_path: Path) -> None:
    """ "The ZIP64 format extension SHOULD be used, irrespective of the ZIP file size."""
    write_ozx(tmp_path / "a.ozx", members(), "0.5")
    data = (tmp_path / "a.ozx").read_bytes()
    end = data.rindex(b"PK\x05\x06")
    assert data[end + 8 : end + 20] == b"\xff" * 12
    assert data[end - 20 : end - 16] == b"PK\x06\x07"
    assert data.count(b"PK\x06\x06") == 1
    assert data[:6] == b"PK\x03\x04\x2d\x00"
    assert data[18:26] == b"\xff" * 8


def test_the_bytes_do_not_depend_on_the_order_of_the_members(tmp_path: Path) -> None:
    first = write_ozx(tmp_path / "a.ozx", members(), "0.5")
    assert write_ozx(tmp_path / "b.ozx", members()[::-1], "0.5") == first


def test_the_size_is_known_beforehand(tmp_path: Path) -> None:
    size, _ = write_ozx(tmp_path / "a.ozx", members(), "0.5")
    assert size == packed_bytes([(each.name, each.size) for each in members()], "0.5")
    assert comment("0.5") in (tmp_path / "a.ozx").read_bytes()


def on_disk(path: Path, data: bytes) -> Member:
    path.write_bytes(data)
    return Member(name="0/c/0", content=path, size=len(data), sha256=hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("damage", [b"other bytes of this size", b"short", b""])
def test_a_file_that_is_not_what_was_written_is_never_packed(tmp_path: Path, damage: bytes) -> None:
    each = on_disk(tmp_path / "shard", b"bytes that were written.")
    (tmp_path / "shard").write_bytes(damage)
    with pytest.raises(ConversionError) as raised:
        write_ozx(tmp_path / "a.ozx", [member("zarr.json", b"{}"), each], "0.5")
    assert [problem.code for problem in raised.value.problems] == ["store.changed"]


def test_a_member_larger_than_a_block_is_packed_from_its_file(tmp_path: Path) -> None:
    data = bytes(range(256)) * (9 << 12)
    each = on_disk(tmp_path / "shard", data)
    write_ozx(tmp_path / "a.ozx", [member("zarr.json", b"{}"), each], "0.5")
    with zipfile.ZipFile(tmp_path / "a.ozx") as file:
        assert file.read("0/c/0") == data
