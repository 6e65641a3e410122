"""What people read: the overlay on frames of any size, the terminal table, JSON and CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from lastrep.analysis.recording import AnalyzedRecording, SetMovement
from lastrep.bar.recording import track_landmarks
from lastrep.errors import OutputError
from lastrep.output import drawing
from lastrep.output.overlay import Overlay
from lastrep.output.terminal import render
from lastrep.output.writers import CsvWriter, JsonWriter, to_json, tracks_of
from lastrep.pose import Pose, PoseSequence
from lastrep.sets.criteria import Aftermath, SetCriteria
from lastrep.sets.ending import find_end
from lastrep.sets.results import Analysis, Provenance, Rep, SetReport, SideCounts, Source

RepsOf = Callable[[str], list[Rep]]


@pytest.fixture
def recording(reps_of: RepsOf) -> AnalyzedRecording:
    """Seven reps: the third partial, the last failed."""
    reps = tuple(reps_of("ggpgggf"))
    end = find_end(reps, SetCriteria(aftermath=Aftermath(until_s=24.0, seen=1.0, next_set=False)))
    report = SetReport(
        exercise="back_squat",
        exercise_source="given",
        exercise_confidence=1.0,
        view="side",
        start_s=0.0,
        end_s=21.0,
        count_confidence=0.9,
        attempts=7,
        completed_reps=5,
        good_reps=5,
        end=end,
        reps=reps,
    )
    t_s = np.arange(0, 24, 1 / 30)
    analysis = Analysis(
        source=Source(
            path="a.mp4", duration_s=24, fps=30, width=640, height=480, frames=720,
            frames_with_pose=700,
        ),
        provenance=Provenance(version="0", model="mediapipe/full", options={}),
        warnings=("camera tilted",),
        sets=(report,),
    )  # fmt: skip
    poses = PoseSequence.of([Pose.missing(t) for t in t_s], width_px=640, height_px=480)
    fraction = 0.5 + 0.5 * np.cos(t_s * 2 * np.pi / 3)
    moved = SetMovement(t_s, fraction, track_landmarks(poses, "shoulder"))
    return AnalyzedRecording(analysis, poses, (moved,), video=None)


@pytest.mark.parametrize("size", [(640, 480), (360, 640), (1280, 720), (202, 360), (64, 48)])
@pytest.mark.parametrize("t_s", [-1.0, 0.5, 9.2, 20.0, 30.0])
def test_overlay_draws_on_any_frame(
    recording: AnalyzedRecording, size: tuple[int, int], t_s: float
) -> None:
    width, height = size
    image = np.full((height, width, 3), 128, np.uint8)
    points = np.full((33, 3), min(size) / 2, np.float32)
    points[:, 0] += np.arange(33, dtype=np.float32)
    pose = Pose(t_s, points, points, np.ones(33, np.float32))
    Overlay(tracks_of(recording)).annotate(image, pose)
    assert image.shape == (height, width, 3)
    assert (image != 128).any()


def test_overlay_shows_the_end_of_the_set_only_after_it(recording: AnalyzedRecording) -> None:
    def footer(t_s: float) -> np.ndarray:
        image = np.full((480, 640, 3), 128, np.uint8)
        points = np.full((33, 3), 240, np.float32)
        pose = Pose(t_s, points, points, np.zeros(33, np.float32))
        Overlay(tracks_of(recording)).annotate(image, pose)
        return image[-20:, :300]

    assert (footer(20.9) == 128).all()
    assert (footer(21.1) != 128).any()


def test_lines_of_a_sentence_fit_the_frame() -> None:
    sentence = "Rep 7 could not be completed (it stopped half-way up): 5 good reps."
    lines = drawing.wrap(sentence, 20, 200)
    assert " ".join(lines) == sentence
    assert len(lines) > 2
    assert max(drawing.text_width_px(line, 20) for line in lines) <= 200


def test_terminal_table_has_every_rep_its_reason_and_the_sentence(
    recording: AnalyzedRecording,
) -> None:
    console = Console(width=120, record=True, file=None)
    with console.capture() as capture:
        console.print(render(recording.analysis, {"back_squat": "Barbell back squat"}))
    text = capture.get()
    assert "Barbell back squat" in text
    assert sum(" good " in line and "%" not in line for line in text.splitlines()) == 6
    assert "it stopped half-way up" in text
    assert "Rep 7 could not be completed" in text
    assert "note: camera tilted" in text


def test_json_keeps_the_promised_keys(recording: AnalyzedRecording, tmp_path: Path) -> None:
    JsonWriter().write(recording, tmp_path / "new" / "a.json", lambda share: None)
    document = json.loads((tmp_path / "new" / "a.json").read_text())
    assert document == json.loads(to_json(recording.analysis))
    assert Analysis.model_validate(document) == recording.analysis
    assert {"schema_version", "source", "provenance", "warnings", "sets"} <= document.keys()
    one = document["sets"][0]
    assert {
        "exercise", "exercise_source", "exercise_confidence", "view", "start_s", "end_s", "scale",
        "attempts", "completed_reps", "good_reps", "end", "velocity_loss_pct", "estimated_rir",
        "reps", "rejected",
    } <= one.keys()  # fmt: skip
    assert {
        "number", "status", "reason", "start_s", "turn_s", "end_s", "eccentric_s", "pause_s",
        "concentric_s", "rom_deg", "rom_pct", "start_angle_deg", "turn_angle_deg", "bar", "faults",
        "not_assessed", "form_score", "coverage",
    } <= one["reps"][0].keys()  # fmt: skip


def test_csv_has_one_row_a_rep(recording: AnalyzedRecording, tmp_path: Path) -> None:
    CsvWriter().write(recording, tmp_path / "reps.csv", lambda share: None)
    with (tmp_path / "reps.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["number"] for row in rows] == list("1234567")
    assert [row["status"] for row in rows].count("good") == 5
    assert float(rows[2]["rom_pct"]) == 70.0


def test_a_file_that_cannot_be_written_says_so_in_one_line(
    recording: AnalyzedRecording, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    target = tmp_path / "taken" / "a.json"
    with pytest.raises(OutputError, match="cannot be written") as caught:
        JsonWriter().write(recording, target, lambda share: None)
    assert str(tmp_path / "taken") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_reps_of_each_side_are_told_in_the_terminal_and_the_documents(
    recording: AnalyzedRecording, tmp_path: Path
) -> None:
    (report,) = recording.analysis.sets
    reps = tuple(
        rep.model_copy(update={"side": "left" if rep.number % 2 else "right"})
        for rep in report.reps
    )
    counts = SideCounts(left=4, right=3, both=0)
    one = report.model_copy(update={"reps": reps, "sides": counts})
    analysis = recording.analysis.model_copy(update={"sets": (one,)})
    console = Console(width=120, record=True)
    console.print(render(analysis, {}))
    text = console.export_text()
    assert "4 left, 3 right" in text
    assert "1 L" in text
    assert json.loads(to_json(analysis))["sets"][0]["sides"] == {"left": 4, "right": 3, "both": 0}
    CsvWriter().write(replace(recording, analysis=analysis), tmp_path / "r.csv", lambda _: None)
    with (tmp_path / "r.csv").open(newline="") as file:
        assert [row["side"] for row in csv.DictReader(file)][:2] == ["left", "right"]
    console.print(render(recording.analysis, {}))
    text = console.export_text()
    assert "Rep 7 could not be completed" in text
    assert "both" not in text
