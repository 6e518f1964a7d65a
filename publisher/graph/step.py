"""Steps and units: what is done, from what, and when it can be left out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from publisher.graph.record import Json, Output
from publisher.graph.stage import StepStage

Action = Callable[[StepStage], Json]
"""Does the work: writes through the stage it is given, returns the step's value (JSON)."""


class Results(Protocol):
    """What finished steps returned."""

    def value(self, step: str) -> Json | None:
        """The value of a step's last successful run, which stands published when it fails now; else None."""
        ...

    def kept(self, step: str) -> Path:
        """The folder where a step kept files that are not published."""
        ...

    def written(self, folder: str) -> tuple[Output, ...]:
        """Every file below ``folder`` of the output as it will stand after this build, by path.

        Of the unit that is running, those of the steps it has yielded so far.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One piece of work that is skipped when nothing it depends on changed.

    ``params`` holds every value that shapes the output and must be JSON; ``files`` are read by content, each
    under a name that does not change when the site moves; ``needs`` are names of earlier steps whose results
    it uses. ``expects`` are the bytes and files that it will write at most, for a plan. ``kept_is_whole`` says
    of the folder of its unpublished results whether later steps can read it. ``about`` says in words what it
    will make, for a plan.

    An action that is ``apart`` spends its time waiting for another process: it runs in a thread, beside other
    steps, so it must not touch the ledger. ``settled`` is called when the step is over in any way: it ran, was
    current, failed or was left out.
    """

    name: str
    action: Action
    params: Json = None
    files: Mapping[str, Path] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    expects: tuple[int, int] = (0, 0)
    kept_is_whole: Callable[[Path], bool] | None = None
    about: str = ""
    apart: bool = False
    settled: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """A step that can be described only when earlier ones have run.

    Without all of ``needs`` it is skipped; ``after`` may have failed. ``make`` is called once, when they
    have run; where it finds nothing to do (None) the step is skipped. ``expects``: as of a step, for a plan
    that cannot make the step yet.
    """

    name: str
    make: Callable[[Results], Step | None]
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    expects: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Steps that are planned together, and not even planned when ``key`` is the same as last time.

    ``steps`` yields them in an order in which needs come first; it may raise PublisherError, which fails
    this unit alone and keeps what it published before.
    """

    name: str
    key: Json
    steps: Callable[[], Iterable[Step | Deferred]]
