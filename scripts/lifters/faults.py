"""The form faults a rep may carry: their unit, when in the rep they show, how big is major.

Major sizes are the changes from the lifter's own baseline that count as major in the project's
form standards; an injected fault below its major size must not end a set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lifters.geometry import Array, smoothstep


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A fault's unit, shape over the rep, major size and meaning.

    `shape`: "turn" grows towards the turning point; "drive" swells and fades within the concentric
    half; "onset" does so in its first 60 %; "whole" is there all through the rep.
    """

    unit: str
    shape: Literal["turn", "drive", "onset", "whole"]
    major: float
    meaning: str


FAULTS: dict[str, FaultKind] = {
    "depth_loss": FaultKind("fraction", "turn", 0.10, "range of motion missing at the turn"),
    "forward_lean": FaultKind("deg", "turn", 12.0, "trunk leans further forward"),
    "hips_shoot_up": FaultKind("fraction", "onset", 0.12, "hips rise ahead of the shoulders"),
    "knee_cave": FaultKind("deg", "turn", 12.0, "knees point this much further inwards"),
    "hip_shift": FaultKind("m", "turn", 0.05, "hips move to the lifter's left"),
    "torso_swing": FaultKind("deg", "drive", 12.0, "trunk swings to help the concentric"),
    "elbow_drift": FaultKind("deg", "turn", 16.0, "upper arms travel forward"),
    "hip_sag": FaultKind("deg", "whole", 10.0, "hips hang below the shoulder-ankle line"),
    "lay_back": FaultKind("deg", "drive", 12.0, "trunk leans back under a press"),
    "leg_drive": FaultKind("deg", "onset", 18.0, "knees dip to start a press"),
    "uneven_bar": FaultKind("deg", "drive", 9.0, "bar tilts, left end up"),
    "back_rounding": FaultKind("deg", "drive", 12.0, "upper spine flexes"),
    "hips_lift": FaultKind("m", "drive", 0.06, "hips leave the bench"),
    "soft_lockout": FaultKind("fraction", "turn", 0.10, "range missing at the end of the rep"),
}

# Faults that are written into the path of the rep itself (rom, return_short), not added to a pose.
PATH_FAULTS = frozenset({"depth_loss", "soft_lockout"})


def envelope(name: str, at_turn: Array, driving: Array, progress: Array) -> Array:
    """How much of a fault shows, 0..1.

    Parameters
    ----------
    name : str
        Key of `FAULTS`.
    at_turn : (n,)
        Nearness to the turning point, 0 at the start position and 1 at the turn.
    driving : (n,)
        1 within the concentric half, else 0.
    progress : (n,)
        Fraction of the concentric range done, 0..1.
    """
    shape = FAULTS[name].shape
    if shape == "turn":
        return np.sin(np.pi / 2 * np.clip(at_turn, 0, 1)) ** 2
    if shape == "whole":
        return smoothstep(at_turn / 0.3)
    span = 0.6 if shape == "onset" else 1.0
    return np.asarray(driving * np.sin(np.pi * np.clip(progress / span, 0, 1)) ** 2)
