"""A short clip of a real recording that ships, and what the model sees in it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from lastrep.video.frames import Frame
from lastrep.video.reading import VideoFile
from lastrep.video.writing import VideoWriter

SAMPLE_VIDEOS = Path(__file__).resolve().parents[3] / "sample_videos"

#: Length of the clip.
CLIP_FRAMES = 45


@pytest.fixture(scope="session")
def sample_video() -> Path:
    """One of the videos that ship."""
    return SAMPLE_VIDEOS / "squat_clean.mp4"


@pytest.fixture(scope="session")
def clip_frames(sample_video: Path) -> list[Frame]:
    """The first frames of it."""
    with VideoFile(sample_video) as video:
        frames = list(islice(video.frames(), CLIP_FRAMES))
    assert len(frames) == CLIP_FRAMES
    return frames


@pytest.fixture(scope="session")
def clip(clip_frames: list[Frame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same frames as a file of their own."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    height, width = clip_frames[0].rgb.shape[:2]
    with VideoWriter(path, width_px=width, height_px=height) as out:
        for frame in clip_frames:
            out.write(frame.rgb, frame.t_s)
    return path
