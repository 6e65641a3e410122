"""Read video files: upright RGB pictures with their true times, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from lastrep.video.container import (
    decoded,
    duration_s,
    first_frame,
    frame_rate_hz,
    open_video,
    square_pixel_size,
    stamp_s,
)
from lastrep.video.frames import AnyFrame, Frame, StoredFrame
from lastrep.video.orientation import Orientation
from lastrep.video.prefetch import prefetch
from lastrep.video.recent import RecentPictures
from lastrep.video.resizing import PictureMaker, Stored
from lastrep.video.timeline import Timeline

T = TypeVar("T", Frame, AnyFrame)

#: Says of a frame's time, seconds, whether its picture is wanted.
Wanted = Callable[[float], bool]

#: Pictures are scaled down to this short side: the pose networks look at 256 x 256 pixels of the
#: person, so larger sources cost time and memory and give nothing.
MAX_SHORT_SIDE_PX = 720

#: Frames that wait decoded, at most.
PREFETCH_FRAMES = 4

#: Videos of more pixels a second are decoded in several threads, which costs a quarter more of the
#: processors' time: beside the pose model 1280 x 720 at 30 is quicker in one, at 60 it is not.
ONE_THREAD_PX_PER_S = 1280 * 720 * 40

#: A file whose frames end this much before the duration it names was cut short.
MISSING_END_S = 0.5


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
        Larger pictures are scaled down to this short side while they are decoded.

    Raises
    ------
    VideoError
        If the file is missing, cannot be read, or holds no video.

    Examples
    --------
    >>> with VideoFile("squat.mp4") as video:  # doctest: +SKIP
    ...     for frame in video.frames():
    ...         print(frame.t_s, frame.image_rgb.shape)
    """

    def __init__(
        self,
        path: str | Path,
        *,
        slowmo: float = 1.0,
        max_short_side_px: int = MAX_SHORT_SIDE_PX,
    ) -> None:
        if not slowmo > 0:
            raise ValueError(f"slowmo must be positive, not {slowmo}")
        self._path = Path(path)
        self._slowmo = slowmo
        self._warnings: list[str] = []
        self._readers: list[Generator[AnyFrame, None, None]] = []
        with open_video(self._path) as (container, stream):
            first = first_frame(container, stream, self._path)
            self._orientation = Orientation.of(first)
            self._full_size = square_pixel_size(first, stream)
            #: Size of a delivered picture before it is turned upright.
            self._lying_size = self.stored_size(max_short_side_px)
            upright, source = (
                self._orientation.size(*size) for size in (self._lying_size, self._full_size)
            )
            self.info = VideoInfo(
                *upright,
                *source,
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

    def stored_size(self, short_side_px: int) -> tuple[int, int]:
        """Return width and height, before turning it upright, of a picture of this short side.

        Pictures are never made larger.
        """
        width, height = self._full_size
        scale = min(1.0, short_side_px / min(width, height))
        return max(1, round(width * scale)), max(1, round(height * scale))

    def frames(
        self,
        wanted: Wanted = lambda t_s: True,
        *,
        keep: RecentPictures | None = None,
    ) -> Generator[Frame, None, None]:
        """Yield frames from the start, decoded ahead in a thread of their own.

        Damaged stretches are left out and named in `warnings`. Only a few frames are in memory at
        any time, whatever the length of the file.

        Parameters
        ----------
        wanted
            Says of each frame's time whether it shall be given; skipped frames cost little. The
            last frame is always given.
        keep
            Where to keep what may be asked for again.
        """

        def pictures() -> Generator[Frame, None, None]:
            for frame in self._sized(PictureMaker.resized, _chosen(self._decoded(), wanted, keep)):
                yield frame if isinstance(frame, Frame) else frame.pictured()

        return self._ahead(pictures)

    def stored_frames(
        self,
        wanted: Wanted = lambda t_s: True,
        *,
        keep: RecentPictures | None = None,
        recent: RecentPictures | None = None,
    ) -> Generator[AnyFrame, None, None]:
        """Yield frames as `frames` does, but as they are stored.

        Parameters
        ----------
        wanted, keep
            As in `frames`.
        recent
            What was kept of this file, with the same `slowmo`; it is used up. Frames of the size
            of this file's are not decoded again.
        """

        def stored() -> Generator[AnyFrame, None, None]:
            return self._sized(PictureMaker.kept, _chosen(self._decoded(recent), wanted, keep))

        return self._ahead(stored)

    def _sized(
        self,
        make: Callable[[PictureMaker, Stored], Stored | None],
        frames: Iterable[tuple[float, Stored]],
    ) -> Generator[AnyFrame, None, None]:
        """Yield frames in the size of this file's pictures; as pictures where none can be made."""
        maker = PictureMaker(self._lying_size)
        for t_s, frame in frames:
            sized = make(maker, frame)
            if sized is None:
                yield Frame(t_s, self._orientation.upright(maker.picture(frame)))
            else:
                yield StoredFrame(t_s, sized, maker, self._orientation)

    def _ahead(self, source: Callable[[], Generator[T, None, None]]) -> Generator[T, None, None]:
        reader = prefetch(source, PREFETCH_FRAMES)
        self._readers.append(reader)
        return reader

    def _decoded(
        self, recent: RecentPictures | None = None
    ) -> Generator[tuple[float, Stored], None, None]:
        """Yield all frames with their times: decoded, and from where there are some, the recent."""
        recent_s = None if recent is None else recent.first_s(self._lying_size)
        damaged, t_s = 0, 0.0
        with open_video(self._path) as (container, stream):
            width, height = self._full_size
            if width * height * frame_rate_hz(stream) > ONE_THREAD_PX_PER_S:
                stream.thread_type = "AUTO"
            frame_s = 1 / frame_rate_hz(stream)
            promised_s = duration_s(container, stream)
            timeline = Timeline(frame_s)
            for frame in decoded(container, stream):
                if frame is None:
                    damaged += 1
                    continue
                placed_s = timeline.place(stamp_s(frame))
                if placed_s is None:
                    continue
                t_s = placed_s
                if recent is not None and recent_s is not None and t_s / self._slowmo >= recent_s:
                    yield from recent.taken()
                    return
                yield t_s / self._slowmo, frame
        if damaged:
            self._warn(f"{damaged} damaged stretches were left out")
        if promised_s - (t_s + frame_s) > MISSING_END_S:
            self._warn(f"ends after {t_s:.1f} s, although it should last {promised_s:.1f} s")
        if timeline.restarts:
            self._warn(f"its clock jumps back {timeline.restarts} times")

    def _warn(self, what: str) -> None:
        self._warnings.append(f"{self._path}: {what}")


def _chosen(
    frames: Iterable[tuple[float, Stored]],
    wanted: Wanted,
    keep: RecentPictures | None = None,
) -> Generator[tuple[float, Stored], None, None]:
    """Yield the frames that are wanted, and the last; all are kept."""
    skipped = None
    for t_s, frame in frames:
        if keep is not None:
            keep.add(t_s, frame)
        skipped = t_s, frame
        if wanted(t_s):
            skipped = None
            yield t_s, frame
    if skipped is not None:
        yield skipped
