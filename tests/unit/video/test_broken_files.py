"""What is no video, or half a video, is named in one line."""

from __future__ import annotations

import re
from pathlib import Path

import av
import numpy as np
import pytest

from lastrep.errors import VideoError
from lastrep.video.reading import VideoFile
from unit.video.video_clips import MakeVideo


def assert_refused(path: Path, reason: str) -> None:
    with pytest.raises(VideoError, match=reason) as caught:
        VideoFile(path)
    message = str(caught.value)
    assert message.startswith(str(path)), message
    assert "\n" not in message
    assert "; " in message, "says what to do"


def test_missing(tmp_path: Path) -> None:
    assert_refused(tmp_path / "nowhere.mp4", "no such file")


def test_folder(tmp_path: Path) -> None:
    assert_refused(tmp_path, "is a folder")


def test_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    assert_refused(path, "is empty")


@pytest.mark.parametrize("name", ["text.mp4", "text.txt", "text.srt"])
def test_text(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\nthree sets of ten\n" * 20)
    assert_refused(path, "not a video")


def test_playlists_are_not_followed(tmp_path: Path, make_video: MakeVideo) -> None:
    make_video("part.ts")
    for name, text in {
        "hls.mp4": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\npart.ts\n#EXT-X-ENDLIST\n",
        "concat.mp4": "ffconcat version 1.0\nfile part.ts\n",
    }.items():
        (tmp_path / name).write_text(text)
        assert_refused(tmp_path / name, "not a video")


def test_not_readable(make_video: MakeVideo, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_video()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(av, "open", refuse)  # permissions do not bind the user root
    assert_refused(path, "may not be read")


def write_sound(path: Path, codec: str, *, cover: bool = False) -> None:
    with av.open(str(path), "w") as out:
        sound = out.add_stream(codec, rate=44100, layout="mono")
        assert isinstance(sound, av.AudioStream)
        if cover:
            picture = out.add_stream("mjpeg", rate=1)
            picture.width, picture.height, picture.pix_fmt = 32, 32, "yuvj420p"
            picture.disposition = av.stream.Disposition.attached_pic
            still = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")
            out.mux(picture.encode(still.reformat(format="yuvj420p")))
        samples = np.zeros((1, 44100), np.float32)
        frame = av.AudioFrame.from_ndarray(samples, "fltp", layout="mono")
        frame.sample_rate = 44100
        for part in (frame, None):
            out.mux(sound.encode(part))


def test_sound_only(tmp_path: Path) -> None:
    path = tmp_path / "sound.m4a"
    write_sound(path, "aac")
    assert_refused(path, "only sound")


def test_sound_with_a_cover_picture(tmp_path: Path) -> None:
    path = tmp_path / "song.mp4"
    write_sound(path, "aac", cover=True)
    assert_refused(path, "only sound")


def test_cut_before_the_index(make_video: MakeVideo) -> None:
    path = make_video()
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"moov") - 4])
    assert_refused(path, "not a video, or cut short")


def test_no_frame_decodes(make_video: MakeVideo) -> None:
    path = make_video(options={"movflags": "+faststart"})
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"mdat") + 8])
    assert_refused(path, "no frame")


def noise(rng: np.random.Generator, count: int) -> list[np.ndarray]:
    return [rng.integers(0, 255, (64, 96, 3), np.uint8) for _ in range(count)]


@pytest.fixture
def long_clip(tmp_path: Path) -> Path:
    """Two seconds of noise, whose frames fill the file evenly; the index comes first."""
    path = tmp_path / "long.mp4"
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=25, options={"bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for picture in noise(np.random.default_rng(1), 50):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        out.mux(stream.encode(None))
    return path


def test_cut_short_gives_what_is_there_and_says_so(long_clip: Path) -> None:
    content = long_clip.read_bytes()
    long_clip.write_bytes(content[: len(content) // 2])
    with VideoFile(long_clip) as video:
        frames = list(video.frames())
    assert 15 <= len(frames) <= 30
    ends = re.search(r"ends after ([\d.]+) s, although it should last 2.0 s", video.warnings[-1])
    assert ends is not None, video.warnings
    assert float(ends[1]) == pytest.approx(frames[-1].t_s, abs=0.06)


def test_a_damaged_stretch_is_left_out(long_clip: Path) -> None:
    content = bytearray(long_clip.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4000] = bytes(4000)
    long_clip.write_bytes(content)
    with VideoFile(long_clip) as video:
        times_s = [f.t_s for f in video.frames()]
    assert 10 <= len(times_s) < 50
    assert times_s[-1] == pytest.approx(49 / 25)
    assert any("damaged" in warning for warning in video.warnings)


def test_damage_is_not_shouted_on_standard_error(
    long_clip: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    content = long_clip.read_bytes()
    long_clip.write_bytes(content[: len(content) // 2])
    with VideoFile(long_clip) as video:
        assert list(video.frames())
    assert capfd.readouterr() == ("", "")
