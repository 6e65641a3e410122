"""Follow the one who lifts, whoever else comes into the picture.

A pose tracker for one person is fast and steady, but when somebody walks past in front it goes
along with them, and it takes whom it finds first. Tracking everybody costs twice as much. So one
person is tracked, and each pose is held against where the lifter was in the last seconds and how
large (`lastrep.pose.people`). Only on suspicion, and now and then, a second estimator looks at all
people in the frame; whoever is where the lifter was is followed on. While nobody is, the pose is
missing: a bystander never takes the lifter's place unnoticed.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Self

import numpy as np

from lastrep.pose.estimator import PoseEstimator
from lastrep.pose.people import (
    ALIKE_LEVELS,
    Acquaintances,
    Colours,
    Memory,
    Place,
    Whereabouts,
    colours,
    difference,
    distinct,
    prominence,
)
from lastrep.pose.sequence import Pose
from lastrep.video.cuts import CutDetector
from lastrep.video.frames import Frame
from lastrep.video.orientation import Image

#: How often all people are looked at: while all is well, while several are there and it is not
#: known yet who lifts, and while the lifter is lost.
CALM_LOOK_S = 5.0
CROWD_LOOK_S = 0.3
LOST_LOOK_S = 0.1

#: A lifter lost for longer may be anywhere: then the most prominent person is followed.
LOST_FOR_GOOD_S = 3.0

#: After a stranger was followed, this long everybody is compared with their colours.
WARY_S = 3.0

#: Somebody alone, who may hide the lifter, is held back for this long. Who walks past at 1 m/s has
#: uncovered the lifter by then.
HOLD_S = 1.2

#: Frames of the last moments that are kept to look back at, and the time between them.
LOOK_BACK_FRAMES = 4
LOOK_BACK_EVERY_S = 0.3

#: Once found alone in the picture, a lifter who moves about is trusted for this long.
ALONE_S = 2.0

#: Room left around a person when all else is blanked out, as a share of their extent.
BLINKER_MARGIN = 0.25


class LifterTracker:
    """Turns the frames of one stream into the lifter's poses, one by one.

    Parameters
    ----------
    tracker
        Follows one person from frame to frame.
    look
        Makes an estimator that finds several people in a still picture; called when first needed.
    lifter
        Where the lifter is, if that is known beforehand.
    """

    def __init__(
        self,
        tracker: PoseEstimator,
        look: Callable[[], PoseEstimator],
        *,
        lifter: Whereabouts | None = None,
    ) -> None:
        self.name = tracker.name
        #: Where the lifter is, once it is clear that somebody else was followed at first.
        self.mistaken_for: Whereabouts | None = None
        #: Spans (start_s, end_s) whose poses proved another's afterwards: after start to end.
        self.taken_back: list[tuple[float, float]] = []
        #: Poses that were held back, and were the lifter's.
        self.given_back: list[Pose] = []
        #: Times of the frames that begin another shot of the camera.
        self.cuts_s: list[float] = []
        #: What happened that a user should know, one line each.
        self.warnings: list[str] = []
        self._tracker = tracker
        self._make_look = look
        self._looker: PoseEstimator | None = None
        self._hint = lifter
        self._cuts = CutDetector()
        self._memory = Memory()
        self._crowd = Acquaintances()
        #: Colours of somebody who was followed in error a moment ago.
        self._stranger: Colours | None = None
        self._recent: deque[Frame] = deque(maxlen=LOOK_BACK_FRAMES)
        self._held: list[Pose] | None = None
        self._alone_until_s = -math.inf
        self._suspected_s = -math.inf
        self._seen_s = -math.inf
        self._looked_s = -math.inf

    @property
    def busy_s(self) -> float:
        """Seconds spent inside the pose models so far."""
        return self._tracker.busy_s + (self._looker.busy_s if self._looker else 0.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the models."""
        self._tracker.close()
        if self._looker is not None:
            self._looker.close()

    def update(self, frame: Frame) -> Pose:
        """Return the lifter's pose in the next frame, missing where the lifter is not seen."""
        if self._cuts.is_cut(frame.rgb):
            self.cuts_s.append(frame.t_s)
            self._tracker.restart()
            self._forget()
        tracked = self._tracker.estimate(frame)
        if not self._recent or frame.t_s - self._recent[-1].t_s >= LOOK_BACK_EVERY_S:
            self._recent.append(frame)
        if not tracked:
            return Pose.missing(frame.t_s)
        expected = self._expected(frame.t_s)
        pose = (
            self._choose(frame, tracked[0])
            if expected is None
            else self._check(frame, tracked[0], expected)
        )
        if pose is None:
            return Pose.missing(frame.t_s)
        self._seen_s, self._held = frame.t_s, None
        if frame.t_s - self._suspected_s > WARY_S:
            self._stranger = None
        self._memory.add(frame, pose)
        return pose

    def finish(self) -> None:
        """Settle what is open at the end of the stream."""
        if self._held:
            self.given_back += self._held
            self._held = None

    def _expected(self, t_s: float) -> Whereabouts | None:
        """Return where the lifter must be; None where nothing is known, or no longer."""
        if math.isinf(self._seen_s) and self._hint is not None:
            self._seen_s = t_s
        if t_s - self._seen_s > LOST_FOR_GOOD_S:
            if self._suspected_s > self._seen_s:
                self.warnings.append(
                    f"the lifter was lost at {self._seen_s:.1f} s; "
                    f"the person followed from {t_s:.1f} s on may be another"
                )
            self._forget()
        return self._memory.whereabouts(t_s) or self._hint

    def _forget(self) -> None:
        self._memory.forget()
        self._crowd = Acquaintances()
        self._recent.clear()
        self._held = None
        self._hint = None
        self._stranger = None

    def _choose(self, frame: Frame, tracked: Pose) -> Pose:
        """Begin with the most prominent person."""
        people = self._look(frame) or [tracked]
        width_px = frame.rgb.shape[1]
        chosen = max(people, key=lambda pose: prominence(pose, width_px))
        if Place.of(chosen).is_same(Place.of(tracked)):
            return tracked
        return self._follow(chosen, frame)

    def _check(self, frame: Frame, tracked: Pose, expected: Whereabouts) -> Pose | None:
        """Return the pose that is the lifter's: the tracked one, another, or none."""
        place = Place.of(tracked)
        if expected.strangeness(place) <= 1 and (
            self._memory.follows_on(frame.t_s, place) or self._is_lifter(frame, tracked)
        ):
            return self._reconsider(frame, tracked)
        if frame.t_s < self._alone_until_s:
            self._memory.forget()
            return tracked
        if self._stranger is not None and frame.t_s - self._looked_s < LOST_LOOK_S:
            return self._hold(tracked)
        people = self._look(frame)
        company = len(people) > 1
        there = [
            p
            for p in people
            if expected.strangeness(Place.of(p)) <= 1
            and not (Place.of(p).is_same(place) and expected.strangeness(place) > 1)
            # In the lifter's place, while somebody else is elsewhere, is the lifter.
            and (company or self._is_lifter(frame, p))
        ]
        if there:
            nearest = min(there, key=lambda p: expected.strangeness(Place.of(p)))
            if Place.of(nearest).is_same(place):
                return tracked
            self._suspect(frame, tracked)
            self._take_back(frame.t_s)
            return self._follow(nearest, frame)
        # The lifter's place is empty, or hidden.
        if self._stranger is None:
            moved = self._has_moved(frame, tracked)
            hidden = not company and self._had_company()
            if moved and not hidden:
                self._alone_until_s = -math.inf if company else frame.t_s + ALONE_S
                self._memory.forget()
                return tracked
            self._held = None if company or hidden else []
        elif company:
            self._held = None
        self._suspect(frame, tracked)
        if self._held is None:
            self._take_back(frame.t_s)
        return self._hold(tracked)

    def _hold(self, tracked: Pose) -> Pose | None:
        """Wait whether the lifter appears from behind somebody who seems to be alone.

        If not, it was the lifter all the time, and the poses held back are given back.
        """
        if self._held is None:
            return None
        self._held.append(tracked)
        if tracked.t_s - self._held[0].t_s < HOLD_S:
            return None
        self.given_back += self._held
        self._stranger = None
        self._suspected_s = -math.inf
        self._alone_until_s = tracked.t_s + ALONE_S
        self._memory.forget()
        return tracked

    def _had_company(self) -> bool:
        """Whether somebody else was in the picture in the last moments.

        Who hides the lifter now walked up in sight; without anybody, it is the lifter who moved.
        """
        looker = self._looker
        earlier = list(self._recent)[:: LOOK_BACK_FRAMES // 2]
        return looker is not None and any(len(distinct(looker.estimate(f))) > 1 for f in earlier)

    def _is_lifter(self, frame: Frame, pose: Pose) -> bool:
        """Whether somebody resembles the lifter more than the stranger under suspicion."""
        usual = self._memory.colours(frame.t_s)
        if self._stranger is None or usual is None:
            return True
        seen = colours(frame.rgb, pose)
        return difference(seen, usual) < difference(seen, self._stranger)

    def _has_moved(self, frame: Frame, tracked: Pose) -> bool:
        """Whether somebody wears the lifter's colours and came steadily from the lifter's place."""
        usual = self._memory.colours(frame.t_s)
        return (
            usual is not None
            and self._memory.follows_on(frame.t_s, Place.of(tracked))
            and difference(colours(frame.rgb, tracked), usual) < ALIKE_LEVELS
        )

    def _suspect(self, frame: Frame, tracked: Pose) -> None:
        """Take the tracked person for a stranger."""
        if self._stranger is None:
            self._stranger = colours(frame.rgb, tracked)
        self._suspected_s = frame.t_s

    def _take_back(self, t_s: float) -> None:
        """Take back the poses that were the stranger's already."""
        assert self._stranger is not None
        lifter_seen_s = self._memory.take_back(t_s, self._stranger)
        if lifter_seen_s < self._seen_s:
            self.taken_back.append((lifter_seen_s, self._seen_s))
            self._seen_s = lifter_seen_s

    def _reconsider(self, frame: Frame, tracked: Pose) -> Pose:
        """Return the tracked pose, unless it is time to look and somebody else is lifting."""
        every_s = CROWD_LOOK_S if self._crowd.open_question else CALM_LOOK_S
        if frame.t_s - self._looked_s < every_s:
            return tracked
        people = self._look(frame)
        lifter = self._crowd.rather_than(Place.of(tracked))
        if lifter is None:
            return tracked
        self._forget()
        self.mistaken_for = lifter
        there = [p for p in people if lifter.strangeness(Place.of(p)) <= 1]
        if not there:
            return tracked
        return self._follow(min(there, key=lambda p: lifter.strangeness(Place.of(p))), frame)

    def _look(self, frame: Frame) -> list[Pose]:
        """Return all people in the frame."""
        if self._looker is None:
            self._looker = self._make_look()
        self._looked_s = frame.t_s
        people = distinct(self._looker.estimate(frame))
        if len(people) > 1:
            self._crowd.add(people)
        return people

    def _follow(self, person: Pose, frame: Frame) -> Pose:
        """Make the tracker follow somebody, by showing it nobody else for once."""
        self._tracker.restart()
        found = self._tracker.estimate(Frame(frame.t_s, blinkered(frame.rgb, person)))
        if found and Place.of(found[0]).is_same(Place.of(person)):
            return found[0]
        self._tracker.restart()
        return person


def blinkered(image_rgb: Image, person: Pose) -> Image:
    """Return the picture with everything but one person blanked out."""
    low, high = person.image_px[:, :2].min(axis=0), person.image_px[:, :2].max(axis=0)
    margin = BLINKER_MARGIN * (high - low).max()
    left, top = (max(int(v), 0) for v in low - margin)
    right, bottom = (max(int(v), 0) for v in high + margin)
    image = np.zeros_like(image_rgb)
    image[top:bottom, left:right] = image_rgb[top:bottom, left:right]
    return image
