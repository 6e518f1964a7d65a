"""MRC, MAP and CCP4 volumes of electron microscopy, plain or packed by gzip or bzip2.

Planes are published in the order in which they are stored, as mrcfile gives them. Bio-Formats turns each upside down,
which makes a mirror image of the volume: coordinates of particles and segmentations would fit it no more.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from publisher.errors import Problem
from publisher.model.identity import stem
from publisher.model.image import Channel, Image, Pixels
from publisher.sources.damage import damage_boundary, damaged, unsupported, warning
from publisher.sources.foreign.raw_planes import Places, RawImage, RawSource
from publisher.sources.foreign.stored_bytes import PACKED, FileBytes, UnpackedBytes, unpacked_head
from publisher.sources.foreign.values import positive, text
from publisher.sources.protocol import ImageSource, Roots

_HEADER = 1024
_DTYPES = {0: "i1", 1: "i2", 2: "f4", 4: "c8", 6: "u2", 12: "f2", 16: "u1"}
_NAMES = {
    "i1": "int8",
    "i2": "int16",
    "f4": "float32",
    "c8": "complex64",
    "u2": "uint16",
    "f2": "float16",
    "u1": "uint8",
}
_RGB = 16
_IMOD_STAMP = 1146047817
_VOLUME_STACK = 401
_ANGSTROM_UM = 1e-4
_SUFFIXES = (".mrc", ".map", ".mrcs", ".rec", ".st", ".ali", ".preali", ".ccp4")
_MOSTLY_PACKED = (".mrc", ".map")


@dataclass(frozen=True, slots=True)
class MrcHeader:
    """The fields of the MRC2014 header that pixels need; sizes are of columns, rows and sections as stored."""

    order: str
    sizes: tuple[int, int, int]
    mode: int
    intervals: tuple[int, int, int]
    cell_angstrom: tuple[float, float, float]
    axes: tuple[int, int, int]
    space_group: int
    extended: int
    unsigned_bytes: bool
    labels: tuple[str, ...]

    @classmethod
    def parse(cls, head: bytes) -> MrcHeader | None:
        """The header in ``head``; None when it is not one of MRC."""
        if len(head) < _HEADER:
            return None
        # MRC2014: MACHST "0x44 0x44 0x00 0x00 for little endian machines, and 0x11 0x11 0x00 0x00 for big endian".
        # Older files have none: then the order in which the axis words are 1, 2 and 3.
        for order in "<>":
            axes = struct.unpack_from(order + "3i", head, 64)
            if sorted(axes) == [1, 2, 3] or (axes == (0, 0, 0) and head[208:212] == b"MAP " and _stamped(head, order)):
                break
        else:
            return None
        stamp, flags = struct.unpack_from(order + "2i", head, 152)
        count = min(max(struct.unpack_from(order + "i", head, 220)[0], 0), 10)
        labels = tuple(text(head[224 + 80 * number : 304 + 80 * number]) for number in range(count))
        return cls(
            order=order,
            sizes=struct.unpack_from(order + "3i", head, 0),
            mode=struct.unpack_from(order + "i", head, 12)[0],
            intervals=struct.unpack_from(order + "3i", head, 28),
            cell_angstrom=struct.unpack_from(order + "3f", head, 40),
            axes=(axes[0] or 1, axes[1] or 2, axes[2] or 3),
            space_group=struct.unpack_from(order + "i", head, 88)[0],
            extended=struct.unpack_from(order + "i", head, 92)[0],
            unsigned_bytes=stamp == _IMOD_STAMP and not flags & 1,
            labels=tuple(filter(None, labels)),
        )

    @property
    def stored(self) -> str:
        """Numpy type without byte order; empty for modes that cannot be read."""
        return "u1" if self.mode == 0 and self.unsigned_bytes else _DTYPES.get(self.mode, "")

    @property
    def volumes(self) -> int:
        """Volumes that follow each other: MRC2014, ISPG 401 is a volume stack of MZ sections each."""
        sections = self.intervals[2]
        stacked = self.space_group >= _VOLUME_STACK and 0 < sections < self.sizes[2]
        return self.sizes[2] // sections if stacked and self.sizes[2] % sections == 0 else 1

    def voxel_um(self) -> tuple[float | None, float | None, float | None]:
        """(z, y, x) as stored: cell edge over intervals, of the axis that columns, rows and sections run along."""
        found = []
        for axis in reversed(self.axes):
            edge, count = positive(self.cell_angstrom[axis - 1]), positive(self.intervals[axis - 1])
            found.append(edge / count * _ANGSTROM_UM if edge and count else None)
        return found[0], found[1], found[2]


def _stamped(head: bytes, order: str) -> bool:
    return head[212] == (0x44 if order == "<" else 0x11)


class MrcReader:
    """Reads MRC files and their kin."""

    name = "mrc"
    suffixes: tuple[str, ...] = (*_SUFFIXES, *(suffix + packed for suffix in _MOSTLY_PACKED for packed in PACKED))
    revision = 1

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether name and header are those of MRC; DeltaVision's header, which looks like it, has its own mark."""
        if not path.name.lower().endswith(self.suffixes):
            return False
        if path.suffix.lower() in PACKED:
            return head[:2] in (b"\x1f\x8b", b"BZ")
        return MrcHeader.parse(head[:_HEADER]) is not None and head[96:98] not in (b"\xa0\xc0", b"\xc0\xa0")

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> ImageSource:
        """Open ``path``: one image, its sections on Z, the volumes of a stack on T."""
        real = roots.resolve(path)
        with damage_boundary(path, "opening"):
            header = MrcHeader.parse(unpacked_head(real, _HEADER))
            if header is None:
                raise damaged(path, "has no header of MRC, MAP or CCP4")
            raw = _raw(path, header)
            packed = real.suffix.lower() in PACKED
            wanted = raw.offset + _bytes_of(raw)
            file = UnpackedBytes(real, wanted) if packed else FileBytes(real)
            try:
                raw.check(str(path), file.size)
            except BaseException:
                file.close()
                raise
        return RawSource([file], [raw], paths=[real], warnings=_warnings(path, header))


