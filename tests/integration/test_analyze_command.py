"""The real command line, end to end: what it prints, writes, and says about bad input."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import av
import numpy as np
import pytest

from integration.samples import ROOT, SAMPLE, Analysed, Run
from lastrep.pose.pose_file import load_poses

TRUTH = json.loads(SAMPLE.with_suffix(".json").read_text())


def test_the_sample_is_counted_and_explained(analysed: Analysed) -> None:
    process = analysed.process
    assert process.returncode == 0, process.stderr
    count = len(TRUTH["reps"])
    assert f"{count} good reps" in process.stdout
    assert "Barbell back squat" in process.stdout
    assert process.stderr == ""


def test_every_result_file_is_there_and_agrees(analysed: Analysed) -> None:
    document = json.loads((analysed.folder / "analysis.json").read_text())
    (one,) = document["sets"]
    with (analysed.folder / "reps.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert one["attempts"] == len(one["reps"]) == len(rows) == len(TRUTH["reps"])
    assert document["source"]["frames"] == len(load_poses(analysed.poses))
    for rep, row in zip(one["reps"], rows, strict=True):
        assert float(row["start_s"]) == rep["start_s"]
        assert rep["start_s"] < rep["turn_s"] < rep["end_s"]


def test_reps_turn_when_the_rendered_lifter_turns(analysed: Analysed) -> None:
    document = json.loads((analysed.folder / "analysis.json").read_text())
    for rep, truth in zip(document["sets"][0]["reps"], TRUTH["reps"], strict=True):
        assert truth["turn_s"] - 0.2 <= rep["turn_s"] <= truth["turn_end_s"] + 0.2


def test_bar_speed_is_that_of_the_rendered_bar(analysed: Analysed) -> None:
    document = json.loads((analysed.folder / "analysis.json").read_text())
    (one,) = document["sets"]
    assert one["scale"]["source"] == "plate"
    for rep, truth in zip(one["reps"], TRUTH["reps"], strict=True):
        bar = rep["bar"]
        assert bar["source"] == "plate"
        assert bar["mean_velocity_m_s"] == pytest.approx(
            truth["mean_concentric_velocity_m_s"], abs=0.04
        )
        assert bar["displacement_m"] == pytest.approx(truth["displacement_m"], abs=0.015)
    speeds = [rep["mean_concentric_velocity_m_s"] for rep in TRUTH["reps"]]
    loss_pct = 100 * (1 - speeds[-1] / max(speeds))
    assert one["velocity_loss_pct"] == pytest.approx(loss_pct, abs=6)
    assert "m/s" in analysed.process.stdout
    chart = (analysed.folder / "velocity.svg").read_text()
    assert chart.count("<rect") == 1 + len(TRUTH["reps"])


def test_the_annotated_video_is_h264_of_the_same_length(analysed: Analysed) -> None:
    with av.open(analysed.folder / "annotated.mp4") as drawn, av.open(SAMPLE) as source:
        stream = drawn.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        frames = [frame for frame in drawn.decode(stream)]
        original = [frame for frame in source.decode(video=0)]
        assert len(frames) == len(original)
        middle = len(frames) // 2
        difference = frames[middle].to_ndarray(format="rgb24").astype(int) - original[
            middle
        ].to_ndarray(format="rgb24")
        # The panel in the corner covers the picture; far from it and the lifter little changes.
        assert np.abs(difference[:40, :40]).mean() > 20


def test_recorded_landmarks_give_the_same_document(
    analysed: Analysed, lastrep: Run, tmp_path: Path
) -> None:
    again = lastrep(
        "analyze", SAMPLE, "--poses", analysed.poses, "-e", "squat", "--json", cwd=tmp_path
    )
    assert again.returncode == 0, again.stderr
    document = json.loads(again.stdout)
    first = json.loads((analysed.folder / "analysis.json").read_text())
    assert document["sets"] == first["sets"]
    assert document["source"] == first["source"]
    assert list(tmp_path.iterdir()) == []  # --json alone writes no file


def test_target_and_strictness_are_obeyed(analysed: Analysed, lastrep: Run, tmp_path: Path) -> None:
    words = ("analyze", "--poses", analysed.poses, "-e", "back_squat", "--json", "--target", "2")
    document = json.loads(lastrep(*words, cwd=tmp_path).stdout)
    assert document["sets"][0]["end"]["reason"] == "target_reached"
    assert document["sets"][0]["good_reps"] == 2
    assert document["provenance"]["options"]["target"] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("analyze",), "at least one video"),
        (("analyze", "a.mp4", "-e", "back_sqat"), "did you mean 'back_squat'"),
        (("analyze", "a.mp4", "--format", "pdf"), "--format pdf"),
        (("analyze", "a.mp4", "--target", "0"), "--target"),
        (("analyze", "a.mp4", "--target", "3", "--amrap"), "exclude each other"),
        (("analyze", "a.mp4", "b.mp4", "--save-poses", "p.npz"), "one video at a time"),
        (("analyze", "a.mp4", "--strictness", "harsh"), "strict, standard or lenient"),
        (("analyze", "a.mp4", "--bar", "120"), "write it as X,Y"),
        (("analyze", "a.mp4", "--distance", "1,2,1,2,0.5"), "must lie apart"),
        (("analyze", "a.mp4", "--height-m", "178"), "give metres"),
        (("analyze", "a.mp4", "--plate-m", "45"), "give metres"),
        (("analyze", "a.mp4", "--velocity-cap", "120"), "between 0 and 100"),
        (("analyze", "a.mp4", "--backend", "torch"), "use litert or mediapipe"),
        (("exercises", "sqat"), "did you mean"),
    ],
)
def test_wrong_usage_exits_with_2(
    lastrep: Run, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    process = lastrep(*words, cwd=tmp_path)
    assert process.returncode == 2
    assert said in " ".join(process.stderr.split())
    assert "Traceback" not in process.stderr


def _make_bad_inputs(folder: Path) -> dict[str, str]:
    """Write broken files; return what the message about each must name."""
    (folder / "empty.mp4").touch()
    (folder / "text.mp4").write_text("this is a shopping list, not a film\n" * 50)
    (folder / "folder.mp4").mkdir()
    with av.open(folder / "sound.mp4", "w") as container:
        sound = container.add_stream("aac", rate=44100)
        samples = av.AudioFrame.from_ndarray(
            np.zeros((1, 44100), np.float32), format="fltp", layout="mono"
        )
        samples.sample_rate = 44100
        for packet in (*sound.encode(samples), *sound.encode(None)):
            container.mux(packet)
    with av.open(folder / "nobody.mp4", "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        picture = np.random.default_rng(1).integers(0, 255, (240, 320, 3), np.uint8)
        for _ in range(20):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return {
        "missing.mp4": "no such file",
        "empty.mp4": "empty",
        "text.mp4": "",
        "folder.mp4": "",
        "sound.mp4": "",
        "nobody.mp4": "no person found",
    }


def test_bad_files_get_one_line_each_and_the_good_one_is_done(lastrep: Run, tmp_path: Path) -> None:
    bad = _make_bad_inputs(tmp_path)
    good = tmp_path / "good.mp4"
    _short_copy(SAMPLE, good, frames=60)
    process = lastrep(
        "analyze", *bad, good, "-e", "back_squat", "--format", "json", "--model", "lite",
        cwd=tmp_path,
    )  # fmt: skip
    assert process.returncode == 1
    lines = process.stderr.strip().splitlines()
    assert len(lines) == len(bad), process.stderr
    for line, (name, what) in zip(lines, bad.items(), strict=True):
        assert line.startswith(f"lastrep: {name}: ")
        assert what in line
        assert "internal error" not in line
    assert (tmp_path / "lastrep-out" / "good" / "analysis.json").is_file()


def test_a_file_cut_short_is_analysed_as_far_as_it_goes(lastrep: Run, tmp_path: Path) -> None:
    data = SAMPLE.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: len(data) // 3])
    process = lastrep(
        "analyze", "cut.mp4", "-e", "squat", "--json", "--model", "lite", cwd=tmp_path
    )
    assert process.returncode == 0, process.stderr
    document = json.loads(process.stdout)
    assert any("ends after" in warning for warning in document["warnings"])
    assert 0 < document["source"]["duration_s"] < 0.7 * TRUTH["frames"]["t_s"][-1]


def _short_copy(source: Path, target: Path, frames: int) -> None:
    with av.open(source) as video, av.open(target, "w") as out:
        original = video.streams.video[0]
        stream = out.add_stream("libx264", rate=30)
        stream.width, stream.height = original.width, original.height
        stream.pix_fmt = "yuv420p"
        for i, frame in enumerate(video.decode(original)):
            if i == frames:
                break
            frame.pts = None
            for packet in stream.encode(frame):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)


def test_unwritable_output_is_said_before_the_work(
    analysed: Analysed, lastrep: Run, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file where the folder should go")
    process = lastrep(
        "analyze", "--poses", analysed.poses, "-e", "squat", "-o", "taken", cwd=tmp_path
    )
    assert process.returncode == 1
    (line,) = process.stderr.strip().splitlines()
    assert line.startswith("lastrep: taken")
    assert "--out" in line


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_said_in_one_line(
    analysed: Analysed, lastrep: Run, tmp_path: Path
) -> None:
    tmp_path.chmod(0o500)
    process = lastrep("analyze", "--poses", analysed.poses, "-e", "squat", cwd=tmp_path)
    assert process.returncode == 1
    assert len(process.stderr.strip().splitlines()) == 1


def test_exercises_are_listed_and_explained(lastrep: Run, tmp_path: Path) -> None:
    listing = lastrep("exercises", cwd=tmp_path)
    assert listing.returncode == 0
    assert "back_squat" in listing.stdout
    assert "push_up" in listing.stdout
    measures = lastrep("exercises", "--measures", cwd=tmp_path)
    assert measures.returncode == 0
    assert "knee.mean" in measures.stdout
    assert "wrist_above_shoulder" in measures.stdout
    explained = lastrep("exercises", "bench", cwd=tmp_path)
    assert "Bench press" in explained.stdout
    assert "full rep" in explained.stdout


def test_doctor_names_versions_and_models(lastrep: Run, tmp_path: Path) -> None:
    process = lastrep("doctor", cwd=tmp_path, LASTREP_THREADS="2")
    assert process.returncode == 0
    assert "backend litert: 2." in process.stdout
    assert "the default, 2 threads" in process.stdout
    assert "backend mediapipe: 0.10.3" in process.stdout
    assert "pose_landmarker_full.task" in process.stdout
    assert "pygame-ce 2." in process.stdout
    assert "spoken cues: " in process.stdout


def test_the_other_backend_counts_the_same(
    lastrep: Run, analysed: Analysed, tmp_path: Path
) -> None:
    words = ("analyze", SAMPLE, "-e", "back_squat", "--backend", "mediapipe", "--json")
    process = lastrep(*words, cwd=tmp_path)
    assert (process.returncode, process.stderr) == (0, "")
    document = json.loads(process.stdout)
    assert document["provenance"]["model"] == "mediapipe/full"
    ours = json.loads((analysed.folder / "analysis.json").read_text())
    assert ours["provenance"]["model"] == "litert/full"
    for key in ("attempts", "completed_reps", "good_reps"):
        assert document["sets"][0][key] == ours["sets"][0][key]
    assert document["sets"][0]["end"]["reason"] == ours["sets"][0]["end"]["reason"]


def test_readme_names_files_that_exist() -> None:
    readme = (ROOT / "README.md").read_text()
    assert f"sample_videos/{SAMPLE.name}" in readme
