"""The JSON file beside an array: what its axes are, and what is known of the image."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.errors import DamagedSourceError, Problem
from publisher.model.image import Channel

MAX_BYTES = 65536
_KEYS = {"axes", "channels", "pixel_size_um", "time_increment_s", "name", "description"}
_AXES = re.compile(r"[TCZ]*YX")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """What the file says; None or empty where it says nothing. ``pixel_size_um`` is (z, y, x)."""

    axes: str | None
    channels: tuple[Channel, ...]
    pixel_size_um: tuple[float | None, float | None, float | None]
    time_increment_s: float | None
    name: str
    description: str


def read_sidecar(path: Path) -> Sidecar:
    """Read the file; raises DamagedSourceError naming the key at fault."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise fault(path, f"cannot be read as JSON: {error}") from error
    if not isinstance(found, dict) or not set(found) <= _KEYS:
        raise fault(path, f"must be an object with some of the keys {', '.join(sorted(_KEYS))}")
    sizes = found.get("pixel_size_um", [None, None, None])
    if not isinstance(sizes, list) or len(sizes) != 3:
        raise fault(path, f"pixel_size_um must be [z, y, x], found {sizes!r:.80}")
    axes = found.get("axes")
    if axes is not None and not is_axes(axes):
        raise fault(path, f"axes must be some of T, C and Z, each once, and then YX; found {axes!r:.80}")
    return Sidecar(
        axes=axes,
        channels=tuple(_channel(path, channel) for channel in _list(path, found, "channels")),
        pixel_size_um=(_size(path, sizes[0]), _size(path, sizes[1]), _size(path, sizes[2])),
        time_increment_s=_size(path, found.get("time_increment_s")),
        name=_text(path, found, "name"),
        description=_text(path, found, "description"),
    )


def is_axes(axes: object) -> bool:
    """Whether ``axes`` are letters this format can have."""
    return isinstance(axes, str) and _AXES.fullmatch(axes) is not None and len(set(axes)) == len(axes)


def fault(path: Path, message: str, *, code: str = "source.damaged") -> DamagedSourceError:
    """The error for a file that cannot be used."""
    return DamagedSourceError(
        Problem(code=code, path=str(path), message=message, hint="see the README of publisher-npy")
    )


def _list(path: Path, found: dict[str, Any], key: str) -> list[Any]:
    value = found.get(key, [])
    if not isinstance(value, list):
        raise fault(path, f"{key} must be a list, found {value!r:.80}")
    return value


def _channel(path: Path, value: Any) -> Channel:
    if not isinstance(value, dict) or not set(value) <= {"name", "color"}:
        raise fault(path, f"a channel must be an object with name and color, found {value!r:.80}")
    color = value.get("color")
    if color is not None and not (isinstance(color, str) and re.fullmatch("[0-9A-Fa-f]{6}", color)):
        raise fault(path, f"color must be RRGGBB, found {color!r:.80}")
    return Channel(name=_text(path, value, "name"), color=color.upper() if color else None)


def _text(path: Path, found: dict[str, Any], key: str) -> str:
    value = found.get(key, "")
    if not isinstance(value, str):
        raise fault(path, f"{key} must be text, found {value!r:.80}")
    return value


def _size(path: Path, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise fault(path, f"sizes must be numbers above 0, found {value!r:.80}")
    return float(value)
