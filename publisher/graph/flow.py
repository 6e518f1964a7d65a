"""Which items wait for which: an item is ready when none of those it names is open any more."""

from collections.abc import Iterator

from publisher.graph.step import Deferred, Step

Item = Step | Deferred


class Flow:
    """Items of one unit between their arrival and the moment they are settled."""

    def __init__(self) -> None:
        self._open: set[str] = set()
        self._missing: dict[str, int] = {}
        self._waiting: dict[str, Item] = {}
        self._followers: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self._open)

    def add(self, item: Item) -> bool:
        """Take an item; whether it is ready. Otherwise `settle` hands it out."""
        names = {*item.needs, *(item.after if isinstance(item, Deferred) else ())} & self._open
        self._open.add(item.name)
        if not names:
            return True
        self._missing[item.name] = len(names)
        self._waiting[item.name] = item
        for name in names:
            self._followers.setdefault(name, []).append(item.name)
        return False

    def settle(self, name: str) -> Iterator[Item]:
        """The item of that name is over, whatever came of it; yields those that waited for nothing else."""
        self._open.discard(name)
        for follower in self._followers.pop(name, ()):
            self._missing[follower] -= 1
            if not self._missing[follower]:
                del self._missing[follower]
                yield self._waiting.pop(follower)
