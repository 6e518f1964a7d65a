"""``publisher new``: a new site that builds as it is."""

import shutil
from pathlib import Path

import click

from publisher.errors import ConfigError, Problem
from publisher.resources import example_site

STARTER_STUDY = "colon-fhl2"
"""The study of the example site that a new site begins with: one small colour image."""

CONFIG_HEAD = """\
# The settings of your site. Keys that you leave out keep their defaults; all are in reference/config.md of
# the documentation; `publisher --help` says where that is.
# Check what you wrote with `publisher plan`: every fault is named with its line.

"""
NOTES = """\
# Your new site

Look at it with `publisher serve`; it is rebuilt whenever you save a file.

1. Open site_config.yaml and give the site its title, its publisher and, when you know it, its address (base_url).
2. content/studies/{study} is an example of a study: a folder with study.yaml, images.csv and image files.
   Make your own with `publisher add FILES --study NAME`, then delete the example.
3. content/pages holds pages of text. Write about.md, or delete it with its line under `navigation`.
4. Publish the folder _site: `publisher build` ends with the way to the guide.
"""
ABOUT = """\
# About

Say who you are, what is published here, and whom to ask.
"""


@click.command(name="new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", default=None, metavar="TEXT", help="Title of the site; the folder's name by default.")
def command(folder: Path, title: str | None) -> int:
    """Make a new site in FOLDER that builds as it is: settings, one small study, and notes on what to change."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(
            Problem(
                code="new.not-empty",
                path=str(folder),
                message="is not an empty folder",
                hint="name a folder that does not exist yet",
            )
        )
    _write(folder, title or folder.resolve().name.replace("-", " ").replace("_", " ").capitalize())
    click.echo(f"A new site stands in {folder}. Next: cd {folder} && publisher serve")
    return 0


def _write(folder: Path, title: str) -> None:
    from publisher.yaml_file import dump_yaml  # late: help must not wait for YAML

    study = example_site() / "content" / "studies" / STARTER_STUDY
    shutil.copytree(study, folder / "content" / "studies" / STARTER_STUDY)
    pages = folder / "content" / "pages"
    pages.mkdir()
    (pages / "about.md").write_text(ABOUT, encoding="utf-8")
    config = {
        "title": title,
        "description": "Microscopy images with their metadata, published by us.",
        "publisher": {"name": "Your institution"},
        "navigation": [{"title": "About", "page": "about"}],
        "theme": {"name": "default"},
    }
    (folder / "site_config.yaml").write_text(CONFIG_HEAD + dump_yaml(config), encoding="utf-8")
    (folder / "README.md").write_text(NOTES.format(study=STARTER_STUDY), encoding="utf-8")
    (folder / ".gitignore").write_text("_site/\n.publisher/\n", encoding="utf-8")
