"""What is published of the values of a label image: colours for all or for none, and properties. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from publisher.model.label_colors import label_color
from publisher.model.labels import LabelValue

MOST_COLORED = 1000
"""Labels that get colours of ours in the metadata, where the source gives none: each costs a hundred bytes."""


def published_values(known: Sequence[LabelValue], met: Sequence[int] | None) -> tuple[LabelValue, ...]:
    """Values to describe, sorted: the ``known`` and, where they have colours, all that were ``met``.

    "colors": rule of this package and of viewers that colours stand for all labels or for none. Colours that are
    given for some are completed; ``met`` is None where values are too many to tell, and then nothing is.
    """
    by_number = {value.value: value for value in known}
    given = any(value.rgba for value in known)
    if met is None or (not given and len(met) > MOST_COLORED):
        complete = all(value.rgba for value in known)
        return tuple(by_number[n] if complete else replace(by_number[n], rgba=None) for n in sorted(by_number))
    values = (by_number.get(number, LabelValue(value=number)) for number in sorted({*by_number, *met}))
    return tuple(replace(value, rgba=value.rgba or label_color(value.value)) for value in values)
