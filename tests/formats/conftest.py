"""Documents made by code, small enough to read."""

from collections.abc import Callable, Sequence

import pytest

from publisher.formats.ome_xml.publish import PublishedImage
from publisher.model.image import Image

RELEASE = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
PIXELS = (
    '<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="4" SizeY="3" SizeZ="1" SizeC="1" SizeT="1">'
    '<Channel ID="Channel:0:0"/><MetadataOnly/></Pixels>'
)


@pytest.fixture
def ome() -> Callable[..., bytes]:
    """A document of release 2016-06 (or with another namespace) around a body; one plain image by default."""

    def build(body: str = f'<Image ID="Image:0">{PIXELS}</Image>', *, namespace: str = RELEASE) -> bytes:
        return f'<OME xmlns="{namespace}">{body}</OME>'.encode()

    return build


@pytest.fixture
def pixels() -> str:
    """The Pixels of one small image, valid."""
    return PIXELS


@pytest.fixture
def as_published() -> Callable[[Sequence[Image]], list[PublishedImage]]:
    """Every image published as it is, 64-bit floats as 32-bit ones and bits as bytes."""
    published = {"float64": "float32", "bool": "uint8"}

    def build(images: Sequence[Image]) -> list[PublishedImage]:
        return [
            PublishedImage(
                series=image.series,
                image=image,
                dtype=published.get(image.pixels.dtype, image.pixels.dtype),
                shape=image.pixels.shape,
                channels=image.channels,
            )
            for image in images
        ]

    return build
