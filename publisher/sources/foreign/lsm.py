"""Zeiss LSM: a TIFF whose directories are planes with all their channels, each followed by a thumbnail.

Two things make it no ordinary TIFF: compressed strips are listed with the size that they unpack to, and beyond 4 GB
offsets begin again at 0.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

from publisher.errors import Problem
from publisher.formats.ome_xml.acquired import Acquisition, Objective, acquired
from publisher.model.identity import stem
from publisher.model.image import Channel, Image, Pixels
from publisher.sources.damage import damaged, unsupported, warning
from publisher.sources.foreign.lsm_info import LSM_TAG, LsmInfo, read_info
from publisher.sources.foreign.stored_bytes import check_regular
from publisher.sources.foreign.values import positive
from publisher.sources.tiff_container import Directory, Segments, TiffContainer
from publisher.sources.tiff_layout import Layout
from publisher.sources.tiff_source import PlaneAddress, TiffSeries, TiffSource
from publisher.sources.tiff_tags import BITS, COMPRESSION, PREDICTOR, SUBFILE_TYPE, Tag

_WRAP = 1 << 32
_BITS = (8, 12, 16, 32)
_OPTICS = re.compile(
    r"(?P<magnification>\d+(?:\.\d+)?)x/(?P<na>\d?\.\d+|\d)(?P<immersion> Oil| W\b| Imm| Glyc)?", re.IGNORECASE
)
_IMMERSIONS = {"oil": "Oil", "w": "Water", "imm": "Multi", "glyc": "Glycerol"}


class LsmContainer(TiffContainer):
    """The TIFF structure of an LSM file, with the sizes and offsets of its strips put right."""

    def __init__(self, path: Path, *, name: str | None = None) -> None:
        super().__init__(path, name=name)
        self._wraps: dict[int, tuple[int, ...]] | None = None

    def mended(self, directory: Directory, segments: Segments) -> Segments:
        """Strips where they are, read as far as LZW can need, whose codes have 12 bits at most."""
        offsets = segments.offsets
        if self.size > _WRAP:
            if self._wraps is None:
                self._wraps = self._unwrapped()
            offsets = self._wraps.get(directory.index, offsets)
        counts = segments.counts
        if not directory.layout.is_raw:
            most = (max(0, self.size - at) for at in offsets)
            counts = tuple(min(count * 3 // 2 + 64, left) for left, count in zip(most, counts, strict=True))
        return Segments(offsets, counts)

    def _shared_layout(self, index: int, tags: dict[int, Tag]) -> Layout:
        """Two BitsPerSample stand elsewhere although they fit here; a predictor of raw samples means nothing."""
        mended = dict(tags)
        bits = tags.get(BITS)
        if bits is not None and bits.values == 2:
            pair = struct.unpack("<2H", bits.inline[:4])
            if pair[0] != pair[1] or pair[0] not in _BITS:
                place = struct.unpack("<I", bits.inline[:4])[0]
                mended[BITS] = bits._replace(inline=self.read(place, 4))
        if (self._integers(tags[COMPRESSION]) if COMPRESSION in tags else (1,)) == (1,):
            mended.pop(PREDICTOR, None)
        return super()._shared_layout(index, mended)

    def planes(self) -> tuple[Directory, ...]:
        """Directories that are no thumbnails."""
        return tuple(each for each in self.directories() if not self._is_thumbnail(each))

    def _is_thumbnail(self, directory: Directory) -> bool:
        return bool((self.integers(directory, SUBFILE_TYPE) or (0,))[0] & 1)

    def _unwrapped(self) -> dict[int, tuple[int, ...]]:
        """Offsets by directory: planes and thumbnails stand in the order of their directories, so none goes back."""
        found: dict[int, tuple[int, ...]] = {}
        for group in (self.planes(), tuple(each for each in self.directories() if self._is_thumbnail(each))):
            found |= unwrapped({each.index: self.listed(each).offsets for each in group})
        return found


def unwrapped(listed: dict[int, tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
    """32-bit offsets as the file's: 4 GiB are added whenever one is smaller than the one before."""
    found, wrap, before = {}, 0, 0
    for index, offsets in listed.items():
        each = []
        for offset in offsets:
            wrap += _WRAP if offset < before else 0
            each.append(offset + wrap)
            before = offset
        found[index] = tuple(each)
    return found


