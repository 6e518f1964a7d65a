"""Archives are opened as if whoever made them meant harm."""

import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from publisher.errors import ContentError
from publisher.importers import archive as module
from publisher.importers.archive import Archive, PackedFiles


def zip_of(path: Path, *names: str, data: bytes = b"data", method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in names:
            archive.writestr(name, data)
    return path


def tar_of(path: Path, *infos: tarfile.TarInfo, data: bytes = b"data") -> Path:
    with tarfile.open(path, "w") as archive:
        for info in infos:
            info.size = len(data) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return path


def code(path: Path) -> str:
    with pytest.raises(ContentError) as caught, Archive.opened(path):
        pass
    return caught.value.problems[0].code


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "a/../../b.txt", "a\\..\\b.txt", "C:/a.txt"])
def test_a_name_that_leads_out_refuses_the_archive(tmp_path, name):
    assert code(zip_of(tmp_path / "a.zip", "good.txt", name)) == "add.bad-archive"
    assert code(tar_of(tmp_path / "a.tar", tarfile.TarInfo(name))) == "add.bad-archive"


def test_links_and_devices_are_no_members(tmp_path):
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    hard = tarfile.TarInfo("hard")
    hard.type, hard.linkname = tarfile.LNKTYPE, "/etc/passwd"
    device = tarfile.TarInfo("device")
    device.type = tarfile.CHRTYPE
    with Archive.opened(tar_of(tmp_path / "a.tar", link, hard, device, tarfile.TarInfo("file"))) as archive:
        assert list(archive.members) == ["file"]
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as written:
        written.writestr(info, "/etc/passwd")
    with Archive.opened(tmp_path / "a.zip") as archive:
        assert archive.members == {}


def test_an_archive_that_claims_more_than_it_can_hold_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_LEAST", 1000)
    monkeypatch.setattr(module, "MOST_TIMES", 10)
    assert code(zip_of(tmp_path / "a.zip", "zeros", data=bytes(100_000))) == "add.bad-archive"
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("zeros")
        info.size = 100_000
        archive.addfile(info, io.BytesIO(bytes(100_000)))
    assert code(tmp_path / "a.tar.gz") == "add.bad-archive"


def test_a_member_that_is_longer_or_shorter_than_it_says_is_refused(tmp_path):
    path = zip_of(tmp_path / "a.zip", "a", data=b"x" * 100, method=zipfile.ZIP_STORED)
    raw = path.read_bytes()
    path.write_bytes(raw.replace((100).to_bytes(4, "little") * 2, (50).to_bytes(4, "little") * 2))
    with pytest.raises(ContentError):
        PackedFiles(archive=path, members={"out": "a"}).unpack(tmp_path)


def test_what_is_damaged_is_named(tmp_path):
    for name, data in (("a.zip", b"PK\3\4 cut"), ("a.tar", b"no tar"), ("a.tar.gz", b"\x1f\x8b cut")):
        path = tmp_path / name
        path.write_bytes(data)
        assert code(path) == "add.bad-archive"


def test_a_member_larger_than_asked_for_is_not_read(tmp_path):
    with Archive.opened(zip_of(tmp_path / "a.zip", "a", data=b"12345")) as archive:
        assert archive.read("a", 5) == b"12345"
        with pytest.raises(ContentError):
            archive.read("a", 4)


def test_a_member_may_go_to_two_places(tmp_path):
    PackedFiles(archive=zip_of(tmp_path / "a.zip", "a", "b"), members={"x/1": "a", "2": "a"}).unpack(tmp_path)
    assert (tmp_path / "x/1").read_bytes() == (tmp_path / "2").read_bytes() == b"data"
    assert not (tmp_path / "b").exists()
