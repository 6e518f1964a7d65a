"""YAML with the line of every key, for error messages. The one door to PyYAML."""

from pathlib import Path
from typing import Any

import yaml

from publisher.errors import ContentError, Problem, Severity

MAX_BYTES = 2_000_000
MAX_VALUES = 200_000
MAX_DEPTH = 50

Location = tuple[str | int, ...]


class YamlFile:
    """A parsed YAML mapping that can tell where each value stands.

    Raises ContentError when the file cannot be read as one mapping, names a key twice, or grows beyond
    bounds by its aliases. ``shown`` is the path to name in messages.
    """

    def __init__(self, path: Path, *, shown: str | None = None, text: str | None = None) -> None:
        self.path = path
        self.shown = shown or str(path)
        self._root = self._compose(read_text(path, self.shown) if text is None else text)
        self._refuse_repeats_and_bombs()
        self.data: dict[str, Any] = self._construct()

    def line_of(self, location: Location) -> int:
        """Line, counted from 1, of the deepest part of ``location`` that exists."""
        node, line = self._root, 1
        for part in location:
            if isinstance(node, yaml.MappingNode):
                hit = next(((key, value) for key, value in node.value if key.value == str(part)), None)
                if hit is None:
                    continue  # pydantic puts names of union members into its locations
                line, node = hit[0].start_mark.line + 1, hit[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = node.start_mark.line + 1
        return line

    def fault(
        self,
        code: str,
        message: str,
        location: Location = (),
        hint: str = "",
        severity: Severity = Severity.ERROR,
    ) -> Problem:
        """A problem at ``location`` of this file."""
        line = self.line_of(location)
        return Problem(code=code, message=message, path=self.shown, line=line, hint=hint, severity=severity)

    def _compose(self, text: str) -> yaml.Node | None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            self._refuse_depth(text, loader)
            return yaml.compose(text, Loader=loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            message, hint = _syntax_words(text, mark, error.problem or error.context or "")
            raise ContentError(
                Problem(
                    code="yaml.syntax",
                    path=self.shown,
                    line=mark.line + 1 if mark else None,
                    message=message,
                    hint=hint,
                )
            ) from error
        except yaml.YAMLError as error:
            raise ContentError(
                Problem(code="yaml.syntax", path=self.shown, message=f"is not valid YAML: {error}")
            ) from error

    def _refuse_depth(self, text: str, loader: Any) -> None:
        """The composer calls itself for each level, on a stack whose end is the end of the process."""
        depth = 0
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise self._too_large()

    def _too_large(self) -> ContentError:
        return ContentError(
            Problem(code="yaml.too-large", path=self.shown, message="holds too many or too deeply nested values")
        )

    def _refuse_repeats_and_bombs(self) -> None:
        problems: list[Problem] = []
        stack: list[tuple[yaml.Node, int]] = [(self._root, 0)] if self._root else []
        count = 0
        while stack:
            node, depth = stack.pop()
            count += 1
            if count > MAX_VALUES or depth > MAX_DEPTH:
                raise self._too_large()
            if isinstance(node, yaml.SequenceNode):
                stack.extend((item, depth + 1) for item in node.value)
            elif isinstance(node, yaml.MappingNode):
                problems += self._repeats(node)
                stack.extend((value, depth + 1) for _, value in node.value)
        if problems:
            raise ContentError(*problems)

    def _repeats(self, node: yaml.MappingNode) -> list[Problem]:
        seen: dict[str, int] = {}
        problems = []
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                problems.append(
                    Problem(
                        code="yaml.bad-key", path=self.shown, line=line, message="a key must be a single word or text"
                    )
                )
            elif key.value in seen and key.value != "<<":
                message = f"{key.value!r} stands twice, first on line {seen[key.value]}"
                problems.append(
                    Problem(code="yaml.repeated-key", path=self.shown, line=line, message=message, hint="keep one")
                )
            else:
                seen[key.value] = line
        return problems

    def _construct(self) -> dict[str, Any]:
        if self._root is None:
            return {}
        loader = yaml.SafeLoader("")
        try:
            data = loader.construct_document(self._root)
        except (yaml.YAMLError, ValueError) as error:
            raise ContentError(
                Problem(code="yaml.syntax", path=self.shown, message=f"holds a value that cannot be read: {error}")
            ) from error
        finally:
            loader.dispose()
        if not isinstance(data, dict):
            raise ContentError(
                Problem(
                    code="yaml.not-a-mapping", path=self.shown, line=1, message="must be a list of `key: value` lines"
                )
            )
        return data


def read_text(path: Path, shown: str, *, prefix: str = "yaml") -> str:
    """Text of a file of at most `MAX_BYTES`, in lines that end in a line feed.

    Raises ContentError when it cannot be opened, is larger or is not UTF-8; codes begin with ``prefix``.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _fault(prefix + ".unreadable", shown, f"cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        size = path.stat().st_size
        raise _fault(prefix + ".too-large", shown, f"is {size:,} bytes; at most {MAX_BYTES:,} are read")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _fault(prefix + ".not-utf-8", shown, "is not UTF-8 text", line, "save the file as UTF-8") from error


def _fault(code: str, shown: str, message: str, line: int | None = None, hint: str = "") -> ContentError:
    return ContentError(Problem(code=code, path=shown, line=line, message=message, hint=hint))


def _syntax_words(text: str, mark: yaml.Mark | None, found: str) -> tuple[str, str]:
    """Message and hint for a place where YAML stops making sense."""
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "is indented by a tab", "indent by spaces; YAML allows no tabs there"
    hint = "check the indentation, and quote values that hold ': ' or start with a special character"
    return f"is not valid YAML: {found}", hint


def dump_yaml(data: Any) -> str:
    """YAML text in the order of ``data``, for people to edit: texts of several lines stand as blocks."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Dumper(yaml.SafeDumper):
    """PyYAML's, but that each text of several lines keeps them, and lists are indented."""

    def ignore_aliases(self, data: Any) -> bool:
        """People do not write aliases."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        """A list stands further in than its key."""
        return super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
