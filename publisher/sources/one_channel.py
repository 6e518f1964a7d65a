"""One channel of a source as a source of its own: label images are read so from files of several channels."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from publisher.errors import Problem
from publisher.model.image import Image
from publisher.sources.protocol import ImageSource, SourceFile, TileGrid

if TYPE_CHECKING:  # numpy costs 14 times a bare Python, and a plan needs no array
    from numpy.typing import NDArray


class OneChannel(ImageSource):
    """Reads channel ``channel`` (from 0) of every series of an opened ``source``; closing it is the other's matter."""

    def __init__(self, source: ImageSource, channel: int) -> None:
        self._source, self._channel = source, channel

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def identity(self) -> tuple[SourceFile, ...]:
        """Files of the whole source."""
        return self._source.identity()

    def document(self) -> bytes | None:
        """None: the whole source's document is about other channels too."""
        return None

    def warnings(self) -> tuple[Problem, ...]:
        """Those of the whole source."""
        return self._source.warnings()

    def images(self) -> Sequence[Image]:
        """The source's images with one channel each."""
        return [
            replace(
                image,
                pixels=replace(image.pixels, size_c=1),
                channels=image.channels[self._channel : self._channel + 1],
            )
            for image in self._source.images()
        ]

    def levels(self, series: int) -> Sequence[tuple[int, int]]:
        """As the source has them."""
        return self._source.levels(series)

    def tiling(self, series: int, level: int) -> TileGrid:
        """The source's tiles, of which one sample is taken."""
        return replace(self._source.tiling(series, level), samples=1)

    def read(self, series: int, level: int, *, t: int, z: int, c: slice, y: slice, x: slice) -> "NDArray[Any]":
        """Pixels (1, Y, X) of the channel; ``c`` has but one to name."""
        samples = self._source.tiling(series, level).samples
        first = self._channel // samples * samples
        block = self._source.read(series, level, t=t, z=z, c=slice(first, first + samples), y=y, x=x)
        return block[self._channel - first : self._channel - first + 1]
