"""A 24-well plate with five doses of an inhibitor in two rows: content/studies/simulated-plate.

The cells are those of `simulate_screen`; the share that stands arrested with one spindle pole grows with the dose. One
well was drawn nowhere: its row in images.csv says so, and its images are missing on purpose.
"""

import csv
from dataclasses import replace
from pathlib import Path

from ome_tiff import ImageFacts, write_ome_tiff
from simulate_screen import CHANNELS, OPTICS, Condition, field

FOLDER = "simulated-plate"
PLATE = "Dose plate 1"
FIELDS = 2
EDGE_PX = 160
UNTREATED = Condition(project="plate", dataset="dose", gene="", identifier="", phenotypes=())
DOSES = ((2, 0.0, 0.04), (3, 0.1, 0.1), (4, 0.3, 0.26), (5, 1.0, 0.48), (6, 3.0, 0.66))
"""Column, dose in µM, share of cells that are arrested."""
ROWS = ("B", "C")
LOST = "C6"
"""The well whose images are not here."""


def wells() -> list[tuple[str, float, float]]:
    """Every treated well with its dose and the share of arrested cells, by row."""
    return [(f"{row}{column}", dose, share) for row in ROWS for column, dose, share in DOSES]


def file_of(well: str, number: int) -> Path:
    """Path of field ``number`` (from 1) of a well, relative to the studies folder."""
    return Path(FOLDER, "images", f"{well}_field-{number}.ome.tiff")


def facts_of(well: str, dose: float, number: int) -> ImageFacts:
    """Name, description and calibration of one field."""
    return ImageFacts(
        name=f"{well} field {number}",
        description=f"Simulated: {dose:g} µM of an inhibitor of KIF11, field {number} of {FIELDS}. No cell was imaged.",
        channels=CHANNELS, pixel_um=OPTICS.pixel_um,
        objective={"Model": "Simulated 40x air", "NominalMagnification": "40", "LensNA": "0.95", "Immersion": "Air"},
        microscope="Simulated wide-field screening microscope",
    )  # fmt: skip


def write(studies: Path) -> None:
    """Write all fields and images.csv below the folder ``studies``: first a row a field, then a row a well."""
    fields, about = [], []
    for which, (well, dose, share) in enumerate(wells()):
        condition = replace(UNTREATED, arrested=share, monopolar=dose > 0, density=0.92 - share / 3)
        if well != LOST:
            for number in range(1, FIELDS + 1):
                pixels, cells = field(condition, 9000 + 10 * which + number)
                shown = pixels[..., :EDGE_PX, :EDGE_PX]
                write_ome_tiff(studies / file_of(well, number), shown, facts_of(well, dose, number))
                path = file_of(well, number).relative_to(FOLDER)
                fields.append((str(path), PLATE, well, str(number), str(cells), "", "", ""))
        control = "negative control" if dose == 0 else ""
        about.append(("", PLATE, well, "", "", f"{dose:g}", control, "images lost" if well == LOST else ""))
    header = ("image", "plate", "well", "field", "Cells Drawn", "Dose (µM)", "Control Type", "Remark")
    with (studies / FOLDER / "images.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *fields, *about])
