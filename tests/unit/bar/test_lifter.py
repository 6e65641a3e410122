"""How tall the lifter is in the picture, from landmarks in any posture."""

from __future__ import annotations

import numpy as np
import pytest

from lastrep.bar.lifter import (
    DEFAULT_LIFTER,
    interpolate_gaps,
    side_weights,
    stature_px,
)

TALL_PX = 300.0
ARMS = DEFAULT_LIFTER.arm_segments_share
EYES = DEFAULT_LIFTER.standing_eyes_share
SEGMENTS = DEFAULT_LIFTER.standing_segments_share


def person(*, trunk: float, legs: float, arms: float, eyes: float, bent: float = 0.0) -> np.ndarray:
    """One frame, upright, sizes in statures; `bent` moves the knees forward."""
    points = np.full((33, 3), np.nan)
    for side in (0, 1):
        points[11 + side] = 0, 0, 0
        points[13 + side] = 0, arms / 2, 0
        points[15 + side] = 0, arms, 0
        points[23 + side] = 0, trunk, 0
        points[25 + side] = bent, trunk + legs / 2, 0
        points[27 + side] = 0, trunk + legs, 0
    points[[2, 5]] = 0, trunk + legs - eyes, 0
    return points * TALL_PX


STANDING = person(trunk=0.3, legs=SEGMENTS - 0.3, arms=ARMS, eyes=EYES)
SQUATTING = person(trunk=0.2, legs=0.3, arms=0.1, eyes=0.6, bent=0.2)


def test_standing_frames_decide_where_there_are_any() -> None:
    frames = np.array([SQUATTING] * 40 + [STANDING] * 6)
    assert stature_px(frames) == pytest.approx(TALL_PX)


def test_a_body_squeezed_into_what_is_seen_does_not_stand() -> None:
    """Half of a deadlift's frames gave a lifter of 453 pixels who is 750 tall."""
    frames = np.array([STANDING] * 16 + [0.6 * STANDING] * 29)
    assert stature_px(frames) == pytest.approx(TALL_PX)


def test_without_standing_the_longest_limbs_do() -> None:
    legs = 2 * np.hypot(0.15, 0.2)
    body = (0.2 + legs) / DEFAULT_LIFTER.body_segments_share
    assert stature_px(np.array([SQUATTING] * 40)) == pytest.approx(body * TALL_PX)


def test_a_body_that_points_at_the_camera_is_measured_by_its_arms() -> None:
    plank = person(trunk=0.1, legs=0.2, arms=ARMS, eyes=0.2, bent=0.05)
    assert stature_px(np.array([plank] * 40)) == pytest.approx(TALL_PX)


def test_gaps_change_nothing_and_nobody_has_no_height() -> None:
    nobody = np.full((33, 3), np.nan)
    frames = np.array([STANDING, nobody] * 10)
    assert stature_px(frames) == pytest.approx(TALL_PX)
    assert np.isnan(stature_px(np.array([nobody] * 10)))


def seen(left: float, right: float) -> np.ndarray:
    visibility = np.full((20, 33), 0.9)
    visibility[:, 15], visibility[:, 16] = left, right
    return visibility


def test_sides_that_are_seen_alike_count_alike() -> None:
    assert side_weights(seen(0.9, 0.9), (15, 16)) == pytest.approx((0.5, 0.5))
    assert side_weights(seen(0.0, 0.0), (15, 16)) == pytest.approx((0.5, 0.5))
    assert side_weights(seen(0.2, 0.9), (15,)) == pytest.approx((1.0,))


def test_a_hidden_side_counts_little() -> None:
    left, right = side_weights(seen(0.1, 0.98), (15, 16))
    assert left + right == pytest.approx(1.0)
    assert left < 0.1


def test_frames_without_anybody_do_not_count() -> None:
    visibility = seen(0.1, 0.9)
    visibility[10:] = np.nan
    assert side_weights(visibility, (15, 16)) == pytest.approx(
        side_weights(seen(0.1, 0.9), (15, 16))
    )
    assert side_weights(visibility[10:], (15, 16)) == pytest.approx((0.5, 0.5))


def test_gaps_are_bridged_in_arrays_of_any_layout() -> None:
    steps = np.arange(6.0).reshape(6, 1, 1) * np.ones((6, 2, 2))
    steps[2:4] = np.nan
    for layout in (steps, steps.transpose(1, 2, 0).copy().transpose(2, 0, 1)):
        filled = interpolate_gaps(layout)
        np.testing.assert_allclose(filled[:, 1, 0], np.arange(6.0))
        assert np.isnan(steps[2]).all()
