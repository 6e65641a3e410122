"""Bar speed of each rep and what it says of the set (velocity-based training).

Definitions and filters are those of `docs/science.md` 2. Every number has an uncertainty (one
standard deviation) or is not given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lastrep.bar.confidence import jitter
from lastrep.bar.track import BarTrack, MovingPoint, PointSource
from lastrep.exercises.definition import ExerciseDefinition
from lastrep.motion.cleaning import hampel
from lastrep.reps.types import RepSpan
from lastrep.velocity.fatigue import comparable_speeds
from lastrep.velocity.interval import RISE_PCT, STANDSTILL, WindowRule, smooth
from lastrep.velocity.lift import SEEN_SHARE, Lift, cut_lift, lifting_direction
from lastrep.velocity.scale import NO_SCALE, Scale, Scales
from lastrep.velocity.types import Estimate, RepVelocity, SetVelocity, StickingRegion

Array = NDArray[np.float64]

#: A tracked bar below this confidence is shown with a warning.
SURE_FROM = 0.8
#: Below this rate speeds are relative only (`docs/science.md` 2.6).
METRIC_FROM_HZ = 20.0
#: Peak speed: from this rate on always, from the second on if the lift takes long enough, seconds.
PEAK_FROM_HZ, PEAK_SLOW_HZ, PEAK_SLOW_S = 50.0, 24.0, 0.6
#: Local cubic for peaks at high rates, seconds.
PEAK_SMOOTH_S = 0.20
#: No bar in a gym moves faster (a snatch peaks at 2.5 m/s): such a speed is a tracking error.
POSSIBLE_M_S = 3.0
#: How far a body part's mean speed is from the bar's, % (measured on rendered lifts).
LANDMARK_PCT: Mapping[str, float] = MappingProxyType(
    {"wrist": 20.0, "shoulder": 10.0, "hip": 30.0, "ankle": 20.0}
)
#: The same after comparison with the bar in other reps of the set, %.
COMPARED_LANDMARK_PCT = 6.0
#: A lifter who steps half a metre towards a camera 2.5 m away makes the plate a quarter larger;
#: what differs more from its usual size is not the plate.
STRAY_FACTOR = 1.3
STRAYED = "what was followed is of another size than the plate: not the bar"
#: If the camera moved this far (statures) and it is not known how in a rep, there are no metres.
CAMERA_MOVED, CAMERA_KNOWN_SHARE = 0.02, 0.9
#: What is left of a compensated camera movement (parallax), % of the mean speed.
MOVED_CAMERA_PCT = 3.0
#: A dip of the speed is a sticking region if it falls by this share of the peak before it.
STICKING_DIP = 0.15
#: Reps that make the path the others are compared with, and points on a path.
BASELINE_REPS, PATH_POINTS = 3, 50
#: Seen more obliquely than this, the image shows too little of forward and backward movement.
PATH_ASPECT = 0.5


def measure_reps(
    track: BarTrack,
    spans: Sequence[RepSpan],
    scales: Scales,
    exercise: ExerciseDefinition | None,
    rule: WindowRule = STANDSTILL,
) -> SetVelocity:
    """Measure the speed and path of the bar in the reps of one set.

    Parameters
    ----------
    track
        The bar over the recording.
    spans
        The set's reps, in order of time.
    scales
        From `find_scales`.
    exercise
        How far its body part travels beside the bar; None takes them for equal.
    rule
        Where a mean velocity starts and ends.
    """

    def cut(points: Sequence[MovingPoint | None], scale: Scale) -> list[Lift | None]:
        way = lifting_direction(track.t_s, points, spans)
        return [
            cut_lift(track, point, spans, i, rule, scale, way) for i, point in enumerate(points)
        ]

    bars = cut([track.bar] * len(spans), scales.bar)
    bodies = cut([track.proxies[span.limb] for span in spans], scales.body)
    strayed = [_strayed(track, bar) for bar in bars]
    bars = [None if astray else bar for bar, astray in zip(bars, strayed, strict=True)]
    travel = 1.0 if exercise is None else exercise.bar_proxy_travel
    nearness = float(
        np.median([track.proxies[span.limb].perspective_scale for span in spans] or [1.0])
    )
    body, body_pct = _body_scale(track, scales, bars, bodies, travel * nearness)
    reps: list[tuple[Lift | None, Scale]] = []
    for bar, landmark in zip(bars, bodies, strict=True):
        if bar is not None:
            reps.append((bar, _bar_scale(track, bar, scales.bar)))
        elif landmark is not None:
            total = float(np.hypot(body.uncertainty_pct, body_pct))
            reps.append((landmark, replace(body, uncertainty_pct=total)))
        else:
            reps.append((None, NO_SCALE))
    lifts = [lift for lift, _ in reps]
    measured = [
        _measure(track, lift, scale, (STRAYED,) if astray else ())
        for (lift, scale), astray in zip(reps, strayed, strict=True)
    ]
    measured = _with_paths(measured, lifts)
    return SetVelocity(tuple(measured), _set_warnings(measured, scales))


def _bar_scale(track: BarTrack, lift: Lift, scale: Scale) -> Scale:
    """Return the scale at this rep's distance: the plate's own size, where it was measured."""
    change = _size_change(track, lift) if scale.source == "plate" else None
    return scale if change is None else replace(scale, metres_per_px=scale.metres_per_px * change)


def _size_change(track: BarTrack, lift: Lift) -> float | None:
    """How much larger the plate usually is than in this rep; None where that was not measured."""
    if track.bar is None or lift.source is not PointSource.PLATE:
        return None
    inside = (track.t_s >= lift.window_s[0]) & (track.t_s <= lift.window_s[1])
    radii = track.bar.radius_px[inside]
    radii = radii[np.isfinite(radii)]
    return track.bar.typical_radius_px / float(np.median(radii)) if len(radii) >= 5 else None


def _body_scale(
    track: BarTrack,
    scales: Scales,
    bars: Sequence[Lift | None],
    bodies: Sequence[Lift | None],
    travel: float,
) -> tuple[Scale, float]:
    """Return the landmarks' scale, and how far (%) their speeds are from the bar's.

    Where the bar was seen in other reps of the set, its travel calibrates the landmark's: within
    one clip the two keep their ratio.
    """
    both = [
        bar.rise * scales.bar.metres_per_px / body.rise
        for bar, body in zip(bars, bodies, strict=True)
        if bar is not None and body is not None and body.rise > 0
    ]
    if scales.bar.known and len(both) >= 2:
        return replace(scales.bar, metres_per_px=float(np.median(both))), COMPARED_LANDMARK_PCT
    metres_per_px = scales.body.metres_per_px / travel
    return replace(scales.body, metres_per_px=metres_per_px), LANDMARK_PCT[track.bar_proxy]


def _strayed(track: BarTrack, lift: Lift | None) -> bool:
    """Whether what was followed in a rep is another disc than the plate: far larger or smaller."""
    change = None if lift is None else _size_change(track, lift)
    return change is not None and abs(np.log(change)) > np.log(STRAY_FACTOR)


def _measure(
    track: BarTrack, lift: Lift | None, scale: Scale, notes_before: tuple[str, ...] = ()
) -> RepVelocity:
    if lift is None:
        return RepVelocity(None, 0.0, NO_SCALE, notes=("bar and body were not seen well enough",))
    notes = list(notes_before)
    start, end = lift.window_s
    inside = (track.t_s >= start) & (track.t_s <= end)
    rate_hz = 1 / float(np.median(np.diff(lift.t_s)))
    moved = _camera_moved(track, inside)
    lost = moved and bool(track.camera_known[inside].mean() < CAMERA_KNOWN_SHARE)
    if scale.known and lost:
        scale = NO_SCALE
        notes.append("the camera moved and its movement could not be measured: no m/s")
    if scale.known and rate_hz < METRIC_FROM_HZ:
        scale = NO_SCALE
        notes.append(f"{rate_hz:.0f} frames a second are too few for m/s")
    plain = RepVelocity(
        lift.source,
        lift.confidence,
        scale,
        concentric_s=lift.window_s,
        rise_px=None if lost else lift.rise,
        top_px=None if lost else lift.top,
        mean_px_s=lift.mean,
        tilt_deg=_tilt_deg(track, lift),
        sticking=_sticking(lift),
        notes=tuple(notes),
    )
    if not scale.known:
        return plain
    unit = scale.metres_per_px
    noise = jitter(lift.height) * unit
    mean, rise = lift.mean * unit, lift.rise * unit
    share = scale.uncertainty_pct / 100
    timing = np.hypot(RISE_PCT / 100, lift.unsure_s / (end - start))
    camera = MOVED_CAMERA_PCT / 100 if moved else 0.0
    error = float(np.sqrt(share**2 + timing**2 + camera**2 + (noise / max(rise, 1e-6)) ** 2))
    size_error = float(np.sqrt((share * rise) ** 2 + noise**2 + (camera * rise) ** 2))
    peak = _peak(lift, rate_hz, unit)
    lowering = lift.lowering
    return replace(
        plain,
        mean_m_s=Estimate(mean, mean * error),
        peak_m_s=None
        if peak is None
        else Estimate(peak[0], peak[0] * float(np.hypot(error, 0.02))),
        time_to_peak_s=None if peak is None else peak[1],
        eccentric_m_s=(
            None
            if lowering is None or lowering[1] < SEEN_SHARE
            else Estimate(lowering[0] * unit, lowering[0] * unit * float(np.hypot(error, 0.05)))
        ),
        displacement_m=Estimate(rise, size_error),
        horizontal_deviation_m=_deviation(track, lift, unit, size_error / max(rise, 1e-6), noise),
    )


def _camera_moved(track: BarTrack, inside: NDArray[np.bool_]) -> bool:
    if not inside.any() or not np.isfinite(track.stature_px):
        return False
    return bool(track.camera_shift_px[inside].max() > CAMERA_MOVED * track.stature_px)


def _peak(lift: Lift, rate_hz: float, unit: float) -> tuple[float, float] | None:
    """Greatest speed and its time from the start, where rate and source can show it."""
    start, end = lift.window_s
    fast = rate_hz >= PEAK_FROM_HZ
    slow = rate_hz >= PEAK_SLOW_HZ and end - start >= PEAK_SLOW_S
    if lift.source is PointSource.LANDMARK or not (fast or slow):
        return None
    inside = (lift.t_s >= start) & (lift.t_s <= end)
    _, speed = (
        smooth(lift.t_s, lift.height, PEAK_SMOOTH_S) if fast else smooth(lift.t_s, lift.height)
    )
    at = int(np.argmax(np.where(inside, speed, -np.inf)))
    peak = float(speed[at]) * unit
    return (peak, float(lift.t_s[at] - start)) if 0 < peak < POSSIBLE_M_S else None


def _sticking(lift: Lift) -> StickingRegion | None:
    """From the highest speed before the deepest dip to the dip, if the bar speeds up again."""
    level, speed = smooth(lift.t_s, lift.height)
    inside = np.flatnonzero((lift.t_s >= lift.window_s[0]) & (lift.t_s <= lift.window_s[1]))
    if len(inside) < 5:
        return None
    v = speed[inside]
    before, after = np.maximum.accumulate(v), np.maximum.accumulate(v[::-1])[::-1]
    dip = np.minimum(before, after) - v
    at = int(np.argmax(dip))
    first = int(np.argmax(v[: at + 1]))
    if dip[at] < STICKING_DIP * float(v.max()) or v[first] <= 0:
        return None
    at_s, first_s = lift.t_s[inside[at]], lift.t_s[inside[first]]
    height = (level[inside[at]] - level[inside[0]]) / lift.rise
    return StickingRegion(
        float(first_s),
        float(at_s),
        float(1 - max(v[at], 0) / v[first]),
        float(np.clip(height, 0, 1)),
    )


def _sideways_factor(track: BarTrack, lift: Lift) -> float | None:
    """How much the view shortens forward and backward movement; None if it hardly shows it."""
    if track.bar is None or lift.source is not PointSource.PLATE:
        return None
    aspect = min(track.bar.aspect, 1.0)
    return 1 / aspect if aspect >= PATH_ASPECT else None


def _deviation(
    track: BarTrack, lift: Lift, unit: float, share: float, noise: float
) -> Estimate | None:
    factor = _sideways_factor(track, lift)
    if factor is None:
        return None
    inside = (lift.t_s >= lift.window_s[0]) & (lift.t_s <= lift.window_s[1])
    x, _ = smooth(lift.t_s, lift.x)
    away = (x - np.interp(lift.window_s[0], lift.t_s, x))[inside]
    farthest = float(away[np.argmax(np.abs(away))]) * unit * factor
    return Estimate(farthest, float(np.hypot(abs(farthest) * share, noise)))


def _tilt_deg(track: BarTrack, lift: Lift) -> float | None:
    """Farthest tilt in a lift from the usual one: a camera that is not level tilts all of them."""
    if track.bar is None or track.bar.tilt_deg is None or lift.source is not PointSource.PLATE:
        return None
    inside = (track.t_s >= lift.window_s[0]) & (track.t_s <= lift.window_s[1])
    tilt_deg = hampel(track.bar.tilt_deg[:, None])[:, 0] - np.nanmedian(track.bar.tilt_deg)
    seen = tilt_deg[inside & np.isfinite(tilt_deg)]
    return float(seen[np.argmax(np.abs(seen))]) if len(seen) >= 5 else None


def _with_paths(reps: Sequence[RepVelocity], lifts: Sequence[Lift | None]) -> list[RepVelocity]:
    """Add how far each path of the bar is from that of the first reps."""
    compared = comparable_speeds(reps)
    paths = {i: _path(lift) for i, lift in enumerate(lifts) if lift is not None and i in compared}
    first = list(paths.values())[:BASELINE_REPS]
    out = []
    for i, rep in enumerate(reps):
        if i in paths and len(paths) > BASELINE_REPS and rep.source is not PointSource.LANDMARK:
            off = paths[i] - np.mean(first, axis=0)
            rep = replace(rep, path_repeatability=float(np.sqrt(np.mean(off**2))))
        out.append(rep)
    return out


def _path(lift: Lift) -> Array:
    """Sideways place at even heights, from where the lift starts, in shares of the lift."""
    inside = (lift.t_s >= lift.window_s[0]) & (lift.t_s <= lift.window_s[1])
    height = np.maximum.accumulate(lift.height[inside])
    at = np.linspace(height[0], height[-1], PATH_POINTS)
    x = np.interp(at, height, lift.x[inside])
    return np.asarray((x - x[0]) / max(lift.rise, 1e-9), np.float64)


def _set_warnings(reps: Sequence[RepVelocity], scales: Scales) -> tuple[str, ...]:
    """Say once for the set what the user should know about its speeds."""
    found: list[str] = []
    plate = [rep for rep in reps if rep.source not in (None, PointSource.LANDMARK)]
    landmark = [i + 1 for i, rep in enumerate(reps) if rep.source is PointSource.LANDMARK]
    metric = [rep for rep in reps if rep.mean_m_s is not None]
    if plate:
        found += scales.warnings
    if any(rep.confidence < SURE_FROM for rep in plate):
        found.append("the bar was not followed surely in every rep: check the drawn path")
    if landmark and metric:
        which = "all reps" if len(landmark) == len(reps) else f"reps {landmark}"
        found.append(f"bar speed of {which} is read from the body, not from the bar: an estimate")
    if (plate or landmark) and not metric:
        found.append("no scale: bar speeds are relative; give --plate-m or --height-m for m/s")
    found += [note for note in dict.fromkeys(n for rep in reps for n in rep.notes)]
    return tuple(found)
