"""One simulated cell that divides: chromosomes, spindle and membrane at any moment from prophase to cytokinesis.

`moment` counts from 0 (prophase) to 11 (cytokinesis). Coordinates of the dividing cell are (z, along, across)
in µm around its middle, ``along`` being the spindle axis; `Division.to_world` turns and moves them.
"""

from dataclasses import dataclass

import numpy as np
from cells import Random, Vector, chromosome_arms, cloud, unit_ball
from microscope import Points

CHROMOSOMES = 46
STAGES = (
    "prophase", "prophase", "prometaphase", "prometaphase", "metaphase", "metaphase",
    "anaphase A", "anaphase A", "anaphase B", "telophase", "telophase", "cytokinesis",
)  # fmt: skip
"""Name of the stage at moments 0..11."""

# Values at moments 0..11, joined by straight lines.
_APART = (0, 0, 0, 0, 0, 0, 1.3, 2.9, 4.6, 5.9, 6.6, 6.9)
"""Half the distance between the two sets of chromatids, µm."""
_POLE = (3.8, 4.4, 4.9, 5.3, 5.6, 5.7, 6.0, 6.8, 7.9, 8.6, 9.0, 9.1)
"""Half the distance between the spindle poles, µm."""
_LENGTH = (9.6, 9.2, 8.8, 8.6, 8.6, 8.6, 8.8, 9.6, 10.8, 11.8, 12.4, 12.8)
"""Half the length of the cell along the spindle, µm."""
_WIDTH = (9.4, 9.1, 8.8, 8.6, 8.6, 8.6, 8.5, 8.2, 7.6, 7.2, 7.1, 7.2)
"""Half its width, µm."""
_FURROW = (0, 0, 0, 0, 0, 0, 0, 0.05, 0.28, 0.62, 0.84, 0.94)
"""How deep the cleavage furrow is, as a share of the half width."""
_GATHERED = (0, 0, 0.35, 0.75, 1, 1, 1, 1, 1, 1, 1, 1)
"""How far chromosomes have come from the nucleus to the metaphase plate."""
_NUCLEAR = (0.8, 0.4, 0, 0, 0, 0, 0, 0, 0, 0.35, 0.75, 1)
"""How far chromatin is loosened into nuclei."""
_SPINDLE = (0.15, 0.35, 0.7, 0.9, 1, 1, 0.95, 0.85, 0.7, 0.5, 0.35, 0.3)
"""How much of the spindle stands."""


def at(values: tuple[float, ...], moment: float) -> float:
    """A value of the timetable at ``moment``."""
    return float(np.interp(moment, np.arange(len(values)), values))


