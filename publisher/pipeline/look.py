"""The look of a site during one build: its theme, loaded when something is drawn, and what pages depend on of it."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import __version__
from publisher.config.model import SiteConfig
from publisher.graph.fingerprint import digest_json
from publisher.graph.ledger import Ledger
from publisher.paths import SitePaths
from publisher.pipeline.tree_stamp import tree_stamp

if TYPE_CHECKING:
    from publisher.render.html import Renderer
    from publisher.render.static import StaticFiles
    from publisher.render.theme import Theme


class Look:
    """Templates, static files, and digests of both, remembered between builds."""

    def __init__(self, config: SiteConfig, paths: SitePaths, ledger: Ledger) -> None:
        self._config, self._paths, self._ledger = config, paths, ledger
        self._digests: dict[str, str] = {}

    @cached_property
    def key(self) -> str:
        """Changes with anything that can change every page: settings, the theme's files, this package."""
        themes = [self._paths.root / "themes", *self._theme_folders()]
        overrides = [self._paths.root / self._config.theme.overrides] if self._config.theme.overrides else []
        package = Path(__file__).parents[1]
        return digest_json(
            [self._config.model_dump(mode="json"), __version__, tree_stamp([*themes, *overrides, package])]
        )

    def _theme_folders(self) -> list[Path]:
        from publisher.resources import themes_folder

        shipped = themes_folder()
        installed = self._ledger.memo("theme", "folders") or []
        return [shipped, *(Path(f) for f in installed if not Path(f).is_relative_to(shipped))]

    def check(self) -> None:
        """Raise ThemeError while the theme cannot be used: unknown, not whole, or with templates that are no Jinja.

        That it is sound is remembered, because a build with nothing to do must not load templates.
        """
        if self._ledger.memo("theme", "sound") == self.key:
            return
        own = self._paths.root
        folders = {layer.templates.parent for layer in self.theme.layers}
        self._ledger.remember("theme", "folders", sorted(str(f) for f in folders if not f.is_relative_to(own)))
        for template in self.renderer.environment.list_templates():
            if "/" not in template:
                self.digest_of(template)
        self._ledger.remember("theme", "sound", self.key)

    @cached_property
    def theme(self) -> "Theme":
        """The site's theme."""
        from publisher.render.theme import installed_themes, load_theme

        return load_theme(self._config.theme, self._paths.root, installed_themes())

    @cached_property
    def static(self) -> "StaticFiles":
        """The theme's static files under their published names."""
        from publisher.render.static import static_files

        return static_files(self.theme)

    @cached_property
    def renderer(self) -> "Renderer":
        """Templates and what they know of the site."""
        from publisher.render.context import site_context
        from publisher.render.html import Renderer

        context = site_context(self._config, self.theme, self.static)
        return Renderer(self.theme, context, compiled=self._paths.work / "templates")

    def digest_of(self, template: str) -> str:
        """What a page depends on beside its model: the template, all it uses, and what it knows of the site."""
        if template not in self._digests:
            known = self._ledger.memo("template", template)
            if known is None or known[0] != self.key:
                known = [self.key, self.renderer.fingerprint(template)]
                self._ledger.remember("template", template, known)
            self._digests[template] = known[1]
        return self._digests[template]
