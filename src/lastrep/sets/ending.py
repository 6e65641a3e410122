"""Why and where a set ended (`docs/science.md` 4.5), and the sentence that says so.

The rules in their order for each rep: E6 it failed; E1 a critical safety fault; E2 the same major
fault in consecutive reps; E4 consecutive reps short of the range of motion; E5 a grind that also
lost its range; E3 major faults in most of the last reps; E9 too slow (if asked for); E7 the target.
What the recording shows after the last rep decides the rest (E8, E10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lastrep.exercises.faults import shown
from lastrep.exercises.standards import EndStandards, Standards, StrictnessStandards
from lastrep.exercises.standards import standards as shipped_standards
from lastrep.sets.criteria import Aftermath, SetCriteria, Strictness
from lastrep.sets.results import EndReason, Fault, Rep, RepStatus, SetEnd, Severity

#: The fault of a range shorter than the lifter's own.
OWN_RANGE = "G1"


def find_end(
    reps: Sequence[Rep], criteria: SetCriteria, standards: Standards | None = None
) -> SetEnd:
    """Return the first end that the reps of a set call for.

    Parameters
    ----------
    reps
        At least one rep, in order of time.
    standards
        None for the shipped ones.
    """
    standards = standards or shipped_standards()
    for index, rep in enumerate(reps):
        so_far = reps[: index + 1]
        end = _end_at(so_far, criteria, standards)
        if end is not None:
            return end
        if criteria.target_reps is not None and _completed(so_far) == criteria.target_reps:
            return _target(rep, so_far, criteria.target_reps)
    aftermath = criteria.aftermath or Aftermath(reps[-1].end_s, 1.0, next_set=False)
    return _stopped(reps, aftermath, standards.end)


def no_rep_left(t_s: float) -> SetEnd:
    """Return the end of a set of which a coach said that nothing in it was a rep."""
    return SetEnd(
        reason=EndReason.LIFTER_STOPPED,
        t_s=t_s,
        explanation="0 good reps: by a coach's word nothing here was a rep.",
    )


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


def majors(rep: Rep) -> dict[str, Fault]:
    """Major and critical faults of a rep, by id."""
    return {f.id: f for f in rep.faults if f.severity is not Severity.MINOR}


def _form_faults(rep: Rep) -> dict[str, Fault]:
    """Major faults but the range that is short of the lifter's own: that takes good reps first."""
    return {i: f for i, f in majors(rep).items() if i != OWN_RANGE or f.reference == "absolute"}


def _completed(reps: Sequence[Rep]) -> int:
    return sum(rep.status in (RepStatus.GOOD, RepStatus.COMPLETED) for rep in reps)


def _end_at(reps: Sequence[Rep], criteria: SetCriteria, standards: Standards) -> SetEnd | None:
    """The end that the last of these reps confirms."""
    rep = reps[-1]
    if rep.status is RepStatus.FAILED:
        return _absolute_failure(rep, reps[:-1])
    critical = [f for f in rep.faults if f.severity is Severity.CRITICAL]
    if critical:
        # Where it was there before, if less, form broke there.
        _, first = _run_of(critical[0].id, _covered(reps, standards.end), rep)
        return _broken(_Break(first, rep, critical[0]), reps, standards)
    if rep.number > standards.end.grace_reps and rep.coverage >= standards.end.min_coverage:
        broken = _technical_failure(reps, standards, criteria.strictness)
        if broken is not None:
            return _broken(broken, reps, standards)
    return _too_slow(reps, criteria.velocity_cap_pct, standards.end.min_good_reps)


@dataclass(frozen=True, slots=True)
class _Break:
    """Where form or range of motion broke: the first bad rep, the one that confirms it, and how."""

    first: Rep
    last: Rep
    fault: Fault | None


