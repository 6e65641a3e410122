"""The tracker: frames and poses in, one at a time; the bar's track out.

Finding the plate needs to look ahead (which disc moves with the hands?), so frames wait, reduced,
in a window of bounded size; the plate is found and followed window by window.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from lastrep.bar.camera_motion import CameraMotion
from lastrep.bar.confidence import WindowEvidence, window_confidence
from lastrep.bar.ellipse import Array, Image
from lastrep.bar.finding import KeyFrame, Plate, find_plate
from lastrep.bar.following import Following, Picture, follow_plate
from lastrep.bar.lifter import PROXY_LANDMARKS, Proxy, head_line, proxy_line, stature_px
from lastrep.bar.thickness import height_factor
from lastrep.bar.track import BarTrack, MovingPoint, PointSource, Side
from lastrep.pose.sequence import Pose

if TYPE_CHECKING:
    from lastrep.video.reading import Frame

#: Pictures are reduced until the lifter is this tall: more costs time and gives nothing.
WORK_STATURE_PX = 320.0
#: Poses that decide the reduction; frames wait unreduced until then, at most this many.
POSES_FOR_SIZE, FRAMES_FOR_SIZE = 10, 30
#: Short side of the reduced picture where no lifter was found.
WORK_SHORT_SIDE_PX = 360.0
#: The waiting pictures take at most this much memory.
WINDOW_BYTES = 256 * 2**20
#: Key pictures of a window: half of them even in time, half even in the height of the hands.
KEY_FRAMES = 18
#: Pictures from which the plate's thickness is read.
SHAPE_PICTURES = 20
SIDES: tuple[Side, ...] = ("both", "left", "right")
#: Without this much movement of the hands (statures) there is nothing to find.
MIN_MOVE = 0.06


@dataclass(slots=True, eq=False)
class _Window:
    """Reduced pictures that wait, with what is known of each; all lists share their index."""

    first: int = 0
    images: list[Image] = field(default_factory=list)
    greys: list[Image] = field(default_factory=list)


class BarTracker:
    """Follows the bar of one lifter.

    Parameters
    ----------
    proxy
        The body part that moves like the bar (`ExerciseDefinition.bar_proxy`); None if the
        exercise is not known: wrists and shoulders are tried.
    window_bytes
        Memory that waiting pictures may take.

    Examples
    --------
    >>> tracker = BarTracker("shoulder")                               # doctest: +SKIP
    >>> for frame in video.frames():
    ...     tracker.update(frame, estimator.estimate(frame))
    >>> track = tracker.finish()
    """

    def __init__(self, proxy: Proxy | None = None, *, window_bytes: int = WINDOW_BYTES) -> None:
        self._proxies: tuple[Proxy, ...] = ("wrist", "shoulder") if proxy is None else (proxy,)
        self._window_bytes = window_bytes
        self._waiting: list[Image] = []
        self._reduce: float | None = None
        self._camera = CameraMotion()
        self._window = _Window()
        self._middle = np.zeros(2)
        self._t_s: list[float] = []
        self._points: list[Array] = []
        self._to_room: list[Array] = []
        self._camera_known: list[bool] = []
        self._found: list[_Found] = []

    def update(self, frame: Frame, pose: Pose) -> None:
        """Take the next frame and the pose in it."""
        self._t_s.append(frame.t_s)
        self._points.append(pose.image_px.astype(np.float64))
        self._waiting.append(frame.image_rgb)
        self._middle = np.array(frame.image_rgb.shape[1::-1]) / 2
        if self._reduce is None:
            poses = sum(bool(np.isfinite(p[:, 0]).any()) for p in self._points)
            if poses < POSES_FOR_SIZE and len(self._waiting) < FRAMES_FOR_SIZE:
                return
            self._choose_size()
        self._take_waiting()

    def finish(self, proxy: Proxy | None = None) -> BarTrack:
        """Process what still waits and return the whole track.

        Parameters
        ----------
        proxy
            The body part that moves like the bar, if it became known only now.
        """
        if self._waiting:
            self._choose_size()
            self._take_waiting()
        self._process_window()
        name = proxy or self._proxies[0]
        points = self._all_points()
        to_room = np.array(self._to_room).reshape(-1, 2, 3)
        middle = np.broadcast_to(self._middle, (len(to_room), 2))
        return BarTrack(
            t_s=np.array(self._t_s),
            bar=self._assemble(to_room),
            proxies={side: landmark_point(points, name, to_room, side) for side in SIDES},
            proxy_name=name,
            stature_px=stature_px(points),
            camera_known=np.array(self._camera_known, np.bool_),
            camera_shift_px=np.linalg.norm(_apply(to_room, middle) - middle, axis=1),
        )

    def _choose_size(self) -> None:
        tall = stature_px(self._all_points())
        if np.isfinite(tall) and tall > 0:
            self._reduce = min(1.0, WORK_STATURE_PX / tall)
        else:
            self._reduce = min(1.0, WORK_SHORT_SIDE_PX / min(self._waiting[0].shape[:2]))

    def _take_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for image in waiting:
            self._take(image)

    def _take(self, image: Image) -> None:
        assert self._reduce is not None
        if self._reduce < 1:
            image = _resized(image, self._reduce)
        grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
        points = self._points[len(self._to_room)] * self._reduce
        to_room = self._camera.update(grey, _moving_box(points))
        to_room[:, 2] /= self._reduce
        self._to_room.append(to_room)
        self._camera_known.append(self._camera.known)
        self._window.images.append(image)
        self._window.greys.append(grey)
        if len(self._window.images) * (image.nbytes + grey.nbytes) > self._window_bytes:
            self._process_window()

    def _all_points(self) -> Array:
        return np.array(self._points, np.float64).reshape(len(self._points), -1, 3)

    def _process_window(self) -> None:
        window, self._window = self._window, _Window()
        self._window.first = window.first + len(window.images)
        count = len(window.images)
        if count < 3 or self._reduce is None:
            return
        frames = slice(window.first, window.first + count)
        points = np.array(self._points[frames]) * self._reduce
        tall = (
            stature_px(points)
            if window.first == 0
            else stature_px(self._all_points()) * self._reduce
        )
        if not np.isfinite(tall):
            return
        to_room = np.array(self._to_room[frames])
        to_room[:, :, 2] *= self._reduce
        best: tuple[Plate, Array] | None = None
        for proxy in self._proxies:
            hands = proxy_line(points, proxy)
            if not np.isfinite(hands).all():
                continue
            plate = self._find(window, hands, points, to_room, tall)
            if plate is not None and (best is None or plate.score > best[0].score):
                best = plate, hands
        if best is None:
            return
        plate, hands = best
        pictures = [
            Picture(image, grey, at)
            for image, grey, at in zip(window.images, window.greys, hands, strict=True)
        ]
        following = follow_plate(pictures, plate, tall)
        clear = [k for k, seen in following.sightings.items() if seen.shape_seen]
        some = clear[:: max(1, len(clear) // SHAPE_PICTURES)]
        height = height_factor([(window.images[k], following.sightings[k].ellipse) for k in some])
        t_s = np.array(self._t_s[frames])
        self._found.append(
            _Found(window.first, count, plate, following, t_s, hands, to_room, height, self._reduce)
        )

    def _find(
        self, window: _Window, hands: Array, points: Array, to_room: Array, tall: float
    ) -> Plate | None:
        room = _apply(to_room, hands)
        if np.ptp(np.percentile(room, (2, 98), axis=0), axis=0).max() < MIN_MOVE * tall:
            return None
        heads = head_line(points)
        keys = [
            KeyFrame(k, window.images[k], hands[k], heads[k], to_room[k])
            for k in key_frames(room[:, 1])
        ]
        return find_plate(keys, tall)

    def _assemble(self, to_room: Array) -> MovingPoint | None:
        if not self._found:
            return None
        n = len(self._t_s)
        image_px, radius = np.full((n, 2), np.nan), np.full(n, np.nan)
        support, confidence = np.zeros(n), np.zeros(n)
        for found in self._found:
            found.write(image_px, radius, support, confidence)
        best = max(self._found, key=lambda f: f.confidence * f.count)
        return MovingPoint(
            PointSource.PLATE,
            image_px,
            _apply(to_room, image_px),
            radius,
            support,
            confidence,
            aspect=best.plate.a / best.plate.b,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """The plate in one window."""

    first: int
    count: int
    plate: Plate
    following: Following
    t_s: Array
    hands: Array
    to_room: Array
    height_factor: float
    reduce: float

    @property
    def evidence(self) -> WindowEvidence:
        xy = np.full((self.count, 2), np.nan)
        support = np.zeros(self.count)
        radii = []
        for k, seen in self.following.sightings.items():
            xy[k], support[k] = seen.ellipse.centre, seen.support
            if seen.shape_seen:
                radii.append(seen.ellipse.b)
        return WindowEvidence(
            t_s=self.t_s,
            bar=_apply(self.to_room, xy),
            hands=_apply(self.to_room, self.hands),
            support=support,
            radii=np.array(radii),
            score=self.plate.score,
            needed=self.plate.needed,
            segments=self.following.segments,
            open_segments=self.following.open_segments,
        )

    @property
    def confidence(self) -> float:
        return window_confidence(self.evidence)

    def write(self, image_px: Array, radius: Array, support: Array, confidence: Array) -> None:
        confidence[self.first : self.first + self.count] = self.confidence
        for k, seen in self.following.sightings.items():
            i = self.first + k
            image_px[i] = seen.ellipse.centre / self.reduce
            support[i] = seen.support
            if seen.shape_seen:
                radius[i] = seen.ellipse.b * self.height_factor / self.reduce


def landmark_point(points: Array, proxy: Proxy, to_room: Array, side: Side = "both") -> MovingPoint:
    """Return a body part's landmark, or the middle of its two, as a moving point.

    Parameters
    ----------
    points
        shape = (n, 33, 3): landmarks, pixels.
    to_room
        shape = (n, 2, 3): as `CameraMotion.update` gives them.
    """
    left, right = PROXY_LANDMARKS[proxy]
    chosen = {"both": (left, right), "left": (left,), "right": (right,)}[side]
    image_px = points[:, chosen, :2].mean(axis=1)
    seen = np.isfinite(image_px[:, 0]).astype(np.float64)
    nothing = np.full(len(points), np.nan)
    return MovingPoint(
        PointSource.LANDMARK, image_px, _apply(to_room, image_px), nothing, seen, seen
    )


def _resized(image: Image, factor: float) -> Image:
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def key_frames(height: Array, count: int = KEY_FRAMES) -> list[int]:
    """Frame numbers spread over time and over the range of the hands' height."""
    n = len(height)
    even = np.linspace(0, n - 1, min(count // 2, n)).astype(int)
    return sorted({int(k) for k in even} | {int(k) for k in np.argsort(height)[even]})


def _apply(to_room: Array, points: Array) -> Array:
    """Move points, shape = (n, 2), each by its own transform, shape = (n, 2, 3)."""
    moved: Array = np.einsum("nij,nj->ni", to_room[:, :, :2], points) + to_room[:, :, 2]
    return moved


def _moving_box(points: Array) -> Array | None:
    """Box around everything that may move: the lifter, and the bar to both sides."""
    if not np.isfinite(points[:, 0]).any():
        return None
    left, top = np.nanmin(points[:, :2], axis=0)
    right, bottom = np.nanmax(points[:, :2], axis=0)
    beside = 0.25 * max(bottom - top, right - left)
    return np.array([left - beside, top, right + beside, bottom])
