"""The public names: what `dir(lastrep)` shows works, as the README shows it."""

from __future__ import annotations

import inspect

import pytest

import lastrep
from lastrep.apps.analyze import analyze as command
from lastrep.apps.cli import COMMANDS, loaded
from unit.batch.batch_tasks import squat_poses

#: What the options of the command are called in Python, where the name differs.
IN_PYTHON = {
    "videos": "path",
    "bar": "bar_px",
    "speed_from": "speed_from_m_s",
    "velocity_cap": "velocity_cap_pct",
}
#: Options that are ways of typing: another argument says the same, or the result is returned.
WORDS_ONLY = {
    "amrap": "no target",
    "as_json": "the document is what is returned",
    "keep": "no athlete",
    "own": "LASTREP_EXERCISES",
}


def test_dir_shows_the_public_names() -> None:
    assert set(dir(lastrep)) == {*lastrep.__all__, "__version__"}
    for name in lastrep.__all__:
        assert inspect.getdoc(getattr(lastrep, name)), name


def test_every_option_of_the_command_has_its_counterpart_in_python() -> None:
    there = set(inspect.signature(lastrep.analyze).parameters)
    options = set(inspect.signature(command).parameters)
    missing = {IN_PYTHON.get(name, name) for name in options - WORDS_ONLY.keys()} - there
    assert options >= {"exercise", "poses", "velocity_cap"}
    assert not missing


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_the_same_before_and_after_it_is_loaded(name: str) -> None:
    command = loaded(name)
    assert (command.help or "").splitlines()[0] == COMMANDS[name].help
    assert command.name == name


@pytest.mark.parametrize("exercise", ["back_squat", "Back Squat", "squat"])
def test_an_exercise_is_named_as_people_do(exercise: str) -> None:
    result = lastrep.analyze_poses(squat_poses(3), exercise)
    assert [one.exercise for one in result.sets] == ["back_squat"]
    definition = lastrep.find_exercise(exercise)
    again = lastrep.analyze_poses(squat_poses(3), definition)
    assert again.sets == result.sets
    live = lastrep.LiveSet(exercise, width_px=640, height_px=480)
    assert live.report is None


def test_an_unknown_exercise_is_an_error_with_a_hint() -> None:
    with pytest.raises(lastrep.LastrepError, match="did you mean"):
        lastrep.analyze_poses(squat_poses(3), "back_sqat")
    with pytest.raises(lastrep.LastrepError, match="unknown exercise"):
        lastrep.LiveSet("yodelling", width_px=640, height_px=480)


def test_criteria_are_kept_whole_and_heeded() -> None:
    criteria = lastrep.SetCriteria(target_reps=2, strictness=lastrep.Strictness.STRICT)
    (one,) = lastrep.analyze_poses(squat_poses(3), "back_squat", criteria).sets
    assert one.end.reason == "target_reached"
    assert (one.criteria.target_reps, one.criteria.strictness) == (2, "strict")
    assert one.criteria.aftermath is not None
