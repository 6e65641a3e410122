"""Times strictly increase from zero, whatever the stamps are."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastrep.video.timeline import Timeline

STAMPS = st.lists(st.none() | st.floats(-100, 100, allow_subnormal=False), max_size=30)


def placed(stamps_s: list[float | None], frame_s: float = 0.04) -> list[float]:
    timeline = Timeline(frame_s)
    times_s = (timeline.place(stamp_s) for stamp_s in stamps_s)
    return [t for t in times_s if t is not None]


def test_counts_from_the_first_frame() -> None:
    assert placed([5.0, 5.1, 5.35]) == pytest.approx([0.0, 0.1, 0.35])


def test_missing_stamps_follow_at_the_usual_rate() -> None:
    assert placed([None, None, None], frame_s=0.04) == pytest.approx([0.0, 0.04, 0.08])
    assert placed([1.0, None, 1.1], frame_s=0.04) == pytest.approx([0.0, 0.04, 0.1])


def test_stray_frames_are_left_out() -> None:
    timeline = Timeline(0.04)
    times_s = [timeline.place(s) for s in (0.0, 0.04, 0.04, 0.02, 0.08)]
    assert times_s == [0.0, 0.04, None, None, 0.08]


def test_a_restarted_clock_goes_on() -> None:
    timeline = Timeline(0.04)
    times_s = [timeline.place(s) for s in (10.0, 12.0, 0.0, 0.5)]
    assert times_s == pytest.approx([0.0, 2.0, 2.04, 2.54])
    assert timeline.restarts == 1


@given(STAMPS)
def test_times_strictly_increase_from_zero(stamps_s: list[float | None]) -> None:
    times_s = placed(stamps_s)
    assert times_s[:1] == ([0.0] if stamps_s else [])
    assert all(later > earlier for earlier, later in pairwise(times_s))
    assert all(math.isfinite(t) for t in times_s)


@given(st.lists(st.floats(0.001, 10), max_size=30), st.floats(-50, 50))
def test_good_stamps_keep_their_distances(steps_s: list[float], start_s: float) -> None:
    stamps_s = [start_s]
    for step_s in steps_s:
        stamps_s.append(stamps_s[-1] + step_s)
    assert placed(list(stamps_s)) == pytest.approx([s - start_s for s in stamps_s])


def test_a_small_step_back_is_no_restart() -> None:
    timeline = Timeline(0.04, restart_s=1.0)
    timeline.place(0.0)
    timeline.place(2.0)
    assert timeline.place(1.5) is None
    assert timeline.restarts == 0
