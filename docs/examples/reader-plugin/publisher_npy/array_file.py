"""The header of a .npy file, compared with the bytes that follow it."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from publisher.errors import DamagedSourceError, Problem, UnsupportedFormatError

MAGIC = b"\x93NUMPY"
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


@dataclass(frozen=True, slots=True)
class ArrayLayout:
    """Where pixels are: ``shape`` and ``dtype`` as stored, in C order from byte ``offset`` on."""

    shape: tuple[int, ...]
    dtype: np.dtype
    offset: int


def array_layout(path: Path) -> ArrayLayout:
    """Layout of the array in ``path``; raises SourceError when its header and its size do not agree."""
    try:
        with path.open("rb") as file:
            version = npy.read_magic(file)
            if version not in _HEADERS:
                raise _unsupported(path, f"has .npy version {version}, expected 1.0 or 2.0")
            shape, fortran_order, dtype = _HEADERS[version](file)
            offset = file.tell()
            stored = os.fstat(file.fileno()).st_size - offset
    except (ValueError, OSError) as error:
        raise _damaged(path, "source.damaged", f"has no usable .npy header: {error}") from error
    if fortran_order or dtype.kind not in "buif" or dtype.name in ("float16", "longdouble", "float128"):
        raise _unsupported(path, f"holds {dtype.name} in {'Fortran' if fortran_order else 'C'} order")
    expected = int(np.prod([int(size) for size in shape], dtype=object)) * dtype.itemsize
    if expected == 0 or stored != expected:
        raise _damaged(path, "source.truncated", f"claims {expected} bytes of pixels and holds {stored}")
    return ArrayLayout(shape, dtype, offset)


def _damaged(path: Path, code: str, message: str) -> DamagedSourceError:
    return DamagedSourceError(Problem(code=code, path=str(path), message=message, hint="copy the file again"))


def _unsupported(path: Path, message: str) -> UnsupportedFormatError:
    hint = "save it again with numpy.save(path, numpy.ascontiguousarray(pixels)), as integers, float32 or float64"
    return UnsupportedFormatError(Problem(code="source.unsupported", path=str(path), message=message, hint=hint))
