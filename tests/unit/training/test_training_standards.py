"""Another standard gives other advice: nothing in training keeps a number to itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from lastrep.exercises import catalogue, find
from lastrep.exercises.standards import TrainingStandards, standards
from lastrep.sets.options import with_parameter
from lastrep.sets.results import EndReason
from lastrep.training.advice import Situation, advise
from lastrep.training.frequency import weekly_shares
from lastrep.training.loads import GYM, Load, LoadUnit
from lastrep.training.prescription import SetPrescription, parse_prescription
from lastrep.training.record import rir_of_rpe, sessions
from lastrep.training.rest import Goal, readiness, rest_after, rest_warning, usual_rest
from lastrep.training.strength import (
    FailurePoint,
    ProfilePoint,
    estimate_max,
    fit_reps_at_load,
    max_from_velocity,
    one_rep_max,
)
from lastrep.training.verdict import judge
from unit.training.lifter import MONDAY, record

SQUAT, CURL = find("back_squat").training, find("biceps_curl").training
HUNDRED = Load(100.0, LoadUnit.KG)
FAILED = record(8, EndReason.TECHNICAL_FAILURE, "3x10", load=HUNDRED, rest_before_s=120.0)
SHORT = record(5, EndReason.TECHNICAL_FAILURE, "3x10", load=HUNDRED, rest_before_s=120.0)
SPARE = record(10, EndReason.TARGET_REACHED, "3x10", load=HUNDRED, rpe=7)
POINTS = [FailurePoint(kg, reps, technical=False) for kg, reps in
          ((100.0, 5), (90.0, 8), (80.0, 11), (70.0, 15))]  # fmt: skip
PROFILE = [ProfilePoint(kg, speed, 90.0) for kg, speed in
           ((60.0, 0.9), (80.0, 0.7), (100.0, 0.5))]  # fmt: skip
WEEK = [record(8, EndReason.TECHNICAL_FAILURE, load=HUNDRED) for _ in range(4)]

Outcome = Callable[[TrainingStandards], object]


def reps(notation: str) -> SetPrescription:
    return parse_prescription(notation).sets[0]


def advice(one: object) -> Outcome:
    return lambda s: advise(Situation(one, SQUAT, GYM[LoadUnit.KG], standards=s))  # type: ignore[arg-type]


CASES: list[tuple[str, object, Outcome]] = [
    ("rest.heavy.seconds", 200, lambda s: usual_rest(SQUAT, goal=Goal.STRENGTH, standards=s.rest)),
    ("rest.multi_joint.seconds", 99, lambda s: usual_rest(SQUAT, standards=s.rest)),
    ("rest.single_joint.seconds", 99, lambda s: usual_rest(CURL, standards=s.rest)),
    ("rest.endurance.seconds", 99, lambda s: usual_rest(SQUAT, goal=Goal.ENDURANCE,
                                                        standards=s.rest)),
    ("rest.heavy_max_reps", 3, lambda s: usual_rest(SQUAT, reps("3x5"), standards=s.rest)),
    ("rest.endurance_above_reps", 30, lambda s: usual_rest(SQUAT, reps("3x20"), standards=s.rest)),
    ("rest.after_failure_s", 60, lambda s: rest_after(FAILED, SQUAT, standards=s.rest)),
    ("rest.too_short_s", 90, lambda s: rest_warning(70, SQUAT, to_failure=True, standards=s.rest)),
    ("rest.warm_up_again_s", 60, lambda s: rest_warning(70, CURL, to_failure=True,
                                                        standards=s.rest)),
    ("rest.ready_share", 0.5, lambda s: readiness(0.8, 1.0, s.rest)),
    ("rest.more_s", 90, advice(FAILED)),
    ("rest.long_s", 100, advice(FAILED)),
    ("load.spare_reps", 9, advice(SPARE)),
    ("load.more_lower_pct", (1.0, 2.0), advice(SPARE)),
    ("load.largest_step_pct", 0.1, advice(SPARE)),
    ("load.much_less_pct", -20.0, advice(SHORT)),
    ("load.large_shortfall_share", 0.1, advice(SHORT)),
    ("load.nearly_reps", 1, advice(FAILED)),
    ("exertion.min_rpe", 7.0, lambda s: rir_of_rpe(6, s.exertion)),
    ("exertion.light_max_rpe", 7.5, lambda s: rir_of_rpe(7, s.exertion)),
    ("exertion.light_rir", (5, 7), lambda s: rir_of_rpe(6, s.exertion)),
    ("session.gap_h", 0.5, lambda s: sessions(
        [record(8), record(8, when=MONDAY + timedelta(hours=1))],
        timedelta(hours=s.session.gap_h))),
    ("frequency.min_sets", 9, lambda s: lights(s)),
    ("frequency.technical_weight", 0.1, lambda s: lights(s)),
    ("frequency.amber_max_share", 0.9, lambda s: lights(s)),
    ("max.most_reps", 8, lambda s: one_rep_max(100, 9, s.max)),
    ("max.reliable_reps", 8, lambda s: one_rep_max(100, 9, s.max)),
    ("max.min_error_pct", 9.0, lambda s: estimate_max(100, (5, 5), technical=False,
                                                      standards=s.max)),
    ("max.min_error_beyond_pct", 20.0, lambda s: estimate_max(100, (12, 12), technical=False,
                                                              standards=s.max)),
    ("max.curve_min_sets", 9, lambda s: fit_reps_at_load(POINTS, s.max)),
    ("max.curve_min_span_reps", 99, lambda s: fit_reps_at_load(POINTS, s.max)),
    ("profile.min_span_m_s", 9.0, lambda s: max_from_velocity(PROFILE, 0.3, s)),
    ("profile.min_span_pct", 99.0, lambda s: max_from_velocity(PROFILE, 0.3, s)),
    ("profile.max_beyond_pct", 1.0, lambda s: max_from_velocity(PROFILE, 0.3, s)),
    ("profile.two_loads_error_pct", 50.0, lambda s: max_from_velocity(PROFILE[:2], 0.5, s)),
    ("load.spare_reps", 9, lambda s: judge(SPARE, standards=s)),
]  # fmt: skip


def lights(s: TrainingStandards) -> object:
    return [week.light for week in weekly_shares(WEEK, catalogue(), s.frequency)]


@pytest.mark.parametrize(("key", "value", "outcome"), CASES, ids=[case[0] for case in CASES])
def test_another_standard_another_outcome(key: str, value: object, outcome: Outcome) -> None:
    shipped = standards().training
    assert outcome(with_parameter(shipped, key, value)) != outcome(shipped)
