"""A coach's word changes the verdict, and stays with the result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lastrep.apps.cli import app
from lastrep.apps.reviewing import load, reviewed
from lastrep.errors import ResultError
from lastrep.exercises import find
from lastrep.sets.analyzer import SetAnalyzer
from lastrep.sets.results import Analysis, EndReason, Override, Provenance, RepStatus, Source
from lifters import Camera, Clip, GrowingFault, Noise, landmark_recording, lifting_set

CALM = Noise(jitter=0.002, drift=0.002, white=0.001)


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """A curl set of 10 whose torso swings from rep 7 on."""
    reps = lifting_set(10, seed=3, faults=(GrowingFault("torso_swing", 7, 26.0),))
    clip = Clip("t", "biceps_curl", reps, camera=Camera(yaw_deg=85), noise=CALM, tail_s=3.0)
    r = landmark_recording(clip)
    engine = SetAnalyzer.of(r.poses, find("biceps_curl"))
    duration_s = float(r.t_s[-1])
    source = Source(
        path="t.mp4", duration_s=duration_s, fps=30, width=640, height=480,
        frames=len(r.t_s), frames_with_pose=len(r.t_s),
    )  # fmt: skip
    provenance = Provenance(version="0", model="synthetic", options={"strictness": "standard"})
    return Analysis(
        source=source, provenance=provenance, sets=tuple(s.report for s in engine.finish())
    )


def said(**what: object) -> Override:
    return Override(by="Ada", why="seen from the side", **what)  # type: ignore[arg-type]


def test_the_set_ends_where_form_broke(analysis: Analysis) -> None:
    end = analysis.sets[0].end
    assert (end.reason, end.rep, end.confirmed_at_rep) == (EndReason.TECHNICAL_FAILURE, 7, 8)


def test_a_rep_called_good_moves_the_end(analysis: Analysis) -> None:
    one = reviewed(analysis, (said(rep=7, mark="good"),)).sets[0]
    assert one.reps[6].status is RepStatus.GOOD
    assert (one.end.rep, one.end.confirmed_at_rep, one.good_reps) == (8, 9, 7)
    assert one.overrides == (said(rep=7, mark="good"),)


def test_a_wrong_fault_is_taken_off(analysis: Analysis) -> None:
    one = reviewed(analysis, (said(rep=7, fault="BC1"),)).sets[0]
    assert not any(f.id == "BC1" for f in one.reps[6].faults)
    assert one.reps[6].status is RepStatus.GOOD
    before = analysis.sets[0].reps[6].form_score
    after = one.reps[6].form_score
    assert before is not None
    assert after is not None
    assert after > before


def test_two_reps_called_bad_end_the_set(analysis: Analysis) -> None:
    one = reviewed(analysis, (said(rep=4, mark="bad"), said(rep=5, mark="bad"))).sets[0]
    assert (one.end.reason, one.end.rep, one.good_reps) == (EndReason.TECHNICAL_FAILURE, 4, 3)
    assert "called bad by Ada" in one.end.explanation


def test_a_wider_limit_lets_the_set_go_on(analysis: Analysis) -> None:
    wide = (
        said(fault="BC1", limit="change.major", value=60.0),
        said(fault="BC1", limit="absolute.major", value=70.0),
    )
    one = reviewed(analysis, wide).sets[0]
    assert one.end.reason is EndReason.LIFTER_STOPPED
    assert one.good_reps > analysis.sets[0].good_reps
    # Judging again without a change gives the same verdict: the document holds all it needs.
    same = said(fault="BC1", limit="change.major", value=12.0)
    assert reviewed(analysis, (same,)).sets[0].end == analysis.sets[0].end


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ({"rep": 44, "mark": "good"}, "reps 1 to 10"),
        ({"rep": 1, "fault": "BC1"}, "has no fault BC1"),
        ({"fault": "XX1", "limit": "change.major", "value": 3.0}, "no fault 'XX1'"),
        ({"fault": "BC1", "limit": "change.major", "value": 3.0}, "must grow"),
    ],
)
def test_what_cannot_be_is_refused(
    analysis: Analysis, override: dict[str, object], message: str
) -> None:
    with pytest.raises(ResultError, match=message):
        reviewed(analysis, (said(**override),))


def test_the_command_rewrites_the_document(analysis: Analysis, tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    path.write_text(analysis.model_dump_json())
    arguments = ["review", str(path), "--rep", "7", "--mark", "good", "--by", "Ada", "--why", "ok"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "7 good of 10 reps" in result.output
    kept = json.loads(path.read_text())["sets"][0]["overrides"]
    assert (kept[0]["by"], kept[0]["why"], kept[0]["mark"]) == ("Ada", "ok", "good")
    again = load(path)
    assert again.sets[0].end.rep == 8


def test_a_file_that_is_no_document_gives_one_line(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    path.write_text("{}")
    result = CliRunner().invoke(
        app, ["review", str(path), "--rep", "1", "--mark", "good", "--by", "A", "--why", "b"]
    )
    assert result.exit_code == 1
    assert "not a result document" in result.output
