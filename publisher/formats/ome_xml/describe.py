"""One Image element brought in line with the arrays that are published for it."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace

from publisher.formats.ome_xml.channels import color_number, color_of, samples_per_channel
from publisher.formats.ome_xml.engine import NS, Element, new_root, to_text
from publisher.formats.ome_xml.structure import insert
from publisher.formats.redaction import Redaction
from publisher.model.annotation import Pair
from publisher.model.image import Channel, Image
from publisher.model.roi import ROI

TYPES = {
    "int8": "int8",
    "int16": "int16",
    "int32": "int32",
    "uint8": "uint8",
    "uint16": "uint16",
    "uint32": "uint32",
    "float32": "float",
    "float64": "double",
    "uint64": "double",
    "int64": "double",
    "bool": "bit",
}
"""Numpy names as OME pixel types. OME has no 64-bit integers: "double" comes next, and the true type is recorded."""

_BITS = {"int8": 8, "uint8": 8, "int16": 16, "uint16": 16}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedImage:
    """One published image (multiscale) of a fileset and what the curator said of it.

    ``image`` is the source's own record; ``series`` its index in the source; ``place`` its place among the fields of a
    plate, None elsewhere. ``dtype`` is the numpy name and
    ``shape`` the (T, C, Z, Y, X) of the published level 0; ``channels`` are C in number, with the names and
    colours shown. ``name`` and ``description`` are empty where the source's own hold; ``pairs`` are the
    curator's key-value pairs in their order; ``regions`` are those that the source's own document does not have.
    """

    series: int
    image: Image
    dtype: str
    shape: tuple[int, int, int, int, int]
    channels: tuple[Channel, ...]
    name: str = ""
    description: str = ""
    pairs: tuple[Pair, ...] = ()
    place: int | None = None
    regions: tuple[ROI, ...] = ()

    @property
    def number(self) -> int:
        """Of the ID ``Image:<number>``: the path, which is the series, or the place in a plate's series."""
        return self.series if self.place is None else self.place

    def __post_init__(self) -> None:
        if len(self.channels) != self.shape[1]:
            raise ValueError(f"{len(self.channels)} channels for an array of {self.shape[1]}")


Replaced = list[tuple[str, str]]


def describe(element: Element, published: PublishedImage, number: int, privacy: Redaction) -> Replaced:
    """Write ``published`` into ``element`` as ``Image:<number>``; the values it replaced, with where they stood.

    Text that comes from the source's record (not from its tree, which is redacted already) passes ``privacy``.
    """
    replaced: Replaced = []
    if "ID" in element.attrib:
        replaced.append(("Image/@ID", element.get("ID")))
    element.set("ID", f"Image:{number}")
    source = published.image
    given = "" if published.name == source.name else published.name
    _set(element, "Name", given or element.get("Name") or privacy.text(source.name), "Image", replaced)
    _child(element, "AcquisitionDate", source.acquired or "", replaced, overrule=False)
    _child(element, "Description", privacy.text(source.description), replaced, overrule=False)
    _child(element, "Description", published.description, replaced, overrule=bool(published.description))
    pixels = element.find(NS + "Pixels")
    if pixels is None:
        pixels = new_root("Pixels")
        insert(element, pixels)
    samples = samples_per_channel(pixels, _declared_channels(pixels, published))
    _pixels(pixels, published, number, replaced)
    _channels(pixels, _redacted(published.channels, privacy), number, samples, replaced)
    _planes(pixels, samples, replaced)
    return replaced


def _set(element: Element, key: str, value: str, where: str, replaced: Replaced) -> None:
    """Set an attribute that has a value; record the one it had, if that was another."""
    before = element.get(key)
    if not value or before == value:
        return
    if before is not None:
        replaced.append((f"{where}/@{key}", before))
    element.set(key, value)


def _child(element: Element, tag: str, text: str, replaced: Replaced, *, overrule: bool) -> None:
    """Set a child's text; without ``overrule`` only where there is none."""
    child = element.find(NS + tag)
    before = "" if child is None else (child.text or "").strip()
    if not text or before == text or (before and not overrule):
        return
    if child is None:
        child = new_root(tag)
        insert(element, child)
    if before:
        replaced.append((f"Image/{tag}", before))
    child.text = text


def _declared_channels(pixels: Element, published: PublishedImage) -> int:
    """SizeC of the source, or what is published where it says none that can be true."""
    text = pixels.get("SizeC", "")
    count = int(text) if text.isdecimal() and len(text) < 6 else 0
    return count if 0 < count <= 2**16 else published.shape[1]


