"""Rendered film of a clip, with its truth file next to it.

film = Film(clip, assets=Path("assets"))
film.render(Path("out/squat.mp4"))      # writes out/squat.mp4 and out/squat.json
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifters.camera import View
from lifters.description import Clip, Lifter
from lifters.geometry import Array, X, Y, Z, unit
from lifters.landmarks import frame_times
from lifters.locomotion import passing_by
from lifters.motion import Motion, Sample
from lifters.render.encode import FilmWriter
from lifters.render.figure import Figure
from lifters.render.people import PEOPLE
from lifters.render.posing import PosedBones, Rig, open_hands
from lifters.render.renderer import Drawable, Image, Renderer, projection
from lifters.render.scene import PLATE_COLOURS, ROOM_YAW_DEG, load_solids, static_scene
from lifters.render.shapes import Mesh
from lifters.truth import Truth, build_truth, write_truth

# A passer-by crosses this far behind the lifter, at this speed.
PASSER_BEHIND_M, PASSER_HALF_PATH_M, WALK_M_S = 1.35, 3.2, 1.2
PASSER_BY = {"male": "female_dark", "female": "male_slim"}
# Part of the frame interval during which the shutter is open.
SHUTTER = 0.5


class Film:
    """A clip ready to be rendered.

    Parameters
    ----------
    clip : Clip
        The description.
    assets : Path, optional
        Folder of skins, clothes and hair; without it people wear painted suits.

    Raises
    ------
    MissingDataError
        If the body data are not installed.
    ValueError
        If the clip's exercise, person or faults are unknown.
    """

    def __init__(self, clip: Clip, assets: Path | None = None) -> None:
        self.clip = clip
        self._assets = assets
        figure = _figure(clip.lifter, assets)
        self.motion = Motion(clip, figure.proportions)
        self.view = View(clip.camera, self.motion.exercise.aim_m, clip.seed)
        grips = not open_hands(clip.exercise, self.motion.load.kind)
        self.rig = Rig(figure, grips)
        self.times_s = frame_times(clip.sampling, self.motion.duration_s, clip.seed)

    def truth(self) -> Truth:
        """What happens, measured on the rendered body's own joints."""
        sample = self.motion.sample(self.times_s)
        return build_truth(
            self.motion,
            self.view,
            sample,
            lambda t: self.rig.solve(self.motion.pose(t)).joints,
        )

    def render(self, path: Path) -> None:
        """Write the film to `path` and its truth to the same name with .json."""
        clip, camera, look = self.clip, self.clip.camera, self.clip.look
        rng = np.random.default_rng([clip.seed, 8])
        size = (camera.width_px, camera.height_px)
        with FilmWriter(path, *size, clip.sampling.fps, look.crf) as film:
            for t, image in zip(self.times_s, self.frames(self.times_s), strict=True):
                noisy = image + rng.normal(0, look.grain, image.shape)
                film.write(np.clip(noisy, 0, 255).astype(np.uint8), float(t))
        write_truth(self.truth(), path.with_suffix(".json"))

    def frames(self, times_s: Array) -> Iterator[NDArray[Any]]:
        """Yield the RGB images (h, w, 3) at the given times, values 0..255."""
        blur = max(self.clip.look.motion_blur, 1)
        step = SHUTTER / self.clip.sampling.fps / blur
        offsets = (np.arange(blur) - (blur - 1) / 2) * step
        moments = np.clip((times_s[:, None] + offsets).ravel(), 0, None)
        stage = _Stage(self, moments)
        for i in range(len(times_s)):
            shots = [stage.shoot(i * blur + k) for k in range(blur)]
            yield np.asarray(np.mean(shots, axis=0, dtype=np.float32)) if blur > 1 else shots[0]


