"""The graph of an RO-Crate: entities by their @id, and what they say, whatever form JSON-LD lets it have."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from publisher.errors import ContentError, Problem
from publisher.formats.ome_xml.text import writable

MOST_BYTES = 256 << 20
MOST_ENTITIES = 2_000_000
DESCRIPTOR = "ro-crate-metadata.json"


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing that the crate speaks of. ``said`` is its JSON, empty for one that is only referred to."""

    id: str
    said: Mapping[str, object]
    crate: "Crate"

    def texts(self, *keys: str) -> tuple[str, ...]:
        """What it says under the first of ``keys`` that says anything: texts, numbers, names of entities."""
        for key in keys:
            found = tuple(text for value in _listed(self.said.get(key)) if (text := self.crate.text(value)))
            if found:
                return found
        return ()

    def text(self, *keys: str) -> str:
        """The first of these; empty when there is none."""
        return next(iter(self.texts(*keys)), "")

    def entities(self, *keys: str) -> tuple["Entity", ...]:
        """Entities that it names under any of ``keys``, in order, each once; texts are no entities."""
        found: dict[str, Entity] = {}
        for key in keys:
            for value in _listed(self.said.get(key)):
                if entity := self.crate.entity(value):
                    found.setdefault(entity.id, entity)
        return tuple(found.values())

    @property
    def types(self) -> frozenset[str]:
        """Its types without their prefix: "bia:Study" is "Study"."""
        return frozenset(str(each).rpartition(":")[2].rpartition("/")[2] for each in _listed(self.said.get("@type")))

    @property
    def name(self) -> str:
        """What people call it, or its @id where nobody said. Names that are things may go in circles: texts only."""
        for key in ("name", "displayName", "title", "label"):
            for value in _listed(self.said.get(key)):
                if text := _literal(value):
                    return text
        return writable(self.id).removeprefix("#")

    @property
    def called(self) -> str:
        """The word by which others of the crate refer to it, where people chose that: "Confocal imaging"."""
        chosen = writable(self.id).removeprefix("#")
        return self.name if not chosen or chosen.startswith("_:") or "://" in chosen else chosen

    @property
    def path(self) -> str:
        """Its place below the crate, as files are named: "my%20data/" is "my data/"."""
        return writable(unquote(self.id)).removeprefix("./")


class Crate:
    """A crate's graph; ``root`` is the entity that it is about."""

    def __init__(self, data: bytes, *, name: str) -> None:
        graph = _graph(data, name)
        self._by_id: dict[str, Mapping[str, object]] = {}
        for each in graph:
            if isinstance(each, dict) and isinstance(each.get("@id"), str):
                self._by_id.setdefault(each["@id"], each)
        self.root = self._root(name)

    def _root(self, name: str) -> Entity:
        """What the descriptor is about: "about: {"@id": "./"}"; of detached crates an address."""
        for identifier, said in self._by_id.items():
            if identifier.rsplit("/", 1)[-1].endswith(DESCRIPTOR):
                about = Entity(identifier, said, self).entities("about")
                if about and about[0].said:
                    return about[0]
        raise _refused(name, f"names no dataset that it is about: the entity {DESCRIPTOR!r} has no `about`")

    def all(self, *types: str) -> Iterator[Entity]:
        """Every entity of one of ``types``, in the order of the graph."""
        for identifier, said in self._by_id.items():
            entity = Entity(identifier, said, self)
            if entity.types & set(types):
                yield entity

    def entity(self, value: object) -> Entity | None:
        """The entity that a value refers to or is; None of a text."""
        if not isinstance(value, dict):
            return None
        identifier = value.get("@id")
        if isinstance(identifier, str):
            return Entity(identifier, self._by_id.get(identifier, value if len(value) > 1 else {}), self)
        return Entity("", value, self) if "@value" not in value else None

    def text(self, value: object) -> str:
        """A value as text: of an entity its name."""
        entity = self.entity(value)
        return entity.name if entity else _literal(value)


def _literal(value: object) -> str:
    """A text, number or truth as text; empty for anything else."""
    if isinstance(value, dict):
        value = value.get("@value")
    if isinstance(value, bool):
        return "true" if value else "false"
    return writable(str(value)).strip() if isinstance(value, str | int | float) else ""


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _graph(data: bytes, name: str) -> list[object]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _refused(name, f"is no JSON: {error}") from error
    graph = document.get("@graph") if isinstance(document, dict) else None
    if not isinstance(graph, list):
        raise _refused(name, "has no list `@graph`, as every RO-Crate has")
    if len(graph) > MOST_ENTITIES:
        raise _refused(name, f"speaks of {len(graph):,} things, at most {MOST_ENTITIES:,} are read")
    return graph


def _refused(name: str, message: str) -> ContentError:
    hint = "the RO-Crate specification says what must be there: https://w3id.org/ro/crate"
    return ContentError(Problem(code="add.bad-crate", path=name, message=message, hint=hint))
