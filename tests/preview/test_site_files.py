"""Whatever a request names, it finds a file of the site or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.preview.site_files import FoundFile, MovedTo, SiteFiles

PIECES = st.sampled_from(
    ["..", ".", "%2e%2e", "a", "a%20b", "index.html", "secret.txt", "", "%00", "%2f", "\\", "%5c", "~", "link", "é"]
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> SiteFiles:
    outside = tmp_path_factory.mktemp("outside")
    folder = outside / "a"
    (folder / "a" / "a b").mkdir(parents=True)
    for path in (
        outside / "secret.txt",
        folder / "index.html",
        folder / "a" / "index.html",
        folder / "a" / "a b" / "é",
    ):
        path.write_text("x")
    (folder / "link").symlink_to(outside)
    return SiteFiles(folder)


@given(st.lists(PIECES, max_size=6))
def test_no_path_leads_out_of_the_site(site: SiteFiles, pieces: list[str]) -> None:
    found = site.find("/" + "/".join(pieces))
    if isinstance(found, FoundFile):
        assert found.path.is_file()
        assert found.path.is_relative_to(site.folder)
        assert found.path.name != "secret.txt"
    elif isinstance(found, MovedTo):
        assert found.location.startswith("/")
        assert not found.location.startswith("//")


def test_names_with_spaces_and_letters_of_any_language_are_found(site: SiteFiles) -> None:
    assert isinstance(site.find("/a/a%20b/%C3%A9"), FoundFile)


def test_a_site_below_a_path_has_nothing_beside_it(site: SiteFiles) -> None:
    below = SiteFiles(site.folder, "/name/")
    assert isinstance(below.find("/name/a/index.html"), FoundFile)
    assert below.find("/") == below.find("/name") == MovedTo("/name/")
    assert below.find("/a/index.html") is None
    assert below.find("/names") is None
