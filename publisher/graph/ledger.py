"""What was built from what: one SQLite file.

It holds the finished steps with their outputs, digests of read files, memos, and the journal of a commit.
New records gather in the ``staged`` tables and become the committed ones in a single transaction together
with the journal, so that a killed build leaves either the old state or a journal to finish.
"""

import json
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Self

from publisher.graph.fingerprint import FileStamp, digest_file, stamp
from publisher.graph.record import Json, Output, Record

SCHEMA = """
create table if not exists step (name text primary key, unit text, fingerprint text, parts text, result text,
    value text);
create index if not exists step_unit on step (unit);
create table if not exists output (path text primary key, step text, size integer, sha256 text, folder text);
create index if not exists output_step on output (step);
create table if not exists staged_step (name text primary key, unit text, fingerprint text, parts text, result text,
    value text, durable integer);
create table if not exists staged_output (path text primary key, step text, size integer, sha256 text, folder text);
create index if not exists staged_output_step on staged_output (step);
create table if not exists file (path text primary key, size integer, mtime_ns integer, digest text);
create table if not exists unit (name text primary key, key text);
create table if not exists memo (kind text, key text, value text, primary key (kind, key)) without rowid;
create table if not exists move (target text primary key, is_folder integer, rank integer);
create table if not exists removal (target text primary key);
"""
VERSION = 1
COMMIT_INTERVAL_S = 1.0
"""Most of the work, in time, that a kill can undo: a transaction for each of many small images would cost as much
as the images."""


