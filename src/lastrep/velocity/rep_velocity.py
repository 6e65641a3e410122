"""Bar speed of each rep and what it says of the set (velocity-based training).

Definitions and filters are those of `docs/science.md` 2. Every number has an uncertainty (one
standard deviation) or is not given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lastrep.bar.confidence import jitter
from lastrep.bar.track import BarTrack, MovingPoint, PointSource
from lastrep.exercises.definition import ExerciseDefinition
from lastrep.motion.cleaning import hampel
from lastrep.reps.types import RepSpan
from lastrep.velocity.fatigue import comparable_speeds
from lastrep.velocity.interval import STANDSTILL, WindowRule, smooth
from lastrep.velocity.lift import Lift, LiftCutter, lifting_direction
from lastrep.velocity.parameters import DEFAULT_VELOCITY, RepVelocityOptions, VelocityOptions
from lastrep.velocity.scale import NO_SCALE, Scale, Scales
from lastrep.velocity.types import Estimate, RepVelocity, SetVelocity, StickingRegion

Array = NDArray[np.float64]

STRAYED = "what was followed is of another size than the plate: not the bar"


def measure_reps(
    track: BarTrack,
    spans: Sequence[RepSpan],
    scales: Scales,
    exercise: ExerciseDefinition | None,
    rule: WindowRule = STANDSTILL,
    options: VelocityOptions = DEFAULT_VELOCITY,
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
    options
        Parameters of bar speed.
    """

    def cut(points: Sequence[MovingPoint | None], scale: Scale) -> list[Lift | None]:
        way = lifting_direction(track.t_s, points, spans)
        cutter = LiftCutter(track, spans, rule, scale, way, options)
        return [cutter.cut(index, point) for index, point in enumerate(points)]

    bars = cut([track.bar] * len(spans), scales.bar)
    bodies = cut([track.proxies[span.working_limb] for span in spans], scales.body)
    strayed = [_strayed(track, bar, options.rep) for bar in bars]
    bars = [None if astray else bar for bar, astray in zip(bars, strayed, strict=True)]
    travel = 1.0 if exercise is None else exercise.bar_proxy_travel
    perspective = float(
        np.median([track.proxies[span.working_limb].perspective_scale for span in spans] or [1.0])
    )
    body, body_pct = _body_scale(track, scales, bars, bodies, travel * perspective, options.rep)
    reps: list[tuple[Lift | None, Scale]] = []
    for bar, landmark in zip(bars, bodies, strict=True):
        if bar is not None:
            reps.append((bar, _bar_scale(track, bar, scales.bar, options.rep)))
        elif landmark is not None:
            total = float(np.hypot(body.uncertainty_pct, body_pct))
            reps.append((landmark, replace(body, uncertainty_pct=total)))
        else:
            reps.append((None, NO_SCALE))
    lifts = [lift for lift, _ in reps]
    measured = [
        _measure(track, lift, scale, options, (STRAYED,) if astray else ())
        for (lift, scale), astray in zip(reps, strayed, strict=True)
    ]
    measured = _with_paths(measured, lifts, options.rep)
    return SetVelocity(
        tuple(measured), _set_warnings(measured, scales, options.rep.sure_confidence)
    )


def _bar_scale(track: BarTrack, lift: Lift, scale: Scale, options: RepVelocityOptions) -> Scale:
    """Return the scale at this rep's distance: the plate's own size, where it was measured."""
    change = _size_change(track, lift, options) if scale.source == "plate" else None
    return scale if change is None else replace(scale, metres_per_px=scale.metres_per_px * change)


def _size_change(track: BarTrack, lift: Lift, options: RepVelocityOptions) -> float | None:
    """How much larger the plate usually is than in this rep; None where that was not measured."""
    if track.bar is None or lift.source is not PointSource.PLATE:
        return None
    inside = (track.t_s >= lift.window_s[0]) & (track.t_s <= lift.window_s[1])
    radii = track.bar.radius_px[inside]
    radii = radii[np.isfinite(radii)]
    if len(radii) < options.min_measured_frames:
        return None
    return track.bar.typical_radius_px / float(np.median(radii))


