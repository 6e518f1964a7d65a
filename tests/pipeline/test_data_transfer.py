"""What a build sends to a store: what differs, in an order that readers survive, and again after a kill."""

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import zarr

from publisher.errors import DeployError, Problem
from publisher.graph.ledger import Ledger
from publisher.ngff.validate import validate_fileset
from publisher.object_store import ObjectStore, open_store
from publisher.pipeline import BuildOptions, Outcome, build
from publisher.reporting import SilentReporter
from publisher.transfer import sending
from publisher.transfer.difference import Sent, planned_transfer
from tests.pipeline.sites import CONFIG, ROWS, STUDY, make_site, plan_site, tree, write_image

pytest.importorskip("obstore", reason="sending to stores needs: pip install 'ome-publisher[remote]'")


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    return tmp_path / "bucket" / "lab"


@pytest.fixture
def site(tmp_path: Path, bucket: Path) -> Path:
    root = tmp_path / "site"
    make_site(root)
    keys = "data_url: https://bucket.example.org/lab\ndownloads: {ozx: image}\n"
    (root / "site_config.yaml").write_text(f"{CONFIG}{keys}build: {{data_store: 'file://{bucket}'}}\n")
    return root


def send(root: Path, **options: bool) -> Outcome:
    options = {"send": True, **options}
    return build(root, BuildOptions(today=date(2026, 1, 2), threads=1, **options), SilentReporter())


def study(root: Path) -> Path:
    return root / "content/studies/mitosis"


def test_the_store_holds_the_same_bytes_as_the_folder(site: Path, bucket: Path) -> None:
    outcome = send(site)
    assert outcome.problems == outcome.warnings == ()
    assert tree(bucket / "data") == tree(site / "_site/data")
    assert outcome.sent is not None
    assert outcome.sent.objects == len(tree(bucket / "data"))


def test_the_sent_filesets_pass_the_gate_and_open(site: Path, bucket: Path) -> None:
    send(site)
    for fileset in (bucket / "data/mitosis").glob("*.ome.zarr"):
        assert validate_fileset(fileset) == ()
        assert zarr.open_group(fileset / "0", mode="r")["0"][...].any()


def test_a_second_build_sends_nothing(site: Path, bucket: Path) -> None:
    send(site)
    before = {path: path.stat().st_mtime_ns for path in bucket.rglob("*")}
    assert send(site).sent == Sent()
    assert {path: path.stat().st_mtime_ns for path in bucket.rglob("*")} == before


def test_a_changed_name_sends_metadata_and_no_chunk(site: Path, bucket: Path) -> None:
    send(site)
    before = {path: path.stat().st_mtime_ns for path in bucket.rglob("*") if path.is_file()}
    (study(site) / "images.csv").write_text(ROWS.replace("Cell B", "Cell Beta"))
    send(site)
    written = {path for path, then in before.items() if path.stat().st_mtime_ns != then}
    assert written
    assert not any("/c/" in str(path) for path in written)
    assert tree(bucket / "data") == tree(site / "_site/data")


def test_what_is_withdrawn_is_deleted_there(site: Path, bucket: Path) -> None:
    send(site)
    (study(site) / "study.yaml").write_text(STUDY.replace("images/b.ome.tiff, ", ""))
    (study(site) / "images.csv").write_text(ROWS.replace("images/b.ome.tiff,Cell B,CDC20\n", ""))
    outcome = send(site)
    assert outcome.sent is not None
    assert outcome.sent.deleted > 5
    assert tree(bucket / "data") == tree(site / "_site/data")


def test_drafts_other_outputs_and_plans_send_nothing(site: Path, bucket: Path, tmp_path: Path) -> None:
    send(site, drafts=True)
    send(site, send=False)
    plan_site(site)
    assert not bucket.exists()


def test_a_plan_tells_what_is_to_be_sent(site: Path) -> None:
    send(site, send=False)
    transfer = plan_site(site).transfer
    assert transfer is not None
    assert {output.path for output in transfer.puts} == {f"data/{path}" for path in tree(site / "_site/data")}
    send(site)
    done = plan_site(site).transfer
    assert done is not None
    assert (done.puts, done.deletions) == ((), ())


class Witness:
    """A store that notes what it is asked to do, and fails when a key holds ``broken``."""

    def __init__(self, store: ObjectStore, broken: str = "") -> None:
        self._store, self._broken = store, broken
        self.url = store.url
        self.done: list[str] = []

    def put(self, key: str, source: Path) -> None:
        if self._broken and self._broken in key:
            raise DeployError(Problem(code="objects.failed", message="the network is down", path=key))
        self._store.put(key, source)
        self.done.append(key)

    def delete(self, keys: Sequence[str]) -> None:
        self.done += [f"delete {key}" for key in keys]
        self._store.delete(keys)

    def size(self, key: str) -> int | None:
        return self._store.size(key)

    def sizes_below(self, folder: str) -> dict[str, int]:
        return self._store.sizes_below(folder)


