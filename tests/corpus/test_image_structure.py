"""What each image is, against Bio-Formats, fact by fact: sizes, names, channels, lengths, dates, planes, regions."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from publisher.errors import SourceError
from publisher.formats.ome_xml.read import read_images
from publisher.formats.ome_xml.tree import OmeTree, parse
from publisher.model.image import Image
from publisher.sources.protocol import Roots
from publisher.sources.registry import installed_readers
from tests.corpus.structure import differences, said_by_bio_formats, said_by_us

pytestmark = pytest.mark.corpus

POSITIONS = "times and positions of planes: the reader of this format does not read them"
FILE_NAME = "has no name: Bio-Formats takes the file's with its suffix, we without"
FLATTENED = "Bio-Formats was asked for the levels of the pyramid as images, and numbers the file's name"
NUMBERED = "Bio-Formats numbers the only scene"
_STACK = "CV8000-Minimal-DataSet-2C-3W-4S-FP2-stack"
CV8000 = f"hcs/cv8000/{_STACK}_20230918_135839/{_STACK}/{_STACK}.wpi"
STK = "other-formats/metamorph-stk/101210OranePlt1_C16_"
NOT_READ = "in tags of MetaMorph that the reader does not read"
COMPANION = "ome-tiff/official/2013-06/set-1-meta-companion/18x24y5z1t1c8b-text-companion.ome"
VSI = "omero-transfer-packs/prepare/vsi-ets-test-jpg2k.vsi"

EXCEPTIONS: dict[tuple[str, str], str] = {
    (CV8000, "name"): "has no name: Bio-Formats says well and field in its words, we in ours",
    (CV8000, "pixel size"): "Bio-Formats does not read the distance of sections, 3 µm in MeasurementDetail.mrf",
    (CV8000, "channel names"): "Bio-Formats names actions and cameras, we filters",
    (CV8000, "excitation"): "Bio-Formats gives the emission filter's middle (BP445/45); the lasers have 405 and 488 nm",
    (CV8000, "planes"): POSITIONS,
    ("ome-tiff/derived/ihc-rgb-pyramid-j2k.ome.tiff", "name"): FLATTENED,
    ("ome-tiff/derived/plate-mosaic-pyramid-subifd.ome.tiff", "name"): FLATTENED,
    ("ome-tiff/real/raw2ometiff-pyramid.ome.tif", "name"): FLATTENED,
    ("ome-tiff/real/test_pyramid.ome.tif", "name"): FLATTENED,
    ("omero-transfer-packs/prepare/test_pyramid.ome.tif", "name"): FLATTENED,
    (COMPANION, "shape"): "Bio-Formats gives one channel from the companion, three from a member: the files hold RGB",
    (COMPANION, "colours"): "as its shape: the colour of the one channel is that of a colour picture here",
    (VSI, "shape"): "of a pack whose .ets files are not there we read the overview that is in the .vsi itself",
    (VSI, "type"): "as its shape",
    (VSI, "name"): "as its shape",
    (VSI, "acquired"): "as its shape",
    (VSI, "pixel size"): "as its shape",
    (VSI, "channel names"): "as its shape",
    (VSI, "emission"): "as its shape",
    (VSI, "planes"): "as its shape",
    ("other-formats/czi/RGB-8bit.czi", "name"): NUMBERED,
    ("other-formats/czi/RGB-8bit.czi", "planes"): POSITIONS,
    ("other-formats/czi/tiles_z.czi", "name"): NUMBERED,
    ("other-formats/czi/tiles_z.czi", "planes"): POSITIONS,
    ("other-formats/dv/tinyTest.d3d.dv", "name"): FILE_NAME,
    ("other-formats/dv/tinyTest.d3d.dv", "description"): "Bio-Formats takes the first of two lines of notes",
    ("other-formats/dv/tinyTest.d3d.dv", "planes"): POSITIONS,
    ("other-formats/imagej-tiff/17P1_POS0013_D_1UL.tif", "name"): FILE_NAME,
    ("other-formats/imagej-tiff/20P1_POS0005_D_1UL.tif", "name"): FILE_NAME,
    ("other-formats/imagej-tiff/20P1_POS0007_D_1UL.tif", "name"): FILE_NAME,
    ("other-formats/imagej-tiff/hela-cells.tif", "name"): FILE_NAME,
    ("other-formats/lif/LeicaLASX_wavelength-sweep_example.lif", "planes"): POSITIONS,
    ("other-formats/lif/testdata_2channel_xz.lif", "planes"): POSITIONS,
    ("other-formats/lsm/spectral golgi.lsm", "acquired"): "the file says 10:22:37, Bio-Formats 15:22:37",
    ("other-formats/lsm/spectral golgi.lsm", "pixel size"): "one section: the file's distance of 1e-13 µm says nothing",
    ("other-formats/lsm/spectral golgi.lsm", "time increment"): "one time: Bio-Formats says 1 s where the file says 0",
    ("other-formats/lsm/spectral golgi.lsm", "planes"): "Bio-Formats says position 0 of every plane",
    ("other-formats/mrc/EMD-3197.map", "name"): FILE_NAME,
    ("other-formats/plain/skimage/cell.png", "name"): FILE_NAME,
    ("other-formats/plain/skimage/ihc.png", "name"): FILE_NAME,
    ("other-formats/plain/stardist-2d/img2d.tif", "name"): FILE_NAME,
    ("other-formats/plain/stardist-2d/img2d.tif", "description"): "tifffile's own note of the shape describes nothing",
    ("other-formats/plain/stardist-2d/img2d.tif", "pixel size"): "Bio-Formats makes 1 µm of a resolution without unit",
    ("other-formats/plain/stardist-2d/mask2d.tif", "name"): FILE_NAME,
    ("other-formats/plain/stardist-2d/mask2d.tif", "description"): "as img2d.tif",
    ("other-formats/plain/stardist-2d/mask2d.tif", "pixel size"): "as img2d.tif",
    ("other-formats/svs/boxes.tiff", "name"): FILE_NAME,
    ("other-formats/svs/boxes.tiff", "pixel size"): "72 dpi is what a program writes that knows no size",
    ("other-formats/svs/small.svs", "name"): "has no name: Bio-Formats says Series 1, we the file's",
    ("other-formats/svs/small.svs", "description"): "name and version of the scanner's library, no description",
    ("other-formats/svs/small.svs", "acquired"): "in the text of Aperio, which the reader does not take apart",
    ("other-formats/svs/small.svs", "planes"): "in the text of Aperio, which the reader does not take apart",
    **{
        ("ome-xml/one-of-everything/sample-2003-FC.ome", fact): (
            "one Channel with 0 samples for SizeC 2: we take both samples for its own, Bio-Formats makes a second"
        )
        for fact in ("channel names", "emission", "excitation", "fluorophores", "colours")
    },
    **{
        (f"{STK}{name}.tif", fact): NOT_READ
        for name in (
            "w1_[9AA4D9EA-18E4-4354-8C7D-0202029A8048]",
            "w2_[EFB0F53A-F40F-46D8-A61A-51C2BE61E460]",
            "w3_[E3E9B145-D9B7-49E1-8159-496F065708F7]",
        )
        for fact in ("acquired", "pixel size", "channel names", "planes")
    },
}  # fmt: skip
"""Facts that we do not tell as Bio-Formats does, with the reason, by file and fact."""

ONLY_DESCRIBED = (
    "ome-xml/one-of-everything/min-sample-2008-02.ome",
    "ome-xml/one-of-everything/sample-2003-FC.ome",
)
"""Documents with fewer planes than their sizes ask for: they are no source, but what they say is compared."""


def test_each_image_is_what_bio_formats_says_but_for_known_reasons(corpus: Path) -> None:
    different: dict[tuple[str, str], tuple[object, object]] = {}
    images = levels = 0
    for name, oracle in oracles(corpus):
        for image, count, own in images_of(corpus, name):
            theirs = oracle[: count if len(oracle) > 1 else 1]
            oracle = oracle[len(theirs) :]
            facts = differences(said_by_bio_formats(theirs[0]), said_by_us(image, own))
            different |= {(name, fact): (there, here) for fact, there, here in facts}
            images += 1
            levels += len(theirs) - 1
        levels += len(oracle)  # the levels of a slide that a transfer pack did not take along
    assert {fact: values for fact, values in different.items() if fact not in EXCEPTIONS} == {}
    assert set(EXCEPTIONS) == set(different)
    assert (images, levels) == (147, 11)


def oracles(corpus: Path) -> Iterator[tuple[str, list[ElementTree.Element]]]:
    """Names of the files that Bio-Formats could read, and the images it saw."""
    folder = corpus / "oracle" / "bioformats-omexml"
    for path in sorted(folder.rglob("*.ome.xml")):
        name = path.relative_to(folder).as_posix().removesuffix(".ome.xml")
        yield name, ElementTree.fromstring(path.read_bytes()).findall("{*}Image")


def images_of(corpus: Path, name: str) -> Iterator[tuple[Image, int, ElementTree.Element | None]]:
    """Each image as our reader gives it, how many levels it has, and its element in the source's own document."""
    path = corpus / name
    if name in ONLY_DESCRIBED:
        tree = parse(path.read_bytes(), name=name)
        yield from ((image, 1, _element(tree, image)) for image in read_images(tree))
        return
    with installed_readers().reader_of(path).open(path, Roots((path.parent,))) as source:
        document = source.document()
        own = parse(document, name=name) if document else None
        for image in source.images():
            element = _element(own, image) if own else None
            yield image, len(source.levels(image.series)), element


def _element(tree: OmeTree, image: Image) -> ElementTree.Element:
    root = ElementTree.fromstring(tree.serialize())
    return root.findall("{*}Image")[image.series]


@pytest.mark.parametrize("name", ONLY_DESCRIBED)
def test_documents_that_are_only_described_are_no_source(corpus: Path, name: str) -> None:
    path = corpus / name
    with pytest.raises(SourceError, match="planes of pixels"):
        installed_readers().reader_of(path).open(path, Roots((path.parent,)))
