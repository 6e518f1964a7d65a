"""Writes the generated pages of docs/reference from the code: ``python docs/reference/generate.py``.

config.md from `SiteConfig`, study.md from `StudyDescription`, commands.md from the command line,
page-models.md from the dataclasses of `publisher.pages`. tests/test_docs.py fails when a page is stale.
"""

import ast
import dataclasses
import importlib
import inspect
import itertools
import pkgutil
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from publisher.catalogue.schema import StudyDescription
from publisher.config.model import SiteConfig

HERE = Path(__file__).parent
COLUMNS = {
    "image": "which image: its path below the study, its file name, or its name",
    "series": "which image of a file that holds several, from 0; left empty it is all of them",
    "id": "id of the image's page",
    "name": "name to show",
    "description": "description to show",
    "dataset": "name or id of the dataset, for rows without pixels",
    "plate": "plate the image is on, by name or id; a row with a plate and a well, but no image, is about the well, "
    "one with a plate alone about the plate; of an image on no plate this and the next three columns are keys",
    "well": "well, such as B3 or B03",
    "field": "number of the image in its well, from 1",
    "acquisition": "run over the plate, by number from 1 or by name",
}
Titles = dict[type[BaseModel], str]
MADE = "<!-- Made by docs/reference/generate.py; change the code, not this page. -->\n"


def pages() -> dict[str, str]:
    """Every generated page by its file name."""
    return {
        "config.md": config_page(),
        "study.md": study_page(),
        "commands.md": commands_page(),
        "page-models.md": page_models_page(),
    }


# Keys of YAML files


def config_page() -> str:
    """Every key of site_config.yaml."""
    return f"""{MADE}
# site_config.yaml

Every key of a site's settings. A key that is left out keeps its default; only `title` must be given. A key that is not
listed here is a fault, reported with its line.
{_section_tables(SiteConfig)}"""


def study_page() -> str:
    """Every key of study.yaml, and the columns of images.csv."""
    return f"""{MADE}
# study.yaml

Every key of a study. Only `title` must be given. Where a list of words is expected, one word may stand alone;
where a word with a term is expected (`organisms`, `imaging_methods`), the word may stand alone too.
{_section_tables(StudyDescription)}
{_columns()}"""


def _section_tables(model: type[BaseModel]) -> str:
    """Tables of ``model`` and, below it, of every model its keys hold, each once under the key that leads to it."""
    titles = {model: "The file"}
    for current in (waiting := [model]):  # grows while it is walked
        for key, info in current.model_fields.items():
            for inner in _models_in(info.annotation):
                if inner not in titles:
                    titles[inner] = key
                    waiting.append(inner)
    return "".join(_table(current, title, titles) for current, title in titles.items())


def _table(model: type[BaseModel], title: str, titles: Titles) -> str:
    doc = (inspect.getdoc(model) or "").partition("\n")[0]
    rows = "\n".join(_row(key, info, titles) for key, info in model.model_fields.items())
    return f"\n## {title}\n\n{doc}\n\n| key | value | default | meaning |\n|---|---|---|---|\n{rows}\n"


def _row(key: str, info: FieldInfo, titles: Titles) -> str:
    default = info.get_default(call_default_factory=True)
    cells = (f"`{key}`", _type_name(info.annotation, titles), _default(default, info), _cell(info.description or ""))
    return f"| {' | '.join(cells)} |"


def _default(value: Any, info: FieldInfo) -> str:
    if value is PydanticUndefined or info.is_required():
        return "**must be given**"
    if value is None or value == "" or value in ((), {}):
        return "–"
    if isinstance(value, BaseModel):
        return "its own"
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _type_name(annotation: Any, titles: Titles) -> str:
    """A type in a curator's words, models as links."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _type_name(arguments[0], titles)
    if origin is typing.Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin in (typing.Union, UnionType):
        return " or ".join(_type_name(item, titles) for item in arguments if item is not type(None))
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return f"list of {_type_name(arguments[0], titles)}"
    if origin is tuple:
        return f"list of {len(arguments)} {_type_name(arguments[0], titles)}s"
    if origin is dict:
        return f"{_type_name(arguments[0], titles)} → {_type_name(arguments[1], titles)}"
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return f"keys, see [{titles[annotation]}](#{titles[annotation]})"
    names = {
        "str": "text",
        "int": "number",
        "float": "number",
        "bool": "true or false",
        "Any": "anything",
        "date": "day (2026-01-31)",
    }
    name = getattr(annotation, "__name__", str(annotation))
    return names.get(name, name)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from _models_in(argument)


def _columns() -> str:
    curation = _optional("publisher.catalogue.curation")
    if curation is None:
        return ""
    rows = "\n".join(f"| `{column}` | {COLUMNS[meaning]} |" for column, meaning in curation.MEANINGS.items())
    return f"""
# images.csv

One row an image, UTF-8, separated by commas (or by tabs, as `images.tsv`). The columns below have a meaning, whether or
not they are written with capitals; **every other column is a key** and its cells are values. Order is kept, a key may
head two columns, empty cells are left out. A row whose image has no file is listed without pixels.

