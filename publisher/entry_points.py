"""Things that installed distributions offer by entry point, loaded one by one when they are asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from publisher.errors import PluginError, Problem


@dataclass(frozen=True, slots=True)
class Plugin:
    """One installed entry point of a group."""

    name: str
    distribution: str
    entry: EntryPoint

    def load(self) -> object:
        """The object itself; PluginError names the distribution when it cannot be imported."""
        try:
            return self.entry.load()
        except Exception as error:  # a plugin may fail in any way while it is imported
            raise PluginError(
                Problem(
                    code="plugin.cannot-load",
                    message=f"{self.name!r} of the installed package {self.distribution!r} cannot be loaded: {error}",
                    hint=f"pip install --upgrade {self.distribution}, or pip uninstall {self.distribution}",
                )
            ) from error


def plugins(group: str) -> Iterator[Plugin]:
    """Every entry point of ``group``, sorted by name and distribution, not loaded yet."""
    found = (Plugin(entry.name, entry.dist.name if entry.dist else "?", entry) for entry in entry_points(group=group))
    yield from sorted(found, key=lambda plugin: (plugin.name, plugin.distribution))