def _technical_failure(
    reps: Sequence[Rep], standards: Standards, strictness: Strictness
) -> _Break | None:
    limits, level = standards.end, standards.strictness.of(strictness)
    covered = _covered(reps, limits)
    return (
        _same_fault(covered, reps[-1], level)
        or _lost_range(covered, reps, limits, level)
        or _grind(reps, limits)
        or _many_faults(covered, reps, limits, level)
    )


def _covered(reps: Sequence[Rep], limits: EndStandards) -> list[Rep]:
    return [rep for rep in reps if rep.coverage >= limits.min_coverage]


def _same_fault(covered: Sequence[Rep], last: Rep, level: StrictnessStandards) -> _Break | None:
    """E2: the same major fault, rep after rep; a rep in which it is not known is passed over."""
    for fault in _form_faults(last).values():
        run, first = _run_of(fault.id, covered, last)
        if run >= level.run_length:
            return _Break(first, last, fault)
    return None


def _run_of(fault: str, covered: Sequence[Rep], last: Rep) -> tuple[int, Rep]:
    """Length and first rep of the run of a fault that the last rep ends."""
    known = [r for r in covered if not _unknown(r, fault)]
    run = _run([fault in majors(r) for r in known])
    return run, known[-run] if run else last


def _unknown(rep: Rep, fault: str) -> bool:
    return any(m.id == fault and m.state == "unknown" for m in rep.measured)


def _run(bad: Sequence[bool]) -> int:
    """Length of the run of True at the end."""
    return next((i for i, b in enumerate(reversed(bad)) if not b), len(bad))


def _lost_range(
    covered: Sequence[Rep], reps: Sequence[Rep], limits: EndStandards, level: StrictnessStandards
) -> _Break | None:
    """E4: consecutive partial reps, after a baseline or by the absolute standard."""
    run = _run([r.status is RepStatus.PARTIAL for r in covered])
    if run < level.run_length:
        return None
    bad = covered[-run:]
    good_before = sum(r.status is RepStatus.GOOD for r in reps if r.number < bad[0].number)
    missed = [_missed_standard(r) for r in bad]
    if good_before < limits.min_good_reps and None in missed:
        return None
    return _Break(bad[0], bad[-1], missed[0] or _first_major(bad[0]))


def _first_major(rep: Rep) -> Fault | None:
    return next(iter(majors(rep).values()), None)


def _missed_standard(rep: Rep) -> Fault | None:
    return next((f for f in majors(rep).values() if f.reference == "absolute"), None)


def _grind(reps: Sequence[Rep], limits: EndStandards) -> _Break | None:
    """E5: after three good reps, one that lost its range and took twice as long to lift."""
    rep, before = reps[-1], [r for r in reps[:-1] if r.status is RepStatus.GOOD]
    if rep.corrected and rep.status is RepStatus.GOOD:
        return None
    if len(before) < limits.min_good_reps:
        return None
    if rep.rom_pct is None or rep.rom_pct >= limits.grind_below_pct:
        return None
    usual = float(np.median([r.concentric_s or 0.0 for r in before]))
    if (rep.concentric_s or 0.0) < limits.grind_factor * usual:
        return None
    return _Break(rep, rep, _first_major(rep))


def _many_faults(
    covered: Sequence[Rep], reps: Sequence[Rep], limits: EndStandards, level: StrictnessStandards
) -> _Break | None:
    """E3: any major fault in `bad_reps` of the last `among_reps` reps."""
    window = [r for r in covered[-level.among_reps :] if r.number > limits.grace_reps]
    bad = [r for r in window if majors(r) or r.status is RepStatus.PARTIAL]
    if len(bad) < level.bad_reps or bad[-1] is not reps[-1]:
        return None
    good_before = sum(r.status is RepStatus.GOOD for r in reps if r.number < bad[0].number)
    if good_before < limits.min_good_reps and not all(_form_faults(r) for r in bad):
        return None
    return _Break(bad[0], bad[-1], _first_major(bad[0]))


