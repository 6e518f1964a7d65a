"""Images of the tree as values of the model."""

import re

import pytest

from publisher.errors import DamagedSourceError
from publisher.formats.ome_units import micrometers, nanometers, seconds
from publisher.formats.ome_xml.annotation import LONGEST_VALUE, MOST_ANNOTATIONS, MOST_ORIGINAL, MOST_PAIRS
from publisher.formats.ome_xml.channels import color_number, color_of
from publisher.formats.ome_xml.read import read_images
from publisher.formats.ome_xml.tree import parse
from publisher.model.annotation import Annotation, Pair, of_kind


def read(data):
    return read_images(parse(data, name="a.ome.xml"))


def image(pixels: str, rest: str = "") -> str:
    return f'<Image ID="Image:0" Name="n">{pixels}{rest}</Image>'


def test_sizes_units_and_times_are_converted(ome, pixels):
    body = pixels.replace(
        "SizeT=",
        'PhysicalSizeX="250" PhysicalSizeXUnit="nm" PhysicalSizeY="0.1" PhysicalSizeZ="3" '
        'PhysicalSizeZUnit="pixel" TimeIncrement="2" TimeIncrementUnit="min" SignificantBits="12" SizeT=',
    )
    found = read(ome(image(body)))[0].pixels
    assert found.pixel_size_um == (None, 0.1, 0.25)
    assert (found.time_increment_s, found.significant_bits, found.dtype, found.shape) == (
        120,
        12,
        "uint16",
        (1, 1, 1, 3, 4),
    )


@pytest.mark.parametrize(
    ("kind", "dtype"), [("float", "float32"), ("double", "float64"), ("bit", "bool"), ("int8", "int8")]
)
def test_pixel_types_have_numpy_names(ome, pixels, kind, dtype):
    assert read(ome(image(pixels.replace("uint16", kind))))[0].pixels.dtype == dtype


def test_an_rgb_channel_is_published_as_three(ome, pixels):
    body = pixels.replace('SizeC="1"', 'SizeC="3"').replace('ID="Channel:0:0"', 'ID="Channel:0:0" SamplesPerPixel="3"')
    found = read(ome(image(body)))[0]
    assert found.rgb
    assert [(channel.name, channel.color) for channel in found.channels] == [
        ("Red", "FF0000"),
        ("Green", "00FF00"),
        ("Blue", "0000FF"),
    ]


@pytest.mark.parametrize(
    ("size_c", "samples", "rgb"),
    [
        (3, (), False),
        (2, (None, None), False),
        (6, (3, None), False),
        (1, (3,), False),
        (4, (None,), True),
        (3, (1,), False),
    ],
)
def test_size_c_wins_where_channels_contradict_it(ome, pixels, size_c, samples, rgb):
    elements = "".join(
        f'<Channel ID="Channel:0:{n}"' + (f' SamplesPerPixel="{count}"' if count else "") + "/>"
        for n, count in enumerate(samples)
    )
    body = pixels.replace('SizeC="1"', f'SizeC="{size_c}"').replace('<Channel ID="Channel:0:0"/>', elements)
    found = read(ome(image(body)))[0]
    assert (len(found.channels), found.rgb) == (size_c, rgb)


def test_colours_are_signed_rgba_and_white_everywhere_says_nothing(ome, pixels):
    assert [color_of(text) for text in ("-1", "65535", "-16776961", "4294967295", "x", None, str(2**40))] == [
        "FFFFFF",
        "0000FF",
        "FF0000",
        "FFFFFF",
        None,
        None,
        None,
    ]
    assert all(color_of(color_number(color)) == color for color in ("000000", "FF0000", "123456", "FFFFFF"))
    white = '<Channel ID="Channel:0:0" Color="-1"/><Channel ID="Channel:0:1" Color="-1"/>'
    body = pixels.replace('SizeC="1"', 'SizeC="2"').replace('<Channel ID="Channel:0:0"/>', white)
    assert [channel.color for channel in read(ome(image(body)))[0].channels] == [None, None]


def test_key_value_pairs_keep_order_repeats_and_empty_values(ome, pixels):
    annotations = (
        '<StructuredAnnotations><MapAnnotation ID="Annotation:1" Namespace="n/s"><Value><M K="Gene">b</M>'
        '<M K="Gene">a</M><M K="Empty"/></Value></MapAnnotation><LongAnnotation ID="Annotation:2"><Value>5</Value>'
        "</LongAnnotation></StructuredAnnotations>"
    )
    refs = '<ROIRef ID="ROI:0"/><AnnotationRef ID="Annotation:2"/><AnnotationRef ID="Annotation:1"/>'
    roi = '<ROI ID="ROI:0"><Union><Point ID="Shape:0" X="1" Y="1"/></Union></ROI>'
    found = read(ome(image(pixels, refs) + annotations + roi))[0]
    pairs = (Pair("Gene", "b"), Pair("Gene", "a"), Pair("Empty", ""))
    assert found.annotations == (
        Annotation(kind="Long", value="5", id="Annotation:2"),
        Annotation(kind="Map", id="Annotation:1", namespace="n/s", pairs=pairs),
    )
    assert found.roi_count == 1


