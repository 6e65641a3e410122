"""Every measure of the body on a posture with a known answer, mirrored, and seen from elsewhere."""

from __future__ import annotations

from math import acos, degrees, hypot, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lastrep.motion.measures import BAR_MEASURES, MEASURES, REP_MEASURES, Measure, named, names
from lastrep.motion.planes import PlanarLandmarks, Side
from lastrep.pose.landmarks import LANDMARK_COUNT, Landmark
from lastrep.sets.measures.readings import WHOLE

FRAMES = {m.name: m for m in MEASURES.values() if m.scope == "frame"}
#: Height of the shoulders over the hips in `crouching`: a trunk of 5, inclined by 30 degrees.
RISE = 2.5 * sqrt(3)
Point = tuple[float, float]


def pose(places: dict[str, Point | tuple[Point, Point]]) -> np.ndarray:
    """Return one frame; a part has one place for both sides, or (left, right). Others: the hip."""
    points = np.zeros((1, LANDMARK_COUNT, 3))
    points[0, :, :2] = np.mean(np.atleast_2d(places["hip"]), axis=0)
    for part, place in places.items():
        sides = place if isinstance(place[0], tuple) else (place, place)
        for side, at in zip(("LEFT", "RIGHT"), sides, strict=True):
            for name in (f"{side}_{part.upper()}", f"{part.upper()}_{side}", part.upper()):
                if name in Landmark.__members__:
                    points[0, Landmark[name], :2] = at
    return points


def crouching() -> np.ndarray:
    """From the side, looking right: shanks upright, thighs level, trunk 30 degrees forward."""
    points = pose(
        {
            "ankle": (0, 0), "knee": (0, -4), "hip": (-4, -4), "shoulder": (-1.5, -4 - RISE),
            "elbow": (-1.5, -1 - RISE), "wrist": (0.5, -1 - RISE), "nose": (-1, -6 - RISE),
            "mouth": (-1, -5.5 - RISE), "ear": (-1, -4 - RISE - sqrt(3) / 2), "heel": (-0.5, 0),
            "foot_index": (1, 0.5),
        }
    )  # fmt: skip
    points[..., :2] += 10, 20
    return points


CROUCHING = {
    **{f"elbow{way}": 90 for way in ("", ".mean", ".left", ".right", ".depth")},
    **{f"shoulder{way}": 30 for way in ("", ".mean", ".left", ".right", ".depth")},
    **{f"hip{way}": 60 for way in ("", ".mean", ".left", ".right", ".depth")},
    **{f"knee{way}": 90 for way in ("", ".mean", ".left", ".right", ".depth")},
    **{f"wrist_above_shoulder{side}": -3 for side in ("", ".left", ".right")},
    "wrist_above_hip": RISE - 3, "nose_above_wrist": 5, "shoulder_above_ankle": 4 + RISE,
    "hip_above_ankle": 4, "nose_above_ankle": 6 + RISE, "hip_above_knee": 0,
    "shoulder_above_hip": RISE, "elbow_above_shoulder": -3, "knee_above_ankle": 4,
    "shoulder_beside_hip": 2.5, "ankle_beside_shoulder": 1.5, "nose_beside_hip": 3,
    "shoulder_ankle_span": hypot(1.5, 4 + RISE), "hip_ankle_span": 4 * sqrt(2),
    "shoulder_knee_span": hypot(1.5, RISE), "nose_ankle_span": hypot(1, 6 + RISE),
    "wrist_ankle_span": hypot(0.5, 1 + RISE), "wrist_shoulder_span.depth": sqrt(13),
    "trunk_tilt": 30, "trunk_tilt.depth": 30, "extent_x": 5, "extent_y": 6.5 + RISE,
    "trunk_lean": 30, "thigh": 0, "shin": 0, "neck": 180, "upper_arm": 30, "front_knee": 90,
    "trunk_length": 100, "hip_height": 80, "hip_lift": -20 * RISE, "hip_position": 120,
    "heel": 12.5, "foot_height": -500, "elbow_height": -100, "wrist_ahead": 40, "bar_ahead": 10,
    "wrist_height": -60, "chin": 90, "neck_length": 10 * sqrt(3),
}  # fmt: skip


