"""What the command line says of one build."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What the command line says of one build.

    ``studies`` limits it to some studies, ``today`` decides on embargoes. ``memory_bytes`` bounds what conversions
    take, over all processes; ``threads`` is how many cores are used at once, by threads or processes, None for all.
    ``send``: to ``build.data_store``, where the site has one.
    """

    today: date
    studies: tuple[str, ...] = ()
    drafts: bool = False
    force: bool = False
    threads: int | None = None
    send: bool = False
    memory_bytes: int | None = None
    inspect_timeout_s: float = 120.0
    convert_timeout_s: float = 24 * 3600.0
