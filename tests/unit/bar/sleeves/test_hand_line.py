"""Where both hands are: the line that the ends of the bar are looked for along."""

from __future__ import annotations

import numpy as np
import pytest

from lastrep.bar.sleeves.hand_line import fit_hand_line

RNG = np.random.default_rng(0)


def landmarks(lean: float, tremble_px: float = 0.0) -> np.ndarray:
    """Wrists 80 pixels apart around a point that rises; `lean` from the 30th frame on."""
    points = np.full((60, 33, 3), np.nan)
    up = np.linspace(0, 50, 60)
    for wrist, out in ((15, 40.0), (16, -40.0)):
        points[:, wrist, 0] = 200 + out
        points[:, wrist, 1] = 150 - up + out * lean * (np.arange(60) >= 30)
    points[:, 15:17, :2] += RNG.normal(0, tremble_px, (60, 2, 2))
    return points


@pytest.mark.parametrize("lean", [-0.3, 0.2])
def test_the_ends_of_a_tilting_bar_are_beside_the_hands(lean: float) -> None:
    line = fit_hand_line(landmarks(lean), "wrist")
    assert line is not None
    assert line.half_px == pytest.approx(40.0)
    right, left = line.at_distance(100.0), line.at_distance(-100.0)
    np.testing.assert_allclose(right[:, 0] - left[:, 0], 200.0)
    tilted = (right - left)[40:, 1] / 200
    usual = (right - left)[:20, 1] / 200
    assert np.median(tilted) - np.median(usual) == pytest.approx(lean, abs=0.11)


def test_trembling_wrists_do_not_tilt_a_level_bar() -> None:
    line = fit_hand_line(landmarks(0.0, tremble_px=1.5), "wrist")
    assert line is not None
    assert np.ptp(line.slope) < 0.01


def test_wrists_lost_for_a_moment_are_bridged_and_never_seen_ones_are_no_line() -> None:
    points = landmarks(0.0)
    points[10:15, 15] = np.nan
    assert fit_hand_line(points, "wrist") is not None
    points[:, 15] = np.nan
    assert fit_hand_line(points, "wrist") is None