class _Stage:
    """Everything on stage at a list of moments."""

    def __init__(self, film: Film, moments_s: Array) -> None:
        clip, motion = film.clip, film.motion
        camera = clip.camera
        self._t = moments_s
        self._rig = film.rig
        self._sample: Sample = motion.sample(moments_s)
        self._bones: PosedBones = film.rig.solve(self._sample.pose)
        self._eye, self._axes = film.view.eye(moments_s), film.view.axes(moments_s)
        self._focal_px = film.view.focal_px
        self._size = (camera.width_px, camera.height_px)
        self._fixed = camera.shake_m == 0
        centre = np.array([film.view.aim[0], 0.9, film.view.aim[2]])
        light_yaw = camera.yaw_deg - ROOM_YAW_DEG
        self._renderer = r = Renderer(*self._size, clip.look.gain, light_yaw, centre)
        for solid in static_scene(clip, motion):
            r.add_static(solid)
        self._people = [_Person(r, film.rig, self._bones)]
        if clip.look.passer_by:
            self._people.append(_passer_by(film, r, moments_s))
        solids = load_solids(motion.load, PLATE_COLOURS[clip.look.plates])
        copies = {"barbell": 1, "dumbbells": 2, "none": 0}[motion.load.kind]
        self._loads = [
            [r.add_moving(s.mesh, s.colour, s.shine) for s in solids] for _ in range(copies)
        ]

    def shoot(self, i: int) -> Image:
        for person in self._people:
            person.show(i)
        for drawables, model in zip(self._loads, self._load_places(i), strict=True):
            for d in drawables:
                d.model = model
        eye = self._eye[i]
        camera = projection(self._axes[i], eye, self._focal_px, *self._size)
        return self._renderer.draw(camera, eye, self._fixed)

    def _load_places(self, i: int) -> list[Array]:
        pose = self._sample.pose
        if len(self._loads) == 1:
            return [_place(pose.bar_axis[i], pose.bar[i])]
        joints = self._bones.joints
        palm = 0.8 * self._rig.figure.proportions.palm_m
        places = []
        for side in ("left", "right")[: len(self._loads)]:
            hand, wrist = joints.hand[side][i], joints.position[f"{side}_wrist"][i]
            places.append(_place(hand[:, 1], wrist + palm * hand[:, 0]))
        return places


class _Person:
    """A figure's drawables and where its bones are."""

    def __init__(self, renderer: Renderer, rig: Rig, bones: PosedBones) -> None:
        self._rig, self._bones = rig, bones
        self._drawables: list[Drawable] = [
            renderer.add_moving(
                Mesh(p.vertices, p.normals, p.uv, p.triangles), p.colour, p.shine, p.texture
            )
            for p in rig.figure.parts
        ]

    def show(self, i: int) -> None:
        skins = self._rig.skin(self._bones.rotations[i], self._bones.heads[i])
        for drawable, (vertices, normals) in zip(self._drawables, skins, strict=True):
            drawable.update(vertices, normals)


def _passer_by(film: Film, renderer: Renderer, moments_s: Array) -> _Person:
    lifter = film.clip.lifter
    other = PASSER_BY.get(lifter.person, "male")
    figure = _figure(replace(lifter, person=other, stature_m=1.71), film._assets)
    rig = Rig(figure, grips=False)
    yaw = np.radians(film.clip.camera.yaw_deg)
    towards, across = np.sin(yaw) * X + np.cos(yaw) * Z, np.cos(yaw) * X - np.sin(yaw) * Z
    middle = film.view.aim * (X + Z) - PASSER_BEHIND_M * towards
    half = PASSER_HALF_PATH_M * across
    late = 0.2 * film.motion.duration_s
    walk_s = 2 * PASSER_HALF_PATH_M / WALK_M_S
    t = np.clip(moments_s - late, 0, walk_s)
    pose = passing_by(figure.proportions, t, middle - half, middle + half, walk_s)
    return _Person(renderer, rig, rig.solve(pose))


def _figure(lifter: Lifter, assets: Path | None) -> Figure:
    if lifter.person not in PEOPLE:
        raise ValueError(f"unknown person {lifter.person!r}; known: {', '.join(PEOPLE)}")
    return Figure(PEOPLE[lifter.person], lifter.stature_m, assets)


def _place(axis: Array, position: Array) -> Array:
    """Model matrix that lays a solid's X axis along `axis` at `position`."""
    a = unit(axis)
    helper = Z if abs(a @ Z) < 0.9 else Y
    side = unit(np.cross(helper, a))
    m = np.eye(4)
    m[:3, :3] = np.stack([a, side, np.cross(a, side)], 1)
    m[:3, 3] = position
    return m
