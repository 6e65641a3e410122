"""A coach's word changes the verdict, and nothing but what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from checks import some
from lastrep.exercises import find
from lastrep.sets.corrections import Correction
from lastrep.sets.criteria import SetCriteria, Strictness
from lastrep.sets.offline import Search, judge_again, judge_landmarks, limits_that_fail
from lastrep.sets.results import EndReason, RepStatus, SetReport
from lifters import Camera, Clip, GrowingFault, Noise, landmark_recording, lifting_set
from unit.sets.synthetic_sets import clip_of, poses_of

CALM = Noise(jitter=0.002, drift=0.002, white=0.001)
CRITERIA = [
    SetCriteria(),
    SetCriteria(target_reps=5),
    SetCriteria(strictness=Strictness.STRICT),
    SetCriteria(strictness=Strictness.LENIENT),
    SetCriteria(velocity_cap_pct=25.0),
]


def swinging(criteria: SetCriteria = CRITERIA[0], search: Search | None = None) -> SetReport:
    """A curl set of 10 whose torso swings from rep 7 on."""
    reps = lifting_set(10, seed=3, faults=(GrowingFault("torso_swing", 7, 26.0),))
    clip = Clip("t", "biceps_curl", reps, camera=Camera(yaw_deg=85), noise=CALM, tail_s=3.0)
    poses = landmark_recording(clip).poses
    (one,) = judge_landmarks(poses, find("biceps_curl"), criteria, search=search or Search())
    return one.report


@pytest.fixture(scope="module")
def report() -> SetReport:
    return swinging()


def said(report: SetReport, rep: int | None = None, **what: object) -> Correction:
    at_s = (report.start_s + report.end_s) / 2 if rep is None else report.reps[rep - 1].turn_s
    fields = {"at_s": at_s, "rep": rep, "by": "Ada", "why": "seen from the side", **what}
    return Correction.model_validate(fields)


def marked(report: SetReport, rep: int, mark: str, **what: object) -> Correction:
    return said(report, rep, kind="mark", mark=mark, **what)


def reviewed(report: SetReport, *corrections: Correction) -> SetReport:
    return judge_again(report, corrections)


def test_the_set_ends_where_form_broke(report: SetReport) -> None:
    end = report.end
    assert (end.reason, end.rep, end.confirmed_at_rep) == (EndReason.TECHNICAL_FAILURE, 7, 8)


@pytest.mark.parametrize("criteria", CRITERIA)
def test_judging_again_without_a_change_is_identical(criteria: SetCriteria) -> None:
    one = swinging(criteria)
    # As a document keeps it: through JSON and back.
    kept = SetReport.model_validate_json(one.model_dump_json())
    assert judge_again(kept, ()).model_dump_json() == one.model_dump_json()


@pytest.mark.parametrize("criteria", CRITERIA)
def test_a_correction_that_says_what_is_so_leaves_the_verdict(criteria: SetCriteria) -> None:
    one = swinging(criteria)
    again = reviewed(one, marked(one, 1, "good"))
    assert again.end == one.end
    assert again.good_reps == one.good_reps
    assert again.criteria == one.criteria
    assert [rep.status for rep in again.reps] == [rep.status for rep in some(one.reps)]


def test_a_rep_called_good_moves_the_end(report: SetReport) -> None:
    one = reviewed(report, marked(report, 7, "good"))
    assert one.reps[6].status is RepStatus.GOOD
    assert (one.end.rep, one.end.confirmed_at_rep, one.good_reps) == (8, 9, 7)
    assert one.corrections == (marked(report, 7, "good", made_at=one.corrections[0].made_at),)
    assert one.reps[6].corrected == "rep 7 is good, by Ada: seen from the side"
    assert [rep.corrected for rep in one.reps if rep.number != 7] == [None] * 9


def test_a_wrong_fault_is_taken_off(report: SetReport) -> None:
    one = reviewed(report, said(report, 7, kind="wrong_fault", fault="BC1"))
    assert "BC1" in [f.id for f in report.reps[6].faults]
    assert "BC1" not in [f.id for f in one.reps[6].faults]
    assert one.reps[6].status is RepStatus.GOOD
    before, after = report.reps[6].form_score, one.reps[6].form_score
    assert before is not None
    assert after is not None
    assert after > before


def test_two_reps_called_bad_end_the_set(report: SetReport) -> None:
    one = reviewed(report, marked(report, 4, "bad"), marked(report, 5, "bad"))
    assert (one.end.reason, one.end.rep, one.good_reps) == (EndReason.TECHNICAL_FAILURE, 4, 3)
    assert "called bad by Ada" in one.end.explanation


def test_a_named_fault_is_the_one_that_the_coach_saw(report: SetReport) -> None:
    one = reviewed(report, *(marked(report, n, "bad", fault="BC1") for n in (3, 4)))
    assert (one.end.reason, one.end.rep) == (EndReason.TECHNICAL_FAILURE, 3)
    assert "torso swing, called bad by Ada" in one.reps[2].reason
    assert [f.id for f in one.reps[2].faults if f.severity == "major"] == ["BC1"]


def test_a_rep_called_failed_ends_the_set_there(report: SetReport) -> None:
    one = reviewed(report, marked(report, 5, "failed"))
    assert (one.end.reason, one.end.rep, one.good_reps) == (EndReason.ABSOLUTE_FAILURE, 5, 4)


def test_what_was_no_rep_is_not_counted_and_the_others_are_compared_anew(
    report: SetReport,
) -> None:
    one = reviewed(report, marked(report, 1, "not_a_rep"))
    assert (one.attempts, one.end.rep, one.good_reps) == (9, 6, 5)
    assert one.rejected[-1].reason == "called no rep by Ada: seen from the side"
    assert one.rejected[-1].start_s <= report.reps[0].turn_s <= one.rejected[-1].end_s
    assert one.baseline_reps == (1, 2, 3)
    assert [rep.number for rep in one.reps] == list(range(1, 10))


def test_a_set_of_which_nothing_was_a_rep_is_empty_and_comes_back(report: SetReport) -> None:
    every = [marked(report, rep.number, "not_a_rep") for rep in some(report.reps)]
    one = reviewed(report, *every)
    assert (one.attempts, one.good_reps, one.reps) == (0, 0, ())
    assert reviewed(one).model_dump_json() == report.model_dump_json()


def test_the_last_word_holds(report: SetReport) -> None:
    one = reviewed(report, marked(report, 7, "bad"), marked(report, 7, "good"))
    assert one.reps[6].status is RepStatus.GOOD


def test_what_was_taken_back_does_nothing(report: SetReport) -> None:
    gone = marked(report, 7, "good", undone_by="Ben")
    one = reviewed(report, gone)
    assert one.end == report.end
    assert one.corrections == (gone,)


def test_a_wider_limit_lets_the_set_go_on(report: SetReport) -> None:
    wide = [
        said(report, kind="limit", fault="BC1", limit=limit, value=value)
        for limit, value in (("change.major", 60.0), ("absolute.major", 70.0))
    ]
    one = reviewed(report, *wide)
    assert one.end.reason is EndReason.LIFTER_STOPPED
    assert one.good_reps > report.good_reps
    assert one.criteria == report.criteria


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"fault": "XX1", "limit": "change.major", "value": 3.0}, "no fault 'XX1'"),
        ({"fault": "BC1", "limit": "change.major", "value": 3.0}, "must grow"),
    ],
)
def test_a_limit_that_cannot_be_is_refused(
    report: SetReport, what: dict[str, Any], message: str
) -> None:
    edit = said(report, kind="limit", **what)
    exercise = find("biceps_curl")
    (refusal,) = limits_that_fail(exercise, report.view, report.criteria, [edit])
    assert message in refusal.reason
    # Judging passes it over: a clip can always be analysed, whatever was said of it.
    assert reviewed(report, edit).end == report.end


@pytest.mark.parametrize(
    "what",
    [
        {"kind": "mark"},
        {"kind": "mark", "mark": "good", "fault": "BC1"},
        {"kind": "wrong_fault"},
        {"kind": "limit", "fault": "BC1"},
        {"kind": "merge", "mark": "good"},
        {"kind": "exercise"},
    ],
)
def test_a_correction_says_all_of_one_thing(what: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a correction of kind"):
        Correction.model_validate({"at_s": 1.0, "by": "Ada", **what})


def test_a_velocity_cap_is_heeded_when_judging_again() -> None:
    reps = lifting_set(7, seed=3, velocity_loss=0.45)
    clip = Clip("t", "back_squat", reps, camera=Camera(yaw_deg=45.0))
    poses = landmark_recording(clip).poses
    (one,) = judge_landmarks(poses, find("back_squat"), SetCriteria(velocity_cap_pct=25.0))
    assert one.report.end.reason is EndReason.VELOCITY_CAP
    again = reviewed(one.report, marked(one.report, 1, "good"))
    assert again.end == one.report.end
    assert again.good_reps == one.report.good_reps


# -- corrections of the cut into reps


def cut(corrections: Sequence[Correction], exercise: str | None = "back_squat") -> SetReport:
    definition = None if exercise is None else find(exercise)
    search = Search(corrections=tuple(corrections))
    (one,) = judge_landmarks(poses_of(clip_of("back_squat")), definition, search=search)
    return one.report


@pytest.fixture(scope="module")
def squats() -> SetReport:
    return cut(())


def test_two_reps_that_were_one_are_merged(squats: SetReport) -> None:
    one = cut([said(squats, 3, kind="merge")])
    assert one.attempts == 7
    assert one.reps[2].start_s == pytest.approx(squats.reps[2].start_s, abs=0.2)
    assert one.reps[2].end_s == pytest.approx(squats.reps[3].end_s, abs=0.2)
    assert one.reps[3].turn_s == squats.reps[4].turn_s


def test_a_rep_that_was_two_is_split_where_the_load_was_at_rest(squats: SetReport) -> None:
    merged = said(squats, 3, kind="merge")
    split = Correction(kind="split", at_s=squats.reps[2].turn_s, by="Ada")
    one = cut([merged, split])
    assert one.attempts == 8
    for rep, before in zip(one.reps, squats.reps, strict=True):
        assert rep.turn_s == pytest.approx(before.turn_s, abs=0.15)
        assert rep.status is before.status


def test_a_missed_rep_is_found_where_the_coach_says(squats: SetReport) -> None:
    rep = squats.reps[4]
    # The machine takes reps 5 and 6 for one, and the coach strikes it and names both.
    struck = said(squats, 5, kind="mark", mark="not_a_rep")
    without = cut([struck])
    assert without.attempts == 7
    there = Correction(kind="missed_rep", at_s=rep.turn_s, by="Ada")
    assert cut([there]).attempts == 8  # it is there already: said, and nothing doubled


def test_another_exercise_is_what_the_set_is_judged_as(squats: SetReport) -> None:
    one = cut([said(squats, kind="exercise", exercise="front_squat")], exercise=None)
    assert (one.exercise, one.exercise_source, one.attempts) == ("front_squat", "given", 8)
