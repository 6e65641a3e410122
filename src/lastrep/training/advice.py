"""The one change to make next, load or rest, from where failure fell (`docs/science.md` 6.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lastrep.exercises.definition import Training
from lastrep.exercises.standards import LoadStandards, RestStandards, TrainingStandards
from lastrep.exercises.standards import standards as shipped_standards
from lastrep.sets.results import EndReason
from lastrep.training.loads import Equipment, Load, change_pct, nearest_change
from lastrep.training.record import SetRecord
from lastrep.training.rest import Goal, usual_rest
from lastrep.training.verdict import possible_reps


class Change(StrEnum):
    """What to change."""

    NONE = "none"
    LOAD = "load"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Advice:
    """Exactly one change, or none.

    Parameters
    ----------
    change
        What to change; everything else stays as it was.
    reason
        Why, in one sentence.
    load
        The new load where the present one is known; it can be made with the plates at hand.
    load_pct
        Change of load in %: that of `load`, or what is wanted where the load is not known.
    rest_s
        The new rest.
    note
        A reminder or an alternative; not a second change.
    """

    change: Change
    reason: str
    load: Load | None = None
    load_pct: float | None = None
    rest_s: int | None = None
    note: str | None = None

    def __str__(self) -> str:
        if self.change is Change.REST:
            what = f"Rest {self.rest_s} s"
        elif self.change is Change.LOAD and self.load is not None:
            what = f"Load {self.load} ({self.load_pct:+.1f} %)"
        elif self.change is Change.LOAD:
            what = f"Load {self.load_pct:+.1f} %"
        else:
            what = "Change nothing"
        return f"{what}: {self.reason}" + (f" {self.note}" if self.note else "")


def _shipped() -> TrainingStandards:
    return shipped_standards().training


@dataclass(frozen=True, slots=True)
class Situation:
    """What the advice depends on.

    Parameters
    ----------
    record
        The set just done.
    training
        Of its exercise.
    equipment
        What the lifter can load.
    earlier
        Sets of the same exercise before it in this session, in order.
    goal
        None to go by the reps.
    standards
        What is advised by.
    """

    record: SetRecord
    training: Training
    equipment: Equipment
    earlier: Sequence[SetRecord] = ()
    goal: Goal | None = None
    standards: TrainingStandards = field(default_factory=_shipped, repr=False)

    @property
    def target(self) -> tuple[int, int] | None:
        """Fewest and most intended reps."""
        prescription = self.record.declared.prescription
        if prescription is None or prescription.min_reps is None or prescription.max_reps is None:
            return None
        return prescription.min_reps, prescription.max_reps

    @property
    def loads(self) -> LoadStandards:
        """By how much to change the load."""
        return self.standards.load

    @property
    def rests(self) -> RestStandards:
        """How long to rest."""
        return self.standards.rest

    @property
    def rest_s(self) -> float:
        """Rest before the set, or the usual one where none came before or it is not known."""
        declared = self.record.declared
        if declared.rest_before_s is not None:
            return declared.rest_before_s
        return usual_rest(self.training, declared.prescription, self.goal, self.rests).seconds


def advise(situation: Situation) -> Advice:
    """Return the one change to make next: the first rule that applies."""
    for rule in _RULES:
        if advice := rule(situation):
            return advice
    return Advice(Change.NONE, "nothing says that load or rest was wrong.")


def _not_seen(now: Situation) -> Advice | None:
    if now.record.end_reason is not EndReason.TRACKING_LOST:
        return None
    return Advice(Change.NONE, "the camera lost you, so there is nothing to go by.")


def _never_met_the_standard(now: Situation) -> Advice | None:
    if not now.record.habitual_fault:
        return None
    return _load(
        now,
        (now.loads.much_less_pct, 2 * now.loads.much_less_pct),
        f"form was outside the standard from rep {now.record.end_rep} on, so it was not fatigue.",
        note="Or change to a variant you can do in full.",
    )


def _lost_reps_since_first_set(now: Situation) -> Advice | None:
    """Reps that fall from set to set are a matter of rest, as long as rest can be stretched."""
    record, rests = now.record, now.rests
    if not now.earlier or not _fell_short(now):
        return None
    if now.rest_s + rests.more_s > rests.longest_s:
        return None
    first = now.earlier[0]
    if first.half_kg != record.half_kg or record.good_reps >= rests.kept_share * first.good_reps:
        return None
    return _rest(
        now,
        rests.more_s,
        f"{record.good_reps} good reps after {first.good_reps} in the first set, "
        f"more than {100 * (1 - rests.kept_share):.0f} % fewer.",
    )


def _could_not_complete(now: Situation) -> Advice | None:
    """Absolute failure with good form: the load; resting longer too would be a second change."""
    if now.target is None or now.record.end_reason is not EndReason.ABSOLUTE_FAILURE:
        return None
    low, _ = now.target
    if now.record.good_reps >= low:
        return None
    barbell = now.training.implement == "barbell"
    return _load(
        now,
        (now.loads.less_pct, now.loads.much_less_pct),
        f"rep {now.record.end_rep} could not be completed, {_of(now)}.",
        note="Use safeties or a spotter when you go this far." if barbell else None,
    )


def _fell_clearly_short(now: Situation) -> Advice | None:
    if now.target is None or not _fell_short(now) or not _near_failure(now.record):
        return None
    (low, _), good, loads = now.target, now.record.good_reps, now.loads
    if good >= loads.clear_shortfall_share * low and good >= low - loads.nearly_reps:
        return None
    band = (loads.less_pct, loads.much_less_pct)
    if good <= loads.large_shortfall_share * low:
        band = (loads.much_less_pct, 1.5 * loads.much_less_pct)
    return _load(now, band, f"{_of(now)}, {_what_failed(now.record)}.")


def _fell_slightly_short(now: Situation) -> Advice | None:
    if now.target is None or not _fell_short(now) or not _near_failure(now.record):
        return None
    missing = now.target[0] - now.record.good_reps
    why = f"{_of(now)}, {_what_failed(now.record)}"
    if now.rest_s >= now.rests.long_s:
        band = (now.loads.slightly_less_pct, now.loads.less_pct)
        return _load(now, band, f"{why}, and rest was long enough ({now.rest_s:.0f} s).")
    return _rest(now, now.rests.little_more_s if missing == 1 else now.rests.more_s, f"{why}.")


def _has_reps_to_spare(now: Situation) -> Advice | None:
    if now.target is None:
        return None
    fewest, _ = possible_reps(now.record)
    spare = fewest - now.target[1]
    if spare < now.loads.spare_reps:
        return None
    return _load(
        now,
        now.loads.more_pct(now.training.region),
        f"at least {spare} more good reps than {now.target[1]} were possible.",
    )


def _is_the_rep_max(now: Situation) -> Advice | None:
    if now.target is None or now.record.good_reps < now.target[0]:
        return None
    if not _near_failure(now.record):
        return None
    return Advice(Change.NONE, f"{_of(now)} at the edge of failure: that is the load for it.")


_RULES: tuple[Callable[[Situation], Advice | None], ...] = (
    _not_seen,
    _never_met_the_standard,
    _lost_reps_since_first_set,
    _could_not_complete,
    _fell_clearly_short,
    _fell_slightly_short,
    _has_reps_to_spare,
    _is_the_rep_max,
)


def _fell_short(now: Situation) -> bool:
    """Whether fewer good reps were done than intended; any number may be short of an AMRAP."""
    return now.target is None or now.record.good_reps < now.target[0]


def _near_failure(record: SetRecord) -> bool:
    """Whether the set failed, or at most one rep was left."""
    return record.rir is not None and record.rir[1] <= 1


def _of(now: Situation) -> str:
    assert now.target is not None
    low, high = now.target
    return f"{now.record.good_reps} good reps of {low if low == high else f'{low}-{high}'}"


def _what_failed(record: SetRecord) -> str:
    if record.end_reason is EndReason.TECHNICAL_FAILURE:
        return f"form broke at rep {record.end_rep}"
    if record.end_reason is EndReason.ABSOLUTE_FAILURE:
        return f"rep {record.end_rep} could not be completed"
    return "and hardly a rep was left"


def _rest(now: Situation, more_s: int, reason: str) -> Advice:
    rest_s = 5 * round((now.rest_s + more_s) / 5)
    return Advice(Change.REST, reason, rest_s=rest_s)


def _load(
    now: Situation, band_pct: tuple[float, float], reason: str, note: str | None = None
) -> Advice:
    load_kg = now.record.load_kg
    if load_kg is None:
        return Advice(Change.LOAD, reason, load_pct=band_pct[0], note=note)
    load = nearest_change(load_kg, band_pct, now.equipment.of(now.training.implement))
    if load is None:
        reason = f"{reason[:-1]}, but no lighter load can be made: choose an easier variant."
        return Advice(Change.NONE, reason)
    change = change_pct(load_kg, load)
    if change > now.loads.largest_step_pct:
        return Advice(
            Change.NONE,
            f"{reason[:-1]}, but the next load ({load}) is {change:.0f} % more: "
            "do more reps with this one first.",
        )
    return Advice(Change.LOAD, reason, load=load, load_pct=change, note=note)
