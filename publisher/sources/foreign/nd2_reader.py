"""Nikon ND2: the one door to the library nd2, which tells what the file holds. Pixels are read from their places here:
the library gives zeros for a frame that is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings

from publisher.errors import Problem
from publisher.formats.ome_xml.acquired import Acquisition, Objective, acquired
from publisher.model.identity import stem
from publisher.model.image import Channel, Image, Pixels
from publisher.sources.damage import damage_boundary, damaged, unsupported, warning
from publisher.sources.extras import is_installed, require
from publisher.sources.foreign.nd2_frames import MAGIC, Frame, PackedFrames, frames_of
from publisher.sources.foreign.raw_planes import MOST_CHANNELS, Places, RawImage, RawSource
from publisher.sources.foreign.stored_bytes import FileBytes, StoredBytes
from publisher.sources.foreign.values import color, positive
from publisher.sources.protocol import ImageSource, Roots

if TYPE_CHECKING:  # the library is an extra, imported when a file is opened
    from nd2 import ND2File

_NAMES = {8: ("u1", "uint8"), 16: ("<u2", "uint16"), 32: ("<f4", "float32")}
_AXES = {"TimeLoop": "T", "NETimeLoop": "T", "XYPosLoop": "P", "ZStackLoop": "Z"}
_RGB = (("Red", "FF0000"), ("Green", "00FF00"), ("Blue", "0000FF"))
_MOST_FRAMES = 50_000_000
_MOST_TEXT = 4000
_UNIX_DAY = 2440587.5
"""Julian day of 1 January 1970."""


class Nd2Reader:
    """Reads ND2 files of NIS-Elements 3 and later; older ones are JPEG 2000 files of another make."""

    name = "nd2"
    suffixes: tuple[str, ...] = (".nd2",)
    revision = 1

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether the file begins as ND2 and the library is installed."""
        return head.startswith(MAGIC) and is_installed("nd2")

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> ImageSource:
        """Open ``path``: an image for each position."""
        require(path, "nd2", "nd2", "Nikon ND2")
        real = roots.resolve(path)
        with damage_boundary(path, "opening"):
            file = FileBytes(real)
            file.name = str(path)
            try:
                if file.size < len(MAGIC) or file.read(0, len(MAGIC)) != MAGIC:
                    raise damaged(path, "does not begin as an ND2 file")
                return _opened(real, file)
            except BaseException:
                file.close()
                raise


def _opened(real: Path, file: FileBytes) -> RawSource:
    from nd2 import ND2File  # an extra: imported with the first ND2 file

    frames = frames_of(file)
    # It warns of every chunk that it misses; what matters to a curator is said by our own warnings.
    with catch_warnings(action="ignore"), ND2File(real) as opened:
        planes, warnings = _planes(opened, file.name, frames)
        channels, complaints = _described(opened, file.name)
        described = [_image(opened, channels, file.name, series, each) for series, each in enumerate(planes)]
        told = acquired(described, [_acquisition(opened, channels)] * len(described))
        source, images = _stored(opened, file, frames, planes, told.images)
    if isinstance(source, FileBytes):
        for each in images:
            each.check(file.name, file.size)
    return RawSource([source], images, paths=[real], document=told.document, warnings=(*warnings, *complaints))


Planes = Sequence[Sequence[int]]
"""Frame numbers of one image, by t, then z."""


