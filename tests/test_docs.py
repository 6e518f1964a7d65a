"""Nothing is undocumented, nothing documented is gone, and generated pages are what the code says today."""

import ast
import dataclasses
import re
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import click
import pytest
import yaml

from publisher.catalogue.schema import StudyDescription
from publisher.config.model import SiteConfig

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FILE_SUFFIXES = {
    "html",
    "json",
    "yaml",
    "yml",
    "xml",
    "md",
    "csv",
    "tsv",
    "txt",
    "sqlite",
    "js",
    "css",
    "webp",
    "toml",
    "jpg",
    "png",
    "ome",
}
CODE = re.compile(r"[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z0-9]+)*")
WHOLE = find_spec("publisher.pipeline") is not None
"""Whether all stages are there; without them, what they would add cannot be missed."""


@pytest.fixture
def generate(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(DOCS / "reference"))
    import generate

    yield generate
    del sys.modules["generate"]


@pytest.mark.parametrize("name", ["config.md", "study.md", "commands.md", "page-models.md"])
def test_generated_page_is_fresh(generate: ModuleType, name: str) -> None:
    assert (DOCS / "reference" / name).read_text(encoding="utf-8") == generate.pages()[name], (
        "stale: run `python docs/reference/generate.py`"
    )


def test_every_key_says_what_it_means(generate: ModuleType) -> None:
    pages = generate.config_page() + generate.study_page()
    assert [line for line in pages.splitlines() if re.fullmatch(r"\| `\w+` \|.*\|\s*\|", line)] == []


