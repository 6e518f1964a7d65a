"""Simulated cells as clouds of fluorophores: nuclei, microtubules, membranes and a dividing cell.

Lengths are in µm, points are (z, y, x, photons); z = 0 is the coverslip. Every function takes the
random state it draws from, so a scene is the same on every run.
"""

from dataclasses import dataclass

import numpy as np
from microscope import Points
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Random = np.random.RandomState


@dataclass(frozen=True, slots=True, kw_only=True)
class Nucleus:
    """An ellipsoid: ``center`` (z, y, x), ``radii`` (z, along, across) in µm, turned by ``angle``."""

    center: tuple[float, float, float]
    radii: tuple[float, float, float]
    angle: float = 0.0

    def to_world(self, unit: Vector) -> Vector:
        """Points of the unit ball (n, 3) as points of this nucleus."""
        z, u, v = (unit * np.array(self.radii)).T
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        return np.stack([z, u * cos - v * sin, u * sin + v * cos], axis=1) + np.array(self.center)

    def to_unit(self, world: Vector) -> Vector:
        """The inverse of `to_world`."""
        z, y, x = (world - np.array(self.center)).T
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        unit: Vector = np.stack([z, y * cos + x * sin, -y * sin + x * cos], axis=1) / np.array(self.radii)
        return unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """The ground one flat cell covers: nearer to ``center`` (y, x) than to any of ``others``, within ``reach``."""

    center: tuple[float, float]
    others: tuple[tuple[float, float], ...]
    reach: float
    waves: tuple[tuple[float, float], ...] = ()

    def depth(self, y: Vector, x: Vector) -> Vector:
        """How far inside the edge a point is, in µm; negative outside."""
        dy, dx = y - self.center[0], x - self.center[1]
        own = np.hypot(dy, dx)
        turn = np.arctan2(dy, dx)
        wavy = sum((a * np.cos((k + 2) * turn + p) for k, (a, p) in enumerate(self.waves)), np.zeros_like(own))
        depth = self.reach * (1 + wavy) - own
        for other in self.others:
            gap = np.hypot(other[0] - self.center[0], other[1] - self.center[1])
            along = (dy * (other[0] - self.center[0]) + dx * (other[1] - self.center[1])) / gap
            depth = np.minimum(depth, gap / 2 - along)
        return np.asarray(depth)


