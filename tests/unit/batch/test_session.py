"""A batch from clips to tables: what is kept, what is done again, what interruptions cost."""

from __future__ import annotations

import csv
import fcntl
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet  # type: ignore[import-untyped]
import pytest

import lastrep
from checks import known, some
from lastrep.analysis.options import AnalyzeOptions
from lastrep.analysis.pipeline import analyze_recording
from lastrep.analysis.recording import AnalyzedRecording
from lastrep.batch import jobs
from lastrep.batch.clips import find_clips
from lastrep.batch.layout import CLIPS_FILE, RECORD_FILE
from lastrep.batch.records import load_record
from lastrep.batch.session import Batch, Graded, grade_batch
from lastrep.errors import BatchError, OutputError
from lastrep.output.results_folder import MANIFEST_FILE
from lastrep.sets.corrections import Correction
from lastrep.sets.criteria import SetCriteria, Strictness
from lastrep.training.prescription import parse_prescription
from unit.batch.batch_tasks import InlinePool, Silent, write_poses


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record three clips; two hold the same, and one is broken."""
    folder = tmp_path_factory.mktemp("recorded")
    write_poses(folder / "three.npz", 3)
    write_poses(folder / "four.npz", 4)
    shutil.copy(folder / "four.npz", folder / "four_again.npz")
    (folder / "broken.npz").write_bytes(b"no landmarks")
    return folder


_analysed: dict[tuple[bytes, str], AnalyzedRecording] = {}


@pytest.fixture(autouse=True)
def _analyse_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Analyse each content once: these tests are about what a batch does with the results."""

    def remembered(
        video: Path | None,
        options: AnalyzeOptions,
        *,
        poses_path: Path,
        corrections: Sequence[Correction],
        clip_sha256: str | None,
        progress: Callable[[float], None],
    ) -> AnalyzedRecording:
        key = poses_path.read_bytes(), repr((options, corrections))
        known = _analysed.get(key)
        if known is None:
            _analysed[key] = analyze_recording(
                video, options, poses_path=poses_path, corrections=corrections, progress=progress
            )
            return _analysed[key]
        source = known.analysis.source.model_copy(update={"path": str(poses_path)})
        return replace(known, analysis=known.analysis.model_copy(update={"source": source}))

    monkeypatch.setattr(jobs, "analyze_recording", remembered)


@pytest.fixture
def batch(recorded: Path, tmp_path: Path) -> Batch:
    """Grade a copy of them."""
    clips = shutil.copytree(recorded, tmp_path / "clips")
    out = tmp_path / "graded"
    options = AnalyzeOptions(exercise="back_squat")
    return Batch(find_clips([str(clips)], None, out), out, options, ("json", "csv", "video"))


def run(batch: Batch, pool: InlinePool | None = None) -> Graded:
    return grade_batch(batch, pool or InlinePool(), Silent())


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def rows(batch: Batch) -> dict[str, dict[str, str]]:
    with (batch.out / "grades.csv").open(newline="") as file:
        return {Path(row["clip"]).name: row for row in csv.DictReader(file)}


def reused(graded: Graded) -> set[str]:
    pairs = zip(graded.clips, graded.outcomes, strict=True)
    return {clip.name for clip, outcome in pairs if outcome.reused}


def test_every_clip_has_its_folder_and_row(batch: Batch) -> None:
    graded = run(batch)
    assert set(contents(batch.out)) == {
        *("grades.csv", "grades.parquet", "index.html", CLIPS_FILE),
        *(
            f"{clip}/{name}"
            for clip in ("three", "four", "four_again")
            for name in ("analysis.json", "reps.csv", RECORD_FILE, MANIFEST_FILE)
        ),
    }
    table = rows(batch)
    assert {name: row["status"] for name, row in table.items()} == {
        **dict.fromkeys(("three.npz", "four.npz", "four_again.npz"), "graded"),
        "broken.npz": "failed",
    }
    assert (table["three.npz"]["attempts"], table["four.npz"]["attempts"]) == ("3", "4")
    assert table["three.npz"]["exercise"] == "back_squat"
    assert table["three.npz"]["form_grade"] in set("ABCDF")
    assert "broken.npz: not a file of recorded landmarks" in table["broken.npz"]["error"]
    assert len(graded.outcomes) == 4


def test_the_parquet_table_has_types_and_the_same_rows(batch: Batch) -> None:
    run(batch)
    table = pyarrow.parquet.read_table(batch.out / "grades.parquet")
    assert str(table.schema.field("attempts").type) == "int64"
    assert str(table.schema.field("load_kg").type) == "double"
    by_clip = {Path(row["clip"]).name: row for row in table.to_pylist()}
    for name, row in some(rows(batch).items()):
        assert {c: "" if v is None else str(v) for c, v in by_clip[name].items()} == row


def test_the_same_clips_give_the_same_bytes(batch: Batch, tmp_path: Path) -> None:
    run(batch)
    elsewhere = replace(batch, out=tmp_path / "elsewhere")
    run(elsewhere)
    assert contents(batch.out).keys() == contents(elsewhere.out).keys()
    for name, content in some(contents(batch.out).items()):
        if not name.endswith(".parquet"):
            assert content == contents(elsewhere.out)[name], name


def test_a_second_run_does_nothing_again(batch: Batch) -> None:
    run(batch)
    first = contents(batch.out)
    assert reused(run(batch)) == {"three", "four", "four_again"}
    assert contents(batch.out) == first
    assert reused(run(replace(batch, resume=False))) == set()


