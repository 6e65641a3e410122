"""Faults are data: complete, inherited, overridable, and refused with file and key when wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks import known, some
from lastrep.errors import ExerciseError
from lastrep.exercises import catalogue, find
from lastrep.exercises.definition import load_definition
from lastrep.exercises.faults import shown
from lastrep.motion.measures import MEASURES, REP_MEASURES
from lastrep.sets.measures.samples import SAMPLERS

SQUAT = (Path(__file__).parents[3] / "src/lastrep/exercises/catalogue/back_squat.toml").read_text()


def fault(text: str, tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(f"{SQUAT}\n[[faults]]\n{text}\n")
    return path


def test_every_fault_can_be_read_and_has_a_cue() -> None:
    for exercise in some(catalogue().values()):
        ids = [rule.id for rule in exercise.faults]
        assert len(set(ids)) == len(ids), exercise.name
        for rule in some(exercise.faults):
            assert rule.cue, rule.id
            assert rule.at == "whole" or rule.at in SAMPLERS
            assert (rule.metric in REP_MEASURES) == (rule.at == "whole")
            assert "faults" in MEASURES[rule.metric].uses


def test_change_limits_of_set_enders_stand_clear_of_the_noise() -> None:
    """A change must be about three spreads, or clean sets would end (`docs/science.md` 7.2)."""
    enders = [
        (exercise.name, rule, rule.change)
        for exercise in catalogue().values()
        for rule in exercise.faults
        if rule.ends_set and rule.kind in ("safety", "compensation", "range") and rule.change
    ]
    assert len(enders) >= 40
    for name, rule, change in enders:
        assert known(change.major) >= 2.9 * rule.sd, (name, rule.id)


@pytest.mark.parametrize(
    ("exercise", "ids"),
    [
        ("back_squat", {"G1", "G3", "SQ1", "SQ2", "SQ3", "SQ4", "SQ7"}),
        ("deadlift", {"G1", "DL1", "DL2", "DL4", "DL5", "DL6"}),
        ("bench_press", {"G1", "G5", "BP2", "BP4", "BP5"}),
        ("push_up", {"G1", "PU1", "PU2", "PU3", "PU4"}),
        ("overhead_press", {"OH1", "OH2", "OH3", "OH4"}),
        ("biceps_curl", {"BC1", "BC2", "BC3", "BC4", "BC5"}),
        ("bent_over_row", {"RW1", "RW2", "RW3", "RW4", "DL1"}),
    ],
)
def test_exercises_inherit_their_faults(exercise: str, ids: set[str]) -> None:
    assert ids <= {rule.id for rule in find(exercise).faults}


def test_a_variant_changes_only_what_it_says() -> None:
    back, front = (
        next(r for r in find(name).faults if r.id == "SQ2")
        for name in ("back_squat", "front_squat")
    )
    assert back.absolute is not None
    assert front.absolute is not None
    assert (back.absolute.major, front.absolute.major) == (65, 50)
    assert back.change == front.change


def test_what_no_landmark_shows_is_not_assessed() -> None:
    rounding = next(r for r in find("deadlift").faults if r.id == "DL1")
    assert "spine" in (rounding.not_assessed or "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('id = "SQ2"\nmetric = "aura"', r"faults\.SQ2.*unknown measure 'aura'"),
        ('id = "SQ2"\nabsolute = { minor = 60, major = 50 }', r"SQ2.*grow from minor"),
        ('id = "SQ2"\nsd = 0', r"faults\.SQ2\.sd"),
        ('id = "SQ2"\nchange = { minor = -4 }', r"larger than 0"),
        ('id = "SQ2"\nat = "whole"', r"whole"),
        ('id = "SQ2"\nmetric = "trunk"', r"faults\.SQ2\.metric.*did you mean 'trunk_lean'"),
        ('id = "SQ2"\nsteady = "bar_path"', r"faults\.SQ2.*steady.*bar_path"),
        ('id = "XX1"\ntitle = "new"', r"faults\.XX1"),
    ],
)
def test_a_wrong_fault_is_named(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ExerciseError, match=message) as error:
        load_definition(fault(text, tmp_path))
    assert "own.toml" in str(error.value)


def test_faults_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(f"faults = 3\n{SQUAT}")
    with pytest.raises(ExerciseError, match="faults"):
        load_definition(path)


def test_a_users_own_fault_is_added(tmp_path: Path) -> None:
    text = (
        'id = "MY1"\ntitle = "wide stance"\ncue = "closer"\nmetric = "feet_apart"\nat = "ecc_end"\n'
        'bad = "high"\nkind = "compensation"\nviews = ["front"]\nabsolute = { major = 160 }\nsd = 5'
    )
    exercise = load_definition(fault(text, tmp_path))
    assert "MY1" in {rule.id for rule in exercise.faults}


def test_measures_are_shown_with_their_unit() -> None:
    assert [shown(12.4, "deg"), shown(12.4, "%"), shown(1.24, "s")] == ["12°", "12 %", "1.2 s"]