def is_lsm(path: Path) -> bool:
    """Whether the first directory has Zeiss' tag. The bare bytes are asked: its other tags may be wrong for a TIFF."""
    check_regular(path)
    with path.open("rb") as file:
        head = file.read(8)
        if head[:4] != b"II*\0" or len(head) < 8:
            return False
        file.seek(struct.unpack_from("<I", head, 4)[0])
        count = int.from_bytes(file.read(2), "little")
        table = file.read(12 * count)
    return any(tag == LSM_TAG for tag, _ in struct.iter_unpack("<H10s", table[: len(table) // 12 * 12]))


def open_lsm(path: Path, name: str) -> TiffSource:
    """The images of an LSM file, one for each position of the stage; thumbnails are none."""
    container = LsmContainer(path, name=name)
    try:
        return _opened(container)
    except BaseException:
        container.close()
        raise


def _opened(container: LsmContainer) -> TiffSource:
    planes = container.planes()
    info = read_info(container, container.value_bytes(container.directories()[0], LSM_TAG))
    if info is None or not planes:
        raise damaged(container.name, "says that it is Zeiss LSM, but has no description or no planes")
    sizes, positions, warnings = _sizes(container, info, len(planes))
    if positions > 1 and container.size > _WRAP:
        hint = "convert it with bioformats2raw"
        raise unsupported(container.name, "is an LSM file of several positions and more than 4 GB", hint=hint)
    layout = planes[0].layout
    size_t, size_z = sizes
    each = size_t * size_z
    images = []
    for position in range(positions):
        pixels = Pixels(
            size_x=layout.width,
            size_y=layout.height,
            size_z=size_z,
            size_c=layout.samples,
            size_t=size_t,
            dtype=layout.dtype or "",
            pixel_size_um=info.pixel_size_um,
            time_increment_s=info.increment_s if size_t > 1 else None,
        )
        name = stem(container.name)
        images.append(
            Image(
                series=position,
                name=f"{name} #{position + 1}" if positions > 1 else name,
                description=info.words.get("description", ""),
                acquired=info.acquired,
                pixels=pixels,
                channels=(info.channels + (Channel(),) * layout.samples)[: layout.samples],
            )
        )
    told = acquired(images, [_acquisition(info)] * len(images))
    series = [
        TiffSeries(
            image=image,
            planes=[PlaneAddress(0, plane.index) for plane in planes[number * each : (number + 1) * each]],
            samples=layout.samples,
        )
        for number, image in enumerate(told.images)
    ]
    return TiffSource([container], series, document=told.document, warnings=warnings)


def _sizes(container: LsmContainer, info: LsmInfo, count: int) -> tuple[tuple[int, int], int, tuple[Problem, ...]]:
    """((t, z), positions) that make ``count`` planes; a scan that was stopped has fewer times than it declares."""
    positions = info.positions
    if info.size_t * info.size_z * positions == count:
        return (info.size_t, info.size_z), positions, ()
    if positions == 1 and count % info.size_z == 0 and count < info.size_t * info.size_z:
        message = f"declares {info.size_t} times and holds {count // info.size_z}: the scan was stopped"
        return (count // info.size_z, info.size_z), 1, (warning(container.name, "source.stopped-scan", message),)
    if count == info.size_t:  # lines over time or depth are one plane each: z is the Y axis
        return (count, 1), 1, ()
    message = f"declares {info.size_t} times, {info.size_z} z and {positions} positions, and holds {count} planes"
    raise damaged(container.name, message, code="source.missing-planes")


def _acquisition(info: LsmInfo) -> Acquisition:
    words = info.words.get("objective", "")
    match = _OPTICS.search(words)
    if not words:
        return Acquisition()
    if match is None:
        return Acquisition(objective=Objective(model=words))
    return Acquisition(
        objective=Objective(
            model=words,
            magnification=positive(match["magnification"]),
            na=positive(match["na"]),
            immersion=_IMMERSIONS.get((match["immersion"] or "").strip().lower(), ""),
        )
    )
