"""DeltaVision files (.dv, .r3d): a header of 1024 bytes, numbers about each section, and the sections."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.formats.ome_xml.acquired import Acquisition, acquired
from publisher.model.identity import stem
from publisher.model.image import Channel, Image, Pixels
from publisher.sources.damage import damage_boundary, damaged, unsupported
from publisher.sources.foreign.raw_planes import Places, RawImage, RawSource
from publisher.sources.foreign.stored_bytes import FileBytes
from publisher.sources.foreign.values import positive, text
from publisher.sources.protocol import ImageSource, Roots

_HEADER = 1024
_MARKS = {b"\xa0\xc0": "<", b"\xc0\xa0": ">"}
"""The number -16224, which tells the file and its byte order."""
_TYPES = {0: "u1", 1: "i2", 2: "f4", 4: "c8", 6: "u2", 7: "i4"}
_NAMES = {"u1": "uint8", "i2": "int16", "f4": "float32", "c8": "complex64", "u2": "uint16", "i4": "int32"}
_ORDERS = {0: "ctzyx", 1: "tzcyx", 2: "tczyx"}
"""Axes of the sections, slowest first."""
_WAVES = 5
_EXPOSURE, _EXCITATION, _EMISSION = 8, 10, 11
"""Places among the floating numbers of a section."""


@dataclass(frozen=True, slots=True)
class DvHeader:
    """What the header says; ``size_um`` is (x, y, z)."""

    order: str
    width: int
    height: int
    sections: int
    pixel_type: int
    size_um: tuple[float, float, float]
    extended: int
    integers: int
    floats: int
    times: int
    sequence: int
    waves: int
    emission_nm: tuple[int, ...]
    lens: int
    titles: tuple[str, ...]

    @classmethod
    def parse(cls, head: bytes) -> DvHeader | None:
        """The header in ``head``; None when it is not one of DeltaVision."""
        order = _MARKS.get(head[96:98])
        if order is None or len(head) < _HEADER:
            return None

        def one(kind: str, place: int) -> int:
            return int(struct.unpack_from(order + kind, head, place)[0])

        count = min(max(one("i", 220), 0), 10)
        titles = (text(head[224 + 80 * number : 304 + 80 * number]) for number in range(count))
        return cls(
            order=order,
            width=one("i", 0),
            height=one("i", 4),
            sections=one("i", 8),
            pixel_type=one("i", 12),
            size_um=struct.unpack_from(order + "3f", head, 40),
            extended=one("i", 92),
            integers=one("h", 128),
            floats=one("h", 130),
            times=one("h", 180),
            sequence=one("h", 182),
            waves=one("h", 196),
            emission_nm=struct.unpack_from(f"{order}{_WAVES}h", head, 198),
            lens=one("h", 162),
            titles=tuple(filter(None, titles)),
        )

    def sizes(self, path: Path) -> dict[str, int]:
        """Sizes by axis letter; raises DamagedSourceError when the sections are not waves x times x z."""
        waves, times = max(self.waves, 1), max(self.times, 1)
        if min(self.width, self.height, self.sections) < 1 or self.sections % (waves * times):
            message = (
                f"declares {self.sections} sections of {self.height} x {self.width} for {waves} waves, {times} times"
            )
            raise damaged(path, message)
        z = self.sections // (waves * times)
        return {"t": times, "c": waves, "z": z, "y": self.height, "x": self.width}


class DeltaVisionReader:
    """Reads DeltaVision files."""

    name = "deltavision"
    suffixes: tuple[str, ...] = (".dv", ".r3d", ".r3d_d3d", ".d3d")
    revision = 1

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether the header carries DeltaVision's mark and a type of pixel that there is."""
        header = DvHeader.parse(head)
        return header is not None and 0 <= header.pixel_type <= max(_TYPES)

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> ImageSource:
        """Open ``path``: one image."""
        real = roots.resolve(path)
        with damage_boundary(path, "opening"):
            file = FileBytes(real)
            try:
                header = DvHeader.parse(file.read(0, min(_HEADER, file.size)))
                if header is None:
                    raise damaged(path, "has no header of DeltaVision")
                raw, acquisition = _raw(path, header, file)
                raw.check(str(path), file.size)
                told = acquired([raw.image], [acquisition])
            except BaseException:
                file.close()
                raise
        return RawSource([file], [replace(raw, image=told.images[0])], paths=[real], document=told.document)


def _raw(path: Path, header: DvHeader, file: FileBytes) -> tuple[RawImage, Acquisition]:
    stored = _TYPES.get(header.pixel_type)
    if stored is None:
        raise unsupported(path, f"holds pixels of DeltaVision type {header.pixel_type}, read are {sorted(_TYPES)}")
    if header.sequence not in _ORDERS or header.extended < 0:
        raise damaged(path, f"has image sequence {header.sequence} and {header.extended} bytes of extended header")
    sizes, item = header.sizes(path), int(stored[1:])
    places = Places.packed(_ORDERS[header.sequence], sizes, item)
    first = [_section(header, file, wave, places, item) for wave in range(sizes["c"])]
    x, y, z = map(positive, header.size_um)
    pixels = Pixels(
        **{f"size_{axis}": size for axis, size in sizes.items()}, dtype=_NAMES[stored], pixel_size_um=(z, y, x)
    )
    channels = tuple(_channel(header, wave, numbers) for wave, numbers in enumerate(first))
    image = Image(
        series=0, name=stem(path.name), description="\n".join(header.titles), pixels=pixels, channels=channels
    )
    raw = RawImage(
        image=image, stored=header.order + stored, item=item, offset=_HEADER + header.extended, places=places
    )
    exposures = tuple(positive(numbers[_EXPOSURE]) if numbers else None for numbers in first)
    lens = (("Lens ID", str(header.lens)),) if header.lens else ()
    return raw, Acquisition(exposures_s=exposures, original=lens)


def _channel(header: DvHeader, wave: int, numbers: tuple[float, ...]) -> Channel:
    emission = positive(header.emission_nm[wave]) if wave < _WAVES else None
    if not numbers:
        return Channel(emission_nm=emission)
    return Channel(emission_nm=emission or positive(numbers[_EMISSION]), excitation_nm=positive(numbers[_EXCITATION]))


def _section(header: DvHeader, file: FileBytes, wave: int, places: Places, item: int) -> tuple[float, ...]:
    """Floating numbers about the first section of ``wave``; empty when the file has too few."""
    length = 4 * (max(header.integers, 0) + max(header.floats, 0))
    number = places.c[wave] // (header.width * header.height * item)
    place = number * length
    if header.floats <= _EMISSION or place + length > header.extended or _HEADER + header.extended > file.size:
        return ()
    data = file.read(_HEADER + place + 4 * max(header.integers, 0), 4 * header.floats)
    return struct.unpack(f"{header.order}{header.floats}f", data)
