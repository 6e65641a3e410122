"""Landmark sequences of a clip: what a pose model would report, wrong in the ways it is wrong.

>>> from lifters import Clip, Rep, landmark_recording
>>> recording = landmark_recording(Clip("demo", "back_squat", (Rep(), Rep())))
>>> recording.image_px.shape[1:], len(recording.truth.reps)
((33, 3), 2)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from lifters.body import Proportions
from lifters.camera import View
from lifters.description import Clip, Noise, Sampling
from lifters.geometry import Array, smoothstep
from lifters.landmark_model import INDEX, LANDMARKS, landmarks
from lifters.motion import Motion, Sample
from lifters.truth import PLATE_OFFSET_M, Truth, build_truth

if TYPE_CHECKING:
    from lastrep.pose import PoseSequence

DRIFT_TIME_S = 2.0
# Standard deviation of a cubic spline through independent knots of standard deviation one.
SPLINE_SD = 0.93
# Visibility of a landmark in plain sight and of one that is hidden.
SEEN, HIDDEN = 0.985, 0.30
# How much noisier a hidden landmark is.
HIDDEN_NOISE = 3.0
LIMB_RADIUS_M = 0.07

_LEFT_RIGHT = [
    (i, INDEX[other])
    for name, i in INDEX.items()
    for other in [name.replace("left", "right")]
    if "left" in name
]
_PAIR = np.arange(len(LANDMARKS))
for _a, _b in _LEFT_RIGHT:
    _PAIR[_a], _PAIR[_b] = _b, _a
_LEGS = [i for i, n in enumerate(LANDMARKS) if i >= INDEX["left_hip"]]
_ARMS = [i for i, n in enumerate(LANDMARKS) if INDEX["left_shoulder"] <= i < INDEX["left_hip"]]


@dataclass(frozen=True, slots=True)
class Recording:
    """Landmarks of a clip and their truth.

    Attributes
    ----------
    t_s : (n,)
        Frame times, seconds.
    image_px : (n, 33, 3)
        x right, y down in pixels; z in pixels too, smaller is nearer, 0 between the hips. NaN in
        frames without a pose.
    world_m : (n, 33, 3)
        Metres in camera axes (x right, y down, z away), origin between the hips.
    visibility : (n, 33)
        0..1; NaN in frames without a pose.
    width_px, height_px : int
        Size of the image.
    truth : Truth
        What really happened.
    """

    t_s: Array
    image_px: NDArray[np.float32]
    world_m: NDArray[np.float32]
    visibility: NDArray[np.float32]
    width_px: int
    height_px: int
    truth: Truth

    @property
    def poses(self) -> PoseSequence:
        """The landmarks as the product takes them."""
        # Rendering, which shares this package, does without the product.
        from lastrep.pose import PoseSequence

        return PoseSequence(
            self.t_s,
            self.image_px,
            self.world_m,
            self.visibility,
            self.width_px,
            self.height_px,
            "synthetic",
        )


def frame_times(sampling: Sampling, duration_s: float, seed: int) -> Array:
    """Times of the frames of a clip, strictly increasing from 0."""
    n = max(round(duration_s * sampling.fps), 1)
    t = np.arange(n) / sampling.fps
    rng = np.random.default_rng([seed, 3])
    if sampling.jitter:
        steps = 1 + sampling.jitter * rng.standard_normal(n)
        t = np.concatenate([[0.0], np.cumsum(np.clip(steps, 0.2, None))[:-1]]) / sampling.fps
        t = t[t < duration_s]
    if sampling.drop:
        keep = rng.random(len(t)) >= sampling.drop
        keep[0] = True
        t = t[keep]
    return t


def landmark_recording(clip: Clip, body: Proportions | None = None) -> Recording:
    """Landmarks and truth of a clip.

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
    motion = Motion(clip, body)
    view = View(clip.camera, motion.exercise.aim_m, clip.seed)
    t = frame_times(clip.sampling, motion.duration_s, clip.seed)
    rng = np.random.default_rng([clip.seed, 4])
    noise = clip.noise
    sample = motion.sample(t)
    points = landmarks(motion.body, sample.joints)
    points = _compressed(points, noise.compression_m)
    image = view.project(points, t)
    hips = [INDEX["left_hip"], INDEX["right_hip"]]
    hip_depth = image[:, hips, 2].mean(1, keepdims=True)
    scale = view.focal_px / hip_depth
    visibility = _visibility(motion, view, sample, image, noise.occlusion)
    image[..., 2] = (image[..., 2] - hip_depth) * scale * noise.depth_scale

    camera = view.to_camera(points, t)
    world = (camera - camera[:, hips].mean(1, keepdims=True)) * [1, -1, -noise.depth_scale]
    world *= 1 + noise.world_scale_sd * rng.standard_normal()

    hidden = np.clip((SEEN - visibility) / (SEEN - HIDDEN), 0, 1)
    error = _error(noise, t, rng) * (1 + (HIDDEN_NOISE - 1) * hidden)[..., None]
    error *= motion.body.stature_m
    image += error * scale[..., None]
    world += error
    world -= world[:, hips].mean(1, keepdims=True)

    _swap(noise, t, rng, image, world, visibility)
    _drop_out(noise, t, rng, image, world, visibility)
    return Recording(
        t,
        image.astype(np.float32),
        world.astype(np.float32),
        visibility.astype(np.float32),
        clip.camera.width_px,
        clip.camera.height_px,
        build_truth(motion, view, sample),
    )


