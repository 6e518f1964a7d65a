"""Colours of labels that have none of their own: by value alone, so that every picture and viewer agrees."""

from publisher.model.labels import Rgba

_HUES = ("E69F00", "56B4E9", "CC79A7", "009E73", "F0E442", "5B8DD6", "E0703A")
"""Hues that colour-blind eyes tell apart (after Okabe and Ito), light enough on black."""
_SHADES = (1.0, 0.72, 0.86)

PALETTE: tuple[Rgba, ...] = tuple(
    (*(round(part * shade) for part in bytes.fromhex(hue)), 255)  # type: ignore[misc]  # three parts and alpha
    for shade in _SHADES
    for hue in _HUES
)
"""Colours in turn: labels whose values follow each other never share one, nor a hue."""


def label_color(value: int) -> Rgba:
    """The colour of ``value``; 0, the background, is transparent."""
    return PALETTE[value % len(PALETTE)] if value else (0, 0, 0, 0)
