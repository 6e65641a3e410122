"""Follow the one who lifts (the subject), whoever else comes into the image.

A pose tracker for one person is fast and steady, but when somebody walks past in front it goes
along with them, and it takes whom it finds first. Tracking everybody costs twice as much. So one
person is tracked, and each pose is held against the gate around the subject's last seconds
(`lastrep.pose.subject.gating`). Only on suspicion, and now and then, a second estimator detects all
people in the frame; whoever is where the subject was is followed on. While nobody is, the pose is
missing: a bystander never takes the subject's place unnoticed.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from lastrep.pose.estimator import PoseEstimator
from lastrep.pose.sequence import Pose
from lastrep.pose.subject.appearance import (
    AppearanceHistory,
    AppearanceOptions,
    Colours,
    clothing_colours,
    colour_difference,
)
from lastrep.pose.subject.candidates import CandidateOptions, CandidateSubjects
from lastrep.pose.subject.gating import (
    BodyPosition,
    Gate,
    GateOptions,
    prominence,
    without_duplicates,
)
from lastrep.video.cuts import CutDetector, CutOptions
from lastrep.video.frames import Frame
from lastrep.video.orientation import Image


@dataclass(frozen=True, slots=True)
class SubjectTrackingOptions:
    """When all people are detected, and whom a pose is ascribed to.

    The numbers were set by hand; no measurement of them is on record.

    Parameters
    ----------
    calm_interval_s, undecided_interval_s, lost_interval_s
        How often all people are detected: while all is well, while several are there and it is not
        known yet who lifts, and while the subject is lost.
    reset_after_s
        A subject lost for longer may be anywhere: then the most prominent person is followed.
    reidentify_window_s
        After another person was followed, everybody is compared with their colours this long.
    hold_s
        Poses of somebody alone, who may hide the subject, are held back for this long. Who walks
        past at 1 m/s has uncovered the subject by then.
    look_back_frames, look_back_interval_s
        Frames of the last moments that are kept to look back at, and the time between them.
    trust_alone_s
        Once found alone in the image, a subject who moves about is trusted for this long.
    mask_margin
        Room left around a person when all else is blanked out, as a share of their extent.
    gate, appearance, candidates, cuts
        Of the parts.
    """

    calm_interval_s: float = 5.0
    undecided_interval_s: float = 0.3
    lost_interval_s: float = 0.1
    reset_after_s: float = 3.0
    reidentify_window_s: float = 3.0
    hold_s: float = 1.2
    look_back_frames: int = 4
    look_back_interval_s: float = 0.3
    trust_alone_s: float = 2.0
    mask_margin: float = 0.25
    gate: GateOptions = field(default_factory=GateOptions)
    appearance: AppearanceOptions = field(default_factory=AppearanceOptions)
    candidates: CandidateOptions = field(default_factory=CandidateOptions)
    cuts: CutOptions = field(default_factory=CutOptions)


class SubjectTracker:
    """Turns the frames of one stream into the subject's poses, one by one.

    Parameters
    ----------
    tracker
        Follows one person from frame to frame.
    make_detector
        Makes an estimator that finds several people in a still image; called when first needed.
    gate
        Where the subject is, if that is known beforehand.
    options
        When all people are detected, and whom a pose is ascribed to.

    Attributes
    ----------
    name
        The tracker's backend and model.
    subject_gate
        Where the subject is, once it is clear that another person was followed at first; else None.
    revoked
        Spans (start_s, end_s) whose poses proved to be another's: after start, up to end.
    restored
        Poses that were held back, and were the subject's after all.
    cuts_s
        Times of the frames that begin another shot of the camera.
    warnings
        What happened that a user should know, one line each.
    """

    def __init__(
        self,
        tracker: PoseEstimator,
        make_detector: Callable[[], PoseEstimator],
        *,
        gate: Gate | None = None,
        options: SubjectTrackingOptions = SubjectTrackingOptions(),
    ) -> None:
        self.name = tracker.name
        self.subject_gate: Gate | None = None
        self.revoked: list[tuple[float, float]] = []
        self.restored: list[Pose] = []
        self.cuts_s: list[float] = []
        self.warnings: list[str] = []
        self._options = options
        self._tracker = tracker
        self._make_detector = make_detector
        self._detector: PoseEstimator | None = None
        self._initial_gate = gate
        self._cuts = CutDetector(options.cuts)
        self._history = AppearanceHistory(options.appearance, options.gate)
        self._candidates = CandidateSubjects(options.candidates, options.gate)
        #: Colours of another person who was followed a moment ago.
        self._intruder: Colours | None = None
        self._look_back: deque[Frame] = deque(maxlen=options.look_back_frames)
        #: Poses of somebody who may hide the subject; None if there is nobody such.
        self._held: list[Pose] | None = None
        self._trusted_until_s = -math.inf
        self._intruder_s = -math.inf
        self._seen_s = -math.inf
        self._detected_s = -math.inf

    @property
    def busy_s(self) -> float:
        """Seconds spent inside the pose models so far."""
        return self._tracker.busy_s + (self._detector.busy_s if self._detector else 0.0)

    @property
    def wrong_subject(self) -> bool:
        """Whether it is clear that another person than the lifter was followed at first."""
        return self.subject_gate is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the models."""
        self._tracker.close()
        if self._detector is not None:
            self._detector.close()

    def update(self, frame: Frame) -> Pose:
        """Return the subject's pose in the next frame, missing where the subject is not seen."""
        if self._cuts.is_cut(frame.rgb):
            self.cuts_s.append(frame.t_s)
            self._tracker.restart()
            self._reset()
        tracked = self._tracker.estimate(frame)
        last_kept_s = self._look_back[-1].t_s if self._look_back else -math.inf
        if frame.t_s - last_kept_s >= self._options.look_back_interval_s:
            self._look_back.append(frame)
        if not tracked:
            return Pose.missing(frame.t_s)
        gate = self._expected_gate(frame.t_s)
        pose = (
            self._initialise(frame, tracked[0])
            if gate is None
            else self._associate(frame, tracked[0], gate)
        )
        if pose is None:
            return Pose.missing(frame.t_s)
        self._seen_s, self._held = frame.t_s, None
        if frame.t_s - self._intruder_s > self._options.reidentify_window_s:
            self._intruder = None
        self._history.add(frame, pose)
        return pose

    def finish(self) -> None:
        """Settle what is open at the end of the stream."""
        if self._held:
            self.restored += self._held
            self._held = None

    def _expected_gate(self, t_s: float) -> Gate | None:
        """Return where the subject must be; None where nothing is known, or no longer."""
        if math.isinf(self._seen_s) and self._initial_gate is not None:
            self._seen_s = t_s
        if t_s - self._seen_s > self._options.reset_after_s:
            if self._intruder_s > self._seen_s:
                self.warnings.append(
                    f"the lifter was lost at {self._seen_s:.1f} s; "
                    f"the person followed from {t_s:.1f} s on may be another"
                )
            self._reset()
        return self._history.gate(t_s) or self._initial_gate

    def _reset(self) -> None:
        self._history.clear()
        self._candidates = CandidateSubjects(self._options.candidates, self._options.gate)
        self._look_back.clear()
        self._held = None
        self._initial_gate = None
        self._intruder = None

    def _initialise(self, frame: Frame, tracked: Pose) -> Pose:
        """Begin with the most prominent person."""
        people = self._detect(frame) or [tracked]
        width_px = frame.rgb.shape[1]
        chosen = max(people, key=lambda pose: prominence(pose, width_px))
        if BodyPosition.of(chosen).is_same(BodyPosition.of(tracked)):
            return tracked
        return self._reacquire(chosen, frame)

    def _associate(self, frame: Frame, tracked: Pose, gate: Gate) -> Pose | None:
        """Return the pose that is the subject's: the tracked one, another, or none."""
        position = BodyPosition.of(tracked)
        if gate.gate_distance(position) <= 1 and (
            self._history.is_continuous(frame.t_s, position) or self._is_subject(frame, tracked)
        ):
            return self._verified(frame, tracked)
        if frame.t_s < self._trusted_until_s:
            self._history.clear()
            return tracked
        just_detected = frame.t_s - self._detected_s < self._options.lost_interval_s
        if self._intruder is not None and just_detected:
            return self._hold(tracked)
        people = self._detect(frame)
        company = len(people) > 1
        inside = [
            p
            for p in people
            if gate.gate_distance(BodyPosition.of(p)) <= 1
            and not (BodyPosition.of(p).is_same(position) and gate.gate_distance(position) > 1)
            # In the subject's place, while somebody else is elsewhere, is the subject.
            and (company or self._is_subject(frame, p))
        ]
        if inside:
            nearest = min(inside, key=lambda p: gate.gate_distance(BodyPosition.of(p)))
            if BodyPosition.of(nearest).is_same(position):
                return tracked
            self._mark_intruder(frame, tracked)
            self._revoke(frame.t_s)
            return self._reacquire(nearest, frame)
        return self._nobody_in_gate(frame, tracked, company=company)

    def _nobody_in_gate(self, frame: Frame, tracked: Pose, *, company: bool) -> Pose | None:
        """Return the tracked pose if it is the subject who moved; else it may hide the subject.

        Parameters
        ----------
        company
            Whether there are several people in the frame.
        """
        if self._intruder is None:
            moved = self._has_moved(frame, tracked)
            hidden = not company and self._had_company()
            if moved and not hidden:
                alone_until_s = frame.t_s + self._options.trust_alone_s
                self._trusted_until_s = -math.inf if company else alone_until_s
                self._history.clear()
                return tracked
            self._held = None if company or hidden else []
        elif company:
            self._held = None
        self._mark_intruder(frame, tracked)
        if self._held is None:
            self._revoke(frame.t_s)
        return self._hold(tracked)

    def _hold(self, tracked: Pose) -> Pose | None:
        """Wait whether the subject appears from behind somebody who seems to be alone.

        If not, it was the subject all the time, and the poses held back are restored.
        """
        if self._held is None:
            return None
        self._held.append(tracked)
        if tracked.t_s - self._held[0].t_s < self._options.hold_s:
            return None
        self.restored += self._held
        self._intruder = None
        self._intruder_s = -math.inf
        self._trusted_until_s = tracked.t_s + self._options.trust_alone_s
        self._history.clear()
        return tracked

    def _had_company(self) -> bool:
        """Whether somebody else was in the image in the last moments.

        Who hides the subject now walked up in sight; without anybody, it is the subject who moved.
        """
        detector = self._detector
        earlier = list(self._look_back)[:: self._options.look_back_frames // 2]
        return detector is not None and any(
            len(without_duplicates(detector.estimate(f))) > 1 for f in earlier
        )

    def _is_subject(self, frame: Frame, pose: Pose) -> bool:
        """Whether somebody resembles the subject more than the intruder, if there was one."""
        usual = self._history.colours(frame.t_s)
        if self._intruder is None or usual is None:
            return True
        seen = clothing_colours(frame.rgb, pose)
        return colour_difference(seen, usual) < colour_difference(seen, self._intruder)

    def _has_moved(self, frame: Frame, tracked: Pose) -> bool:
        """Whether somebody wears the subject's colours and came steadily from their place."""
        usual = self._history.colours(frame.t_s)
        return (
            usual is not None
            and self._history.is_continuous(frame.t_s, BodyPosition.of(tracked))
            and colour_difference(clothing_colours(frame.rgb, tracked), usual)
            < self._options.appearance.similar_levels
        )

    def _mark_intruder(self, frame: Frame, tracked: Pose) -> None:
        """Take the tracked person for another than the subject."""
        if self._intruder is None:
            self._intruder = clothing_colours(frame.rgb, tracked)
        self._intruder_s = frame.t_s

    def _revoke(self, t_s: float) -> None:
        """Revoke the last poses, which were the intruder's already."""
        assert self._intruder is not None
        subject_seen_s = self._history.revoke(t_s, self._intruder)
        if subject_seen_s < self._seen_s:
            self.revoked.append((subject_seen_s, self._seen_s))
            self._seen_s = subject_seen_s

    def _verified(self, frame: Frame, tracked: Pose) -> Pose:
        """Return the tracked pose, unless a detection is due and shows that another lifts."""
        options = self._options
        undecided = self._candidates.undecided
        interval_s = options.undecided_interval_s if undecided else options.calm_interval_s
        if frame.t_s - self._detected_s < interval_s:
            return tracked
        people = self._detect(frame)
        gate = self._candidates.other_than(BodyPosition.of(tracked))
        if gate is None:
            return tracked
        self._reset()
        self.subject_gate = gate
        inside = [p for p in people if gate.gate_distance(BodyPosition.of(p)) <= 1]
        if not inside:
            return tracked
        nearest = min(inside, key=lambda p: gate.gate_distance(BodyPosition.of(p)))
        return self._reacquire(nearest, frame)

    def _detect(self, frame: Frame) -> list[Pose]:
        """Return all people in the frame."""
        if self._detector is None:
            self._detector = self._make_detector()
        self._detected_s = frame.t_s
        people = without_duplicates(self._detector.estimate(frame))
        if len(people) > 1:
            self._candidates.add(people)
        return people

    def _reacquire(self, person: Pose, frame: Frame) -> Pose:
        """Make the tracker follow somebody, by showing it nobody else for once."""
        self._tracker.restart()
        masked = masked_to(frame.rgb, person, self._options.mask_margin)
        found = self._tracker.estimate(Frame(frame.t_s, masked))
        if found and BodyPosition.of(found[0]).is_same(BodyPosition.of(person)):
            return found[0]
        self._tracker.restart()
        return person


def masked_to(rgb: Image, person: Pose, margin: float) -> Image:
    """Return an image with everything but one person blanked out.

    Parameters
    ----------
    rgb
        shape = (height, width, 3)
    margin
        Room left around the person, as a share of their extent.
    """
    low, high = person.image_px[:, :2].min(axis=0), person.image_px[:, :2].max(axis=0)
    room = margin * (high - low).max()
    left, top = (max(int(v), 0) for v in low - room)
    right, bottom = (max(int(v), 0) for v in high + room)
    masked = np.zeros_like(rgb)
    masked[top:bottom, left:right] = rgb[top:bottom, left:right]
    return masked