class Ledger:
    """Remembers finished steps, file digests and memos between builds."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._committed_s = -COMMIT_INTERVAL_S
        self.was_damaged = False
        """Whether the file that was there could not be read, and was set aside for a new one."""
        try:
            self.db = self._opened()
        except sqlite3.OperationalError:
            raise  # the disk's fault, not the file's
        except sqlite3.DatabaseError:
            self.set_aside()
            self.was_damaged = True
            self.db = self._opened()

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, isolation_level="DEFERRED")
        try:
            db.execute("pragma synchronous = full")
            if db.execute("pragma user_version").fetchone()[0] not in (0, VERSION):
                self._start_over(db)
            db.executescript(SCHEMA)
            db.execute("create temp table gone (name text primary key)")
            db.execute(f"pragma user_version = {VERSION}")
            db.commit()
        except sqlite3.Error:
            db.close()
            raise
        return db

    def set_aside(self) -> None:
        """Rename a damaged file: what it knew is built again, and the output stays as it is."""
        self.path.replace(self.path.with_name(self.path.name + ".damaged"))
        self.path.with_name(self.path.name + "-journal").unlink(missing_ok=True)

    @staticmethod
    def _start_over(db: sqlite3.Connection) -> None:
        """Another version's ledger is only a cache: what it knew is built again."""
        for (name,) in db.execute("select name from sqlite_master where type = 'table'").fetchall():
            db.execute(f"drop table {name}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self.db.commit()
            else:
                self.db.rollback()  # half of a commit must never be kept
        finally:
            self.db.close()

    # Steps

    def step(self, name: str) -> Record | None:
        """The last successful run of a step, of this build or an earlier one, without its outputs."""
        for table in ("staged_step", "step"):
            row = self.db.execute(
                f"select fingerprint, parts, result, value from {table} where name = ?", (name,)
            ).fetchone()
            if row:
                return Record(fingerprint=row[0], parts=json.loads(row[1]), result=row[2], value=json.loads(row[3]))
        return None

    def marks(self, name: str) -> tuple[str, str] | None:
        """Fingerprint and result of the last successful run of a step, without the value that `step` has to parse."""
        for table in ("staged_step", "step"):
            row = self.db.execute(f"select fingerprint, result from {table} where name = ?", (name,)).fetchone()
            if row:
                return str(row[0]), str(row[1])
        return None

    def outputs(self, name: str) -> tuple[Output, ...]:
        """What the last successful run of a step wrote."""
        for table in ("staged", ""):
            prefix = f"{table}_" if table else ""
            if self.db.execute(f"select 1 from {prefix}step where name = ?", (name,)).fetchone():
                rows = self.db.execute(
                    f"select path, size, sha256, folder from {prefix}output where step = ? order by path", (name,)
                )
                return tuple(Output(*row) for row in rows)
        return ()

    def outputs_below(self, folder: str, *, unit: str = "", steps: Collection[str] = ()) -> tuple[Output, ...]:
        """Every output below ``folder`` as it will stand after the commit, by path.

        While ``unit`` runs it counts with ``steps`` alone: those it no longer has are known when all of it has run.
        """
        rows = self.db.execute(
            "select path, size, sha256, folder, step, unit from staged_output join staged_step on step = name "
            "where path >= :start and path < :end "
            "union all select path, size, sha256, folder, step, unit from output join step on step = name "
            "where path >= :start and path < :end "
            "and step not in (select name from staged_step) and step not in (select name from gone) order by path",
            {"start": folder.rstrip("/") + "/", "end": folder.rstrip("/") + "0"},  # "0" follows "/"
        )
        return tuple(Output(*row[:4]) for row in rows if row[5] != unit or row[4] in steps)

    def is_staged(self, name: str) -> bool:
        """Whether the last run of a step has not been committed yet."""
        return self.db.execute("select 1 from staged_step where name = ?", (name,)).fetchone() is not None

    def record(self, name: str, unit: str, record: Record, *, durable: bool) -> None:
        """Remember a run that just succeeded; a ``durable`` one survives a build that is killed a second later."""
        self.forget_staged(name)
        self.db.execute(
            "insert into staged_step values (?, ?, ?, ?, ?, ?, ?)",
            (
                name,
                unit,
                record.fingerprint,
                json.dumps(record.parts),
                record.result,
                json.dumps(record.value),
                durable,
            ),
        )
        self.db.executemany(
            "insert or replace into staged_output values (?, ?, ?, ?, ?)",
            [(out.path, name, out.size, out.sha256, out.folder) for out in record.outputs],
        )
        if durable and time.monotonic() - self._committed_s >= COMMIT_INTERVAL_S:
            self.db.commit()
            self._committed_s = time.monotonic()

    def forget_staged(self, name: str) -> None:
        """Drop what an uncommitted run of a step left."""
        self.db.execute("delete from staged_step where name = ?", (name,))
        self.db.execute("delete from staged_output where step = ?", (name,))

    def forget_interrupted(self) -> None:
        """Drop what a killed build left, except the work that was made durable."""
        self.db.execute("delete from staged_output where step in (select name from staged_step where not durable)")
        self.db.execute("delete from staged_step where not durable")
        self.db.commit()

    def staged_steps(self) -> set[str]:
        """Names of the steps whose last run waits for the commit."""
        return {name for (name,) in self.db.execute("select name from staged_step")}

    def staged_outputs(self) -> Iterator[Output]:
        """Every output that waits for the commit."""
        yield from (Output(*row) for row in self.db.execute("select path, size, sha256, folder from staged_output"))

    def steps_of(self, unit: str) -> set[str]:
        """Names of the committed steps of a unit."""
        return {name for (name,) in self.db.execute("select name from step where unit = ?", (unit,))}

    def fingerprints(self) -> Iterator[str]:
        """Fingerprints of all committed steps."""
        yield from (fingerprint for (fingerprint,) in self.db.execute("select fingerprint from step"))

    def step_count(self, unit: str) -> int:
        """How many steps a unit has."""
        return int(self.db.execute("select count(*) from step where unit = ?", (unit,)).fetchone()[0])

    def values(self, prefix: str) -> Iterator[tuple[str, Json]]:
        """Name and value of every step whose name starts with ``prefix``, this build's before earlier ones, by name."""
        rows = self.db.execute(
            "select name, value from staged_step where name >= :start and name < :end union all "
            "select name, value from step where name >= :start and name < :end "
            "and name not in (select name from staged_step) and name not in (select name from gone) "
            "order by name",
            {"start": prefix, "end": prefix + "\uffff"},
        )
        yield from ((name, json.loads(value)) for name, value in rows)

    # Units

    def unit_key(self, name: str) -> str | None:
        """The key of a unit at its last complete run."""
        row = self.db.execute("select key from unit where name = ?", (name,)).fetchone()
        return row[0] if row else None

    def unit_names(self) -> set[str]:
        """Every unit that has steps."""
        return {name for (name,) in self.db.execute("select distinct unit from step")}

    def unit_outputs(self, name: str) -> Iterator[tuple[str, int]]:
        """Path and size of every output of a unit."""
        yield from self.db.execute(
            "select path, size from output where step in (select name from step where unit = ?)", (name,)
        )

    # Files and memos

    def file_digest(self, path: Path) -> str:
        """SHA-256 of a file, read again only when its size or mtime changed."""
        known = self.known_digest(path)
        if known is None:
            now = stamp(path)
            known = digest_file(path)
            self.remember_digest(path, now, known)
        return known

    def known_digest(self, path: Path) -> str | None:
        """SHA-256 of a file that has not changed since it was last read; None when it must be read."""
        row = self.db.execute("select size, mtime_ns, digest from file where path = ?", (str(path),)).fetchone()
        return str(row[2]) if row and (row[0], row[1]) == stamp(path) else None

    def remember_digest(self, path: Path, when: FileStamp, digest: str) -> None:
        """``digest`` is that of a file as it was at the stamp ``when``."""
        self.db.execute("insert or replace into file values (?, ?, ?, ?)", (str(path), *when, digest))

    def memo(self, kind: str, key: str) -> Json | None:
        """A remembered value."""
        row = self.db.execute("select value from memo where kind = ? and key = ?", (kind, key)).fetchone()
        return json.loads(row[0]) if row else None

    def knows(self, kind: str, key: str) -> bool:
        """Whether a value is remembered."""
        row = self.db.execute("select 1 from memo where kind = ? and key = ?", (kind, key)).fetchone()
        return row is not None

    def remember(self, kind: str, key: str, value: Json) -> None:
        """Remember a value that is a pure function of ``key``."""
        self.db.execute(
            "insert or replace into memo values (?, ?, ?)", (kind, key, json.dumps(value, ensure_ascii=False))
        )

    # Commit

    def published_bytes(self, *, prefix: str = "") -> tuple[int, int]:
        """Number and bytes of outputs below ``prefix`` as they will stand after the commit."""
        row = self.db.execute(
            "select count(*), coalesce(sum(size), 0) from ("
            "select path, size from staged_output where path >= :start and path < :end "
            "union all select path, size from output where path >= :start and path < :end "
            "and step not in (select name from staged_step) and step not in (select name from gone))",
            {"start": prefix, "end": prefix + "\uffff"},
        ).fetchone()
        return int(row[0]), int(row[1])

    def output_paths(self) -> set[str]:
        """Path of every published output."""
        return {path for (path,) in self.db.execute("select path from output")}

    def largest_file(self) -> int:
        """Bytes of the largest output."""
        row = self.db.execute(
            "select coalesce(max(size), 0) from (select size from output union all select size from staged_output)"
        )
        return int(row.fetchone()[0])

    def mark_gone(self, names: Iterable[str]) -> None:
        """These steps are no more: nothing counts them from now on, and the commit removes their outputs."""
        self.db.executemany("insert or ignore into gone values (?)", ((name,) for name in names))

    def gone_outputs(self) -> list[str]:
        """Outputs that the commit will remove because their steps are no more, by path."""
        rows = self.db.execute("select path from output where step in (select name from gone) order by path")
        return [path for (path,) in rows]

    def promote(self, unit_keys: Iterable[tuple[str, str]], moves: Iterable[tuple[str, bool, int]]) -> None:
        """The point of commit: staged records become the record, together with the journal that moves files."""
        db = self.db
        db.execute(
            "insert or ignore into removal select path from output where "
            "step in (select name from gone) or step in (select name from staged_step)"
        )
        db.execute("delete from removal where target in (select path from staged_output)")
        db.execute("delete from output where step in (select name from gone) or step in (select name from staged_step)")
        db.execute("delete from step where name in (select name from gone)")
        db.execute("insert or replace into step select name, unit, fingerprint, parts, result, value from staged_step")
        db.execute("insert or replace into output select path, step, size, sha256, folder from staged_output")
        db.execute("delete from removal where target in (select path from output)")
        db.execute("delete from staged_step")
        db.execute("delete from staged_output")
        db.executemany("insert or replace into unit values (?, ?)", unit_keys)
        db.execute("delete from unit where name not in (select distinct unit from step)")
        db.executemany("insert or replace into move values (?, ?, ?)", moves)
        db.commit()

    def journal(self) -> tuple[list[tuple[str, bool]], list[str]]:
        """Moves in their order, and removals, of a commit that is not finished."""
        moves = [
            (target, bool(folder))
            for target, folder in self.db.execute("select target, is_folder from move order by rank, target")
        ]
        return moves, [target for (target,) in self.db.execute("select target from removal order by target")]

    def close_journal(self) -> None:
        """All moves and removals are done."""
        self.db.execute("delete from move")
        self.db.execute("delete from removal")
        self.db.commit()
