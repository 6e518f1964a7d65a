"""Themes: what extends what, what a site may override, and how faults are told."""

import re
from pathlib import Path

import pytest

from publisher.config.model import ThemeSection
from publisher.errors import ThemeError
from publisher.render.context import site_context
from publisher.render.environment import ThemeEnvironment
from publisher.render.html import Renderer
from publisher.render.static import static_files
from publisher.render.theme import Theme, load_theme
from tests.pages import samples
from tests.render.sample_site import config


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def page_by(theme: Theme, kind: str = "prose") -> str:
    renderer = Renderer(theme, site_context(config(), theme, static_files(theme)))
    return renderer.render(next(page for page in samples.pages() if page.kind == kind)).decode()


def test_a_site_overrides_one_block_of_every_page(tmp_path: Path) -> None:
    site = write(
        tmp_path,
        {
            "mine/templates/main.html": '{% extends "!parent/main.html" %}'
            "{% block footer %}<footer>Ours</footer>{% endblock %}"
        },
    )
    html = page_by(load_theme(ThemeSection(overrides="mine"), site))
    assert "<footer>Ours</footer>" in html
    assert "For machines" not in html


def test_an_override_may_extend_the_template_it_replaces_at_every_level(tmp_path: Path) -> None:
    site = write(
        tmp_path,
        {
            "themes/lab/theme.yaml": "title: Lab\nextends: idr\n",
            "themes/lab/templates/prose.html": '{% extends "!parent/prose.html" %}'
            "{% block content %}lab {{ super() }}{% endblock %}",
            "mine/templates/prose.html": '{% extends "!parent/prose.html" %}'
            "{% block content %}site {{ super() }}{% endblock %}",
        },
    )
    theme = load_theme(ThemeSection(name="lab", overrides="mine"), site)
    assert [layer.name for layer in theme.layers] == ["", "lab", "idr", "default"]
    assert "site lab <div" in " ".join(page_by(theme).split())


def test_a_site_changes_one_block_of_the_header(tmp_path: Path) -> None:
    header = '{% extends "!parent/header.html" %}{% block brand %}<a href="{{ root }}index.html">Ours</a>{% endblock %}'
    site = write(tmp_path, {"mine/templates/header.html": header})
    html = page_by(load_theme(ThemeSection(overrides="mine"), site))
    assert '<a href="../../index.html">Ours</a>' in html
    assert 'aria-label="Site"' in html


def test_a_theme_adds_rules_after_its_parents(tmp_path: Path) -> None:
    theme = load_theme(ThemeSection(name="idr"), tmp_path)
    assert theme.styles["base"] == ("base.css", "idr.css")
    static = static_files(theme)
    sheet = next(content.decode() for path, content in static.files.items() if str(path) == static.styles["base"])
    assert sheet.index("@layer reset") < sheet.index("#263238")


def test_a_site_adds_its_own_style_sheet_and_pictures(tmp_path: Path) -> None:
    site = write(
        tmp_path, {"mine/static/site.css": ".brand { background: url(logo.svg) }", "mine/static/logo.svg": "<svg/>"}
    )
    static = static_files(load_theme(ThemeSection(overrides="mine"), site))
    sheet = next(content.decode() for path, content in static.files.items() if str(path) == static.styles["base"])
    assert f'url("{static.names["logo.svg"].removeprefix("static/")}")' in sheet


def test_names_of_static_files_change_with_their_bytes(tmp_path: Path) -> None:
    first = static_files(load_theme(ThemeSection(), tmp_path))
    site = write(tmp_path, {"mine/static/site.js": "// mine"})
    second = static_files(load_theme(ThemeSection(overrides="mine"), site))
    assert first.names["site.js"] != second.names["site.js"]
    assert first.names["favicon.svg"] == second.names["favicon.svg"]


