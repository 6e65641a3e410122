"""The bar proxy: landmarks in place of the bar, as far as they are seen."""

from __future__ import annotations

import numpy as np
import pytest

from lastrep.bar.bar_proxy import proxy_point
from lastrep.bar.lifter import DEFAULT_LIFTER


@pytest.mark.parametrize(
    ("right_seen", "scale"), [(0.95, 1.0), (0.1, 1 + DEFAULT_LIFTER.near_side_enlargement)]
)
def test_both_hands_stand_for_the_bar_as_far_as_they_are_seen(
    right_seen: float, scale: float
) -> None:
    n = 30
    points, visibility = np.zeros((n, 33, 3)), np.full((n, 33), 0.95)
    points[:, [15, 17, 19], 1] = 100.0
    points[:, [16, 18, 20], 1] = 140.0
    visibility[:, [16, 18, 20]] = right_seen
    still = np.tile(np.eye(3)[:2], (n, 1, 1))
    point = proxy_point(points, visibility, "wrist", still)
    assert point.perspective_scale == pytest.approx(scale, abs=0.01)
    assert len(point.stabilised_px) == n
    expected = 120.0 if right_seen > 0.9 else 100.0
    assert point.stabilised_px[:, 1] == pytest.approx(expected, abs=3.0)
    left = proxy_point(points, visibility, "wrist", still, "left")
    assert left.perspective_scale == 1.0
    assert len(left.stabilised_px) == n
    assert left.stabilised_px[:, 1] == pytest.approx(100.0)
