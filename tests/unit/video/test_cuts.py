"""Cuts are noticed, movement is not taken for one."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from lastrep.video.cuts import CutDetector


def cuts(pictures: list[np.ndarray]) -> list[int]:
    detector = CutDetector()
    return [i for i, picture in enumerate(pictures) if detector.is_cut(picture)]


def scene(seed: int) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 255, (9, 16, 3), np.uint8)
    return cv2.resize(coarse, (640, 360), interpolation=cv2.INTER_LINEAR)


def test_a_cut_is_seen_on_its_frame() -> None:
    assert cuts([scene(1)] * 5 + [scene(2)] * 5 + [scene(1)] * 5) == [5, 10]


def test_a_still_and_a_moving_picture_hold_no_cut() -> None:
    moving = [np.roll(scene(1), 4 * i, axis=1) for i in range(20)]
    assert cuts([scene(1)] * 10 + moving) == []


def test_a_camera_swung_round_is_no_cut() -> None:
    turning = [np.roll(scene(1), int(3 * 1.8**i), axis=1) for i in range(8)]
    changes = [np.abs(a.astype(int) - b).mean() for a, b in pairwise(turning)]
    assert max(changes) > 25, "each picture differs from the one before like after a cut"
    assert cuts(turning) == []


def test_the_light_going_on_slowly_is_no_cut() -> None:
    assert cuts([np.full((90, 160, 3), 15 * i, np.uint8) for i in range(15)]) == []


def test_pictures_smaller_than_the_grid() -> None:
    assert cuts([np.zeros((5, 7, 3), np.uint8), np.full((5, 7, 3), 255, np.uint8)]) == [1]