A key may end in a namespace in brackets: `Gene Symbol [openmicroscopy.org/mapr/gene]`. Columns that follow each other
in one namespace are shown and published as one annotation under it; where its first key comes again, a second begins.

| column | meaning |
|---|---|
{rows}
"""


# Commands


def commands_page() -> str:
    """Every command with its options."""
    cli = _optional("publisher.cli")
    body = "".join(_command(name, command) for name, command in commands()) if cli else ""
    return f"""{MADE}
# Commands

Every command works on the site in the current folder, or in the one named by `--site`. Exit codes: 0 done,
1 problems found, 2 wrong usage, 3 a bug of ours.
{body}"""


def commands() -> list[tuple[str, click.Command]]:
    """Name and command of everything `publisher` does."""
    cli = _optional("publisher.cli")
    groups = [value for value in vars(cli).values() if isinstance(value, click.Group)] if cli else []
    found = []
    for group in groups[:1]:
        context = click.Context(group, info_name="publisher")
        for name in group.list_commands(context):
            try:
                command = group.get_command(context, name)
            except ImportError:
                continue
            if command is not None:
                found.append((name, command))
    return found


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"publisher {name}")
    usage = " ".join(command.collect_usage_pieces(context))
    options = [
        parameter for parameter in command.params if isinstance(parameter, click.Option) and not parameter.hidden
    ]
    rows = "\n".join(_option(option, context) for option in options)
    table = f"\n| option | meaning |\n|---|---|\n{rows}\n" if rows else ""
    help_text = inspect.cleandoc(command.help or "")
    return f"\n## publisher {name}\n\n```\npublisher {name} {usage}\n```\n\n{help_text}\n{table}"


def _option(option: click.Option, context: click.Context) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    metavar = "" if option.is_flag else f" `{option.make_metavar(context)}`"
    return f"| {names}{metavar} | {_cell(option.help or '')} |"


# Page models


def page_models_page() -> str:
    """Every dataclass of publisher.pages: what a template may use."""
    body = "".join(_module_models(module) for module in page_modules())
    return f"""{MADE}
# Page models

What a template sees: `page` is one of the classes below whose name ends in `Page`, the others are its parts. Fields are
the contract between the code and themes: a field is not renamed or removed without a note in the changelog. The same
values are published as the `.json` beside each page.
{body}"""


def page_modules() -> list[ModuleType]:
    """All modules of publisher.pages, by name."""
    package = _optional("publisher.pages")
    if package is None:
        return []
    names = sorted(info.name for info in pkgutil.walk_packages(package.__path__, "publisher.pages."))
    return [importlib.import_module(name) for name in names]


def models_of(module: ModuleType) -> list[type]:
    """Public dataclasses defined in ``module``, in its order."""
    found = [
        value
        for name, value in vars(module).items()
        if inspect.isclass(value)
        and dataclasses.is_dataclass(value)
        and value.__module__ == module.__name__
        and name[0] != "_"
    ]
    return sorted(found, key=lambda model: inspect.getsourcelines(model)[1])


def _module_models(module: ModuleType) -> str:
    parts = [_model(model) for model in models_of(module)]
    title = module.__name__.removeprefix("publisher.pages.")
    doc = (inspect.getdoc(module) or "").partition("\n")[0]
    return f"\n## {title}\n\n{doc}\n{''.join(parts)}" if parts else ""


def _model(model: type) -> str:
    notes = _field_notes(model)
    own = inspect.get_annotations(model)
    fields = [field.name for field in dataclasses.fields(model) if field.name in own]
    noted = any(name in notes for name in fields)
    rows = "\n".join(
        f"| `{name}` | `{_source_type(own[name])}` |{f' {_cell(notes.get(name, str()))} |' if noted else ''}"
        for name in fields
    )
    bases = [base.__name__ for base in model.__bases__ if dataclasses.is_dataclass(base)]
    also = f"Has all of {', '.join(f'`{base}`' for base in bases)}.\n\n" if bases else ""
    head = "| field | type | meaning |\n|---|---|---|" if noted else "| field | type |\n|---|---|"
    table = f"{head}\n{rows}\n" if rows else ""
    return f"\n### {model.__name__}\n\n{inspect.cleandoc(model.__doc__ or '')}\n\n{also}{table}"


def _source_type(annotation: Any) -> str:
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Z])", "", text).replace("|", "\\|")


def _field_notes(model: type) -> dict[str, str]:
    """The text below a field's declaration, where there is one."""
    body = typing.cast(ast.ClassDef, ast.parse(inspect.cleandoc("\n" + inspect.getsource(model))).body[0]).body
    return {
        field.target.id: note.value.value
        for field, note in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(note, ast.Expr)
        and isinstance(note.value, ast.Constant)
        and isinstance(note.value.value, str)
    }


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _optional(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def main() -> None:
    """Write all pages beside this file."""
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