def from_the_front() -> np.ndarray:
    """A crooked lifter who faces the camera: the left side is on the right of the picture."""
    return pose(
        {
            "shoulder": ((5.5, -9), (1.5, -6)), "wrist": ((3, -5), (-3, -4)),
            "hip": ((1, -4), (-1, -4)), "knee": ((1.5, -2), (-1.5, -2.5)),
            "ankle": ((3, 0), (-1, 0)),
        }
    )  # fmt: skip


FROM_THE_FRONT = {
    "shoulder_tilt": 60, "hand_tilt": 20, "hands_distance": sqrt(37), "feet_distance": 4,
    "knee_split": 0.5, "knees_apart": 75, "knees_to_hips": 150, "feet_apart": 100,
    "hip_shift": -50, "lateral_lean": 45,
}  # fmt: skip
PLANK = {"sag": 180 - degrees(acos(-7 / 25))}


def read(measure: Measure, points: np.ndarray, forward: float = 1.0, side: Side = "left") -> float:
    dims = 3 if measure.depth else 2
    flat = PlanarLandmarks.of(points[..., :2], forward)
    (value,) = measure.of(PlanarLandmarks(points[..., :dims], forward, flat.trunk), side)
    return float(value)


def test_every_measure_of_a_frame_has_a_known_answer() -> None:
    assert FRAMES.keys() == CROUCHING.keys() | FROM_THE_FRONT.keys() | PLANK.keys()


@pytest.mark.parametrize(("name", "expected"), CROUCHING.items())
@pytest.mark.parametrize("side", ["left", "right"])
def test_in_a_crouch(name: str, expected: float, side: Side) -> None:
    found = read(MEASURES[name], crouching(), side=side)
    assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("name", "expected"), FROM_THE_FRONT.items())
def test_from_the_front(name: str, expected: float) -> None:
    assert read(MEASURES[name], from_the_front()) == pytest.approx(expected)


@pytest.mark.parametrize(("hip_y", "sign"), [(3.0, 1), (-3.0, -1)])
def test_hips_sag_below_the_line_and_pike_above_it(hip_y: float, sign: int) -> None:
    plank = pose({"shoulder": (0, 0), "hip": (4, hip_y), "ankle": (8, 0)})
    assert read(MEASURES["sag"], plank) == pytest.approx(sign * PLANK["sag"])


@pytest.mark.parametrize(("forward", "angle"), [(1.0, 90), (-1.0, 180)])
def test_the_knee_in_front_is_that_of_the_foot_in_front(forward: float, angle: float) -> None:
    lunge = pose({"hip": (0, -8), "knee": ((4, -8), (-2, -4)), "ankle": ((4, -4), (-4, 0))})
    assert read(MEASURES["front_knee"], lunge, forward) == pytest.approx(angle)


@pytest.mark.parametrize("name", [name for name, m in FRAMES.items() if m.depth])
def test_with_depth_the_camera_may_stand_anywhere(name: str) -> None:
    points, yaw = crouching(), np.radians(60)
    turned = points.copy()
    turned[..., 0] = points[..., 0] * np.cos(yaw)
    turned[..., 2] = points[..., 0] * np.sin(yaw)
    assert read(MEASURES[name], turned) == pytest.approx(CROUCHING[name], abs=1e-6)


def test_the_mean_is_that_of_both_sides_and_a_side_is_its_own() -> None:
    points = crouching()
    points[0, Landmark.RIGHT_ANKLE, :2] = points[0, Landmark.RIGHT_KNEE, :2] + (4, 0)
    found = [read(MEASURES[f"knee.{way}"], points) for way in ("left", "right", "mean")]
    assert found == pytest.approx([90, 180, 135], abs=1e-5)
    assert read(MEASURES["knee"], points, side="right") == pytest.approx(180, abs=1e-5)


def test_what_needs_more_than_a_frame_says_so() -> None:
    for name in ("posture_1", "range_of_motion", "bar_path"):
        with pytest.raises(ValueError, match=name):
            MEASURES[name].in_picture(crouching())


