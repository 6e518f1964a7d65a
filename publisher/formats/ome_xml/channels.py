"""Channels of OME-XML as the channels we publish: one for each sample, with colours and wavelengths."""

from collections.abc import Sequence

from publisher.formats.ome_units import nanometers
from publisher.formats.ome_xml.clean import positive
from publisher.formats.ome_xml.engine import NS, Element
from publisher.model.image import Channel

_SAMPLES = (("Red", "FF0000"), ("Green", "00FF00"), ("Blue", "0000FF"), ("Alpha", "FFFFFF"))
_UNSET = "-1"


def samples_per_channel(pixels: Element, size_c: int) -> tuple[int, ...]:
    """Published channels of each Channel element of ``pixels``; they add up to ``size_c``.

    SamplesPerPixel says how many samples a Channel has, SizeC is their sum (OME model, Pixels/SizeC).
    Where files contradict themselves SizeC wins: as many Channels as SizeC are single samples, a missing
    SamplesPerPixel takes an equal share of what is left, missing Channels have one sample.
    """
    declared = [_count(channel.get("SamplesPerPixel")) for channel in pixels.iterfind(NS + "Channel")]
    if len(declared) >= size_c:
        return (1,) * size_c
    unknown = declared.count(0)
    left = size_c - sum(declared)
    share = left // unknown if unknown and left > 0 and left % unknown == 0 else 1
    counts = [count or share for count in declared]
    if sum(counts) > size_c:
        counts = [1] * len(counts)
    return (*counts, *(1,) * (size_c - sum(counts)))


def _count(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 5 else 0


def is_rgb(samples: Sequence[int]) -> bool:
    """Whether the channels are the colour samples of one picture."""
    return len(samples) == 1 and samples[0] in (3, 4)


def published_channels(pixels: Element, size_c: int) -> tuple[Channel, ...]:
    """One Channel for each sample of ``pixels``, ``size_c`` in all."""
    elements = pixels.findall(NS + "Channel")
    samples = samples_per_channel(pixels, size_c)
    colors = [element.get("Color") for element in elements]
    # -1 (white) is the schema's default: on every one of several channels it says nothing
    told = not (len(colors) > 1 and all(color == _UNSET for color in colors))
    published: list[Channel] = []
    for number, count in enumerate(samples):
        element = elements[number] if number < len(elements) else None
        if is_rgb(samples):
            published += [Channel(name=name, color=color) for name, color in _SAMPLES[:count]]
        else:
            published += [_channel(element, sample, count, told=told) for sample in range(count)]
    return tuple(published)


def _channel(element: Element | None, sample: int, count: int, *, told: bool) -> Channel:
    if element is None:
        return Channel()
    name = element.get("Name", "").strip()
    return Channel(
        name=f"{name} {sample + 1}".strip() if count > 1 else name,
        color=color_of(element.get("Color")) if told else None,
        emission_nm=_wavelength(element, "EmissionWavelength"),
        excitation_nm=_wavelength(element, "ExcitationWavelength"),
        fluor=element.get("Fluor", "").strip(),
    )


def color_of(text: str | None) -> str | None:
    """OME's signed 32-bit RGBA number as "RRGGBB"; None when absent or not a number. Alpha is not kept."""
    try:
        number = int(text or "")
    except ValueError:
        return None
    return f"{number >> 8 & 0xFFFFFF:06X}" if -(2**31) <= number < 2**32 else None


def color_number(color: str) -> str:
    """``color`` ("RRGGBB") as OME's signed 32-bit RGBA number, opaque."""
    number = int(color, 16) << 8 | 0xFF
    return str(number - 2**32 if number >= 2**31 else number)


def _wavelength(element: Element, key: str) -> float | None:
    value = positive(element.get(key))
    return None if value is None else nanometers(value, element.get(key + "Unit", "nm"))
