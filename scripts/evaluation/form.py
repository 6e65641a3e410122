"""How well form is judged: synthetic sets with known faults, against the release gates.

Landmark sequences with the noise of a good phone clip (its rep-to-rep spread of the metrics is that
of the real sets the limits were measured on), and with 1.5 times that noise. A fault of size x is
one that moves the judged metric by x times its major limit in a recording without noise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from lastrep.exercises import find
from lastrep.exercises.faults import FaultRule
from lastrep.sets.offline import judge_landmarks
from lastrep.sets.results import EndReason, SetReport
from lifters import (
    NO_NOISE,
    Camera,
    Clip,
    GrowingFault,
    Noise,
    Recording,
    SetScript,
    landmark_recording,
    lifting_set,
)

#: Reps of a set, and the rep from which on a fault is there.
REPS, FAULTY_FROM = 12, 7
#: Noise levels: as designed, and half as much again.
DESIGN, NOISY = 1.0, 1.5


@dataclass(frozen=True, slots=True)
class Case:
    """A fault that the generator can show, the product can judge, and that may end a set.

    Lost range of lifts that start at the stretched end is left out: a top that is not reached is a
    failed lift by definition, not a fault.
    """

    exercise: str
    fault: str
    rule: str
    yaw_deg: float


CASES = (
    Case("back_squat", "forward_lean", "SQ2", 85.0),
    Case("back_squat", "hips_shoot_up", "SQ3", 85.0),
    Case("back_squat", "depth_loss", "G1", 85.0),
    Case("back_squat", "soft_lockout", "SQ7", 85.0),
    Case("back_squat", "forward_lean", "SQ2", 50.0),
    Case("front_squat", "forward_lean", "SQ2", 85.0),
    Case("bodyweight_squat", "forward_lean", "SQ2", -80.0),
    Case("push_up", "hip_sag", "PU1", 85.0),
    Case("push_up", "depth_loss", "G1", 85.0),
    Case("overhead_press", "lay_back", "OH1", 85.0),
    Case("overhead_press", "leg_drive", "OH2", 85.0),
    Case("biceps_curl", "torso_swing", "BC1", 85.0),
    Case("biceps_curl", "elbow_drift", "BC2", 85.0),
    Case("bent_over_row", "torso_swing", "RW1", 85.0),
    Case("lunge", "forward_lean", "LG2", 85.0),
    Case("lateral_raise", "torso_swing", "LR2", 85.0),
)
#: Exercises and views for clean sets.
CLEAN = (
    ("back_squat", 85.0), ("back_squat", 50.0), ("front_squat", 85.0),
    ("bodyweight_squat", -80.0), ("bodyweight_squat", 0.0), ("deadlift", 85.0),
    ("romanian_deadlift", 85.0), ("bench_press", 85.0), ("push_up", 85.0),
    ("overhead_press", 85.0), ("overhead_press", 0.0), ("biceps_curl", 85.0),
    ("bent_over_row", 85.0), ("pull_up", 180.0), ("lunge", 85.0), ("hip_thrust", 85.0),
    ("lateral_raise", 0.0), ("sit_up", 85.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: how many of the sets did what they should.

    `required` is the gate: at least that share, or at most it where `at_most`.
    """

    what: str
    sets: int
    right: int
    required: float
    at_most: bool = False

    def __str__(self) -> str:
        return (
            f"{'' if self.passed else '!!':>3} {self.what:<68}{self.right:>5}/{self.sets:<5}"
            f"{self.share:>6.1%}  {'<=' if self.at_most else '>='} {self.required:.0%}"
        )

    @property
    def share(self) -> float:
        """Share of the sets."""
        return self.right / self.sets if self.sets else float("nan")

    @property
    def passed(self) -> bool:
        """Whether the gate holds."""
        return self.share <= self.required if self.at_most else self.share >= self.required


@dataclass(frozen=True, slots=True)
class Wrong:
    """A set that did not end as it should, to look at."""

    what: str
    seed: int
    explanation: str


@dataclass(frozen=True, slots=True)
class FormAccuracy:
    """The whole evaluation."""

    rows: tuple[Row, ...]
    wrong: tuple[Wrong, ...]

    @property
    def passed(self) -> bool:
        """Whether there are gates, and every one holds."""
        return bool(self.rows) and all(row.passed for row in self.rows)


def evaluate(
    seeds: int = 4,
    *,
    cases: Sequence[Case] = CASES,
    clean: Sequence[tuple[str, float]] = CLEAN,
    say: Callable[[str], None] = lambda text: None,
) -> FormAccuracy:
    """Run every gate.

    Parameters
    ----------
    seeds
        Sets per case and noise level; clean sets are run three times as often.
    say
        Called with each line of the table as it is known.
    """
    wrong: list[Wrong] = []
    rows = [
        *_faulty_sets(seeds, cases, wrong, say),
        *_clean_sets(3 * seeds, clean, wrong, say),
        *_last_reps(2 * seeds, wrong, say),
    ]
    return FormAccuracy(tuple(rows), tuple(wrong))


def _faulty_sets(
    seeds: int, cases: Sequence[Case], wrong: list[Wrong], say: Callable[[str], None]
) -> Iterator[Row]:
    for factor, within, share in ((2.0, 1, 0.95), (1.5, 3, 0.85)):
        total = _Tally(f"fault of {factor:g} x major ends the set within {within} reps", share)
        for case in cases:
            name = f"{case.exercise} {case.yaw_deg:.0f}° {case.rule}"
            tally = _Tally(f"  {name}, {factor:g} x", share)
            for seed in range(seeds):
                report = _run(case, factor, seed)
                ended = (
                    report.end.reason is EndReason.TECHNICAL_FAILURE
                    and report.end.confirmed_at_rep is not None
                    and FAULTY_FROM <= report.end.confirmed_at_rep <= FAULTY_FROM + within
                )
                for t in (tally, total):
                    t.add(ended)
                if not ended:
                    wrong.append(Wrong(tally.what.strip(), seed, report.end.explanation))
            yield tally.row(say)
        yield total.row(say)


