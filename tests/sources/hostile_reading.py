"""What a test does with a hostile file, in a child with a limit on memory and time."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.errors import SourceError
from publisher.sources.protocol import Roots
from publisher.sources.registry import installed_readers
from publisher.sources.worker import LimitedWorker

MEMORY_BYTES = 1 << 30
CPU_S = 10.0
WALL_S = 120.0
"""The bar is ten seconds of work; on a busy computer they take longer by the clock."""


@contextmanager
def limited_worker() -> Iterator[LimitedWorker]:
    """A worker with a gigabyte, whose child may use ten seconds of processor time in all."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with LimitedWorker(MEMORY_BYTES, timeout_s=WALL_S) as worker:
        yield worker
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < CPU_S


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
    with limited_worker() as worker:
        try:
            empty = worker.call(read_everything, path, root or path.parent)
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