def _planes(opened: ND2File, name: str, frames: dict[int, Frame]) -> tuple[list[Planes], tuple[Problem, ...]]:
    """Frame numbers by position, t and z; times after the last whole one are left out, with a warning."""
    loops = [(_AXES.get(loop.type, ""), loop.count) for loop in opened.experiment]
    if len({axis for axis, _ in loops}) != len(loops) or any(not axis or count < 1 for axis, count in loops):
        raise unsupported(
            name, f"runs along {[loop.type for loop in opened.experiment]}, read are time, position and z"
        )
    sizes = dict(loops)
    count = 1
    for _, size in loops:
        count *= size
    if not loops:
        sizes, count = {"T": opened.attributes.sequenceCount}, opened.attributes.sequenceCount
        loops = [("T", count)]
    if not 0 < count <= _MOST_FRAMES or count > 1000 * max(len(frames), 1):
        raise damaged(name, f"claims {count} frames and holds {len(frames)}", code="source.missing-planes")
    steps, step = {}, 1
    for axis, size in reversed(loops):
        steps[axis] = step
        step *= size

    def number(position: int, t: int, z: int) -> int:
        return position * steps.get("P", 0) + t * steps.get("T", 0) + z * steps.get("Z", 0)

    positions, size_z = range(sizes.get("P", 1)), range(sizes.get("Z", 1))
    times = 0
    while times < sizes.get("T", 1) and all(number(p, times, z) in frames for p in positions for z in size_z):
        times += 1
    missing = sizes.get("T", 1) - times
    if not times:
        raise damaged(
            name, f"holds {len(frames)} of the {count} frames that {sizes} make", code="source.missing-planes"
        )
    warnings: tuple[Problem, ...] = ()
    if missing:
        later = sum(number(p, t, z) in frames for p in positions for t in range(times, sizes["T"]) for z in size_z)
        if later > len(positions) * len(size_z):
            message = f"lacks frames in the middle: time {times + 1} of {sizes['T']} is not whole"
            raise damaged(name, message, code="source.missing-planes")
        message = f"declares {sizes['T']} times and holds {times} whole ones: the acquisition was stopped"
        warnings = (warning(name, "source.stopped-scan", message),)
    return [[[number(p, t, z) for z in size_z] for t in range(times)] for p in positions], warnings


def _described(opened: ND2File, name: str) -> tuple[list[Any], tuple[Problem, ...]]:
    """The library's records of channels; files that it cannot tell of have their pixels all the same."""
    try:
        return list(getattr(opened.metadata, "channels", None) or ()), ()
    except Exception as error:  # it raises whatever a missing key leads to, UnboundLocalError among them
        message = f"its metadata cannot be read, only sizes and pixels are: {type(error).__name__}: {error}"[:300]
        return [], (warning(name, "source.metadata-damaged", message),)


def _image(opened: ND2File, described: list[Any], name: str, series: int, planes: Planes) -> Image:
    attributes = opened.attributes
    if attributes.bitsPerComponentInMemory not in _NAMES or attributes.compressionType == "lossy":
        kind = f"{attributes.bitsPerComponentInMemory} bits, {attributes.compressionType or 'no'} compression"
        hint = "save it again in NIS-Elements without compression"
        raise unsupported(name, f"holds samples of {kind}", hint=hint)
    if not 0 < attributes.componentCount <= MOST_CHANNELS or attributes.heightPx < 1 or (attributes.widthPx or 0) < 1:
        raise damaged(
            name, f"declares {attributes.componentCount} channels of {attributes.heightPx} x {attributes.widthPx}"
        )
    z, y, x = _voxel(described)
    rgb = _is_rgb(opened)
    pixels = Pixels(
        size_x=attributes.widthPx or 0,
        size_y=attributes.heightPx,
        size_z=len(planes[0]),
        size_c=attributes.componentCount,
        size_t=len(planes),
        dtype=_NAMES[attributes.bitsPerComponentInMemory][1],
        pixel_size_um=(z if len(planes[0]) > 1 else None, y, x),
        time_increment_s=_increment(opened) if len(planes) > 1 else None,
        significant_bits=attributes.bitsPerComponentSignificant if attributes.pixelDataType == "unsigned" else None,
    )
    place = _position_name(opened, series)
    label = stem(name)
    if place is not None:
        label = f"{label} {place or f'#{series + 1}'}"
    channels = (
        tuple(Channel(name=each, color=code) for each, code in _RGB) if rgb else _channels(described, pixels.size_c)
    )
    return Image(
        series=series,
        name=label,
        description=str(opened.text_info.get("description") or "").strip()[:_MOST_TEXT],
        acquired=_acquired(opened),
        pixels=pixels,
        channels=channels,
        rgb=rgb,
    )


def _is_rgb(opened: ND2File) -> bool:
    attributes = opened.attributes
    return attributes.componentCount == 3 and (attributes.channelCount or 1) == 1


