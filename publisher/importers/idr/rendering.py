"""renderdef.yml: how the images of a dataset or plate are shown at first."""

import math
import re
from collections.abc import Mapping
from pathlib import Path

from publisher.errors import ContentError
from publisher.model.identity import slug, stem
from publisher.yaml_file import YamlFile

Rendering = dict[str, object]
LONGEST = 200
"""Characters of a name that are compared."""
_COLOR = re.compile(r"#?[0-9A-Fa-f]{6}\Z")


def read_rendering(path: Path, shown: str) -> Rendering:
    """The keys of `rendering` in study.yaml; empty where the file says nothing of use.

    Older files give the window as min and max, newer ones as start and end. Raises ContentError when it is no YAML.
    """
    said = YamlFile(path, shown=shown).data
    channels = said.get("channels")
    found: dict[int, Rendering] = {}
    for number, own in channels.items() if isinstance(channels, Mapping) else ():
        if isinstance(number, int) and number > 0 and isinstance(own, Mapping) and (settings := _channel(own)):
            found[number] = settings
    rendering: Rendering = {"channels": found} if found else {}
    for key, word in (("default_z", "z"), ("default_t", "t")):
        value = said.get(word)
        if isinstance(value, int) and value > 0:
            rendering[key] = value
    return rendering


def _channel(said: Mapping[str, object]) -> Rendering:
    settings: Rendering = {}
    if label := str(said.get("label") or "").strip():
        settings["name"] = label
    color = str(said.get("color") if said.get("color") is not None else "").zfill(6)
    if _COLOR.match(color) and said.get("color") is not None:
        settings["color"] = color.upper()
    low, high = (_number(said.get(new, said.get(old))) for new, old in (("start", "min"), ("end", "max")))
    if low is not None and high is not None and low < high:
        settings["window"] = [low, high]
    if isinstance(active := said.get("active"), bool):
        settings["active"] = active
    return settings


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return value if is_number and isinstance(value, int | float) else None


def subject_of(path: Path, part: str, accession: str) -> str:
    """What a file of settings is about, by its name without the words that all have: "100-u-9-mv", or empty for all."""
    name = slug(re.sub(r"[-_]?renderdef[-_]?", "-", stem(path.name), flags=re.IGNORECASE), limit=LONGEST)
    for word in (accession, part):
        prefix = slug(word) + "-"
        name = name.removeprefix(prefix) if word else name
        name = "" if word and name == slug(word) else name
    return "" if name == "x" else name


def renderings(paths: list[Path], part: str, accession: str, shown: str) -> tuple[dict[str, Rendering], list[str]]:
    """Settings by what they are about (see `subject_of`), and the files that could not be read."""
    found: dict[str, Rendering] = {}
    unread = []
    for path in paths:
        try:
            settings = read_rendering(path, f"{shown}/{path.name}")
        except ContentError:
            unread.append(path.name)
            continue
        if settings:
            found[subject_of(path, part, accession)] = settings
    return found, unread
