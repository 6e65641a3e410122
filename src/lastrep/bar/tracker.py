"""The tracker: frames and poses in, one at a time; the bar's track out.

Finding the plate needs to look ahead (which disc moves with the hands?), so frames wait in a window
of bounded size; the plate is found and followed window by window, in a thread of its own while the
next pictures come in. Memory does not grow with the recording.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lastrep.bar.camera_path import CameraPath
from lastrep.bar.ellipse import Array, Ellipse
from lastrep.bar.following import Following, follow_point
from lastrep.bar.lifter import (
    DEFAULT_PROXY,
    Proxy,
    stature_px,
)
from lastrep.bar.pictures import Pictures
from lastrep.bar.pointing import disc_at
from lastrep.bar.stand_in import landmark_track
from lastrep.bar.track import BarTrack, MovingPoint, PointSource
from lastrep.bar.window import FoundPlate, Window, apply, single_seed
from lastrep.pose.landmarks import LANDMARK_COUNT
from lastrep.pose.sequence import Pose

if TYPE_CHECKING:
    from lastrep.video.frames import Frame

#: The waiting frames take at most this much memory.
WINDOW_BYTES = 256 * 2**20
#: Fewer pictures than this make no window.
MIN_FRAMES = 8
#: A point that the user chose, without a disc there: corners within this radius are followed
#: (statures), and how sure it is that they are the bar.
POINT_RADIUS, POINT_CONFIDENCE = 0.04, 0.7


class BarTracker:
    """Follows the bar of one lifter.

    Parameters
    ----------
    proxy
        The body part that moves like the bar (`ExerciseDefinition.bar_proxy`); None if the
        exercise is not known: wrists and shoulders are tried.
    camera
        Where the camera was; without, it is taken for still.
    bar_px
        x, y of the plate or bar end in the first frame, if the user shows it.
    window_bytes
        Memory that waiting frames may take.

    Examples
    --------
    >>> tracker = BarTracker("shoulder")                               # doctest: +SKIP
    >>> for frame in video.frames(lazy=True):
    ...     tracker.update(frame, estimator.estimate(frame))
    >>> track = tracker.finish()
    """

    def __init__(
        self,
        proxy: Proxy | None = None,
        camera: CameraPath = CameraPath(),  # noqa: B008 - frozen
        *,
        bar_px: tuple[float, float] | None = None,
        window_bytes: int = WINDOW_BYTES,
    ) -> None:
        self._proxies: tuple[Proxy, ...] = (
            (DEFAULT_PROXY, "shoulder") if proxy is None else (proxy,)
        )
        self._bar_px = bar_px
        self._window_bytes = window_bytes
        self._camera = camera
        self._middle = np.zeros(2)
        self._frames: list[Frame] = []
        self._first = 0
        self._t_s: list[float] = []
        self._points: list[Array] = []
        self._visibility: list[Array] = []
        self._found: list[FoundPlate] = []
        self._shown: list[tuple[int, Following]] = []
        self._shown_at: Ellipse | None = None
        self._worker = ThreadPoolExecutor(1, "bar")
        self._working: Future[None] | None = None

    def update(self, frame: Frame, pose: Pose) -> None:
        """Take the next frame and the pose in it."""
        if not self._t_s:
            self._middle = np.array(frame.grey.shape[::-1]) / 2
        self._t_s.append(frame.t_s)
        self._points.append(pose.image_px.astype(np.float64))
        self._visibility.append(pose.visibility.astype(np.float64))
        self._frames.append(frame)
        if len(self._frames) * frame.size_bytes > self._window_bytes:
            self.process()

    def finish(self, proxy: Proxy | None = None) -> BarTrack:
        """Process what still waits and return the whole track.

        Parameters
        ----------
        proxy
            The body part that moves like the bar, if it became known only now.
        """
        self.process()
        self._settle()
        self._worker.shutdown()
        t_s = np.array(self._t_s)
        to_room = self._camera.to_room(t_s)
        track = landmark_track(
            t_s,
            np.array(self._points, np.float64).reshape(-1, LANDMARK_COUNT, 3),
            np.array(self._visibility, np.float64).reshape(-1, LANDMARK_COUNT),
            proxy or self._proxies[0],
            self._camera,
            self._middle,
        )
        bar = self._plate_point(to_room) if self._found else self._shown_point(to_room)
        return replace(track, bar=bar)

    def process(self) -> None:
        """Begin to find and follow the bar in the waiting pictures, and let them go.

        Done by itself when they are many; call it when no more will come for now.
        """
        waiting, self._frames = self._frames, []
        first, self._first = self._first, self._first + len(waiting)
        if len(waiting) < MIN_FRAMES:
            return
        frames = slice(first, first + len(waiting))
        points = np.array(self._points)
        tall = stature_px(points)
        if not np.isfinite(tall):
            return
        times = np.array(self._t_s[frames])
        to_room = self._camera.to_room(np.array(self._t_s))[frames]
        points, visible = points[frames], np.array(self._visibility[frames])

        def find_bar() -> None:
            pictures = Pictures(waiting, points)
            self._find_bar(Window(first, pictures, times, points, visible, to_room, tall))

        # One at a time: what is found in a window helps in the next, and few pictures are kept.
        self._settle()
        self._working = self._worker.submit(find_bar)

    def _settle(self) -> None:
        """Wait until the bar is found and followed in the window at work."""
        if self._working is not None:
            self._working.result()

    def _find_bar(self, window: Window) -> None:
        if self._bar_px is not None:
            self._follow_shown(window, np.array(self._bar_px))
            return
        found = window.find(self._proxies, self._found[-1].plate if self._found else None)
        if found is not None:
            self._found.append(found)

    def _follow_shown(self, window: Window, at: Array) -> None:
        """Follow what the user showed: the disc that is there, else the corners around it."""
        if self._shown_at is None:
            disc = disc_at(window.images[0], at, window.stature_px)
            if disc is not None:
                self._shown_at = disc
            else:
                radius = POINT_RADIUS * window.stature_px
                point = Ellipse(float(at[0]), float(at[1]), radius, radius)
                self._shown_at = point
                self._shown.append((window.first, follow_point(window.images, point)))
                return
        if self._shown:
            following = follow_point(window.images, self._shown_at)
            self._shown.append((window.first, following))
            self._shown_at = following.last or self._shown_at
            return
        hands = np.full((len(window.t_s), 2), np.nan)
        unseen = np.zeros(len(hands), np.bool_)
        found = window.follow(single_seed(self._shown_at), hands, unseen)
        self._found.append(found)
        if found.last is not None:
            self._shown_at = self._shown_at.at(found.last[1].ellipse.centre)

    def _plate_point(self, to_room: Array) -> MovingPoint:
        n = len(self._t_s)
        image_px, radius = np.full((n, 2), np.nan), np.full(n, np.nan)
        support, confidence = np.zeros(n), np.zeros(n)
        best = max(self._found, key=lambda f: f.confidence * len(f.evidence.t_s))
        alike = [f for f in self._found if f.plate.edge_on == best.plate.edge_on]
        tilt_deg, nearness = np.full(n, np.nan), np.ones(n)
        for found in alike:
            sure = found.confidence
            if found.tilt_deg is not None:
                tilt_deg[found.first : found.first + len(found.tilt_deg)] = found.tilt_deg
            confidence[found.first : found.first + len(found.evidence.t_s)] = sure
            for k, seen in found.following.sightings.items():
                i = found.first + k
                image_px[i] = seen.ellipse.centre
                support[i] = seen.support
                if found.plate.edge_on:
                    nearness[i] = seen.ellipse.b / found.plate.b
                if seen.shape_seen:
                    radius[i] = seen.ellipse.b * found.height_factor / nearness[i]
        room_px = apply(to_room, image_px)
        if best.plate.edge_on:
            # As if the bar had always been as near as it was where it was found.
            room_px = (room_px - self._middle) / nearness[:, None] + self._middle
        return MovingPoint(
            PointSource.PLATE,
            image_px,
            room_px,
            radius,
            support,
            confidence,
            aspect=best.plate.a / best.plate.b,
            tilt_deg=tilt_deg if best.plate.edge_on else None,
        )

    def _shown_point(self, to_room: Array) -> MovingPoint | None:
        if not self._shown:
            return None
        n = len(self._t_s)
        image_px, support = np.full((n, 2), np.nan), np.zeros(n)
        for first, following in self._shown:
            for k, seen in following.sightings.items():
                image_px[first + k] = seen.ellipse.centre
                support[first + k] = seen.support
        confidence = np.where(np.isfinite(image_px[:, 0]), POINT_CONFIDENCE, 0.0)
        return MovingPoint(
            PointSource.POINT,
            image_px,
            apply(to_room, image_px),
            np.full(n, np.nan),
            support,
            confidence,
        )
