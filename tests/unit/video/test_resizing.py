"""Smaller images."""

import numpy as np
import pytest

from lastrep.video.resizing import halved, resized
from unit.video.video_clips import ramp


def test_each_pixel_is_the_mean_of_four() -> None:
    image = np.zeros((2, 4, 3), np.uint8)
    image[0, 0] = 200
    np.testing.assert_array_equal(halved(image)[0, :, 0], [50, 0])


@pytest.mark.parametrize("size", [(320, 180), (427, 240), (640, 360), (100, 333)])
def test_what_is_where_stays_there(size: tuple[int, int]) -> None:
    small = resized(ramp(640, 360), size)
    assert small.shape == (size[1], size[0], 3)
    np.testing.assert_allclose(small.astype(float), ramp(*size), atol=3)
