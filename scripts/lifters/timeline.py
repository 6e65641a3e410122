"""From the order of events to continuous functions of time.

A :class:`Timeline` answers, for any times, how far the movement is (`s`, 0 at the start position
and 1 at the turn), which rep it belongs to, and what happens around the reps. It knows nothing of
bodies: exercises turn `s` into poses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.interpolate import CubicHermiteSpline

from lifters.description import Clip, Move, Rep
from lifters.faults import PATH_FAULTS, envelope
from lifters.geometry import Array, smoothstep

# Velocity profile of an undisturbed half-rep, u^p (1-u)^p: peak over mean is 1.7, as in squats.
PROFILE_POWER = 1.5
STALL_AT, STALL_WIDTH = 0.45, 0.14  # place and width of the sticking region, in half-rep time
FALL_BACK_S = 0.9  # a failed rep comes back faster than it went up
RACK_OFFSET_M = 0.60  # how far in front of the lifting spot the bar is racked
WALK_DISTANCE_M = 2.6
STEP_S = 0.55


@lru_cache(maxsize=4096)
def half_rep(stall: float, skew: float = 0.0) -> CubicHermiteSpline:
    """Displacement 0..1 over time 0..1 of a half-rep whose velocity dips by `stall` in mid-range.

    `skew` > 0 puts the velocity peak earlier (a rep that dies away).
    """
    u = np.linspace(0, 1, 513)
    v = u**PROFILE_POWER * (1 - u) ** (PROFILE_POWER + skew)
    v *= 1 - stall * np.exp(-(((u - STALL_AT) / STALL_WIDTH) ** 2))
    # Integrate finely, then keep exact slopes at the knots: position and velocity stay consistent.
    fine = np.linspace(0, 1, 512 * 16 + 1)
    w = fine**PROFILE_POWER * (1 - fine) ** (PROFILE_POWER + skew)
    w *= 1 - stall * np.exp(-(((fine - STALL_AT) / STALL_WIDTH) ** 2))
    area = np.concatenate([[0.0], np.cumsum((w[1:] + w[:-1]) / 2)]) / 8192
    return CubicHermiteSpline(u, area[::16] / area[-1], v / area[-1])


@dataclass(frozen=True, slots=True)
class RepTimes:
    """When the parts of one rep happen, in seconds.

    A failed rep has ``concentric_s`` end where it gets stuck, and ends where it has fallen back.
    """

    start_s: float
    turn_s: float
    turn_end_s: float
    end_s: float
    eccentric_s: tuple[float, float]
    concentric_s: tuple[float, float]


@dataclass(frozen=True, slots=True)
class State:
    """The movement at given times; every array is ``(n,)``."""

    t_s: Array
    s: Array  # 0 start position, 1 turn
    rep: Array  # index of the rep, -1 between reps
    at_turn: Array  # s relative to this rep's own turn
    driving: Array  # 1 in the concentric half
    progress: Array  # concentric fraction done within this rep
    loaded: Array  # 1 in the exercise's posture, 0 standing free
    root_z_m: Array
    root_x_m: Array
    heading_deg: Array  # 0 faces the lifting direction
    gait: Array  # size of the steps, 0..1
    gait_phase: Array
    bend: Array  # bending down while standing free, 0..1


@dataclass(frozen=True, slots=True)
class _Segment:
    start_s: float
    end_s: float
    s0: float
    s1: float
    rep: int
    driving: bool
    stall: float = 0.0
    skew: float = 0.0


class Timeline:
    """Continuous movement of a clip.

    Parameters
    ----------
    clip : Clip
        The description.
    eccentric_first : bool
        Whether the exercise starts with the lowering half.
    racked : bool
        Whether the bar comes out of a rack, so that un-racking includes a step back.
    """

    def __init__(self, clip: Clip, eccentric_first: bool, racked: bool) -> None:
        self.clip = clip
        self.eccentric_first = eccentric_first
        self._segments: list[_Segment] = []
        self.reps: list[RepTimes] = []
        self.moves: list[tuple[Move, float, float]] = []
        self._rom = [_rom(r) for r in clip.reps]
        self.rack_m = RACK_OFFSET_M if racked else 0.0
        self._ramps: dict[str, list[tuple[float, float, float, float]]] = {
            k: [] for k in ("loaded", "root_z", "root_x", "heading")
        }
        self._walks: list[tuple[float, float]] = []
        self._bends: list[tuple[float, float]] = []
        first = clip.events[0] if clip.events else None
        self._loaded0 = 1.0 if isinstance(first, Rep) or first is None else 0.0
        loaded = bool(self._loaded0)
        self._z0 = 0.0 if loaded else self.rack_m
        self._x0 = 0.0
        if isinstance(first, Move) and first.kind == "walk_in":
            self._x0 = -WALK_DISTANCE_M
        if isinstance(first, Move) and first.kind in ("rest", "rerack"):
            self._loaded0, loaded, self._z0 = 1.0, True, 0.0
        t, s = clip.lead_s, 0.0
        for event in clip.events:
            if isinstance(event, Rep):
                t, s = self._add_rep(event, t, s)
            else:
                loaded = self._add_move(event, t, loaded)
                t += event.duration_s
        self.duration_s = t + clip.tail_s

    # -- building

    def _add_rep(self, rep: Rep, t: float, s: float) -> tuple[float, float]:
        k = len(self.reps)
        rom, back = self._rom[k], _short(rep)
        first_s, second_s = rep.eccentric_s, rep.concentric_s
        if not self.eccentric_first:
            first_s, second_s = second_s, first_s
        t0 = t + (rep.hold_s if self.reps else 0.0)
        fails = rep.failed_at is not None
        if fails and not self.eccentric_first:
            return self._add_failed_pull(rep, t0, s)
        t1 = t0 + first_s
        t2 = t1 + rep.pause_s
        lift_first = not self.eccentric_first
        self._segment(t0, t1, s, rom, k, lift_first, rep.stall if lift_first else 0.0)
        self._segment(t1, t2, rom, rom, k, False)
        if fails:
            reached = rom * (1 - float(rep.failed_at or 0.0))
            t3 = t2 + second_s
            t4 = t3 + rep.stuck_s
            t5 = t4 + FALL_BACK_S
            self._segment(t2, t3, rom, reached, k, True, 0.0, 1.5)
            self._segment(t3, t4, reached, reached, k, True)
            self._segment(t4, t5, reached, rom, k, True)
            self.reps.append(RepTimes(t0, t1, t2, t5, (t0, t1), (t2, t3)))
            return t5, rom
        t3 = t2 + second_s
        self._segment(t2, t3, rom, back, k, not lift_first, 0.0 if lift_first else rep.stall)
        lower, lift = ((t2, t3), (t0, t1)) if lift_first else ((t0, t1), (t2, t3))
        self.reps.append(RepTimes(t0, t1, t2, t3, lower, lift))
        return t3, back

    def _add_failed_pull(self, rep: Rep, t0: float, s: float) -> tuple[float, float]:
        k = len(self.reps)
        reached = s + (self._rom[k] - s) * float(rep.failed_at or 0.0)
        t1 = t0 + rep.concentric_s
        t2 = t1 + rep.stuck_s
        t3 = t2 + FALL_BACK_S
        self._segment(t0, t1, s, reached, k, True, 0.0, 1.5)
        self._segment(t1, t2, reached, reached, k, True)
        self._segment(t2, t3, reached, 0.0, k, True)
        self.reps.append(RepTimes(t0, t1, t2, t3, (t2, t3), (t0, t1)))
        return t3, 0.0

    def _segment(
        self,
        t0: float,
        t1: float,
        s0: float,
        s1: float,
        rep: int,
        driving: bool,
        stall: float = 0.0,
        skew: float = 0.0,
    ) -> None:
        if t1 > t0:
            self._segments.append(_Segment(t0, t1, s0, s1, rep, driving, stall, skew))

    def _add_move(self, move: Move, t: float, loaded: bool) -> bool:
        d = move.duration_s
        self.moves.append((move, t, t + d))
        ramp = self._ramps
        if move.kind == "walk_in":
            ramp["root_x"].append((t, t + 0.75 * d, -WALK_DISTANCE_M, 0.0))
            ramp["heading"].append((t + 0.6 * d, t + d, 90.0, 0.0))
            self._walks.append((t, t + 0.8 * d))
        elif move.kind == "walk_out":
            ramp["heading"].append((t, t + 0.3 * d, 0.0, 90.0))
            ramp["root_x"].append((t + 0.2 * d, t + d, 0.0, WALK_DISTANCE_M))
            self._walks.append((t + 0.2 * d, t + d))
        elif move.kind == "unrack" and not loaded:
            ramp["loaded"].append((t, t + 0.5 * d, 0.0, 1.0))
            if self.rack_m:
                ramp["root_z"].append((t + 0.55 * d, t + d, self.rack_m, 0.0))
                self._walks.append((t + 0.55 * d, t + d))
            loaded = True
        elif move.kind == "rerack" and loaded:
            if self.rack_m:
                ramp["root_z"].append((t, t + 0.45 * d, 0.0, self.rack_m))
                self._walks.append((t, t + 0.45 * d))
            ramp["loaded"].append((t + 0.5 * d, t + d, 1.0, 0.0))
            loaded = False
        elif move.kind == "fidget":
            self._bends.append((t, t + d))
        return loaded

    # -- asking

    def state(self, t_s: Array) -> State:
        """The movement at times `t_s`, in seconds from the clip's start."""
        t = np.asarray(t_s, float)
        n = len(t)
        s, rep, driving = np.zeros(n), np.full(n, -1), np.zeros(n)
        for g in self._segments:
            after = t >= g.end_s
            s[after] = g.s1
            inside = (t >= g.start_s) & (t < g.end_s)
            if not inside.any():
                continue
            u = (t[inside] - g.start_s) / (g.end_s - g.start_s)
            s[inside] = g.s0 + (g.s1 - g.s0) * half_rep(g.stall, g.skew)(u)
            rep[inside] = g.rep
            driving[inside] = g.driving
        rom = np.array([*self._rom, 1.0])[rep]
        at_turn = s / rom
        progress = 1 - at_turn if self.eccentric_first else at_turn
        gait, phase = self._steps(t)
        bend = np.zeros(n)
        for a, b in self._bends:
            bend += np.sin(np.pi * np.clip((t - a) / (b - a), 0, 1)) ** 2
        return State(
            t,
            s,
            rep,
            at_turn,
            driving,
            progress,
            self._ramp("loaded", t, self._loaded0),
            self._ramp("root_z", t, self._z0),
            self._ramp("root_x", t, self._x0),
            self._ramp("heading", t, 90.0 if self._x0 else 0.0),
            gait,
            phase,
            bend,
        )

    def fault(self, state: State, name: str) -> Array:
        """Size of a pose fault at each time, in the fault's own unit."""
        if name in PATH_FAULTS:
            return np.zeros(len(state.t_s))
        sizes = [sum(f.size for f in r.faults if f.name == name) for r in self.clip.reps]
        if not any(sizes):
            return np.zeros(len(state.t_s))
        size = np.array([*sizes, 0.0])[state.rep]
        return np.asarray(size * envelope(name, state.at_turn, state.driving, state.progress))

    def _ramp(self, key: str, t: Array, start: float) -> Array:
        value = np.full(len(t), start)
        for a, b, v0, v1 in self._ramps[key]:
            now = t >= a
            value[now] = v0 + (v1 - v0) * smoothstep((t[now] - a) / (b - a))
        return value

    def _steps(self, t: Array) -> tuple[Array, Array]:
        size, phase = np.zeros(len(t)), np.zeros(len(t))
        for a, b in self._walks:
            u = (t - a) / (b - a)
            inside = (u > 0) & (u < 1)
            size[inside] = np.sin(np.pi * u[inside]) ** 0.5
            phase[inside] = np.pi * (t[inside] - a) / STEP_S
        return size, phase


def _rom(rep: Rep) -> float:
    """Range reached at the turn, the injected loss of depth included."""
    return rep.rom - sum(f.size for f in rep.faults if f.name == "depth_loss")


def _short(rep: Rep) -> float:
    """Range missing at the rep's end, an injected soft lockout included."""
    return rep.return_short + sum(f.size for f in rep.faults if f.name == "soft_lockout")
