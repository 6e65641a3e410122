"""The One-Euro filter."""

from __future__ import annotations

import numpy as np
import pytest

from lastrep.pose.one_euro import OneEuro


def test_one_euro_is_steady_at_rest_and_quick_in_movement() -> None:
    rng = np.random.default_rng(0)
    steady = OneEuro(1.5, 0.02)
    still = [float(steady(k / 30, v)) for k, v in enumerate(rng.normal(0, 1, 300))]
    assert np.std(still[30:]) < 0.5
    moving = OneEuro(1.5, 0.02)
    ramp = [float(moving(k / 30, 200 * k / 30)) for k in range(60)]
    assert 200 * 59 / 30 - ramp[-1] < 200 * 0.06  # within 60 ms of a 200 deg/s movement


def test_one_euro_keeps_missing_values_missing() -> None:
    smooth = OneEuro()
    smooth(0.0, [1.0, np.nan])
    second = smooth(0.1, [np.nan, 5.0])
    assert np.isnan(second[0])
    assert second[1] == 5.0
    assert smooth(0.2, [1.0, 5.0])[0] == pytest.approx(1.0)
    with pytest.raises(ValueError, match="increase"):
        smooth(0.2, [1.0, 5.0])