def test_only_what_changed_is_done_again(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    run(batch)
    write_poses(batch.clips[0].path.parent / "three.npz", 5)
    assert reused(run(batch)) == {"four", "four_again"}
    assert rows(batch)["three.npz"]["attempts"] == "5"

    (batch.out / "four" / "reps.csv").unlink()
    (batch.out / "four_again" / RECORD_FILE).write_text("{")
    shutil.rmtree(batch.out / "three")
    assert reused(run(batch)) == set()
    assert reused(run(batch)) == {"three", "four", "four_again"}

    strict = AnalyzeOptions("back_squat", SetCriteria(strictness=Strictness.STRICT))
    assert reused(run(replace(batch, options=strict))) == set()
    assert reused(run(replace(batch, options=strict, formats=("json",)))) == set()
    # What is there is made anew, so that all files of a clip tell the same.
    record = load_record(batch.out / "four")
    assert record is not None
    assert "reps.csv" in record.checksums
    monkeypatch.setattr(lastrep, "__version__", "99.0")
    assert reused(run(replace(batch, options=strict, formats=("json",)))) == set()


def test_options_of_a_clip_come_before_those_of_the_batch(batch: Batch) -> None:
    clips = tuple(
        replace(clip, target_reps=2, athlete="Ann", load_kg=60.0) if clip.name == "four" else clip
        for clip in batch.clips
    )
    run(replace(batch, clips=clips))
    table = rows(batch)
    assert table["four.npz"]["end_reason"] == "target_reached"
    assert table["three.npz"]["end_reason"] != "target_reached"
    assert (table["four.npz"]["athlete"], table["four.npz"]["load_kg"]) == ("Ann", "60.0")
    # Who it was changes the table, not the result.
    renamed = tuple(replace(clip, athlete="Bea") for clip in clips)
    assert len(reused(run(replace(batch, clips=renamed)))) == 3
    assert rows(batch)["four.npz"]["athlete"] == "Bea"


def test_a_prescription_leaves_the_velocity_cap_of_the_command(batch: Batch) -> None:
    options = AnalyzeOptions("back_squat", SetCriteria(5, velocity_cap_pct=30))
    clips = tuple(
        replace(clip, prescription=parse_prescription(text))
        for clip, text in zip(batch.clips, ("3x8", "3x8", "3xAMRAP", "3x8 VL20"), strict=True)
    )
    run(replace(batch, clips=clips, options=options))
    judged = {
        clip.name: known(load_record(batch.out / clip.name)).options.criteria
        for clip in clips
        if clip.name != "broken"
    }
    assert {name: (one.target_reps, one.velocity_cap_pct) for name, one in judged.items()} == {
        "four": (8, 30),
        "four_again": (None, 30),
        "three": (8, 20),
    }


def test_a_clip_that_is_no_longer_readable_loses_its_result(batch: Batch) -> None:
    run(batch)
    batch.clips[0].path.with_name("four.npz").write_bytes(b"overwritten")
    run(batch)
    assert rows(batch)["four.npz"]["status"] == "failed"
    assert not (batch.out / "four").exists()


def test_a_folder_that_is_not_ours_is_left_alone(batch: Batch) -> None:
    (batch.out / "three").mkdir(parents=True)
    (batch.out / "three" / "diary.txt").write_text("dear")
    run(batch)
    assert "holds files of something else" in rows(batch)["three.npz"]["error"]
    assert (batch.out / "three" / "diary.txt").read_text() == "dear"


def test_ctrl_c_keeps_what_is_done_and_the_next_run_ends_the_same(
    batch: Batch, tmp_path: Path
) -> None:
    whole = replace(batch, out=tmp_path / "whole")
    run(whole)
    pool = InlinePool(interrupt_at=2)
    with pytest.raises(KeyboardInterrupt):
        run(batch, pool)
    assert pool.closed
    assert len(rows(batch)) == 2
    assert "2 clips are not graded yet" in (batch.out / "index.html").read_text()
    run(batch)
    for name in ("grades.csv", "index.html"):
        assert (batch.out / name).read_bytes() == (whole.out / name).read_bytes()
    assert not (batch.out / ".running").exists()


def test_a_name_that_is_not_utf_8(batch: Batch) -> None:
    folder = batch.clips[0].path.parent
    strange = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.npz"))
    write_poses(strange, 6)
    clips = find_clips([str(strange), str(folder / "broken.npz")], None, batch.out)
    graded = run(replace(batch, clips=clips))
    assert [outcome.error is None for outcome in graded.outcomes] == [False, True]
    assert rows(batch)["caf\ufffd.npz"]["status"] == "graded"
    assert (batch.out / "caf\ufffd" / "analysis.json").exists()


def test_leftovers_of_a_killed_batch_are_cleared(batch: Batch) -> None:
    left = batch.out / ".running" / "0" / "tmp"
    left.mkdir(parents=True)
    (left / "half.mp4").write_bytes(b"half")
    run(batch)
    assert not (batch.out / ".running").exists()


def test_two_batches_do_not_write_to_one_folder(batch: Batch) -> None:
    batch.out.mkdir()
    other = os.open(batch.out, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    try:
        with pytest.raises(BatchError, match="another batch"):
            run(batch)
    finally:
        os.close(other)
    assert len(run(batch).outcomes) == 4


def test_an_output_folder_that_cannot_be(batch: Batch) -> None:
    batch.out.write_text("a file")
    with pytest.raises(OutputError, match="choose another --out"):
        run(batch)


def test_a_worker_of_another_version_says_so(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    class Elsewhere(InlinePool):
        def submit(self, task, job):  # type: ignore[no-untyped-def]
            return super().submit(task, replace(job, version="99.0"))

    run(batch, Elsewhere())
    assert "install the same version" in rows(batch)["three.npz"]["error"]
