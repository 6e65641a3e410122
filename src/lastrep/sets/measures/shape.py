"""Unnamed changes: a movement that changed in a way that no named fault describes.

Every rep is read as joint angles over the way it has gone, not over time, so that a slow or paused
rep of the same path has the same shape (what time warping would align is aligned by the path
itself). The distance to the first reps is information: it never ends a set.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from lastrep.exercises.standards import UnnamedChangeStandards
from lastrep.missing import MaybeNan
from lastrep.reps.types import RepSpan
from lastrep.sets.measures.kinematics import SetKinematics

Array = NDArray[np.float64]
#: Angles of a rep along the way it went: a row a measure, NaN where not seen.
Shape = tuple[tuple[MaybeNan, ...], ...]

#: Angles that describe the movement; seen from the front they are foreshortened.
ANGLES = ("knee", "hip", "elbow", "shoulder", "trunk_lean")
VIEWS = ("side", "oblique")


def rep_shape(kinematics: SetKinematics, span: RepSpan) -> Shape:
    """Return a rep's angles along its way, shape = (measures, points); degrees."""
    out, back = kinematics.options.shape_points
    halves = (
        (kinematics.window(span.leave_s, span.turn_s), out),
        (kinematics.window(span.turn_s, span.back_s), back),
    )
    along = np.concatenate([_along(kinematics, frames, n) for frames, n in halves], axis=1)
    return tuple(tuple(row) for row in np.round(along, 2).tolist())


def unnamed_changes(
    reps: Sequence[Shape],
    baseline: Sequence[int],
    explained: Sequence[bool],
    view: str,
    standards: UnnamedChangeStandards,
) -> tuple[str, ...]:
    """Return a note if the movement changed and no named fault says how.

    Parameters
    ----------
    reps
        The shape of each rep.
    baseline
        Indices of the first good reps.
    explained
        Which reps have a named fault or are partial.
    """
    if view not in VIEWS or len(baseline) < 2:
        return ()
    shapes = [np.array(rep, np.float64) for rep in reps]
    usual = np.nanmedian([shapes[i] for i in baseline], axis=0)
    spread = float(np.median([_apart(shapes[a], shapes[b]) for a, b in combinations(baseline, 2)]))
    limit = max(standards.min_deg, standards.min_factor * spread)
    run = 0
    for number, (shape, named) in enumerate(zip(shapes, explained, strict=True), start=1):
        distance = _apart(shape, usual)
        run = run + 1 if distance > limit and not named else 0
        if run == standards.reps:
            return (
                f"The movement changed from rep {number - run + 1} on ({distance:.0f}° on average "
                f"from the first reps, limit {limit:.0f}°) in no way that has a name: "
                "check the video.",
            )
    return ()


def _along(kinematics: SetKinematics, frames: slice, points: int) -> Array:
    way = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(kinematics.fraction[frames])))])
    at = np.linspace(0.0, way[-1], points)
    return np.stack(
        [np.interp(at, way, kinematics.measure(name, "weighted")[frames]) for name in ANGLES]
    )


def _apart(a: Array, b: Array) -> float:
    """Root-mean-square difference, degrees."""
    return float(np.sqrt(np.nanmean((a - b) ** 2)))
