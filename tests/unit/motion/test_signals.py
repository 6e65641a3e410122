"""Angles and movement signals of bodies with known geometry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks import some
from lastrep.motion import signals
from lastrep.motion.angles import angle_deg, joint_deg, tilt_deg
from lastrep.motion.measures import MEASURES, names
from lastrep.motion.track import Track
from lastrep.pose.sequence import PoseSequence


def body(n: int = 40, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    base = rng.uniform(0, 400, (33, 3))
    return base + 20 * np.sin(np.arange(n) / 6.0)[:, None, None] * rng.normal(size=(33, 3))


def track_of(points: np.ndarray) -> Track:
    return Track(np.arange(len(points)) / 30.0, points, 30.0)


@pytest.mark.parametrize(
    ("c", "expected"), [((1.0, 0.0), 0.0), ((0.0, 2.0), 90.0), ((-3.0, 0.0), 180.0)]
)
def test_included_angle(c: tuple[float, float], expected: float) -> None:
    zero = np.zeros(2)
    assert angle_deg(np.array([2.0, 0.0]), zero, np.array(c)) == pytest.approx(expected)


def test_an_angle_without_an_arm_is_unknown() -> None:
    assert np.isnan(angle_deg(np.zeros(2), np.zeros(2), np.ones(2)))


def test_joint_angle_takes_the_side_asked_for() -> None:
    points = np.zeros((1, 33, 3))
    points[0, [23, 25, 27], :2] = (0, 0), (0, 10), (0, 20)
    points[0, [24, 26, 28], :2] = (0, 0), (0, 10), (10, 10)
    assert joint_deg(points, "knee")[0] == pytest.approx(180.0)
    assert joint_deg(points, "knee", right=True)[0] == pytest.approx(90.0)


def test_tilt_of_upright_lying_and_upside_down() -> None:
    lower = np.zeros((3, 2))
    upper = np.array([(0.0, -1.0), (1.0, 0.0), (0.0, 1.0)])  # image y points down
    np.testing.assert_allclose(tilt_deg(lower, upper), [0.0, 90.0, 180.0])


@settings(max_examples=20, deadline=None)
@given(st.floats(0.2, 5.0), st.floats(-500, 500), st.floats(-500, 500))
def test_signals_do_not_depend_on_distance_or_place(zoom: float, x: float, y: float) -> None:
    points = body()
    here = signals.raw_signals(track_of(points))
    there = signals.raw_signals(track_of(zoom * points + np.array([x, y, 0.0])))
    assert there.keys() == here.keys()
    # The axes of the others have no fixed sign.
    for name in some(n for n in here if not n.startswith(("posture", "angles"))):
        assert len(here[name]) == len(points)
        np.testing.assert_allclose(there[name], here[name], rtol=1e-6, atol=1e-6, err_msg=name)


def test_every_named_signal_exists_and_has_a_unit() -> None:
    found = signals.rhythm_signals(track_of(body()))
    assert set(found) == set(names("rhythm"))
    assert {MEASURES[name].unit for name in found} == {"deg", "limb"}
    assert all(np.isfinite(x).all() for x in found.values())


def test_hands_above_shoulders_is_positive_with_raised_arms() -> None:
    points = body()
    points[:, [15, 16], 1] = -1000.0
    assert signals.raw_signals(track_of(points))["wrist_above_shoulder"].min() > 0


def test_hardly_ever_seen_signals_are_left_out() -> None:
    points = np.full((40, 33, 3), np.nan)
    points[3:8] = body()[3:8]
    assert signals.rhythm_signals(track_of(points)) == {}


def test_track_is_even_and_keeps_long_gaps() -> None:
    rng = np.random.default_rng(1)
    t_s = 5.0 + np.cumsum(rng.uniform(0.01, 0.05, 200))
    points = np.repeat(t_s[:, None, None], 33, axis=1).repeat(3, axis=2).astype(np.float32)
    lost = (t_s > t_s[80]) & (t_s < t_s[80] + 1.0)
    points[lost] = np.nan
    poses = PoseSequence(
        t_s, points, np.full_like(points, np.nan), np.ones((200, 33), np.float32), 10, 10
    )
    track = Track.of(poses)
    np.testing.assert_allclose(np.diff(track.t_s), 1 / 30)
    gap = (track.t_s > t_s[80] + 0.1) & (track.t_s < t_s[80] + 0.9)
    assert gap.sum() >= 23
    assert not track.found[gap].any()
    assert track.found[(track.t_s < t_s[80]) | (track.t_s > t_s[80] + 1.1)].all()
    np.testing.assert_allclose(track.points[track.found, 11, 0], track.t_s[track.found], atol=1e-3)
