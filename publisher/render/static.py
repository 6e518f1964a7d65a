"""Static files of a theme under names that change with their bytes, and style sheets bundled by kind of page."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from publisher import urls
from publisher.errors import Problem, ThemeError
from publisher.render.theme import Theme
from publisher.resources import viewer_bundle

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_URL = re.compile(r"url\(\s*[\"']?(?!data:|https?:|#)([^\"')]+)[\"']?\s*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFiles:
    """``files`` to write, by path below the site's root; ``names`` leads from "site.js" to its path there.

    The viewer's files are of no theme; "viewer/viewer.js" leads to its script. ``styles`` leads from a bundle
    ("base", "image") to the path of its style sheet.
    """

    files: Mapping[PurePosixPath, bytes]
    names: Mapping[str, str]
    styles: Mapping[str, str]


def static_files(theme: Theme) -> StaticFiles:
    """All static files of a theme, those of an earlier layer in place of a later one's."""
    sources = _sources(theme)
    files: dict[PurePosixPath, bytes] = {}
    names: dict[str, str] = {}
    for name in sorted(name for name in sources if not name.endswith(".css")):
        content = sources[name].read_bytes()
        path = _hashed(name, content)
        files[path], names[name] = content, str(path)
    for path, content in _viewer_files().items():
        files[path], names[f"viewer/{path.name}"] = content, str(path)
    styles: dict[str, str] = {}
    for bundle in sorted(theme.styles):
        content = _bundle(theme, bundle, names).encode()
        path = _hashed(f"{bundle}.css", content)
        files[path], styles[bundle] = content, str(path)
    return StaticFiles(files=files, names=names, styles=styles)


def _sources(theme: Theme) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for layer in reversed(theme.layers):
        for file in sorted(layer.static.rglob("*")):
            if file.is_file() and not file.name.startswith("."):
                found[file.relative_to(layer.static).as_posix()] = file
    return found


def _viewer_files() -> dict[PurePosixPath, bytes]:
    """The viewer in a folder whose name changes with its bytes: its scripts load each other by their own names."""
    sources = sorted(file for file in viewer_bundle().iterdir() if file.suffix in (".css", ".js", ".txt"))
    contents = {file.name: file.read_bytes() for file in sources}
    digest = hashlib.sha256(b"".join(contents.values())).hexdigest()[:8]
    return {urls.STATIC / f"viewer-{digest}" / name: content for name, content in contents.items()}


def _hashed(name: str, content: bytes) -> PurePosixPath:
    path = PurePosixPath(name)
    return urls.STATIC / path.parent / f"{path.stem}.{hashlib.sha256(content).hexdigest()[:8]}{path.suffix}"


def _bundle(theme: Theme, bundle: str, names: Mapping[str, str]) -> str:
    """Style sheets of one bundle in order; of a sheet that several layers have, the first layer's is taken."""
    parts = []
    for sheet in theme.styles[bundle]:
        found = [layer.static / sheet for layer in reversed(theme.layers) if (layer.static / sheet).is_file()]
        if not found:
            message = f"styles.{bundle} names {sheet!r}, which is in no static/ folder of the theme"
            raise ThemeError(Problem(code="theme.no-style", message=message, path=f"themes/{theme.name}/theme.yaml"))
        parts.append(_minified(found[-1].read_text(encoding="utf-8")))
    return _URL.sub(lambda match: _renamed(match, theme, bundle, names), "\n".join(parts) + "\n")


def _minified(css: str) -> str:
    lines = (line.strip() for line in _COMMENT.sub("", css).splitlines())
    return "\n".join(line for line in lines if line)


def _renamed(match: re.Match[str], theme: Theme, bundle: str, names: Mapping[str, str]) -> str:
    name = match[1].strip()
    if name not in names:
        message = f"a style sheet of {bundle} uses {name!r}, which is not in static/"
        raise ThemeError(Problem(code="theme.no-file", message=message, path=f"themes/{theme.name}/theme.yaml"))
    return f'url("{PurePosixPath(names[name]).relative_to(urls.STATIC)}")'
