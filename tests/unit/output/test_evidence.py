"""Evidence pictures: the right frames, one pass over the video, one picture a major fault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from lastrep.analysis.recording import AnalyzedRecording
from lastrep.exercises import find
from lastrep.output.drawing import Image
from lastrep.output.evidence import PANEL_PX, draw, evidence
from lastrep.output.writers import write_files
from lastrep.pose import PoseSequence
from lastrep.sets.offline import judge_landmarks
from lastrep.sets.results import Analysis, Provenance, SetReport, Source
from lifters import Camera, Clip, GrowingFault, Noise, landmark_recording, lifting_set

CALM = Noise(jitter=0.002, drift=0.002, white=0.001)


@pytest.fixture(scope="module")
def swinging() -> tuple[PoseSequence, SetReport]:
    """A curl set whose torso swings in the last two of seven reps."""
    reps = lifting_set(7, seed=3, faults=(GrowingFault("torso_swing", 6, 26.0),))
    clip = Clip("t", "biceps_curl", reps, camera=Camera(yaw_deg=85), noise=CALM)
    poses = landmark_recording(clip).poses
    (one,) = judge_landmarks(poses, find("biceps_curl"))
    return poses, one.report


def test_each_major_fault_has_a_picture_of_its_worst_frame(
    swinging: tuple[PoseSequence, SetReport],
) -> None:
    poses, report = swinging
    pictures = evidence([report])
    assert [p.name for p in pictures] == ["set1_rep06_BC1.png", "set1_rep07_BC1.png"]
    passes = 0

    def frames() -> Iterator[tuple[float, Image]]:
        nonlocal passes
        passes += 1
        for t_s in poses.t_s:  # brightness tells the time
            grey = round(4 * t_s)
            yield float(t_s), np.full((poses.height_px, poses.width_px, 3), grey, np.uint8)

    saved: dict[str, Image] = {}
    draw(pictures, poses, frames(), saved.__setitem__)
    assert passes == 1
    assert set(saved) == {p.name for p in pictures}
    for picture in pictures:
        assert picture.usual is not None
        image = saved[picture.name]
        # Below the title, at the outer edges of the two panels, nothing is drawn.
        left, right = image[PANEL_PX - 5, 2, 0], image[PANEL_PX - 5, -3, 0]
        assert left == pytest.approx(4 * picture.usual.t_s, abs=1)
        assert right == pytest.approx(4 * picture.worst.t_s, abs=1)
        rep = report.reps[picture.worst.rep - 1]
        assert rep.start_s <= picture.worst.t_s <= rep.end_s
        assert picture.usual.rep == report.baseline_reps[0]


def test_landmarks_alone_give_pictures_of_the_skeleton(
    swinging: tuple[PoseSequence, SetReport], tmp_path: Path
) -> None:
    poses, report = swinging
    source = Source(
        path="t", duration_s=20, fps=30, width=640, height=480, frames=1, frames_with_pose=1
    )
    analysis = Analysis(
        source=source,
        provenance=Provenance(version="0", model="synthetic", options={}),
        sets=(report,),
    )
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "set1_rep01_XX1.png").touch()  # of an earlier analysis
    written = write_files(
        AnalyzedRecording(analysis, poses, (), None), ["evidence"], tmp_path,
        lambda name: lambda share: None,
    )  # fmt: skip
    assert written == ("evidence",)
    files = sorted(p.name for p in (tmp_path / "evidence").iterdir())
    assert files == ["set1_rep06_BC1.png", "set1_rep07_BC1.png"]
    picture = cv2.imread(str(tmp_path / "evidence" / files[0]))
    assert picture is not None
    red = (picture[..., 2] > 200) & (picture[..., 1] < 120)
    green = (picture[..., 1] > 170) & (picture[..., 2] < 120)
    half = picture.shape[1] // 2
    assert red[:PANEL_PX, half:].sum() > 200  # the judged line at its worst
    assert green[:PANEL_PX, :half].sum() > 200  # and in a first rep


def test_a_clean_set_needs_no_picture(swinging: tuple[PoseSequence, SetReport]) -> None:
    _, report = swinging
    assert evidence([report.model_copy(update={"reps": report.reps[:4]})]) == ()
