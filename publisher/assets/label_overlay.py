"""Labels over a picture: each filled lightly and outlined in its colour, all else transparent."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from publisher.model.label_colors import PALETTE
from publisher.model.labels import Rgba

_FILL = 0.25
"""Opacity inside an outline: the picture below stays readable."""


def label_overlay(labels: NDArray[Any], colors: Mapping[int, Rgba], width: int, height: int) -> NDArray[np.uint8]:
    """``labels`` (Y, X), integers, as (height, width, 4): red, green, blue, opacity; 0 is transparent.

    ``colors`` are those that labels have of their own. The outline is one pixel wide, inside the label.
    """
    shown = _resampled(labels, width, height)
    overlay = np.zeros((height, width, 4), np.uint8)
    overlay[...] = np.asarray(PALETTE, np.uint8)[shown % len(PALETTE)]
    for value, color in colors.items():
        overlay[shown == value] = color
    inside = shown != 0
    fill = np.where(_outline(shown), 1.0, _FILL)
    overlay[..., 3] = np.rint(overlay[..., 3] * fill * inside)
    overlay[~inside] = 0
    return overlay


def _resampled(labels: NDArray[Any], width: int, height: int) -> NDArray[np.int64]:
    """The label at the centre of each pixel of the picture."""
    rows = (np.arange(height) * 2 + 1) * labels.shape[0] // (2 * height)
    columns = (np.arange(width) * 2 + 1) * labels.shape[1] // (2 * width)
    return labels[np.ix_(rows, columns)].astype(np.int64)


def _outline(labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Pixels with a neighbour, in one of four directions, that has another value."""
    edge = np.zeros(labels.shape, np.bool_)
    down, across = labels[1:] != labels[:-1], labels[:, 1:] != labels[:, :-1]
    edge[1:] |= down
    edge[:-1] |= down
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    return edge
