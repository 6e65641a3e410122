"""The fixed clip lists, and rendering only what is missing."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from lifters import EXERCISES, Clip, Rep, landmark_recording, write_truth
from lifters.motion import Motion
from lifters.samples import sample_clips
from lifters.suite import MAIN_LIFTS, is_rendered, landmark_suite, rendered_suite

LANDMARK_CLIPS = list(landmark_suite())
RENDERED_CLIPS = rendered_suite()


def test_lists_are_the_same_every_time() -> None:
    assert list(landmark_suite()) == LANDMARK_CLIPS
    assert rendered_suite() == RENDERED_CLIPS


@pytest.mark.parametrize("clips", [LANDMARK_CLIPS, RENDERED_CLIPS, sample_clips()])
def test_names_are_unique_and_clips_are_valid(clips: list[Clip]) -> None:
    assert max(Counter(c.name for c in clips).values()) == 1
    for clip in clips:
        assert Motion(clip).duration_s > 2


def test_the_rendered_suite_spans_exercises_and_cameras() -> None:
    assert len(RENDERED_CLIPS) >= 60
    assert {c.exercise for c in RENDERED_CLIPS} == set(EXERCISES)
    for lift in MAIN_LIFTS:
        yaws = {abs(c.camera.yaw_deg) for c in RENDERED_CLIPS if c.exercise == lift}
        assert {0, 30, 45, 60, 90} <= yaws
    assert {c.sampling.fps for c in RENDERED_CLIPS} >= {24, 30, 60, 240}
    assert len({c.lifter.person for c in RENDERED_CLIPS}) >= 6


def test_the_landmark_suite_has_every_fault_and_many_clean_sets() -> None:
    assert len(LANDMARK_CLIPS) >= 200
    shown = {f.name for c in LANDMARK_CLIPS for r in c.reps for f in r.faults}
    assert shown >= {f for e in EXERCISES.values() for f in e.faults}
    ends = Counter(landmark_recording(c).truth.end.reason for c in LANDMARK_CLIPS[::10])
    assert ends["lifter_stopped"] >= 5
    assert ends["technical_failure"] >= 5


def test_samples_are_few_and_short() -> None:
    clips = sample_clips()
    assert 6 <= len(clips) <= 12
    assert all(Motion(c).duration_s < 30 for c in clips)
    assert any(c.camera.height_px > c.camera.width_px for c in clips)


def test_a_clip_is_rendered_again_only_if_its_description_changed(tmp_path: Path) -> None:
    clip = Clip("squat", "back_squat", (Rep(),))
    assert not is_rendered(clip, tmp_path)
    write_truth(landmark_recording(clip).truth, tmp_path / "squat.json")
    assert not is_rendered(clip, tmp_path)
    (tmp_path / "squat.mp4").touch()
    assert is_rendered(clip, tmp_path)
    assert not is_rendered(replace(clip, seed=1), tmp_path)
    assert json.loads((tmp_path / "squat.json").read_text())["clip"]["seed"] == 0
