"""What differs between the output and a store, and what was done about it: values."""

from collections.abc import Collection
from dataclasses import dataclass, field

from publisher.errors import Problem
from publisher.graph.copies import Copies
from publisher.graph.ledger import Ledger
from publisher.graph.record import Output

DATA = "data/"
"""What is sent: filesets, and images in one file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """What differs between the output and the store: outputs to send, keys to delete."""

    store: str
    puts: tuple[Output, ...] = ()
    deletions: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes to send."""
        return sum(output.size for output in self.puts)


@dataclass(slots=True)
class Sent:
    """What was done: objects and bytes sent, objects deleted, what went wrong."""

    objects: int = 0
    bytes: int = 0
    deleted: int = 0
    problems: list[Problem] = field(default_factory=list)


def planned_transfer(ledger: Ledger, url: str, *, held: Collection[str] = ()) -> Transfer:
    """What is to be sent to ``url``; studies in ``held`` stay there as they are."""
    copies = Copies(ledger, url, DATA)
    puts = tuple(output for output in copies.unsent() if output.path.split("/")[1] not in held)
    return Transfer(store=url, puts=puts, deletions=copies.obsolete())
