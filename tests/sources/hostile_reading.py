"""What a test does with a hostile file, in a child with a limit on memory and time."""

from pathlib import Path

from publisher.errors import SourceError
from publisher.sources.protocol import Roots
from publisher.sources.registry import installed_readers
from publisher.sources.worker import LimitedWorker

MEMORY_BYTES = 1 << 30
TIME_S = 10.0


def read_everything(path: Path, root: Path) -> int:
    """Planes of all levels of all images, read one by one; the number of those that hold only zeros."""
    empty = 0
    reader = installed_readers([]).reader_of(path)
    with reader.open(path, Roots((root,))) as source:
        for series, image in enumerate(source.images()):
            for level in range(len(source.levels(series))):
                for t in range(image.pixels.size_t):
                    for z in range(image.pixels.size_z):
                        plane = source.read(series, level, t=t, z=z, c=slice(None), y=slice(None), x=slice(None))
                        empty += not plane.any()
    return empty


def refusal_of(path: Path, root: Path | None = None) -> SourceError:
    """The error that reading ``path`` ends with, within the limits; fails when it is read."""
    with LimitedWorker(MEMORY_BYTES) as worker:
        try:
            empty = worker.call(read_everything, path, root or path.parent, timeout_s=TIME_S)
        except SourceError as error:
            return error
    raise AssertionError(f"{path.name} was read, with {empty} planes of zeros")


def survive_mutations(path: Path, seeds: range) -> int:
    """Read ``path`` with bytes changed at random, once a seed; how many were refused. Anything else escapes."""
    import random

    sound = path.read_bytes()
    target = path.with_name("mutated-" + path.name)
    refused = 0
    for seed in seeds:
        chance = random.Random(seed)
        data = bytearray(sound)
        for _ in range(chance.choice((1, 2, 8))):
            data[chance.randrange(len(data))] = chance.choice((0, 1, 0x7F, 0xFF, chance.randrange(256)))
        target.write_bytes(data[: chance.choice((len(data), len(data), chance.randrange(1, len(data))))])
        try:
            read_everything(target, path.parent)
        except SourceError:
            refused += 1
    return refused