BODIES = st.integers(0, 10**6).map(
    lambda seed: np.random.default_rng(seed).uniform(-300, 300, (1, LANDMARK_COUNT, 3))
)
TWINS = [
    *((left, left + 3) for left in (1, 2, 3)),
    *((left, left + 1) for left in range(Landmark.LEFT_EAR, LANDMARK_COUNT, 2)),
]


def mirrored(points: np.ndarray) -> np.ndarray:
    """Return the landmarks found in the mirrored picture: left is called right and the reverse."""
    other = list(range(LANDMARK_COUNT))
    for left, right in TWINS:
        other[left], other[right] = right, left
    return points[:, other] * (-1.0, 1.0, 1.0)


def twin(name: str) -> Measure:
    swap = {"left": "right", "right": "left"}
    stem, dot, suffix = name.partition(".")
    return MEASURES[f"{stem}{dot}{swap.get(suffix, suffix)}"]


@settings(max_examples=40, deadline=None)
@given(BODIES, st.sampled_from([1.0, -1.0]))
def test_a_mirrored_picture_reads_the_same_or_the_negative(
    points: np.ndarray, forward: float
) -> None:
    for name, measure in FRAMES.items():
        here = read(measure, points, forward, "left")
        there = read(twin(name), mirrored(points), -forward, "right")
        assert there == pytest.approx(measure.sign * here, rel=1e-6, abs=1e-6), name


@settings(max_examples=40, deadline=None)
@given(BODIES, st.sampled_from([0.01, 0.5, 3.0, 40.0]))
def test_only_lengths_in_limbs_grow_with_the_picture(points: np.ndarray, zoom: float) -> None:
    for name, measure in FRAMES.items():
        grown = read(measure, zoom * points)
        expected = read(measure, points) * (zoom if measure.unit == "limb" else 1.0)
        assert grown == pytest.approx(expected, rel=1e-6, abs=1e-5), name


def test_a_landmark_that_is_not_seen_makes_its_measures_unknown() -> None:
    for name, measure in FRAMES.items():
        for left in measure.landmarks:
            points = crouching()
            points[:, [left, left + (left is not Landmark.NOSE)]] = np.nan
            assert np.isnan(read(measure, points)), (name, left)


def test_measures_of_whole_reps_are_read_from_the_rep_or_the_bar() -> None:
    assert WHOLE.keys() | BAR_MEASURES == REP_MEASURES
    assert not WHOLE.keys() & BAR_MEASURES


def test_names_in_result_documents_stay() -> None:
    keys = [MEASURES[name].key for name in names("rhythm")]
    joints = [
        f"{joint}{way}"
        for joint in ("elbow", "shoulder", "hip", "knee")
        for way in ("", "_left", "_right", "_3d")
    ]
    assert keys[: len(joints)] == joints
    assert {"wrist_shoulder_span", "hands_apart", "feet_apart", "trunk", "extent_x"} < set(keys)
    assert len(set(keys)) == len(keys) == 44


@pytest.mark.parametrize(
    ("old", "use", "new"),
    [
        ("knee", "rhythm", "knee.mean"), ("knee_left", "rhythm", "knee.left"),
        ("hip_3d", "rhythm", "hip.depth"), ("trunk", "rhythm", "trunk_tilt"),
        ("trunk", "ends", "trunk_tilt"), ("trunk", "angle", "trunk_tilt"),
        ("trunk", "faults", "trunk_lean"), ("hands_height", "ends", "wrist_above_shoulder"),
        ("hips_height", "ends", "hip_above_ankle"), ("feet_apart", "ends", "feet_distance"),
        ("hands_apart", "rhythm", "hands_distance"), ("feet_apart", "rhythm", "feet_distance"),
        ("wrist_shoulder_span", "rhythm", "wrist_shoulder_span.depth"),
        ("wrist_above_sholder", "rhythm", "wrist_above_shoulder"),
        ("knee.left", "faults", "knee"),
    ],
)  # fmt: skip
def test_another_spelling_is_refused_with_the_right_one(old: str, use: str, new: str) -> None:
    with pytest.raises(ValueError, match=f"'{old}'.*did you mean '{new}'"):
        named(old, use)  # type: ignore[arg-type]
