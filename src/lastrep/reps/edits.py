"""A cut into reps put right by hand: a rep missed, two taken for one, one taken for two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lastrep.reps.parameters import DEFAULT_REP_SEARCH, RepSearchOptions
from lastrep.reps.segmentation import Segmentation, rep_span
from lastrep.reps.types import RepSpan

Array = NDArray[np.float64]


def missed_rep(
    reps: Sequence[RepSpan],
    segmentation: Segmentation,
    at_s: float,
    options: RepSearchOptions = DEFAULT_REP_SEARCH,
) -> tuple[RepSpan, ...]:
    """Return the reps with one more around a moment.

    The rep reaches from the rest before the moment to the rest after it, between its neighbours.

    Raises
    ------
    ValueError
        If the moment lies in a rep already, or nothing moves there.
    """
    inside = next((i for i, rep in enumerate(reps) if rep.leave_s < at_s < rep.back_s), None)
    if inside is not None:
        raise ValueError(
            f"at {at_s:.1f} s a rep was found already; split it, or take back that it is no rep"
        )
    usual_s = options.edits.around_reps * float(
        np.median([rep.end_s - rep.start_s for rep in reps])
    )
    low_s = max([rep.back_s for rep in reps if rep.back_s <= at_s], default=at_s - usual_s)
    high_s = min([rep.leave_s for rep in reps if rep.leave_s >= at_s], default=at_s + usual_s)
    low_s, high_s = max(low_s, at_s - usual_s), min(high_s, at_s + usual_s)
    new = _between(segmentation, (low_s, high_s), at_s, reps[0], options)
    return tuple(sorted([*reps, new], key=lambda rep: rep.start_s))


def split_rep(
    reps: Sequence[RepSpan],
    segmentation: Segmentation,
    at_s: float,
    options: RepSearchOptions = DEFAULT_REP_SEARCH,
) -> tuple[RepSpan, ...]:
    """Return the reps with the one around a moment cut in two, where the load was nearest to rest.

    Raises
    ------
    ValueError
        If no rep holds the moment, or it is too short to be two.
    """
    index = _holding(reps, at_s)
    rep = reps[index]
    t_s = segmentation.t_s
    first, last = np.searchsorted(t_s, (rep.start_s, rep.end_s))
    margin = int(options.edits.margin_share * (last - first))
    if margin < options.edits.min_samples:
        raise ValueError(f"rep {index + 1} is too short to be two")
    rest = _restward(segmentation, rep)[first + margin : last - margin]
    middle_s = float(t_s[first + margin + int(np.argmax(rest))])
    halves = [
        _between(segmentation, (rep.start_s, middle_s), None, rep, options),
        _between(segmentation, (middle_s, rep.end_s), None, rep, options),
    ]
    return (*reps[:index], *halves, *reps[index + 1 :])


def merge_reps(
    reps: Sequence[RepSpan],
    segmentation: Segmentation,
    at_s: float,
    options: RepSearchOptions = DEFAULT_REP_SEARCH,
) -> tuple[RepSpan, ...]:
    """Return the reps with the one around a moment and the one after it as one.

    Raises
    ------
    ValueError
        If no rep holds the moment, or none comes after it.
    """
    index = _holding(reps, at_s)
    if index + 1 == len(reps):
        raise ValueError(f"rep {index + 1} is the last one: none comes after it to merge with")
    first, second = reps[index : index + 2]
    both = _between(segmentation, (first.start_s, second.end_s), None, first, options)
    return (*reps[:index], both, *reps[index + 2 :])


def _holding(reps: Sequence[RepSpan], at_s: float) -> int:
    for index, rep in enumerate(reps):
        if rep.start_s <= at_s <= rep.end_s:
            return index
    raise ValueError(f"there is no rep at {at_s:.1f} s")


def _restward(segmentation: Segmentation, like: RepSpan) -> Array:
    """The rep position, or its mirror image: highest where reps begin and end."""
    return segmentation.rep_position if like.eccentric_first else 1 - segmentation.rep_position


def _between(
    segmentation: Segmentation,
    ends_s: tuple[float, float],
    at_s: float | None,
    like: RepSpan,
    options: RepSearchOptions,
) -> RepSpan:
    """Return the rep between two moments: rest, far end (nearest to a moment), rest."""
    t_s, line = segmentation.t_s, _restward(segmentation, like)
    low, high = (int(i) for i in np.searchsorted(t_s, ends_s))
    high = min(high, len(t_s) - 1)
    min_samples = options.edits.min_samples
    if high - low < min_samples or not np.isfinite(line[low : high + 1]).all():
        raise ValueError(f"between {ends_s[0]:.1f} and {ends_s[1]:.1f} s no movement can be read")
    near = slice(low, high + 1)
    if at_s is not None:
        # The far end is the lowest point around the moment, not that of a larger movement nearby.
        half = max(int(options.edits.margin_share * (high - low)), min_samples)
        at = int(np.clip(np.searchsorted(t_s, at_s), low, high))
        near = slice(max(at - half, low), min(at + half, high) + 1)
    turn = near.start + int(np.argmin(line[near]))
    first = low + int(np.argmax(line[low : turn + 1]))
    last = turn + int(np.argmax(line[turn : high + 1]))
    if not first < turn < last:
        raise ValueError(f"nothing moves to and fro around {t_s[turn]:.1f} s")
    ends = np.array((first, turn, last), np.intp)
    return rep_span(
        segmentation.rep_position, t_s, (ends, ends), like.eccentric_first, like, options.phases
    )