@dataclass(frozen=True, slots=True)
class Division:
    """A dividing cell: where it lies, and the homes of its chromosomes, drawn once."""

    center: tuple[float, float, float]
    angle: float
    arms: Vector
    scattered: Vector
    plate: Vector

    @classmethod
    def draw(cls, center: tuple[float, float, float], angle: float, random: Random) -> "Division":
        """A cell at ``center`` (z, y, x) in µm with its spindle turned by ``angle``."""
        scattered = unit_ball(CHROMOSOMES, random) * np.array([3.2, 5.0, 5.4])
        turn = random.uniform(0, 2 * np.pi, CHROMOSOMES)
        radius = 4.3 * np.sqrt(random.uniform(0.02, 1, CHROMOSOMES))
        plate = np.stack(
            [radius * np.sin(turn) * 0.85, random.normal(scale=0.3, size=CHROMOSOMES), radius * np.cos(turn)], axis=1
        )
        return cls(center, angle, chromosome_arms(CHROMOSOMES, random), scattered, plate)

    def to_world(self, own: Vector) -> Vector:
        """Points (n, 3) of the cell as (z, y, x) of the field."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        z, along, across = own.T
        return np.stack([z, along * sin + across * cos, along * cos - across * sin], axis=1) + np.array(self.center)

    def centromeres(self, moment: float, side: int) -> Vector:
        """Middles of the chromatids that go to ``side`` (-1 or 1), (46, 3)."""
        gathered = at(_GATHERED, moment)
        place = self.scattered * (1 - gathered) + self.plate * gathered
        apart = at(_APART, moment)
        place = place * np.array([1, 1, 1]) + np.array([0, side * (apart + 0.16), 0])
        shrink = 1 - 0.45 * min(1.0, apart / 5)
        return place * np.array([shrink, 1, shrink])


def chromatin(cell: Division, moment: float, photons: float, random: Random) -> Points:
    """Both sets of chromatids, loosened into nuclei at the beginning and the end."""
    parts = []
    loose = at(_NUCLEAR, moment)
    apart = at(_APART, moment)
    for side in (-1, 1):
        middle = cell.centromeres(moment, side)
        arms = cell.arms.copy()
        trail = min(1.0, apart / 2)
        across = arms[..., 0].copy()
        folded = np.stack(
            [arms[..., 1] + across * 0.25, -side * np.abs(across) * 0.85, arms[..., 2] + across * 0.35], axis=2
        )
        turned = np.stack([across * 0.45 + arms[..., 1], arms[..., 2], across * 0.8], axis=2)
        rods = (middle[:, None, :] + trail * folded + (1 - trail) * turned).reshape(-1, 3)
        rods = np.repeat(rods, 6, axis=0)
        rods = rods + random.normal(scale=0.13 + 0.26 * loose, size=rods.shape)
        parts.append(cloud(cell.to_world(rods), photons * (1 - 0.75 * loose) / 2))
        if loose and apart:
            body = unit_ball(5000, random) * np.array([2.2, 1.7, 3.6]) + np.array([0, side * (apart + 0.3), 0])
            parts.append(cloud(cell.to_world(body), photons * 0.75 * loose / 2))
    if loose and not apart:
        body = unit_ball(12000, random)
        grains = unit_ball(60, random)[random.randint(0, 60, 6000)] + random.normal(scale=0.07, size=(6000, 3))
        nucleus = np.concatenate([body, grains]) * np.array([3.4, 5.3, 5.7])
        parts.append(cloud(cell.to_world(nucleus), photons * 0.75 * loose))
    return np.concatenate(parts)


def spindle(cell: Division, moment: float, photons: float, random: Random) -> Points:
    """Microtubules: fibres to the chromosomes, arcs from pole to pole, asters, and the midbody at the end."""
    pole, stands, furrow = at(_POLE, moment), at(_SPINDLE, moment), at(_FURROW, moment)
    lines = []
    for side in (-1, 1):
        tip = np.array([0.0, side * pole, 0.0])
        ends = np.repeat(cell.centromeres(moment, side), 4, axis=0)
        lines.append((_arcs(tip, ends + random.normal(scale=0.15, size=ends.shape), 0.2, random), 1.5 * stands))
        lines.append((_aster(tip, side, moment, random), 0.55))
        lines.append((tip + random.normal(scale=0.22, size=(260, 3)), 0.3))
    between = np.repeat(np.array([[0.0, pole, 0.0]]), 90, axis=0) + random.normal(scale=0.25, size=(90, 3))
    waist = 0.42 * (1 - 0.9 * furrow)
    lines.append((_arcs(np.array([0.0, -pole, 0.0]), between, waist, random), 1.25 * max(stands, furrow)))
    if furrow > 0.5:
        midbody = random.normal(scale=(0.3, 0.8, 0.3), size=(1600, 3))
        lines.append((midbody, 1.6 * furrow))
    return np.concatenate(
        [cloud(cell.to_world(points), float(photons * weight * len(points) / 20000)) for points, weight in lines]
    )


def membrane(cell: Division, moment: float, photons_per_um2: float, random: Random) -> Points:
    """The cell's surface: round, then longer, then pinched in two."""
    length, width, furrow = at(_LENGTH, moment), at(_WIDTH, moment), at(_FURROW, moment)
    count = 26000
    along = random.uniform(-1, 1, count)
    turn = random.uniform(0, 2 * np.pi, count)
    ring = np.exp(-((along * length / 2.6) ** 2))
    radius = width * np.sqrt(1 - np.abs(along) ** 2.4) * (1 - furrow * ring)
    ruffle = 1 + 0.02 * np.sin(5 * turn + 9 * along) + 0.015 * np.sin(11 * turn - 7 * along)
    height = 0.62 * radius * np.cos(turn) * ruffle
    points = np.stack([height, along * length, radius * np.sin(turn) * ruffle], axis=1)
    weights = radius * (1 + 1.1 * furrow * ring) * 4 * np.pi * length * photons_per_um2 / count
    return cloud(cell.to_world(points), np.asarray(weights))


def _arcs(start: Vector, ends: Vector, bulge: float, random: Random) -> Vector:
    """Curved lines from ``start`` (3,) to each of ``ends`` (n, 3), 60 points each."""
    share = np.linspace(0, 1, 60)[None, :, None]
    chord = ends - start
    sideways = random.normal(size=(len(ends), 3)) * np.array([1, 0, 1])
    sideways /= np.linalg.norm(sideways, axis=1, keepdims=True)
    lift = bulge * np.linalg.norm(chord, axis=1, keepdims=True) * np.sqrt(random.uniform(size=(len(ends), 1)))
    bow = 4 * share * (1 - share)
    return (start + share * chord[:, None, :] + bow * (sideways * lift)[:, None, :]).reshape(-1, 3)


def _aster(tip: Vector, side: int, moment: float, random: Random) -> Vector:
    """Short filaments around a pole, most of them away from the chromosomes."""
    direction = random.normal(size=(70, 3))
    direction[:, 1] = np.where(random.uniform(size=70) < 0.75, side * np.abs(direction[:, 1]), direction[:, 1])
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    reach = random.exponential(2.2, (70, 1, 1)) + 0.6
    reach = np.minimum(reach, max(1.5, at(_LENGTH, moment) - at(_POLE, moment)) + 1.2)
    ray = tip + direction[:, None, :] * reach * np.linspace(0, 1, 40)[None, :, None]
    return ray.reshape(-1, 3)
