"""`lastrep live` end to end: a shipped clip as the camera, and what goes wrong without one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from integration.samples import SAMPLES, Run
from lastrep.pose.pose_file import load_poses
from lastrep.sets.results import Analysis
from lastrep.training.history import History

#: The shortest of the shipped clips: five reps.
CLIP = SAMPLES / "row_60_degrees.mp4"
NO_SCREEN = {"DISPLAY": "", "WAYLAND_DISPLAY": ""}


@pytest.fixture(scope="module")
def coached(
    lastrep: Run, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[dict[str, Any]], Path, str]:
    """Train by a plan in front of the clip, recorded and kept; the events and the folder."""
    tmp = tmp_path_factory.mktemp("live")
    process = lastrep(
        "live", "--source", CLIP, "-e", "row", "--plan", "2x8@40kg", "--headless", "--record",
        "--model", "lite", "--athlete", "anna", "-o", "out", "--format", "json,csv", "--mute",
        cwd=tmp, LASTREP_HISTORY=str(tmp / "h.sqlite3"), LASTREP_SETTINGS=str(tmp / "s.toml"),
        **NO_SCREEN,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    return [json.loads(line) for line in process.stdout.splitlines()], tmp, process.stderr


def test_events_tell_the_course_of_the_set(coached: tuple[list[dict[str, Any]], Path, str]) -> None:
    events, _, _ = coached
    names = [event["event"] for event in events]
    for earlier, later in (
        ("set_armed", "set_started"),
        ("set_started", "rep_counted"),
        ("rep_counted", "rep_judged"),
        ("rep_judged", "set_closed"),
        ("set_closed", "session_over"),
    ):
        assert names.index(earlier) < names.index(later)
    (closed,) = (event for event in events if event["event"] == "set_closed")
    assert abs(closed["report"]["attempts"] - 5) <= 1
    assert names[-1] == "session_over"
    assert events[-1]["frames"] + events[-1]["dropped"] == pytest.approx(504, abs=3)


def test_the_files_of_the_set_are_those_of_an_analysis(
    coached: tuple[list[dict[str, Any]], Path, str], lastrep: Run
) -> None:
    events, tmp, said = coached
    folder = tmp / "out" / "set-01"
    assert "1 sets written to out/" in said
    live = Analysis.model_validate_json((folder / "analysis.json").read_text())
    (closed,) = (event for event in events if event["event"] == "set_closed")
    assert live.sets[0].attempts == closed["report"]["attempts"]
    assert len((folder / "reps.csv").read_text().splitlines()) == 1 + live.sets[0].attempts
    assert (folder / "video.mp4").stat().st_size > 10_000
    assert len(load_poses(folder / "poses.npz")) == live.source.frames
    again = lastrep(
        "analyze", folder / "video.mp4", "--poses", folder / "poses.npz", "-e", "row",
        "--target", 8, "--json", cwd=tmp,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert (
        json.loads(again.stdout)["sets"][0]["reps"]
        == json.loads(live.model_dump_json())["sets"][0]["reps"]
    )


def test_the_set_is_in_the_history(coached: tuple[list[dict[str, Any]], Path, str]) -> None:
    _, tmp, _ = coached
    with History(tmp / "h.sqlite3") as history:
        (record,) = history.sets()
    assert (record.athlete, record.exercise, record.load_kg) == ("anna", "bent_over_row", 40.0)


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (("live", "-e", "squat", "--headless", "--camera", "7"), "camera 7: "),
        (("live", "-e", "squat", "--source", CLIP, "--mute"), "--headless"),
        (("live", "-e", "squat", "--source", "no.mp4", "--headless"), "no.mp4"),
        (("plan", "run", "no.toml"), "no.toml"),
    ],
)
def test_what_is_missing_is_one_line_with_the_fix(
    words: tuple[str, ...], fix: str, lastrep: Run, tmp_path: Path
) -> None:
    process = lastrep(*words, cwd=tmp_path, **NO_SCREEN)
    assert process.returncode == 1
    assert fix in process.stderr
    assert len([line for line in process.stderr.splitlines() if "no sound" not in line]) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("live", "--plan", "3x10", "--headless"),
        ("live", "-e", "squad", "--headless"),
        ("live", "-e", "squat", "--plan", "3x", "--headless"),
        ("live", "-e", "squat", "--plan", "3x10", "--target", "8", "--headless"),
    ],
)
def test_wrong_usage(words: tuple[str, ...], lastrep: Run, tmp_path: Path) -> None:
    process = lastrep(*words, cwd=tmp_path)
    assert process.returncode == 2
    assert "Traceback" not in process.stderr
