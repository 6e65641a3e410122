"""What stands around the lifter: the room, the equipment, the load."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lifters.description import Clip, Load, Move
from lifters.floor_lifts import BENCH_HEIGHT_M, THRUST_BENCH_M
from lifters.geometry import Array, X, Y, Z, rotation
from lifters.motion import Motion
from lifters.render.people import Colour
from lifters.render.shapes import Mesh, box, cylinder, noise_texture, quad
from lifters.truth import PLATE_OFFSET_M

STEEL: Colour = (0.05, 0.05, 0.06)
CHROME: Colour = (0.45, 0.45, 0.46)
UPHOLSTERY: Colour = (0.15, 0.03, 0.03)
PLATE_COLOURS: dict[str, Colour] = {
    "black": (0.035, 0.035, 0.04),
    "red": (0.36, 0.03, 0.03),
    "blue": (0.03, 0.08, 0.30),
    "yellow": (0.42, 0.30, 0.03),
}
# The room is turned so that the camera looks into its corner from about here.
ROOM_YAW_DEG = 52.0
ROOM_HALF_M, WALL_M, ROOM_HEIGHT_M = 7.0, 2.6, 5.0


@dataclass(frozen=True, slots=True)
class Solid:
    """A mesh with its looks. Floors and walls receive shadows but throw none."""

    mesh: Mesh
    colour: Colour
    texture: NDArray[np.uint8] | None = None
    shine: float = 0.1
    throws_shadow: bool = True


def static_scene(clip: Clip, motion: Motion) -> list[Solid]:
    """Room and equipment of a clip."""
    rng = np.random.default_rng([clip.seed, 6])
    turn = rotation(Y, clip.camera.yaw_deg - ROOM_YAW_DEG)
    room = [_turned(s, turn) for s in _room(rng, clip.look.room)]
    return room + _equipment(clip, motion)


def _turned(solid: Solid, turn: Array) -> Solid:
    return Solid(
        solid.mesh.turned(turn), solid.colour, solid.texture, solid.shine, solid.throws_shadow
    )


def _room(rng: np.random.Generator, kind: str) -> list[Solid]:
    white: Colour = (1.0, 1.0, 1.0)
    gym = kind == "gym"
    floor_colour = (66, 68, 72) if gym else (150, 118, 86)
    floor = noise_texture(rng, floor_colour, 0.05 if gym else 0.025, speckle=0.03 if gym else 0.0)
    wall_colour = (176, 172, 164) if gym else (205, 208, 212)
    wall = noise_texture(rng, wall_colour, 0.02 if gym else 0.006, rows=6 if gym else 0)
    s, b, h = ROOM_HALF_M, WALL_M, ROOM_HEIGHT_M
    ground = quad([[-s, 0, s], [s, 0, s], [s, 0, -s], [-s, 0, -s]], Y, 1.6)
    back = quad([[-s, 0, -b], [s, 0, -b], [s, h, -b], [-s, h, -b]], Z, 2.4)
    side = quad([[-b, 0, s], [-b, 0, -s], [-b, h, -s], [-b, h, s]], X, 2.4)
    solids = [
        Solid(ground, white, floor, 0.03, False),
        Solid(back, white, wall, 0.0, False),
        Solid(side, white, wall, 0.0, False),
    ]
    return solids + (_gym_furniture() if gym else _home_furniture())


def _gym_furniture() -> list[Solid]:
    solids = []
    for x in (-0.62, 0.62):
        for z in (-1.62, -2.27):
            solids.append(Solid(box([x - 0.035, 0, z], [x + 0.035, 2.2, z + 0.07]), STEEL))
    solids.append(Solid(box([-0.62, 2.13, -1.62], [0.62, 2.2, -1.55]), STEEL))
    for k, name in enumerate(("red", "blue", "yellow", "black")):
        plate = cylinder(0.225, 0, 0.06).moved([-2.1 + 0.08 * k, 0.225, -1.5])
        solids.append(Solid(plate, PLATE_COLOURS[name]))
    solids.append(Solid(box([1.6, 0.35, -2.4], [2.7, 0.45, -2.0]), UPHOLSTERY))
    solids.append(Solid(box([1.7, 0, -2.3], [2.6, 0.35, -2.1]), STEEL))
    return solids


def _home_furniture() -> list[Solid]:
    wood: Colour = (0.30, 0.18, 0.09)
    cloth: Colour = (0.20, 0.24, 0.28)
    return [
        Solid(box([-1.6, 0, -2.5], [0.3, 0.42, -1.9]), cloth),
        Solid(box([-1.6, 0.42, -2.5], [0.3, 0.85, -2.25]), cloth),
        Solid(box([-2.5, 0, 0.0], [-2.1, 1.9, 0.9]), wood),
        Solid(box([1.0, 0, -2.5], [1.8, 0.75, -2.1]), wood),
        Solid(box([1.25, 0.75, -2.4], [1.55, 1.15, -2.35]), STEEL),
    ]


def _equipment(clip: Clip, motion: Motion) -> list[Solid]:
    """What the exercise stands, lies or hangs on."""
    h = motion.body.stature_m
    trunk = float(np.linalg.norm(motion.body.trunk_m))
    match clip.exercise:
        case "bench_press":
            z0, top = -(trunk + 0.17 * h), BENCH_HEIGHT_M
            return [
                Solid(box([-0.15, top - 0.08, z0], [0.15, top, 0.14]), UPHOLSTERY),
                Solid(box([-0.05, 0, z0 + 0.15], [0.05, top - 0.08, z0 + 0.22]), STEEL),
                Solid(box([-0.05, 0, -0.02], [0.05, top - 0.08, 0.05]), STEEL),
                *(_post(x, -trunk - 0.22, 1.05) for x in (-0.56, 0.56)),
            ]
        case "hip_thrust":
            top = THRUST_BENCH_M
            return [
                Solid(box([-0.6, top - 0.1, -0.32], [0.6, top, 0.06]), UPHOLSTERY),
                Solid(box([-0.5, 0, -0.25], [0.5, top - 0.1, 0.0]), STEEL),
            ]
        case "pull_up":
            y = 1.26 * h
            bar = cylinder(0.016, -0.75, 0.75).moved([0, y, 0])
            return [Solid(bar, CHROME, shine=0.5), *(_post(x, 0.0, y) for x in (-0.75, 0.75))]
        case "dip":
            y, half = 0.70 * h, 0.15 * h
            rails = [
                Solid(box([x - 0.02, y - 0.04, -0.5], [x + 0.02, y, 0.25]), CHROME, shine=0.4)
                for x in (-half, half)
            ]
            return rails + [_post(x, -0.45, y - 0.04) for x in (-half, half)]
    unracks = any(isinstance(e, Move) and e.kind in ("unrack", "rerack") for e in clip.events)
    if motion.exercise.racked and unracks:
        rack = motion.sample(np.zeros(1)).bar[0]
        return [s for x in (-0.53, 0.53) for s in _stand(x, rack)]
    return []


def _post(x: float, z: float, height: float) -> Solid:
    return Solid(box([x - 0.03, 0, z - 0.03], [x + 0.03, height, z + 0.03]), STEEL)


def _stand(x: float, bar: Array) -> list[Solid]:
    """A squat stand whose hook holds the racked bar."""
    hook = box([x - 0.03, bar[1] - 0.05, bar[2] - 0.04], [x + 0.03, bar[1] - 0.016, bar[2] + 0.03])
    return [_post(x, bar[2] + 0.05, 1.15 * bar[1]), Solid(hook, STEEL)]


def load_solids(load: Load, colour: Colour) -> list[Solid]:
    """The load in its own frame: a bar along X about the origin, or one dumbbell."""
    if load.kind == "barbell":
        return _barbell(load.plate_diameter_m / 2, colour)
    if load.kind == "dumbbells":
        handle = Solid(cylinder(0.016, -0.08, 0.08, 20), CHROME, shine=0.5)
        heads = [Solid(cylinder(0.06, a, b, 24), STEEL) for a, b in ((-0.15, -0.07), (0.07, 0.15))]
        return [handle, *heads]
    return []


def _barbell(radius: float, colour: Colour) -> list[Solid]:
    half = 0.655
    solids = [Solid(cylinder(0.014, -half, half), CHROME, shine=0.5)]
    for side in (-1, 1):

        def along(near: float, far: float, side: int = side) -> tuple[float, float]:
            low, high = sorted((side * near, side * far))
            return low, high

        solids.append(Solid(cylinder(0.025, *along(half, half + 0.34)), CHROME, shine=0.5))
        if radius <= 0:
            continue
        c, w = PLATE_OFFSET_M, 0.03
        hub = min(0.07, radius * 0.5)
        solids += [
            Solid(cylinder(radius, *along(c - w, c + w), 64), colour, shine=0.15),
            Solid(cylinder(radius * 0.93, *along(c - w - 0.002, c + w + 0.002), 64), _dim(colour)),
            Solid(cylinder(hub, *along(c - w - 0.004, c + w + 0.004), 48), CHROME, shine=0.2),
        ]
    return solids


def _dim(colour: Colour) -> Colour:
    return (colour[0] * 0.8 + 0.01, colour[1] * 0.8 + 0.01, colour[2] * 0.8 + 0.01)
