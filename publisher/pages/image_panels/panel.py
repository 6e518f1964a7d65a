"""What a panel is."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Base of all panels; ``kind`` names its module here and its partial, templates/panels/<kind>.html."""

    kind: ClassVar[str] = "panel"
