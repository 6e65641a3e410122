"""How well faults and set ends are found, against clips whose faults are known."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from evaluation.comparing import Compared
from evaluation.tables import Table
from evaluation.truth import TrueRep
from lastrep.exercises import find
from lastrep.exercises.faults import FaultRule
from lastrep.sets.form.faults import counts
from lastrep.sets.results import Rep

#: Faults of the generator, and the ids of the product's faults that mean the same.
FAULT_IDS: dict[str, frozenset[str]] = {
    "depth_loss": frozenset({"G1", "SQ1", "BP1", "PU4", "DP1", "LG3", "BC4", "RW3"}),
    "soft_lockout": frozenset(
        {"G2", "SQ7", "SQ7b", "DL4", "DL4b", "BP2", "PU6", "OH3", "TR3", "HT1"}
    ),
    "forward_lean": frozenset({"SQ2", "LG2"}),
    "hips_shoot_up": frozenset({"SQ3", "DL2"}),
    "knee_cave": frozenset({"SQ4", "LG1", "HT4"}),
    "hip_shift": frozenset({"SQ5"}),
    "torso_swing": frozenset({"BC1", "RW1", "LR2", "TR2"}),
    "elbow_drift": frozenset({"BC2", "TR1"}),
    "hip_sag": frozenset({"PU1"}),
    "lay_back": frozenset({"OH1", "OH1b"}),
    "leg_drive": frozenset({"OH2", "BC5"}),
    "uneven_bar": frozenset({"G5", "BP3", "OH5"}),
    "back_rounding": frozenset({"DL1", "RW5"}),
    "hips_lift": frozenset({"BP4"}),
}
#: A rep that lacks range carries this fault, however the generator shortened it.
SHORT = "depth_loss"
#: End of a set that lastrep, by its own rules, should see but only reports the fault of.
REPORTED_ONLY = "technical_failure, fault only reported"


def fault_table(clips: Sequence[Compared]) -> Table:
    """Major faults, rep by rep.

    A rep counts as injected where the fault is as large as its major limit; `judged` of these are
    seen from a view that the product judges the fault from, and `may end` where its rule may cost
    the rep its credit. `reported` and `major` are shares of the judged. A false one is a major
    fault on a rep that carries no major fault at all; faults go together (hips that shoot up tip
    the trunk forward), so others on a faulty rep are not counted.
    """
    table = Table(
        "Major faults, by rep",
        ("fault", "injected", "judged", "may end", "reported", "major", "false", "precision"),
    )
    good = [(c, f) for c in clips for t, f in c.pairs if not _faults(t) and t.status == "good"]
    for name, ids in FAULT_IDS.items():
        injected = [(c, f) for c in clips for t, f in c.pairs if name in _faults(t)]
        judged = [(c, f) for c, f in injected if _judged(c, f, ids)]
        ending = [(c, f) for c, f in judged if any(map(_ends_a_set, _rules(c, ids)))]
        reported = sum(bool(_said(f, ids)) for _, f in judged)
        major = sum(bool(_said(f, ids, least="major")) for _, f in ending)
        false = sum(bool(_said(f, ids, least="major")) for _, f in good)
        if injected or false:
            table.add(
                name,
                len(injected),
                len(judged),
                len(ending),
                reported / len(judged) if judged else None,
                major / len(ending) if ending else None,
                false,
                major / (major + false) if major + false else None,
            )
    return table


def end_table(clips: Sequence[Compared]) -> Table:
    """Where and why sets end."""
    table = Table(
        "Where sets end",
        (
            "should end by",
            "clips",
            "reason right",
            "rep right",
            "rep off by one",
            "good reps right",
        ),
    )
    groups: dict[str, list[Compared]] = {}
    for clip in clips:
        groups.setdefault(_should_end(clip), []).append(clip)
    judged_groups = {k: v for k, v in sorted(groups.items()) if k != REPORTED_ONLY}
    judged_groups["all"] = [clip for group in judged_groups.values() for clip in group]
    for name, group in judged_groups.items():
        judged = [(c, c.reports[0]) for c in group if c.reports]
        right = [(c, r) for c, r in judged if _same_end(c.truth.end_reason, r.end.reason.value)]
        off = [abs((r.end.rep or 0) - (c.truth.end_rep or 0)) for c, r in right]
        table.add(
            name,
            len(group),
            len(right) / len(group),
            sum(o == 0 for o in off) / len(group),
            sum(o <= 1 for o in off) / len(group),
            sum(sum(r.good_reps for r in c.reports) == c.truth.good_reps for c in group)
            / len(group),
        )
    if reported := groups.get(REPORTED_ONLY):
        table.add(REPORTED_ONLY, len(reported), *[None] * 4)
    clean = [c for c in clips if c.truth.clean]
    false = sum(
        any(r.end.reason in ("technical_failure", "absolute_failure") for r in c.reports)
        for c in clean
    )
    share = f"{false / len(clean):.1%}" if clean else "-"
    table.add("false ends on clean sets", len(clean), f"{false} ({share})", None, None, None)
    return table


def _good_reps(clip: Compared) -> int:
    return sum(report.good_reps for report in clip.reports)


def _faults(rep: TrueRep) -> frozenset[str]:
    return rep.major_faults | ({SHORT} if rep.status == "partial" else frozenset())


def _rules(clip: Compared, ids: frozenset[str]) -> tuple[FaultRule, ...]:
    """Return the product's rules for a fault that this clip's view can show."""
    view = clip.reports[0].view if clip.reports else ""
    return tuple(
        rule
        for rule in find(clip.truth.exercise).faults
        if rule.id in ids and view in rule.views and rule.not_assessed is None
    )


def _ends_a_set(rule: FaultRule) -> bool:
    return rule.ends_set and counts(rule)


def _judged(clip: Compared, rep: Rep, ids: frozenset[str]) -> bool:
    known = {m.id for m in rep.measured if m.state != "unknown"}
    return any(rule.id in known for rule in _rules(clip, ids))


def _said(rep: Rep, ids: frozenset[str], least: str = "minor") -> tuple[str, ...]:
    """Return the severities of what was said of a fault, from the least on that matters."""
    return tuple(
        f.severity.value
        for f in rep.faults
        if f.id in ids and (least == "minor" or f.severity.value != "minor")
    )


def _should_end(clip: Compared) -> str:
    """Return the reason by which the set should end, as far as the product's own rules go."""
    if clip.truth.end_reason != "technical_failure":
        return clip.truth.end_reason
    ending = {name for name, ids in FAULT_IDS.items() if any(map(_ends_a_set, _rules(clip, ids)))}
    broken = [_faults(rep) & ending for rep in clip.truth.reps]
    if any(a & b for a, b in pairwise(broken)):
        return "technical_failure"
    return REPORTED_ONLY


def _same_end(true: str, found: str) -> bool:
    """Whether two ends agree; a clip that is cut after the last rep may also say `video_end`."""
    return found == true or (true == "lifter_stopped" and found in ("video_end", "target_reached"))
