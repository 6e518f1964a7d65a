"""Real pictures of the scikit-image wheel as OME-TIFF, with what is known of them and nothing more.

The files are read from an installed scikit-image (0.26); pixel values are kept as they are. Credits and
licences are those that scikit-image states for each picture, and stand in each study.yaml.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ome_tiff import ChannelFacts, ImageFacts, write_ome_tiff
from PIL import Image

RGB = (ChannelFacts(name="Transmitted light", color="FFFFFF"),)
FUNDUS = (ChannelFacts(name="Reflected light", color="FFFFFF"),)

COLON = ImageFacts(
    name="Colonic glands, FHL2 (DAB) and haematoxylin",
    description="Colonic glands: FHL2 protein shown brown by DAB, nuclei counterstained blue by haematoxylin.",
    channels=RGB,
    objective={"NominalMagnification": "20"},
    pairs=(("Target", "FHL2"), ("Stain", "DAB"), ("Counterstain", "haematoxylin"), ("Origin file", "ihc.png")),
)
CELL = ImageFacts(
    name="Cell floating in saline",
    description="Quantitative phase image of one cell, computed from a digital hologram and scaled to 8 bits.",
    channels=(ChannelFacts(name="Phase", color="FFFFFF"),),
    pixel_um=0.107,
    pairs=(("Medium", "saline"), ("Reconstruction", "qpformat"), ("Origin file", "cell.png")),
)
EYE = ImageFacts(
    name="Fundus of a normal left eye",
    description="Colour photograph of the back of a healthy left eye: optic disc, macula and vessels.",
    channels=FUNDUS,
    pairs=(("Eye", "left"), ("Finding", "normal"), ("Origin file", "retina.jpg")),
)
LESIONS = ImageFacts(
    name="Microaneurysms, detail",
    description="Green channel of a detail of a fundus photograph: small dark dots are microaneurysms.",
    channels=(ChannelFacts(name="Green channel", color="FFFFFF"),),
    pairs=(
        ("Finding", "diabetic retinopathy"), ("Finding", "microaneurysms"),
        ("Cut from", "07_dr.JPG, High-Resolution Fundus Image Database"), ("Origin file", "microaneurysms.png"),
    ),
)  # fmt: skip


def picture(name: str) -> NDArray[Any]:
    """Pixels of one picture of the scikit-image wheel, (Y, X) or (Y, X, 3), uint8."""
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        raise SystemExit("scikit-image is not installed: pip install scikit-image")
    with Image.open(Path(spec.origin).parent / "data" / name) as image:
        return np.asarray(image)


def write(studies: Path) -> None:
    """Write the four images below the folder ``studies``."""
    write_ome_tiff(studies / "colon-fhl2/images/colonic-glands.ome.tiff", picture("ihc.png"), COLON, rgb=True)
    write_ome_tiff(studies / "ocular-fundus/images/normal-left-eye.ome.tiff", picture("retina.jpg"), EYE, rgb=True)
    write_ome_tiff(studies / "phase-cell/images/cell-in-saline.ome.tiff", _stack("cell.png"), CELL)
    write_ome_tiff(studies / "ocular-fundus/images/microaneurysms.ome.tiff", _stack("microaneurysms.png"), LESIONS)


def _stack(name: str) -> NDArray[Any]:
    return picture(name)[None, None, None]
