"""The recordings of a sensitivity sweep: synthetic landmarks, with the true bar as a track.

No video is needed. The bar is the truth's, with noise, and now and then lost: as if it had been
tracked. Clips without a plate are read from the lifter's body.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from lastrep.bar.options import BarTrackingOptions
from lastrep.bar.recording import track_landmarks
from lastrep.bar.track import BarTrack, MovingPoint, PointSource
from lastrep.exercises import find
from lastrep.exercises.definition import ExerciseDefinition
from lastrep.pose import PoseSequence
from lastrep.sets.corrections import Correction
from lastrep.velocity.scale import Calibration
from lifters import Clip, landmark_recording
from lifters.description import BLAZEPOSE_NOISE, Camera, Load, Move, Rep, Sampling
from lifters.sets import GrowingFault, lifting_set
from lifters.truth import Truth

#: Landmarks of both arms, from elbow to fingers.
ARM = (13, 15, 17, 19, 21)
#: Pixels by which a tracked bar trembles.
TRACKING_NOISE_PX = 0.3


@dataclass(frozen=True, slots=True)
class SweptClip:
    """One recording, described so that another process can make it.

    Parameters
    ----------
    clip
        The lifter, the set, the camera.
    groups
        Groups of parameters that it exercises; every clip exercises the main ones.
    plate
        What is seen of the bar: one plate, both ends, or nothing.
    plate_share
        Apparent size of the tracked plate over its real one.
    calibration
        What the user knows of sizes.
    alternating
        Whether the arms alternate.
    corrections
        A coach's word on its cut.
    camera_moves
        Whether the camera moves by 5 % of a stature, and how is known for most of the time.
    confidence
        Of the track, 0..1.
    """

    clip: Clip
    groups: frozenset[str] = frozenset()
    plate: str = "none"
    plate_share: float = 1.0
    calibration: Calibration = field(default_factory=Calibration)
    alternating: bool = False
    corrections: tuple[Correction, ...] = ()
    camera_moves: bool = False
    confidence: float = 0.9

    @property
    def exercise(self) -> ExerciseDefinition:
        """What is done."""
        return find(self.clip.exercise)

    def recorded(self) -> tuple[PoseSequence, Truth]:
        """Return the landmarks, and the truth."""
        recording = landmark_recording(self.clip)
        poses = recording.poses
        if self.alternating:
            ends = [rep.end_s for rep in recording.truth.reps]
            poses = _with_resting_arm(poses, np.searchsorted(ends[:-1], poses.t_s))
        return poses, recording.truth

    def track(self, poses: PoseSequence, truth: Truth, options: BarTrackingOptions) -> BarTrack:
        """Return the bar as tracked."""
        track = track_landmarks(poses, self.exercise.bar_proxy, options=options)
        if self.camera_moves:
            n = len(track.t_s)
            shift_px = 0.05 * track.stature_px * np.linspace(0, 1, n)
            known = np.arange(n) % 25 > 0
            track = replace(track, camera_shift_px=shift_px, camera_known=known)
        return track if self.plate == "none" else replace(track, bar=self._bar(truth))

    def _bar(self, truth: Truth) -> MovingPoint:
        noise = np.random.default_rng(self.clip.seed)
        both = self.plate == "both_ends"
        ends_px = truth.frames.bar_ends_px
        image_px = ends_px.mean(axis=1) if both else ends_px[:, 0]
        image_px = image_px + noise.normal(0, TRACKING_NOISE_PX, image_px.shape)
        radius_px = self.plate_share * truth.plate_diameter_m / 2 * truth.frames.px_per_m
        n = len(image_px)
        lost = np.arange(n) % 97 < 3
        image_px[lost] = np.nan
        yaw = abs(self.clip.camera.yaw_deg)
        return MovingPoint(
            source=PointSource.PLATE,
            image_px=image_px,
            stabilised_px=image_px,
            radius_px=np.where(lost, np.nan, radius_px),
            support=np.full(n, 0.7),
            confidence=np.full(n, self.confidence),
            aspect=1.0 if both else max(float(np.sin(np.radians(yaw))), 0.4),
            tilt_deg=noise.normal(0, 0.5, n) if both else None,
        )


def _with_resting_arm(poses: PoseSequence, number: np.ndarray) -> PoseSequence:
    """Let one arm hang in every rep, the other one in the next."""
    image, world = poses.image_px.copy(), poses.world_m.copy()
    for points in (image, world):
        for i in ARM:
            for right in (0, 1):
                hang = points[:5, i + right].mean(0) - points[:5, 11 + right].mean(0)
                at = number % 2 == right
                points[at, i + right] = points[at, 11 + right] + hang
    return replace(poses, image_px=image, world_m=world)


def _clip(
    exercise: str, events: tuple[Rep | Move, ...], yaw_deg: float, seed: int, fps: float = 20.0
) -> Clip:
    return Clip(
        f"{exercise}-{seed}",
        exercise,
        events,
        load=Load(),
        noise=BLAZEPOSE_NOISE,
        sampling=Sampling(fps),
        camera=Camera(yaw_deg=yaw_deg),
        seed=seed,
    )


def rep_clips() -> list[SweptClip]:
    """Sets for the rep search: easy ones, and such as are near a limit."""

    def made(exercise: str, change: Callable[[tuple[Rep, ...]], tuple[Rep | Move, ...]],
             yaw_deg: float, seed: int, *groups: str, reps: int = 5) -> SweptClip:  # fmt: skip
        events = change(lifting_set(reps, seed=seed))
        return SweptClip(_clip(exercise, events, yaw_deg, seed), frozenset(groups))

    def partial(reps: tuple[Rep, ...]) -> tuple[Rep | Move, ...]:
        return (*reps[:2], replace(reps[2], rom=0.5), *reps[3:])

    def quarter(reps: tuple[Rep, ...]) -> tuple[Rep | Move, ...]:
        return (*reps[:-1], replace(reps[-1], rom=0.35))

    def failed(reps: tuple[Rep, ...]) -> tuple[Rep | Move, ...]:
        return (*reps[:-1], replace(reps[-1], failed_at=0.3, stuck_s=1.2))

    def failed_high(reps: tuple[Rep, ...]) -> tuple[Rep | Move, ...]:
        return (*reps[:-1], replace(reps[-1], failed_at=0.7, stuck_s=1.0))

    def walked(reps: tuple[Rep, ...]) -> tuple[Rep | Move, ...]:
        return (Move("walk_in"), Move("unrack", 3.0), *reps, Move("rerack", 3.0), Move("walk_out"))

    def paused(rest_s: float) -> Callable[[tuple[Rep, ...]], tuple[Rep | Move, ...]]:
        return lambda reps: (*reps[:3], replace(reps[3], hold_s=rest_s), *reps[4:])

    def quick(reps: tuple[Rep, ...]) -> tuple[Rep | Move, ...]:
        return tuple(replace(rep, eccentric_s=0.5, concentric_s=0.45, hold_s=0.1) for rep in reps)

    def whole(reps: tuple[Rep, ...]) -> tuple[Rep | Move, ...]:
        return reps

    arms = SweptClip(
        _clip("biceps_curl", lifting_set(6, seed=5), 30.0, 15), frozenset({"sides"}),
        alternating=True,
    )  # fmt: skip
    edited = made("back_squat", whole, 75.0, 16, "edits")
    merged = Correction(kind="merge", at_s=3.0, by="coach")
    split = Correction(kind="split", at_s=3.0, by="coach")
    return [
        made("back_squat", walked, 90.0, 1, reps=4),
        made("back_squat", partial, 60.0, 2, "sets"),
        made("deadlift", failed, 75.0, 3, "stuck_attempt"),
        made("bench_press", failed, 60.0, 4, "stuck_attempt"),
        made("overhead_press", failed_high, 75.0, 5, "stuck_attempt"),
        made("biceps_curl", quarter, 45.0, 6, "sides"),
        made("bent_over_row", paused(7.0), 60.0, 7, "sets"),
        made("push_up", quick, 75.0, 8),
        made("lunge", whole, 75.0, 9, "sides"),
        made("lateral_raise", partial, 0.0, 10, "sides"),
        made("pull_up", quarter, 180.0, 11, "stuck_attempt"),
        made("romanian_deadlift", paused(9.0), 90.0, 12, "sets"),
        arms,
        replace(edited, corrections=(merged,)),
        replace(edited, corrections=(split, merged)),
    ]


def speed_clips() -> list[SweptClip]:
    """Sets for bar speed: every way to see the bar, and every way to scale it."""

    def made(exercise: str, yaw_deg: float, seed: int, fps: float = 30.0, stall: float = 0.0,
             **how: object) -> SweptClip:  # fmt: skip
        reps = tuple(
            replace(rep, stall=stall) for rep in lifting_set(4, seed=seed, velocity_loss=0.35)
        )
        return SweptClip(_clip(exercise, reps, yaw_deg, seed, fps), **how)  # type: ignore[arg-type]

    by_height = Calibration(height_m=1.78)
    return [
        made("back_squat", 90.0, 21, plate="one", stall=0.5),
        made("bench_press", 60.0, 22, fps=60.0, plate="one", calibration=Calibration(plate_m=0.45)),
        made("deadlift", 75.0, 23, plate="one", camera_moves=True, confidence=0.75),
        made("back_squat", 0.0, 24, plate="both_ends"),
        made("overhead_press", 60.0, 25, plate="one", plate_share=0.6, calibration=by_height),
        made("back_squat", 75.0, 26, calibration=by_height),
        made("bent_over_row", 75.0, 27, fps=22.0, plate="one", confidence=0.32, stall=0.7),
        made("front_squat", 90.0, 28, plate="one", plate_share=0.45,
             calibration=Calibration(plate_m=0.45, height_m=1.78)),
        made("deadlift", 0.0, 29, plate="both_ends", plate_share=0.7, calibration=by_height),
    ]  # fmt: skip


def set_clips() -> list[SweptClip]:
    """Sets that end by form, by range or by a grind, near to and far from their limits."""

    def faulty(exercise: str, fault: str, size: float, yaw_deg: float, seed: int) -> SweptClip:
        faults = (GrowingFault(fault, 4, size),)
        return SweptClip(_clip(exercise, lifting_set(8, seed=seed, faults=faults), yaw_deg, seed))

    def short(exercise: str, rom: Sequence[float], yaw_deg: float, seed: int) -> SweptClip:
        reps = lifting_set(5 + len(rom), seed=seed)
        last = tuple(replace(rep, rom=share) for rep, share in zip(reps[5:], rom, strict=True))
        return SweptClip(_clip(exercise, (*reps[:5], *last), yaw_deg, seed))

    def grind(exercise: str, yaw_deg: float, seed: int) -> SweptClip:
        reps = lifting_set(6, seed=seed)
        last = replace(reps[-1], concentric_s=3.5, stall=0.9, rom=0.9)
        return SweptClip(_clip(exercise, (*reps[:-1], last), yaw_deg, seed))

    return [
        faulty("back_squat", "depth_loss", 0.25, 90.0, 31),
        faulty("back_squat", "hips_shoot_up", 0.15, 90.0, 32),
        faulty("biceps_curl", "torso_swing", 18.0, 90.0, 33),
        faulty("overhead_press", "lay_back", 14.0, 90.0, 34),
        faulty("back_squat", "soft_lockout", 0.25, 85.0, 35),
        short("back_squat", (0.8, 0.75), 75.0, 41),
        short("bench_press", (0.7, 1.0, 0.7), 60.0, 42),
        short("overhead_press", (0.83, 0.83), 75.0, 43),
        short("back_squat", (), 0.0, 44),
        grind("back_squat", 75.0, 45),
        grind("overhead_press", 60.0, 46),
    ]
