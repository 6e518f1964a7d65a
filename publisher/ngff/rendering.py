"""How an image is shown at first: the source's colours and windows, the curator's, or ours."""

from collections.abc import Mapping, Sequence
from math import inf, nextafter

from publisher.model.image import Channel, Image
from publisher.model.rendering import ChannelOverride, ChannelRendering, RenderingSettings
from publisher.model.statistics import ImageStatistics

MOST_ACTIVE = 6
"""Channels shown at first: viewers blend no more."""
_BRIGHT = 0.25
"""Share of the widest channel's range that a channel reaches which is no nearly empty one."""
RGB = ("FF0000", "00FF00", "0000FF")
RGB_LABELS = ("Red", "Green", "Blue")
WHITE = "FFFFFF"
PALETTE = ("408CFF", "46EB82", "F546BE", "FFC446", "46D7FF", "FFFFFF")
"""Blue, green, magenta, amber, cyan, white: light enough on black, and apart for colour-blind eyes."""
PAIR = ("46EB82", "F546BE")
"""Green and magenta: two channels that everybody can tell apart."""
_EMISSION = ((490.0, "408CFF"), (560.0, "46EB82"), (600.0, "FFC446"), (680.0, "F546BE"))
"""Upper end in nm, and colour: near the light's own, but told apart by colour-blind eyes."""
_FAR_RED = "46D7FF"
"""Light that nobody sees has the colour that is left."""

_FULL_RANGE = {"uint8": (0.0, 255.0), "int8": (-128.0, 127.0), "uint16": (0.0, 65535.0), "int16": (-32768.0, 32767.0)}


def rendering_settings(
    image: Image,
    statistics: ImageStatistics,
    overrides: Mapping[int, ChannelOverride] | None = None,
    default_z: int | None = None,
    default_t: int | None = None,
) -> RenderingSettings:
    """Settings of ``image``; ``overrides`` by channel from 0. ``default_z`` is the middle unless given."""
    overrides = overrides or {}
    colors = _rgb_colors(len(image.channels)) if image.rgb else _colors(image.channels)
    first = _shown_first(statistics)
    channels: list[ChannelRendering] = []
    for number, color in enumerate(colors):
        override = overrides.get(number, ChannelOverride())
        active = override.active if override.active is not None else number in first
        shown = sum(channel.active for channel in channels)
        start, end, minimum, maximum = _window(image, number, statistics, override)
        channels.append(
            ChannelRendering(
                label=override.label or _label(image, number),
                color=(override.color or color).lstrip("#").upper(),
                start=start,
                end=end,
                minimum=minimum,
                maximum=maximum,
                active=active and shown < MOST_ACTIVE,
            )
        )
    size_z, size_t = image.pixels.size_z, image.pixels.size_t
    return RenderingSettings(
        channels=tuple(channels),
        default_z=_clip(size_z // 2 if default_z is None else default_z, size_z),
        default_t=_clip(default_t or 0, size_t),
        model="greyscale" if len(channels) == 1 and channels[0].color == WHITE else "color",
    )


def _shown_first(statistics: ImageStatistics) -> frozenset[int]:
    """Channels that are on at first: the first in order, but of many those that are nearly empty come last.

    A spectral stack begins and ends with channels that hold no light.
    """
    extents = [channel.maximum - channel.minimum for channel in statistics.channels]
    bright = [number for number, extent in enumerate(extents) if extent >= max(extents) * _BRIGHT]
    rest = [number for number in range(len(extents)) if number not in bright]
    return frozenset([*bright, *rest][:MOST_ACTIVE])


def _clip(index: int, size: int) -> int:
    return max(0, min(index, size - 1))


def _label(image: Image, number: int) -> str:
    """A label that is never empty: "omero" readers show it as it is."""
    channel = image.channels[number]
    if image.rgb and not channel.name:
        return RGB_LABELS[number % 3]
    emission = f"{channel.emission_nm:g} nm" if channel.emission_nm else ""
    return channel.name.strip() or channel.fluor.strip() or emission or f"Channel {number + 1}"


def _rgb_colors(count: int) -> list[str]:
    return [RGB[number % 3] for number in range(count)]


def _colors(channels: Sequence[Channel]) -> list[str]:
    """The source's colours, unless they are OME's default (white) on each of several channels."""
    if len(channels) == 1:
        return [channels[0].color or WHITE]
    told = any(channel.color not in (None, WHITE) for channel in channels)
    wanted = [channel.color if told else _by_emission(channel) for channel in channels]
    palette = PAIR if len(channels) == 2 else PALETTE
    taken = {color for color in wanted if color}
    spare = [color for color in palette if color not in taken] or list(palette)
    colors: list[str] = []
    for color in wanted:
        if color is None or (not told and color in colors):
            color = spare[0]
            spare = [*spare[1:], spare[0]]
        colors.append(color)
    return colors


def _by_emission(channel: Channel) -> str | None:
    wavelength = channel.emission_nm
    if wavelength is None:
        return None
    return next((color for limit, color in _EMISSION if wavelength < limit), _FAR_RED)


def _window(
    image: Image, number: int, statistics: ImageStatistics, override: ChannelOverride
) -> tuple[float, float, float, float]:
    """(start, end, minimum, maximum), ``minimum <= start < end <= maximum`` in every case."""
    values = statistics.channels[number]
    minimum, maximum = values.minimum, values.maximum
    start, end = values.start, values.end
    if image.rgb:
        start, end = minimum, maximum = _color_range(image, statistics)
    given = override.window or image.channels[number].window
    if given is not None and given[0] < given[1]:
        start, end = given
    if not start < end:
        end = max(start + 1, nextafter(start, inf))
    return start, end, min(minimum, start), max(maximum, end)


def _color_range(image: Image, statistics: ImageStatistics) -> tuple[float, float]:
    """Range of a colour picture, the same for all its channels: "percentiles would shift brightfield colours".

    Of 16 bits few are used by most cameras: where the source does not tell, as many as the brightest channel needs.
    """
    dtype, bits = image.pixels.dtype, image.pixels.significant_bits
    lowest = min(channel.minimum for channel in statistics.channels)
    highest = max(channel.maximum for channel in statistics.channels)
    if dtype == "uint16":
        bits = bits or max(8, int(highest).bit_length())
    if dtype in ("uint8", "uint16") and bits and bits < 8 * (1 if dtype == "uint8" else 2):
        return 0.0, max(float(2**bits - 1), highest)
    if dtype in _FULL_RANGE:
        return _FULL_RANGE[dtype]
    if dtype.startswith("float") and lowest >= 0 and highest <= 1:
        return 0.0, 1.0
    return lowest, highest
