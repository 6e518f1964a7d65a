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
from tests.corpus.independent_foreign import (
    deltavision_planes,
    lif_planes,
    mrc_planes,
    png_planes,
    twin_planes,
    yokogawa_planes,
)

Planes = Callable[[Path, Sequence[Image]], Iterator[NDArray[np.generic]]]
"""The pixels (T, C, Z, Y, X) of every image of a file, in series order, read without a line of ours.

The images that our reader describes are given too, for their shape: where the other program leaves an axis
without a name, planes are put in the order of that shape.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The files of one format: the ends of their names in lower case, and who else reads them.

    ``needs`` are the packages without which our reader is not there (an optional extra): the family is then skipped.
    ``files``, ``judged`` (by Bio-Formats) and ``planes_at_least`` are what must be there, so that a test never
    passes because nothing was found.
    """

    name: str
    suffixes: tuple[str, ...]
    planes: Planes
    needs: tuple[str, ...] = ()
    files: int
    judged: int
    planes_at_least: int


FAMILIES = (
    Family(
        name="tiff",
        suffixes=(".tif", ".tiff", ".stk", ".svs", ".ndpi", ".companion.ome", "-companion.ome"),
        planes=tiff_planes,
        files=350,
        judged=50,
        planes_at_least=1500,
    ),
    Family(
        name="ome-xml",
        suffixes=(".ome.xml", ".ome"),
        planes=bin_data_planes,
        files=130,
        judged=4,
        planes_at_least=1000,
    ),
    Family(name="lsm", suffixes=(".lsm",), planes=tiff_planes, files=1, judged=1, planes_at_least=28),
    Family(name="czi", suffixes=(".czi",), planes=twin_planes, files=2, judged=2, planes_at_least=7),
    Family(name="lif", suffixes=(".lif",), planes=lif_planes, files=2, judged=2, planes_at_least=343),
    Family(
        name="mrc", suffixes=(".map", ".map.gz", ".map.bz2"), planes=mrc_planes, files=3, judged=1, planes_at_least=60
    ),
    Family(name="deltavision", suffixes=(".dv",), planes=deltavision_planes, files=1, judged=1, planes_at_least=30),
    Family(name="yokogawa", suffixes=(".wpi",), planes=yokogawa_planes, files=1, judged=1, planes_at_least=96),
    Family(name="picture", suffixes=(".png",), planes=png_planes, files=2, judged=2, planes_at_least=4),
)


def family_of(path: Path) -> Family:
    """The family whose suffix fits best (".companion.ome" before ".ome"); raises LookupError when none does."""
    ends = [(len(end), family) for family in FAMILIES for end in family.suffixes if path.name.lower().endswith(end)]
    if not ends:
        raise LookupError(path.name)
    return max(ends, key=lambda found: found[0])[1]


NO_PIXELS = "planes of pixels, its sizes ask for"
NO_DATA = "a BinData without pixels"

REFUSED: dict[str, str] = {
    "ome-tiff/companion-without-pixels/c3_z33.companion.ome": "needs the file 'c3_z33_w1Conf640.ome.tif'",
    "other-formats/svs/unopenable.tiff": "compression 52479",
    "ome-xml/invalid/brokenchannels-correctable.ome": NO_PIXELS,
    "ome-xml/invalid/validchannels.ome": NO_PIXELS,
    "ome-xml/official/2010-04/metadata-only.ome.xml": NO_PIXELS,
    "ome-xml/official/2010-06/filter.ome.xml": NO_PIXELS,
    "ome-xml/official/2011-06/filter.ome.xml": NO_PIXELS,
    "ome-xml/official/2011-06/metadata-only.ome.xml": NO_PIXELS,
    "ome-xml/official/2012-06/metadata-only.ome.xml": NO_PIXELS,
    "ome-xml/official/2013-06/filter.ome.xml": NO_PIXELS,
    "ome-xml/official/2013-06/metadata-only.ome.xml": NO_PIXELS,
    "ome-xml/official/2016-06/filter.ome.xml": NO_PIXELS,
    "ome-xml/official/2015-01/hcs.ome.xml": NO_DATA,
    "ome-xml/official/2016-06/hcs.ome.xml": NO_DATA,
    "ome-xml/vendor/deltavision.ome.xml": NO_DATA,
    "ome-xml/vendor/bia-simple.ome.xml": NO_PIXELS,
    "ome-xml/ome-types/fake-plate-rows-2.ome.xml": NO_PIXELS,
    "ome-xml/ome-types/invalid_xml_annotation.ome.xml": NO_PIXELS,
    "ome-xml/ome-types/shape-union.ome.xml": NO_PIXELS,
    "ome-xml/ome-types/transfer.ome.xml": NO_PIXELS,
    "ome-xml/ome-types/ome_ns.ome.xml": "names no file for its planes",
    "ome-xml/ome-types/MMStack.ome.xml": "needs the file",
    "ome-xml/ome-types/example.ome.xml": "needs the file",
    "ome-xml/ome-types/small.ome.xml": "needs the file",
    "ome-xml/one-of-everything/RC4-Sample.ome": "expected OME of a release from 2003-FC",
    # Written to show every element; their BinData is the word "default", and there are fewer than planes.
    "ome-xml/official/2015-01/minimum-specification.ome.xml": NO_PIXELS,
    "ome-xml/official/2016-06/minimum-specification.ome.xml": NO_PIXELS,
    "ome-xml/one-of-everything/max-sample-2008-02.ome": NO_PIXELS,
    "ome-xml/one-of-everything/min-sample-2008-02.ome": NO_PIXELS,
    "ome-xml/one-of-everything/sample-2003-FC.ome": NO_PIXELS,
    "ome-xml/one-of-everything/sample-2008-09.ome": NO_PIXELS,
    "ome-xml/one-of-everything/sample-2010-04.ome": NO_PIXELS,
}
"""Files that are refused, by words of the message: nothing is made up for pixels that are not there."""

UNLIKE_BIO_FORMATS: dict[str, str] = {
    "ome-tiff/official/2013-06/set-1-meta-companion/18x24y5z1t1c8b-text-companion.ome": (
        "Bio-Formats gives one channel from the companion, but three from a member: the files hold RGB"
    ),
}
"""Files whose sizes or types are not the oracle's, with the reason. Smaller levels that it lists as images are none."""

AS_A_SET: dict[str, str] = {
    "ome-tiff/real/hubmap-codex/output_ome.ome.tiff": "tifffile gives (Y, X, S): four samples are four channels here",
}
"""Files whose planes another program orders differently, with the reason: they are compared as a set."""

UNLIKE_INDEPENDENT: dict[str, str] = {}
"""Files whose planes cannot be compared at all, with the reason."""
