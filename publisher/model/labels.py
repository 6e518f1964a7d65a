"""Label images: pixels whose values name objects of another image."""

from dataclasses import dataclass

from publisher.model.image import Pixels

Rgba = tuple[int, int, int, int]
Property = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelValue:
    """What is known of one label: its colour, and properties by name."""

    value: int
    rgba: Rgba | None = None
    properties: tuple[tuple[str, Property], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelImage:
    """A label image of the image ``of`` (a series), with the sizes of that image but one channel.

    ``series`` is the number under which a source reads its pixels; it is not among the source's images.
    ``name`` is safe in a path. ``values`` are those something is known of, sorted, each once; 0 is the background.
    """

    name: str
    of: int
    series: int
    pixels: Pixels
    values: tuple[LabelValue, ...] = ()
    source: str = ""
    """What made them, in words."""
