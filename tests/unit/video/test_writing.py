"""Videos are written whole or not at all, with the times that were given."""

from __future__ import annotations

import errno
from pathlib import Path

import av
import numpy as np
import pytest

from lastrep.errors import OutputError
from lastrep.video.reading import VideoFile
from lastrep.video.writing import VideoWriter
from unit.video.video_clips import marked_picture, red_corner

UNEVEN_S = [0.0, 0.03, 0.05, 0.2, 0.25, 1.0, 1.01]


def write(path: Path, times_s: list[float], size: tuple[int, int] = (96, 64)) -> None:
    with VideoWriter(path, width_px=size[0], height_px=size[1]) as out:
        for t_s in times_s:
            out.write(marked_picture(*size), t_s)


def test_round_trip_of_uneven_times(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    write(path, UNEVEN_S)
    with VideoFile(path) as video:
        frames = list(video.frames())
    assert [f.t_s for f in frames] == pytest.approx(UNEVEN_S, abs=1e-4)
    assert red_corner(frames[3].rgb) == "top left"
    np.testing.assert_allclose(frames[3].rgb[16, 24], (220, 30, 30), atol=8)
    assert video.info.duration_s == pytest.approx(1.01, abs=0.1)


def test_browsers_can_play_it(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    write(path, [i / 25 for i in range(25)])
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat"), "the index comes first"


def test_odd_sizes_lose_their_last_row_and_column(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    write(path, [0.0, 0.1], size=(97, 63))
    assert next(VideoFile(path).frames()).rgb.shape == (62, 96, 3)


def test_large_pictures_are_scaled_down(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with VideoWriter(path, width_px=192, height_px=128, max_short_side_px=64) as out:
        out.write(marked_picture(192, 128), 0.0)
    assert (VideoFile(path).info.width_px, VideoFile(path).info.height_px) == (96, 64)


def test_the_picture_may_be_changed_after_it_was_given(tmp_path: Path) -> None:
    path, picture = tmp_path / "out.mp4", marked_picture()
    with VideoWriter(path, width_px=96, height_px=64) as out:
        for i in range(30):
            out.write(picture, i / 25)
            picture[:] = 0
            picture[:32, :48] = (220, 30, 30)
    assert red_corner(next(VideoFile(path).frames()).rgb) == "top left"
    grey = next(VideoFile(path).frames()).rgb[48, 72]
    np.testing.assert_allclose(grey, (110, 110, 110), atol=8)


@pytest.mark.parametrize("existed", [False, True])
def test_nothing_changes_after_a_failure(tmp_path: Path, existed: bool) -> None:
    path = tmp_path / "out.mp4"
    if existed:
        path.write_text("earlier")

    def fail_half_way() -> None:
        with VideoWriter(path, width_px=96, height_px=64) as out:
            out.write(marked_picture(), 0.0)
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    assert [p.name for p in tmp_path.iterdir()] == (["out.mp4"] if existed else [])
    assert not existed or path.read_text() == "earlier"


def test_folder_missing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write(tmp_path / "nowhere" / "out.mp4", [0.0])


def test_target_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write(tmp_path, [0.0])


def test_nothing_to_write(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no picture"):
        write(tmp_path / "out.mp4", [])
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_reported_and_nobody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(av, "open", full)
    with pytest.raises(OutputError, match="No space left"):
        write(tmp_path / "out.mp4", [i / 25 for i in range(100)])
    assert not list(tmp_path.iterdir())


def test_pictures_of_another_size_are_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="expected size"),
        VideoWriter(tmp_path / "out.mp4", width_px=96, height_px=64) as out,
    ):
        out.write(marked_picture(64, 64), 0.0)