def _compressed(points: Array, slide_m: float) -> Array:
    """Hips slid up the trunk at deep hip flexion, as BlazePose reports them."""
    if not slide_m:
        return points
    out = points.copy()
    for side in ("left", "right"):
        hip, knee, shoulder = (INDEX[f"{side}_{j}"] for j in ("hip", "knee", "shoulder"))
        trunk = points[:, shoulder] - points[:, hip]
        thigh = points[:, knee] - points[:, hip]
        length = np.linalg.norm(trunk, axis=-1)
        cos = (trunk * thigh).sum(-1) / (length * np.linalg.norm(thigh, axis=-1))
        flexion = 180 - np.degrees(np.arccos(np.clip(cos, -1, 1)))
        slide = slide_m * smoothstep((flexion - 20) / 100)
        out[:, hip] += trunk * (slide / length)[:, None]
    return out


def _visibility(motion: Motion, view: View, sample: Sample, image: Array, strength: float) -> Array:
    """How well each landmark is seen: far limbs hide behind near ones and behind the plate."""
    hidden = np.zeros(image.shape[:2])
    if strength:
        px_per_m = view.focal_px / image[..., 2]
        behind = smoothstep((image[..., 2] - image[:, _PAIR, 2] - 0.08) / 0.15)
        apart = np.linalg.norm(image[..., :2] - image[:, _PAIR, :2], axis=-1) / px_per_m
        hidden = behind * (1 - smoothstep((apart - LIMB_RADIUS_M) / (2 * LIMB_RADIUS_M)))
        radius = motion.load.plate_diameter_m / 2
        if motion.load.kind == "barbell" and radius > 0:
            pose, t = sample.pose, sample.t_s
            for sign in (1.0, -1.0):
                plate = view.project(pose.bar + sign * PLATE_OFFSET_M * pose.bar_axis, t)[:, None]
                off = np.linalg.norm(image[..., :2] - plate[..., :2], axis=-1)
                inside = off * plate[..., 2] / view.focal_px < radius
                # Seen edge-on a plate hides nothing.
                face = np.abs(np.sin(np.radians(view.camera.yaw_deg))) > 0.35
                hidden = np.maximum(hidden, inside & (plate[..., 2] < image[..., 2] - 0.1) & face)
    return SEEN - (SEEN - HIDDEN) * np.clip(strength * hidden, 0, 1)


def _error(noise: Noise, t: Array, rng: np.random.Generator) -> Array:
    """Disturbance of every coordinate, in statures, ``(n, 33, 3)``.

    The correlated parts are cubic splines through random knots: smooth, and the same for the same
    seed at any frame rate.
    """
    out = np.zeros((len(t), len(LANDMARKS), 3))
    for size, time_s in ((noise.jitter, noise.jitter_time_s), (noise.drift, DRIFT_TIME_S)):
        knots = np.arange(-2, t[-1] / time_s + 3) * time_s
        # Always draw, so that switching one part off leaves the others as they were.
        values = rng.standard_normal((len(knots), len(LANDMARKS), 3))
        if size:
            out += size / SPLINE_SD * CubicSpline(knots, values)(t)
    out += noise.white * rng.standard_normal(out.shape)
    out[..., 2] *= noise.depth_factor
    return out


def _bursts(
    per_s: float, mean_s: float, t: Array, rng: np.random.Generator
) -> list[tuple[Array, float]]:
    """Random stretches of frames, each with a random number 0..1 to decide its kind."""
    span = t[-1] - t[0]
    count = rng.poisson(per_s * span) if per_s else 0
    starts, lengths = rng.uniform(0, span, count), rng.exponential(mean_s, count)
    kinds = rng.random(count)
    return [
        ((t >= a) & (t <= a + d), float(k)) for a, d, k in zip(starts, lengths, kinds, strict=True)
    ]


def _swap(
    noise: Noise, t: Array, rng: np.random.Generator, image: Array, world: Array, visible: Array
) -> None:
    for frames, kind in _bursts(noise.swap_per_s, noise.swap_s, t, rng):
        part = _LEGS if kind < 0.5 else _ARMS if kind < 0.75 else list(range(len(LANDMARKS)))
        order = np.arange(len(LANDMARKS))
        order[part] = _PAIR[part]
        for values in (image, world, visible):
            values[frames] = values[frames][:, order]


def _drop_out(
    noise: Noise, t: Array, rng: np.random.Generator, image: Array, world: Array, visible: Array
) -> None:
    for frames, _ in _bursts(noise.dropout_per_s, noise.dropout_s, t, rng):
        image[frames] = np.nan
        world[frames] = np.nan
        visible[frames] = np.nan
