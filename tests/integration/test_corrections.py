"""Corrections survive: every later analysis heeds them, and everything derived follows."""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

import lastrep as package
from integration.samples import SAMPLE, Analysed, Run
from lastrep.batch.correcting import correct
from lastrep.batch.layout import RECORD_FILE
from lastrep.output.corrections_file import CORRECTIONS_FILE
from lastrep.output.kept_result import Kept
from lastrep.output.results_folder import settle_results
from lastrep.pose.pose_file import load_poses, save_poses
from lastrep.sets.corrections import Correction
from lastrep.sets.results import Analysis, RepStatus
from lastrep.training.history import History
from unit.batch.batch_tasks import write_poses

FORMATS = "json,csv,poses,movement"


@pytest.fixture(autouse=True)
def own_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "history.sqlite3"
    monkeypatch.setenv("LASTREP_HISTORY", str(path))
    monkeypatch.setenv("LASTREP_SETTINGS", str(tmp_path / "settings.toml"))
    return path


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_poses(tmp_path / "clips" / "squat.npz", 5)


def document(folder: Path) -> Analysis:
    return Analysis.model_validate_json((folder / "analysis.json").read_bytes())


def ok(run: Run, *words: str | Path, cwd: Path) -> str:
    process = run(*words, cwd=cwd)
    assert process.returncode == 0, process.stderr
    return process.stdout


def analyse(run: Run, clip: Path, tmp_path: Path, *more: str | Path) -> Path:
    words = ("analyze", "--poses", clip, "-e", "back_squat", "--format", FORMATS, "-o", "out")
    ok(run, *words, *more, cwd=tmp_path)
    return tmp_path / "out" / clip.stem


def grade(run: Run, tmp_path: Path, *more: str | Path) -> Path:
    words = ("batch", "clips", "-e", "back_squat", "--format", FORMATS, "-o", "graded")
    ok(run, *words, "--workers", "1", *more, cwd=tmp_path)
    return tmp_path / "graded"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def contents(*folders: Path) -> dict[str, bytes]:
    """Return all files, but those that wait in hidden folders to be cleared away."""
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files if ".lastrep-" not in str(path)}


def test_a_correction_is_heeded_by_every_later_analysis(
    lastrep: Run, clip: Path, tmp_path: Path
) -> None:
    folder = analyse(lastrep, clip, tmp_path)
    assert document(folder).sets[0].good_reps == 5
    said = ok(
        lastrep, "review", folder, "--rep", "3", "--mark", "failed", "--by", "Ada", "--why",
        "the spotter helped", cwd=tmp_path,
    )  # fmt: skip
    assert "2 good of 5 reps. Rep 3 could not be completed" in said
    for more in ((), ("--strictness", "strict"), ("--target", "4"), ("--velocity-cap", "40")):
        analyse(lastrep, clip, tmp_path, *more)
        report = document(folder).sets[0]
        assert (report.end.reason, report.end.rep) == ("absolute_failure", 3)
        assert report.corrected_by == "Ada"
        row = rows(folder / "reps.csv")[2]
        assert row["status"] == "failed"
        assert row["corrected"] == "rep 3 is failed, by Ada: the spotter helped"
    listed = ok(lastrep, "review", folder, "--list", cwd=tmp_path)
    assert "rep 3 is failed, by Ada: the spotter helped" in listed
    ok(lastrep, "review", folder, "--undo", "--by", "Ben", cwd=tmp_path)
    assert document(folder).sets[0].good_reps == 5
    assert "taken back by Ben" in ok(lastrep, "review", folder, "--list", cwd=tmp_path)


