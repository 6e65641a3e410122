"""Read video files: upright frames with their true times, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from lastrep.video.cache import FrameCache
from lastrep.video.container import (
    captured_fps,
    decoded,
    duration_s,
    first_frame,
    frame_rate_hz,
    open_video,
    square_pixel_size,
    stamp_s,
)
from lastrep.video.frames import Frame, StoredImage
from lastrep.video.orientation import Orientation
from lastrep.video.pixels import ConverterPool
from lastrep.video.prefetch import prefetch
from lastrep.video.timeline import Timeline

#: Says of a frame's time, seconds, whether the frame is wanted.
Wanted = Callable[[float], bool]

#: Frames are scaled down to this short side: the pose networks look at 256 x 256 pixels of the
#: person, so larger sources cost time and memory and give nothing.
MAX_SHORT_SIDE_PX = 720


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How files are decoded.

    Parameters
    ----------
    prefetch_frames
        Frames that wait decoded, at most: they bound the memory, and bridge uneven decoding.
    one_thread_px_per_s
        Videos of more pixels a second are decoded in several threads, which costs a quarter more of
        the processors' time: beside the pose model 1280 x 720 at 30 frames/s is quicker in one, at
        60 it is not.
    missing_end_s
        A file whose frames end this much before the duration it names was cut short.
    slow_from
        A file that was filmed this many times as fast as it plays is in slow motion.
    same_slowmo_share
        A given factor of slow motion this near to the file's own needs no word.
    """

    prefetch_frames: int = 4
    one_thread_px_per_s: float = 1280 * 720 * 40
    missing_end_s: float = 0.5
    slow_from: float = 1.5
    same_slowmo_share: float = 0.05


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a video file says of itself, before its frames are read.

    Parameters
    ----------
    width_px, height_px
        Size of the frames as delivered: upright, square pixels, scaled down if the source is large.
    source_width_px, source_height_px
        Size of the upright source.
    duration_s
        Length, with `slowmo` applied; NaN where the file does not say.
    fps
        Usual frames a second, with `slowmo` applied. Only a hint: each frame carries its time.
    frames
        Number of frames the file promises; None where it does not say.
    codec
        Name of the codec, as libav calls it.
    """

    width_px: int
    height_px: int
    source_width_px: int
    source_height_px: int
    duration_s: float
    fps: float
    frames: int | None
    codec: str


class VideoFile:
    """A video file, checked on opening.

    Times are those of the source's time stamps, counted from the first displayed frame and
    strictly increasing; frames without a time stamp follow at the usual rate, and frames whose
    time does not increase are left out. Rotation, mirroring and non-square pixels are applied.

    Parameters
    ----------
    path
        The file.
    slowmo
        How many times the recording is slowed down: a 240 frames/s clip that plays at 30 has 8.
        Times are divided by it.
    max_short_side_px
        Larger frames are scaled down to this short side while they are decoded.
    options
        How it is decoded.

    Raises
    ------
    VideoError
        If the file is missing, cannot be read, or holds no video.

    Examples
    --------
    >>> with VideoFile("squat.mp4") as video:  # doctest: +SKIP
    ...     for frame in video.frames():
    ...         print(frame.t_s, frame.rgb.shape)
    """

    def __init__(
        self,
        path: str | Path,
        *,
        slowmo: float = 1.0,
        max_short_side_px: int = MAX_SHORT_SIDE_PX,
        options: ReadingOptions = ReadingOptions(),
    ) -> None:
        if not slowmo > 0:
            raise ValueError(f"slowmo must be positive, not {slowmo}")
        self._path = Path(path)
        self._slowmo = slowmo
        self._options = options
        self._warnings: list[str] = []
        self._readers: list[Generator[Frame, None, None]] = []
        self._converters = ConverterPool()
        with open_video(self._path) as (container, stream):
            first = first_frame(container, stream, self._path)
            self._orientation = Orientation.of(first)
            self._stored_size = square_pixel_size(first, stream)
            #: Width and height of the upright source, and of the frames as delivered.
            self._source_size = self._orientation.size(*self._stored_size)
            self._size = self.scaled_size(max_short_side_px)
            self._warn_of_slow_motion(captured_fps(container, stream), frame_rate_hz(stream))
            self.info = VideoInfo(
                *self._size,
                *self._source_size,
                duration_s=duration_s(container, stream) / slowmo,
                fps=frame_rate_hz(stream) * slowmo,
                frames=stream.frames or None,
                codec=stream.codec_context.name,
            )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was found wrong with the file, one line each; complete after the last frame."""
        return tuple(dict.fromkeys(self._warnings))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop whatever is still being read."""
        while self._readers:
            self._readers.pop().close()

    def scaled_size(self, short_side_px: int) -> tuple[int, int]:
        """Return width and height, pixels, of an upright frame of this short side.

        Frames are never made larger.
        """
        width, height = self._source_size
        scale = min(1.0, short_side_px / min(width, height))
        return max(1, round(width * scale)), max(1, round(height * scale))

    def frames(
        self,
        wanted: Wanted = lambda t_s: True,
        *,
        fill: FrameCache | None = None,
        reuse: FrameCache | None = None,
        lazy: bool = False,
    ) -> Generator[Frame, None, None]:
        """Yield frames from the start, decoded ahead in a thread of their own.

        Damaged stretches are left out and named in `warnings`. Only a few frames are in memory at
        any time, whatever the length of the file.

        Parameters
        ----------
        wanted
            Says of each frame's time whether it shall be given; skipped frames cost little. The
            last frame is always given.
        fill
            Cache for all frames that are decoded, wanted or not, in its own size.
        reuse
            Frames of this file, with the same `slowmo`, that were cached; it is used up. If they
            are of the size of this file's frames, they are not decoded again.
        lazy
            Whether frames shall be as they are stored, with RGB images made when they are asked
            for: they take half the memory, and may be kept for long. Otherwise RGB images are made
            ahead, in the thread.
        """

        def delivered() -> Generator[Frame, None, None]:
            for frame in _chosen(self._decoded(reuse), wanted, fill):
                sized = frame.resized(self._size, lasting=lazy)
                yield sized if lazy else sized.with_rgb()

        reader = prefetch(delivered, self._options.prefetch_frames)
        self._readers.append(reader)
        return reader

    def _decoded(self, reuse: FrameCache | None) -> Generator[Frame, None, None]:
        """Yield all frames: decoded in full size, and from where there are some, the cached."""
        cached_s = None if reuse is None else reuse.first_s(self._size)
        damaged, t_s = 0, 0.0
        with open_video(self._path) as (container, stream):
            width, height = self._stored_size
            if width * height * frame_rate_hz(stream) > self._options.one_thread_px_per_s:
                stream.thread_type = "AUTO"
            frame_s = 1 / frame_rate_hz(stream)
            promised_s = duration_s(container, stream)
            timeline = Timeline(frame_s)
            for pixels in decoded(container, stream):
                if pixels is None:
                    damaged += 1
                    continue
                placed_s = timeline.place(stamp_s(pixels))
                if placed_s is None:
                    continue
                t_s = placed_s
                if reuse is not None and cached_s is not None and t_s / self._slowmo >= cached_s:
                    yield from reuse.drain()
                    return
                stored = StoredImage(pixels, self._orientation, self._converters)
                yield Frame(t_s / self._slowmo, stored)
        if damaged:
            self._warn(f"{damaged} damaged stretches were left out")
        if promised_s - (t_s + frame_s) > self._options.missing_end_s:
            self._warn(f"ends after {t_s:.1f} s, although it should last {promised_s:.1f} s")
        if timeline.restarts:
            self._warn(f"its clock jumps back {timeline.restarts} times")

    def _warn_of_slow_motion(self, filmed_hz: float | None, plays_hz: float) -> None:
        if filmed_hz is None or filmed_hz < self._options.slow_from * plays_hz:
            return
        factor = filmed_hz / plays_hz
        if abs(self._slowmo / factor - 1) > self._options.same_slowmo_share:
            self._warn(
                f"filmed at {filmed_hz:.0f} frames/s and plays at {plays_hz:.0f}: in slow motion, "
                f"so times and speeds are wrong by {factor:.1f}; give --slowmo {factor:.3g}"
            )

    def _warn(self, what: str) -> None:
        self._warnings.append(f"{self._path}: {what}")


def _chosen(
    frames: Iterable[Frame], wanted: Wanted, fill: FrameCache | None
) -> Generator[Frame, None, None]:
    """Yield the frames that are wanted, and the last; all are put into the cache."""
    skipped = None
    for frame in frames:
        if fill is not None:
            fill.add(frame)
        skipped = frame
        if wanted(frame.t_s):
            skipped = None
            yield frame
    if skipped is not None:
        yield skipped