def _clean_sets(
    seeds: int,
    clean: Sequence[tuple[str, float]],
    wrong: list[Wrong],
    say: Callable[[str], None],
) -> Iterator[Row]:
    for noise, share in ((DESIGN, 0.01), (NOISY, 0.05)):
        total = _Tally(f"clean set of {REPS} ends falsely, {noise:g} x noise", share, at_most=True)
        for exercise, yaw_deg in clean:
            tally = _Tally(f"  {exercise} {yaw_deg:.0f}°, {noise:g} x noise", share, at_most=True)
            for seed in range(seeds):
                report = _analyse(_recording(exercise, yaw_deg, seed, (), noise))
                false = report.end.reason is EndReason.TECHNICAL_FAILURE
                for t in (tally, total):
                    t.add(false)
                if false:
                    wrong.append(Wrong(tally.what.strip(), seed, report.end.explanation))
            yield tally.row(say)
        yield total.row(say)


LAST_REPS: tuple[tuple[str, EndReason, SetScript], ...] = (
    ("failed last rep", EndReason.ABSOLUTE_FAILURE, {"fail_last_at": 0.45}),
    ("failed high last rep", EndReason.ABSOLUTE_FAILURE, {"fail_last_at": 0.65}),
    ("slow last rep, completed", EndReason.LIFTER_STOPPED, {"grind": 0.85, "velocity_loss": 0.55}),
    ("lifter stops", EndReason.LIFTER_STOPPED, {}),
)


def _last_reps(seeds: int, wrong: list[Wrong], say: Callable[[str], None]) -> Iterator[Row]:
    for name, reason, script in LAST_REPS:
        tally = _Tally(f"{name}: {reason.value}", 0.95)
        for exercise in ("back_squat", "bench_press", "overhead_press", "deadlift"):
            for seed in range(seeds):
                clip = Clip(
                    name, exercise, lifting_set(8, seed=seed, **script),
                    camera=Camera(yaw_deg=80), tail_s=3.0, seed=seed,
                )  # fmt: skip
                end = _analyse(landmark_recording(clip)).end
                tally.add(end.reason is reason)
                if end.reason is not reason:
                    wrong.append(Wrong(f"{name} {exercise}", seed, end.explanation))
        yield tally.row(say)


class _Tally:
    def __init__(self, what: str, required: float, *, at_most: bool = False) -> None:
        self.what, self._required, self._at_most = what, required, at_most
        self._sets = self._right = 0

    def add(self, right: bool) -> None:
        self._sets += 1
        self._right += right

    def row(self, say: Callable[[str], None]) -> Row:
        row = Row(self.what, self._sets, self._right, self._required, self._at_most)
        say(str(row))
        return row


def _run(case: Case, factor: float, seed: int) -> SetReport:
    faults = (GrowingFault(case.fault, FAULTY_FROM, factor * unit_size(case)),)
    return _analyse(_recording(case.exercise, case.yaw_deg, seed, faults, DESIGN))


@cache
def unit_size(case: Case) -> float:
    """Size of the generator's fault that moves the metric by its major limit, without noise."""
    small = {"depth_loss": 0.2, "soft_lockout": 0.2, "hips_shoot_up": 0.12}.get(case.fault, 15.0)
    faults = (GrowingFault(case.fault, FAULTY_FROM, small),)
    report = _analyse(_recording(case.exercise, case.yaw_deg, 0, faults, 0.0))
    change = [
        next((m.change or 0.0 for m in rep.measured if m.id == case.rule), 0.0)
        for rep in report.reps
    ]
    gain = float(np.median(change[FAULTY_FROM:]) - np.median(change[: FAULTY_FROM - 1])) / small
    if gain <= 0:
        raise ValueError(f"{case}: {case.rule} does not see {case.fault}")
    return _major(case) / gain


def _major(case: Case) -> float:
    rule: FaultRule = next(f for f in find(case.exercise).faults if f.id == case.rule)
    if rule.change is None or rule.change.major is None:
        raise ValueError(f"{case.rule} has no major change")
    return rule.change.major


def _recording(
    exercise: str, yaw_deg: float, seed: int, faults: tuple[GrowingFault, ...], noise: float
) -> Recording:
    usual = Noise()
    clip = Clip(
        "form",
        exercise,
        lifting_set(REPS, seed=seed, faults=faults, variation=1.0 if noise else 0.0),
        camera=Camera(yaw_deg=yaw_deg),
        noise=replace(
            usual, jitter=noise * usual.jitter, drift=noise * usual.drift, white=noise * usual.white
        )
        if noise
        else NO_NOISE,
        sway=1.0 if noise else 0.0,
        tail_s=3.0,
        seed=seed,
    )
    return landmark_recording(clip)


def _analyse(recording: Recording) -> SetReport:
    sets = judge_landmarks(recording.poses, find(recording.truth.clip.exercise))
    return max((one.report for one in sets), key=lambda report: report.attempts)


def table(result: FormAccuracy, *, details: bool = True) -> str:
    """Return the gates as text, then the sets that ended wrong."""
    lines = [str(row) for row in result.rows if details or not row.what.startswith(" ")]
    lines += [f"      {w.what}, seed {w.seed}: {w.explanation}" for w in _some(result.wrong)]
    return "\n".join(lines)


def _some(wrong: Iterable[Wrong], limit: int = 60) -> list[Wrong]:
    return list(wrong)[:limit]
