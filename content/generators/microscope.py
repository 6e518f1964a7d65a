"""A simulated spinning-disc microscope: clouds of fluorophores in, camera counts out.

A specimen is a cloud of points (z, y, x in µm) with weights (photons per exposure). The cloud is
sampled into thin slices; a focal plane is the sum of all slices, each blurred by how far it is out
of focus and dimmed by the pinhole disc; a camera adds shot noise, read noise and its offset.
Light may not wrap around the edges of the Fourier transform, so a margin is drawn and cut away.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""(n, 4): z, y, x in µm and weight in photons."""

MARGIN_PX = 16
PHOTON_STEPS = 1024.0
"""Expected photons are rounded to 1/1024, so that the last bit of one CPU's exp() decides nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Optics:
    """Lens and disc. ``sigma_*_um``: Gaussian widths of the point spread function, across and along the axis.

    ``spread`` is the widening in µm per µm of defocus, ``haze`` the share of out-of-focus light that
    passes the disc (1 for a wide-field microscope).
    """

    size_px: int
    pixel_um: float
    sigma_xy_um: float
    sigma_z_um: float
    spread: float = 0.45
    haze: float = 0.12
    slice_um: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """An sCMOS camera: ``offset`` and ``read_noise`` in counts, one count a photon."""

    offset: float = 100.0
    read_noise: float = 1.3


def expected_photons(points: Points, focus_um: tuple[float, ...], optics: Optics) -> NDArray[np.float64]:
    """Noise-free planes (Z, Y, X) in photons at the heights ``focus_um``."""
    low, high = float(points[:, 0].min()), float(points[:, 0].max())
    count = max(2, int(np.ceil((high - low) / optics.slice_um)) + 2)
    heights = low - optics.slice_um / 2 + np.arange(count) * optics.slice_um
    spectra = np.fft.rfft2(_slices(points, heights, optics))
    k2 = _frequency_squared(optics)
    planes = []
    for focus in focus_um:
        total = np.zeros(spectra.shape[1:], np.complex128)
        for height, spectrum in zip(heights, spectra, strict=True):
            total += spectrum * _transfer(height - focus, k2, optics)
        plane = np.fft.irfft2(total, s=(optics.size_px + 2 * MARGIN_PX,) * 2)
        planes.append(plane[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX])
    return np.clip(np.stack(planes), 0.0, None)


def exposure(photons: NDArray[np.float64], camera: Camera, random: np.random.RandomState) -> NDArray[np.uint16]:
    """Camera counts for expected ``photons``, any shape."""
    counted = random.poisson(np.round(photons * PHOTON_STEPS) / PHOTON_STEPS)
    noise = random.normal(camera.offset, camera.read_noise, photons.shape)
    return np.clip(np.rint(counted + noise), 0, 65535).astype(np.uint16)


def _slices(points: Points, heights: NDArray[np.float64], optics: Optics) -> NDArray[np.float64]:
    """Points shared out over their eight neighbouring voxels, (slice, Y, X)."""
    edge = optics.size_px + 2 * MARGIN_PX
    shape = (len(heights), edge, edge)
    position = np.stack(
        [
            (points[:, 0] - heights[0]) / optics.slice_um,
            points[:, 1] / optics.pixel_um + MARGIN_PX,
            points[:, 2] / optics.pixel_um + MARGIN_PX,
        ]
    )
    corner = np.floor(position).astype(np.int64)
    part = position - corner
    volume = np.zeros(shape[0] * edge * edge)
    for offset in np.ndindex(2, 2, 2):
        index = corner + np.array(offset)[:, None]
        share = np.prod(np.where(np.array(offset)[:, None] == 1, part, 1 - part), axis=0)
        inside = np.all((index >= 0) & (index < np.array(shape)[:, None]), axis=0)
        flat = np.ravel_multi_index(tuple(index[:, inside]), shape)
        volume += np.bincount(flat, weights=(points[:, 3] * share)[inside], minlength=volume.size)
    return volume.reshape(shape)


def _frequency_squared(optics: Optics) -> NDArray[np.float64]:
    edge = optics.size_px + 2 * MARGIN_PX
    ky = np.fft.fftfreq(edge, optics.pixel_um)[:, None]
    kx = np.fft.rfftfreq(edge, optics.pixel_um)[None, :]
    result: NDArray[np.float64] = ky**2 + kx**2
    return result


def _transfer(defocus_um: float, k2: NDArray[np.float64], optics: Optics) -> NDArray[np.float64]:
    width = optics.sigma_xy_um**2 + (optics.spread * defocus_um) ** 2
    passed = (1 - optics.haze) * np.exp(-0.5 * (defocus_um / optics.sigma_z_um) ** 2) + optics.haze
    result: NDArray[np.float64] = passed * np.exp(-2 * np.pi**2 * width * k2)
    return result
