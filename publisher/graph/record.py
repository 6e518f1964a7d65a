"""What a finished step leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any
"""A JSON value: None, bool, int, float, str, list or dict of these."""


@dataclass(frozen=True, slots=True)
class Output:
    """One file that a step wrote, relative to the site's output; ``folder`` is the folder that moves as one."""

    path: str
    size: int
    sha256: str
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A finished run of a step; ``result`` is the digest of its outputs and value."""

    fingerprint: str
    parts: Mapping[str, Json] = field(default_factory=dict)
    result: str
    value: Json = None
    outputs: tuple[Output, ...] = ()
