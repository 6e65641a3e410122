"""The exercises that can be shown, as one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from lifters import floor_lifts as floor
from lifters import standing_lifts as feet
from lifters.body import Pose, Proportions
from lifters.description import Load
from lifters.drive import Drive

# The angle whose excursion is the range of motion.
PrimaryAngle = Literal["knee", "hip", "elbow", "shoulder", "trunk"]


@dataclass(frozen=True, slots=True)
class Exercise:
    """How an exercise is shown and measured.

    Parameters
    ----------
    pose : callable
        Body and drive to pose.
    eccentric_first : bool
        Whether a rep starts with the lowering half.
    primary : str
        Joint whose angle measures the range.
    tracks : str
        What is called the bar: the bar itself or, without one, a point between two joints or
        what both hands hold.
    load : Load
        What the exercise is usually done with.
    aim_m : tuple of float
        Where a camera should look.
    racked : bool
        Whether the bar is taken out of a rack and walked out.
    lies : bool
        Whether the lifter stays on a bench or the floor before and after.
    faults : tuple of str
        The pose faults its pose function understands.
    """

    pose: Callable[[Proportions, Drive], Pose]
    eccentric_first: bool
    primary: PrimaryAngle
    tracks: Literal["bar", "shoulder", "hip", "hand"]
    load: Load
    aim_m: tuple[float, float, float]
    racked: bool = False
    lies: bool = False
    faults: tuple[str, ...] = ()


_BARBELL = Load("barbell", 0.45)
_SMALL_PLATES = Load("barbell", 0.23)
_NOTHING = Load("none", 0.0)
_DUMBBELLS = Load("dumbbells", 0.0)
_STANDING = (0.0, 0.92, 0.0)

_SQUAT_FAULTS = ("forward_lean", "hips_shoot_up", "knee_cave", "hip_shift", "back_rounding")

EXERCISES: dict[str, Exercise] = {
    "back_squat": Exercise(
        feet.back_squat, True, "knee", "bar", _BARBELL, _STANDING, True, False, _SQUAT_FAULTS
    ),
    "front_squat": Exercise(
        feet.front_squat, True, "knee", "bar", _BARBELL, _STANDING, True, False, _SQUAT_FAULTS
    ),
    "bodyweight_squat": Exercise(
        feet.bodyweight_squat, True, "knee", "shoulder", _NOTHING, _STANDING, faults=_SQUAT_FAULTS
    ),
    "deadlift": Exercise(
        feet.deadlift, False, "hip", "bar", _BARBELL, (0.0, 0.85, 0.1),
        faults=("hips_shoot_up", "back_rounding", "uneven_bar"),
    ),
    "romanian_deadlift": Exercise(
        feet.romanian_deadlift, True, "hip", "bar", _BARBELL, (0.0, 0.85, 0.1),
        faults=("back_rounding", "uneven_bar"),
    ),
    "bench_press": Exercise(
        floor.bench_press, True, "elbow", "bar", _BARBELL, (0.0, 0.75, -0.25), False, True,
        ("hips_lift", "uneven_bar"),
    ),
    "push_up": Exercise(
        floor.push_up, True, "elbow", "shoulder", _NOTHING, (0.0, 0.4, 0.8), faults=("hip_sag",)
    ),
    "overhead_press": Exercise(
        feet.overhead_press, False, "elbow", "bar", _BARBELL, (0.0, 1.15, 0.0), True, False,
        ("lay_back", "leg_drive", "uneven_bar"),
    ),
    "biceps_curl": Exercise(
        feet.biceps_curl, False, "elbow", "bar", _SMALL_PLATES, _STANDING,
        faults=("torso_swing", "elbow_drift"),
    ),
    "bent_over_row": Exercise(
        feet.bent_over_row, False, "elbow", "bar", _BARBELL, (0.0, 0.8, 0.1),
        faults=("torso_swing", "back_rounding", "uneven_bar"),
    ),
    "pull_up": Exercise(
        floor.pull_up, False, "elbow", "shoulder", _NOTHING, (0.0, 1.45, 0.0),
        faults=("torso_swing",),
    ),
    "dip": Exercise(
        floor.dip, True, "elbow", "shoulder", _NOTHING, (0.0, 1.2, 0.0),
        faults=("torso_swing", "forward_lean"),
    ),
    "lunge": Exercise(
        feet.lunge, True, "knee", "hip", _DUMBBELLS, (0.0, 0.85, -0.1),
        faults=("forward_lean", "knee_cave"),
    ),
    "hip_thrust": Exercise(
        floor.hip_thrust, False, "hip", "hip", _BARBELL, (0.0, 0.45, 0.45), False, True
    ),
    "lateral_raise": Exercise(
        feet.lateral_raise, False, "shoulder", "hand", _DUMBBELLS, _STANDING,
        faults=("torso_swing",),
    ),
    "sit_up": Exercise(
        floor.sit_up, False, "trunk", "shoulder", _NOTHING, (0.0, 0.35, 0.1), False, True
    ),
    "jumping_jack": Exercise(
        feet.jumping_jack, False, "shoulder", "hand", _NOTHING, (0.0, 1.0, 0.0)
    ),
}  # fmt: skip


def exercise_of(name: str) -> Exercise:
    """The exercise of this name.

    Raises
    ------
    ValueError
        If there is no such exercise; the message lists those that exist.
    """
    if name not in EXERCISES:
        raise ValueError(f"unknown exercise {name!r}; known: {', '.join(sorted(EXERCISES))}")
    return EXERCISES[name]
