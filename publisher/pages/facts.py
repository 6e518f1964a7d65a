"""Labelled values: rows of the panels "Study", "Dataset" and "Image Details"."""

from collections.abc import Iterable
from dataclasses import dataclass

from publisher.model.annotation import Pair
from publisher.pages.channels import Chip
from publisher.pages.licence import Licence
from publisher.pages.links import external


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value; ``href`` leads to its definition, ``note`` is its identifier, ``mono`` asks for fixed width."""

    text: str
    href: str | None = None
    note: str = ""
    mono: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A label with its values, or with channel chips, or with a licence badge instead."""

    label: str
    values: tuple[Value, ...] = ()
    channels: tuple[Chip, ...] = ()
    licence: Licence | None = None


def fact(label: str, text: str, *, href: str | None = None, mono: bool = False) -> Fact:
    """A label with one value."""
    return Fact(label=label, values=(Value(text=text, href=href, mono=mono),))


def pair_facts(pairs: Iterable[Pair]) -> tuple[Fact, ...]:
    """Key-value pairs in their order; "Gene Identifier URL" becomes the link of "Gene Identifier", as in IDR.

    Repeated keys that follow each other share one label. A value that is an address links to itself.
    """
    rows: list[tuple[str, list[Value]]] = []
    for pair in pairs:
        target = external(pair.value)
        base = pair.key[:-4] if pair.key.endswith(" URL") else ""
        if base and target and rows and rows[-1][0] == base and rows[-1][1][-1].href is None:
            rows[-1][1][-1] = Value(text=rows[-1][1][-1].text, href=target)
            continue
        value = Value(text=pair.value, href=target)
        if rows and rows[-1][0] == pair.key:
            rows[-1][1].append(value)
        else:
            rows.append((pair.key, [value]))
    return tuple(Fact(label=label, values=tuple(values)) for label, values in rows)
