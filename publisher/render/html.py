"""Page models to HTML."""

from publisher.pages.page import Page
from publisher.pages.prose_page import NotFoundPage
from publisher.render.context import SiteContext
from publisher.render.environment import ThemeEnvironment, theme_errors
from publisher.render.theme import Theme


class Renderer:
    """Renders pages by one theme; keeps the compiled templates."""

    def __init__(self, theme: Theme, context: SiteContext) -> None:
        self.context = context
        self.environment = ThemeEnvironment(theme)

    def render(self, page: Page) -> bytes:
        """The page as HTML, UTF-8. Raises ThemeError where the template fails."""
        with theme_errors(page.template):
            template = self.environment.get_template(page.template)
            return template.render(page=page, site=self.context, root=self._root(page)).encode("utf-8", "replace")

    def fingerprint(self, template: str) -> str:
        """What a page by this template depends on beside its model: the template closure and the site's context."""
        return f"{self.environment.closure(template)}:{self.context.digest()}"

    def _root(self, page: Page) -> str:
        """Way from the page to the site's root; the 404 page is answered at any depth, so its links start there."""
        if isinstance(page, NotFoundPage) and self.context.base_path is not None:
            return self.context.base_path
        return "../" * (len(page.url.parts) - 1)


def render(page: Page, theme: Theme, context: SiteContext) -> bytes:
    """One page as HTML; for many pages keep a `Renderer`."""
    return Renderer(theme, context).render(page)
