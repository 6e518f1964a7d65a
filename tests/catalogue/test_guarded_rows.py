"""What of a curator's table is not published."""

from pathlib import Path

import pytest

from publisher.catalogue.curation_file import read_curation
from publisher.catalogue.guarded_rows import guarded_rows
from publisher.formats.redaction import MASK, Redaction


def rows(tmp_path: Path, text: str, **privacy: tuple[str, ...]) -> tuple[list[dict[str, str]], str, str]:
    """Pairs of each row, the image of the first, and the warning."""
    (tmp_path / "images.csv").write_text(text)
    found, problems = guarded_rows(read_curation(tmp_path, "s"), Redaction(**privacy), "s")
    pairs = [{pair.key: pair.value for pair in found.row(number).pairs} for number in range(len(found))]
    return pairs, found.row(0).image, " ".join(map(str, problems))


def test_addresses_of_people_and_paths_on_disks_leave_and_are_told_of_without_quoting(tmp_path: Path) -> None:
    text = "image,Gene,Who,Where\na.tif,A,ask b@lab.example.org,/home/ada/x.tif\nb.tif,B,nobody,C:\\Users\\ada\\x.tif\n"
    pairs, _, told = rows(tmp_path, text)
    assert pairs == [
        {"Gene": "A", "Who": f"ask {MASK}", "Where": MASK},
        {"Gene": "B", "Who": "nobody", "Where": MASK},
    ]
    assert "s/images.csv: left out of what is published of its rows: e-mail address, path (2 times)" in told
    assert "ada" not in told


@pytest.mark.parametrize(
    "value",
    ["/Neural/130520_Neural_Rosettes.tif", "/uod/idr/filesets/a", "https://example.org/home/x", "20x/0.8", "and/or"],
)
def test_what_a_curator_wrote_stays(tmp_path: Path, value: str) -> None:
    pairs, _, told = rows(tmp_path, f"image,Path\na.tif,{value}\n")
    assert pairs == [{"Path": value}]
    assert told == ""


def test_an_image_named_by_a_path_on_a_disk_is_found_by_its_file_name(tmp_path: Path) -> None:
    assert rows(tmp_path, "image,Gene\nC:\\Users\\ada\\a b.tif,A\n")[1] == "a b.tif"
    assert rows(tmp_path, "image,Gene\nimages/a.tif,A\n")[1] == "images/a.tif"


def test_a_site_keeps_and_leaves_out_more(tmp_path: Path) -> None:
    text = "image,Gene,Patient code,description\na.tif,b@lab.example.org,7,words\n"
    pairs, _, _ = rows(tmp_path, text, redact=("Patient code",), keep=("e-mail address",))
    assert pairs == [{"Gene": "b@lab.example.org"}]
