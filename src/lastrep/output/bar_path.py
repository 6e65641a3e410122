"""The way of the bar, drawn over the video and coloured by speed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.bar.track import BarTrack, MovingPoint
from lastrep.motion.cleaning import fill_gaps, hampel
from lastrep.motion.filters import lowpass
from lastrep.output.drawing import INK, WHITE, Colour, Image
from lastrep.sets.results import Rep, SetReport

Array = NDArray[np.float64]

#: What is drawn is smoothed this much (the measured speed has its own filter).
SHOWN_CUTOFF_HZ = 5.0
#: A path is drawn from the start of a rep until so long after its end.
LINGERS_S = 1.0
#: The fastest speed on the colour scale: this percentile of the set's.
FASTEST_PERCENTILE = 98
#: Thickness of the line as a share of the picture's shorter side.
THICKNESS = 0.008


@dataclass(frozen=True, slots=True, eq=False)
class BarPath:
    """Where the bar, or what stands in for it, was seen, and how fast it was.

    Parameters
    ----------
    t_s
        shape = (n,)
    image_px
        shape = (n, 2): in each frame's own picture; NaN where not seen.
    stabilised_px
        shape = (n, 2): as an unmoved camera would have shown it.
    speed
        shape = (n,): share of the set's fastest, 0..1; NaN where not seen.
    """

    t_s: Array
    image_px: Array
    stabilised_px: Array
    speed: Array

    @classmethod
    def of(cls, track: BarTrack, report: SetReport) -> BarPath | None:
        """Return the path of what the set's speeds were measured on; None if nothing was."""
        used = {rep.bar.source for rep in report.reps}
        if track.bar is not None and used & {"plate", "point"}:
            point = track.bar
        elif "landmark" in used:
            point = track.proxies["both"]
        else:
            return None
        return cls._smoothed(track.t_s, point)

    @classmethod
    def _smoothed(cls, t_s: Array, point: MovingPoint) -> BarPath | None:
        if len(t_s) < 2 or not point.seen.any():
            return None
        step_s = float(np.median(np.diff(t_s)))
        room = lowpass(fill_gaps(t_s, hampel(point.stabilised_px)), 1 / step_s, SHOWN_CUTOFF_HZ)
        speed = np.linalg.norm(np.gradient(room, t_s, axis=0), axis=1)
        if not np.isfinite(speed).any():
            return None
        fastest = float(np.nanpercentile(speed, FASTEST_PERCENTILE))
        shift = point.image_px - point.stabilised_px
        return cls(t_s, room + shift, room, np.clip(speed / max(fastest, 1e-9), 0, 1))

    def draw(self, image: Image, report: SetReport, t_s: float) -> None:
        """Draw the running rep's path so far onto an upright RGB frame, in place."""
        rep = _rep_at(report, t_s)
        if rep is None:
            return
        now = int(np.searchsorted(self.t_s, t_s + 1e-6)) - 1
        shown = np.flatnonzero((self.t_s >= rep.start_s) & (self.t_s <= min(t_s, rep.end_s)))
        if now < 0 or not len(shown):
            return
        # A moved camera shows the whole path where it is now.
        shift = self.image_px[now] - self.stabilised_px[now]
        shift = shift if np.isfinite(shift).all() else np.zeros(2)
        width = max(2, round(THICKNESS * min(image.shape[:2])))
        places = self.stabilised_px[shown] + shift
        seen = np.asarray(np.isfinite(places).all(axis=1), np.bool_)
        whole = seen[:-1] & seen[1:]
        lines = np.stack([places[:-1], places[1:]], axis=1)[whole].round().astype(np.int32)
        cv2.polylines(image, list(lines), False, INK, width + 2, cv2.LINE_AA)
        for line, colour in zip(
            lines.tolist(), _colours(self.speed[shown[1:][whole]]), strict=True
        ):
            cv2.line(image, line[0], line[1], colour, width, cv2.LINE_AA)
        here = self.image_px[now]
        if np.isfinite(here).all():
            at = tuple(here.round().astype(int).tolist())
            cv2.circle(image, at, width + 2, INK, -1, cv2.LINE_AA)
            cv2.circle(image, at, width + 1, WHITE, -1, cv2.LINE_AA)


def _rep_at(report: SetReport, t_s: float) -> Rep | None:
    """Return the rep that runs, or ended just now."""
    begun = [r for r in report.reps if r.start_s <= t_s < r.end_s + LINGERS_S]
    return begun[-1] if begun else None


def _colours(share: Array) -> list[Colour]:
    """Colours from dark blue (still) to red (fastest)."""
    return [_scale()[level] for level in np.nan_to_num(255 * share).astype(int).tolist()]


@cache
def _scale() -> tuple[Colour, ...]:
    levels = np.arange(256, dtype=np.uint8)[:, None]
    bgr = cv2.applyColorMap(levels, cv2.COLORMAP_TURBO)[:, 0]
    return tuple((r, g, b) for b, g, r in bgr.tolist())
