"""The image that benchmarks convert: a 403 MB stack (Z 16, C 3, 2048 x 2048, uint16) of simulated cells.

Nuclei, filaments and spots, blurred with distance from focus, with offset, shot noise and read noise, so
that compressors see the entropy of a camera. The same bytes each time.

usage: python benchmarks/stack.py OUT.ome.tiff [EDGE]
"""

import sys
from collections.abc import Iterator

import numpy as np
import tifffile
from numpy.typing import NDArray

SIZE_Z, SIZE_C, EDGE = 16, 3, 2048
Plane = NDArray[np.float32]


def planes(edge: int = EDGE) -> Iterator[NDArray[np.uint16]]:
    """Planes (Y, X) in the order Z, C."""
    noise = np.random.default_rng(1)
    spectra = [np.fft.rfft2(_structures(channel, edge)) for channel in range(SIZE_C)]
    for z in range(SIZE_Z):
        defocus = abs(z - SIZE_Z / 2)
        brightness = np.exp(-((defocus / (SIZE_Z * 0.6)) ** 2))
        for spectrum in spectra:
            signal = _blurred(spectrum, 1.2 + 0.7 * defocus, edge) * brightness + 20
            grain = noise.standard_normal(signal.shape, dtype=np.float32) * np.sqrt(np.maximum(signal, 0) + 6.25)
            yield np.clip(signal + grain + 100, 0, 65535).astype(np.uint16)


def _structures(channel: int, edge: int) -> Plane:
    rng = np.random.default_rng(100 + channel)
    image = np.zeros((edge, edge), np.float32)
    for _ in range(edge * edge // 14000):
        center, brightness = rng.integers(0, edge, 2), float(rng.gamma(3, 250))
        (_add_nucleus if channel == 0 else _add_filaments)(image, center, brightness, rng)
    texture = _blurred(np.fft.rfft2(rng.standard_normal((edge, edge), dtype=np.float32)), 4, edge)
    return np.maximum(image * (1 + 2 * texture), 0).astype(np.float32)


def _add_nucleus(image: Plane, center: NDArray[np.int64], brightness: float, rng: np.random.Generator) -> None:
    radii, angle = rng.integers(15, 45, 2), rng.uniform(0, np.pi)
    reach = int(radii.max())
    top, left = np.maximum(center - reach, 0)
    window = image[top : center[0] + reach, left : center[1] + reach]
    y, x = np.ogrid[: window.shape[0], : window.shape[1]]
    y, x = y + top - center[0], x + left - center[1]
    across, along = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    window[(across / radii[0]) ** 2 + (along / radii[1]) ** 2 <= 1] = brightness


def _add_filaments(image: Plane, center: NDArray[np.int64], brightness: float, rng: np.random.Generator) -> None:
    for _ in range(12):
        ends = center + rng.normal(0, 50, (2, 2))
        points = np.linspace(ends[0], ends[1], 200).astype(int)
        for shift in ((0, 0), (0, 1), (1, 0)):
            y, x = np.clip(points + shift, 0, image.shape[0] - 1).T
            image[y, x] = brightness * 0.7


def _blurred(spectrum: NDArray[np.complexfloating], sigma: float, edge: int) -> Plane:
    y, x = np.fft.fftfreq(edge)[:, np.newaxis], np.fft.rfftfreq(edge)[np.newaxis]
    gaussian = np.exp(-2 * (np.pi * sigma) ** 2 * (y * y + x * x))
    return np.fft.irfft2(spectrum * gaussian, (edge, edge)).astype(np.float32)


def write_stack(path: str, edge: int = EDGE) -> None:
    """Write the stack as an uncompressed OME-TIFF, plane by plane."""
    metadata = {"axes": "ZCYX", "PhysicalSizeX": 0.108, "PhysicalSizeY": 0.108, "PhysicalSizeZ": 0.3}
    tifffile.imwrite(
        path,
        planes(edge),
        shape=(SIZE_Z, SIZE_C, edge, edge),
        dtype=np.uint16,
        ome=True,
        photometric="minisblack",
        metadata=metadata,
    )


if __name__ == "__main__":
    write_stack(sys.argv[1], *map(int, sys.argv[2:3]))
