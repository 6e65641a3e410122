"""What lastrep saw, drawn onto the video: skeleton, rep count, phase, range of motion, verdict.

The overlay draws results; it measures nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lastrep.output import drawing
from lastrep.output.bar_path import BarPath
from lastrep.output.drawing import AMBER, BLUE, GREEN, GREY, RED, WHITE, Colour, Image
from lastrep.pose import BONES, Pose
from lastrep.sets.results import Rep, RepStatus, SetReport

STATUS_COLOUR: dict[RepStatus, Colour] = {
    RepStatus.GOOD: GREEN,
    RepStatus.COMPLETED: AMBER,
    RepStatus.PARTIAL: AMBER,
    RepStatus.FAILED: RED,
}
PHASE_COLOUR: dict[str, Colour] = {"eccentric": BLUE, "pause": GREY, "concentric": GREEN}
PHASE_WORD = {"eccentric": "lowering", "pause": "pause", "concentric": "lifting"}

#: Landmarks less visible than this are guesses and are not drawn.
DRAWN_VISIBILITY = 0.5
#: How long the verdict on a finished rep stays up.
VERDICT_S = 1.2
#: Sizes of type as a share of the frame's shorter side, never below what can be read.
COUNT_SIZE, TEXT_SIZE, SMALL_SIZE, READABLE_PX = 0.15, 0.045, 0.036, 13


@dataclass(frozen=True, slots=True)
class SetTrack:
    """One analysed set with its movement, for drawing.

    Parameters
    ----------
    report
        The set.
    t_s, fraction
        shape = (n,): concentric fraction (0 most stretched end, 1 lockout) over time.
    title
        The exercise's name for people.
    bar
        The way of the bar; None if it was not followed.
    """

    report: SetReport
    t_s: NDArray[np.float64]
    fraction: NDArray[np.float64]
    title: str
    bar: BarPath | None = None

    def fraction_at(self, t_s: float) -> float:
        """Return the concentric fraction at a time, limited to 0..1; NaN outside the set."""
        if not len(self.t_s) or not self.t_s[0] <= t_s <= self.t_s[-1]:
            return float("nan")
        return float(np.clip(np.interp(t_s, self.t_s, self.fraction), 0, 1))


class Overlay:
    """Draws the state of the set at a frame's time.

    Parameters
    ----------
    sets
        The sets of the recording, in order of time.
    """

    def __init__(self, sets: tuple[SetTrack, ...]) -> None:
        self._sets = sets

    def annotate(self, image: Image, pose: Pose) -> None:
        """Draw onto an upright RGB frame, in place."""
        current = self._set_at(pose.t_s)
        _draw_skeleton(image, pose)
        if current is None:
            return
        if current.bar is not None:
            current.bar.draw(image, current.report, pose.t_s)
        _draw_count(image, current, pose.t_s)
        _draw_range(image, current, pose.t_s)
        if not pose.found:
            _draw_footer(image, "lifter not seen", AMBER)
        elif pose.t_s >= current.report.end.t_s:
            who = current.report.corrected_by
            by_hand = f" (corrected by {who})" if who else ""
            _draw_footer(image, current.report.end.explanation + by_hand, WHITE)

    def _set_at(self, t_s: float) -> SetTrack | None:
        """Return the set that runs at this time, else the last one before it, else the next."""
        if not self._sets:
            return None
        begun = [s for s in self._sets if s.report.start_s <= t_s]
        return begun[-1] if begun else self._sets[0]


def _type_px(image: Image, share: float) -> int:
    shorter: int = min(image.shape[:2])
    return max(READABLE_PX, round(share * shorter))


def _draw_skeleton(image: Image, pose: Pose) -> None:
    if not pose.found:
        return
    width = max(2, round(0.006 * min(image.shape[:2])))
    seen = pose.visibility >= DRAWN_VISIBILITY
    points = np.nan_to_num(pose.image_px[:, :2]).round().astype(int)
    drawn = [(a, b) for a, b in BONES if seen[a] and seen[b]]
    for colour, thickness in ((drawing.INK, width + 2), (WHITE, width)):
        for a, b in drawn:
            cv2.line(image, points[a].tolist(), points[b].tolist(), colour, thickness, cv2.LINE_AA)
    for joint in sorted({j for bone in drawn for j in bone}):
        cv2.circle(image, points[joint].tolist(), width + 1, BLUE, -1, cv2.LINE_AA)


def _draw_count(image: Image, track: SetTrack, t_s: float) -> None:
    report = track.report
    done = [r for r in report.reps if r.end_s <= t_s]
    good = sum(r.status is RepStatus.GOOD for r in done if _credited(r, report))
    big, text, small = (_type_px(image, s) for s in (COUNT_SIZE, TEXT_SIZE, SMALL_SIZE))
    margin = text // 2
    verdict, colour = _status_line(report, done, t_s)
    number = str(good)
    right = 2 * margin + max(
        drawing.text_width_px(number, big, drawing.BOLD)
        + margin
        + drawing.text_width_px("good reps", small),
        drawing.text_width_px(track.title, small),
        drawing.text_width_px(verdict, text, drawing.BOLD),
    )
    title_base = margin + small
    count_base = title_base + round(0.95 * big)
    verdict_base = count_base + round(1.35 * text)
    drawing.panel(image, 0, 0, right + margin, verdict_base + margin)
    drawing.put_text(image, track.title, margin, title_base, small, GREY)
    drawing.put_text(image, number, margin, count_base, big, WHITE, drawing.BOLD)
    beside = margin + drawing.text_width_px(number, big, drawing.BOLD) + margin
    attempts = f"of {len(done)}" if len(done) != good else ""
    drawing.put_text(image, attempts, beside, count_base - round(1.25 * small), small, GREY)
    word = "good rep" if good == 1 and not attempts else "good reps"
    drawing.put_text(image, word, beside, count_base, small, GREY)
    drawing.put_text(image, verdict, margin, verdict_base, text, colour, drawing.BOLD)


def _credited(rep: Rep, report: SetReport) -> bool:
    return report.end.rep is None or rep.number < report.end.rep


def _status_line(report: SetReport, done: list[Rep], t_s: float) -> tuple[str, Colour]:
    """Return the verdict on the rep just finished, else the phase of the running one."""
    running = next((r for r in report.reps if r.start_s <= t_s < r.end_s), None)
    if done and t_s - done[-1].end_s < VERDICT_S and (running is None or _fresh(running, t_s)):
        last = done[-1]
        by_hand = " (corrected)" if last.corrected else ""
        verdict = f"rep {last.number}: {last.status.value}{by_hand}{_speed(last)}"
        return verdict, STATUS_COLOUR[last.status]
    if running is not None:
        phase = next((p.name for p in running.phases if p.start_s <= t_s < p.end_s), None)
        if phase is not None:
            return PHASE_WORD[phase], PHASE_COLOUR[phase]
    if t_s >= report.end.t_s:
        return "set over", WHITE
    return ("ready" if not done else "rest"), GREY


def _speed(rep: Rep) -> str:
    if rep.bar.mean_velocity_m_s is not None:
        return f", {rep.bar.mean_velocity_m_s:.2f} m/s"
    if rep.bar.relative_velocity is not None:
        return f", speed {100 * rep.bar.relative_velocity:.0f} %"
    return ""


def _fresh(rep: Rep, t_s: float) -> bool:
    return t_s - rep.start_s < VERDICT_S / 2


def _draw_range(image: Image, track: SetTrack, t_s: float) -> None:
    """Draw a meter at the right edge: where in its range of motion the lifter is."""
    fraction = track.fraction_at(t_s)
    if not np.isfinite(fraction):
        return
    height, width = image.shape[:2]
    bar = max(10, round(0.022 * min(width, height)))
    right, top, bottom = width - bar, round(0.2 * height), round(0.8 * height)
    drawing.panel(image, right - 2 * bar, top - bar, width, bottom + bar, 0.5)
    cv2.rectangle(image, (right - bar, top), (right, bottom), GREY, 1, cv2.LINE_AA)
    level = round(bottom + fraction * (top - bottom))
    running = next((r for r in track.report.reps if r.start_s <= t_s < r.end_s), None)
    phase = (
        next((p.name for p in running.phases if p.start_s <= t_s < p.end_s), "") if running else ""
    )
    colour = PHASE_COLOUR.get(phase, GREY)
    cv2.rectangle(image, (right - bar, level), (right, bottom), colour, -1)


def _draw_footer(image: Image, sentence: str, colour: Colour) -> None:
    size = _type_px(image, SMALL_SIZE)
    height, width = image.shape[:2]
    lines = drawing.wrap(sentence, size, width - 2 * size)
    step = round(1.35 * size)
    top = height - step * len(lines) - size
    drawing.panel(image, 0, top, width, height, 0.7)
    for i, line in enumerate(lines):
        drawing.put_text(
            image, line, size, top + round(0.4 * size) + step * (i + 1) - size // 4, size, colour
        )
