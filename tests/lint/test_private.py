"""Private things in a curator's own words."""

from publisher.formats.redaction import Redaction
from tests.lint.conftest import Judge


def test_columns_that_name_people_or_patients_are_told(judge: Judge) -> None:
    found = judge(rows="image,Gene,Operator,Patient ID\na,A,B,C\n")["lint.private-key"]
    assert "'Operator' and 'Patient ID'" in found.message
    assert found.inward, "not for the page"
    assert judge(rows="image,Gene,Operating temperature\na,A,B\n") == {}


def test_a_path_on_a_disk_in_a_text_is_told_and_an_address_is_not(judge: Judge) -> None:
    found = judge("description: >\n  Files are in /home/ada/data/x.tif\nspecimen: ask ada@lab.example.org\n")
    assert set(found) == {"lint.private-path"}
    assert found["lint.private-path"].line == 2


def test_columns_that_the_site_leaves_out_or_means_to_show_are_not_told(judge: Judge) -> None:
    rows = "image,Gene,Operator\na,A,B\n"
    assert judge(rows=rows, redaction=Redaction(redact=("Operator",))) == {}
    assert judge(rows=rows, redaction=Redaction(keep=("person",))) == {}
    assert set(judge(rows=rows, redaction=Redaction(redact=("Owner",)))) == {"lint.private-key"}