def _body_scale(
    track: BarTrack,
    scales: Scales,
    bars: Sequence[Lift | None],
    bodies: Sequence[Lift | None],
    travel: float,
    options: RepVelocityOptions,
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
    if scales.bar.known and len(both) >= options.compared_reps:
        compared = replace(scales.bar, metres_per_px=float(np.median(both)))
        return compared, options.compared_landmark_pct
    metres_per_px = scales.body.metres_per_px / travel
    return replace(scales.body, metres_per_px=metres_per_px), options.landmark_pct[track.bar_proxy]


def _strayed(track: BarTrack, lift: Lift | None, options: RepVelocityOptions) -> bool:
    """Whether what was followed in a rep is another disc than the plate: far larger or smaller."""
    change = None if lift is None else _size_change(track, lift, options)
    return change is not None and abs(np.log(change)) > np.log(options.max_size_change)


def _measure(
    track: BarTrack,
    lift: Lift | None,
    scale: Scale,
    options: VelocityOptions,
    notes_before: tuple[str, ...] = (),
) -> RepVelocity:
    if lift is None:
        return RepVelocity(None, 0.0, NO_SCALE, notes=("bar and body were not seen well enough",))
    limits = options.rep
    notes = list(notes_before)
    start, end = lift.window_s
    inside = (track.t_s >= start) & (track.t_s <= end)
    rate_hz = lift.rate_hz
    moved = _camera_moved(track, inside, limits.camera_moved)
    lost = moved and bool(track.camera_known[inside].mean() < limits.camera_known_share)
    if scale.known and lost:
        scale = NO_SCALE
        notes.append("the camera moved and its movement could not be measured: no m/s")
    if scale.known and rate_hz < limits.min_metric_hz:
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
        tilt_deg=_tilt_deg(track, lift, limits.min_measured_frames),
        sticking=_sticking(lift, options),
        notes=tuple(notes),
    )
    return _in_metres(plain, track, lift, options, moved=moved) if scale.known else plain


def _in_metres(
    plain: RepVelocity, track: BarTrack, lift: Lift, options: VelocityOptions, *, moved: bool
) -> RepVelocity:
    """Add what has metres; `moved`: whether the camera did."""
    scale, limits = plain.scale, options.rep
    start, end = lift.window_s
    unit = scale.metres_per_px
    noise = jitter(lift.height) * unit
    mean, rise = lift.mean * unit, lift.rise * unit
    share = scale.uncertainty_pct / 100
    timing = np.hypot(options.interval.rise_pct / 100, lift.unsure_s / (end - start))
    camera = limits.moved_camera_pct / 100 if moved else 0.0
    error = float(np.sqrt(share**2 + timing**2 + camera**2 + (noise / max(rise, 1e-6)) ** 2))
    size_error = float(np.sqrt((share * rise) ** 2 + noise**2 + (camera * rise) ** 2))
    peak = _peak(lift, unit, options)
    lowering = lift.lowering
    return replace(
        plain,
        mean_m_s=Estimate(mean, mean * error),
        peak_m_s=None
        if peak is None
        else Estimate(peak[0], peak[0] * float(np.hypot(error, limits.peak_error))),
        time_to_peak_s=None if peak is None else peak[1],
        eccentric_m_s=(
            None
            if lowering is None or lowering[1] < options.lift.seen_share
            else Estimate(
                lowering[0] * unit,
                lowering[0] * unit * float(np.hypot(error, limits.lowering_error)),
            )
        ),
        displacement_m=Estimate(rise, size_error),
        horizontal_deviation_m=_deviation(
            track, lift, unit, (size_error / max(rise, 1e-6), noise), options
        ),
    )


def _camera_moved(track: BarTrack, inside: NDArray[np.bool_], statures: float) -> bool:
    if not inside.any() or not np.isfinite(track.stature_px):
        return False
    return bool(track.camera_shift_px[inside].max() > statures * track.stature_px)


def _peak(lift: Lift, unit: float, options: VelocityOptions) -> tuple[float, float] | None:
    """Greatest speed and its time from the start, where rate and source can show it."""
    start, end = lift.window_s
    limits, rate_hz = options.rep, lift.rate_hz
    fast = rate_hz >= limits.peak_hz
    slow = rate_hz >= limits.peak_slow_hz and end - start >= limits.peak_slow_s
    if lift.source is PointSource.LANDMARK or not (fast or slow):
        return None
    inside = (lift.t_s >= start) & (lift.t_s <= end)
    smooth_s = limits.peak_smooth_s if fast else options.interval.smooth_s
    _, speed = smooth(lift.t_s, lift.height, smooth_s)
    at = int(np.argmax(np.where(inside, speed, -np.inf)))
    peak = float(speed[at]) * unit
    return (peak, float(lift.t_s[at] - start)) if 0 < peak < limits.max_peak_m_s else None


def _sticking(lift: Lift, options: VelocityOptions) -> StickingRegion | None:
    """From the highest speed before the deepest dip to the dip, if the bar speeds up again."""
    level, speed = smooth(lift.t_s, lift.height, options.interval.smooth_s)
    inside = np.flatnonzero((lift.t_s >= lift.window_s[0]) & (lift.t_s <= lift.window_s[1]))
    if len(inside) < options.rep.min_measured_frames:
        return None
    v = speed[inside]
    before, after = np.maximum.accumulate(v), np.maximum.accumulate(v[::-1])[::-1]
    dip = np.minimum(before, after) - v
    at = int(np.argmax(dip))
    first = int(np.argmax(v[: at + 1]))
    if dip[at] < options.rep.sticking_dip * float(v.max()) or v[first] <= 0:
        return None
    at_s, first_s = lift.t_s[inside[at]], lift.t_s[inside[first]]
    height = (level[inside[at]] - level[inside[0]]) / lift.rise
    return StickingRegion(
        float(first_s),
        float(at_s),
        float(1 - max(v[at], 0) / v[first]),
        float(np.clip(height, 0, 1)),
    )


