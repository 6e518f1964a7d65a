"""Which outputs stand a second time, in a store elsewhere: what must be sent there, and what deleted.

Kept in the ledger's file, one row an object. A row is written before its object is: so nothing that may
stand there is ever forgotten, and what was cut short is sent again.
"""

from collections.abc import Iterable

from publisher.graph.ledger import Ledger
from publisher.graph.record import Output

SCHEMA = """
create table if not exists copy (place text, path text, size integer, sha256 text, primary key (place, path))
without rowid;
"""
_UNKNOWN = ""
"""SHA-256 of an object that is being replaced: any bytes may be there."""


class Copies:
    """Outputs below ``prefix`` and their copies at one ``place`` (a URL)."""

    def __init__(self, ledger: Ledger, place: str, prefix: str) -> None:
        self._db = ledger.db
        self._place, self._prefix = place, prefix
        self._range = {"place": place, "start": prefix, "end": prefix + "\uffff"}
        self._db.executescript(SCHEMA)

    def unsent(self) -> tuple[Output, ...]:
        """Committed outputs whose bytes are not known to stand there, by path."""
        rows = self._db.execute(
            "select path, size, sha256, folder from output where path >= :start and path < :end and not exists ("
            "select 1 from copy where place = :place and copy.path = output.path and copy.sha256 = output.sha256) "
            "order by path",
            self._range,
        )
        return tuple(Output(*row) for row in rows)

    def obsolete(self) -> tuple[str, ...]:
        """Objects there whose output is no more, by path."""
        rows = self._db.execute(
            "select path from copy where place = :place and path not in (select path from output) order by path",
            {"place": self._place},
        )
        return tuple(path for (path,) in rows)

    def is_new(self) -> bool:
        """Whether nothing is known to stand there yet."""
        return self._db.execute("select 1 from copy where place = ? limit 1", (self._place,)).fetchone() is None

    def begin(self, outputs: Iterable[Output]) -> None:
        """These are about to be sent."""
        rows = ((self._place, output.path, output.size, _UNKNOWN) for output in outputs)
        self._db.executemany("insert or replace into copy values (?, ?, ?, ?)", rows)
        self._db.commit()

    def sent(self, outputs: Iterable[Output]) -> None:
        """These stand there."""
        rows = ((self._place, output.path, output.size, output.sha256) for output in outputs)
        self._db.executemany("insert or replace into copy values (?, ?, ?, ?)", rows)
        self._db.commit()

    def deleted(self, paths: Iterable[str]) -> None:
        """These are gone there."""
        self._db.executemany("delete from copy where place = ? and path = ?", ((self._place, path) for path in paths))
        self._db.commit()

    def other_places(self) -> tuple[tuple[str, int], ...]:
        """Places of earlier builds with the number of objects left there."""
        rows = self._db.execute("select place, count(*) from copy where place != ? group by place", (self._place,))
        return tuple((place, int(count)) for place, count in rows)

    def forget(self, place: str) -> None:
        """What stands at another place is no business of ours any more."""
        self._db.execute("delete from copy where place = ?", (place,))
        self._db.commit()
