"""Open a video container and learn what it says of its video: all that libav is asked."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from lastrep.errors import VideoError

#: The containers that clips (and, for a fitting message, sound files) come in, as libav names
#: them. Playlists are not among them: they can make libav open other files or addresses.
FORMATS = (
    *("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "gif", "apng", "asf", "flv", "ogg"),
    *("mpegts", "mpeg", "mpegvideo", "m4v", "h264", "hevc", "obu", "ivf", "mjpeg", "mxf"),
    *("wav", "mp3", "aac", "flac"),
)

#: A creation time before this is a clock that was never set.
FIRST_CREATION = datetime(2000, 1, 1, tzinfo=UTC)

#: Tags in which cameras name the rate at which they filmed.
CAPTURE_TAGS = ("com.android.capture.fps", "com.apple.quicktime.capture.fps")

_OPEN_OPTIONS = {"format_whitelist": ",".join(FORMATS), "protocol_whitelist": "file"}


@dataclass(frozen=True, slots=True)
class PlausibleRange:
    """What a file may say of its video; anything else is taken for damage and ignored.

    Parameters
    ----------
    max_fps
        Frame rates above this are time bases that a container passes off as a rate.
    fallback_fps
        Assumed where a file names no usable frame rate.
    pixel_aspect
        Range of the pixels' shape, width to height.
    """

    max_fps: float = 1000.0
    fallback_fps: float = 30.0
    pixel_aspect: tuple[float, float] = (0.2, 5.0)


_PLAUSIBLE = PlausibleRange()

_FIX = "give a video file (.mp4, .mov, .mkv, .webm, .avi, .gif)"


@contextmanager
def open_video(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a file and its first moving picture.

    Raises
    ------
    VideoError
        If the file is missing, cannot be read, or is no video.
    """
    require_file(path)
    try:
        # "file:" keeps libav from taking a colon in a name for a protocol.
        # Tags need not be UTF-8, and none that lastrep reads is worth failing for.
        container = av.open(f"file:{path}", options=_OPEN_OPTIONS, metadata_errors="replace")
    except PermissionError as error:
        raise VideoError(f"{path}: may not be read; change its permissions") from error
    except (av.error.FFmpegError, OSError) as error:
        raise VideoError(f"{path}: not a video, or cut short while it was saved; {_FIX}") from error
    with container:
        yield container, _moving_picture(container, path)


def first_frame(container: InputContainer, stream: VideoStream, path: Path) -> VideoFrame:
    """Return the first frame that decodes.

    Raises
    ------
    VideoError
        If there is none.
    """
    for frame in decoded(container, stream):
        if frame is not None:
            return frame
    raise VideoError(f"{path}: holds no frame that can be decoded; export or record it again")


def decoded(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame | None]:
    """Yield the frames in order of display, and None where something could not be decoded.

    Nothing is raised for damage: what can be decoded after it, is.
    """
    for packet in _packets(container, stream):
        try:
            frames = packet.decode() if packet is not None else stream.codec_context.decode(None)
        except (av.error.FFmpegError, OSError):
            yield None
            continue
        for frame in frames:
            assert isinstance(frame, VideoFrame)
            yield None if frame.is_corrupt else frame


def square_pixel_size(
    frame: VideoFrame, stream: VideoStream, plausible: PlausibleRange = _PLAUSIBLE
) -> tuple[int, int]:
    """Return the (width, height) of a stored image once its pixels are made square."""
    aspect = float(stream.sample_aspect_ratio or 1)
    low, high = plausible.pixel_aspect
    return (round(frame.width * aspect) if low < aspect < high else frame.width), frame.height


def frame_rate_hz(stream: VideoStream, plausible: PlausibleRange = _PLAUSIBLE) -> float:
    """Return the usual number of frames a second, by the file's clock."""
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate and 0 < rate < plausible.max_fps:
            return float(rate)
    return plausible.fallback_fps


def creation_time(container: InputContainer) -> datetime | None:
    """Return when a recording was made, as the file says; None if it says nothing likely."""
    try:
        made = datetime.fromisoformat(container.metadata.get("creation_time", ""))
    except ValueError:
        return None
    made = made if made.tzinfo else made.replace(tzinfo=UTC)
    return made if FIRST_CREATION <= made <= datetime.now(UTC) else None


def captured_fps(container: InputContainer, stream: VideoStream) -> float | None:
    """Return at how many frames a second a phone says that it filmed; None if it says nothing.

    Android's cameras name the rate of slow motion in a tag of the file; the file then plays at
    another rate. Apple's keep true times in the file, and lose them where it is exported slowed
    down: such an export names no rate.
    """
    for tags in (container.metadata, stream.metadata):
        for tag in CAPTURE_TAGS:
            try:
                rate = float(tags.get(tag, ""))
            except ValueError:
                continue
            if 0 < rate < _PLAUSIBLE.max_fps:
                return rate
    return None


def duration_s(container: InputContainer, stream: VideoStream) -> float:
    """Return the length the file names, by its own clock; NaN if it names none."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration is not None else math.nan


def stamp_s(frame: VideoFrame) -> float | None:
    """Return a frame's own time stamp, by the file's clock."""
    if frame.pts is None or frame.time_base is None:
        return None
    return float(frame.pts * frame.time_base)


def require_file(path: Path) -> None:
    """Raise VideoError unless a path is an ordinary file."""
    try:
        if not path.exists():
            raise VideoError(f"{path}: no such file; check the name")
        if path.is_dir():
            raise VideoError(f"{path}: is a folder; {_FIX}")
        if not path.is_file():
            raise VideoError(f"{path}: not an ordinary file; {_FIX}")
        if path.stat().st_size == 0:
            raise VideoError(f"{path}: is empty; copy or record it again")
    except OSError as error:
        raise VideoError(f"{path}: cannot be read ({error.strerror}); check the path") from error


def _moving_picture(container: InputContainer, path: Path) -> VideoStream:
    # Of several, the one that players show. The cover picture of a sound file is a stream too.
    best = container.streams.best("video")
    for stream in (*([best] if best is not None else []), *container.streams.video):
        if isinstance(stream, VideoStream) and not (
            stream.disposition & av.stream.Disposition.attached_pic
        ):
            return stream
    found = "holds only sound" if container.streams.audio else "holds no picture"
    raise VideoError(f"{path}: {found}; {_FIX}")


def _packets(
    container: InputContainer, stream: VideoStream
) -> Iterator[Packet[VideoStream] | None]:
    """Yield the packets; after an unreadable stretch None, which flushes the decoder."""
    try:
        yield from container.demux(stream)
    except (av.error.FFmpegError, OSError):
        yield None