def _sideways_factor(track: BarTrack, lift: Lift, min_aspect: float) -> float | None:
    """How much the view shortens forward and backward movement; None if it hardly shows it."""
    if track.bar is None or lift.source is not PointSource.PLATE:
        return None
    aspect = min(track.bar.aspect, 1.0)
    return 1 / aspect if aspect >= min_aspect else None


def _deviation(
    track: BarTrack,
    lift: Lift,
    unit: float,
    errors: tuple[float, float],
    options: VelocityOptions,
) -> Estimate | None:
    """Farthest from the start of the lift; `errors`: a share of it, and metres."""
    factor = _sideways_factor(track, lift, options.rep.path_aspect)
    if factor is None:
        return None
    inside = (lift.t_s >= lift.window_s[0]) & (lift.t_s <= lift.window_s[1])
    x, _ = smooth(lift.t_s, lift.x, options.interval.smooth_s)
    away = (x - np.interp(lift.window_s[0], lift.t_s, x))[inside]
    farthest = float(away[np.argmax(np.abs(away))]) * unit * factor
    return Estimate(farthest, float(np.hypot(abs(farthest) * errors[0], errors[1])))


def _tilt_deg(track: BarTrack, lift: Lift, min_frames: int) -> float | None:
    """Farthest tilt in a lift from the usual one: a camera that is not level tilts all of them."""
    if track.bar is None or track.bar.tilt_deg is None or lift.source is not PointSource.PLATE:
        return None
    inside = (track.t_s >= lift.window_s[0]) & (track.t_s <= lift.window_s[1])
    tilt_deg = hampel(track.bar.tilt_deg[:, None])[:, 0] - np.nanmedian(track.bar.tilt_deg)
    seen = tilt_deg[inside & np.isfinite(tilt_deg)]
    return float(seen[np.argmax(np.abs(seen))]) if len(seen) >= min_frames else None


def _with_paths(
    reps: Sequence[RepVelocity], lifts: Sequence[Lift | None], options: RepVelocityOptions
) -> list[RepVelocity]:
    """Add how far each path of the bar is from that of the first reps."""
    compared = comparable_speeds(reps)
    paths = {
        i: _path(lift, options.path_points)
        for i, lift in enumerate(lifts)
        if lift is not None and i in compared
    }
    enough = len(paths) > options.path_reps
    first = list(paths.values())[: options.path_reps]
    out = []
    for i, rep in enumerate(reps):
        if i in paths and enough and rep.source is not PointSource.LANDMARK:
            off = paths[i] - np.mean(first, axis=0)
            rep = replace(rep, path_repeatability=float(np.sqrt(np.mean(off**2))))
        out.append(rep)
    return out


def _path(lift: Lift, points: int) -> Array:
    """Sideways place at even heights, from where the lift starts, in shares of the lift."""
    inside = (lift.t_s >= lift.window_s[0]) & (lift.t_s <= lift.window_s[1])
    height = np.maximum.accumulate(lift.height[inside])
    at = np.linspace(height[0], height[-1], points)
    x = np.interp(at, height, lift.x[inside])
    return np.asarray((x - x[0]) / max(lift.rise, 1e-9), np.float64)


def _set_warnings(
    reps: Sequence[RepVelocity], scales: Scales, sure_confidence: float
) -> tuple[str, ...]:
    """Say once for the set what the user should know about its speeds."""
    found: list[str] = []
    plate = [rep for rep in reps if rep.source not in (None, PointSource.LANDMARK)]
    landmark = [i + 1 for i, rep in enumerate(reps) if rep.source is PointSource.LANDMARK]
    metric = [rep for rep in reps if rep.mean_m_s is not None]
    if plate:
        found += scales.warnings
    if any(rep.confidence < sure_confidence for rep in plate):
        found.append("the bar was not followed surely in every rep: check the drawn path")
    if landmark and metric:
        which = "all reps" if len(landmark) == len(reps) else f"reps {landmark}"
        found.append(f"bar speed of {which} is read from the body, not from the bar: an estimate")
    if (plate or landmark) and not metric:
        found.append("no scale: bar speeds are relative; give --plate-m or --height-m for m/s")
    found += [note for note in dict.fromkeys(n for rep in reps for n in rep.notes)]
    return tuple(found)
