"""The page of a study's quality."""

import json

from publisher.pages.page import to_json
from publisher.pages.quality_page import MOST_IMAGES, QualityPage
from tests.pages import samples


def page() -> QualityPage:
    return next(page for page in samples.pages() if isinstance(page, QualityPage))


def test_it_says_what_was_looked_at_and_how_much_is_said() -> None:
    found = page()
    assert found.looked == "8 images, the values of 8, 2 rows without pixels"
    assert [(share.given, share.total, share.text) for share in found.shares] == [
        (1, 2, "1 of 2 required things are said"),
        (0, 1, "0 of 1 recommended things are said"),
    ]
    assert [(row.field, row.required) for row in found.missing] == [("Organism", True), ("Funding", False)]


def test_a_finding_about_many_images_links_to_some_and_counts_all() -> None:
    about_images = page().findings[1]
    assert about_images.count == 32
    assert len(about_images.images) == MOST_IMAGES
    assert about_images.images[0].title == "Cell 001 (cell-001)", "each stands in it several times"
    assert about_images.images[0].href == "../../../studies/sim-spindle/images/cell-001/index.html"


def test_what_names_files_that_are_not_published_is_for_the_curator_alone() -> None:
    text = to_json(page()).decode()
    assert "secret.czi" not in text
    assert "content/" not in text
    assert json.loads(text)["findings"][0]["severity"] == "error"
