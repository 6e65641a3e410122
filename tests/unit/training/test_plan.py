"""Plan files: read, written back the same, and refused with file and key."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastrep.errors import PlanError
from lastrep.sets.criteria import Strictness
from lastrep.training.plan import PlanItem, TrainingPlan, cautions, load_plan, save_plan, to_toml
from lastrep.training.prescription import Prescription, parse_prescription
from lastrep.training.rest import Goal
from unit.training.prescriptions import one_set


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    return tmp_path / "push.toml"


def test_reads_names_and_fills_in_what_sets_leave_open(plan_file: Path) -> None:
    plan_file.write_text(
        """
        name = "Push day"
        goal = "strength"
        [[exercise]]
        exercise = "Bench Press"
        sets = "2x5@100kg + AMRAP strict rest 5min"
        strictness = "lenient"
        rest_s = 200
        velocity_cap_pct = 20
        """
    )
    plan = load_plan(plan_file)
    assert (plan.name, plan.goal, plan.items[0].exercise) == (
        "Push day",
        Goal.STRENGTH,
        "bench_press",
    )
    first, _, last = plan.items[0].prescription.sets
    assert (first.strictness, first.rest_s, first.velocity_cap_pct) == (
        Strictness.LENIENT,
        200,
        20,
    )
    assert (last.strictness, last.rest_s, last.velocity_cap_pct) == (Strictness.STRICT, 300, 20)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "not valid TOML"),
        ("name = 'x'", "key 'exercise': Field required"),
        ("exercise = []", "key 'exercise': List should have at least 1"),
        ("[[exercise]]\nexercise = 'bench press'", "key 'exercise.1.sets': Field required"),
        (
            "[[exercise]]\nexercise='squat'\nsets='3x5'\n[[exercise]]\nexercise='curl'\nsets='3x0'",
            "key 'exercise.2.sets': prescription '3x0': reps must be 1 to 200",
        ),
        ("[[exercise]]\nexercise='bnech press'\nsets='3x5'", "did you mean 'bench_press'"),
        ("[[exercise]]\nexercise='squat'\nsets='3x5'\nrest=9", "key 'exercise.1.rest': Extra"),
        ("[[exercise]]\nexercise='squat'\nsets='3x5'\nrest_s=-1", "key 'exercise.1': rest must"),
        ("[[exercise]]\nexercise='squat'\nsets=3", "key 'exercise.1.sets': Input should be"),
        ("goal='fame'\n[[exercise]]\nexercise='squat'\nsets='3x5'", "key 'goal': Input should be"),
    ],
)
def test_names_file_and_key(plan_file: Path, text: str, says: str) -> None:
    plan_file.write_text(text)
    with pytest.raises(PlanError) as refused:
        load_plan(plan_file)
    message = str(refused.value)
    assert message.startswith(f"{plan_file}: ")
    assert says in message
    assert "\n" not in message


def test_a_missing_file_is_named(plan_file: Path) -> None:
    with pytest.raises(PlanError, match="cannot be read"):
        load_plan(plan_file)


@given(
    name=st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40),
    goal=st.none() | st.sampled_from(Goal),
    items=st.lists(
        st.builds(
            PlanItem,
            st.sampled_from(["bench_press", "back_squat"]),
            st.builds(lambda s: Prescription((s,)), one_set()),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_reads_what_it_writes(
    tmp_path_factory: pytest.TempPathFactory, name: str, goal: Goal | None, items: list[PlanItem]
) -> None:
    plan = TrainingPlan(name, tuple(items), goal)
    path = tmp_path_factory.mktemp("plan") / "plan.toml"
    save_plan(plan, path)
    assert load_plan(path) == plan
    assert path.read_text(encoding="utf-8") == to_toml(plan)


@pytest.mark.parametrize(
    ("exercise", "sets", "said"),
    [
        ("bench_press", "2x8 + 1xAMRAP", ["safeties or a spotter"]),
        ("bench_press", "3x8", []),
        ("biceps_curl", "3xAMRAP", ["3 of 3 sets go to failure"]),
        ("push_up", "1x10 + 1xAMRAP", []),
        ("back_squat", "1x10RM + 1x5", ["1 of 2 sets go to failure", "safeties or a spotter"]),
    ],
)
def test_cautions_where_failure_is_frequent_or_under_a_bar(
    exercise: str, sets: str, said: list[str]
) -> None:
    plan = TrainingPlan("x", (PlanItem(exercise, parse_prescription(sets)),))
    found = cautions(plan)
    assert len(found) == len(said)
    assert all(words in text for words, text in zip(said, found, strict=True))
