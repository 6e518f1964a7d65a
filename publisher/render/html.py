"""Page models to HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from publisher.pages.page import Alternate, Page
from publisher.pages.prose_page import NotFoundPage
from publisher.render.context import SiteContext
from publisher.render.environment import ThemeEnvironment, theme_errors
from publisher.render.theme import Theme

FRAME = ("files.html", "header.html", "footer.html")
"""Templates of what is around the content, made once for all pages they are the same on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is around the content: ``files`` of the head (icon, style sheets, script), ``header`` and ``footer``."""

    files: Markup
    header: Markup
    footer: Markup


class Renderer:
    """Renders pages by one theme; keeps compiled templates (in the folder ``compiled``, too) and frames."""

    def __init__(self, theme: Theme, context: SiteContext, *, compiled: Path | None = None) -> None:
        self.context = context
        self.environment = ThemeEnvironment(theme, compiled=compiled)
        self._places = frozenset(item.path for item in context.navigation)
        self._frames: dict[tuple[str, str, str | None, tuple[Alternate, ...]], Frame] = {}

    def render(self, page: Page) -> bytes:
        """The page as HTML, UTF-8. Raises ThemeError where the template fails."""
        root = self._root(page)
        frame = self._frame(page, root)
        with theme_errors(page.template):
            template = self.environment.get_template(page.template)
            return template.render(page=page, site=self.context, root=root, frame=frame).encode("utf-8", "replace")

    def fingerprint(self, template: str) -> str:
        """What a page by this template depends on beside its model: all templates it uses and the site's context."""
        closures = (self.environment.closure(name) for name in (template, *FRAME))
        return ":".join((*closures, self.context.digest()))

    def _frame(self, page: Page, root: str) -> Frame:
        """The frame of a page: it differs by depth, kind, alternates, and on pages that the navigation names."""
        url = str(page.url)
        place = url if url in self._places else None
        key = (root, page.kind, place, page.alternates)
        if key not in self._frames:
            current = {"kind": page.kind, "path": place, "alternates": page.alternates}
            self._frames[key] = Frame(**{name.removesuffix(".html"): self._part(name, current, root) for name in FRAME})
        return self._frames[key]

    def _part(self, name: str, current: Mapping[str, object], root: str) -> Markup:
        with theme_errors(name):
            return self.environment.fragment(name, page=current, site=self.context, root=root)

    def _root(self, page: Page) -> str:
        """Way from the page to the site's root; the 404 page is answered at any depth, so its links start there.

        Without `base_url` that is the root of the host, where a site is previewed.
        """
        if isinstance(page, NotFoundPage):
            return self.context.base_path or "/"
        return "../" * (len(page.url.parts) - 1)


def render(page: Page, theme: Theme, context: SiteContext) -> bytes:
    """One page as HTML; for many pages keep a `Renderer`."""
    return Renderer(theme, context).render(page)
