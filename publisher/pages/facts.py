"""Labelled values: rows of the panels "Study", "Dataset" and "Image Details"."""

from collections.abc import Iterable
from dataclasses import dataclass

from publisher.model.annotation import Pair
from publisher.pages.channels import Chip
from publisher.pages.licence import Licence
from publisher.pages.links import named_address, value_link


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
    """Key-value pairs in their order, all of them; repeated keys that follow each other share one label.

    A value that is an address, a DOI or a term leads there, and so does one of words and an address. IDR's tables have
    a column "Gene Identifier URL" beside "Gene Identifier", and IDR's pages fold the first into the second as a small
    icon; here the second becomes a link, and the first stays to be read.
    """
    rows: list[tuple[str, list[Value]]] = []
    for pair in pairs:
        target = value_link(pair.value) or named_address(pair.value)
        base = pair.key[:-4] if pair.key.endswith(" URL") else ""
        if base and target and rows and rows[-1][0] == base and [value.href for value in rows[-1][1]] == [None]:
            rows[-1][1][0] = Value(text=rows[-1][1][0].text, href=target)
        value = Value(text=pair.value, href=target)
        if rows and rows[-1][0] == pair.key:
            rows[-1][1].append(value)
        else:
            rows.append((pair.key, [value]))
    return tuple(Fact(label=label, values=tuple(values)) for label, values in rows)
