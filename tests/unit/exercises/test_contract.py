"""Every key of an exercise file does something: change it, and a result or its explanation changes.

A key that nothing reads would look like a setting, and be none.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from lastrep.exercises import catalogue
from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.ends import Ends
from lastrep.exercises.faults import FaultRule, inherited
from lastrep.exercises.recognition import recognize
from lastrep.exercises.standards import standards
from lastrep.motion.track import Track
from lastrep.output.terminal import explain
from lastrep.pose import PoseSequence
from lastrep.sets.live.rep_tracker import RepTracker
from lastrep.sets.offline import judge_landmarks
from lastrep.training.loads import GYM, LoadUnit
from lastrep.training.rest import usual_rest
from lastrep.velocity.options import BarOptions, may_have_plates
from lastrep.velocity.scale import Calibration
from lifters import Camera, Clip, GrowingFault, Noise, landmark_recording, lifting_set

CATALOGUE = Path(__file__).resolve().parents[3] / "src" / "lastrep" / "exercises" / "catalogue"
CALM = Noise(jitter=0.002, drift=0.002, white=0.001)

Table = dict[str, Any]


def table_of(name: str) -> Table:
    return tomllib.loads((CATALOGUE / f"{name}.toml").read_text(encoding="utf-8"))


def definition_of(table: Table) -> ExerciseDefinition:
    """Read a file's content as `load_definition` does."""
    faults = inherited(str(table["name"]), str(table["family"]), table.get("faults", []))
    return ExerciseDefinition.model_validate({**table, "faults": faults})


def changed(table: Table, key: str, value: object) -> Table:
    """Return a file's content with one key changed, dotted names reaching into its tables."""
    head, _, rest = key.partition(".")
    if not rest:
        return {**table, head: value}
    inner = table.get(head, {})
    return {**table, head: changed(inner, rest, value)}


@cache
def recording() -> PoseSequence:
    """Six squats, each slower than the one before; the lifter leans forward in the last two."""
    reps = lifting_set(
        6, seed=3, velocity_loss=0.4, faults=(GrowingFault("forward_lean", 5, 26.0),)
    )
    clip = Clip("t", "back_squat", reps, camera=Camera(yaw_deg=70), noise=CALM, tail_s=3.0)
    return landmark_recording(clip).poses


def outcome(definition: ExerciseDefinition) -> Mapping[str, object]:
    """Return all that an exercise file may change, by what it is."""
    text = io.StringIO()
    Console(file=text, width=200).print(explain(definition, standards()))
    poses = recording()
    by_height = Calibration(height_m=1.75)
    sets = judge_landmarks(poses, definition, bar=BarOptions(by_height))
    others = tuple(one for one in catalogue().values() if one.name != definition.name)
    recognised = recognize(_ends(poses), (definition, *others))
    alone = recognize(_ends(poses), (definition,))
    tracker = RepTracker(definition)
    live = [tracker.update(pose) and tracker.fraction for pose in list(poses)[:200]]
    training = definition.training
    return {
        "explained": text.getvalue(),
        "named": (definition.name, definition.aliases),
        "judged": [one.report.model_dump_json() for one in sets],
        "recognised": (recognised.name, recognised.confidence, alone.confidence),
        "live": live,
        "rest": usual_rest(training, None).seconds,
        "load steps": (training.region, repr(GYM[LoadUnit.KG].of(training.implement))),
        "muscles": training.muscles,
        "plates": may_have_plates(definition),
    }


def _ends(poses: PoseSequence) -> Ends:
    import numpy as np

    from lastrep.reps.segmentation import segment

    found = segment(poses)
    track = Track.of(poses)
    reps = np.array([(r.start_s, r.turn_s, r.end_s) for r in found.reps])
    return Ends.of(track.points, np.searchsorted(track.t_s, reps))


SQUAT = table_of("back_squat")