@pytest.mark.parametrize(
    ("section", "code"),
    [
        ({"name": "nowhere"}, "theme.unknown"),
        ({"name": "../default"}, "theme.unknown"),
        ({"options": {"colour": "red"}}, "theme.unknown-option"),
        ({"options": {"theme_button": "yes"}}, "theme.bad-option"),
        ({"overrides": "nowhere"}, "theme.no-overrides"),
        ({"overrides": "../.."}, "theme.no-overrides"),
        ({"name": "loop"}, "theme.circle"),
        ({"name": "wrong"}, "theme.unknown-key"),
        ({"name": "orphan"}, "theme.unknown"),
    ],
)
def test_faults_are_theme_errors_with_a_code(section: dict[str, object], code: str, tmp_path: Path) -> None:
    site = write(
        tmp_path,
        {
            "themes/loop/theme.yaml": "extends: pool\n",
            "themes/pool/theme.yaml": "extends: loop\n",
            "themes/wrong/theme.yaml": "title: Wrong\ncolours: red\n",
            "themes/orphan/theme.yaml": "title: Orphan\nextends: nobody\n",
        },
    )
    with pytest.raises(ThemeError) as caught:
        load_theme(ThemeSection.model_validate(section), site)
    assert code in [problem.code for problem in caught.value.problems]


def test_a_fault_in_theme_yaml_names_its_line(tmp_path: Path) -> None:
    site = write(tmp_path, {"themes/wrong/theme.yaml": "title: Wrong\n\ncolours: red\n"})
    with pytest.raises(ThemeError) as caught:
        load_theme(ThemeSection(name="wrong"), site)
    assert (caught.value.problems[0].path, caught.value.problems[0].line) == ("themes/wrong/theme.yaml", 3)


@pytest.mark.parametrize(
    ("template", "code", "line"),
    [
        ('{% extends "base.html" %}\n{% block content %}\n{{ page.nothing }}{% endblock %}', "theme.template-fault", 3),
        ("{% if %}", "theme.syntax", 1),
        ('\n{% include "nowhere.html" %}', "theme.no-template", None),
        ("{{ page.title|html }}", "theme.template-fault", 1),
        ("{{ site.static['none.png'] }}", "theme.template-fault", 1),
    ],
)
def test_a_fault_in_a_template_names_file_and_line(template: str, code: str, line: int | None, tmp_path: Path) -> None:
    site = write(tmp_path, {"mine/templates/prose.html": template})
    with pytest.raises(ThemeError) as caught:
        page_by(load_theme(ThemeSection(overrides="mine"), site))
    problem = caught.value.problems[0]
    assert problem.code == code
    assert line is None or (problem.path, problem.line) == ("mine/templates/prose.html", line)


def test_the_closure_of_a_template_changes_with_what_it_extends_and_includes(tmp_path: Path) -> None:
    plain = ThemeEnvironment(load_theme(ThemeSection(), tmp_path))
    site = write(tmp_path, {"mine/templates/panels/cite.html": "<p>cite</p>"})
    changed = ThemeEnvironment(load_theme(ThemeSection(overrides="mine"), site))
    assert plain.closure("image.html") != changed.closure("image.html")
    assert plain.closure("study.html") == changed.closure("study.html")


def test_a_template_may_not_include_by_a_computed_name(tmp_path: Path) -> None:
    site = write(tmp_path, {"mine/templates/prose.html": "{% include page.template %}"})
    with pytest.raises(ThemeError) as caught:
        ThemeEnvironment(load_theme(ThemeSection(overrides="mine"), site)).closure("prose.html")
    assert caught.value.problems[0].code == "theme.dynamic-include"


def test_no_shipped_template_marks_anything_safe_or_turns_escaping_off() -> None:
    for layer in load_theme(ThemeSection(name="idr"), Path()).layers:
        for file in layer.templates.rglob("*.html"):
            text = file.read_text()
            assert "|safe" not in text.replace(" ", ""), file
            assert "autoescape" not in text, file


def test_only_one_module_makes_markup() -> None:
    package = Path(__file__).parents[2] / "publisher"
    sources = {path.name: path.read_text() for path in package.rglob("*.py")}
    makers = {
        name for name, text in sources.items() if "markupsafe" in text and re.search(r"(?<!class )\bMarkup\(", text)
    }
    assert makers == {"trusted.py"}
    html_makers = {path.name for path in package.rglob("*.py") if re.search(r"(?<!class )\bHtml\(", path.read_text())}
    assert html_makers == {"prose.py", "site.py"}, "the sanitiser, and the build that remembers what it made"
