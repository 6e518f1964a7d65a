"""What images do not say: how large a pixel is, what a channel shows, what tells one from another."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from publisher.lint.finding import Finding, ImageName, Severity, counted, have, names_of
from publisher.lint.subject import LintedImage, Subject

_NUMBERED = re.compile(r"(channel|chan|ch|c)?[\s:_#-]*\d*\Z", re.IGNORECASE)
"""Names that say nothing: "", "0", "Channel 1", "C:0", "Ch1"."""
_SMALLEST_UM, _LARGEST_UM = 1e-5, 1e3
"""A hundredth of a nanometre is below any microscope's pixel, a millimetre above."""
_UNEVEN = 1.05
"""A camera's pixels are square; more than this between x and y is a scan, or a mistake."""


def image_rules(subject: Subject) -> Iterator[Finding]:
    """Findings about images by what their files say of them."""
    yield from filter(
        None,
        (
            _those(subject, _has_no_pixel_size, "lint.no-pixel-size", "warning", "no pixel size", _PIXEL_SIZE),
            _those(
                subject, _has_odd_pixel_size, "lint.odd-pixel-size", "warning", "a pixel size that cannot be", _UNIT
            ),
            _those(subject, _is_uneven, "lint.uneven-pixels", "note", "pixels that are not square", _SQUARE),
            _those(subject, _has_no_z_step, "lint.no-z-step", "warning", "sections without their distance", _Z_STEP),
            _those(
                subject, _has_no_time_step, "lint.no-time-step", "note", "time points without their distance", _T_STEP
            ),
            _those(
                subject, _has_no_channel_name, "lint.no-channel-name", "warning", "channels without a name", _CHANNEL
            ),
            _those(subject, _repeats_channel, "lint.repeated-channel", "warning", "two channels of one name", _CHANNEL),
        ),
    )
    yield from _repeated_names(subject)


_PIXEL_SIZE = (
    "write it into the file (PhysicalSizeX and PhysicalSizeY of OME-XML), or into a document named by `metadata:`"
)
_UNIT = "check the unit: OME-XML means µm where none is given"
_SQUARE = "look whether the file's PhysicalSizeX and PhysicalSizeY are right"
_Z_STEP = "write PhysicalSizeZ into the file; without it nothing can be measured or shown in three dimensions"
_T_STEP = "write TimeIncrement, or DeltaT of the planes, into the file"
_CHANNEL = "name what each shows, by `rendering: {channels: {1: {name: DNA}}}`"

Question = Callable[[LintedImage], bool]


def _those(subject: Subject, asked: Question, code: str, severity: Severity, what: str, hint: str) -> Finding | None:
    found = [image.name for image in subject.images if asked(image)]
    return about_images(subject, found, code, severity, what, hint) if found else None


def about_images(
    subject: Subject, found: Sequence[ImageName], code: str, severity: Severity, what: str, hint: str
) -> Finding:
    """A finding about ``found`` of a study's images, which have ``what``."""
    count = counted(len(found), "image", len(subject.images))
    message = f"{count} {have(len(found), 'has', 'have')} {what}: {names_of(found)}"
    return Finding(code=code, severity=severity, path=subject.yaml, message=message, hint=hint, images=tuple(found))


def _sides(image: LintedImage) -> tuple[float | None, float | None]:
    return image.image.pixels.pixel_size_um[2], image.image.pixels.pixel_size_um[1]


def _has_no_pixel_size(image: LintedImage) -> bool:
    return None in _sides(image)


def _has_odd_pixel_size(image: LintedImage) -> bool:
    return any(
        side is not None and not _SMALLEST_UM <= side <= _LARGEST_UM for side in image.image.pixels.pixel_size_um
    )


def _is_uneven(image: LintedImage) -> bool:
    x, y = _sides(image)
    return bool(x and y) and max(x, y) / min(x, y) > _UNEVEN  # type: ignore[operator, type-var]  # both are numbers here


def _has_no_z_step(image: LintedImage) -> bool:
    return image.image.pixels.size_z > 1 and image.image.pixels.pixel_size_um[0] is None


def _has_no_time_step(image: LintedImage) -> bool:
    return image.image.pixels.size_t > 1 and image.image.pixels.time_increment_s is None


def _has_no_channel_name(image: LintedImage) -> bool:
    return not image.image.rgb and any(_NUMBERED.match(name) for name in image.channels)


def _repeats_channel(image: LintedImage) -> bool:
    names = [name.casefold() for name in image.channels if not _NUMBERED.match(name)]
    return not image.image.rgb and len(set(names)) < len(names)


def _repeated_names(subject: Subject) -> Iterator[Finding]:
    counts = Counter((image.dataset, image.name.name) for image in subject.images)
    found = [image.name for image in subject.images if counts[image.dataset, image.name.name] > 1]
    if found:
        hint = "give each a `name` of its own in images.csv"
        yield about_images(subject, found, "lint.repeated-name", "warning", "the name of another in its dataset", hint)
