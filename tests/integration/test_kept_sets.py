"""Sets that `analyze` and `batch` add to the history, end to end."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from integration.samples import Run, write_landmarks
from lastrep.training.history import History, Query
from lastrep.training.record import SetRecord
from lifters import GrowingFault, lifting_set

MONDAY = datetime(2026, 1, 5, 18, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "history.sqlite3"
    monkeypatch.setenv("LASTREP_HISTORY", str(path))
    monkeypatch.setenv("LASTREP_SETTINGS", str(tmp_path / "settings.toml"))
    return path


def records(path: Path) -> tuple[SetRecord, ...]:
    with History(path) as history:
        return history.sets()


def test_a_clip_analysed_again_replaces_its_set(kept: Path, lastrep: Run, tmp_path: Path) -> None:
    clip = tmp_path / "squats.npz"
    write_landmarks(clip, lifting_set(5, seed=1))
    os.utime(clip, (MONDAY.timestamp(),) * 2)
    words = ("analyze", "--poses", clip, "-e", "back_squat", "--athlete", "anna", "--json")
    first = lastrep(*words, "--load-kg", 80, "--prescription", "5RM", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["sets"][0]["good_reps"] == 5
    assert "Next: " in first.stderr  # the document stays alone on standard output
    copy = tmp_path / "copied.npz"
    copy.write_bytes(clip.read_bytes())
    again = lastrep(*words[:2], copy, *words[3:], "--rpe", 9.5, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    (record,) = records(kept)
    assert record.performed_at - MONDAY < timedelta(seconds=10)
    assert (record.load_kg, record.declared.rpe) == (80.0, 9.5)
    assert str(record.declared.prescription) == "1x5RM"


def test_nobody_is_kept_without_a_name(kept: Path, lastrep: Run, tmp_path: Path) -> None:
    clip = tmp_path / "squats.npz"
    write_landmarks(clip, lifting_set(3, seed=1))
    words = ("analyze", "--poses", clip, "-e", "back_squat", "--json")
    assert lastrep(*words, cwd=tmp_path).returncode == 0
    assert not kept.exists()
    (tmp_path / "settings.toml").write_text('athlete = "ben"\n')
    assert lastrep(*words, "--no-keep", cwd=tmp_path).returncode == 0
    assert not kept.exists()
    assert lastrep(*words, cwd=tmp_path).returncode == 0
    assert [record.athlete for record in records(kept)] == ["ben"]


def test_a_damaged_history_costs_no_analysis(kept: Path, lastrep: Run, tmp_path: Path) -> None:
    clip = tmp_path / "squats.npz"
    write_landmarks(clip, lifting_set(3, seed=1))
    kept.write_bytes(b"no database, but long enough to be taken for one" * 40)
    words = ("analyze", "--poses", clip, "-e", "back_squat", "--athlete", "anna", "--out", "out")
    done = lastrep(*words, cwd=tmp_path)
    assert done.returncode == 1
    assert "is damaged" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "out" / "squats" / "analysis.json").is_file()


def test_earlier_good_reps_are_the_reference(kept: Path, lastrep: Run, tmp_path: Path) -> None:
    """A set that leans from its first rep on has no reference of its own that would show it."""
    for day in range(3):
        clip = tmp_path / f"good{day}.npz"
        write_landmarks(clip, lifting_set(5, seed=day))
        os.utime(clip, ((MONDAY + timedelta(days=day)).timestamp(),) * 2)
        by_name = ("-e", "back_squat", "--athlete", "anna", "--json")
        assert lastrep("analyze", "--poses", clip, *by_name, cwd=tmp_path).returncode == 0
    leaning = tmp_path / "leaning.npz"
    write_landmarks(
        leaning, lifting_set(5, seed=9, faults=(GrowingFault("forward_lean", 1, 14.0, 3.0),))
    )
    os.utime(leaning, ((MONDAY + timedelta(days=7)).timestamp(),) * 2)
    words = ("analyze", "--poses", leaning, "-e", "back_squat", "--json")
    alone = json.loads(lastrep(*words, "--no-keep", cwd=tmp_path).stdout)["sets"][0]
    known = json.loads(lastrep(*words, "--athlete", "anna", cwd=tmp_path).stdout)["sets"][0]

    def reference(document: dict[str, Any], fault: str) -> float:
        standards = {one["id"]: one for one in document["standards"]}
        return float(standards[fault]["baseline"])

    assert reference(known, "SQ2") < reference(alone, "SQ2") - 4
    worst = [max(m["change"] for m in rep["measured"] if m["id"] == "SQ2") for rep in known["reps"]]
    before = [
        max(m["change"] for m in rep["measured"] if m["id"] == "SQ2") for rep in alone["reps"]
    ]
    assert worst[0] > before[0] + 4


def test_a_batch_fills_the_histories_its_manifest_names(
    kept: Path, lastrep: Run, tmp_path: Path
) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    for reps in (2, 3, 4):
        write_landmarks(clips / f"set{reps}.npz", lifting_set(reps, seed=reps))
    manifest = clips / "sets.csv"
    manifest.write_text(
        "clip,athlete,load_kg,prescription,rpe,performed_at\n"
        "set2.npz,anna,80,3x8,7,2026-01-05T18:00:00Z\n"
        "set3.npz,ben,,,,2026-01-06\n"
    )
    words = ("batch", clips, "--manifest", manifest, "-e", "squat", "--format", "csv")
    for _ in range(2):  # the second time all is done, and nothing is doubled
        done = lastrep(*words, "-o", tmp_path / "graded", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "2 sets are in the history" in done.stderr
    with History(kept) as history:
        (anna,) = history.sets(Query(athlete="anna"))
        (ben,) = history.sets(Query(athlete="ben"))
    assert (anna.load_kg, anna.declared.rpe, str(anna.declared.prescription)) == (80, 7, "1x8")
    assert anna.performed_at - MONDAY < timedelta(seconds=10)
    assert (ben.attempts, ben.declared.load) == (3, None)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("set.npz,3x,,", "prescription"),
        ("set.npz,,11,", "rpe"),
        ("set.npz,,,yesterday", "performed_at"),
        ("set.npz,3x8@60kg,8.2,", "rpe"),
    ],
)
def test_manifest_values_that_make_no_sense(
    lastrep: Run, tmp_path: Path, row: str, says: str
) -> None:
    (tmp_path / "sets.csv").write_text(f"clip,prescription,rpe,performed_at\n{row}\n")
    done = lastrep("batch", "--manifest", "sets.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert "sets.csv" in done.stderr.replace("\n", "")
    assert says in done.stderr
