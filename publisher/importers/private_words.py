"""What a study of others tells of people and their disks: it stays out of the study that is made of it.

A curator's own words are never changed. These were written for a server, a lab or a disk, and come in unread.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from publisher.formats.redaction import MASK, Redaction
from publisher.importers.draft import TableDraft, Todo, counted

TEXTS = (".csv", ".tsv", ".txt", ".md", ".json", ".yml", ".yaml")
"""Attached files that are searched: in others words cannot be told from data."""
MOST_BYTES = 50_000_000
_PAIRS = frozenset({"extra", "pairs"})
"""Keys of study.yaml that hold pairs: one whose whole value was private goes."""
_OWN = frozenset({"email", "path", "url", "doi", "images", "sources"})
"""Keys of study.yaml whose values are not shown as they are: places of files, and addresses of the web."""


@dataclass(frozen=True, slots=True)
class PrivateWords:
    """Takes them out, and counts what it took by where it stood; ``keeps_keys``: somebody chose them for the public."""

    keeps_keys: bool
    redaction: Redaction = field(default_factory=Redaction)
    taken: Counter[str] = field(default_factory=Counter)

    def description(self, said: Mapping[str, object]) -> dict[str, object]:
        """Keys of study.yaml with their texts searched, without pairs of private keys."""
        return {key: value if key in _OWN else self._value(key, value) for key, value in said.items()}

    def _value(self, key: str, value: object) -> object:
        if isinstance(value, str):
            return self._text(value, "study.yaml")
        if isinstance(value, Mapping):
            kept = {name: each for name, each in value.items() if key != "pairs" or not self._is_private(str(name))}
            found = self.description(kept)
            return {name: each for name, each in found.items() if each != MASK} if key in _PAIRS else found
        if isinstance(value, list | tuple):
            return [self._value(key, each) for each in value if not (key == "pairs" and self._is_private_pair(each))]
        return value

    def _is_private_pair(self, pair: object) -> bool:
        return isinstance(pair, list | tuple) and len(pair) > 0 and self._is_private(str(pair[0]))

    def _is_private(self, key: str, where: str = "study.yaml") -> bool:
        private = not self.keeps_keys and self.redaction.is_private(key)
        self.taken[where] += private
        return private

    def table(self, table: TableDraft) -> TableDraft:
        """The same without columns of private keys; a build searches its cells."""
        private = {at for at, key in enumerate(table.header) if self._is_private(key, "images.csv")}
        if not private:
            return table
        header = tuple(key for at, key in enumerate(table.header) if at not in private)
        rows = (tuple(cell for at, cell in enumerate(row) if at not in private) for row in table.rows)
        return TableDraft(header=header, rows=rows)

    def is_text(self, name: str) -> bool:
        """Whether words can be told from data in a file of this name."""
        return PurePosixPath(name).suffix.lower() in TEXTS

    def file(self, name: str, data: bytes) -> bytes:
        """The bytes of an attached file, its words searched where it is a text."""
        if not self.is_text(name):
            return data
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return data
        found = "".join(self._text(line, name) for line in text.splitlines(keepends=True))
        return data if found == text else found.encode()

    def _text(self, text: str, where: str) -> str:
        def count(_: str) -> None:
            self.taken[where] += 1

        return self.redaction.curated(text, count)

    def todo(self) -> tuple[Todo, ...]:
        """What the curator is told of it: where, and how often."""
        return tuple(
            Todo(
                f"taken out: e-mail addresses, paths on a disk or keys about people ({counted(count, 'place')})", where
            )
            for where, count in sorted(self.taken.items())
            if count
        )
