"""A dividing cell among its neighbours, in five dimensions: content/studies/simulated-mitosis/images."""

from pathlib import Path

import numpy as np
from cells import Nucleus, Territory, interphase_chromatin, membrane_of, microtubules
from microscope import Camera, Optics, Points, expected_photons, exposure
from mitosis import STAGES, Division, chromatin, membrane, spindle
from numpy.typing import NDArray
from ome_tiff import ChannelFacts, ImageFacts, write_ome_tiff

FILE = Path("simulated-mitosis/images/dividing-cell.ome.tiff")
OPTICS = Optics(size_px=240, pixel_um=0.145, sigma_xy_um=0.11, sigma_z_um=0.75)
FOCUS_UM = (1.2, 2.5, 3.8, 5.1, 6.4)
MOMENTS = tuple(float(moment) for moment in np.linspace(2, len(STAGES) - 1, 12))
"""Time points, in the time of the division's timetable: from prometaphase to cytokinesis."""
INTERVAL_S = 150.0
BLEACHED_PER_TIME_POINT = (0.035, 0.05, 0.02)
HAZE_PHOTONS = 0.7
CELL = (4.4, 17.1, 17.6)
FACTS = ImageFacts(
    name="Dividing cell",
    description=(
        "Simulated: a computer model of one cell from prometaphase to cytokinesis among resting neighbours, "
        "seen by a model of a spinning-disc confocal microscope. No cell was imaged."
    ),
    channels=(
        ChannelFacts(name="Chromatin", color="F546BE", excitation_nm=561, emission_nm=610, exposure_s=0.1),
        ChannelFacts(name="Microtubules", color="46EB82", excitation_nm=488, emission_nm=525, exposure_s=0.15),
        ChannelFacts(name="Plasma membrane", color="408CFF", excitation_nm=405, emission_nm=450, exposure_s=0.1),
    ),
    pixel_um=OPTICS.pixel_um, step_um=1.3, interval_s=INTERVAL_S,
    objective={"Model": "Simulated 63x oil", "NominalMagnification": "63", "LensNA": "1.4", "Immersion": "Oil"},
    microscope="Simulated spinning-disc confocal",
    pairs=(
        ("Origin", "Simulation"),
        ("Simulated chromosomes", "46"),
        *((f"Stage at time point {number + 1}", STAGES[round(moment)]) for number, moment in enumerate(MOMENTS)),
    ),
)  # fmt: skip


def resting_cells(random: np.random.RandomState) -> tuple[Points, Points, Points]:
    """Chromatin, microtubules and membrane of the neighbours, which stand still."""
    centers = ((4.3, 1.3), (32.0, 4.6), (1.0, 30.4), (31.5, 31.8))
    clouds: tuple[list[Points], list[Points], list[Points]] = ([], [], [])
    for number, (y, x) in enumerate(centers):
        others = (*centers[:number], *centers[number + 1 :])
        waves = tuple((random.uniform(0.02, 0.06), random.uniform(0, 6.3)) for _ in range(3))
        ground = Territory(
            center=(y, x),
            others=(*others, (CELL[1] * 1.12 - y * 0.12, CELL[2] * 1.12 - x * 0.12)),
            reach=17.0,
            waves=waves,
        )
        nucleus = Nucleus(
            center=(2.9, y, x),
            radii=(2.5, random.uniform(6.6, 7.6), random.uniform(5.0, 5.9)),
            angle=random.uniform(0, 3.1),
        )
        clouds[0].append(interphase_chromatin(nucleus, 260000.0, random))
        clouds[1].append(microtubules(ground, nucleus, 95.0, random, count=120))
        clouds[2].append(membrane_of(ground, 130.0, random, height_um=5.2))
    return tuple(np.concatenate(parts) for parts in clouds)  # type: ignore[return-value]


def scene(number: int, division: Division, resting: tuple[Points, Points, Points]) -> tuple[Points, Points, Points]:
    """All fluorophores of time point ``number``, a cloud per channel; the grain is drawn anew each time."""
    moment, random = MOMENTS[number], np.random.RandomState(4100 + number)
    return (
        np.concatenate([resting[0], chromatin(division, moment, 210000.0, random)]),
        np.concatenate([resting[1], spindle(division, moment, 75000.0, random)]),
        np.concatenate([resting[2], membrane(division, moment, 230.0, random)]),
    )


def pixels(count: int = len(MOMENTS)) -> NDArray[np.uint16]:
    """Camera counts (T, C, Z, Y, X) of the first ``count`` time points."""
    random = np.random.RandomState(46)
    division = Division.draw(CELL, 0.55, random)
    resting = resting_cells(random)
    drift = np.cumsum(random.normal(scale=0.07, size=(len(MOMENTS), 2)), axis=0)
    result = np.empty((count, 3, len(FOCUS_UM), OPTICS.size_px, OPTICS.size_px), np.uint16)
    for number in range(count):
        for channel, points in enumerate(scene(number, division, resting)):
            moved = points + np.array([0.0, *drift[number], 0.0])
            light = expected_photons(moved, FOCUS_UM, OPTICS) * (1 - BLEACHED_PER_TIME_POINT[channel]) ** number
            noise = np.random.RandomState(46000 + 10 * number + channel)
            result[number, channel] = exposure(light + HAZE_PHOTONS, Camera(read_noise=1.0), noise)
    return result


def write(studies: Path) -> None:
    """Write the image below the folder ``studies``."""
    write_ome_tiff(studies / FILE, pixels(), FACTS)
