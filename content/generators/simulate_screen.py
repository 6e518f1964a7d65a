"""Forty-eight fields of cells under six conditions: content/studies/simulated-screen.

The two channels show DNA and microtubules. What each knock-down does is decided by the table
`CONDITIONS` alone: how many cells stand arrested in mitosis, how many have two nuclei, how large nuclei are.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from cells import Nucleus, Territory, cloud, interphase_chromatin, microtubules
from microscope import Camera, Optics, Points, expected_photons, exposure
from mitosis import Division, chromatin, spindle
from numpy.typing import NDArray
from ome_tiff import ChannelFacts, ImageFacts, write_ome_tiff

FOLDER = "simulated-screen"
FIELDS = 8
OPTICS = Optics(size_px=256, pixel_um=0.3, sigma_xy_um=0.17, sigma_z_um=2.6, haze=0.3, slice_um=0.9)
FOCUS_UM = (2.2,)
SPACING_UM = 19.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One knock-down: shares of cells that are arrested or binucleate, scale of nuclei, cells that are left."""

    project: str
    dataset: str
    gene: str
    identifier: str
    phenotypes: tuple[str, ...]
    arrested: float = 0.04
    monopolar: bool = False
    binucleate: float = 0.02
    scale: float = 1.0
    density: float = 0.92


CONDITIONS = (
    Condition(project="spindle", dataset="control-1", gene="", identifier="", phenotypes=()),
    Condition(
        project="spindle", dataset="KIF11", gene="KIF11", identifier="ENSG00000138160",
        phenotypes=("mitotic arrest", "monopolar spindle"), arrested=0.52, monopolar=True, density=0.72,
    ),
    Condition(
        project="spindle", dataset="PLK1", gene="PLK1", identifier="ENSG00000166851",
        phenotypes=("mitotic arrest",), arrested=0.4, density=0.62,
    ),
    Condition(project="cytokinesis", dataset="control-2", gene="", identifier="", phenotypes=()),
    Condition(
        project="cytokinesis", dataset="ANLN", gene="ANLN", identifier="ENSG00000011426",
        phenotypes=("binucleate cells",), binucleate=0.55, density=0.8,
    ),
    Condition(
        project="cytokinesis", dataset="ECT2", gene="ECT2", identifier="ENSG00000114346",
        phenotypes=("binucleate cells", "large nuclei"), binucleate=0.7, scale=1.16, density=0.66,
    ),
)  # fmt: skip
CHANNELS = (
    ChannelFacts(name="DNA", color="408CFF", excitation_nm=385, emission_nm=450),
    ChannelFacts(name="Microtubules", color="46EB82", excitation_nm=475, emission_nm=525),
)


def field(condition: Condition, seed: int) -> tuple[NDArray[np.uint16], int]:
    """Camera counts (1, 2, 1, Y, X) of one field, and the number of cells in it."""
    random = np.random.RandomState(seed)
    centers = _places(condition.density, random)
    dna, tubulin = [], []
    for center in centers:
        others = tuple(other for other in centers if 0 < np.hypot(other[0] - center[0], other[1] - center[1]) < 30)
        if random.uniform() < condition.arrested:
            chromosomes, fibres = _mitotic(center, condition.monopolar, random)
        else:
            two = random.uniform() < condition.binucleate
            chromosomes, fibres = _resting(center, others, two, condition.scale, random)
        dna.append(chromosomes)
        tubulin.append(fibres)
    planes = [expected_photons(np.concatenate(points), FOCUS_UM, OPTICS) for points in (dna, tubulin)]
    light = np.stack(planes)[None] * _shading() + 1.5
    return exposure(light, Camera(), random), len(centers)


def _places(density: float, random: np.random.RandomState) -> tuple[tuple[float, float], ...]:
    """Cell centres (y, x) on a jittered hexagonal lattice that reaches beyond the field; some places are empty."""
    edge = OPTICS.size_px * OPTICS.pixel_um
    shift = random.uniform(0, SPACING_UM, 2)
    places = []
    for row in range(-1, int(edge / SPACING_UM / 0.87) + 2):
        for column in range(-1, int(edge / SPACING_UM) + 2):
            y, x = row * SPACING_UM * 0.87, (column + 0.5 * (row % 2)) * SPACING_UM
            y, x = np.array([y, x]) + shift - SPACING_UM / 2 + random.normal(scale=2.3, size=2)
            seen = -12 < y < edge + 12 and -12 < x < edge + 12
            if random.uniform() < density and seen:
                places.append((float(y), float(x)))
    return tuple(places)


