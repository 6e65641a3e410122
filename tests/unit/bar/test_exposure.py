"""Dark pictures become brighter, others stay as they are."""

from __future__ import annotations

import numpy as np

from lastrep.bar.exposure import DARK_BELOW, brighten

#: Landmarks of a lifter in the right half of a picture of 100 x 80 pixels.
POINTS = np.tile(np.array([[60.0, 10.0, 0.0], [90.0, 70.0, 0.0], [75.0, 40.0, 0.0]]), (11, 1))


def pictures(level: int) -> list[np.ndarray]:
    image = np.zeros((80, 100, 3), np.uint8)
    image[:, 40:] = level
    return [image] * 6


def brightened(images: list[np.ndarray], points: np.ndarray = POINTS) -> list[np.ndarray]:
    out = list(images)
    brighten(out, np.array([points] * len(images)))
    return out


def test_a_dark_picture_is_brought_to_the_least_brightness() -> None:
    dark = pictures(45)
    bright = brightened(dark)[-1]
    assert abs(int(bright[40, 80, 0]) - DARK_BELOW) <= 1
    assert bright[40, 10, 0] == 0
    assert dark[0][40, 80, 0] == 45


def test_black_is_not_torn_apart() -> None:
    assert brightened(pictures(5))[0][40, 80, 0] == round(255 * (5 / 255) ** 0.5)


def test_black_bars_beside_the_lifter_do_not_make_a_picture_dark() -> None:
    before = pictures(100)
    assert all(a is b for a, b in zip(before, brightened(before), strict=True))


def test_without_a_lifter_nothing_changes() -> None:
    before = pictures(10)
    assert brightened(before, np.full((33, 3), np.nan))[0] is before[0]
