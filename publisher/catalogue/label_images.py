"""Which series and channels of a file that study.yaml names hold labels, and of which image."""

from collections.abc import Iterator, Sequence

from publisher.catalogue.label_files import LabelRef
from publisher.model.identity import slug
from publisher.model.image import Image


def matched_series(said: LabelRef, images: Sequence[Image], holders: Sequence[Image]) -> Iterator[tuple[Image, int]]:
    """Which image has its labels in which series: of files with several images the same, else the first."""
    if len(images) > 1 and len(holders) > 1 and said.wants.series is None:
        yield from ((image, image.series) for image in images)
    elif images:
        yield images[0], said.wants.series or 0


def label_channels(said: LabelRef, holder: Image) -> Iterator[tuple[str, int]]:
    """Name and channel of each label image: the channel that is asked for, else every one by its name."""
    if said.wants.channel is not None:
        yield said.name, said.wants.channel - 1
        return
    if holder.pixels.size_c == 1:
        yield said.name, 0
        return
    names = [slug(channel.name) if channel.name else str(number) for number, channel in enumerate(holder.channels, 1)]
    for number, name in enumerate(names):
        repeated = f"-{number + 1}" if name in names[:number] else ""
        yield f"{said.name}-{name}{repeated}", number
