"""One window of frames: the bar detected in it, tracked through it, and the confidence in that."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lastrep.bar.arrays import Array, Mask
from lastrep.bar.camera import stabilise
from lastrep.bar.confidence import WindowEvidence, window_confidence
from lastrep.bar.images.clip_images import ClipImages
from lastrep.bar.lifter import (
    PROXY_LANDMARKS,
    BarProxy,
    clearly_visible,
    head_path,
    proxy_path,
)
from lastrep.bar.options import BarTrackingOptions
from lastrep.bar.plate.detection import (
    DetectionScene,
    KeyFrame,
    body_half_width_px,
    detect_plate,
)
from lastrep.bar.plate.refinement import Plate
from lastrep.bar.plate.thickness import height_factor
from lastrep.bar.plate.tracking import DiscTrack, Observation, TrackingScene, track_plate
from lastrep.bar.sleeves.detection import SleevePair, detect_sleeves
from lastrep.bar.sleeves.hand_line import HandLine, fit_hand_line
from lastrep.bar.sleeves.tracking import track_sleeves


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Images and what is known of them; all share their first axis.

    Parameters
    ----------
    first
        Number of the first frame in the recording.
    images
        Each of shape = (h, w, 3).
    t_s
        shape = (n,), seconds.
    points
        shape = (n, 33, 3): landmarks, pixels of the images; NaN where not detected.
    visibility
        shape = (n, 33): of the landmarks, 0..1.
    stabilising
        shape = (n, 2, 3): as `CameraPath.stabilising` gives them.
    stature_px
        Height of the lifter, pixels of the images.
    options
        Parameters of all stages.
    """

    first: int
    images: ClipImages
    t_s: Array
    points: Array
    visibility: Array
    stabilising: Array
    stature_px: float
    options: BarTrackingOptions

    def find_bar(self, proxies: tuple[BarProxy, ...], known: Plate | None) -> WindowTrack | None:
        """Detect the bar by the body parts that may move like it, and track it.

        By the plate's disc; from the front by both sleeves.

        Parameters
        ----------
        proxies
            Body parts to try.
        known
            The plate of the window before; None if there is none.

        Returns
        -------
        None if there is neither.
        """
        o = self.options.window
        sleeves = tracked = None
        if self._hips_apart_px >= o.min_front_hips * self.stature_px:
            sleeves = self._detect_sleeves(proxies)
        if sleeves is not None and sleeves.pair.score >= self.options.sleeves.detection.min_score:
            tracked = self._track_sleeves(sleeves)
            if tracked.confidence >= o.sure_confidence:
                return tracked
        disc = self._find_disc(proxies, known)
        if sleeves is None or (disc is not None and disc.confidence >= o.sure_confidence):
            return disc
        tracked = tracked or self._track_sleeves(sleeves)
        return tracked if disc is None or tracked.confidence > disc.confidence else disc

    def _find_disc(self, proxies: tuple[BarProxy, ...], known: Plate | None) -> WindowTrack | None:
        """Detect and track the plate's disc."""
        if known is not None and known.edge_on:
            known = None
        best: tuple[Plate, Array, BarProxy] | None = None
        for proxy in proxies:
            path = proxy_path(self.points, proxy, self.options.lifter)
            if not np.isfinite(path).all():
                continue
            plate = self._detect_plate(path, proxy, known)
            if plate is not None and (best is None or plate.score > best[0].score):
                best = plate, path, proxy
                if plate.score >= self.options.window.sure_score:
                    break
        if best is None:
            return None
        plate, path, proxy = best
        return self.track(plate, path, self._visible(proxy))

    def track(self, plate: Plate, proxy_px: Array, proxy_visible: Mask) -> WindowTrack:
        """Track a plate whose place is known in some of the frames.

        Parameters
        ----------
        plate
            What to track.
        proxy_px
            shape = (n, 2): what should move like it, pixels; NaN if not known.
        proxy_visible
            shape = (n,): True where that is measured, not guessed.
        """
        options = self.options.plate
        track = track_plate(TrackingScene(self.images, proxy_px, plate, self.stature_px, options))
        clear = [k for k, seen in track.observations.items() if seen.shape_seen]
        some = clear[:: max(1, len(clear) // options.thickness.images)]
        factor = height_factor(
            [(self.images[k], track.observations[k].ellipse) for k in some], options
        )
        evidence = self._evidence(plate, track, proxy_px, proxy_visible)
        confidence = window_confidence(evidence, self.options.confidence)
        return WindowTrack(self.first, len(self.t_s), plate, track, factor, confidence)

    def _detect_sleeves(self, proxies: tuple[BarProxy, ...]) -> _DetectedSleeves | None:
        """Detect the plates on both sleeves."""
        o = self.options
        slack = o.window.min_sleeve_travel_slacks * o.sleeves.detection.landmark_slack_y
        best: _DetectedSleeves | None = None
        for proxy in proxies:
            hand_line = fit_hand_line(self.points, proxy, o.sleeves.hand_line, o.lifter)
            if hand_line is None:
                continue
            height = stabilise(self.stabilising, hand_line.proxy_px)[:, 1]
            low, high = np.percentile(height, o.window.travel_percentiles)
            if high - low < slack * self.stature_px:
                continue
            keys = level_frames(height, o.window.level_frames, (float(low), float(high)))
            pair = detect_sleeves(
                [self.images[k] for k in keys],
                hand_line.in_frames(keys),
                self.stature_px,
                o.sleeves.detection,
            )
            if pair is not None and (best is None or pair.score > best.pair.score):
                best = _DetectedSleeves(pair, hand_line, keys, proxy)
        return best

    def _track_sleeves(self, found: _DetectedSleeves) -> WindowTrack:
        """Track the plates on both sleeves."""
        pair, hand_line, options = found.pair, found.hand_line, self.options.sleeves
        tracks = track_sleeves(self.images, pair, hand_line, found.keys, self.stature_px, options)
        needed = options.detection.min_score
        plate = Plate(pair.a, pair.b, {}, pair.score, needed, edge_on=True)
        visible = self._visible(found.proxy)
        evidence = self._evidence(plate, tracks.middle, hand_line.proxy_px, visible)
        left, right = (
            stabilise(self.stabilising, end)[:, 1] for end in (tracks.left, tracks.right)
        )
        lean = hand_line.slope * (pair.left.out_px + pair.right.out_px) / 2
        evidence = replace(evidence, sleeves=(left, right), lean=lean)
        confidence = window_confidence(evidence, self.options.confidence)
        return WindowTrack(
            self.first, len(self.t_s), plate, tracks.middle, 1.0, confidence, tracks.tilt_deg
        )

    def _visible(self, proxy: BarProxy) -> Mask:
        """True in frames in which a body part is measured, shape = (n,)."""
        return clearly_visible(self.visibility, PROXY_LANDMARKS[proxy], self.options.lifter)

    @property
    def _hips_apart_px(self) -> float:
        """How far apart the hips are in the image, median; NaN if never seen."""
        hips = np.diff(self.points[:, PROXY_LANDMARKS["hip"], 0], axis=1)
        return float(np.nanmedian(np.abs(hips)))

    def _detect_plate(self, path: Array, proxy: BarProxy, known: Plate | None) -> Plate | None:
        """Detect the disc that moves with a bar proxy, unless that hardly moves."""
        o, detection = self.options.window, self.options.plate.detection
        stabilised = stabilise(self.stabilising, path)
        travel = np.ptp(np.percentile(stabilised, o.travel_percentiles, axis=0), axis=0).max()
        if travel < o.min_travel * self.stature_px:
            return None
        heads = head_path(self.points)
        shoulders = proxy_path(self.points, "shoulder", self.options.lifter)
        half_width_px = body_half_width_px(self._hips_apart_px, self.stature_px, detection)
        count = o.key_frames if known is None else o.key_frames_known
        keys = [
            KeyFrame(
                index=k,
                image=self.images[k],
                proxy_px=path[k],
                proxy=proxy,
                head=heads[k],
                middle_x=shoulders[k, 0],
                body_half_width_px=half_width_px,
                stabilising=self.stabilising[k],
            )
            for k in key_frames(stabilised[:, 1], count)
        ]
        scene = DetectionScene(
            keys, self.stature_px, self.options.plate, self.options.confidence.disc_aspect
        )
        return detect_plate(scene, known)

    def _evidence(
        self, plate: Plate, track: DiscTrack, proxy_px: Array, proxy_visible: Mask
    ) -> WindowEvidence:
        n, observations = len(self.t_s), track.observations
        centre, support = np.full((n, 2), np.nan), np.zeros(n)
        for k, seen in observations.items():
            centre[k], support[k] = seen.ellipse.centre, seen.support
        in_view = np.ones(n, np.bool_)
        beside = (centre - proxy_px)[np.isfinite(centre[:, 0])]
        if np.isfinite(beside).any():
            # Where the plate is out of the image it cannot be lost.
            expected = proxy_px + np.median(beside, axis=0)
            size = self.images.size
            in_view = (expected >= 0).all(axis=1) & (expected < size).all(axis=1)
        return WindowEvidence(
            t_s=self.t_s,
            bar=stabilise(self.stabilising, centre),
            proxy=stabilise(self.stabilising, proxy_px),
            proxy_visible=proxy_visible,
            in_view=in_view | np.isfinite(centre[:, 0]),
            support=support,
            radii=np.array([s.ellipse.b for s in observations.values() if s.shape_seen]),
            aspect=plate.a / plate.b,
            score=plate.score,
            needed=plate.needed,
            segments=track.segments,
            open_segments=track.open_segments,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _DetectedSleeves:
    """Both sleeves, the hands by which they were detected, and in which frames."""

    pair: SleevePair
    hand_line: HandLine
    keys: list[int]
    proxy: BarProxy


@dataclass(frozen=True, slots=True, eq=False)
class WindowTrack:
    """The bar in one window.

    Parameters
    ----------
    first, frames
        Number of the window's first frame in the recording, and of its frames.
    plate
        What was detected.
    track
        Where it was, by number within the window; pixels of the images.
    height_factor
        What its measured radii are to be multiplied with (`height_factor`).
    confidence
        That this is the bar, 0..1.
    tilt_deg
        shape = (n,): as in `MovingPoint`, NaN where not known; None if one plate is tracked.
    """

    first: int
    frames: int
    plate: Plate
    track: DiscTrack
    height_factor: float
    confidence: float
    tilt_deg: Array | None = None

    @property
    def last(self) -> Observation | None:
        """The last observation; None if there is none."""
        seen = self.track.observations
        return seen[max(seen)] if seen else None


def key_frames(height: Array, count: int) -> list[int]:
    """Return frame numbers spread over time and over the range of heights, shape = (n,)."""
    n = len(height)
    even = np.linspace(0, n - 1, min(count // 2, n)).astype(int)
    return sorted({int(k) for k in even} | {int(k) for k in np.argsort(height)[even]})


def level_frames(height: Array, count: int, limits: tuple[float, float]) -> list[int]:
    """Return frame numbers spread evenly over a range of heights: rests count once."""
    levels = np.linspace(*limits, count)
    return sorted({int(np.abs(height - level).argmin()) for level in levels})
