"""Faults of an array's files: each one that is expected exists, and its index and first chunk can be decoded."""

from collections.abc import Iterator
from itertools import product
from math import ceil
from pathlib import Path
from typing import Any

import zarr

Json = dict[str, Any]


def array_problems(folder: Path, document: Json, *, empty_files: bool) -> Iterator[str]:
    """Faults of the array in ``folder`` in words; ``empty_files``: files of fill values must exist as well."""
    array = zarr.open_array(folder, mode="r")
    shape, pieces = document["shape"], document["chunk_grid"]["configuration"]["chunk_shape"]
    counts = [ceil(size / piece) for size, piece in zip(shape, pieces, strict=True)]
    expected = set()
    for place in product(*map(range, counts)):
        path = folder.joinpath("c", *map(str, place))
        expected.add(path)
        if not path.is_file():
            if empty_files:
                yield f"{path.relative_to(folder)} is missing"
            continue
        try:
            array[tuple(index * piece for index, piece in zip(place, pieces, strict=True))]
        except (ValueError, RuntimeError, OSError) as error:
            yield f"{path.relative_to(folder)} cannot be decoded: {error}"
    present = {path for path in (folder / "c").rglob("*") if path.is_file()}
    for path in sorted(present - expected):
        yield f"{path.relative_to(folder)} belongs to no chunk"
