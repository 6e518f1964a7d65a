"""Files that ship beside the code are found in an installed wheel and in a checkout."""

from pathlib import Path

import pytest

from publisher import resources
from publisher.errors import PublisherError


def test_a_checkout_has_its_themes_beside_the_package() -> None:
    assert (resources.themes_folder() / "default" / "theme.yaml").is_file()
    assert (resources.themes_folder() / "idr" / "theme.yaml").is_file()


def test_an_installed_package_carries_themes_and_the_example_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in ("_resources/themes/default/theme.yaml", "_resources/site/site_config.yaml"):
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).touch()
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)
    assert resources.themes_folder() == tmp_path / "_resources" / "themes"
    assert resources.example_site() == tmp_path / "_resources" / "site"


def test_an_incomplete_installation_says_how_to_mend_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "publisher")
    with pytest.raises(PublisherError, match="pip install"):
        resources.themes_folder()
