"""The tracker: frames and poses in, one at a time; the bar's track out.

Detecting the plate needs to look ahead (which disc moves with the hands?), so frames wait in a
window of bounded size; the bar is detected and tracked window by window, in a thread of its own
while the next frames come in. Memory does not grow with the recording.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lastrep.bar.arrays import Array
from lastrep.bar.bar_proxy import proxy_track
from lastrep.bar.camera import STILL_CAMERA, CameraPath, stabilise
from lastrep.bar.images.clip_images import ClipImages
from lastrep.bar.lifter import DEFAULT_PROXY, BarProxy, stature_px
from lastrep.bar.options import DEFAULT_OPTIONS, BarTrackingOptions
from lastrep.bar.plate.ellipse import Ellipse
from lastrep.bar.plate.tracking import DiscTrack, track_point
from lastrep.bar.plate.user_seed import disc_at, seed_plate
from lastrep.bar.track import BarTrack, MovingPoint, PointSource
from lastrep.bar.window import Window, WindowTrack
from lastrep.pose.landmarks import LANDMARK_COUNT
from lastrep.pose.sequence import Pose

if TYPE_CHECKING:
    from lastrep.video.frames import Frame


class BarTracker:
    """Tracks the bar of one lifter.

    Parameters
    ----------
    proxy
        The body part that moves like the bar (`ExerciseDefinition.bar_proxy`); None if the
        exercise is not known: wrists and shoulders are tried.
    camera
        The camera's path; without, it is taken for still.
    bar_px
        x, y of the plate or bar end in the first frame, pixels, if the user shows it.
    options
        Parameters of all stages.

    Examples
    --------
    >>> tracker = BarTracker("shoulder")                               # doctest: +SKIP
    >>> for frame in video.frames(lazy=True):
    ...     tracker.update(frame, estimator.estimate(frame))
    >>> track = tracker.finish()
    """

    def __init__(
        self,
        proxy: BarProxy | None = None,
        camera: CameraPath = STILL_CAMERA,
        *,
        bar_px: tuple[float, float] | None = None,
        options: BarTrackingOptions = DEFAULT_OPTIONS,
    ) -> None:
        self._proxies: tuple[BarProxy, ...] = (
            (DEFAULT_PROXY, "shoulder") if proxy is None else (proxy,)
        )
        self._bar_px = bar_px
        self._options = options
        self._camera = camera
        self._image_centre = np.zeros(2)
        self._frames: list[Frame] = []
        self._first = 0
        self._t_s: list[float] = []
        self._points: list[Array] = []
        self._visibility: list[Array] = []
        self._tracks: list[WindowTrack] = []
        self._point_tracks: list[tuple[int, DiscTrack]] = []
        self._seed: Ellipse | None = None
        self._worker = ThreadPoolExecutor(1, "bar")
        self._working: Future[None] | None = None

    def update(self, frame: Frame, pose: Pose) -> None:
        """Take the next frame and the pose in it."""
        if not self._t_s:
            self._image_centre = np.array(frame.grey.shape[::-1]) / 2
        self._t_s.append(frame.t_s)
        self._points.append(pose.image_px.astype(np.float64))
        self._visibility.append(pose.visibility.astype(np.float64))
        self._frames.append(frame)
        if len(self._frames) * frame.size_bytes > self._options.window.max_bytes:
            self.process()

    def finish(self, proxy: BarProxy | None = None) -> BarTrack:
        """Process the waiting frames and return the whole track.

        Parameters
        ----------
        proxy
            The body part that moves like the bar, if it became known only now.
        """
        self.process()
        self._settle()
        self._worker.shutdown()
        t_s = np.array(self._t_s)
        stabilising = self._camera.stabilising(t_s)
        track = proxy_track(
            t_s,
            np.array(self._points, np.float64).reshape(-1, LANDMARK_COUNT, 3),
            np.array(self._visibility, np.float64).reshape(-1, LANDMARK_COUNT),
            proxy or self._proxies[0],
            self._camera,
            self._image_centre,
            self._options.lifter,
        )
        bar = self._plate_point(stabilising) if self._tracks else self._user_point(stabilising)
        return replace(track, bar=bar)

    def process(self) -> None:
        """Start to detect and track the bar in the waiting frames, and release them.

        Done by itself when they are many; call it when no more will come for now.
        """
        waiting, self._frames = self._frames, []
        first, self._first = self._first, self._first + len(waiting)
        if len(waiting) < self._options.window.min_frames:
            return
        frames = slice(first, first + len(waiting))
        points = np.array(self._points)
        tall = stature_px(points, self._options.lifter)
        if not np.isfinite(tall):
            return
        times = np.array(self._t_s[frames])
        stabilising = self._camera.stabilising(np.array(self._t_s))[frames]
        points, visible = points[frames], np.array(self._visibility[frames])

        def find_bar() -> None:
            images = ClipImages(waiting, points, self._options.images)
            self._find_bar(
                Window(first, images, times, points, visible, stabilising, tall, self._options)
            )

        # One at a time: what is detected in a window helps in the next, and few images are kept.
        self._settle()
        self._working = self._worker.submit(find_bar)

    def _settle(self) -> None:
        """Wait until the bar is tracked in the window at work."""
        if self._working is not None:
            self._working.result()

    def _find_bar(self, window: Window) -> None:
        if self._bar_px is not None:
            self._track_seed(window, np.array(self._bar_px))
            return
        found = window.find_bar(self._proxies, self._tracks[-1].plate if self._tracks else None)
        if found is not None:
            self._tracks.append(found)

    def _track_seed(self, window: Window, point_px: Array) -> None:
        """Track what the user showed: the disc that is there, else the corners around it."""
        plate = self._options.plate
        if self._seed is None:
            disc = disc_at(window.images[0], point_px, window.stature_px, plate)
            if disc is not None:
                self._seed = disc
            else:
                radius = plate.user_seed.point_radius * window.stature_px
                self._seed = Ellipse(float(point_px[0]), float(point_px[1]), radius, radius)
                track = track_point(window.images, self._seed, plate.tracking)
                self._point_tracks.append((window.first, track))
                return
        if self._point_tracks:
            track = track_point(window.images, self._seed, plate.tracking)
            self._point_tracks.append((window.first, track))
            self._seed = track.last or self._seed
            return
        proxy_px = np.full((len(window.t_s), 2), np.nan)
        unseen = np.zeros(len(proxy_px), np.bool_)
        found = window.track(seed_plate(self._seed), proxy_px, unseen)
        self._tracks.append(found)
        if found.last is not None:
            self._seed = self._seed.at(found.last.ellipse.centre)

    def _plate_point(self, stabilising: Array) -> MovingPoint:
        """Put the windows' plates together; of discs and sleeves those with more confidence."""
        n = len(self._t_s)
        image_px, radius = np.full((n, 2), np.nan), np.full(n, np.nan)
        support, confidence = np.zeros(n), np.zeros(n)
        best = max(self._tracks, key=lambda f: f.confidence * f.frames)
        same_kind = [f for f in self._tracks if f.plate.edge_on == best.plate.edge_on]
        tilt_deg, scale = np.full(n, np.nan), np.ones(n)
        for found in same_kind:
            if found.tilt_deg is not None:
                tilt_deg[found.first : found.first + len(found.tilt_deg)] = found.tilt_deg
            confidence[found.first : found.first + found.frames] = found.confidence
            for k, seen in found.track.observations.items():
                i = found.first + k
                image_px[i] = seen.ellipse.centre
                support[i] = seen.support
                if found.plate.edge_on:
                    scale[i] = seen.ellipse.b / found.plate.b
                if seen.shape_seen:
                    radius[i] = seen.ellipse.b * found.height_factor / scale[i]
        stabilised_px = stabilise(stabilising, image_px)
        if best.plate.edge_on:
            # As if the bar had always been as near as it was where it was detected.
            centre = self._image_centre
            stabilised_px = (stabilised_px - centre) / scale[:, None] + centre
        return MovingPoint(
            PointSource.PLATE,
            image_px,
            stabilised_px,
            radius,
            support,
            confidence,
            aspect=best.plate.a / best.plate.b,
            tilt_deg=tilt_deg if best.plate.edge_on else None,
        )

    def _user_point(self, stabilising: Array) -> MovingPoint | None:
        """Return the point without a disc that the user showed; None if none was shown."""
        if not self._point_tracks:
            return None
        n = len(self._t_s)
        image_px, support = np.full((n, 2), np.nan), np.zeros(n)
        for first, track in self._point_tracks:
            for k, seen in track.observations.items():
                image_px[first + k] = seen.ellipse.centre
                support[first + k] = seen.support
        sure = self._options.plate.user_seed.point_confidence
        confidence = np.where(np.isfinite(image_px[:, 0]), sure, 0.0)
        return MovingPoint(
            PointSource.POINT,
            image_px,
            stabilise(stabilising, image_px),
            np.full(n, np.nan),
            support,
            confidence,
        )
