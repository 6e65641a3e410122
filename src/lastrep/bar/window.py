"""One stretch of a recording: the plate found in it, followed through it, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lastrep.bar.confidence import WindowEvidence, window_confidence
from lastrep.bar.ellipse import Array, Ellipse
from lastrep.bar.end_following import follow_ends
from lastrep.bar.ends import SLACK_Y, Ends, find_ends
from lastrep.bar.finding import KeyFrame, body_width_px, find_plate
from lastrep.bar.following import Following, Sighting, follow_plate
from lastrep.bar.grip import Grip, grip_of
from lastrep.bar.lifter import PROXY_LANDMARKS, Proxy, clearly_seen, head_line, proxy_line
from lastrep.bar.pictures import Pictures
from lastrep.bar.plate import Plate
from lastrep.bar.thickness import height_factor

#: Key pictures of a window: half of them even in time, half even in the height of the hands.
KEY_FRAMES = 18
#: The same where the plate is known from the window before.
KEY_FRAMES_KNOWN = 10
#: Pictures from which the plate's thickness is read.
SHAPE_PICTURES = 8
#: Pictures in which the ends of the bar are looked for, even in the height of the hands.
LEVEL_FRAMES = 18
#: Hips this far apart (statures) are seen from the front or from behind (0.115 to 0.13; 30 degrees
#: beside it 0.10): there plates are looked for at the ends of the bar first.
FRONT_HIPS = 0.105
#: What is found this surely need not be looked for in another way.
SURE = 0.8
#: A disc that follows one body part so well need not be compared with another's: plates reach 0.2
#: to 0.65, discs that are none at most 0.3.
SURE_SCORE = 0.35
#: The ends of the bar are believed from this score on: from the front it is 0.73 and more; from 30
#: degrees on, where the caps of plates are round and taken for too low, 0.65 and less.
ENDS_NEEDED = 0.75
#: Without this much movement of the hands (statures) there is nothing to find.
MIN_MOVE = 0.06
#: The same for the ends of the bar: twice as far as landmarks may miss it, else what stands still
#: could be put on top of itself.
ENDS_MOVE = 2 * SLACK_Y


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Reduced pictures and what is known of them; all share their first axis.

    Parameters
    ----------
    first
        Number of the first frame in the recording.
    images
        Each of shape = (h, w, 3)
    t_s
        shape = (n,)
    points
        shape = (n, 33, 3): landmarks in pixels of the reduced pictures.
    visibility
        shape = (n, 33): of the landmarks, 0..1
    to_room
        shape = (n, 2, 3): as `CameraMotion.update` gives them.
    stature_px
        Height of the lifter in the reduced pictures.
    """

    first: int
    images: Pictures
    t_s: Array
    points: Array
    visibility: Array
    to_room: Array
    stature_px: float

    def find(self, proxies: tuple[Proxy, ...], known: Plate | None) -> FoundPlate | None:
        """Find the plate by the body parts that may move like it, and follow it.

        By its face; from the front by the narrow sides at both ends of the bar.
        """
        ends = followed = None
        if self._hips_apart_px >= FRONT_HIPS * self.stature_px:
            ends = self._find_ends(proxies)
        if ends is not None and ends.ends.score >= ENDS_NEEDED:
            followed = self._follow_ends(ends)
            if followed.confidence >= SURE:
                return followed
        disc = self._find_disc(proxies, known)
        if ends is None or (disc is not None and disc.confidence >= SURE):
            return disc
        followed = followed or self._follow_ends(ends)
        return followed if disc is None or followed.confidence > disc.confidence else disc

    def _find_disc(self, proxies: tuple[Proxy, ...], known: Plate | None) -> FoundPlate | None:
        if known is not None and known.edge_on:
            known = None
        best: tuple[Plate, Array, Proxy] | None = None
        for proxy in proxies:
            hands = proxy_line(self.points, proxy)
            if not np.isfinite(hands).all():
                continue
            plate = self._find(hands, proxy, known)
            if plate is not None and (best is None or plate.score > best[0].score):
                best = plate, hands, proxy
                if plate.score >= SURE_SCORE:
                    break
        if best is None:
            return None
        plate, hands, proxy = best
        return self.follow(plate, hands, clearly_seen(self.visibility, PROXY_LANDMARKS[proxy]))

    def follow(self, plate: Plate, hands: Array, hands_seen: NDArray[np.bool_]) -> FoundPlate:
        """Follow a plate whose place is known in some of the pictures.

        Parameters
        ----------
        plate
            What to follow.
        hands
            shape = (n, 2): what should move like it, pixels; NaN if not known.
        hands_seen
            shape = (n,): where that is not a guess.
        """
        following = follow_plate(self.images, hands, plate, self.stature_px)
        clear = [k for k, seen in following.sightings.items() if seen.shape_seen]
        some = clear[:: max(1, len(clear) // SHAPE_PICTURES)]
        factor = height_factor([(self.images[k], following.sightings[k].ellipse) for k in some])
        return FoundPlate(
            self.first,
            plate,
            following,
            factor,
            self._evidence(plate, following, hands, hands_seen),
        )

    def _find_ends(self, proxies: tuple[Proxy, ...]) -> _FoundEnds | None:
        """Find the plates at both ends of the bar."""
        best: _FoundEnds | None = None
        for proxy in proxies:
            grip = grip_of(self.points, proxy)
            if grip is None:
                continue
            height = apply(self.to_room, grip.hands)[:, 1]
            if np.ptp(np.percentile(height, (2, 98))) < ENDS_MOVE * self.stature_px:
                continue
            keys = level_frames(height)
            ends = find_ends([self.images[k] for k in keys], grip.at(keys), self.stature_px)
            if ends is not None and (best is None or ends.score > best.ends.score):
                best = _FoundEnds(ends, grip, keys, proxy)
        return best

    def _follow_ends(self, found: _FoundEnds) -> FoundPlate:
        """Follow the plates at both ends of the bar."""
        ends, grip, keys, proxy = found.ends, found.grip, found.keys, found.proxy
        followed = follow_ends(self.images, ends, grip, keys, self.stature_px)
        plate = Plate(ends.a, ends.b, {}, ends.score, ENDS_NEEDED, edge_on=True)
        seen = clearly_seen(self.visibility, PROXY_LANDMARKS[proxy])
        evidence = self._evidence(plate, followed.following, grip.hands, seen)
        left, right = (apply(self.to_room, end)[:, 1] for end in (followed.left, followed.right))
        lean = grip.slope * (ends.left.out_px + ends.right.out_px) / 2
        return FoundPlate(
            self.first,
            plate,
            followed.following,
            1.0,
            replace(evidence, ends=(left, right), lean=lean),
            followed.tilt_deg,
        )

    @property
    def _hips_apart_px(self) -> float:
        """How far apart the hips are in the picture; NaN if never seen."""
        hips = np.diff(self.points[:, PROXY_LANDMARKS["hip"], 0], axis=1)
        return float(np.nanmedian(np.abs(hips)))

    def _find(self, hands: Array, proxy: Proxy, known: Plate | None) -> Plate | None:
        room = apply(self.to_room, hands)
        moved = np.ptp(np.percentile(room, (2, 98), axis=0), axis=0).max()
        if moved < MIN_MOVE * self.stature_px:
            return None
        heads, shoulders = head_line(self.points), proxy_line(self.points, "shoulder")
        keep_off = body_width_px(self._hips_apart_px, self.stature_px)
        keys = [
            KeyFrame(
                k,
                self.images[k],
                hands[k],
                proxy,
                heads[k],
                shoulders[k, 0],
                keep_off,
                self.to_room[k],
            )
            for k in key_frames(room[:, 1], KEY_FRAMES if known is None else KEY_FRAMES_KNOWN)
        ]
        return find_plate(keys, self.stature_px, known)

    def _evidence(
        self, plate: Plate, following: Following, hands: Array, hands_seen: NDArray[np.bool_]
    ) -> WindowEvidence:
        n = len(self.t_s)
        centre, support = np.full((n, 2), np.nan), np.zeros(n)
        for k, seen in following.sightings.items():
            centre[k], support[k] = seen.ellipse.centre, seen.support
        in_view = np.ones(n, np.bool_)
        beside = (centre - hands)[np.isfinite(centre[:, 0])]
        if np.isfinite(beside).any():
            # Where the plate is out of the picture it cannot be lost.
            expected = hands + np.median(beside, axis=0)
            size = self.images.size
            in_view = (expected >= 0).all(axis=1) & (expected < size).all(axis=1)
        return WindowEvidence(
            t_s=self.t_s,
            bar=apply(self.to_room, centre),
            hands=apply(self.to_room, hands),
            hands_seen=hands_seen,
            in_view=in_view | np.isfinite(centre[:, 0]),
            support=support,
            radii=np.array([s.ellipse.b for s in following.sightings.values() if s.shape_seen]),
            aspect=plate.a / plate.b,
            score=plate.score,
            needed=plate.needed,
            segments=following.segments,
            open_segments=following.open_segments,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _FoundEnds:
    """The ends of the bar, the hands by which they were found, and in which pictures."""

    ends: Ends
    grip: Grip
    keys: list[int]
    proxy: Proxy


@dataclass(frozen=True, slots=True, eq=False)
class FoundPlate:
    """The plate in one window.

    Parameters
    ----------
    first
        Number of the window's first frame in the recording.
    plate
        What was found.
    following
        Where it was, by number within the window; pixels of the reduced pictures.
    height_factor
        What its measured radii are to be multiplied with (`height_factor`).
    evidence
        What speaks for it.
    tilt_deg
        shape = (n,): as in `MovingPoint`, NaN where not known; None if one plate is followed.
    """

    first: int
    plate: Plate
    following: Following
    height_factor: float
    evidence: WindowEvidence
    tilt_deg: Array | None = None

    @property
    def confidence(self) -> float:
        """How sure it is that this is the bar, 0..1."""
        return window_confidence(self.evidence)

    @property
    def last(self) -> tuple[int, Sighting] | None:
        """The last sighting and its number within the window."""
        seen = self.following.sightings
        return (max(seen), seen[max(seen)]) if seen else None


def key_frames(height: Array, count: int = KEY_FRAMES) -> list[int]:
    """Frame numbers spread over time and over the range of the hands' height."""
    n = len(height)
    even = np.linspace(0, n - 1, min(count // 2, n)).astype(int)
    return sorted({int(k) for k in even} | {int(k) for k in np.argsort(height)[even]})


def level_frames(height: Array, count: int = LEVEL_FRAMES) -> list[int]:
    """Frame numbers spread evenly over the range of the hands' height: rests count once."""
    low, high = np.percentile(height, (2, 98))
    levels = np.linspace(low, high, count)
    return sorted({int(np.abs(height - level).argmin()) for level in levels})


def apply(to_room: Array, points: Array) -> Array:
    """Move points, shape = (n, 2), each by its own transform, shape = (n, 2, 3)."""
    moved: Array = np.einsum("nij,nj->ni", to_room[:, :, :2], points) + to_room[:, :, 2]
    return moved


def single_seed(at: Ellipse, index: int = 0) -> Plate:
    """Return a plate that is known in one picture only, and not doubted: the user showed it."""
    return Plate(at.a, at.b, {index: at}, score=1.0, needed=1.0)