def test_every_option_of_every_command_says_what_it_does(generate: ModuleType) -> None:
    silent = [
        f"{name} {option.opts[0]}"
        for name, command in generate.commands()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert silent == []
    assert [name for name, command in generate.commands() if not command.help] == []


def test_every_page_model_has_a_docstring(generate: ModuleType) -> None:
    models = [model for module in generate.page_modules() for model in generate.models_of(module)]
    assert [model.__name__ for model in models if (model.__doc__ or "").startswith(f"{model.__name__}(")] == []
    assert all(dataclasses.fields(model) is not None for model in models)


def codes_in_source() -> set[str]:
    """Problem codes written in the code: `kind.fault` texts that are not file names."""
    found = set()
    for path in (ROOT / "publisher").rglob("*.py"):
        if "testing" not in path.parts:
            found |= set(_codes(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _codes(tree: ast.AST) -> Iterator[str]:
    """Texts that are given as `code`, or first to a function, and look like a code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            candidates = [word.value for word in node.keywords if word.arg == "code"] + node.args[:2]
        elif isinstance(node, ast.FunctionDef):
            candidates = [default for default in [*node.args.defaults, *node.args.kw_defaults] if default is not None]
        else:
            continue
        texts = (
            part.value for candidate in candidates for part in ast.walk(candidate) if isinstance(part, ast.Constant)
        )
        yield from (text for text in texts if isinstance(text, str) and _is_code(text))


def _is_code(text: str) -> bool:
    return CODE.fullmatch(text) is not None and text.rpartition(".")[2] not in FILE_SUFFIXES


def documented_codes() -> dict[str, str]:
    """Code and the kind (heading) it stands under."""
    kinds, found = "", {}
    for line in (DOCS / "reference" / "problems.md").read_text(encoding="utf-8").splitlines():
        kinds = line if line.startswith("## ") else kinds
        if match := re.match(r"\| `([a-z.0-9-]+)` \|", line):
            assert match[1] not in found, f"{match[1]} stands twice"
            found[match[1]] = kinds
    return found


def test_every_problem_code_is_documented() -> None:
    documented = documented_codes()
    kinds = {code.partition(".")[0] for code in documented}
    missing = {code for code in codes_in_source() - set(documented) if code.partition(".")[0] in kinds or "-" in code}
    assert missing == set(), "add them to docs/reference/problems.md"


@pytest.mark.skipif(not WHOLE, reason="not all stages are in this tree")
def test_no_documented_problem_code_is_gone() -> None:
    texts = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "publisher").rglob("*.py"))
    gone = [
        code for code in documented_codes() if f'"{code}"' not in texts and f'.{code.partition(".")[2]}"' not in texts
    ]
    assert gone == []


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[><=;\[ ]", requirement)[0].lower() for requirement in project["dependencies"]}
    reasons = (DOCS / "design" / "dependencies.md").read_text(encoding="utf-8").lower()
    assert {name for name in names if f"| {name} |" not in reasons} == set()


@pytest.mark.parametrize(
    "path", sorted([*DOCS.glob("how-to/*.md"), *DOCS.glob("tutorial/*.md")]), ids=lambda path: path.stem
)
def test_yaml_in_the_docs_is_valid(path: Path) -> None:
    for block in re.findall(
        r"^ *```yaml\n(.*?)^ *```", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    ):
        keys = yaml.safe_load(textwrap.dedent(block))
        if block.lstrip().startswith("# themes/"):
            assert set(keys) <= {"title", "extends", "options", "styles"}
        elif set(keys) <= set(SiteConfig.model_fields):
            SiteConfig.model_validate({"title": "A", **keys})
        else:
            StudyDescription.model_validate({"title": "A", **keys})


@pytest.mark.skipif(not WHOLE, reason="not all stages are in this tree")
def test_files_named_in_the_architecture_are_there() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`", text)
    assert len(named) > 15
    assert [name for name in named if not (ROOT / "publisher" / name).exists()] == []


def test_layers_in_the_architecture_are_those_that_are_checked() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    checked = next(contract["layers"] for contract in contracts["contracts"] if contract["type"] == "layers")
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    drawn = next(block for block in re.findall(r"```\n(.*?)```", text, flags=re.DOTALL) if "__main__ >" in block)
    assert [layer.strip() for layer in drawn.split(">")] == checked


@pytest.mark.parametrize(("package", "page"), [("ngff", "pixels.md"), ("sources", "reading.md")])
def test_every_module_has_its_line(package: str, page: str) -> None:
    text = (DOCS / "design" / page).read_text(encoding="utf-8")
    rows = "\n".join(line for line in text.splitlines() if line.startswith("|"))
    named = {name.rpartition("/")[2] for name in re.findall(r"`([a-z_/]+\.py)`", rows)}
    there = {path.name for path in (ROOT / "publisher" / package).glob("*.py")} - {"__init__.py"}
    assert there - named == set(), f"say in docs/design/{page} what they do"
    elsewhere = {path.name for path in (ROOT / "publisher").rglob("*.py")}
    assert named - elsewhere == set(), f"docs/design/{page} names what is gone"


@pytest.mark.skipif(not WHOLE, reason="not all stages are in this tree")
def test_schemas_named_in_the_seams_are_there() -> None:
    text = (DOCS / "design" / "seams.md").read_text(encoding="utf-8")
    named = re.findall(r"`([a-z]+\.(?:schema|example)\.json)`", text)
    assert [name for name in named if not (DOCS / "design" / "seams" / name).exists()] == []


def markdown_files() -> list[Path]:
    tops = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    return [
        path for path in (*tops, *sorted(DOCS.rglob("*.md")), *sorted((ROOT / "changes").glob("*.md"))) if path.exists()
    ]


@pytest.mark.parametrize("path", markdown_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_the_docs_leads_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        linked = (path.parent / name).resolve() if name else path
        if linked.suffix == ".png" and not WHOLE:
            continue
        assert linked.exists(), f"{target} is not there"
        if anchor and linked.suffix == ".md":
            headings = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), flags=re.MULTILINE)
            assert anchor in {_anchor(heading) for heading in headings}, f"{target}: no such heading"


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_the_image_page_shows_as_much_as_its_reference_says() -> None:
    from publisher.formats.ome_xml import annotation, instrument, values
    from publisher.pages.image_panels import acquisition

    text = (DOCS / "reference" / "image-page.md").read_text(encoding="utf-8")
    limits = (
        f"| {annotation.LONGEST_VALUE:,}, of a device's {values.LONGEST:,} |",
        f"| {annotation.MOST_ANNOTATIONS:,} |",
        f"| {annotation.MOST_PAIRS:,} |",
        f"| {acquisition.MOST_CHANNELS} |",
        f"| {annotation.LONGEST_XML:,}; of {annotation.MOST_XML} such annotations |",
        f"| {annotation.MOST_ORIGINAL} pairs |",
        f"| {instrument.MOST_DEVICES} |",
    )
    assert [limit for limit in limits if limit not in text] == []