def unit_ball(count: int, random: Random) -> Vector:
    """``count`` points spread evenly in the unit ball (n, 3)."""
    direction = random.normal(size=(count, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    result: Vector = direction * random.uniform(size=(count, 1)) ** (1 / 3)
    return result


def cloud(points: Vector, photons: float | Vector) -> Points:
    """Points (n, 3) with weights that sum to ``photons``, or with the given weights."""
    weights = np.full(len(points), photons / max(1, len(points))) if isinstance(photons, float) else photons
    return np.column_stack([points, weights])


def interphase_chromatin(nucleus: Nucleus, photons: float, random: Random) -> Points:
    """Chromatin of a resting nucleus: smooth body, dense grains, a rim, and dark nucleoli."""
    body = unit_ball(14000, random)
    grains = unit_ball(46, random) * 0.93
    near = grains[random.randint(0, len(grains), 7000)] + random.normal(scale=0.055, size=(7000, 3))
    rim = unit_ball(4200, random)
    rim /= np.linalg.norm(rim, axis=1, keepdims=True) * 1.03
    points = np.concatenate([body, near, rim])
    points = points[np.linalg.norm(points, axis=1) < 1.02]
    for hole in unit_ball(random.randint(2, 5), random) * 0.55:
        radius = random.uniform(0.16, 0.26)
        points = points[np.linalg.norm((points - hole) * np.array([0.6, 1.0, 1.0]), axis=1) > radius]
    return cloud(nucleus.to_world(points), photons)


def microtubules(
    territory: Territory, nucleus: Nucleus, photons_per_um: float, random: Random, *, count: int = 110
) -> Points:
    """Filaments that grow from beside the nucleus to the edge of a flat cell, and bend as they go."""
    origin = _organizing_center(territory, nucleus, random)
    step = 0.08
    where = origin + random.normal(scale=0.35, size=(count, 2))
    heading = random.uniform(0, 2 * np.pi, count)
    height = random.uniform(1.0, 3.2, count)
    floor = random.uniform(0.3, 1.6, count)
    bend = random.normal(scale=0.006, size=count)
    longest = random.uniform(14, 34, count)
    alive = np.ones(count, bool)
    points = []
    for number in range(int(34 / step)):
        heading = heading + bend + random.normal(scale=0.045, size=count)
        where = where + step * np.stack([np.sin(heading), np.cos(heading)], axis=1)
        height = height + (floor - height) * 0.006
        world = np.column_stack([np.full(count, nucleus.center[0]), where])
        unit = nucleus.to_unit(world)[:, 1:]
        inside = np.linalg.norm(unit, axis=1)
        over = np.where(inside < 1, nucleus.radii[0] * np.sqrt(np.clip(1 - inside**2, 0, 1)), 0.0)
        z = np.maximum(height, nucleus.center[0] + over * 0.98 * (inside < 1))
        depth = territory.depth(where[:, 0], where[:, 1])
        heading = np.where(depth < 0.9, heading + 0.10 * np.sign(bend), heading)
        alive &= (depth > 0.15) & (number * step < longest)
        points.append(np.column_stack([z, where, np.full(count, photons_per_um * step)])[alive])
    return np.concatenate(points)


def _organizing_center(territory: Territory, nucleus: Nucleus, random: Random) -> Vector:
    """Where filaments start (y, x): beside the nucleus, on one of the two roomiest of eight sides."""
    turn = random.uniform(0, 2 * np.pi) + np.arange(8) * np.pi / 4
    ring = np.column_stack([np.zeros(8), np.sin(turn), np.cos(turn)]) * 1.02
    places = nucleus.to_world(ring)[:, 1:]
    roomiest = np.argsort(territory.depth(places[:, 0], places[:, 1]))[-2:]
    return np.asarray(places[roomiest[random.randint(2)]])


def membrane_of(territory: Territory, photons_per_um2: float, random: Random, *, height_um: float = 5.0) -> Points:
    """The surface of a flat cell: a dome over its territory, denser where neighbours touch."""
    span = territory.reach * 1.5
    count = int(16 * (2 * span) ** 2)
    y, x = random.uniform(-span, span, (2, count)) + np.array(territory.center)[:, None]
    depth = territory.depth(y, x)
    y, x, depth = y[depth > 0], x[depth > 0], depth[depth > 0]
    rise = height_um * (1 - np.exp(-depth / 3.5))
    top = random.uniform(size=len(y)) < 0.6
    edge = 1 + 5.0 * np.exp(-depth / 0.35)
    patch = 1 + 0.35 * np.sin(1.7 * y + 0.9 * x) * np.sin(0.8 * y - 1.9 * x)
    z = np.where(top, rise, 0.1) + np.where(depth < 0.5, random.uniform(0, 1.4, len(y)), 0.0)
    return np.column_stack([z, y, x, photons_per_um2 / 16 * edge * patch])


def chromosome_arms(count: int, random: Random) -> Vector:
    """Shapes of ``count`` chromosomes around their centromeres, (n, points, 3) in µm, along their first axis."""
    lengths = random.uniform(1.6, 4.2, count)
    along = np.linspace(-0.5, 0.5, 36)
    turns = np.cumsum(random.normal(scale=0.16, size=(count, 36, 2)), axis=1)
    turns -= turns[:, 18:19]
    straight = along[None, :] * lengths[:, None]
    return np.stack([straight, turns[..., 0] * 0.4, turns[..., 1] * 0.4], axis=2)
