"""What the collection of real files must give: one table of formats, and each exception with its reason.

`test_sources` reads every file of every `Family` with our reader, compares sizes and types with what Bio-Formats
wrote down of it (oracle/), and every plane with what an independent program reads. Whoever adds a format adds
a `Family` with that program here, and nothing else.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from publisher.model.image import Image
from tests.corpus.independent import bin_data_planes, tiff_planes

Planes = Callable[[Path, Sequence[Image]], Iterator[NDArray[np.generic]]]
"""The pixels (T, C, Z, Y, X) of every image of a file, in series order, read without a line of ours.

The images that our reader describes are given too, for their shape: where the other program leaves an axis
without a name, planes are put in the order of that shape.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The files of one format: the ends of their names in lower case, and who else reads them.

    ``needs`` are the packages without which our reader is not there (an optional extra): the family is then skipped.
    """

    name: str
    suffixes: tuple[str, ...]
    planes: Planes
    needs: tuple[str, ...] = ()


FAMILIES = (
    Family(name="tiff", suffixes=(".tif", ".tiff", ".stk", ".svs", ".ndpi", ".companion.ome"), planes=tiff_planes),
    Family(name="ome-xml", suffixes=(".ome.xml", ".ome"), planes=bin_data_planes),
)

REFUSED: dict[str, str] = {}
"""Files that are refused, by words of the message."""

UNLIKE_BIO_FORMATS: dict[str, str] = {}
"""Files whose sizes or types are not the oracle's, with the reason. Smaller levels that it lists as images are none."""

UNLIKE_INDEPENDENT: dict[str, str] = {}
"""Files whose planes are not compared as they stand, with the reason: compared as a set instead."""
