"""The inputs of convert.py beside the stack: a slide, many small images, and a pattern that shows how levels are made.

usage: python benchmarks/inputs.py {slide|small|pattern} OUT [SIZE]
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray
from stack import planes

TILE = 512
BOARD_PX = 384
"""Columns of the pattern that are a checkerboard; the others are a ramp."""
LOW, HIGH = 1000, 3000


def write_slide(path: Path, edge: int = 20_000) -> None:
    """An RGB slide of ``edge`` x ``edge`` pixels in JPEG tiles: stained tissue, blurred noise at three scales."""
    textures = _textures(4096)
    metadata = {"axes": "YXS", "PhysicalSizeX": 0.25, "PhysicalSizeY": 0.25}
    tifffile.imwrite(
        path,
        _tiles(textures, edge),
        shape=(edge, edge, 3),
        dtype=np.uint8,
        tile=(TILE, TILE),
        photometric="rgb",
        compression="jpeg",
        compressionargs={"level": 85},
        bigtiff=True,
        ome=True,
        metadata=metadata,
    )


def _tiles(textures: NDArray[np.uint8], edge: int) -> Iterator[NDArray[np.uint8]]:
    rng = np.random.default_rng(7)
    limit = textures.shape[0] - TILE
    for _ in range((-(-edge // TILE)) ** 2):
        top, left = rng.integers(0, limit, 2)
        yield np.ascontiguousarray(textures[top : top + TILE, left : left + TILE])


def _textures(edge: int) -> NDArray[np.uint8]:
    """Pink ground, darker tissue, blue nuclei, and the grain of a camera."""
    nuclei, tissue, broad = (_blurred_noise(edge, sigma, seed) for seed, sigma in enumerate((4.0, 12.0, 60.0)))
    grain = np.random.default_rng(9).standard_normal((edge, edge, 1), dtype=np.float32) * 3
    amount = np.clip(tissue * 0.3 + broad * 0.5 + 0.5, 0, 1)[..., np.newaxis]
    dark = (nuclei > 1.2).astype(np.float32)[..., np.newaxis]
    ground, stain, blue = (np.array(color, np.float32) for color in ((243, 238, 242), (214, 138, 178), (88, 62, 130)))
    colors = ground * (1 - amount) + stain * amount
    return np.clip(colors * (1 - 0.8 * dark) + blue * 0.8 * dark + grain, 0, 255).astype(np.uint8)


def _blurred_noise(edge: int, sigma: float, seed: int) -> NDArray[np.float32]:
    spectrum = np.fft.rfft2(np.random.default_rng(seed).standard_normal((edge, edge), dtype=np.float32))
    y, x = np.fft.fftfreq(edge)[:, np.newaxis], np.fft.rfftfreq(edge)[np.newaxis]
    noise = np.fft.irfft2(spectrum * np.exp(-2 * (np.pi * sigma) ** 2 * (y * y + x * x)), (edge, edge))
    return (noise / noise.std()).astype(np.float32)


def write_small(folder: Path, count: int = 500) -> None:
    """``count`` images of two channels, 512 x 512, uint16, cut from the planes of the stack."""
    folder.mkdir(parents=True, exist_ok=True)
    metadata = {"axes": "CYX", "PhysicalSizeX": 0.108, "PhysicalSizeY": 0.108}
    for number, image in zip(range(count), _cuts(), strict=False):
        path = folder / f"image-{number:04}.ome.tiff"
        tifffile.imwrite(path, image, ome=True, photometric="minisblack", metadata=metadata)


def _cuts() -> Iterator[NDArray[np.uint16]]:
    drawn = planes()
    while True:
        first, second, _ = next(drawn), next(drawn), next(drawn)
        for top in range(0, 2048, TILE):
            for left in range(0, 2048, TILE):
                part = np.stack([plane[top : top + TILE, left : left + TILE] for plane in (first, second)])
                yield part
                yield np.ascontiguousarray(part[..., ::-1])


def write_pattern(path: Path, height: int = 1001, width: int = 777) -> None:
    """A checkerboard of single pixels (its mean is 2000) beside a ramp of 40 a column and 7 a row; odd sizes."""
    y, x = np.mgrid[:height, :width]
    board = np.where((x + y) & 1, HIGH, LOW)
    image = np.where(x < BOARD_PX, board, 100 + 40 * x + 7 * y).astype(np.uint16)
    metadata = {"axes": "CYX", "PhysicalSizeX": 0.5, "PhysicalSizeY": 0.5}
    tifffile.imwrite(path, np.stack([image, image + 1]), ome=True, photometric="minisblack", metadata=metadata)


def main() -> None:
    kind, path, *size = sys.argv[1:]
    write = {"slide": write_slide, "small": write_small, "pattern": write_pattern}[kind]
    write(Path(path), *map(int, size))


if __name__ == "__main__":
    main()