def test_several_corrections_in_one_call_also_of_the_cut_into_reps(
    lastrep: Run, clip: Path, tmp_path: Path
) -> None:
    folder = analyse(lastrep, clip, tmp_path)
    words = ("--rep", "1", "--mark", "not-a-rep", "--rep", "4", "--mark", "bad", "--merge", "2")
    ok(lastrep, "review", folder / "analysis.json", *words, "--by", "Ada", cwd=tmp_path)
    report = document(folder).sets[0]
    assert report.attempts == 3
    assert report.reps[1].status is RepStatus.COMPLETED
    assert [one.kind for one in report.corrections] == ["mark", "mark", "merge"]
    ok(lastrep, "review", folder, "-e", "front squat", "--by", "Ada", cwd=tmp_path)
    assert document(folder).sets[0].exercise == "front_squat"
    for _ in range(4):
        ok(lastrep, "review", folder, "--undo", cwd=tmp_path)
    assert document(folder).sets[0].good_reps == 5
    nothing = lastrep("review", folder, "--undo", cwd=tmp_path)
    assert nothing.returncode == 1
    assert "no correction to undo" in nothing.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--rep", "44", "--mark", "good"), "reps 1 to 5"),
        (("--rep", "1", "--wrong", "SQ2"), "rep 1 has no fault SQ2"),
        (("--limit", "SQ2=1"), "must grow"),
        (("--limit", "XX9=1"), "no fault 'XX9'"),
        (("--rep", "5", "--mark", "good", "--set", "2"), "has 1 sets, not 2"),
        (("--merge", "5"), "none comes after it"),
        (("--missed-rep", "1000"), "no movement can be read"),
        (("-e", "yodelling"), "unknown exercise"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_changes_nothing(
    lastrep: Run, clip: Path, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    folder = analyse(lastrep, clip, tmp_path)
    before = contents(folder)
    process = lastrep("review", folder, *words, "--by", "Ada", cwd=tmp_path)
    assert process.returncode == 1
    assert message in process.stderr
    assert len(process.stderr.strip().splitlines()) == 1
    assert contents(folder) == before


def test_a_batch_never_loses_a_correction_or_a_foreign_file(
    lastrep: Run, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_poses(clip.with_name("other.npz"), 4)
    out = grade(lastrep, tmp_path, "--athlete", "ann")
    folder = out / "squat"
    (folder / "my notes.txt").write_text("watch her left knee")
    ok(lastrep, "review", folder, "--rep", "4", "--mark", "failed", "--by", "Ada", cwd=tmp_path)
    row = {one["clip"]: one for one in rows(out / "grades.csv")}["clips/squat.npz"]
    assert (row["end_reason"], row["end_rep"], row["good_reps"]) == ("absolute_failure", "4", "3")
    assert row["corrected_by"] == "Ada"
    assert "corrected by Ada" in (out / "index.html").read_text()
    with History(tmp_path / "history.sqlite3") as history:
        goods = sorted(record.good_reps for record in history.sets())
    assert goods == [3, 4]
    # The same command again finds it done; other options and versions judge with it.
    before = contents(out)
    grade(lastrep, tmp_path, "--athlete", "ann")
    assert contents(folder) == {k: v for k, v in before.items() if k.startswith(str(folder))}
    for more in (("--strictness", "strict"), ("--no-resume",), ("--plate-m", "0.35")):
        grade(lastrep, tmp_path, *more)
        report = document(folder).sets[0]
        assert (report.end.reason, report.end.rep) == ("absolute_failure", 4)
        assert (folder / "my notes.txt").read_text() == "watch her left knee"
        assert rows(out / "grades.csv")[-1]["corrected_by"] == "Ada"
    record = json.loads((folder / RECORD_FILE).read_text())
    (folder / RECORD_FILE).write_text(json.dumps(record | {"version": "0.0.1"}))
    grade(lastrep, tmp_path, "--plate-m", "0.35")
    assert document(folder).sets[0].corrected_by == "Ada"
    assert (folder / "my notes.txt").exists()
    assert json.loads((folder / RECORD_FILE).read_text())["version"] == package.__version__


def test_another_clip_in_the_same_place_keeps_the_words_of_the_first(
    lastrep: Run, clip: Path, tmp_path: Path
) -> None:
    out = grade(lastrep, tmp_path)
    first = clip.read_bytes()
    ok(lastrep, "review", out / "squat", "--rep", "2", "--mark", "bad", "--by", "Ada", cwd=tmp_path)
    write_poses(clip, 3)
    grade(lastrep, tmp_path)
    assert (document(out / "squat").sets[0].attempts, document(out / "squat").sets[0].corrections) \
        == (3, ())  # fmt: skip
    clip.write_bytes(first)
    grade(lastrep, tmp_path)
    assert document(out / "squat").sets[0].corrected_by == "Ada"


def test_two_clips_of_one_name_do_not_mix(lastrep: Run, tmp_path: Path) -> None:
    one = write_poses(tmp_path / "monday" / "squat.npz", 3)
    two = write_poses(tmp_path / "friday" / "squat.npz", 4)
    analyse(lastrep, one, tmp_path)
    analyse(lastrep, two, tmp_path)
    analyse(lastrep, one, tmp_path, "--strictness", "strict")
    assert document(tmp_path / "out" / "squat").sets[0].attempts == 3
    assert document(tmp_path / "out" / "squat-2").sets[0].attempts == 4
    assert not (tmp_path / "out" / "squat-3").exists()


def test_landmarks_of_another_recording_are_refused(
    lastrep: Run, analysed: Analysed, tmp_path: Path
) -> None:
    other = SAMPLE.with_name("squat_technical_failure.mp4")
    process = lastrep("analyze", other, "--poses", analysed.poses, "-e", "squat", cwd=tmp_path)
    assert process.returncode == 1
    assert "recorded from another video" in process.stderr
    old = write_poses(tmp_path / "old.npz", 3)  # without a checksum: told by its length
    process = lastrep("analyze", SAMPLE, "--poses", old, "-e", "squat", cwd=tmp_path)
    assert process.returncode == 1
    assert "do not belong to" in process.stderr


def test_video_stills_and_chart_follow_a_correction(
    lastrep: Run, analysed: Analysed, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(analysed.folder, tmp_path / "clean"))
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    ok(lastrep, "review", folder, "--rep", "2", "--mark", "bad:SQ2", "--by", "Ada", cwd=tmp_path)
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    for name in ("analysis.json", "reps.csv", "annotated.mp4", "velocity.svg"):
        assert after[name] != before[name], name
    assert [path.name for path in (folder / "evidence").iterdir()] == ["set1_rep02_SQ2.png"]
    ok(lastrep, "review", folder, "--undo", cwd=tmp_path)
    assert (folder / "annotated.mp4").read_bytes() == before["annotated.mp4"]
    assert list((folder / "evidence").iterdir()) == []


def test_a_document_alone_is_judged_again_from_what_it_keeps(
    lastrep: Run, clip: Path, tmp_path: Path
) -> None:
    folder = analyse(lastrep, clip, tmp_path)
    alone = tmp_path / "sent" / "set.json"
    alone.parent.mkdir()
    shutil.copy(folder / "analysis.json", alone)
    ok(lastrep, "review", alone, "--rep", "3", "--mark", "failed", "--by", "Ada", cwd=tmp_path)
    assert Analysis.model_validate_json(alone.read_bytes()).sets[0].good_reps == 2
    assert (alone.parent / CORRECTIONS_FILE).exists()
    refused = lastrep("review", alone, "--merge", "1", "--by", "Ada", cwd=tmp_path)
    assert refused.returncode == 1
    assert "no poses.npz of this clip" in refused.stderr


def test_a_corrections_file_that_cannot_be_read_is_not_passed_over(
    lastrep: Run, clip: Path, tmp_path: Path
) -> None:
    folder = analyse(lastrep, clip, tmp_path)
    ok(lastrep, "review", folder, "--rep", "3", "--mark", "failed", "--by", "Ada", cwd=tmp_path)
    said = (folder / CORRECTIONS_FILE).read_text()
    (folder / CORRECTIONS_FILE).write_text(said.replace('"failed"', '"splendid"'))
    process = lastrep("analyze", "--poses", clip, "-e", "squat", "-o", "out", cwd=tmp_path)
    assert process.returncode == 1
    assert CORRECTIONS_FILE in process.stderr
    assert "splendid" in (folder / CORRECTIONS_FILE).read_text()


# -- killed between any two writes


def _killed_at(number: int, folder: Path, said: Correction) -> None:
    """Correct a result, and kill this process at its n-th change of the disk."""
    count = 0

    def counted(change: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*words: object, **more: object) -> object:
            nonlocal count
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*words, **more)

        return wrapped

    for name in ("rename", "replace", "unlink", "rmdir", "mkdir", "fsync", "write"):
        setattr(os, name, counted(getattr(os, name)))
    for name in ("rename", "replace", "unlink", "rmdir", "mkdir", "write_text", "write_bytes"):
        setattr(Path, name, counted(getattr(Path, name)))
    correct(folder, lambda kept: (*kept.corrections, said))
    os._exit(0)


def test_a_correction_that_is_killed_anywhere_is_made_whole_or_not_at_all(
    lastrep: Run, clip: Path, tmp_path: Path, own_history: Path
) -> None:
    out = grade(lastrep, tmp_path, "--athlete", "ann")
    folder = out / "squat"
    at_s = document(folder).sets[0].reps[2].turn_s
    said = Correction(kind="mark", at_s=at_s, rep=3, mark="failed", by="Ada", why="helped")
    kept = tmp_path / "kept"
    shutil.copytree(out, kept / "out")
    shutil.copy(own_history, kept / "history")

    def state() -> tuple[dict[str, bytes], list[int]]:
        Kept.load(folder)  # whatever was cut short is completed first
        with History(own_history) as history:
            return contents(out), [record.good_reps for record in history.sets()]

    old = state()
    correct(folder, lambda before: (*before.corrections, said))
    new = state()
    assert (old[1], new[1]) == ([5], [2])
    # One array file of a result is not the same bytes twice: archives keep their time.
    unsteady = {str(folder / name) for name in ("poses.npz", "movement.npz", RECORD_FILE)}

    def steady(one: tuple[dict[str, bytes], list[int]]) -> object:
        return {k: v for k, v in one[0].items() if k not in unsteady}, one[1]

    outcomes = []
    fork = multiprocessing.get_context("fork")
    for number in range(1, 400):
        shutil.rmtree(out)
        shutil.copytree(kept / "out", out)
        for left in tmp_path.glob("history.sqlite3*"):
            left.unlink()
        shutil.copy(kept / "history", own_history)
        process = fork.Process(target=_killed_at, args=(number, folder, said))
        process.start()
        process.join(60)
        settle_results(folder)
        now = steady(state())
        assert now in (steady(old), steady(new)), f"killed at change {number}"
        outcomes.append(now == steady(new))
        if process.exitcode == 0:
            break
    assert process.exitcode == 0
    assert len(outcomes) > 10
    assert outcomes == sorted(outcomes)  # once it counts as made, it stays made
    assert not outcomes[0]


def test_landmarks_that_know_their_video_are_corrected_as_that_clip(
    lastrep: Run, clip: Path, tmp_path: Path
) -> None:
    save_poses(clip, load_poses(clip), clip_sha256="ab" * 32)
    out = grade(lastrep, tmp_path, "--athlete", "ann")
    ok(
        lastrep,
        "review",
        out / "squat",
        "--rep",
        "3",
        "--mark",
        "failed",
        "--by",
        "A",
        cwd=tmp_path,
    )
    with History(tmp_path / "history.sqlite3") as history:
        assert [record.good_reps for record in history.sets()] == [2]
    grade(lastrep, tmp_path, "--strictness", "strict", "--athlete", "ann")
    assert document(out / "squat").sets[0].corrected_by == "A"
    folder = analyse(lastrep, clip, tmp_path)
    assert document(folder).sets[0].corrections == ()  # another folder, another coach


def test_what_an_older_version_kept_in_the_document_is_heeded_too(
    lastrep: Run, clip: Path, tmp_path: Path
) -> None:
    folder = analyse(lastrep, clip, tmp_path)
    old = json.loads((folder / "analysis.json").read_text())
    old["sets"][0]["overrides"] = [
        {"rep": 4, "mark": "bad", "fault": None, "limit": None, "by": "Ada", "why": "rounded"}
    ]
    for key in ("measurements", "criteria", "corrections"):
        del old["sets"][0][key]
    old["source"] = {k: v for k, v in old["source"].items() if k not in ("sha256", "history")}
    old["source"]["path"] = str(clip)
    (folder / "analysis.json").write_text(json.dumps(old))
    analyse(lastrep, clip, tmp_path, "--strictness", "strict")
    report = document(folder).sets[0]
    assert (report.end.rep, report.corrected_by) == (4, "Ada")
    assert "rounded" in (folder / CORRECTIONS_FILE).read_text()