def _resting(
    center: tuple[float, float],
    others: tuple[tuple[float, float], ...],
    two: bool,
    scale: float,
    random: np.random.RandomState,
) -> tuple[Points, Points]:
    waves = tuple((random.uniform(0.02, 0.08), random.uniform(0, 6.3)) for _ in range(3))
    ground = Territory(center=center, others=others, reach=random.uniform(11.5, 15.5), waves=waves)
    angle = random.uniform(0, np.pi)
    long, short = random.uniform(5.9, 7.2) * scale, random.uniform(4.6, 5.6) * scale
    level = random.uniform(0.75, 1.25)
    if not two:
        nuclei = [Nucleus(center=(2.3, *center), radii=(2.2, long, short), angle=angle)]
    else:
        gap = short * 0.98
        turn = np.array([np.cos(angle), np.sin(angle)])
        nuclei = [
            Nucleus(
                center=(2.3, center[0] + sign * gap * turn[0], center[1] - sign * gap * turn[1]),
                radii=(2.1, long * 0.86, short * 0.84),
                angle=angle,
            )
            for sign in (-1, 1)
        ]
    dna = [interphase_chromatin(nucleus, 70000.0 * level / len(nuclei), random) for nucleus in nuclei]
    fibres = microtubules(ground, nuclei[0], 36.0 * random.uniform(0.8, 1.2), random, count=100)
    return np.concatenate(dna), fibres


def _mitotic(center: tuple[float, float], monopolar: bool, random: np.random.RandomState) -> tuple[Points, Points]:
    division = Division.draw((3.4, *center), random.uniform(0, np.pi), random)
    if not monopolar:
        return chromatin(division, 5.0, 52000.0, random), spindle(division, 5.0, 26000.0, random)
    ring = random.normal(size=(46, 3)) * np.array([0.5, 1, 1])
    ring *= random.uniform(3.2, 4.1, (46, 1)) / np.linalg.norm(ring, axis=1, keepdims=True)
    rods = (ring[:, None, :] + division.arms[..., [1, 2, 0]] * 0.5).reshape(-1, 3)
    rods = np.repeat(rods, 8, axis=0) + random.normal(scale=0.16, size=(len(rods) * 8, 3))
    rays = (ring[:, None, :] * np.linspace(0, 1, 50)[None, :, None]).repeat(3, axis=0)
    rays = rays + random.normal(scale=0.2, size=(len(rays), 1, 3)) * np.linspace(0, 1, 50)[None, :, None]
    middle = np.array([3.4, *center])
    return cloud(rods + middle, 52000.0), cloud(rays.reshape(-1, 3) + middle, 17000.0)


def _shading() -> NDArray[np.float64]:
    """Uneven illumination: a few per cent darker at the corners, (Y, X)."""
    axis = np.linspace(-1, 1, OPTICS.size_px)
    result: NDArray[np.float64] = 1 - 0.05 * (axis[:, None] ** 2 + axis[None, :] ** 2)
    return result


def file_of(condition: Condition, number: int) -> Path:
    """Path of field ``number`` (from 1), relative to the studies folder."""
    return Path(FOLDER, "images", condition.dataset, f"{condition.dataset}_field-{number:02d}.ome.tiff")


def facts_of(condition: Condition, number: int) -> ImageFacts:
    """Name, description and calibration of one field."""
    what = f"knock-down of {condition.gene}" if condition.gene else "negative control"
    return ImageFacts(
        name=f"{condition.dataset} field {number}",
        description=f"Simulated: {what}, field {number} of {FIELDS}. A computer model; no cell was imaged.",
        channels=CHANNELS, pixel_um=OPTICS.pixel_um,
        objective={"Model": "Simulated 40x air", "NominalMagnification": "40", "LensNA": "0.95", "Immersion": "Air"},
        microscope="Simulated wide-field screening microscope",
    )  # fmt: skip


def write(studies: Path) -> None:
    """Write all fields and images.csv below the folder ``studies``."""
    rows = []
    for which, condition in enumerate(CONDITIONS):
        for number in range(1, FIELDS + 1):
            pixels, cells = field(condition, 1000 * (which + 1) + number)
            write_ome_tiff(studies / file_of(condition, number), pixels, facts_of(condition, number))
            rows.append(_row(condition, number, cells))
    with (studies / FOLDER / "images.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([HEADER, *rows])


HEADER = (
    "Dataset Name", "Image Name", "Gene Symbol", "Gene Identifier", "siRNA", "Control Type",
    "Simulated Phenotype", "Simulated Phenotype", "Cells Drawn", "Replicate",
)  # fmt: skip
"""A key may stand twice: both values are kept, in this order."""


def _row(condition: Condition, number: int, cells: int) -> tuple[str, ...]:
    phenotypes = (*condition.phenotypes, "", "")[:2]
    replicate = 1 + (number - 1) // 4
    sirna = (
        f"simulated, {condition.gene}, oligo {1 + (number - 1) % 2}" if condition.gene else "simulated, non-targeting"
    )
    control = "" if condition.gene else "negative control"
    first = (NAMES[condition.dataset], facts_of(condition, number).name, condition.gene, condition.identifier)
    return (*first, sirna, control, *phenotypes, str(cells), str(replicate))


NAMES = {
    "control-1": "Negative control, spindle set",
    "KIF11": "KIF11",
    "PLK1": "PLK1",
    "control-2": "Negative control, cytokinesis set",
    "ANLN": "ANLN",
    "ECT2": "ECT2",
}
"""Names of the datasets as study.yaml gives them."""
