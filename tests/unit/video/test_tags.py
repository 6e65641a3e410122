"""What a file says in its tags and streams: slow motion, any code page, and which stream plays."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from lastrep.video.reading import VideoFile
from unit.video.video_clips import marked_picture


def write(
    path: Path, tags: dict[str, str] | None = None, options: dict[str, str] | None = None
) -> Path:
    with av.open(str(path), "w", options=options or {}) as out:
        out.metadata.update(tags or {})
        stream = out.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for _ in range(12):
            frame = av.VideoFrame.from_ndarray(marked_picture(), "rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def warnings(path: Path, slowmo: float = 1.0) -> list[str]:
    with VideoFile(path, slowmo=slowmo) as video:
        assert len(list(video.frames())) == 12
        return list(video.warnings)


@pytest.mark.parametrize(("rate", "slowmo"), [("240.0", 8.0), ("120", 4.0)])
def test_slow_motion_is_said_unless_it_is_known(tmp_path: Path, rate: str, slowmo: float) -> None:
    tagged = {"com.android.capture.fps": rate}
    clip = write(tmp_path / "a.mp4", tagged, {"movflags": "use_metadata_tags"})
    (said,) = warnings(clip)
    assert "in slow motion" in said
    assert f"--slowmo {slowmo:.0f}" in said
    assert warnings(clip, slowmo) == []
    assert len(warnings(clip, 2.0)) == 1


@pytest.mark.parametrize("rate", ["30.0", "29.97", "none", "-4", "1e9"])
def test_a_rate_that_is_usual_or_senseless_is_no_slow_motion(tmp_path: Path, rate: str) -> None:
    tagged = {"com.android.capture.fps": rate}
    assert warnings(write(tmp_path / "a.mp4", tagged, {"movflags": "use_metadata_tags"})) == []


def test_tags_need_not_be_utf8(tmp_path: Path) -> None:
    clip = write(tmp_path / "a.mkv", {"title": "Kniebeuge XY"})
    content = clip.read_bytes()
    assert content.count(b"Kniebeuge XY") == 1
    clip.write_bytes(content.replace(b"Kniebeuge XY", b"Kniebeuge \xfc\xff"))
    assert warnings(clip) == []


def test_the_stream_that_players_show_is_read(tmp_path: Path) -> None:
    """A still picture comes first, without saying that it is one."""
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        still = out.add_stream("mjpeg", rate=Fraction(25))
        still.width, still.height, still.pix_fmt = 32, 32, "yuvj420p"
        film = out.add_stream("libx264", rate=30)
        film.width, film.height, film.pix_fmt = 96, 64, "yuv420p"
        grey = np.full((32, 32, 3), 90, np.uint8)
        out.mux(still.encode(av.VideoFrame.from_ndarray(grey, "rgb24")))
        out.mux(still.encode())
        for _ in range(12):
            out.mux(film.encode(av.VideoFrame.from_ndarray(marked_picture(), "rgb24")))
        out.mux(film.encode())
    with VideoFile(path) as video:
        assert (video.info.width_px, video.info.height_px) == (96, 64)
        assert len(list(video.frames())) == 12
