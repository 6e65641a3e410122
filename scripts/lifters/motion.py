"""A clip's movement as a continuous function of time: poses, joints, bar and its velocity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from lifters.body import Joints, Pose, Proportions, blend, solve
from lifters.description import Clip, Load
from lifters.drive import GRIP, Drive
from lifters.exercises import Exercise, exercise_of
from lifters.floor_lifts import lying_free
from lifters.geometry import Array, X, Z, apply, pitch, rotation
from lifters.locomotion import free_standing, walk
from lifters.timeline import State, Timeline

# Velocities are central differences of the continuous motion over this step.
VELOCITY_STEP_S = 1e-3
# Natural sway: rotation of the whole body about the spot it stands on.
SWAY_DEG = 0.22
SWAY_HZ = (0.31, 0.53, 0.87)


@dataclass(frozen=True, slots=True)
class Sample:
    """A clip's movement at given times: the pose, its joints, and the load's position (n, 3)."""

    t_s: Array
    pose: Pose
    joints: Joints
    bar: Array


class Motion:
    """Everything that moves in a clip.

    Parameters
    ----------
    clip : Clip
        The description.
    body : Proportions, optional
        Defaults to the average body of the lifter's stature.

    Raises
    ------
    ValueError
        If the exercise is unknown or cannot show one of the clip's faults.
    """

    def __init__(self, clip: Clip, body: Proportions | None = None) -> None:
        self.clip = clip
        self.exercise: Exercise = exercise_of(clip.exercise)
        self.body = body or Proportions.of_stature(clip.lifter.stature_m)
        self.load: Load = clip.load or self.exercise.load
        _check_faults(clip, self.exercise)
        self.timeline = Timeline(clip, self.exercise.eccentric_first, self.exercise.racked)
        rng = np.random.default_rng([clip.seed, 1])
        self._sway_phase = rng.uniform(0, 2 * np.pi, (2, len(SWAY_HZ)))
        self._rest = self._drive_pose(np.zeros(1), lambda name: np.zeros(1))

    @property
    def duration_s(self) -> float:
        """Length of the clip."""
        return self.timeline.duration_s

    def pose(self, t_s: Array) -> Pose:
        """Pose at each time."""
        state = self.timeline.state(t_s)
        held = self._drive_pose(state.s, lambda name: self.timeline.fault(state, name))
        if (state.loaded < 1).any():
            held = blend(self._free(state, held), held, state.loaded)
        held = self._walk(state, held)
        return self._sway(state, held)

    def sample(self, t_s: Array) -> Sample:
        """Pose, joints and load at each time."""
        pose = self.pose(t_s)
        joints = solve(self.body, pose)
        match self.exercise.tracks:
            case "bar":
                bar = pose.bar
            case "hand":
                bar = joints.between_hands(GRIP * self.body.palm_m)
            case joint:
                bar = joints.mid(joint)
        return Sample(t_s, pose, joints, bar)

    def bar(self, t_s: Array) -> Array:
        """Position of the load, or of the point that stands for it, ``(n, 3)`` metres."""
        return self.sample(t_s).bar

    def bar_velocity(self, t_s: Array) -> Array:
        """Velocity of `bar`, ``(n, 3)`` m/s, of the continuous motion rather than of frames."""
        t = np.asarray(t_s, float)
        h = VELOCITY_STEP_S
        both = self.bar(np.concatenate([t + h, t - h]))
        return (both[: len(t)] - both[len(t) :]) / (2 * h)

    # -- parts

    def _drive_pose(self, s: Array, fault: Callable[[str], Array]) -> Pose:
        up = 1 - s if self.exercise.eccentric_first else s
        radius = (self.load.plate_diameter_m or 0.45) / 2
        return self.exercise.pose(self.body, Drive(up, fault, radius))

    def _free(self, state: State, held: Pose) -> Pose:
        """What the lifter does while not in the exercise's posture."""
        start = _repeat(self._rest, len(state.t_s))
        if self.exercise.lies:
            return lying_free(self.body, start)
        free = free_standing(self.body, state)
        free.bar, free.bar_axis = start.bar, start.bar_axis
        return free

    def _walk(self, state: State, pose: Pose) -> Pose:
        moved = walk(state, pose)
        if self.exercise.tracks == "bar" and moved is not pose:
            racked = self._rest.bar + self.timeline.rack_m * Z
            w = state.loaded[:, None] ** 4
            moved = replace(moved, bar=racked + w * (moved.bar - racked))
        return moved

    def _sway(self, state: State, pose: Pose) -> Pose:
        angle = 2 * np.pi * np.multiply.outer(state.t_s, SWAY_HZ)
        size = SWAY_DEG * self.clip.sway / np.sqrt(len(SWAY_HZ))
        forward, aside = (size * np.sin(angle + p).sum(-1) for p in self._sway_phase)
        turn = pitch(forward) @ rotation(Z, aside)
        # The body sways about its own spot; what is bolted to the room stays.
        spot = state.root_x_m[:, None] * X + state.root_z_m[:, None] * Z
        return pose.turned(turn, spot - apply(turn, spot))


def _repeat(pose: Pose, n: int) -> Pose:
    """A one-frame pose, n times."""
    return blend(pose, pose, np.zeros(n)) if n != 1 else pose


def _check_faults(clip: Clip, exercise: Exercise) -> None:
    known = (*exercise.faults, "depth_loss", "soft_lockout")
    for rep in clip.reps:
        for fault in rep.faults:
            if fault.name not in known:
                raise ValueError(
                    f"{clip.name}: {clip.exercise} cannot show {fault.name!r}; it can show "
                    f"{', '.join(known)}"
                )
