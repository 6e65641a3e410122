"""Display matrices turn pictures upright."""

from __future__ import annotations

import numpy as np
import pytest

from lastrep.video.orientation import Orientation

ONE = 1 << 16


def matrix(a: int, b: int, c: int, d: int) -> np.ndarray:
    return np.array([a * ONE, b * ONE, 0, c * ONE, d * ONE, 0, 0, 0, 1 << 30], np.int32)


PICTURE = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        (matrix(1, 0, 0, 1), PICTURE),
        (matrix(0, -1, 1, 0), np.rot90(PICTURE, 1)),
        (matrix(-1, 0, 0, -1), np.rot90(PICTURE, 2)),
        (matrix(0, 1, -1, 0), np.rot90(PICTURE, 3)),
        (matrix(-1, 0, 0, 1), PICTURE[:, ::-1]),
        (matrix(1, 0, 0, -1), PICTURE[::-1]),
        (matrix(0, 1, 1, 0), PICTURE.transpose(1, 0, 2)),
    ],
    ids=["as is", "90", "180", "270", "mirrored", "upside down", "transposed"],
)
def test_display_matrix(display: np.ndarray, expected: np.ndarray) -> None:
    orientation = Orientation.from_display_matrix(display)
    upright = orientation.upright(PICTURE)
    np.testing.assert_array_equal(upright, expected)
    assert upright.flags.c_contiguous
    assert orientation.size(3, 2) == (expected.shape[1], expected.shape[0])
