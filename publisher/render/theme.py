"""Themes: folders of templates and static files, each extending another."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.config.model import ThemeSection
from publisher.entry_points import Plugin, plugins
from publisher.errors import ContentError, PluginError, Problem, ThemeError
from publisher.resources import themes_folder
from publisher.yaml_file import YamlFile

GROUP = "publisher.themes"
_KEYS = {"title", "extends", "options", "styles"}
_LONGEST_CHAIN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeLayer:
    """One folder that templates and static files are looked up in; ``name`` is the theme's, "" for site overrides."""

    name: str
    folder: Path

    @property
    def templates(self) -> Path:
        """Folder of templates."""
        return self.folder / "templates"

    @property
    def static(self) -> Path:
        """Folder of static files."""
        return self.folder / "static"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme with all it extends.

    ``layers`` are searched in order: site overrides, the theme, its parents. ``options`` are defaults with
    the site's values over them. ``styles`` maps a bundle ("base", or a kind of page) to style sheets in
    static/, parents' first, so that a theme's own rules win.
    """

    name: str
    title: str
    layers: tuple[ThemeLayer, ...]
    options: Mapping[str, Any]
    styles: Mapping[str, tuple[str, ...]]

    def digest(self) -> str:
        """SHA-256 of all templates and static files with their names: changes when anything of the theme does."""
        found = hashlib.sha256()
        for layer in self.layers:
            for file in sorted(path for path in layer.folder.rglob("*") if path.is_file()):
                found.update(f"{layer.name}\0{file.relative_to(layer.folder).as_posix()}\0".encode())
                found.update(hashlib.sha256(file.read_bytes()).digest())
        return found.hexdigest()


@dataclass(frozen=True, slots=True)
class _Described:
    layer: ThemeLayer
    file: YamlFile
    extends: str | None


def load_theme(section: ThemeSection, site: Path, installed: Mapping[str, Path] | None = None) -> Theme:
    """The theme that ``section`` names, from themes/ of the site, from ``installed`` packages or from publisher.

    Raises ThemeError with every fault: unknown themes, a circle of ``extends``, unknown options.
    """
    chain = _chain(section.name, site, installed or {})
    layers = tuple(described.layer for described in chain)
    defaults, styles = _merged(chain)
    _refuse_unknown_options(section, defaults)
    if section.overrides:
        layers = (ThemeLayer(name="", folder=_overrides(section.overrides, site)), *layers)
        styles["base"] = (*styles.get("base", ()), *_own_sheet(layers[0]))
    title = str(chain[0].file.data.get("title", section.name))
    return Theme(name=section.name, title=title, layers=layers, options={**defaults, **section.options}, styles=styles)


def installed_themes() -> dict[str, Path]:
    """Themes of installed packages (entry points ``publisher.themes``): each a folder, or a package that is one.

    Raises PluginError naming the distribution of one that cannot be loaded.
    """
    return {plugin.name: _folder_of(plugin) for plugin in plugins(GROUP)}


def _folder_of(plugin: Plugin) -> Path:
    offered = plugin.load()
    place = getattr(offered, "__file__", None)
    if place:
        return Path(place).parent
    if isinstance(offered, str | Path):
        return Path(offered)
    message = f"{plugin.name!r} of the installed package {plugin.distribution!r} is neither a folder nor a package"
    raise PluginError(Problem(code="plugin.bad-theme", message=message))


def _chain(name: str, site: Path, installed: Mapping[str, Path]) -> list[_Described]:
    chain: list[_Described] = []
    wanted: str | None = name
    while wanted is not None:
        if wanted in (described.layer.name for described in chain) or len(chain) == _LONGEST_CHAIN:
            last = chain[-1]
            raise ThemeError(last.file.fault("theme.circle", f"extends {wanted!r}, which extends it", ("extends",)))
        described = _describe(wanted, site, installed, chain[-1] if chain else None)
        chain.append(described)
        wanted = described.extends or (None if wanted == "default" else "default")
    return chain


def _describe(name: str, site: Path, installed: Mapping[str, Path], child: _Described | None) -> _Described:
    shipped = themes_folder()
    places = [site / "themes" / name, *([installed[name]] if name in installed else []), shipped / name]
    folder = next((place for place in places if (place / "theme.yaml").is_file()), None) if _is_name(name) else None
    if folder is None:
        known = sorted({path.parent.name for root in (site / "themes", shipped) for path in root.glob("*/theme.yaml")})
        message = f"there is no theme {name!r}; there are {', '.join(sorted({*known, *installed}))}"
        problem = Problem(
            code="theme.unknown",
            message=message,
            path="site_config.yaml",
            hint="a theme is a folder themes/<name> with a theme.yaml",
        )
        raise ThemeError(child.file.fault("theme.unknown", message, ("extends",)) if child else problem)
    shown = f"themes/{name}/theme.yaml"
    try:
        file = YamlFile(folder / "theme.yaml", shown=shown)
    except ContentError as error:
        raise ThemeError(*error.problems) from error
    _refuse_faults(file)
    return _Described(ThemeLayer(name=name, folder=folder), file, file.data.get("extends"))


def _is_name(name: str) -> bool:
    return bool(name) and name.replace("-", "").replace("_", "").isalnum()


def _refuse_faults(file: YamlFile) -> None:
    problems = [
        file.fault(
            "theme.unknown-key", f"{key!r} is not a key of a theme; there are {', '.join(sorted(_KEYS))}", (key,)
        )
        for key in file.data
        if key not in _KEYS
    ]
    for key, kind in (("title", str), ("extends", str), ("options", dict), ("styles", dict)):
        if not isinstance(file.data.get(key, kind()), kind):
            problems.append(file.fault("theme.bad-value", f"{key} must be a {_WORDS[kind]}", (key,)))
    for bundle, sheets in (file.data.get("styles") or {}).items() if isinstance(file.data.get("styles"), dict) else ():
        if not isinstance(sheets, list) or not all(isinstance(sheet, str) for sheet in sheets):
            problems.append(
                file.fault("theme.bad-value", f"styles.{bundle} must be a list of file names", ("styles", bundle))
            )
    if problems:
        raise ThemeError(*problems)


_WORDS: Mapping[type, str] = {str: "text", dict: "list of `key: value` lines"}


def _merged(chain: list[_Described]) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    options: dict[str, Any] = {}
    styles: dict[str, tuple[str, ...]] = {}
    for described in reversed(chain):
        options.update(described.file.data.get("options") or {})
        for bundle, sheets in (described.file.data.get("styles") or {}).items():
            styles[bundle] = (
                *styles.get(bundle, ()),
                *(sheet for sheet in sheets if sheet not in styles.get(bundle, ())),
            )
    return options, styles


def _refuse_unknown_options(section: ThemeSection, defaults: Mapping[str, Any]) -> None:
    problems = []
    for name, value in section.options.items():
        if name not in defaults:
            message = f"theme {section.name!r} has no option {name!r}; it has {', '.join(sorted(defaults)) or 'none'}"
            problems.append(Problem(code="theme.unknown-option", message=message, path="site_config.yaml"))
        elif defaults[name] is not None and type(value) is not type(defaults[name]):
            message = f"theme option {name!r} must be like {defaults[name]!r}, not {value!r}"
            problems.append(Problem(code="theme.bad-option", message=message, path="site_config.yaml"))
    if problems:
        raise ThemeError(*problems)


def _overrides(folder: str, site: Path) -> Path:
    place = (site / folder).resolve()
    if not place.is_dir() or not place.is_relative_to(site.resolve()):
        raise ThemeError(
            Problem(
                code="theme.no-overrides",
                message=f"theme.overrides names {folder!r}, which is no folder of the site",
                path="site_config.yaml",
                hint="make the folder with templates/ or static/ in it, or leave the key out",
            )
        )
    return place


def _own_sheet(layer: ThemeLayer) -> tuple[str, ...]:
    return ("site.css",) if (layer.static / "site.css").is_file() else ()
