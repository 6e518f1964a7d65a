"""The private tag of Zeiss LSM files (CZ_LSMINFO) and the blocks that it points to."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from publisher.model.image import Channel
from publisher.sources.foreign.values import color, positive, text
from publisher.sources.tiff_container import TiffContainer

LSM_TAG = 34412
_LENGTH = 272
_MOST_NAMES = 4096
_MOST_ENTRIES = 20_000
_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001  # Zeiss states no time zone
_RECORDING = 0x10000000
_END = 0xFFFFFFFF
_WORDS = {0x10000001: "name", 0x10000002: "description", 0x10000004: "objective", 0x10000036: "time"}
_BLANK = "FFFFFF"


@dataclass(frozen=True, slots=True, kw_only=True)
class LsmInfo:
    """What the tag says; ``pixel_size_um`` is (z, y, x), ``words`` are those of the scan information."""

    size_z: int
    size_t: int
    positions: int
    scan_type: int
    pixel_size_um: tuple[float | None, float | None, float | None]
    increment_s: float | None
    channels: tuple[Channel, ...]
    words: dict[str, str]
    acquired: str | None


def read_info(container: TiffContainer, data: bytes) -> LsmInfo | None:
    """The tag's ``data``; None when it is too short to tell anything. Blocks that are damaged tell nothing."""
    if len(data) < _LENGTH:
        return None
    size_z, size_c, size_t = struct.unpack_from("<3i", data, 16)
    voxels = struct.unpack_from("<3d", data, 40)
    scan_type, spectral = struct.unpack_from("<2H", data, 88)
    places = {"colors": 108, "scan": 124, "waves": 204}
    offsets = {name: struct.unpack_from("<I", data, place)[0] for name, place in places.items()}
    tiles = [max(each, 1) for each in struct.unpack_from("<2i", data, 264)]
    x, y, z = (size * 1e6 if (size := positive(each)) else None for each in voxels)
    words = dict(_words(container, offsets["scan"]))
    count = min(max(size_c, 0), _MOST_NAMES)
    return LsmInfo(
        size_z=max(size_z, 1),
        size_t=max(size_t, 1),
        positions=tiles[0] * tiles[1],
        scan_type=scan_type,
        pixel_size_um=(z if size_z > 1 else None, y, x),
        increment_s=positive(struct.unpack_from("<d", data, 112)[0]) if size_t > 1 else None,
        channels=_channels(container, offsets["colors"], offsets["waves"] if spectral else 0, count),
        words=words,
        acquired=_day(words.get("time", "")),
    )


def _bytes(container: TiffContainer, offset: int, count: int) -> bytes:
    """As many of ``count`` bytes as the file has; none where the file says there is nothing."""
    if not 0 < offset < container.size:
        return b""
    return container.read(offset, min(count, container.size - offset))


def _channels(container: TiffContainer, colors: int, waves: int, count: int) -> tuple[Channel, ...]:
    """Names and colours; white on all of several channels says nothing. Of spectral scans the middle of each band."""
    head = _bytes(container, colors, 24)
    if len(head) < 24:
        return ()
    size, with_color, with_name, color_place, name_place = struct.unpack_from("<5i", head)
    block = _bytes(container, colors, min(max(size, 0), 1 << 20))
    found = [
        color(*block[color_place + 4 * number : color_place + 4 * number + 3])
        for number in range(min(max(with_color, 0), count))
        if 0 <= color_place <= len(block) - 4 * number - 3
    ]
    names = list(_names(block, name_place, min(max(with_name, 0), count)))
    told = not (len(found) > 1 and set(found) == {_BLANK})
    bands = list(_bands(container, waves, count))
    return tuple(
        Channel(
            name=names[number] if number < len(names) else "",
            color=found[number] if told and number < len(found) else None,
            emission_nm=bands[number] if number < len(bands) else None,
        )
        for number in range(count)
    )


def _names(block: bytes, place: int, count: int) -> Iterator[str]:
    for _ in range(count):
        if not 0 <= place <= len(block) - 4:
            return
        size = struct.unpack_from("<I", block, place)[0]
        yield text(block[place + 4 : place + 4 + size])
        place += 4 + size


def _bands(container: TiffContainer, place: int, count: int) -> Iterator[float | None]:
    data = _bytes(container, place, 4 + 16 * count) if place else b""
    stored = struct.unpack_from("<i", data)[0] if len(data) >= 4 else 0
    for number in range(min(stored, count, (len(data) - 4) // 16)):
        first, last = struct.unpack_from("<2d", data, 4 + 16 * number)
        middle = positive((first + last) / 2 * 1e9)
        yield round(middle, 2) if middle and 100 < middle < 10_000 else None


def _words(container: TiffContainer, place: int) -> Iterator[tuple[str, str]]:
    """Words of the recording: entries of tag, type and size, nested; the first of each kind counts."""
    data = _bytes(container, place, 1 << 20)
    if len(data) < 12 or struct.unpack_from("<I", data)[0] != _RECORDING:
        return
    at, depth, seen = 12, 1, set[int]()
    for _ in range(_MOST_ENTRIES):
        if depth < 1 or at + 12 > len(data):
            return
        tag, kind, size = struct.unpack_from("<3I", data, at)
        value = data[at + 12 : at + 12 + size]
        at += 12 + size
        if kind == 0:
            depth += -1 if tag == _END else 1
        elif tag in _WORDS and tag not in seen:
            seen.add(tag)
            known = kind == 5 and len(value) == 8
            yield _WORDS[tag], repr(struct.unpack("<d", value)[0]) if known else text(value) if kind == 2 else ""


def _day(days: str) -> str | None:
    """Days since 30 December 1899, local time, as ISO 8601 to the second."""
    count = positive(days)
    if count is None or count > 100_000:
        return None
    moment = _FIRST_DAY + timedelta(days=count)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") if moment.year > 1980 else None
