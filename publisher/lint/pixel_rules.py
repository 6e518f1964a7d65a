"""What the pixels say: images with nothing in them, values cut off at the top, the same picture twice."""

from collections.abc import Iterator

from publisher.lint.finding import Finding, ImageName, counted
from publisher.lint.image_rules import about_images
from publisher.lint.subject import LintedImage, Subject
from publisher.model.statistics import ChannelStatistics

SATURATED_SHARE = 0.01
"""Share of the values at the very top of the range that makes an image saturated."""
_TOPS = {"uint8": 255, "int8": 127, "uint16": 65535, "int16": 32767}
_BITS = (8, 10, 12, 14, 16)
"""Ranges of cameras: 12-bit values in 16-bit files end at 4095."""


def pixel_rules(subject: Subject) -> Iterator[Finding]:
    """Findings about images by their values; none of those that were not converted yet."""
    seen = [image for image in subject.images if image.statistics]
    empty = [image.name for image in seen if all(map(is_constant, image.statistics))]
    if empty:
        hint = "look whether the right file was taken; leave it out where it holds nothing"
        yield about_images(subject, empty, "lint.empty-image", "warning", "one value in all of its pixels", hint)
    partly = [image for image in seen if image.name not in set(empty) and any(map(is_constant, image.statistics))]
    if partly:
        hint = "look whether the channel was taken at all"
        found = [image.name for image in partly]
        yield about_images(subject, found, "lint.empty-channel", "warning", "a channel of one value", hint)
    saturated = [image.name for image in seen if is_saturated(image)]
    if saturated:
        hint = "intensities cannot be compared there; say so in `note`, or in a column of images.csv"
        what = f"a channel with {SATURATED_SHARE:.0%} or more of its values at the top of the range"
        yield about_images(subject, saturated, "lint.saturated", "warning", what, hint)
    yield from _twins(subject)


def is_constant(channel: ChannelStatistics) -> bool:
    """Whether all values are one."""
    return channel.minimum == channel.maximum


def is_saturated(image: LintedImage) -> bool:
    """Whether a channel is cut off at the top of its range.

    Colour pictures are not judged: a slide's background is white. Nor are masks, which hold few values.
    """
    if image.image.rgb or image.image.pixels.dtype not in _TOPS:
        return False
    return any(top_share(channel, image) >= SATURATED_SHARE for channel in image.statistics)


def top_share(channel: ChannelStatistics, image: LintedImage) -> float:
    """Share of a channel's values at the top of the range of its type or of its camera; 0 where it does not reach it.

    The histogram is of level 2, whose values are means of 16: what is left there at the top was saturated around. A
    bin that is wider than one value may hold some that are a little lower.
    """
    counts = channel.histogram.counts
    total = sum(counts)
    if channel.maximum not in _tops(image) or is_constant(channel) or not total or _is_mask(counts):
        return 0.0
    width = (channel.histogram.high - channel.histogram.low) / len(counts)
    at = int((channel.maximum - channel.histogram.low) / width) if width > 0 else 0
    return counts[at] / total if 0 <= at < len(counts) else 0.0


def _tops(image: LintedImage) -> set[int]:
    pixels = image.image.pixels
    top = _TOPS[pixels.dtype]
    bits = {pixels.significant_bits} if pixels.significant_bits else set(_BITS)
    return {top} | {2**bit - 1 for bit in bits if 2**bit - 1 <= top and pixels.dtype == "uint16" and bit > 8}


def _is_mask(counts: tuple[int, ...]) -> bool:
    return sum(count > 0 for count in counts) <= 8


def _twins(subject: Subject) -> Iterator[Finding]:
    groups: dict[str, list[ImageName]] = {}
    for image in subject.images:
        if image.digest:
            groups.setdefault(image.digest, []).append(image.name)
    twins = [group for group in groups.values() if len(group) > 1]
    if twins:
        found = [name for group in twins for name in group]
        what = f"the pixels of another ({counted(len(twins), 'group')} of the same)"
        hint = "look whether a file was copied twice, or given a wrong name"
        yield about_images(subject, found, "lint.same-pixels", "warning", what, hint)