#: Another value for each key; what is a table is changed key by key.
OTHERWISE: dict[str, object] = {
    "name": "heavy_squat",
    "title": "Squat of another kind",
    "aliases": ["quite another squat"],
    "family": "hinge",
    "summary": "Something else is measured.",
    "full_rep": "Something else is full.",
    "start": "ecc_end",
    "sides": "each",
    "support": "hands",
    "bar_proxy": "hip",
    "bar_proxy_travel": 2.0,
    "placement": "Somewhere else.",
    "minimum_velocity_m_s": 0.77,
    "training.muscles": ["calves"],
    "training.joints": "single",
    "training.region": "upper",
    "training.implement": "machine",
    "angle.joint": "hip",
    "angle.con_end_deg": 100,
    "angle.ecc_end_deg": 100,
    "views.required": ["front"],
    "views.useful": ["back", "front", "oblique"],
    "rhythm.rise": ["hip.depth"],
    "rhythm.fall": ["nose_above_wrist", "wrist_above_hip"],
    "rhythm.either": ["wrist_above_shoulder"],
    "posture": {"knee.mean": (0.0, 100.0)},
    "ends.elbow": [170, 60],
}


def test_every_key_is_tried() -> None:
    tried = {key.partition(".")[0] for key in OTHERWISE} | {"faults"}
    assert tried == set(ExerciseDefinition.model_fields)
    for group in ("training", "angle", "views", "rhythm"):
        inner = {key.partition(".")[2] for key in OTHERWISE if key.startswith(f"{group}.")}
        model = ExerciseDefinition.model_fields[group].annotation
        assert inner == set(getattr(model, "model_fields", ())), group


@cache
def usual() -> Mapping[str, object]:
    return outcome(definition_of(SQUAT))


@pytest.mark.parametrize("key", OTHERWISE)
def test_a_key_changes_a_result_or_its_explanation(key: str) -> None:
    other = outcome(definition_of(changed(SQUAT, key, OTHERWISE[key])))
    assert [name for name, value in other.items() if value != usual()[name]]


#: Of the fault SQ2 (forward lean): what else is changed first, and another value for each key.
FAULT: dict[str, tuple[Table, object]] = {
    "id": ({}, "SQ77"),
    "title": ({}, "something else"),
    "cue": ({}, "do something else"),
    "metric": ({}, "knee"),
    "at": ({}, "con_end"),
    "bad": ({"absolute": None}, "low"),
    "kind": ({}, "symmetry"),
    "views": ({}, ["front"]),
    "absolute": ({}, {"minor": 1.0, "major": 2.0}),
    "change": ({}, {"minor": 40.0, "major": 80.0}),
    "sd": ({}, 9.0),
    "of_baseline": ({}, True),
    "by_view": ({}, {"side": {"change": {"minor": 40.0, "major": 80.0}}}),
    "ends_set": ({}, False),
    "proxy": ({"kind": "safety", "change": {"minor": 2.0, "major": 4.0}, "sd": 1.0}, True),
    "steady": ({}, "elbow"),
    "plausible": ({}, (-1.0, 1.0)),
    "not_assessed": ({}, "nobody knows how"),
}


def with_fault(changes: Table) -> ExerciseDefinition:
    definition = definition_of(SQUAT)
    (rule,) = (one for one in definition.faults if one.id == "SQ2")
    other = FaultRule.model_validate({**rule.model_dump(), **changes})
    faults = tuple(other if one.id == "SQ2" else one for one in definition.faults)
    return definition.model_copy(update={"faults": faults})


def test_every_key_of_a_fault_is_tried() -> None:
    assert FAULT.keys() == FaultRule.model_fields.keys()


@pytest.mark.parametrize("key", FAULT)
def test_a_key_of_a_fault_changes_a_result_or_its_explanation(key: str) -> None:
    first, value = FAULT[key]
    before, after = outcome(with_fault(first)), outcome(with_fault({**first, key: value}))
    assert [name for name, one in after.items() if one != before[name]]


def test_a_key_that_nothing_reads_is_refused() -> None:
    for extra in ({"rom": [{"measure": "knee", "end": "con_end", "at_least": 165}]}, {"colour": 1}):
        with pytest.raises(ValueError, match="Extra inputs are not permitted"):
            definition_of({**SQUAT, **extra})