def _bytes_of(raw: RawImage) -> int:
    samples = 1
    for size in raw.image.pixels.shape:
        samples *= size
    return samples * raw.item


def _raw(path: Path, header: MrcHeader) -> RawImage:
    if not header.stored:
        hint = "convert it to mode 2 (float32), for example with newstack of IMOD"
        raise unsupported(path, f"holds pixels of MRC mode {header.mode}, read are {_modes()}", hint=hint)
    if min(header.sizes) < 1 or header.extended < 0:
        raise damaged(path, f"declares {header.sizes} columns, rows and sections after {header.extended} bytes")
    volumes = header.volumes
    x, y, z = header.sizes[0], header.sizes[1], header.sizes[2] // volumes
    rgb = header.mode == _RGB
    pixels = Pixels(
        size_x=x,
        size_y=y,
        size_z=z,
        size_t=volumes,
        size_c=3 if rgb else 1,
        dtype=_NAMES[header.stored],
        pixel_size_um=header.voxel_um(),
    )
    image = Image(
        series=0,
        name=_name(path),
        description="\n".join(header.labels),
        pixels=pixels,
        channels=tuple(Channel() for _ in range(pixels.size_c)),
        rgb=rgb,
    )
    item = int(header.stored[1:])
    sizes = {"t": volumes, "c": pixels.size_c, "z": z, "y": y, "x": x}
    places = Places.packed("tzyxc", sizes, item)
    return RawImage(
        image=image,
        stored=header.order + header.stored,
        item=item,
        offset=_HEADER + header.extended,
        places=places,
    )


def _name(path: Path) -> str:
    return stem(path.name.removesuffix(path.suffix) if path.suffix.lower() in PACKED else path.name)


def _modes() -> str:
    return ", ".join(map(str, _DTYPES))


def _warnings(path: Path, header: MrcHeader) -> tuple[Problem, ...]:
    if header.axes == (1, 2, 3):
        return ()

    letters = "".join("XYZ"[axis - 1] for axis in header.axes)
    message = f"stores its columns, rows and sections along {letters}: published as stored, columns as x"
    return (warning(path, "source.axes-as-stored", message),)
