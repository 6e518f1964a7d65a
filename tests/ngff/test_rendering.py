from dataclasses import replace

import numpy as np
import pytest

from publisher.model.image import Channel, Image
from publisher.model.rendering import ChannelOverride
from publisher.model.statistics import ChannelStatistics, Histogram, ImageStatistics
from publisher.ngff.rendering import rendering_settings
from tests.ngff.array_source import image_of


def image(*channels: Channel, rgb: bool = False, dtype: str = "uint16", size_z: int = 5) -> Image:
    array = np.broadcast_to(np.zeros((), dtype), (3, len(channels), size_z, 8, 8))
    return replace(image_of(array, rgb=rgb), channels=channels)


def statistics(count: int, low: float = 90, high: float = 4000) -> ImageStatistics:
    values = ChannelStatistics(
        minimum=low, maximum=high, start=100, end=900, histogram=Histogram(low=low, high=high, counts=(1,))
    )
    return ImageStatistics(channels=(values,) * count)


def colors(*channels: Channel) -> list[str]:
    rendering = rendering_settings(image(*channels), statistics(len(channels)))
    return [channel.color for channel in rendering.channels]


def test_colours_of_the_source_are_kept():
    assert colors(Channel(color="FF0000"), Channel(color="00FFFF")) == ["FF0000", "00FFFF"]


def test_white_on_every_channel_is_omes_default_and_not_a_choice():
    assert colors(Channel(color="FFFFFF"), Channel(color="FFFFFF")) == ["46EB82", "F546BE"]


def test_white_beside_a_colour_is_a_choice():
    assert colors(Channel(color="FFFFFF"), Channel(color="0000FF")) == ["FFFFFF", "0000FF"]


def test_a_single_channel_is_white_unless_the_source_says_otherwise():
    assert colors(Channel()) == ["FFFFFF"]
    assert colors(Channel(color="00FF00")) == ["00FF00"]


def test_colours_follow_the_emission():
    assert colors(*(Channel(emission_nm=nm) for nm in (461, 525, 580, 640, 780))) == [
        "408CFF", "46EB82", "FFC446", "F546BE", "46D7FF",
    ]  # fmt: skip


def test_two_channels_of_like_emission_differ():
    assert len(set(colors(Channel(emission_nm=520), Channel(emission_nm=525), Channel()))) == 3


def test_many_channels_have_colours_and_six_are_shown():
    rendering = rendering_settings(image(*[Channel()] * 28), statistics(28))
    assert [channel.active for channel in rendering.channels] == [True] * 6 + [False] * 22
    assert len({channel.color for channel in rendering.channels[:6]}) == 6


def test_of_many_channels_those_that_hold_next_to_no_light_come_last():
    spectral = statistics(28)
    dim = tuple(replace(channel, minimum=0, maximum=6) for channel in spectral.channels[:8])
    rendering = rendering_settings(image(*[Channel()] * 28), replace(spectral, channels=(*dim, *spectral.channels[8:])))
    assert [number for number, channel in enumerate(rendering.channels) if channel.active] == [8, 9, 10, 11, 12, 13]


def test_few_channels_are_shown_however_dim():
    one_bright = statistics(3)
    dim = tuple(replace(channel, minimum=0, maximum=6) for channel in one_bright.channels[:2])
    rendering = rendering_settings(
        image(*[Channel()] * 3), replace(one_bright, channels=(*dim, one_bright.channels[2]))
    )
    assert all(channel.active for channel in rendering.channels)


def test_a_curator_may_show_a_later_channel_but_never_seven():
    overrides = {7: ChannelOverride(active=True), 0: ChannelOverride(active=False)}
    rendering = rendering_settings(image(*[Channel()] * 9), statistics(9), overrides)
    assert [number for number, channel in enumerate(rendering.channels) if channel.active] == [1, 2, 3, 4, 5, 7]


def test_labels_are_never_empty():
    channels = Channel(name="DAPI"), Channel(name=" ", fluor="Cy3"), Channel(emission_nm=525.0), Channel()
    rendering = rendering_settings(image(*channels), statistics(4))
    assert [channel.label for channel in rendering.channels] == ["DAPI", "Cy3", "525 nm", "Channel 4"]


@pytest.mark.parametrize(("dtype", "full"), [("uint8", (0, 255)), ("uint16", (0, 4095)), ("float32", (90, 4000))])
def test_a_colour_picture_keeps_its_range_and_colours(dtype, full):
    rendering = rendering_settings(image(*[Channel()] * 3, rgb=True, dtype=dtype), statistics(3))
    assert [channel.color for channel in rendering.channels] == ["FF0000", "00FF00", "0000FF"]
    assert [channel.label for channel in rendering.channels] == ["Red", "Green", "Blue"]
    assert {(channel.start, channel.end) for channel in rendering.channels} == {full}


def test_a_window_that_was_given_widens_the_extremes_where_it_must():
    overrides = {0: ChannelOverride(window=(0, 5000), color="#00ff00", label="GFP")}
    channel = rendering_settings(image(Channel()), statistics(1), overrides).channels[0]
    assert (channel.minimum, channel.start, channel.end, channel.maximum) == (0, 0, 5000, 5000)
    assert (channel.color, channel.label) == ("00FF00", "GFP")


def test_the_curators_window_comes_before_the_sources():
    given = image(Channel(window=(200, 300)))
    assert rendering_settings(given, statistics(1)).channels[0].start == 200
    overridden = rendering_settings(given, statistics(1), {0: ChannelOverride(window=(150, 300))})
    assert overridden.channels[0].start == 150


def test_the_default_plane_is_the_middle_and_lies_within():
    one = image(Channel())
    assert rendering_settings(one, statistics(1)).default_z == 2
    settings = rendering_settings(one, statistics(1), default_z=99, default_t=-4)
    assert (settings.default_z, settings.default_t) == (4, 0)
