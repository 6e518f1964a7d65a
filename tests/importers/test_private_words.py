"""What a study of others tells of people and their disks."""

from publisher.importers.draft import TableDraft
from publisher.importers.private_words import PrivateWords


def test_texts_lose_addresses_and_disks_and_the_curator_is_told_how_often() -> None:
    words = PrivateWords(keeps_keys=True)
    said = {
        "title": "Cells",
        "authors": [{"name": "Ada", "email": "ada@example.org"}],
        "projects": [
            {"name": "P", "comments": ["see /home/ada/a.tif", "ask ada@example.org"], "pairs": [["Owner", "A"]]}
        ],
        "links": [{"title": "t", "url": "https://example.org/home/a"}],
        "release_date": "2026-01-01",
    }
    assert words.description(said) == said | {
        "projects": [{"name": "P", "comments": ["see [redacted]", "ask [redacted]"], "pairs": [["Owner", "A"]]}],
    }
    [todo] = words.todo()
    assert todo.about == "study.yaml"
    assert todo.message.endswith("(2 places)")


def test_keys_about_people_leave_what_nobody_chose_for_the_public() -> None:
    words = PrivateWords(keeps_keys=False)
    pairs = [["Gene", "CDC20"], ["Operator", "Ada"], ["Patient ID", "7"]]
    assert words.description({"pairs": pairs}) == {"pairs": [["Gene", "CDC20"]]}
    assert words.description({"pairs": {"Gene": "CDC20", "Owner": "Ada"}}) == {"pairs": {"Gene": "CDC20"}}
    table = words.table(TableDraft(header=("image", "Gene", "Operator", "Gene"), rows=[("a", "b", "c", "d")]))
    assert (table.header, list(table.rows)) == (("image", "Gene", "Gene"), [("a", "b", "d")])
    assert [todo.about for todo in words.todo()] == ["images.csv", "study.yaml"]


def test_only_texts_are_searched() -> None:
    words = PrivateWords(keeps_keys=True)
    text = b"a,b\r\n/home/ada/x.tif,1\r\n"
    assert words.file("a.csv", text) == b"a,b\r\n[redacted],1\r\n"
    assert words.file("a.bin", text) == text
    assert words.file("a.csv", b"\xff/home/ada/x.tif") == b"\xff/home/ada/x.tif"
    clean = b"a,b\r\n1,2"
    assert words.file("a.csv", clean) is clean


def test_folders_of_files_stay_what_they_are() -> None:
    said = {"title": "A", "sources": ["/home/jane/pack"], "images": [{"path": "/home/x.tif"}]}
    assert PrivateWords(keeps_keys=False).description(said) == said


def test_a_pair_of_which_nothing_is_left_goes() -> None:
    words = PrivateWords(keeps_keys=True)
    said = {"title": "T", "extra": {"Contact": "ada@lab.example.org", "Room": "ask ada@lab.example.org"}}
    assert words.description(said) == {"title": "T", "extra": {"Room": "ask [redacted]"}}
    assert words.taken["study.yaml"] == 2
