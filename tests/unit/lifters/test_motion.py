"""The continuous motion: paths, bodies and reps do what their description says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifters import EXERCISES, Clip, Fault, Move, Rep, lifting_set
from lifters.body import Proportions
from lifters.faults import FAULTS
from lifters.geometry import angle_deg, two_bone
from lifters.motion import Motion
from lifters.timeline import half_rep
from lifters.truth import joint_angles

BODY = Proportions.of_stature(1.78)
BONES = {
    "thigh": ("hip", "knee", BODY.thigh_m),
    "shank": ("knee", "ankle", BODY.shank_m),
    "upper arm": ("shoulder", "elbow", BODY.upper_arm_m),
    "forearm": ("elbow", "wrist", BODY.forearm_m),
}
# Primary angle at the rep's start and at its turn: what a full rep must reach.
FULL_REPS = {
    "back_squat": ((165, 180), (45, 75)),
    "front_squat": ((165, 180), (45, 75)),
    "bodyweight_squat": ((165, 180), (45, 75)),
    "deadlift": ((45, 90), (163, 180)),
    "romanian_deadlift": ((163, 180), (70, 110)),
    "bench_press": ((160, 180), (55, 95)),
    "push_up": ((160, 180), (55, 90)),
    "overhead_press": ((35, 80), (160, 180)),
    "biceps_curl": ((150, 180), (40, 60)),
    "bent_over_row": ((150, 180), (45, 85)),
    "pull_up": ((155, 180), (35, 65)),
    "dip": ((160, 180), (70, 90)),
    "lunge": ((160, 180), (75, 100)),
    "hip_thrust": ((85, 120), (163, 180)),
    "lateral_raise": ((0, 30), (80, 100)),
    "sit_up": ((-90, -75), (-30, 0)),
    "jumping_jack": ((0, 35), (150, 180)),
}

coordinate = st.floats(-0.6, 0.6)


@given(st.tuples(coordinate, coordinate, coordinate), st.floats(0.2, 0.6), st.floats(0.2, 0.6))
def test_two_bone_keeps_its_lengths_and_reaches_what_it_can(
    target: tuple[float, float, float], upper: float, lower: float
) -> None:
    goal = np.array([[target[0], target[1], target[2] + 0.05]])
    root = np.zeros((1, 3))
    middle, end, _ = two_bone(root, goal, upper, lower, np.array([[0.3, 1.0, 0.2]]))
    assert np.linalg.norm(middle) == pytest.approx(upper, abs=1e-9)
    assert np.linalg.norm(end - middle) == pytest.approx(lower, abs=1e-6)
    if abs(upper - lower) + 1e-3 < np.linalg.norm(goal) < (upper + lower) * 0.999:
        np.testing.assert_allclose(end, goal, atol=1e-9)


def test_half_rep_starts_and_ends_at_rest_and_peaks_at_1_7_times_its_mean() -> None:
    path = half_rep(0.0)
    assert path(0) == 0
    assert path(1) == pytest.approx(1)
    speed = path(np.linspace(0, 1, 1001), 1)
    assert speed[0] == pytest.approx(0, abs=1e-6)
    assert speed[-1] == pytest.approx(0, abs=1e-6)
    assert speed.max() == pytest.approx(1.7, abs=0.06)


def test_a_stall_is_a_sticking_region() -> None:
    speed = half_rep(0.8)(np.linspace(0, 1, 1001), 1)
    first, dip, second = speed[:400].max(), speed[400:550].min(), speed[550:].max()
    assert dip < 0.5 * first
    assert second > 1.15 * dip


@pytest.mark.parametrize("exercise", EXERCISES)
def test_bones_keep_their_length_and_hands_and_feet_reach_their_targets(exercise: str) -> None:
    clip = Clip("t", exercise, (Rep(), Rep(rom=0.7)))
    motion = Motion(clip)
    sample = motion.sample(np.linspace(0, motion.duration_s, 80))
    p = sample.joints.position
    for side in ("left", "right"):
        for a, b, length in BONES.values():
            bone = np.linalg.norm(p[f"{side}_{a}"] - p[f"{side}_{b}"], axis=1)
            np.testing.assert_allclose(bone, length, atol=1e-4)
        np.testing.assert_allclose(p[f"{side}_wrist"], sample.pose.wrist[side], atol=0.01)
        np.testing.assert_allclose(p[f"{side}_ankle"], sample.pose.ankle[side], atol=0.01)
    heights = np.concatenate([v[:, 1] for v in p.values()])
    assert heights.min() > 0.02, "something went through the floor"


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_full_rep_meets_the_exercise_standard(exercise: str) -> None:
    motion = Motion(Clip("t", exercise, (Rep(),), sway=0))
    when = motion.timeline.reps[0]
    angles = joint_angles(motion.sample(np.array([when.start_s, when.turn_s])).joints)
    name = motion.exercise.primary
    primary = angles["trunk"] if name == "trunk" else angles[f"left_{name}"]
    for value, (low, high) in zip(primary, FULL_REPS[exercise], strict=True):
        assert low <= value <= high


@pytest.mark.parametrize("exercise", EXERCISES)
def test_movement_has_no_jumps(exercise: str) -> None:
    events = (*lifting_set(3, seed=4, grind=0.9), Rep(failed_at=0.5))
    motion = Motion(Clip("t", exercise, events))
    t = np.arange(0, motion.duration_s, 0.005)
    p = motion.sample(t).joints.position
    steps = np.concatenate([np.linalg.norm(np.diff(v, axis=0), axis=1) for v in p.values()])
    assert steps.max() < 0.05, "a joint is faster than 10 m/s"


@pytest.mark.parametrize("exercise", ["back_squat", "deadlift", "bench_press", "push_up"])
def test_setup_moves_do_not_jump_and_end_in_the_lift(exercise: str) -> None:
    events = (Move("walk_in"), Move("fidget"), Move("unrack"), Rep(), Move("rerack"))
    motion = Motion(Clip("t", exercise, (*events, Move("rest", 5.0), Move("walk_out"))))
    t = np.arange(0, motion.duration_s, 0.005)
    sample = motion.sample(t)
    for v in (*sample.joints.position.values(), sample.bar):
        assert np.linalg.norm(np.diff(v, axis=0), axis=1).max() < 0.06
    rep = motion.timeline.reps[0]
    assert motion.timeline.state(np.array([rep.start_s])).loaded[0] == 1
    hips = sample.joints.mid("hip")
    assert np.linalg.norm(hips[0] - hips[len(t) // 2]) > 1.5 or motion.exercise.lies


@pytest.mark.parametrize("exercise", ["back_squat", "deadlift", "biceps_curl", "pull_up"])
def test_bar_velocity_is_the_derivative_of_bar_position(exercise: str) -> None:
    motion = Motion(Clip("t", exercise, (Rep(stall=0.5),)))
    t = np.linspace(0.5, motion.duration_s - 0.5, 4001)
    speed = motion.bar_velocity(t)
    travelled = np.concatenate([[0], np.cumsum((speed[1:, 1] + speed[:-1, 1]) / 2 * np.diff(t))])
    height = motion.bar(t)[:, 1]
    np.testing.assert_allclose(height[0] + travelled, height, atol=1e-4)


FAULT_EFFECTS = {
    # fault: (exercise, size, angle that tells it, where in the concentric, change expected)
    "forward_lean": ("back_squat", 15.0, "trunk", 0.0, (10, 20)),
    "hips_shoot_up": ("back_squat", 0.2, "trunk", 0.35, (5, 40)),
    "knee_cave": ("back_squat", 15.0, "knee_ankle_ratio", 0.0, (-1.0, -0.3)),
    "torso_swing": ("biceps_curl", 15.0, "trunk", 0.5, (-20, -10)),
    "elbow_drift": ("biceps_curl", 20.0, "left_shoulder", 1.0, (12, 25)),
    "hip_sag": ("push_up", 15.0, "left_hip", 0.5, (-5, 20)),
    "lay_back": ("overhead_press", 15.0, "trunk", 0.5, (-20, -5)),
    "leg_drive": ("overhead_press", 20.0, "left_knee", 0.3, (-30, -8)),
}


@pytest.mark.parametrize("name", FAULT_EFFECTS)
def test_a_fault_changes_what_it_is_about(name: str) -> None:
    exercise, size, angle, where, (low, high) = FAULT_EFFECTS[name]

    def value(faults: tuple[Fault, ...]) -> float:
        motion = Motion(Clip("t", exercise, (Rep(faults=faults),), sway=0))
        a, b = motion.timeline.reps[0].concentric_s
        t = np.linspace(a, b, 201)
        progress = motion.timeline.state(t).progress
        at = t[[np.argmin(np.abs(progress - where))]]
        return float(joint_angles(motion.sample(at).joints)[angle][0])

    assert low <= value((Fault(name, size),)) - value(()) <= high


def test_hip_sag_bends_the_plank_by_its_size() -> None:
    def line(size: float) -> float:
        motion = Motion(Clip("t", "push_up", (Rep(faults=(Fault("hip_sag", size),)),), sway=0))
        j = motion.sample(np.array([motion.timeline.reps[0].turn_s])).joints
        return float(angle_deg(j.mid("shoulder"), j.mid("hip"), j.mid("ankle"))[0])

    assert line(0) - line(15) == pytest.approx(15, abs=3)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_fault_an_exercise_claims_moves_the_body(exercise: str) -> None:
    clean = Motion(Clip("t", exercise, (Rep(),), sway=0))
    t = np.linspace(0, clean.duration_s, 60)
    for name in EXERCISES[exercise].faults:
        size = 2 * FAULTS[name].major
        spoiled = Motion(Clip("t", exercise, (Rep(faults=(Fault(name, size),)),), sway=0))
        moved = max(
            np.abs(a - b).max()
            for a, b in zip(
                clean.sample(t).joints.position.values(),
                spoiled.sample(t).joints.position.values(),
                strict=True,
            )
        )
        assert moved > 0.02, f"{name} does nothing"


def test_a_fault_the_exercise_cannot_show_is_refused() -> None:
    with pytest.raises(ValueError, match="push_up cannot show 'knee_cave'"):
        Motion(Clip("t", "push_up", (Rep(faults=(Fault("knee_cave", 10),)),)))


def test_an_unknown_exercise_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown exercise 'yoga'"):
        Motion(Clip("t", "yoga", (Rep(),)))
