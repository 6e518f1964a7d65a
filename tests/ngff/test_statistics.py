import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.statistics import ImageStatistics
from publisher.ngff.histogram import GrowingHistogram
from publisher.ngff.statistics import robust_window
from tests.ngff.array_source import ArraySource, written

SEAMS = Path(__file__).parents[2] / "docs/design/seams"
SCHEMA = json.loads((SEAMS / "statistics.schema.json").read_bytes())
RNG = np.random.default_rng(3)


def histogram(values: np.ndarray) -> GrowingHistogram:
    counted = GrowingHistogram(values.dtype)
    counted.add(values)
    return counted


def window(values: np.ndarray) -> tuple[float, float]:
    return robust_window(histogram(values), float(values.min()), float(values.max()), values.dtype)


def test_the_example_fits_the_schema_and_reads_back():
    example = json.loads((SEAMS / "statistics.example.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(example)
    assert ImageStatistics.from_json(example).to_json() == example


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", "uint64", "float32"])
def test_statistics_of_an_image_fit_the_schema_and_read_back(tmp_path, dtype):
    statistics = written(ArraySource((RNG.random((1, 2, 1, 40, 50)) * 9).astype(dtype)), tmp_path).statistics
    document = json.loads(json.dumps(statistics.to_json(), allow_nan=False))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert ImageStatistics.from_json(document) == statistics


def test_extremes_are_of_level_0_and_counts_of_level_2(tmp_path):
    array = np.full((1, 1, 1, 1024, 1024), 100, "uint16")
    array[..., 500, 500] = 60000
    channel = written(ArraySource(array), tmp_path).statistics.channels[0]
    assert (channel.minimum, channel.maximum) == (100, 60000)
    assert sum(channel.histogram.counts) == 256 * 256


@given(
    st.sampled_from(["uint8", "int16", "int32", "uint64", "float32"]),
    st.lists(st.lists(st.integers(-(2**40), 2**40), min_size=1), min_size=1, max_size=6),
    st.randoms(),
)
def test_a_histogram_does_not_depend_on_the_order_of_blocks(dtype, blocks, random):
    arrays = [np.array(block, "int64").astype(dtype) for block in blocks]
    forward, shuffled = GrowingHistogram(np.dtype(dtype)), GrowingHistogram(np.dtype(dtype))
    for block in arrays:
        forward.add(block)
    random.shuffle(arrays)
    for block in arrays:
        shuffled.add(block)
    assert forward.shown() == shuffled.shown()
    assert forward.total == sum(map(len, arrays))
    assert [forward.quantile(q) for q in (0, 0.3, 1)] == [shuffled.quantile(q) for q in (0, 0.3, 1)]


def test_16_bit_quantiles_are_exact():
    values = RNG.integers(-32768, 32767, 10001).astype("int16")
    for share in (0.1, 0.5, 0.998):
        assert histogram(values).quantile(share) == np.sort(values)[int(np.ceil(share * 10001)) - 1]


def test_float_quantiles_are_within_a_thousandth_of_the_range():
    values = RNG.normal(1e-6, 1e-7, 10000).astype("float32")
    assert histogram(values).quantile(0.9) == pytest.approx(np.quantile(values, 0.9), abs=1e-9)


def fluorescence(share: float, brightness: float = 1500) -> np.ndarray:
    """Background of 100 with read noise, cells on ``share`` of the pixels, one hot pixel."""
    values = RNG.normal(100, 5, 200_000)
    cells = int(share * len(values))
    values[:cells] += RNG.gamma(4, brightness / 4, cells)
    values[-1] = 60000
    return values.clip(0).astype("uint16")


def test_a_window_runs_from_background_to_nearly_all_of_the_signal():
    start, end = window(fluorescence(0.2))
    assert 90 <= start <= 100
    assert 2000 < end < 6000, "one hot pixel does not darken the cells"


def test_the_background_of_a_rare_event_is_hidden():
    start, end = window(fluorescence(0.004))
    assert 104 <= start <= 125
    assert end > 800


def test_an_empty_field_stays_dark():
    start, end = window(RNG.normal(100, 3, 200_000).clip(0).astype("uint16"))
    assert end - start >= 24


def test_transmitted_light_is_cut_alike_at_both_ends():
    values = RNG.normal(150, 20, 100_000).clip(0, 255).astype("uint8")
    start, end = window(values)
    assert start == np.quantile(values, 0.005)
    assert end == np.quantile(values, 0.998)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32"])
def test_a_constant_channel_ends_one_above(dtype):
    assert window(np.full(100, 7, dtype)) == (7, 8)


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=2))
def test_a_window_lies_within_the_extremes_whatever_the_values(values):
    array = np.array(values, "float32")
    low, high = float(array.min()), float(array.max())
    start, end = robust_window(histogram(array), low, high, array.dtype)
    assert start < end
    assert low == high or low <= start < end <= high


def test_values_that_are_no_numbers_are_not_counted():
    counted = histogram(np.array([np.nan, np.inf, 1, 2], "float32"))
    assert counted.total == 2
    assert histogram(np.array([np.nan], "float32")).shown() == (0.0, 1.0, (0,))
