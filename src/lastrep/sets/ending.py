"""Why and where a set ended (`domain.md` 4.5), and the sentence that says so.

This step knows the ends that follow from the reps themselves: a failed rep, range of motion lost
in consecutive reps, the target, and the lifter or the recording stopping.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lastrep.sets.options import SetOptions
from lastrep.sets.results import EndReason, Rep, RepStatus, SetEnd

#: Range of motion below this share of the set's reference makes a rep partial. Measured rep-to-rep
#: noise is 3-6 %, so the textbook's 90 % would call good reps partial.
PARTIAL_BELOW_PCT = 85.0
#: Reps that set the lifter's own reference before lost range can end a set (E5: three good reps).
BASELINE_REPS = 3
#: A recording that goes on this long after the last rep shows that the lifter stopped.
STOPPED_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the recording shows between this set's last rep and the next set or its own end.

    Parameters
    ----------
    until_s
        When the next set begins, or the recording ends.
    seen
        Share of frames, 0..1, in which the lifter is seen right after the last rep (over
        `STOPPED_AFTER_S`, or what there is).
    next_set
        Whether another set follows.
    """

    until_s: float
    seen: float
    next_set: bool


def find_end(reps: Sequence[Rep], options: SetOptions, aftermath: Aftermath) -> SetEnd:
    """Return the first end that the reps of a set call for.

    Parameters
    ----------
    reps
        At least one rep, in order of time.
    """
    for index, rep in enumerate(reps):
        if rep.status is RepStatus.FAILED:
            return _absolute_failure(rep, reps[:index])
        run = _partial_run(reps[: index + 1], options.strictness.run_length)
        if run:
            return _lost_range(run, reps)
        if options.target_reps is not None and _completed(reps[: index + 1]) == options.target_reps:
            return _target(rep, reps[: index + 1], options.target_reps)
    return _stopped(reps, aftermath)


def good_reps(reps: Sequence[Rep], end: SetEnd) -> int:
    """Good reps before the first bad rep of the end; reps after the end are not credited."""
    return sum(
        rep.status is RepStatus.GOOD
        for rep in reps
        if (end.rep is None or rep.number < end.rep) and rep.end_s <= end.t_s
    )


def completed_reps(reps: Sequence[Rep]) -> int:
    """Reps with their whole range of motion, clean or not."""
    return _completed(reps)


def _completed(reps: Sequence[Rep]) -> int:
    return sum(rep.status in (RepStatus.GOOD, RepStatus.COMPLETED) for rep in reps)


def _partial_run(reps: Sequence[Rep], length: int) -> Sequence[Rep]:
    """Last `length` reps if all are partial and a baseline stands before them, else none."""
    run = reps[-length:]
    if len(run) < length or any(rep.status is not RepStatus.PARTIAL for rep in run):
        return ()
    good_before = sum(rep.status is RepStatus.GOOD for rep in reps[: len(reps) - length])
    return run if good_before >= BASELINE_REPS else ()


def _absolute_failure(rep: Rep, before: Sequence[Rep]) -> SetEnd:
    good = sum(r.status is RepStatus.GOOD for r in before)
    return SetEnd(
        reason=EndReason.ABSOLUTE_FAILURE,
        rep=rep.number,
        confirmed_at_rep=rep.number,
        t_s=rep.end_s,
        explanation=f"Rep {rep.number} could not be completed ({rep.reason}): {_reps(good)}.",
    )


def _lost_range(run: Sequence[Rep], reps: Sequence[Rep]) -> SetEnd:
    first, last = run[0], run[-1]
    good = sum(r.status is RepStatus.GOOD for r in reps if r.number < first.number)
    confirmed = "" if first is last else f", confirmed at rep {last.number}"
    return SetEnd(
        reason=EndReason.TECHNICAL_FAILURE,
        rep=first.number,
        confirmed_at_rep=last.number,
        t_s=last.end_s,
        explanation=(
            f"Range of motion broke at rep {first.number} ({first.rom_pct:.0f} % of the lifter's "
            f"own, limit {PARTIAL_BELOW_PCT:.0f} %){confirmed}: {_reps(good)}."
        ),
    )


def _target(rep: Rep, reps: Sequence[Rep], target: int) -> SetEnd:
    good = sum(r.status is RepStatus.GOOD for r in reps)
    return SetEnd(
        reason=EndReason.TARGET_REACHED,
        t_s=rep.end_s,
        explanation=f"Target of {target} reached at rep {rep.number}: {_reps(good)}.",
    )


def _stopped(reps: Sequence[Rep], aftermath: Aftermath) -> SetEnd:
    last = reps[-1]
    good = sum(r.status is RepStatus.GOOD for r in reps)
    after_s = max(aftermath.until_s - last.end_s, 0.0)
    summary = _reps(good) if good == len(reps) else f"{_reps(good)} of {len(reps)} attempts"
    summary = summary[0].upper() + summary[1:]
    if aftermath.next_set or after_s >= STOPPED_AFTER_S:
        if aftermath.seen < 0.5 and not aftermath.next_set:
            return SetEnd(
                reason=EndReason.TRACKING_LOST,
                t_s=last.end_s,
                explanation=(
                    f"{summary}; the lifter was lost from sight right after rep {last.number}, "
                    f"so a rep in the remaining {after_s:.1f} s may have been missed."
                ),
            )
        return SetEnd(
            reason=EndReason.LIFTER_STOPPED,
            t_s=last.end_s,
            explanation=(
                f"{summary}; the lifter stopped after rep {last.number} "
                f"({after_s:.1f} s without another rep)."
            ),
        )
    return SetEnd(
        reason=EndReason.VIDEO_END,
        t_s=last.end_s,
        explanation=f"{summary}; the video ends {after_s:.1f} s after rep {last.number}.",
    )


def _reps(count: int) -> str:
    return f"{count} good rep" if count == 1 else f"{count} good reps"
