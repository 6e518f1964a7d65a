"""Studies of others are brought in and built: what tells of people and their disks stays behind."""

import re
from pathlib import Path

import pytest

from publisher.testing.images import planes, write_ome_tiff
from tests.commands.conftest import Publisher
from tests.importers import packs
from tests.importers.idr_folders import ANNOTATIONS, STUDY, study_folder
from tests.safety.canaries import Canaries, private_ome, private_words


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    (root / "content" / "studies").mkdir(parents=True)
    (root / "site_config.yaml").write_text("title: Lab\nbase_url: https://lab.example.org/\n")
    return root


def private_pack(folder: Path, canary: Canaries) -> Path:
    """A transfer pack of somebody's server: its people, its host, words that were typed there."""
    packs.write_pack(folder)
    document = packs.DOCUMENT.replace("<Project ", private_ome(canary) + "<Project ", 1)
    for name, field in (("omero.secret.example", "host"), ("jdoe", "user"), (">lab<", "group")):
        value = canary(f"pack {field}")
        document = document.replace(name, f">{value}<" if name == ">lab<" else value)
    document = document.replace('<TagAnnotation ID="', '<TagAnnotation Annotator="Experimenter:0" ID="')
    document = document.replace("All of them", private_words(canary, "project description"))
    document = document.replace("looks good", private_words(canary, "comment"))
    document = re.sub(r"about ([abw][\w.]*)<", lambda found: f"{private_words(canary, 'about ' + found[1])}<", document)
    document = document.replace(">CDC20</M>", f">{private_words(canary, 'pair')}</M>")
    extra = f'<M K="Operator">{canary("operator")}</M><M K="Patient ID">{canary("patient")}</M>'
    document = document.replace('<M K="siRNA">', extra + '<M K="siRNA">')
    (folder / "transfer.xml").write_text(document)
    return folder


def test_a_pack_leaves_its_server_behind(publisher: Publisher, site: Path, tmp_path: Path) -> None:
    canary = Canaries()
    added = publisher("add", packs.zipped(private_pack(tmp_path / "pack", canary)), "--study", "s", "--site", site)
    assert added.code == 0
    assert publisher("build", "--site", site).code == 0
    assert len(canary.fields) > 40
    assert len(list((site / "_site").rglob("images/*/index.html"))) == 4
    assert canary.found_in(site / "_site") == {}


def private_idr_folder(folder: Path, canary: Canaries) -> Path:
    """An IDR study folder with the addresses of its people, and where its files came from."""
    mails = [f"{canary(what)}@example.org" for what in ("submitter's mail", "comments mail")]
    study = f"{STUDY.replace('r.levy@example.org', mails[0])}Screen Comments\task {mails[1]}\n"
    header, *lines = ANNOTATIONS.splitlines()
    where = (f"/home/{canary('where')}/a.dv", f"C:\\Users\\{canary('windows')}\\a.dv", f"{canary('who')}@lab.org", "x")
    table = "\n".join([f"{header},Comment [Original]", *(f"{a},{b}" for a, b in zip(lines, where, strict=True))])
    files = {"idr9999-study.txt": study, "experimentA/idr9999-experimentA-annotation.csv": table + "\n"}
    files["experimentA/idr9999-experimentA-bulkmap-config.yml"] = (
        "name: idr9999\ndefaults: {include: yes, visible: yes, omitempty: yes}\n"
        "columns: [{name: 'Comment [Original]'}]\n"
    )
    return study_folder(folder, files)


def test_an_idr_study_leaves_addresses_and_disks_behind(
    publisher: Publisher,
    site: Path,
    tmp_path: Path,
) -> None:
    canary = Canaries()
    pixels = tmp_path / "pixels"
    for name in ("cell_001", "cell_002"):
        (pixels / "CEP_2011").mkdir(parents=True, exist_ok=True)
        write_ome_tiff(pixels / "CEP_2011" / f"{name}.ome.tiff", planes())
    folder = private_idr_folder(tmp_path / "idr", canary)
    assert publisher("add", folder, "--study", "s", "--images", pixels, "--site", site).code == 0
    assert publisher("build", "--site", site).code == 0
    assert len(canary.fields) == 5
    assert "ENSG1" in "".join(path.read_text() for path in (site / "_site").rglob("index.json"))
    assert canary.found_in(site / "_site") == {}
