"""The shipped exercise files, and what a user's own folder may do."""

from __future__ import annotations

from pathlib import Path

import pytest

from lastrep.environment import EXERCISES_VARIABLE
from lastrep.errors import ExerciseError
from lastrep.exercises import catalogue, find
from lastrep.exercises.definition import load_definition
from lastrep.exercises.library import own_digest
from lastrep.motion.measures import MEASURES

OWN = """
name = "zercher_squat"
title = "Zercher squat"
aliases = ["zercher", "squat"]
family = "squat"
summary = "Knee angle counts."
full_rep = "Down and up."
start = "con_end"
bar_proxy = "shoulder"
placement = "Side on."

[angle]
joint = "knee"
con_end_deg = 170
ecc_end_deg = 70

[views]
required = ["side"]

[rhythm]
rise = ["knee.mean"]
"""


def test_the_catalogue_is_complete() -> None:
    names = set(catalogue())
    assert len(names) >= 22
    assert {
        "back_squat", "front_squat", "bodyweight_squat", "goblet_squat", "deadlift",
        "romanian_deadlift", "bench_press", "push_up", "overhead_press", "biceps_curl",
        "hammer_curl", "bent_over_row", "pull_up", "dip", "lunge", "hip_thrust", "lateral_raise",
        "front_raise", "triceps_pushdown", "rope_pushdown", "sit_up", "crunch", "leg_raise",
        "jumping_jack",
    } <= names  # fmt: skip


def test_every_exercise_moves_its_primary_angle_the_way_its_signals_say() -> None:
    by_signal, by_end = set(), set()
    for name, exercise in catalogue().items():
        polarity = exercise.rhythm.polarity.get(exercise.angle.signal)
        if polarity:
            by_signal.add(name)
            rises = exercise.angle.con_end_deg > exercise.angle.ecc_end_deg
            assert (polarity > 0) == rises, exercise.name
        if exercise.angle.joint in exercise.ends:
            by_end.add(name)
            con, ecc = exercise.ends[exercise.angle.joint]
            rises = exercise.angle.con_end_deg > exercise.angle.ecc_end_deg
            assert con == ecc or (con > ecc) == rises, exercise.name
    assert len(by_signal) >= 20
    assert len(by_end) >= 20


@pytest.mark.parametrize(
    ("spoken", "name"),
    [
        ("squat", "back_squat"), ("Pull-Ups", "pull_up"), ("bench pressing", "bench_press"),
        ("jump_jack", "jumping_jack"), ("situp", "sit_up"), ("DIPS", "dip"),
        ("row", "bent_over_row"),
    ],
)  # fmt: skip
def test_aliases_and_spelling(spoken: str, name: str) -> None:
    assert find(spoken).name == name


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(ExerciseError, match="did you mean 'deadlift'"):
        find("dedlift")
    with pytest.raises(ExerciseError, match="unknown exercise 'xqz'"):
        find("xqz")


def test_own_files_add_and_override(tmp_path: Path) -> None:
    (tmp_path / "z.toml").write_text(OWN)
    (tmp_path / "d.toml").write_text(
        OWN.replace("zercher_squat", "deadlift").replace('"zercher", "squat"', '"zzz"')
    )
    own = catalogue(tmp_path)
    assert len(own) == len(catalogue()) + 1
    assert find("squat", own).name == "zercher_squat"
    assert own["deadlift"].title == "Zercher squat"
    assert find("squat").name == "back_squat"


@pytest.mark.parametrize(
    ("change", "key", "what"),
    [
        (('start = "con_end"', 'start = "top"'), "start", "con_end"),
        (('rise = ["knee.mean"]', 'rise = ["kneee"]'), "rhythm.rise", "kneee"),
        (('"knee.mean"', '"knee_left"'), "rhythm.rise", "did you mean 'knee.left'"),
        (('"knee.mean"', '"knee"'), "rhythm.rise", "no measure for rhythm.*'knee.mean'"),
        (('"knee.mean"', '"nose_beside_hip"'), "rhythm", "depends on the camera.*either"),
        (('joint = "knee"', 'joint = "trunk"'), "angle.joint", "did you mean 'trunk_tilt'"),
        (
            ("[rhythm]", "[ends]\nhands_height = [1, 2]\n[rhythm]"),
            "ends.hands_height",
            "did you mean 'wrist_above_shoulder'",
        ),
        (("[rhythm]", "[posture]\ntrunk = [1, 2]\n[rhythm]"), "posture.trunk", "trunk_tilt"),
        (("ecc_end_deg = 70", "ecc_end_deg = 169"), "angle", "10 degrees"),
        (("ecc_end_deg = 70", ""), "angle.ecc_end_deg", "required"),
        (('bar_proxy = "shoulder"', 'bar_prox = "shoulder"'), "bar_prox", "required|permitted"),
        (('required = ["side"]', "required = []"), "views.required", "at least 1"),
        (("[rhythm]", "[ends]\nnose = [1, 2]\n[rhythm]"), "ends", "nose"),
        (("[rhythm]", "[posture]\nknee.mean = [2, 1]\n[rhythm]"), "posture", "lower limit"),
    ],
)
def test_a_bad_file_names_file_and_key(
    tmp_path: Path, change: tuple[str, str], key: str, what: str
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN.replace(*change))
    with pytest.raises(ExerciseError, match=what) as error:
        load_definition(path)
    assert str(path) in str(error.value)
    assert f"key '{key}" in str(error.value)


def test_every_name_in_the_catalogue_is_a_measure_for_that_use() -> None:
    for exercise in catalogue().values():
        uses = (
            ("rhythm", (*exercise.rhythm.polarity, *exercise.posture, exercise.angle.signal)),
            ("ends", exercise.ends),
            ("angle", (exercise.angle.joint,)),
            ("faults", [name for r in exercise.faults for name in (r.metric, r.steady) if name]),
        )
        for use, spelled in uses:
            assert all(use in MEASURES[name].uses for name in spelled), (exercise.name, use)


@pytest.mark.parametrize("key", ["knee.mean", '"knee.mean"'])
def test_a_dotted_name_may_be_a_key_with_quotes_or_without(tmp_path: Path, key: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN.replace("[rhythm]", f"[posture]\n{key} = [20, 180]\n[rhythm]"))
    assert load_definition(path).posture == {"knee.mean": (20, 180)}


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(ExerciseError, match="no such folder"):
        catalogue(tmp_path / "none")
    with pytest.raises(ExerciseError, match="holds no exercise file"):
        catalogue(tmp_path)
    (tmp_path / "a.toml").write_text("name = ")
    with pytest.raises(ExerciseError, match=r"a\.toml: not valid TOML"):
        catalogue(tmp_path)
    (tmp_path / "a.toml").write_text(OWN)
    (tmp_path / "b.toml").write_text(OWN)
    with pytest.raises(ExerciseError, match=r"b\.toml: key 'name'"):
        catalogue(tmp_path)


def test_the_environment_names_the_users_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(EXERCISES_VARIABLE, str(tmp_path))
    with pytest.raises(ExerciseError, match="holds no exercise file"):
        catalogue()
    own = tmp_path / "zercher.toml"
    own.write_text(OWN)
    before = own_digest()
    assert find("zercher").title == "Zercher squat"
    own.write_text(OWN.replace('"Zercher squat"', '"Front-held squat"'))
    assert find("zercher").title == "Front-held squat"
    assert own_digest() != before
    monkeypatch.delenv(EXERCISES_VARIABLE)
    assert "zercher_squat" not in catalogue()
    assert own_digest() == ""
