"""One window for many images: found from the values of all, so that one bright speck darkens nothing."""

import numpy as np
import pytest

from publisher.model.statistics import ImageStatistics
from publisher.ngff.histogram import GrowingHistogram
from publisher.ngff.pooled_histogram import PooledHistogram
from publisher.ngff.shared_window import shared_windows, with_windows
from publisher.ngff.statistics import channel_statistics, robust_window

RNG = np.random.default_rng(3)


def field(background: float, signal: float, dtype: str = "uint16") -> np.ndarray:
    """A field of cells: noise around ``background`` and a tenth of pixels up to ``signal``."""
    values = RNG.normal(background, background / 20, (200, 200))
    values[:20] += RNG.random((20, 200)) * signal
    return values.clip(0).astype(dtype)


def statistics(*channels: np.ndarray) -> ImageStatistics:
    found = []
    for values in channels:
        counted = GrowingHistogram(values.dtype)
        counted.add(values)
        found.append(channel_statistics(counted, float(values.min()), float(values.max()), values.dtype))
    return ImageStatistics(channels=tuple(found))


def test_the_window_is_that_of_all_values_together() -> None:
    fields = [field(100, signal) for signal in (800, 900, 1000, 2000)]
    everything = np.concatenate(fields)
    counted = GrowingHistogram(everything.dtype)
    counted.add(everything)
    wanted = robust_window(counted, float(everything.min()), float(everything.max()), everything.dtype)
    [(start, end)] = shared_windows(map(statistics, fields))[1]
    assert start == pytest.approx(wanted[0], abs=0.01 * (wanted[1] - wanted[0]))
    assert end == pytest.approx(wanted[1], abs=0.02 * (wanted[1] - wanted[0]))


def test_a_bright_speck_in_one_image_of_many_does_not_darken_the_others() -> None:
    dusty = field(100, 900)
    dusty[100:110, 100:110] = 60000
    dust = statistics(dusty)
    assert dust.channels[0].end > 50000
    [(_, end)] = shared_windows([*(statistics(field(100, 900)) for _ in range(30)), dust])[1]
    assert end < 2500


def test_a_single_image_keeps_its_own_window() -> None:
    own = statistics(field(100, 900), field(0.5, 4, "float32"))
    windows = shared_windows([own])[2]
    assert with_windows(own, windows).channels[0].start == own.channels[0].start
    for (start, end), channel in zip(windows, own.channels, strict=True):
        assert (start, end) == (channel.start, channel.end)


def test_images_with_other_channels_have_a_window_of_their_own() -> None:
    found = shared_windows([statistics(field(100, 900)), statistics(field(100, 900), field(200, 900))])
    assert {count: len(windows) for count, windows in found.items()} == {1: 1, 2: 2}


def test_the_order_of_images_changes_next_to_nothing() -> None:
    fields = [statistics(field(100, signal)) for signal in (800, 60000, 90, 3000)]
    forth, back = shared_windows(fields)[1][0], shared_windows(reversed(fields))[1][0]
    assert forth == pytest.approx(back, rel=0.02)


def test_empty_and_constant_images_do_no_harm() -> None:
    zeros, ones = np.zeros((9, 9), "uint16"), np.ones((9, 9), "float32")
    for constant in (zeros, ones):
        [(start, end)] = shared_windows([statistics(constant), statistics(constant)])[1]
        assert start < end


def test_pooled_quantiles_are_those_of_the_values() -> None:
    parts = [RNG.gamma(2, 300, 5000), RNG.gamma(2, 500, 5000)]
    pooled = PooledHistogram()
    for part in parts:
        counted = GrowingHistogram(np.dtype("float32"))
        counted.add(part.astype("float32"))
        pooled.add(channel_statistics(counted, 0.0, 1.0, np.dtype("float32")).histogram)
    values = np.concatenate(parts)
    for share in (0.01, 0.3, 0.5, 0.9, 0.998):
        assert pooled.quantile(share) == pytest.approx(np.quantile(values, share), abs=0.01 * values.max())
        assert pooled.share_below(pooled.quantile(share)) == pytest.approx(share, abs=1e-6)