def test_annotations_that_all_refer_to_each_other_cost_little(ome, pixels):
    refs = "".join(f'<AnnotationRef ID="Annotation:{number}"/>' for number in range(40))
    tags = "".join(
        f'<TagAnnotation ID="Annotation:{number}"><Value>{number}</Value>{refs}</TagAnnotation>' for number in range(40)
    )
    found = read(ome(image(pixels, refs) + f"<StructuredAnnotations>{tags}</StructuredAnnotations>"))[0]
    waiting, count = list(found.annotations), 0
    while waiting:
        count += 1
        waiting += waiting.pop().annotations
    assert count == MOST_ANNOTATIONS


def test_a_long_value_is_remembered_in_part_and_the_rest_is_counted(ome, pixels):
    words = "word " * 2000
    entries = "".join(f'<M K="k{number}">v</M>' for number in range(MOST_PAIRS + 3))
    annotations = (
        f'<StructuredAnnotations><CommentAnnotation ID="Annotation:1"><Value>{words}</Value></CommentAnnotation>'
        f'<MapAnnotation ID="Annotation:2"><Value>{entries}</Value></MapAnnotation></StructuredAnnotations>'
    )
    refs = '<AnnotationRef ID="Annotation:1"/><AnnotationRef ID="Annotation:2"/>'
    comment, pairs = read(ome(image(pixels, refs) + annotations))[0].annotations
    assert comment.value.endswith("word…")
    assert len(comment.value) <= LONGEST_VALUE
    assert comment.more == len(words.strip()) - LONGEST_VALUE
    assert (len(pairs.pairs), pairs.more) == (MOST_PAIRS, 3)


def test_original_metadata_is_no_annotation_that_anybody_made(ome, pixels):
    entry = (
        '<XMLAnnotation ID="Annotation:{0}" Namespace="openmicroscopy.org/OriginalMetadata"><Value><OriginalMetadata>'
        "<Key>key {0}</Key><Value>{0}</Value></OriginalMetadata></Value></XMLAnnotation>"
    )
    count = MOST_ORIGINAL + 20
    entries = "".join(entry.format(number) for number in range(count))
    body = image(pixels) + f"<StructuredAnnotations>{entries}</StructuredAnnotations>"
    found = read(ome(body))[0]
    assert found.annotations == ()
    assert found.original.count == count
    assert found.original.pairs[:2] == (Pair("key 0", "0"), Pair("key 1", "1"))
    assert len(found.original.pairs) == MOST_ORIGINAL


def test_an_image_has_its_own_original_metadata_before_those_of_the_file(ome, pixels):
    entry = (
        '<MapAnnotation ID="Annotation:{0}" Namespace="openmicroscopy.org/OriginalMetadata"><Value><M K="of">{0}</M>'
        "</Value></MapAnnotation>"
    )
    entries = entry.format("own") + entry.format("file")
    first = image(pixels, '<AnnotationRef ID="Annotation:own"/>')
    second = image(pixels).replace('Image:0"', 'Image:1"').replace(":0:0", ":1:0").replace('Pixels:0"', 'Pixels:1"')
    found = read(ome(first + second + f"<StructuredAnnotations>{entries}</StructuredAnnotations>"))
    assert [each.original.pairs for each in found] == [(Pair("of", "own"),), (Pair("of", "file"),)]


def test_annotations_are_nested_even_in_a_circle(ome, pixels):
    annotations = (
        '<StructuredAnnotations><ListAnnotation ID="Annotation:1"><AnnotationRef ID="Annotation:2"/>'
        '<AnnotationRef ID="Annotation:1"/></ListAnnotation><TagAnnotation ID="Annotation:2"><Value>fly</Value>'
        '<AnnotationRef ID="Annotation:3"/></TagAnnotation>'
        '<TagAnnotation ID="Annotation:3"><Value>animals</Value></TagAnnotation></StructuredAnnotations>'
    )
    [found] = read(ome(image(pixels, '<AnnotationRef ID="Annotation:1"/>') + annotations))[0].annotations
    fly = Annotation(
        kind="Tag",
        value="fly",
        id="Annotation:2",
        annotations=(Annotation(kind="Tag", value="animals", id="Annotation:3"),),
    )
    assert found == Annotation(kind="List", id="Annotation:1", annotations=(fly,))
    assert of_kind([found], "Tag") == (fly,)


@pytest.mark.parametrize(
    ("key", "value"), [("SizeX", "-5"), ("SizeX", "9" * 5000), ("SizeC", str(2**31 - 1)), ("Type", "x")]
)
def test_impossible_dimensions_are_a_damaged_source(ome, pixels, key, value):
    with pytest.raises(DamagedSourceError, match="image 1"):
        read(ome(image(re.sub(rf'{key}="\w+"', f'{key}="{value}"', pixels))))


def test_lengths_and_times_of_every_unit():
    assert [micrometers(1, unit) for unit in ("µm", "mm", "nm", "Å", "in", "km")] == [
        1,
        1000,
        0.001,
        0.0001,
        25400,
        1e9,
    ]
    assert micrometers(1, "reference frame") is None
    assert (nanometers(0.5, "µm"), seconds(2, "ms"), seconds(1, "h"), seconds(1, "pixel")) == (500, 0.002, 3600, None)
