"""The tracker: frames and poses in, one at a time; the bar's track out.

Finding the plate needs to look ahead (which disc moves with the hands?), so frames wait in a window
of bounded size; the plate is found and followed window by window, in a thread of its own while the
next pictures come in. Memory does not grow with the recording.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from lastrep.bar.camera_motion import CameraMotion, filled
from lastrep.bar.ellipse import Array, Ellipse
from lastrep.bar.following import Following, follow_point
from lastrep.bar.lifter import (
    DEFAULT_PROXY,
    TRAVEL_LANDMARKS,
    Proxy,
    clearly_seen,
    moving_box,
    side_weights,
    stature_px,
)
from lastrep.bar.pictures import Pictures
from lastrep.bar.pointing import disc_at
from lastrep.bar.track import BarTrack, MovingPoint, PointSource, Side
from lastrep.bar.window import FoundPlate, Window, apply, single_seed
from lastrep.pose.landmarks import LANDMARK_COUNT
from lastrep.pose.sequence import Pose

if TYPE_CHECKING:
    from lastrep.video.frames import Frame, StoredFrame

#: The waiting frames take at most this much memory.
WINDOW_BYTES = 160 * 2**20
#: Fewer pictures than this make no window.
MIN_FRAMES = 8
#: A point that the user chose, without a disc there: corners within this radius are followed
#: (statures), and how sure it is that they are the bar.
POINT_RADIUS, POINT_CONFIDENCE = 0.04, 0.7

#: A hand or shoulder is 0.15 to 0.3 m beside the middle of the body: seen from the side, 3 to 4 m
#: away, the near one looks so much larger.
NEAR_SIDE = 0.07
#: Sides of the body that a landmark may stand for.
SIDES: tuple[Side, ...] = ("both", "left", "right")


class BarTracker:
    """Follows the bar of one lifter.

    Parameters
    ----------
    proxy
        The body part that moves like the bar (`ExerciseDefinition.bar_proxy`); None if the
        exercise is not known: wrists and shoulders are tried.
    bar_px
        x, y of the plate or bar end in the first frame, if the user shows it.
    find_plate
        False for exercises without a barbell: only the body part is followed.
    window_bytes
        Memory that waiting frames may take.

    Examples
    --------
    >>> tracker = BarTracker("shoulder")                               # doctest: +SKIP
    >>> for frame in video.stored_frames():
    ...     tracker.update(frame, estimator.estimate(frame))
    >>> track = tracker.finish()
    """

    def __init__(
        self,
        proxy: Proxy | None = None,
        *,
        bar_px: tuple[float, float] | None = None,
        find_plate: bool = True,
        window_bytes: int = WINDOW_BYTES,
    ) -> None:
        self._proxies: tuple[Proxy, ...] = (
            (DEFAULT_PROXY, "shoulder") if proxy is None else (proxy,)
        )
        self._bar_px = bar_px
        self._find_plate = find_plate
        self._window_bytes = window_bytes
        self._camera = CameraMotion()
        self._middle = np.zeros(2)
        self._frames: list[Frame | StoredFrame] = []
        self._first = 0
        self._t_s: list[float] = []
        self._points: list[Array] = []
        self._visibility: list[Array] = []
        self._places: list[Array | None] = []
        self._camera_known: list[bool] = []
        self._found: list[FoundPlate] = []
        self._shown: list[tuple[int, Following]] = []
        self._shown_at: Ellipse | None = None
        self._worker = ThreadPoolExecutor(1, "bar")
        self._working: Future[None] | None = None

    def update(self, frame: Frame | StoredFrame, pose: Pose) -> None:
        """Take the next frame and the pose in it."""
        place = None
        if self._camera.is_due(frame.t_s):
            grey = frame.grey
            self._middle = np.array(grey.shape[::-1]) / 2
            place = self._camera.update(grey, moving_box(pose.image_px))
            if all(earlier is None for earlier in self._places):
                # Before the first look the camera is taken for still.
                self._camera_known = [self._camera.known] * len(self._places)
        self._add(frame.t_s, pose, place)
        if self.needs_pictures:
            self._frames.append(frame)
            if len(self._frames) * frame.size_bytes > self._window_bytes:
                self.process()

    def pass_over(self, pose: Pose) -> None:
        """Take the pose of a frame whose picture is not needed."""
        self._add(pose.t_s, pose, None)

    @property
    def needs_pictures(self) -> bool:
        """Whether every frame's picture is needed; else about 15 a second, for the camera."""
        return self._find_plate or self._bar_px is not None

    def _add(self, t_s: float, pose: Pose, place: Array | None) -> None:
        self._t_s.append(t_s)
        self._points.append(pose.image_px.astype(np.float64))
        self._visibility.append(pose.visibility.astype(np.float64))
        self._places.append(place)
        self._camera_known.append(self._camera.known)

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
        name = proxy or self._proxies[0]
        points = np.array(self._points, np.float64).reshape(-1, LANDMARK_COUNT, 3)
        to_room = self._to_room()
        visible = np.array(self._visibility, np.float64).reshape(-1, LANDMARK_COUNT)
        middle = np.broadcast_to(self._middle, (len(to_room), 2))
        return BarTrack(
            t_s=np.array(self._t_s),
            bar=self._plate_point(to_room) if self._found else self._shown_point(to_room),
            proxies={side: landmark_point(points, visible, name, to_room, side) for side in SIDES},
            proxy_name=name,
            stature_px=stature_px(points),
            camera_known=np.array(self._camera_known, np.bool_),
            camera_shift_px=np.linalg.norm(apply(to_room, middle) - middle, axis=1),
        )

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
        times, to_room = np.array(self._t_s[frames]), self._to_room()[frames]
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

    def _to_room(self) -> Array:
        """Transforms of the pictures so far, shape = (n, 2, 3)."""
        return filled(np.array(self._t_s), self._places)

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


def landmark_point(
    points: Array, visibility: Array, proxy: Proxy, to_room: Array, side: Side = "both"
) -> MovingPoint:
    """Return a body part's landmarks, or both sides together, as a moving point.

    A side that is hidden is a guess: it counts as little as it is seen. What is left of the near
    side alone is nearer to the camera than the body's middle, whose scale is used: `nearness`.

    Parameters
    ----------
    points
        shape = (n, 33, 3): landmarks, pixels.
    visibility
        shape = (n, 33): 0..1
    to_room
        shape = (n, 2, 3): as `CameraMotion.update` gives them.
    """
    left, right = TRAVEL_LANDMARKS[proxy]
    sides = {"both": (left, right), "left": (left,), "right": (right,)}[side]
    weights = side_weights(visibility, [part[0] for part in sides])
    image_px = sum(
        weight * points[:, part, :2].mean(axis=1)
        for weight, part in zip(weights, sides, strict=True)
    )
    clear = clearly_seen(visibility, [part[0] for part in sides])
    image_px = np.where(clear[:, None], image_px, np.nan)
    seen = np.isfinite(image_px[:, 0]).astype(np.float64)
    nothing = np.full(len(points), np.nan)
    return MovingPoint(
        PointSource.LANDMARK,
        image_px,
        apply(to_room, image_px),
        nothing,
        seen,
        seen,
        nearness=1 + NEAR_SIDE * float(np.ptp(weights)),
    )