def _stored(
    opened: ND2File, file: FileBytes, frames: dict[int, Frame], planes: list[Planes], images: Sequence[Image]
) -> tuple[StoredBytes, list[RawImage]]:
    """The bytes to read from, and how ``images`` lie in them."""
    attributes = opened.attributes
    stored, _ = _NAMES[attributes.bitsPerComponentInMemory]
    item, channels = attributes.bitsPerComponentInMemory // 8, attributes.componentCount
    pixel = item * channels
    row = max(attributes.widthBytes or 0, (attributes.widthPx or 0) * pixel)
    frame_bytes = (attributes.heightPx - 1) * row + (attributes.widthPx or 0) * pixel
    packed = attributes.compressionType == "lossless"
    order = range(channels - 1, -1, -1) if _is_rgb(opened) else range(channels)  # colours are stored blue first
    places = Places(c=tuple(channel * item for channel in order), y=row, x=pixel)
    source: StoredBytes = PackedFrames(file, frames, frame_bytes) if packed else file
    largest = max(frames[number].size for number in _numbers(planes))
    if not packed and min(frames[number].size for number in _numbers(planes)) < frame_bytes:
        raise damaged(file.name, f"has frames smaller than {frame_bytes} bytes", code="source.truncated")
    made = []
    for image, each in zip(images, planes, strict=True):
        numbers = [number for row_of in each for number in row_of]
        where = [number * frame_bytes if packed else frames[number].offset for number in numbers]
        raw = RawImage(
            image=image,
            stored=stored,
            item=item,
            offset=0,
            places=places,
            planes=where,
            packed_bytes=largest if packed else 0,
        )
        made.append(raw)
    return source, made


def _numbers(planes: list[Planes]) -> list[int]:
    return [number for image in planes for row in image for number in row]


def _channels(described: list[Any], count: int) -> tuple[Channel, ...]:
    found = []
    for each in described[:count]:
        told = each.channel
        found.append(
            Channel(
                name=str(told.name or "").strip(),
                color=color(told.color.r, told.color.g, told.color.b) if told.color[:3] != (0, 0, 0) else None,
                emission_nm=positive(told.emissionLambdaNm),
                excitation_nm=positive(told.excitationLambdaNm),
            )
        )
    return tuple(found) + (Channel(),) * (count - len(found))


def _voxel(channels: list[Any]) -> tuple[float | None, float | None, float | None]:
    """(z, y, x) in µm, where the file says that it is calibrated."""
    if not channels:
        return None, None, None
    volume = channels[0].volume
    x, y, z = (
        positive(size) if told else None
        for size, told in zip(volume.axesCalibration, volume.axesCalibrated, strict=True)
    )
    return z, y, x


def _increment(opened: ND2File) -> float | None:
    """Seconds between frames, of a time loop with one period."""
    for loop in opened.experiment:
        if loop.type == "TimeLoop":
            milliseconds = positive(getattr(loop.parameters, "periodMs", None))
            return milliseconds / 1000 if milliseconds else None
    return None


def _position_name(opened: ND2File, series: int) -> str | None:
    """Name of a position, empty when it has none; None when the file has a single one."""
    for loop in opened.experiment:
        if loop.type == "XYPosLoop" and loop.count > 1:
            points = list(getattr(loop.parameters, "points", ()))
            return str(points[series].name or "").strip() if series < len(points) else ""
    return None


def _acquired(opened: ND2File) -> str | None:
    """Time of the first frame, UTC."""
    try:
        channels = getattr(opened.frame_metadata(0), "channels", None) or ()
        day = positive(channels[0].time.absoluteJulianDayNumber) if channels else None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, NameError):
        return None
    if day is None or not _UNIX_DAY < day < _UNIX_DAY + 100_000:
        return None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day - _UNIX_DAY)
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _acquisition(opened: ND2File, channels: list[Any]) -> Acquisition:
    told = {key: str(value) for key, value in opened.text_info.items() if key in ("capturing", "optics")}
    if not channels:
        return Acquisition(original=tuple(sorted(told.items())))
    scope = channels[0].microscope
    return Acquisition(
        objective=Objective(
            model=str(scope.objectiveName or "").strip(),
            magnification=positive(scope.objectiveMagnification),
            na=positive(scope.objectiveNumericalAperture),
            refractive_index=positive(scope.immersionRefractiveIndex),
        ),
        original=tuple(sorted(told.items())),
    )
