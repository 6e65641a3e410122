"""Evidence: for each major fault the frame at its worst, beside the same moment of a first rep.

The judged line is drawn with what was measured, and the limit beside it, so that a lifter or coach
can see what the verdict rests on and overrule it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.errors import ExerciseError
from lastrep.exercises import find
from lastrep.exercises.faults import FaultRule, shown
from lastrep.motion.measures import MEASURES
from lastrep.output import drawing
from lastrep.output.drawing import AMBER, GREEN, GREY, INK, RED, WHITE, Colour, Image
from lastrep.pose import BONES, Landmark, Pose, PoseSequence
from lastrep.sets.ending import majors
from lastrep.sets.results import Fault, Rep, SetReport

Array = NDArray[np.float64]

#: The pictures' file names.
PICTURES = "set*_rep*_*.png"
#: Height of one panel, and the width it takes for a standing lifter.
PANEL_PX = 560
#: Space around the lifter, as a share of the lifter's size.
MARGIN = 0.18
#: Measures that are inclinations of lower -> upper, forward positive.
LEANS = ("trunk_lean", "shin")
#: Samples whose value is the one at their moment; the others are differences over the rep.
MOMENTARY = ("con_end", "ecc_end", "con_reach", "ecc_reach", "concentric", "rep", "rep_median")
#: What a metric of the whole rep is about.
WHOLE_LANDMARKS = (Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP)


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame to show.

    Parameters
    ----------
    rep
        Number of the rep.
    t_s
        Time of the frame.
    value
        What was measured then, in the fault's unit; None if it is not known.
    """

    rep: int
    t_s: float
    value: float | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One picture to make.

    Parameters
    ----------
    set_number
        Which set of the recording.
    fault
        What is shown.
    rule
        How it was measured; None if the exercise is not known any more.
    worst, usual
        The fault, and the same moment of a first rep (None if there is none).
    """

    set_number: int
    fault: Fault
    rule: FaultRule | None
    worst: Moment
    usual: Moment | None

    @property
    def name(self) -> str:
        """File name of the picture."""
        return f"set{self.set_number}_rep{self.worst.rep:02d}_{self.fault.id}.png"

    @property
    def moments(self) -> tuple[Moment, ...]:
        """Frames that are needed, left to right."""
        return (self.worst,) if self.usual is None else (self.usual, self.worst)


def evidence(sets: Sequence[SetReport]) -> tuple[Evidence, ...]:
    """Return a picture to make for each major fault of each rep, in order."""
    return tuple(
        _of(number, report, rep, fault)
        for number, report in enumerate(sets, start=1)
        for rep in report.reps
        for fault in majors(rep).values()
    )


def _of(number: int, report: SetReport, rep: Rep, fault: Fault) -> Evidence:
    rule = None
    # The exercise may be unknown, or one of the user's own that is gone.
    with suppress(ExerciseError):
        rule = next((r for r in find(report.exercise).faults if r.id == fault.id), None)
    first = next((r for r in report.reps if r.number in report.baseline_reps[:1]), None)
    usual = None
    if first is not None and first.number != rep.number:
        same = next((m for m in first.measured if m.id == fault.id), None)
        usual = None if same is None else Moment(first.number, same.t_s, same.value)
    return Evidence(number, fault, rule, Moment(rep.number, fault.t_s, fault.measured), usual)


def draw(
    pictures: Sequence[Evidence],
    poses: PoseSequence,
    frames: Iterable[tuple[float, Image]] | None,
    save: Callable[[str, Image], None],
) -> None:
    """Draw all pictures in one pass over the video.

    Parameters
    ----------
    frames
        Time and RGB picture of every frame, in order; None draws the skeleton alone.
    save
        Takes the name and the RGB picture of each.
    """
    boxes = [_box([poses.at(m.t_s) for m in p.moments], poses) for p in pictures]
    wanted = sorted(
        ((m.t_s, i, k) for i, p in enumerate(pictures) for k, m in enumerate(p.moments))
    )
    crops: dict[tuple[int, int], Image] = {}
    for (t_s, i, k), image in _at_times(wanted, poses, frames):
        picture = pictures[i]
        panel = _panel(picture, picture.moments[k], image, poses.at(t_s), boxes[i])
        crops[i, k] = panel
        have = [crops.get((i, j)) for j in range(len(picture.moments))]
        done = [panel for panel in have if panel is not None]
        if len(done) == len(have):
            save(picture.name, _joined(picture, done))
            for j in range(len(have)):
                del crops[i, j]


Wanted = tuple[float, int, int]


def _at_times(
    wanted: Sequence[Wanted], poses: PoseSequence, frames: Iterable[tuple[float, Image]] | None
) -> Iterable[tuple[Wanted, Image]]:
    """Each wanted moment with the frame shown at it; the last frame serves what comes after."""
    if frames is None:
        blank = np.full((poses.height_px, poses.width_px, 3), INK, np.uint8)
        for one in wanted:
            yield one, blank
        return
    todo = list(wanted)
    last: Image | None = None
    for t_s, image in frames:
        while todo and todo[0][0] < t_s - 1e-6:
            yield todo.pop(0), image if last is None else last
        if not todo:
            return
        last = image
    for one in todo if last is not None else ():
        assert last is not None
        yield one, last


Box = tuple[int, int, int, int]


def _box(seen: Sequence[Pose], poses: PoseSequence) -> Box:
    """Left, top, right, bottom around the lifter in all of these frames."""
    found = [p.image_px[:, :2].astype(np.float64) for p in seen if p.found]
    points = np.concatenate([*found, np.zeros((0, 2))])
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return 0, 0, poses.width_px, poses.height_px
    low, high = points.min(axis=0), points.max(axis=0)
    margin = MARGIN * float(np.max(high - low))
    left, top = np.maximum(low - margin, 0).astype(int)
    right, bottom = np.minimum(high + margin, (poses.width_px, poses.height_px)).astype(int)
    if right - left < 8 or bottom - top < 8:
        return 0, 0, poses.width_px, poses.height_px
    return int(left), int(top), int(right), int(bottom)


def _panel(picture: Evidence, moment: Moment, image: Image, pose: Pose, box: Box) -> Image:
    left, top, right, bottom = box
    scale = PANEL_PX / (bottom - top)
    size = max(round((right - left) * scale), 1), PANEL_PX
    panel: Image = np.ascontiguousarray(
        cv2.resize(image[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)
    )
    points = (pose.image_px[:, :2].astype(np.float64) - (left, top)) * scale
    faulty = moment is picture.worst
    if pose.found:
        _draw_judged(panel, picture, points, pose, RED if faulty else GREEN, faulty)
    words = f"rep {moment.rep}" if faulty else f"rep {moment.rep}, reference"
    drawing.panel(panel, 0, 0, size[0], 34)
    drawing.put_text(panel, words, 10, 24, 19, RED if faulty else GREEN, drawing.BOLD)
    if moment.value is not None:
        value = shown(moment.value, picture.fault.unit)
        at = size[0] - drawing.text_width_px(value, 22, drawing.BOLD) - 10
        drawing.put_text(panel, value, at, 25, 22, WHITE, drawing.BOLD)
    return panel


def _draw_judged(
    panel: Image, picture: Evidence, points: Array, pose: Pose, colour: Colour, faulty: bool
) -> None:
    """Skeleton in grey, what was judged in colour, and where the limit would be in amber."""
    for a, b in BONES:
        _line(panel, points[a], points[b], GREY, 1)
    rule = picture.rule
    measure = None if rule is None else MEASURES[rule.metric]
    chain = (measure and measure.landmarks) or WHOLE_LANDMARKS
    left, twin = list(chain), [i + 1 for i in chain]
    right = bool(np.nansum(pose.visibility[twin]) > np.nansum(pose.visibility[left]))
    if measure is not None and measure.scope == "frame" and not measure.sided:
        for i in chain:
            _line(panel, points[i], points[i + 1], colour, 4)
        return
    joints = [points[i + right] for i in chain]
    for a, b in pairwise(joints):
        _line(panel, a, b, colour, 4)
    for joint in joints:
        if np.isfinite(joint).all():
            cv2.circle(panel, _pixel(joint), 6, colour, -1, cv2.LINE_AA)
    end = _limit_end(picture, joints, points, faulty)
    if end is not None:
        _dashed(panel, *end, AMBER)


def _limit_end(
    picture: Evidence, joints: Sequence[Array], points: Array, faulty: bool
) -> tuple[Array, Array] | None:
    """Line that the judged segment would lie on at the limit, if the limit is a posture."""
    rule, limit = picture.rule, picture.fault.limit
    if rule is None or not faulty or rule.at not in MOMENTARY or rule.of_baseline:
        return None
    if rule.metric in LEANS:
        foot, head = joints if rule.metric == "trunk_lean" else joints[::-1]
        measured = picture.worst.value or 0.0
        ahead = 1.0 if (head - foot)[0] * measured >= 0 else -1.0
        angle = np.radians(limit) * ahead
        length = float(np.linalg.norm(head - foot))
        return foot, foot + length * np.array([np.sin(angle), -np.cos(angle)])
    if rule.metric in ("knee", "hip", "elbow", "shoulder", "neck") and len(joints) == 3:
        a, vertex, c = joints
        u, v = a - vertex, c - vertex
        turned = np.arctan2(u[0] * v[1] - u[1] * v[0], float(u @ v))
        angle = np.arctan2(u[1], u[0]) + np.sign(turned) * np.radians(limit)
        length = float(np.linalg.norm(v))
        return vertex, vertex + length * np.array([np.cos(angle), np.sin(angle)])
    return None


def _joined(picture: Evidence, panels: Sequence[Image]) -> Image:
    fault = picture.fault
    gap = np.full((PANEL_PX, 6, 3), INK, np.uint8)
    row = [panels[0]] if len(panels) == 1 else [panels[0], gap, panels[1]]
    pictures = np.concatenate(row, axis=1)
    own = ""
    if fault.baseline is not None:
        own = f", {shown(fault.baseline, fault.unit)} in the first reps"
    head = f"{fault.title or fault.id} ({fault.id}), {fault.severity.value}"
    body = (
        f"measured {shown(fault.measured, fault.unit)}, limit {shown(fault.limit, fault.unit)}"
        f" ({'own first reps' if fault.reference == 'baseline' else 'standard'}){own}. "
        f"Cue: {fault.cue}."
    )
    width = max(pictures.shape[1], 420)
    lines = drawing.wrap(body, 16, width - 24)
    caption = np.full((44 + 23 * len(lines), width, 3), INK, np.uint8)
    drawing.put_text(caption, head[0].upper() + head[1:], 12, 27, 19, WHITE, drawing.BOLD)
    for i, line in enumerate(lines):
        drawing.put_text(caption, line, 12, 50 + 23 * i, 16, GREY)
    if pictures.shape[1] < width:
        side = np.full((PANEL_PX, width - pictures.shape[1], 3), INK, np.uint8)
        pictures = np.concatenate([pictures, side], axis=1)
    return np.concatenate([pictures, caption], axis=0)


def _pixel(point: Array) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def _line(image: Image, a: Array, b: Array, colour: Colour, width: int) -> None:
    if np.isfinite(a).all() and np.isfinite(b).all():
        cv2.line(image, _pixel(a), _pixel(b), colour, width, cv2.LINE_AA)


def _dashed(image: Image, a: Array, b: Array, colour: Colour, dashes: int = 9) -> None:
    points = [a + (b - a) * k / (2 * dashes - 1) for k in range(2 * dashes)]
    for start, end in zip(points[::2], points[1::2], strict=True):
        _line(image, start, end, colour, 3)
