"""Templates of a theme, compiled: the one door to Jinja2."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    FileSystemBytecodeCache,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    meta,
)
from jinja2.exceptions import TemplateSyntaxError
from jinja2.loaders import split_template_path
from markupsafe import Markup

from publisher.errors import Problem, ThemeError
from publisher.render.theme import Theme
from publisher.render.trusted import breakable, rendered, sanitised, script_json

PARENT = "!parent/"


class ThemeLoader(BaseLoader):
    """Finds ``image.html`` in the first layer that has it, ``!2/image.html`` from the third layer on."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme

    def find(self, name: str) -> tuple[int, Path] | None:
        """Layer and file of a template."""
        start, path = self._split(name)
        parts = split_template_path(path)
        for level in range(start, len(self.theme.layers)):
            file = self.theme.layers[level].templates.joinpath(*parts)
            if file.is_file():
                return level, file
        return None

    def _split(self, name: str) -> tuple[int, str]:
        if not name.startswith("!"):
            return 0, name
        prefix, _, path = name[1:].partition("/")
        if prefix.isdigit():
            return int(prefix), path
        names = [layer.name for layer in self.theme.layers]
        if prefix not in names:
            raise TemplateNotFound(name)
        return names.index(prefix), path

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Source, shown path and freshness (templates do not change while a build runs)."""
        found = self.find(template)
        if found is None:
            raise TemplateNotFound(template)
        level, file = found
        layer = self.theme.layers[level]
        shown = (
            f"{f'themes/{layer.name}' if layer.name else layer.folder.name}/{file.relative_to(layer.folder).as_posix()}"
        )
        return file.read_text(encoding="utf-8"), shown, lambda: True

    def list_templates(self) -> list[str]:
        """Names of all templates, each once."""
        files = ((layer.templates, file) for layer in self.theme.layers for file in layer.templates.rglob("*.html"))
        return sorted({file.relative_to(root).as_posix() for root, file in files})


class ThemeEnvironment(Environment):
    """Jinja2 with everything escaped, undefined names refused, and ``!parent/x.html`` for the template overridden.

    ``{% extends "!parent/image.html" %}`` in a site's override extends the theme's image.html;
    ``"!default/image.html"`` names the layer of a theme. ``compiled`` is a folder that keeps compiled templates
    for the next build (a tenth of a second); they are found by the digest of their source.
    """

    def __init__(self, theme: Theme, *, compiled: Path | None = None) -> None:
        self.theme_loader = ThemeLoader(theme)
        self._read: dict[str, tuple[str, tuple[str, ...]]] = {}
        if compiled is not None:
            compiled.mkdir(parents=True, exist_ok=True)
        super().__init__(
            bytecode_cache=FileSystemBytecodeCache(str(compiled)) if compiled else None,
            loader=self.theme_loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self.filters["html"] = sanitised
        self.filters["breakable"] = breakable
        self.filters["script_json"] = script_json

    def join_path(self, template: str, parent: str) -> str:
        """Resolve ``!parent/`` against the layer that ``parent`` was found in."""
        if not template.startswith(PARENT):
            return template
        found = self.theme_loader.find(parent)
        return f"!{(found[0] if found else 0) + 1}/{template.removeprefix(PARENT)}"

    def template(self, name: str) -> Template:
        """A compiled template; raises ThemeError with its file and line."""
        with theme_errors(name):
            return self.get_template(name)

    def fragment(self, name: str, **values: object) -> Markup:
        """What a template makes, as markup for another template: its values were escaped when it was made."""
        return rendered(self.get_template(name).render(**values))

    def closure(self, name: str) -> str:
        """SHA-256 over a template and all it extends and includes: its part in a page's fingerprint."""
        found: dict[str, str] = {}
        with theme_errors(name):
            self._collect(name, found)
        digest = hashlib.sha256()
        for each in sorted(found):
            digest.update(f"{each}\0{found[each]}\0".encode())
        return digest.hexdigest()

    def _collect(self, name: str, found: dict[str, str]) -> None:
        if name in found:
            return
        source, references = self._source_of(name)
        found[name] = source
        for reference in references:
            self._collect(reference, found)

    def _source_of(self, name: str) -> tuple[str, tuple[str, ...]]:
        """A template's source and the templates that it names; parsed once, as most are part of every page."""
        if name not in self._read:
            source, shown, _ = self.theme_loader.get_source(self, name)
            references = []
            for reference in meta.find_referenced_templates(self.parse(source, name, shown)):
                if reference is None:
                    message = "includes a template by a name that is only known when it runs"
                    hint = "name the template literally"
                    raise ThemeError(Problem(code="theme.dynamic-include", message=message, path=shown, hint=hint))
                references.append(self.join_path(reference, name))
            self._read[name] = source, tuple(references)
        return self._read[name]


@contextmanager
def theme_errors(name: str) -> Iterator[None]:
    """Turn errors of Jinja2, and of code called by a template, into ThemeError with file and line."""
    try:
        yield
    except TemplateSyntaxError as error:
        raise ThemeError(
            _problem("theme.syntax", error.message or "", error.filename or error.name, error.lineno)
        ) from error
    except TemplateNotFound as error:
        message = f"there is no template {error.name!r} in the theme"
        raise ThemeError(_problem("theme.no-template", message, name, None)) from error
    except (TemplateError, TypeError, AttributeError, LookupError, ValueError) as error:
        path, line = _place(error, name)
        raise ThemeError(_problem("theme.template-fault", str(error), path, line)) from error


def _problem(code: str, message: str, path: str | None, line: int | None) -> Problem:
    return Problem(code=code, message=message, path=path, line=line, hint="see docs/how-to/write-a-theme.md")


def _place(error: BaseException, name: str) -> tuple[str, int | None]:
    place: tuple[str, int | None] = (name, None)
    step: Any = error.__traceback__
    while step is not None:
        if "jinja" not in step.tb_frame.f_code.co_filename and step.tb_frame.f_code.co_filename.endswith(".html"):
            place = step.tb_frame.f_code.co_filename, step.tb_lineno
        step = step.tb_next
    return place
