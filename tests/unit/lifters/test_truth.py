"""Truth: reps, the end of the set, and the file."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from lifters import (
    Clip,
    Fault,
    GrowingFault,
    Rep,
    Truth,
    landmark_recording,
    lifting_set,
    write_truth,
)
from lifters.truth import brought_up_to_date, truth_document


def truth_of(exercise: str, *reps: Rep) -> Truth:
    return landmark_recording(Clip("t", exercise, reps)).truth


def test_mean_velocity_is_range_over_time() -> None:
    rep = truth_of("back_squat", Rep(concentric_s=1.0)).reps[0]
    start, end = rep.concentric_window_s
    assert end - start == pytest.approx(1.0)
    lasts_s = rep.lift_s[1] - rep.lift_s[0]
    assert rep.mean_concentric_velocity_m_s == pytest.approx(rep.displacement_m / lasts_s)
    assert rep.displacement_m == pytest.approx(rep.rom_m, abs=0.01)
    assert 1.4 < rep.peak_concentric_velocity_m_s / rep.mean_concentric_velocity_m_s < 2.0


@pytest.mark.parametrize("exercise", ["back_squat", "deadlift", "bench_press", "biceps_curl"])
def test_the_bar_rises_from_its_lowest_to_its_highest_point(exercise: str) -> None:
    clip = Clip("t", exercise, (Rep(), Rep(concentric_s=1.6, pause_s=0.5)))
    recording = landmark_recording(clip)
    t_s, height = recording.t_s, recording.truth.frames.bar_m[:, 1]
    for rep in recording.truth.reps:
        low_s, high_s = rep.lift_s
        assert rep.concentric_window_s[0] <= low_s < high_s <= rep.concentric_window_s[1]
        inside = (t_s >= low_s) & (t_s <= high_s)
        assert np.ptp(height[inside]) == pytest.approx(rep.displacement_m, abs=0.003)
        assert height[inside].argmin() == 0
        assert height[inside].argmax() == inside.sum() - 1


def test_a_file_of_the_first_version_is_brought_up_to_date() -> None:
    clip = Clip("t", "back_squat", (Rep(), Rep(concentric_s=1.7), Rep(failed_at=0.5)))
    new = json.loads(json.dumps(truth_document(landmark_recording(clip).truth)))
    old = new | {
        "truth_version": 1,
        "reps": [
            {k: v for k, v in rep.items() if k not in ("lift_s", "displacement_m")}
            | {"mean_concentric_velocity_m_s": 9.9}
            for rep in new["reps"]
        ],
    }
    again = brought_up_to_date(old)
    assert again["truth_version"] == new["truth_version"]
    for a, b in zip(again["reps"], new["reps"], strict=True):
        assert a["displacement_m"] == pytest.approx(b["displacement_m"], abs=0.001)
        assert a["mean_concentric_velocity_m_s"] == pytest.approx(
            b["mean_concentric_velocity_m_s"], rel=0.03
        )


def test_a_slower_concentric_is_slower_by_the_same_factor() -> None:
    fast, slow = truth_of("deadlift", Rep(concentric_s=1.0), Rep(concentric_s=2.0)).reps
    ratio = fast.mean_concentric_velocity_m_s / slow.mean_concentric_velocity_m_s
    assert ratio == pytest.approx(2, rel=0.02)


def test_order_of_the_halves() -> None:
    squat = truth_of("back_squat", Rep()).reps[0]
    curl = truth_of("biceps_curl", Rep()).reps[0]
    assert squat.eccentric_window_s[1] <= squat.concentric_window_s[0]
    assert curl.concentric_window_s[1] <= curl.eccentric_window_s[0]
    assert squat.start_angle_deg > 160 > 70 > squat.turn_angle_deg


def test_status_of_reps() -> None:
    truth = truth_of(
        "back_squat",
        Rep(),
        Rep(rom=0.6),
        Rep(faults=(Fault("forward_lean", 20),)),
        Rep(faults=(Fault("forward_lean", 5),)),
        Rep(failed_at=0.4),
    )
    assert [r.status for r in truth.reps] == ["good", "partial", "faulty", "good", "failed"]
    assert truth.reps[1].rom_m < 0.75 * truth.reps[0].rom_m


@pytest.mark.parametrize("exercise", ["back_squat", "deadlift", "bench_press", "overhead_press"])
def test_a_failed_rep_rises_stops_and_comes_back(exercise: str) -> None:
    recording = landmark_recording(
        Clip("t", exercise, (Rep(), Rep(failed_at=0.5, stuck_s=2.0)), sway=0, tail_s=1.5)
    )
    good, failed = recording.truth.reps
    frames = recording.truth.frames
    height = frames.bar_m[:, 1]
    low, high = height.min(), height.max()
    stuck = (recording.t_s > failed.concentric_window_s[1] + 0.1) & (
        recording.t_s < failed.concentric_window_s[1] + 1.9
    )
    assert np.ptp(height[stuck]) < 0.005
    assert (height[stuck].mean() - low) / (high - low) == pytest.approx(0.5, abs=0.12)
    assert height[-1] == pytest.approx(low, abs=0.01)
    assert good.rom_m == pytest.approx(high - low, abs=0.01)


def test_set_ends_at_two_major_faults_running() -> None:
    reps = lifting_set(8, faults=(GrowingFault("forward_lean", 5, 14.0, 2.0),), variation=0)
    end = truth_of("back_squat", *reps).end
    assert (end.reason, end.rep, end.confirmed_at_rep) == ("technical_failure", 5, 6)
    assert end.good_reps == 4


def test_a_single_bad_rep_does_not_end_a_set() -> None:
    bad = Rep(faults=(Fault("torso_swing", 20.0),))
    end = truth_of("biceps_curl", Rep(), Rep(), bad, Rep(), Rep()).end
    assert (end.reason, end.rep, end.good_reps) == ("lifter_stopped", None, 4)


def test_different_faults_in_turn_do_not_confirm_each_other() -> None:
    swing, drift = (Rep(faults=(Fault(n, 25.0),)) for n in ("torso_swing", "elbow_drift"))
    assert truth_of("biceps_curl", Rep(), swing, drift, Rep()).end.reason == "lifter_stopped"


def test_a_failed_rep_ends_the_set_at_once() -> None:
    end = truth_of("deadlift", *lifting_set(5, fail_last_at=0.5)).end
    assert (end.reason, end.rep, end.good_reps) == ("absolute_failure", 5, 4)


def test_fatigue_slows_the_reps_by_the_velocity_loss() -> None:
    reps = lifting_set(6, velocity_loss=0.4, variation=0)
    speeds = [r.mean_concentric_velocity_m_s for r in truth_of("bench_press", *reps).reps]
    assert all(a > b for a, b in itertools.pairwise(speeds))
    assert 1 - speeds[-1] / speeds[0] == pytest.approx(0.4, abs=0.02)


def test_truth_file_holds_everything_and_is_small(tmp_path: Path) -> None:
    clip = Clip("t", "back_squat", lifting_set(4, faults=(GrowingFault("knee_cave", 3, 15.0),)))
    recording = landmark_recording(clip)
    path = tmp_path / "t.json"
    write_truth(recording.truth, path)
    assert path.stat().st_size < 300_000
    document = json.loads(path.read_text())
    assert len(document["reps"]) == 4
    assert document["reps"][2]["faults"][0]["name"] == "knee_cave"
    assert document["clip"]["exercise"] == "back_squat"
    n = len(recording.t_s)
    frames = document["frames"]
    assert len(frames["t_s"]) == len(frames["bar_m"]) == len(frames["angles_deg"]["trunk"]) == n
    np.testing.assert_allclose(
        frames["bar_velocity_m_s"], recording.truth.frames.bar_velocity_m_s, atol=6e-4
    )


def test_two_runs_write_the_same_file(tmp_path: Path) -> None:
    clip = Clip("t", "bench_press", lifting_set(3, seed=2), seed=2)
    for name in ("a", "b"):
        write_truth(landmark_recording(clip).truth, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
