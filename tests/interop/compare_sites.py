"""Are two builds of one site the same? FOLDER OTHER

Pages, metadata and every other text must agree byte for byte, arrays value by value (the bytes of compressed
chunks may differ between versions of a compression library), pictures within one grey level in a hundred.
Prints each difference; exits with 1 when there is any.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import zarr
from PIL import Image

PICTURES = {".webp", ".jpg", ".png"}


def files(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}


def array_of(chunk: Path) -> Path | None:
    """Folder of the array whose chunk or shard this is; None when it is none."""
    return next((folder.parent for folder in chunk.parents if folder.name == "c" and _is_array(folder.parent)), None)


def _is_array(folder: Path) -> bool:
    return (folder / "zarr.json").is_file()


def same_values(one: Path, other: Path) -> bool:
    arrays = [zarr.open_array(folder, mode="r") for folder in (one, other)]
    return bool(np.array_equal(*(array[...] for array in arrays), equal_nan=arrays[0].dtype.kind == "f"))


def same_picture(one: Path, other: Path) -> bool:
    pixels = [np.asarray(Image.open(path).convert("RGB"), dtype=np.int16) for path in (one, other)]
    return pixels[0].shape == pixels[1].shape and float(np.abs(pixels[0] - pixels[1]).mean()) < 2.55


def differences(folder: Path, other: Path) -> Iterator[str]:
    """Lines that say what differs; also what differs in nothing but compressed bytes, after "(same)"."""
    here, there = files(folder), files(other)
    yield from (f"only in one: {name}" for name in sorted(here.keys() ^ there.keys()))
    judged: set[Path] = set()
    for name in sorted(here.keys() & there.keys()):
        if here[name].read_bytes() == there[name].read_bytes():
            continue
        array = array_of(here[name])
        if array is None:
            is_same = here[name].suffix in PICTURES and same_picture(here[name], there[name])
            yield f"{'(same)' if is_same else 'differs:'} {name}"
        elif array not in judged:
            judged.add(array)
            path = array.relative_to(folder)
            yield f"{'(same)' if same_values(array, other / path) else 'differs:'} {path.as_posix()}"


def main() -> int:
    folder, other = map(Path, sys.argv[1:3])
    found = list(differences(folder, other))
    faults = [line for line in found if not line.startswith("(same)")]
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{len(files(folder))} files: {len(faults)} differ, {len(found) - len(faults)} in compressed bytes alone")
    return int(bool(faults))


if __name__ == "__main__":
    raise SystemExit(main())
