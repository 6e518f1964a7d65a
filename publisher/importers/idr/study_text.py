"""An IDR study.txt as it stands: keys with their values, those of the study and those of each screen or experiment.

The file is a table on its side: a key, then its values, one in each column, separated by tabs. The part about a
screen or an experiment is repeated for each. Templates come with hints in their cells ("# fill in"), spreadsheets
leave hundreds of empty cells behind, and quotes around some.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from publisher.errors import ContentError, Problem, Severity, refusal

MAX_BYTES = 20_000_000
BlockKind = Literal["Screen", "Experiment"]
_STARTS = re.compile(r"(Screen|Experiment) Number\Z")
_NAMES = re.compile(r"Comment\s*\[\s*IDR (Screen|Experiment) Name\s*\]\Z")
_OF_STUDY = re.compile(r"(Study|Term Source) |Comment\s*\[\s*IDR Study")
_KEY = re.compile(
    r"(Study|Screen|Experiment|Library|Assay|Quality Control|Protocol|Phenotype|Raw|Feature Level|Processed|"
    r"Term Source|Comment)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A key with its values in their columns: empty ones between others stay, those at the end do not."""

    key: str
    values: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Keys that belong together, in their order; a key may stand in it more than once."""

    said: tuple[Said, ...]

    def values(self, key: str) -> tuple[str, ...]:
        """Values of ``key``, of its first line that has any; spaces and case do not matter."""
        wanted = plain_key(key)
        return next((each.values for each in self.said if plain_key(each.key) == wanted and any(each.values)), ())

    def value(self, key: str) -> str:
        """The first value of ``key`` that says something."""
        return next((value for value in self.values(key) if value), "")

    def lines(self, key: str) -> list[Said]:
        """Every line of ``key``."""
        wanted = plain_key(key)
        return [each for each in self.said if plain_key(each.key) == wanted]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Section):
    """A screen or an experiment; ``name`` is IDR's ("idr0021-lawo-pericentriolarmaterial/experimentA") or empty."""

    kind: BlockKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyText:
    """A study.txt; ``warnings`` tell of hints that were left in and lines that are no keys."""

    study: Section
    blocks: tuple[Block, ...]
    warnings: tuple[Problem, ...]


def plain_key(key: str) -> str:
    """A key to compare by: without spaces, in lower case ("Comment [X]" is "Comment[X]")."""
    return "".join(key.split()).lower()


def read_study_text(path: Path, shown: str) -> StudyText:
    """Read the file at ``path``; raises ContentError when it cannot be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            message = f"is larger than {MAX_BYTES:,} bytes, which no study.txt is"
            raise ContentError(Problem(code="idr.too-large", path=shown, message=message))
        data = path.read_bytes()
    except OSError as error:
        raise ContentError(refusal(error, shown)) from error
    warnings = []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
        warnings.append(_warning("idr.not-utf-8", shown, None, "is not UTF-8 text; it is read as Windows-1252"))
    return parse_study_text(text, shown, warnings)


def parse_study_text(text: str, shown: str, warnings: Sequence[Problem] = ()) -> StudyText:
    """The keys of ``text``; ``shown`` is the file in messages."""
    faults = list(warnings)
    said, hints = [], []
    for line, key, values in _lines(text):
        meant = tuple("" if is_hint(value) else value for value in values)
        hints += [line] if meant != values else []
        if not _KEY.match(key) and not any(meant):
            faults.append(_warning("idr.no-key", shown, line, f"{key[:60]!r} is no key, and has no value"))
            continue
        said.append(Said(key=key, values=_trimmed(meant), line=line))
    if hints:
        message = f"lines that hold hints of the template, which are passed over: {len(hints)}"
        faults.append(_warning("idr.hints", shown, hints[0], message))
    study, blocks = _sections(said)
    return StudyText(study=study, blocks=blocks, warnings=tuple(faults))


def is_hint(value: str) -> bool:
    """Whether a cell is a hint of the template that nobody filled in: "# fill in if known"."""
    return value.startswith("#")


def _lines(text: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        cells = [_unquoted(cell) for cell in line.split("\t")]
        if cells[0] and not cells[0].startswith("#"):
            yield number, cells[0], tuple(_trimmed(cells[1:]))


def _unquoted(cell: str) -> str:
    cell = cell.strip()
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        cell = cell[1:-1].replace('""', '"').strip()
    return cell


def _trimmed(values: Sequence[str]) -> tuple[str, ...]:
    end = len(values)
    while end and not values[end - 1]:
        end -= 1
    return tuple(values[:end])


def _sections(said: Sequence[Said]) -> tuple[Section, tuple[Block, ...]]:
    """A block begins with its number, or with its name where it has no number."""
    study: list[Said] = []
    blocks: list[tuple[BlockKind, list[Said]]] = []
    for each in said:
        if start := _STARTS.match(each.key):
            blocks.append((_kind(start[1]), [each]))
        elif (named := _NAMES.match(each.key)) and (not blocks or _is_named(blocks[-1][1])):
            blocks.append((_kind(named[1]), [each]))
        elif not blocks or _OF_STUDY.match(each.key):
            study.append(each)
        else:
            blocks[-1][1].append(each)
    made = tuple(Block(kind=kind, name=_name(own), said=tuple(own)) for kind, own in blocks)
    return Section(said=tuple(study)), made


def _kind(word: str) -> BlockKind:
    return "Screen" if word == "Screen" else "Experiment"


def _is_named(said: Sequence[Said]) -> bool:
    return any(_NAMES.match(each.key) for each in said)


def _name(said: Sequence[Said]) -> str:
    return next((each.values[0] for each in said if _NAMES.match(each.key) and each.values), "")


def _warning(code: str, shown: str, line: int | None, message: str) -> Problem:
    return Problem(code=code, path=shown, line=line, message=message, severity=Severity.WARNING)
