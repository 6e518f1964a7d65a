import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from publisher.ngff.downsample import halve
from tests.ngff.array_source import pyramid

INTEGERS = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64"]


@given(st.sampled_from(INTEGERS).flatmap(lambda t: arrays(t, array_shapes(min_dims=2, max_dims=3, max_side=9))))
def test_integers_are_the_rounded_mean_without_overflow(block):
    as_image = block.reshape(1, 1, -1, *block.shape[-2:])
    expected = pyramid(as_image, 2)[1].reshape(*block.shape[:-2], *pyramid(as_image, 2)[1].shape[-2:])
    assert halve(block).dtype == block.dtype
    np.testing.assert_array_equal(halve(block), expected)


def test_a_checkerboard_of_mean_2000_stays_2000():
    board = np.where(np.indices((64, 64)).sum(axis=0) % 2, 1000, 3000).astype("uint16")
    assert np.unique(halve(board)) == [2000]
    assert np.unique(halve(halve(board))) == [2000]


def test_an_odd_last_row_and_column_are_kept():
    np.testing.assert_array_equal(halve(np.array([[0, 0, 8], [0, 0, 8], [4, 4, 40]], "uint8")), [[0, 8], [4, 40]])


def test_largest_64_bit_values_do_not_overflow():
    assert halve(np.full((2, 2), 2**64 - 1, "uint64"))[0, 0] == 2**64 - 1


def test_nan_is_passed_over_unless_all_four_are():
    nan = np.nan
    block = np.array([[1, nan, nan, nan], [3, 5, nan, nan]], "float32")
    np.testing.assert_array_equal(halve(block), np.array([[3, nan]], "float32"))


@pytest.mark.parametrize(
    ("values", "mean"), [([3e38] * 4, 3e38), ([np.inf, 0, 0, 0], np.inf), ([np.inf, -np.inf, 0, 0], np.nan)]
)
def test_floats_whose_sum_is_beyond_float32(values, mean):
    halved = halve(np.array(values, "float32").reshape(2, 2))
    np.testing.assert_array_equal(halved, np.array([[mean]], "float32"))


def test_floats_are_summed_in_float32_in_a_fixed_order():
    block = np.random.default_rng(1).random((10, 12), "float32")
    a, b, c, d = block[::2, ::2], block[::2, 1::2], block[1::2, ::2], block[1::2, 1::2]
    np.testing.assert_array_equal(halve(block), ((a + b) + (c + d)) * np.float32(0.25))
