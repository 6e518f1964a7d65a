"""A publisher reader for NumPy arrays with a JSON file beside them."""

from publisher_npy.reader import NpyReader

__all__ = ["NpyReader"]
