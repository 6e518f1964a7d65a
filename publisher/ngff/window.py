"""Which values are shown as black and as full colour: the rule, for one image and for several. Pure."""

from typing import Protocol

_HIGH, _HIGH_RARE = 0.998, 0.9995
"""Share of values at or below the upper limit; the second where hardly anything but background is seen."""
_RARE = 0.015
"""Signal on less than this share of an image is a rare event (a mitosis marker)."""


class Values(Protocol):
    """How often each value was counted."""

    def quantile(self, fraction: float) -> float:
        """Value that ``fraction`` of the values do not exceed."""

    def share_below(self, value: float) -> float:
        """Share of the values below ``value``."""

    def mode(self) -> float:
        """The commonest value."""


def limits(values: Values) -> tuple[float, float]:
    """Background and robust top.

    Fluorescence has a peak of background and a long tail above it: the lower limit halves the part of the
    peak that lies below its top. Where the tail is no longer above than below (transmitted light, colour),
    both ends are cut alike. Where hardly anything rises out of the background, the background is hidden.
    """
    peak, bottom, top = values.mode(), values.quantile(0.005), values.quantile(_HIGH)
    if top - peak <= 3 * (peak - bottom):
        return bottom, top
    below = values.share_below(peak)
    spread = peak - values.quantile(below * 0.32)
    if spread > 0 and 1 - values.share_below(peak + 5 * spread) < _RARE:
        return peak + 2 * spread, values.quantile(_HIGH_RARE)
    return values.quantile(below / 2), top