def watched(monkeypatch: pytest.MonkeyPatch, bucket: Path, broken: str = "") -> Witness:
    witness = Witness(open_store(f"file://{bucket}"), broken)
    monkeypatch.setattr(sending, "open_store", lambda url: witness)
    return witness


def test_arrays_stand_before_metadata_and_the_root_comes_last(
    site: Path, bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = watched(monkeypatch, bucket)
    send(site)
    filesets = {"/".join(key.split("/")[:3]) for key in witness.done if ".ome.zarr/" in key}
    assert len(filesets) == 3
    for fileset in filesets:
        keys = [key.removeprefix(fileset + "/") for key in witness.done if key.startswith(fileset + "/")]
        arrays = [number for number, key in enumerate(keys) if key.startswith(("0/0/", "0/1/"))]
        assert arrays == list(range(len(arrays)))
        assert keys[-1] == "zarr.json"


def test_a_failure_is_told_deletes_nothing_and_the_next_build_goes_on(
    site: Path, bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(site)
    before = tree(bucket)
    write_image(study(site) / "images/c.ome.tiff", 7)
    (study(site) / "study.yaml").write_text(STUDY.replace("images/b.ome.tiff, ", ""))
    (study(site) / "images.csv").write_text(ROWS.replace("images/b.ome.tiff,Cell B,CDC20\n", ""))
    with monkeypatch.context() as during:
        witness = watched(during, bucket, broken="/0/1/c/")
        outcome = send(site)
    assert [problem.code for problem in outcome.problems] == ["objects.failed"]
    assert not any(key.startswith("delete") or key.endswith("/0/zarr.json") for key in witness.done)
    metadata = {path: digest for path, digest in before.items() if path.endswith("0/zarr.json")}
    assert {path: tree(bucket)[path] for path in metadata} == metadata, "old metadata stands with its old arrays"
    assert send(site).problems == ()
    assert tree(bucket / "data") == tree(site / "_site/data")


def test_an_object_that_is_not_listed_after_all_is_sent_again(
    site: Path, bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = watched(monkeypatch, bucket)
    monkeypatch.setattr(witness, "sizes_below", lambda folder: {})
    outcome = send(site)
    assert {problem.code for problem in outcome.problems} == {"objects.failed"}
    assert "lists none" in outcome.problems[0].message
    monkeypatch.undo()
    assert send(site).problems == ()
    assert tree(bucket / "data") == tree(site / "_site/data")


def test_objects_that_nobody_knows_are_named_once_and_stay(site: Path, bucket: Path) -> None:
    (bucket / "data/old.ome.zarr").mkdir(parents=True)
    (bucket / "data/old.ome.zarr/zarr.json").write_text("{}")
    assert [problem.code for problem in send(site).warnings] == ["objects.unknown"]
    assert (bucket / "data/old.ome.zarr/zarr.json").exists()
    assert send(site).warnings == ()


def test_a_place_that_is_left_is_named_once(site: Path, bucket: Path, tmp_path: Path) -> None:
    send(site)
    config = site / "site_config.yaml"
    config.write_text(config.read_text().replace("bucket/lab'", "bucket/new'"))
    (warning,) = send(site).warnings
    assert (warning.code, warning.path) == ("objects.left-behind", f"file://{bucket}")
    assert tree(tmp_path / "bucket/new/data") == tree(bucket / "data")
    assert send(site).warnings == ()


def test_with_the_ledger_lost_everything_is_sent_again_and_nothing_deleted(site: Path, bucket: Path) -> None:
    send(site)
    shutil.rmtree(site / ".publisher")
    outcome = send(site)
    assert outcome.problems == ()
    assert outcome.sent is not None
    assert outcome.sent.objects == len(tree(bucket / "data"))


def test_a_study_with_a_faulty_fileset_is_not_sent(site: Path) -> None:
    send(site, send=False)
    with Ledger(site / ".publisher/ledger.sqlite") as ledger:
        ledger.remember("gate", "faulty", ["mitosis/a-0f04a7ca"])
        assert planned_transfer(ledger, "file:///nowhere", held={"mitosis"}).puts == ()
    outcome = send(site)
    assert outcome.transfer is not None
    assert outcome.transfer.puts == ()


def test_without_a_public_address_a_warning_says_so(site: Path) -> None:
    config = site / "site_config.yaml"
    config.write_text(config.read_text().replace("data_url: https://bucket.example.org/lab\n", ""))
    assert "config.no-data-url" in {problem.code for problem in send(site).warnings}
