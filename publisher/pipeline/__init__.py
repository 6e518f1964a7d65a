"""The build as a table of contents: planning yields units of steps, the scheduler runs them, a commit publishes.

Names are looked up when they are asked for: the tasks of a worker stand in this package, and a worker that imported
the whole build would take twice the time to start.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from publisher.pipeline.options import BuildOptions
    from publisher.pipeline.site_build import Outcome
    from publisher.pipeline.start import build, plan

__all__ = ["BuildOptions", "Outcome", "build", "plan"]
_MODULES = {"BuildOptions": "options", "Outcome": "site_build", "build": "start", "plan": "start"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
