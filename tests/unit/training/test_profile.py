"""Load-velocity profiles of made-up lifters with a known maximum."""

from __future__ import annotations

import pytest

from checks import known
from lastrep.exercises.library import find
from lastrep.sets.results import (
    Bar,
    EndReason,
    Rep,
    RepStatus,
    Scale,
    SetEnd,
    SetReport,
)
from lastrep.training.profile import fit_line, load_velocity_profile, profile_point
from lastrep.training.strength import NotEnough, OneRepMax, ProfilePoint

SQUAT = find("back_squat")


def rep(speed_m_s: float | None, status: RepStatus = RepStatus.GOOD, rom_deg: float = 100) -> Rep:
    return Rep(
        number=1, status=status, reason="", start_s=0, turn_s=1, end_s=2, eccentric_s=1, pause_s=0,
        concentric_s=1, rom_deg=rom_deg, rom_pct=100, start_angle_deg=170, turn_angle_deg=70,
        bar=Bar(mean_velocity_m_s=speed_m_s), coverage=1,
    )  # fmt: skip


def report(*reps: Rep, view: str = "side", source: str = "plate") -> SetReport:
    return SetReport(
        exercise="back_squat", exercise_source="given", exercise_confidence=1, view=view,
        start_s=0, end_s=10, count_confidence=1, scale=Scale(source=source),
        attempts=len(reps), completed_reps=len(reps), good_reps=len(reps),
        end=SetEnd(reason=EndReason.LIFTER_STOPPED, t_s=10, explanation=""), reps=reps,
    )  # fmt: skip


def speed(load_kg: float, maximum_kg: float = 140.0) -> float:
    """A lifter who moves nothing at 1.5 m/s and the maximum at the squat's minimum speed."""
    least = known(SQUAT.minimum_velocity_m_s)
    return 1.5 + (least - 1.5) * load_kg / maximum_kg


def test_the_fastest_completed_rep_counts() -> None:
    one = report(rep(0.5), rep(0.7), rep(0.9, RepStatus.FAILED), rep(None))
    assert profile_point(100, one) == ProfilePoint(100, 0.7, 100)
    assert profile_point(100, report(rep(None))) is None
    with pytest.raises(ValueError, match="positive"):
        profile_point(0, one)


def test_a_straight_profile_ends_at_the_maximum() -> None:
    sets = [(kg, report(rep(speed(kg)), rep(speed(kg) - 0.05))) for kg in (120.0, 60.0, 90.0)]
    profile = load_velocity_profile(sets, SQUAT)
    assert [p.load_kg for p in profile.points] == [60, 90, 120]
    assert isinstance(profile.maximum, OneRepMax)
    assert profile.maximum.kg == pytest.approx(140, abs=0.1)
    line = known(profile.line)
    assert line.r_squared == pytest.approx(1)
    assert line.velocity_m_s(90) == pytest.approx(speed(90))
    assert line.load_kg(speed(75)) == pytest.approx(75)


@pytest.mark.parametrize(
    ("loads", "why"),
    [((60.0,), "two loads"), ((60.0, 65.0), "apart"), ((20.0, 60.0), "too light")],
)
def test_refusals(loads: tuple[float, ...], why: str) -> None:
    profile = load_velocity_profile([(kg, report(rep(speed(kg)))) for kg in loads], SQUAT)
    assert isinstance(profile.maximum, NotEnough)
    assert why in profile.maximum.reason


def test_sets_seen_otherwise_are_left_out() -> None:
    sets = [
        (60.0, report(rep(speed(60)))),
        (100.0, report(rep(speed(100)), view="front")),
        (110.0, report(rep(speed(110)), source="height")),
    ]
    profile = load_velocity_profile(sets, SQUAT)
    assert [p.load_kg for p in profile.points] == [60]
    assert profile.line is None


def test_no_published_minimum_no_maximum() -> None:
    sets = [(kg, report(rep(speed(kg)))) for kg in (60.0, 90.0, 120.0)]
    profile = load_velocity_profile(sets, find("lateral_raise"))
    assert isinstance(profile.maximum, NotEnough)
    assert "last possible rep" in profile.maximum.reason
    assert profile.line is not None


def test_two_loads_have_a_line_but_no_quality() -> None:
    line = known(fit_line([ProfilePoint(50, 1.0), ProfilePoint(100, 0.5), ProfilePoint(50, 0.8)]))
    assert line.r_squared is None
    assert line.per_kg_m_s == pytest.approx(-0.01)
