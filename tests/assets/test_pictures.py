from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from publisher.assets.composite import channel_layer, composite, windowed
from publisher.assets.picture_file import jpeg, resized
from publisher.assets.picture_set import PictureSizes
from publisher.assets.thumbnail import thumbnail_files
from publisher.model.rendering import ChannelRendering, RenderingSettings

SIZES = PictureSizes(size_px=192, picture_px=1024, quality=78)


def settings(*colors: str, start: float = 0, end: float = 100, hidden: tuple[int, ...] = ()) -> RenderingSettings:
    return RenderingSettings(
        channels=tuple(
            ChannelRendering(
                label=str(n), color=color, start=start, end=end, minimum=start, maximum=end, active=n not in hidden
            )
            for n, color in enumerate(colors)
        )
    )


def pixels(*values: float, dtype: str = "uint16") -> np.ndarray:
    """One pixel per channel."""
    return np.array(values, dtype).reshape(-1, 1, 1)


def test_a_window_is_linear_and_clips():
    channel = settings("FFFFFF", start=100, end=200).channels[0]
    plane = np.array([[0, 100, 150, 200, 65535]], "uint16")
    np.testing.assert_array_equal(windowed(plane, channel), np.array([[0, 0, 0.5, 1, 1]], "float32"))


def test_what_is_no_number_is_dark_and_infinity_is_light():
    plane = np.array([[np.nan, np.inf, -np.inf]], "float32")
    np.testing.assert_array_equal(windowed(plane, settings("FFFFFF").channels[0]), [[0, 1, 0]])


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint64", "float32"])
def test_colour_pictures_are_left_as_they_are(dtype):
    picture = composite(pixels(0, 100, 127, dtype=dtype), settings("FF0000", "00FF00", "0000FF", end=127))
    assert picture.tolist() == [[[0, 201, 255]]]


def test_channels_mix_by_screen():
    picture = composite(pixels(50, 50), settings("FF0000", "FF0000"))
    assert picture[0, 0].tolist() == [round(255 * 0.75), 0, 0]


def test_layers_mixed_by_screen_are_the_composite():
    rng = np.random.default_rng(1)
    image, rendering = rng.integers(0, 120, (3, 9, 8)).astype("uint16"), settings("408CFF", "46EB82", "F546BE")
    dark = np.ones((9, 8, 3))
    for number in range(3):
        dark *= 1 - channel_layer(image, rendering, number) / 255
    assert np.abs(255 * (1 - dark) - composite(image, rendering)).max() <= 2


def test_hidden_channels_have_layers_and_are_not_in_the_composite():
    rendering = settings("FF0000", "00FF00", hidden=(1,))
    assert composite(pixels(100, 100), rendering)[0, 0].tolist() == [255, 0, 0]
    assert channel_layer(pixels(100, 100), rendering, 1)[0, 0].tolist() == [0, 255, 0]


def test_pictures_keep_their_proportions_and_are_never_enlarged():
    assert resized(np.zeros((300, 900, 3), "uint8"), 192).shape == (64, 192, 3)
    assert resized(np.zeros((3000, 2, 3), "uint8"), 192).shape == (192, 1, 3)
    small = np.zeros((30, 90, 3), "uint8")
    assert resized(small, 192) is small


def test_every_file_is_a_picture_of_the_size_it_states():
    image = np.random.default_rng(2).integers(0, 100, (2, 700, 1400)).astype("uint16")
    files = thumbnail_files(image, settings("46EB82", "F546BE"), SIZES)
    assert sorted(files) == [
        "channel-0.webp", "channel-1.webp", "picture-640.webp", "picture.jpg", "picture.webp", "thumbnail-384.webp",
        "thumbnail.webp",
    ]  # fmt: skip
    for name, file in files.items():
        with Image.open(BytesIO(file.data)) as opened:
            assert opened.size == (file.width, file.height)
            assert opened.format == ("JPEG" if name.endswith("jpg") else "WEBP")
            assert not opened.getexif()
    assert (files["thumbnail.webp"].width, files["thumbnail.webp"].height) == (192, 96)
    assert (files["picture.webp"].width, files["picture.webp"].height) == (1024, 512)


def test_a_single_channel_has_no_layer_of_its_own():
    files = thumbnail_files(np.zeros((1, 10, 10), "uint8"), settings("FFFFFF"), SIZES)
    assert not [name for name in files if name.startswith("channel")]


def test_pictures_are_the_same_bytes_each_time():
    image = np.random.default_rng(2).integers(0, 100, (1, 300, 300)).astype("uint16")
    once, again = (thumbnail_files(image, settings("FFFFFF"), SIZES) for _ in range(2))
    assert once == again


def test_coloured_noise_can_be_written_as_jpeg():
    noise = np.random.default_rng(1).integers(0, 256, (300, 280, 3), dtype=np.uint8)
    with Image.open(BytesIO(jpeg(noise, 90).data)) as written:
        assert written.size == (280, 300)
