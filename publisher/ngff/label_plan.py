"""What will be written for one label image: arrays like those of its image, without a channel axis. Pure."""

from dataclasses import replace

from publisher.config.model import HostingSection, ZarrSection
from publisher.errors import ConversionError, Problem
from publisher.model.image import Image
from publisher.model.labels import LabelImage
from publisher.ngff.plan import ImagePlan, plan_arrays

LEAST_LEVELS = 2
"""Levels of an image with labels, however small it is: vizarr looks for labels in images of several levels alone."""

LABEL_DTYPES = {
    **{name: name for name in ("uint8", "int8", "uint16", "int16", "uint32", "int32")},
    "bool": "uint8",
    "uint64": "uint32",
    "int64": "int32",
}
"""Sample type of a source to the type that is published: viewers read labels of at most 32 bits."""


def plan_labels(
    labels: LabelImage, image: Image, of: ImagePlan, zarr: ZarrSection, hosting: HostingSection
) -> ImagePlan:
    """Plan of ``labels`` below ``image``, whose plan is ``of``: as many levels, of the same sizes.

    Raises ConversionError where they do not fit the image, or hold no whole numbers.
    """
    dtype = LABEL_DTYPES.get(labels.pixels.dtype)
    if dtype is None:
        raise ConversionError(_no_labels(labels, image))
    if _planes(labels.pixels.shape) != _planes(image.pixels.shape) or labels.pixels.size_c != 1:
        raise ConversionError(_other_size(labels, image))
    pixels = replace(image.pixels, size_c=1, dtype=labels.pixels.dtype)
    path = f"{of.path}/labels/{labels.name}"
    plan = plan_arrays(pixels, dtype, path, zarr, hosting, len(of.levels))
    return replace(plan, kind="labels", axes=tuple(axis for axis in plan.axes if axis.name != "c"))


def _planes(shape: tuple[int, int, int, int, int]) -> tuple[int, int, int, int]:
    size_t, _, size_z, size_y, size_x = shape
    return size_t, size_z, size_y, size_x


def _no_labels(labels: LabelImage, image: Image) -> Problem:
    return Problem(
        code="labels.no-integers",
        message=f"labels {labels.name!r} of image {image.name!r} have samples of type {labels.pixels.dtype}; "
        f"expected one of {', '.join(LABEL_DTYPES)}",
        hint="store the labels as whole numbers, one for each object, 0 for the background",
    )


def _other_size(labels: LabelImage, image: Image) -> Problem:
    found, expected = labels.pixels, image.pixels
    message = (
        f"labels {labels.name!r} are {_words(found.shape)}; their image {image.name!r} is {_words(expected.shape)}, "
        "and labels need the same time points, sections, rows and columns"
    )
    hint = "give labels of the same size; for a plain TIFF say what its pages are by `axes`, such as ZYX"
    if found.size_c != 1:
        hint = "name the channel that holds the labels by `channel`, from 1"
    return Problem(code="labels.other-size", message=message, hint=hint)


def _words(shape: tuple[int, int, int, int, int]) -> str:
    return " × ".join(f"{name} {size}" for name, size in zip("TCZYX", shape, strict=True))