def _too_slow(reps: Sequence[Rep], cap: float | None, min_reps: int) -> SetEnd | None:
    """E9, only if asked for: velocity loss against the fastest rep so far."""
    speeds = _speeds(reps)
    now, known = speeds[-1], [s for s in speeds if s is not None]
    if cap is None or now is None or len(known) < min_reps:
        return None
    loss = 100.0 * (1.0 - now / max(known))
    if loss < cap:
        return None
    good = sum(r.status is RepStatus.GOOD for r in reps)
    return SetEnd(
        reason=EndReason.VELOCITY_CAP,
        t_s=reps[-1].end_s,
        explanation=(
            f"Rep {reps[-1].number} was {loss:.0f} % slower than the fastest, "
            f"limit {cap:.0f} %: {_reps(good)}."
        ),
    )


def _speeds(reps: Sequence[Rep]) -> list[float | None]:
    """Mean speeds in one unit: of the fastest rep, which all share, else metres per second."""
    relative = [rep.bar.relative_velocity for rep in reps]
    if any(speed is not None for speed in relative):
        return relative
    return [rep.bar.mean_velocity_m_s for rep in reps]


def _absolute_failure(rep: Rep, before: Sequence[Rep]) -> SetEnd:
    good = sum(r.status is RepStatus.GOOD for r in before)
    return SetEnd(
        reason=EndReason.ABSOLUTE_FAILURE,
        rep=rep.number,
        confirmed_at_rep=rep.number,
        t_s=rep.end_s,
        explanation=f"Rep {rep.number} could not be completed ({rep.reason}): {_reps(good)}.",
    )


def _broken(broken: _Break, reps: Sequence[Rep], standards: Standards) -> SetEnd:
    first, last, fault = broken.first, broken.last, broken.fault
    good = sum(r.status is RepStatus.GOOD for r in reps if r.number < first.number)
    confirmed = "" if first is last else f", confirmed at rep {last.number}"
    first_fault = None if fault is None else majors(first).get(fault.id, fault)
    if first_fault is None or first_fault.id == OWN_RANGE:
        what = "Range of motion"
        limit_pct = standards.rep.partial_below_pct
        numbers = f"{first.rom_pct or 0:.0f} % of the lifter's own, limit {limit_pct:.0f} %"
    else:
        what, numbers = "Form", described(first_fault)
    return SetEnd(
        reason=EndReason.TECHNICAL_FAILURE,
        rep=first.number,
        confirmed_at_rep=last.number,
        t_s=last.end_s,
        explanation=f"{what} broke at rep {first.number} ({numbers}){confirmed}: {_reps(good)}.",
    )


def described(fault: Fault) -> str:
    """A fault in one phrase with its numbers; what a coach called bad has none."""
    if not fault.unit:
        return fault.title
    own = (
        f", {shown(fault.baseline, fault.unit)} in the first reps"
        if fault.reference == "baseline" and fault.baseline is not None
        else ""
    )
    return (
        f"{fault.title or fault.id} {shown(fault.measured, fault.unit)}, "
        f"limit {shown(fault.limit, fault.unit)}{own}"
    )


def _target(rep: Rep, reps: Sequence[Rep], target: int) -> SetEnd:
    good = sum(r.status is RepStatus.GOOD for r in reps)
    return SetEnd(
        reason=EndReason.TARGET_REACHED,
        t_s=rep.end_s,
        explanation=f"Target of {target} reached at rep {rep.number}: {_reps(good)}.",
    )


def _stopped(reps: Sequence[Rep], aftermath: Aftermath, limits: EndStandards) -> SetEnd:
    last = reps[-1]
    good = sum(r.status is RepStatus.GOOD for r in reps)
    after_s = max(aftermath.until_s - last.end_s, 0.0)
    summary = _reps(good) if good == len(reps) else f"{_reps(good)} of {len(reps)} attempts"
    summary = summary[0].upper() + summary[1:]
    told = aftermath.next_set or aftermath.stopped
    if told or after_s >= limits.stopped_after_s:
        if aftermath.seen < limits.min_seen_after and not told:
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
