"""Records of images as a document beside their file describes them."""

from dataclasses import replace

from publisher.formats.ome_xml.annotation import OriginalReader, annotations_of
from publisher.formats.ome_xml.channels import published_channels
from publisher.formats.ome_xml.engine import NS, Element
from publisher.formats.ome_xml.instrument import AcquisitionReader
from publisher.formats.ome_xml.merge import Merged
from publisher.formats.ome_xml.read import pixel_size_um, text_of, time_increment_s
from publisher.formats.ome_xml.roi import has_mask, roi_elements
from publisher.model.image import Channel, Image, Pixels


def described(image: Image, number: int, merged: Merged, words: Element | None) -> Image:
    """``image``, number ``number`` of its file, with what ``words``, an Image of the document beside it, says more.

    ``merged`` is the file's document with what the one beside it says; ``words`` is None where that says nothing.
    """
    if words is None:
        return image
    tree, element = merged.tree, merged.elements[number]
    pixels = words.find(NS + "Pixels")
    acquisition = AcquisitionReader(tree).sections(element)
    added = {each.get("ID") for each in merged.added[number]}
    return replace(
        image,
        name=words.get("Name", "").strip() or image.name,
        description=text_of(words, "Description") or image.description,
        acquired=text_of(words, "AcquisitionDate") or image.acquired,
        annotations=(*image.annotations, *(each for each in annotations_of(tree, element) if each.id in added)),
        roi_count=image.roi_count + len(words.findall(NS + "ROIRef")),
        mask_count=max(image.mask_count, sum(map(has_mask, roi_elements(tree, element)))),
        acquisition=acquisition if any(acquisition) else image.acquisition,
        original=image.original or OriginalReader(tree).of(element),
        channels=image.channels if pixels is None else _channels(image, pixels),
        pixels=image.pixels if pixels is None else _sizes(image.pixels, pixels),
    )


def _channels(image: Image, pixels: Element) -> tuple[Channel, ...]:
    """Names are the document's; what else it says of a channel counts where the file says nothing."""
    if image.rgb or pixels.find(NS + "Channel") is None:
        return image.channels
    said = published_channels(pixels, len(image.channels))
    return tuple(_channel(own, each) for own, each in zip(image.channels, said, strict=True))


def _channel(own: Channel, said: Channel) -> Channel:
    return replace(
        own,
        name=said.name or own.name,
        color=own.color or said.color,
        emission_nm=own.emission_nm or said.emission_nm,
        excitation_nm=own.excitation_nm or said.excitation_nm,
        fluor=own.fluor or said.fluor,
    )


def _sizes(own: Pixels, pixels: Element) -> Pixels:
    z, y, x = (mine or said for mine, said in zip(own.pixel_size_um, pixel_size_um(pixels), strict=True))
    return replace(own, pixel_size_um=(z, y, x), time_increment_s=own.time_increment_s or time_increment_s(pixels))
