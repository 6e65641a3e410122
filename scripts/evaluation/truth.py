"""Truth files of rendered and synthetic clips, as typed objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifters.truth import brought_up_to_date

Array = NDArray[np.float64]

#: Camera yaw (0 in front, 90 side on) up to which a view carries this name.
VIEW_UP_TO_DEG = ((15.0, "front"), (37.0, "30"), (52.0, "45"), (70.0, "60"), (90.0, "side"))


@dataclass(frozen=True, slots=True)
class TrueRep:
    """One rep as it was."""

    number: int
    status: str
    start_s: float
    turn_s: float
    turn_end_s: float
    end_s: float
    rom_fraction: float
    rom_m: float
    start_angle_deg: float
    turn_angle_deg: float
    displacement_m: float
    mean_velocity_m_s: float
    peak_velocity_m_s: float
    major_faults: frozenset[str]

    @property
    def rom_deg(self) -> float:
        """Excursion of the primary angle."""
        return abs(self.turn_angle_deg - self.start_angle_deg)


@dataclass(frozen=True, slots=True, eq=False)
class TrueClip:
    """One clip as it was.

    Parameters
    ----------
    view
        Name of the camera position: front, 30, 45, 60, side, or back.
    end_reason, end_rep
        What should end the set, and the rep it broke at.
    t_s, angles_deg
        Frame times, and true 3-D joint angles by name ("left_knee").
    conditions
        What is special about filming and load, by name: for tables.
    clean
        Whether nothing is wrong in any rep.
    """

    name: str
    exercise: str
    view: str
    near_side: str
    stature_m: float
    plate_diameter_m: float
    reps: tuple[TrueRep, ...]
    end_reason: str
    end_rep: int | None
    good_reps: int
    t_s: Array
    angles_deg: Mapping[str, Array]
    conditions: Mapping[str, str]

    @property
    def clean(self) -> bool:
        """Whether no rep is anything but good."""
        return all(rep.status == "good" for rep in self.reps)

    def angle_at(self, name: str, t_s: Array | float) -> Array:
        """True angle at given times."""
        return np.asarray(np.interp(t_s, self.t_s, self.angles_deg[name]), np.float64)


def read_truth(path: Path) -> TrueClip:
    """Read a truth file."""
    return parse_truth(json.loads(path.read_text(encoding="utf-8")))


def parse_truth(document: Mapping[str, Any]) -> TrueClip:
    """Build from the contents of a truth file."""
    document = brought_up_to_date(dict(document))
    clip, frames = document["clip"], document["frames"]
    yaw_deg = float(clip["camera"]["yaw_deg"])
    return TrueClip(
        name=clip["name"],
        exercise=clip["exercise"],
        view=_view(yaw_deg),
        near_side="left" if np.sin(np.radians(yaw_deg)) >= 0 else "right",
        stature_m=float(clip["lifter"]["stature_m"]),
        plate_diameter_m=float(document["plate_diameter_m"]),
        reps=tuple(_rep(r) for r in document["reps"]),
        end_reason=document["end"]["reason"],
        end_rep=document["end"]["rep"],
        good_reps=document["end"]["good_reps"],
        t_s=np.array(frames["t_s"], np.float64),
        angles_deg={k: np.array(v, np.float64) for k, v in frames["angles_deg"].items()},
        conditions=_conditions(clip, float(document["plate_diameter_m"]), yaw_deg),
    )


def _conditions(clip: Mapping[str, Any], plate_m: float, yaw_deg: float) -> dict[str, str]:
    camera, look, sampling = clip["camera"], clip["look"], clip["sampling"]
    blur = look["motion_blur"] > 1
    return {
        "exercise": clip["exercise"],
        "yaw": _view(yaw_deg),
        "distance": f"{camera['distance_m']:.0f} m",
        "roll": f"{abs(camera['roll_deg']):.0f} deg",
        "camera height": f"{camera['height_m']:.1f} m",
        "rate": f"{sampling['fps']:.0f} Hz{', uneven' if sampling['jitter'] else ''}",
        "picture": "blurred" if blur else f"light {look['gain']:.1f}, crf {look['crf']}",
        "camera": "hand-held" if camera["shake_m"] else "still",
        "plate": f"{1000 * plate_m:.0f} mm, {look['plates']}",
    }


def _rep(r: Mapping[str, Any]) -> TrueRep:
    return TrueRep(
        number=r["number"],
        status=r["status"],
        start_s=r["start_s"],
        turn_s=r["turn_s"],
        turn_end_s=r["turn_end_s"],
        end_s=r["end_s"],
        rom_fraction=r["rom_fraction"],
        rom_m=r["rom_m"],
        start_angle_deg=r["start_angle_deg"],
        turn_angle_deg=r["turn_angle_deg"],
        displacement_m=r["displacement_m"],
        mean_velocity_m_s=r["mean_concentric_velocity_m_s"],
        peak_velocity_m_s=r["peak_concentric_velocity_m_s"],
        major_faults=frozenset(f["name"] for f in r["faults"] if f["major"]),
    )


def _view(yaw_deg: float) -> str:
    """Name of a camera position; both sides of the lifter are alike."""
    turned = abs((yaw_deg + 180.0) % 360.0 - 180.0)
    if turned > 127.0:
        return "back"
    folded = min(turned, 180.0 - turned)
    return next(name for limit, name in VIEW_UP_TO_DEG if folded <= limit + 1e-6)