def _pixels(pixels: Element, published: PublishedImage, number: int, replaced: Replaced) -> None:
    t, c, z, y, x = published.shape
    values = {
        "ID": f"Pixels:{number}",
        "DimensionOrder": "XYZCT",
        "Type": TYPES[published.dtype],
        "SizeX": str(x),
        "SizeY": str(y),
        "SizeZ": str(z),
        "SizeC": str(c),
        "SizeT": str(t),
        "BigEndian": "false",
    }
    if published.dtype in ("uint64", "int64"):
        replaced.append(("Pixels/@Type of the published array", published.dtype))
    for key, value in values.items():
        _set(pixels, key, value, "Pixels", replaced)
    if "Interleaved" in pixels.attrib:
        _set(pixels, "Interleaved", "false", "Pixels", replaced)
    bits = pixels.get("SignificantBits", "")
    if bits.isdecimal() and int(bits[:9]) > _BITS.get(published.dtype, 64):
        replaced.append(("Pixels/@SignificantBits", pixels.attrib.pop("SignificantBits")))
    for axis, size in zip("ZYX", published.image.pixels.pixel_size_um, strict=True):
        if size is not None and f"PhysicalSize{axis}" not in pixels.attrib:
            pixels.set(f"PhysicalSize{axis}", repr(size))
            pixels.set(f"PhysicalSize{axis}Unit", "µm")
    increment = published.image.pixels.time_increment_s
    if increment is not None and "TimeIncrement" not in pixels.attrib:
        pixels.set("TimeIncrement", repr(increment))
        pixels.set("TimeIncrementUnit", "s")


def _redacted(channels: tuple[Channel, ...], privacy: Redaction) -> tuple[Channel, ...]:
    """Names of channels are the source's unless a curator changed them; nobody can tell here, so all are searched."""
    return tuple(
        replace(channel, name=privacy.text(channel.name), fluor=privacy.text(channel.fluor)) for channel in channels
    )


def _channels(
    pixels: Element, channels: tuple[Channel, ...], number: int, samples: tuple[int, ...], replaced: Replaced
) -> None:
    """One Channel for each channel of the array, in place of whatever layout the source had."""
    elements = _one_for_each(pixels, samples)
    for spare in elements[len(channels) :]:
        replaced.append(("Pixels/Channel", to_text(spare)))
    for tag in ("Channel", "BinData", "TiffData", "MetadataOnly"):
        for old in pixels.findall(NS + tag):
            pixels.remove(old)
    made = elements[: len(channels)]
    made += [new_root("Channel") for _ in range(len(channels) - len(made))]
    for index, (element, channel) in enumerate(zip(made, channels, strict=True)):
        element.tail = None
        _channel(element, channel, f"Channel:{number}:{index}", f"Channel[{index}]", replaced)
        pixels.insert(index, element)
    pixels.insert(len(made), new_root("MetadataOnly"))


def _one_for_each(pixels: Element, samples: tuple[int, ...]) -> list[Element]:
    """The Channel elements, those of several samples as often as they have samples."""
    made: list[Element] = []
    elements: list[Element] = pixels.findall(NS + "Channel")
    for element, count in zip(elements, samples, strict=False):
        made += [element, *(deepcopy(element) for _ in range(count - 1))]
    return made + elements[len(samples) :]


def _channel(element: Element, channel: Channel, identifier: str, where: str, replaced: Replaced) -> None:
    _set(element, "ID", identifier, where, replaced)
    _set(element, "SamplesPerPixel", "1", where, replaced)
    _set(element, "Name", channel.name, where, replaced)
    if channel.color and color_of(element.get("Color")) != channel.color:
        _set(element, "Color", color_number(channel.color), where, replaced)
    for key, value in _wavelengths(channel):
        if key not in element.attrib:
            element.set(key, value)
            element.set(key + "Unit", "nm")
    if channel.fluor and "Fluor" not in element.attrib:
        element.set("Fluor", channel.fluor)


def _wavelengths(channel: Channel) -> Iterator[tuple[str, str]]:
    if channel.excitation_nm:
        yield "ExcitationWavelength", repr(channel.excitation_nm)
    if channel.emission_nm:
        yield "EmissionWavelength", repr(channel.emission_nm)


def _planes(pixels: Element, samples: tuple[int, ...], replaced: Replaced) -> None:
    """TheC counts channels of the source; where those become several, it follows to the first of them."""
    planes = pixels.findall(NS + "Plane")
    if not planes or all(count == 1 for count in samples):
        return
    first = [sum(samples[:index]) for index in range(len(samples))]
    given = {plane.get("TheC", "") for plane in planes}
    if any(not text.isdecimal() or int(text[:9]) >= len(samples) for text in given):
        return  # they count samples already
    for text in sorted(given, key=int):
        if int(text) != first[int(text)]:
            replaced.append(("Plane/@TheC", f"{text} is published as {first[int(text)]}"))
    for plane in planes:
        plane.set("TheC", str(first[int(plane.get("TheC"))]))
