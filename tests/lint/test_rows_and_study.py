"""Licences and rows."""

from tests.lint.conftest import Judge, linted


def test_a_study_without_a_licence_is_an_error(judge: Judge) -> None:
    assert judge(licence=None)["lint.no-licence"].severity == "error"
    assert judge(licence="CC0-1.0") == {}
    assert judge(licence="Creative Commons, by me")["lint.odd-licence"].severity == "warning"
    assert judge(licence="CC-BY-NC-SA-4.0")["lint.closed-licence"].severity == "note"
    assert judge(licence="CC-BY-SA-4.0") == {}


def test_images_without_a_row_and_rows_without_an_image_are_both_told(judge: Judge) -> None:
    images = [linted(1), linted(2, has_row=False), linted(3)]
    found = judge(rows="image,Gene\nimages/1.tif,A\nimages/3.tif,B\nimages/4.tif,C\n", images=images, lost_rows=(2,))
    assert set(found) == {"lint.image-without-row", "lint.row-without-image"}
    assert found["lint.image-without-row"].images == (images[1].name,)
    assert found["lint.image-without-row"].message == "1 of 3 images without a row: 'Cell 2'"
    lost = found["lint.row-without-image"]
    assert (lost.line, lost.severity) == (4, "warning")
    assert "'images/4.tif'" in lost.message


def test_images_need_no_rows_where_there_is_no_table(judge: Judge) -> None:
    assert judge(images=[linted(1, has_row=False)]) == {}


def test_rows_of_a_study_without_pixels_are_only_noted(judge: Judge) -> None:
    assert judge(rows="image,Gene\na,A\n", lost_rows=(0,))["lint.row-without-image"].severity == "note"


def test_keys_and_values_in_two_spellings_are_told(judge: Judge) -> None:
    rows = "image,Gene Symbol,gene_symbol,Gene Symbol\na,CDC20,x,\nb,cdc20,y,\n"
    found = [judge(rows=rows)["lint.two-spellings"]]
    assert found[0].severity == "warning"
    found = judge(rows="image,Gene,Gene\na,CDC20,PLK1\nb,cdc20,PLK1\nc,CDC20,\n")["lint.two-spellings"]
    assert found.message == "1 value of 'Gene' stands in two spellings: 'CDC20' and 'cdc20'"
    assert found.line == 3
    assert "lint.two-spellings" not in judge(rows="image,Gene,Gene\na,A,B\n"), "a key may repeat"
