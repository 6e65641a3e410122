"""Dark images become brighter, others stay as they are."""

from __future__ import annotations

import numpy as np

from lastrep.bar.images.clip_images import ClipImages
from lastrep.bar.images.options import DEFAULT_IMAGES
from lastrep.video.frames import Frame

#: Landmarks of a lifter in the right half of a image of 100 x 80 pixels.
POINTS = np.tile(np.array([[60.0, 10.0, 0.0], [90.0, 70.0, 0.0], [75.0, 40.0, 0.0]]), (11, 1))


def clip(level: int, points: np.ndarray = POINTS) -> ClipImages:
    image = np.zeros((80, 100, 3), np.uint8)
    image[:, 40:] = level
    return ClipImages([Frame(k / 30, image) for k in range(6)], np.array([points] * 6))


def test_a_dark_image_is_brought_to_the_least_brightness() -> None:
    dark = clip(45)
    assert abs(int(dark[5][40, 80, 0]) - DEFAULT_IMAGES.dark_below_grey) <= 1
    assert abs(int(dark.grey(5)[40, 80]) - DEFAULT_IMAGES.dark_below_grey) <= 1
    assert dark[5][40, 10, 0] == 0


def test_black_is_not_torn_apart() -> None:
    assert clip(5)[0][40, 80, 0] == round(255 * (5 / 255) ** 0.5)


def test_black_bars_beside_the_lifter_do_not_make_a_image_dark() -> None:
    assert {image[40, 80, 0] for image in clip(100)} == {100}


def test_without_a_lifter_nothing_changes() -> None:
    assert clip(10, np.full((33, 3), np.nan))[0][40, 80, 0] == 10


def test_images_dropped_from_the_cache_are_converted_again() -> None:
    frames = [
        Frame(k / 30, np.full((8, 8, 3), k, np.uint8))
        for k in range(2 * DEFAULT_IMAGES.cached_images)
    ]
    all_of_them = ClipImages(frames, np.full((len(frames), 33, 3), np.nan))
    for _ in range(2):
        assert [image[0, 0, 0] for image in all_of_them] == list(
            range(2 * DEFAULT_IMAGES.cached_images)
        )
    assert all_of_them.size == (8, 8)
