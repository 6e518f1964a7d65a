"""Reads site_config.yaml."""

from pathlib import Path

from publisher.config.faults import validated
from publisher.config.model import SiteConfig
from publisher.errors import ConfigError, ContentError, Problem
from publisher.paths import CONFIG_NAME, WORK_NAME, SitePaths, site_paths
from publisher.yaml_file import YamlFile


def load_config(root: Path, *, output: Path | None = None) -> tuple[SiteConfig, SitePaths]:
    """The configuration and folders of the site at ``root``.

    ``output`` overrides ``build.output``. Raises ConfigError with every fault, each with its line.
    """
    root = root.resolve()
    path = root / CONFIG_NAME
    if not path.is_file():
        raise ConfigError(
            Problem(
                code="config.missing",
                path=str(path),
                message="there is no site here",
                hint="go to the folder of your site, name it with --site DIR, or make one with `publisher new DIR`",
            )
        )
    try:
        file = YamlFile(path, shown=CONFIG_NAME)
    except ContentError as error:
        raise ConfigError(*error.problems) from error
    config = validated(SiteConfig, file, prefix="config", error=ConfigError)
    paths = site_paths(root, content=config.build.content, output=config.build.output, other_output=output)
    _refuse_dangerous_output(paths, file, asked=output is not None)
    return config, paths


def _refuse_dangerous_output(paths: SitePaths, file: YamlFile, *, asked: bool) -> None:
    """The output must not be, hold or lie in the folders the site is made from."""
    theirs = (paths.root, paths.content.resolve(), paths.root / "themes", paths.root / WORK_NAME)
    out = paths.output
    if (
        out == paths.root
        or any(out == folder or folder.is_relative_to(out) for folder in theirs)
        or any(out.is_relative_to(folder) for folder in theirs[1:])
    ):
        code = "config.output-overlaps"
        message = f"the output folder {paths.shown(out)!r} is, holds or lies in what the site is made from"
        hint = "choose a folder of its own, such as _site"
        if asked:
            raise ConfigError(Problem(code=code, path="--output", message=message, hint=hint))
        raise ConfigError(file.fault(code, message, ("build", "output"), hint))
