"""The objects of a label image as a table to download."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any

from numpy.typing import NDArray

from publisher.assets.spreadsheet import safe
from publisher.model.labels import LabelValue

_AXES = ("t", "z", "y", "x")


def label_table(objects: NDArray[Any], known: Sequence[LabelValue]) -> bytes:
    """CSV with a row for each object: value, pixels of level 0, first and last index on each axis, properties.

    ``objects`` are rows of `ngff.label_table.COLUMNS`; indices count from 0. Objects that exist only in ``known``
    have no row.
    """
    properties = {value.value: dict(value.properties) for value in known if value.properties}
    names = list(dict.fromkeys(name for each in properties.values() for name in each))
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["value", "pixels", *(f"{end}_{axis}" for axis in _AXES for end in ("first", "last")), *names])
    for row in objects.tolist():
        said = properties.get(row[0], {})
        table.writerow([*row, *(safe(said.get(name, "")) for name in names)])
    return text.getvalue().encode()
