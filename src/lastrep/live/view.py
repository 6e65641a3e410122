"""The live window's picture: everything that can be read from three metres away.

A pure function of the camera's picture and the session's `Screen`; it measures nothing itself.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from lastrep.live.screen import Screen, Stage
from lastrep.output import drawing
from lastrep.output.drawing import AMBER, BLUE, GREEN, GREY, INK, RED, WHITE, Colour, Image
from lastrep.output.overlay import (
    DRAWN_VISIBILITY,
    PHASE_COLOUR,
    PHASE_WORD,
    STATUS_COLOUR,
)
from lastrep.pose import BONES, Pose
from lastrep.reps.phases import Phase
from lastrep.sets.results import EndReason, Rep, RepStatus, Severity

#: Size of the picture. Cameras give 16:9; all sizes below are in its pixels.
WIDTH_PX, HEIGHT_PX = 1280, 720
#: The column of numbers on the left.
PANEL_PX = 360
#: Nothing of the panel reaches below this, where the keys are named.
KEYS_TOP_PX = HEIGHT_PX - 36
MARGIN_PX = 28
#: Sizes of type: a letter 1/25 of the screen's height is read from three metres on a laptop.
HUGE_PX, BIG_PX, TEXT_PX, SMALL_PX = 230, 76, 40, 30
#: Concentric fractions at which a rep counts as full: the standard marked on the meter.
STANDARD = (0.15, 0.85)
#: Rep rows in the summary, at most.
ROWS = 12

END_COLOUR: dict[EndReason, Colour] = {
    EndReason.TECHNICAL_FAILURE: AMBER,
    EndReason.ABSOLUTE_FAILURE: RED,
    EndReason.TARGET_REACHED: GREEN,
    EndReason.TRACKING_LOST: GREY,
}
END_TITLE: dict[EndReason, str] = {
    EndReason.TECHNICAL_FAILURE: "FORM BROKE: STOP",
    EndReason.ABSOLUTE_FAILURE: "FAILED REP: STOP",
    EndReason.TARGET_REACHED: "TARGET REACHED",
    EndReason.VELOCITY_CAP: "TOO SLOW: STOP",
}


def draw(image_rgb: Image | None, pose: Pose | None, screen: Screen, *, mirror: bool) -> Image:
    """Return the window's picture.

    Parameters
    ----------
    image_rgb
        The camera's picture, upright and not mirrored; None if there is none.
    pose
        The lifter in it.
    screen
        What there is to say.
    mirror
        Show the lifter as a mirror does. Text stays as it is.

    Returns
    -------
    shape = (HEIGHT_PX, WIDTH_PX, 3)
    """
    canvas = np.full((HEIGHT_PX, WIDTH_PX, 3), INK, np.uint8)
    if image_rgb is not None:
        _place_picture(canvas, image_rgb, pose, screen, mirror)
    match screen.stage:
        case Stage.SETUP | Stage.READY:
            _draw_setup(canvas, screen)
        case Stage.SET:
            _draw_set(canvas, screen)
        case Stage.SUMMARY | Stage.DONE:
            _draw_summary(canvas, screen)
        case Stage.REST:
            _draw_rest(canvas, screen)
    if screen.problem is not None:
        _banner(canvas, "CAMERA LOST", RED, _sentence(screen.problem))
    _draw_foot(canvas, screen)
    return canvas


def _place_picture(
    canvas: Image, image_rgb: Image, pose: Pose | None, screen: Screen, mirror: bool
) -> None:
    """Scale the picture onto the canvas, beside the column of numbers if it is narrow enough."""
    height, width = image_rgb.shape[:2]
    scale = min(HEIGHT_PX / height, WIDTH_PX / width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    picture = np.asarray(cv2.resize(image_rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    if pose is not None and pose.found:
        _draw_skeleton(picture, pose.image_px[:, :2] * scale, pose, screen)
    if mirror:
        picture = np.asarray(picture[:, ::-1])
    free = WIDTH_PX - size[0]
    left = max(free // 2, min(PANEL_PX + (free - PANEL_PX) // 2, free))
    top = (HEIGHT_PX - size[1]) // 2
    canvas[top : top + size[1], left : left + size[0]] = picture


def _draw_skeleton(
    image: Image, points: np.ndarray[tuple[int, ...], np.dtype[np.float32]], pose: Pose, s: Screen
) -> None:
    """Draw the skeleton in the colour of the judgement: of the cue, else of the last rep."""
    colour = WHITE
    if s.stage is Stage.SET:
        colour = GREEN if s.last is None else STATUS_COLOUR[s.last.status]
        if s.cue is not None:
            colour = _cue_colour(s)
    seen = pose.visibility >= DRAWN_VISIBILITY
    at = np.nan_to_num(points).round().astype(int)
    drawn = [(a, b) for a, b in BONES if seen[a] and seen[b]]
    for line, width in ((INK, 9), (colour, 5)):
        for a, b in drawn:
            cv2.line(image, at[a].tolist(), at[b].tolist(), line, width, cv2.LINE_AA)
    for joint in sorted({j for bone in drawn for j in bone}):
        cv2.circle(image, at[joint].tolist(), 6, colour, -1, cv2.LINE_AA)


def _cue_colour(s: Screen) -> Colour:
    return RED if s.cue is not None and s.cue.severity is Severity.CRITICAL else AMBER


def _head(canvas: Image, s: Screen) -> int:
    """Write exercise, set and goal at the top of the column; return where it goes on."""
    drawing.panel(canvas, 0, 0, PANEL_PX, HEIGHT_PX, 0.66)
    title = s.planned.exercise.title if s.planned.exercise else "Any exercise"
    y = MARGIN_PX
    for line in drawing.wrap(title, TEXT_PX, PANEL_PX - 2 * MARGIN_PX)[:2]:
        y += TEXT_PX
        drawing.put_text(canvas, line, MARGIN_PX, y, TEXT_PX, WHITE, drawing.BOLD)
    of = f" of {s.planned.of}" if s.planned.of else ""
    for line in (
        f"set {s.planned.number}{of}",
        *drawing.wrap(s.planned.goal, SMALL_PX, PANEL_PX - 2 * MARGIN_PX),
    ):
        y += round(1.3 * SMALL_PX)
        drawing.put_text(canvas, line, MARGIN_PX, y, SMALL_PX, GREY)
    return y


def _draw_setup(canvas: Image, s: Screen) -> None:
    top = _head(canvas, s) + 56
    for finding in s.findings:
        colour = GREEN if finding.ok else RED if finding.stops else AMBER
        _mark(canvas, MARGIN_PX + 13, top - 10, colour, ok=finding.ok)
        drawing.put_text(
            canvas,
            finding.check.value,
            MARGIN_PX + 44,
            top,
            SMALL_PX,
            WHITE if finding.ok else colour,
        )
        top += 48
    wrong = sorted((f for f in s.findings if not f.ok), key=lambda f: not f.stops)
    fix = _sentence(wrong[0].text) if wrong else ""
    if s.stage is Stage.READY:
        _banner(canvas, "READY: start when you like", GREEN, fix)
    elif wrong and wrong[0].stops:
        _banner(canvas, wrong[0].check.value.upper(), RED, fix)
    elif s.findings:
        _banner(canvas, "Take your start position", BLUE, fix)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _mark(canvas: Image, x: int, y: int, colour: Colour, *, ok: bool) -> None:
    """A tick or a cross."""
    if ok:
        points = np.array([(x - 11, y), (x - 3, y + 9), (x + 12, y - 11)])
        cv2.polylines(canvas, [points], False, colour, 4, cv2.LINE_AA)
        return
    for dx in (-10, 10):
        cv2.line(canvas, (x - dx, y - 10), (x + dx, y + 10), colour, 4, cv2.LINE_AA)


def _draw_set(canvas: Image, s: Screen) -> None:
    top = _head(canvas, s)
    colour = WHITE if s.over is None else END_COLOUR.get(s.over.reason, WHITE)
    number = str(s.good)
    size = HUGE_PX if len(number) < 3 else HUGE_PX * 2 // 3
    base = top + 30 + size * 3 // 4
    drawing.put_text(canvas, number, MARGIN_PX - 8, base, size, colour, drawing.BOLD)
    of = s.planned.criteria.target_reps
    told = (f"of {of} good" if of else "good reps") + (
        f", {s.count} in all" if s.count != s.good else ""
    )
    base += 48
    drawing.put_text(canvas, told, MARGIN_PX, base, TEXT_PX * 7 // 8, GREY)
    if s.last is not None:
        _draw_last(canvas, s.last, base + 62)
    _draw_meter(canvas, s)
    if s.over is not None:
        title = END_TITLE.get(s.over.reason, "SET OVER")
        _banner(canvas, title, END_COLOUR.get(s.over.reason, WHITE), s.over.explanation)
    elif s.cue is not None:
        _banner(canvas, s.cue.text.upper(), _cue_colour(s))


def _draw_last(canvas: Image, rep: Rep, top: int) -> None:
    """The last judged rep: its verdict, tempo, range of motion and speed."""
    colour = STATUS_COLOUR[rep.status]
    verdict = f"rep {rep.number}: {rep.status.value}"
    room = PANEL_PX - 2 * MARGIN_PX
    size = min(TEXT_PX, TEXT_PX * room // drawing.text_width_px(verdict, TEXT_PX, drawing.BOLD))
    drawing.put_text(canvas, verdict, MARGIN_PX, top, size, colour, drawing.BOLD)
    facts = []
    if rep.eccentric_s is not None and rep.concentric_s is not None:
        # Down, pause and up, as coaches write it.
        parts = (rep.eccentric_s, rep.pause_s or 0.0, rep.concentric_s)
        facts.append(("tempo", "-".join(f"{part:.1f}" for part in parts) + " s"))
    if rep.rom_pct is not None:
        facts.append(("range", f"{rep.rom_pct:.0f} %"))
    if rep.bar.mean_velocity_m_s is not None:
        facts.append(("speed", f"{rep.bar.mean_velocity_m_s:.2f} m/s"))
    elif rep.bar.relative_velocity is not None:
        facts.append(("speed", f"{100 * rep.bar.relative_velocity:.0f} %"))
    step = min(42, (KEYS_TOP_PX - top) // max(len(facts), 1))
    for name, value in facts:
        top += step
        drawing.put_text(canvas, name, MARGIN_PX, top, SMALL_PX, GREY)
        drawing.put_text(canvas, value, MARGIN_PX + 110, top, SMALL_PX, WHITE, drawing.BOLD)


def _draw_meter(canvas: Image, s: Screen) -> None:
    """Where in the range the lifter is, with the standard marked, and the phase in words."""
    left, right, top, bottom = WIDTH_PX - 96, WIDTH_PX - 40, 90, HEIGHT_PX - 250
    drawing.panel(canvas, left - 44, top - 66, WIDTH_PX, bottom + 24, 0.6)
    colour = PHASE_COLOUR.get(s.phase.value, GREY)
    if math.isfinite(s.fraction):
        level = round(bottom + float(np.clip(s.fraction, 0, 1)) * (top - bottom))
        cv2.rectangle(canvas, (left, level), (right, bottom), colour, -1)
    cv2.rectangle(canvas, (left, top), (right, bottom), WHITE, 2, cv2.LINE_AA)
    for standard in STANDARD:
        y = round(bottom + standard * (top - bottom))
        cv2.line(canvas, (left - 14, y), (right + 14, y), WHITE, 4, cv2.LINE_AA)
    if s.phase is not Phase.UNKNOWN:
        word = PHASE_WORD[s.phase.value]
        x = WIDTH_PX - 12 - drawing.text_width_px(word, SMALL_PX, drawing.BOLD)
        drawing.put_text(canvas, word, x, top - 26, SMALL_PX, colour, drawing.BOLD)


def _draw_summary(canvas: Image, s: Screen) -> None:
    drawing.panel(canvas, 0, 0, WIDTH_PX, HEIGHT_PX, 0.82)
    report = s.report
    y = MARGIN_PX + BIG_PX
    if report is None:
        drawing.put_text(canvas, "Done", MARGIN_PX, y, BIG_PX, WHITE, drawing.BOLD)
        return
    good = "1 good rep" if report.good_reps == 1 else f"{report.good_reps} good reps"
    attempts = "" if report.attempts == report.good_reps else f" of {report.attempts}"
    colour = END_COLOUR.get(report.end.reason, GREEN)
    drawing.put_text(canvas, good + attempts, MARGIN_PX, y, BIG_PX, colour, drawing.BOLD)
    for line in drawing.wrap(report.end.explanation, TEXT_PX, WIDTH_PX - 2 * MARGIN_PX)[:3]:
        y += round(1.25 * TEXT_PX)
        drawing.put_text(canvas, line, MARGIN_PX, y, TEXT_PX)
    y += 40
    columns = 1 if len(report.reps) <= ROWS // 2 else 2
    shown = report.reps[-ROWS:]
    rows = math.ceil(len(shown) / columns)
    for i, rep in enumerate(shown):
        left = MARGIN_PX + (i // rows) * (WIDTH_PX - MARGIN_PX) // columns
        credited = report.end.rep is None or rep.number < report.end.rep
        _draw_row(canvas, rep, left, y + 44 * (i % rows + 1), credited=credited)


def _draw_row(canvas: Image, rep: Rep, left: int, base: int, *, credited: bool) -> None:
    colour = STATUS_COLOUR[rep.status] if credited or rep.status is not RepStatus.GOOD else GREY
    drawing.put_text(canvas, f"{rep.number}", left, base, SMALL_PX, WHITE, drawing.BOLD)
    word = rep.status.value if credited else f"{rep.status.value}, not credited"
    if rep.faults and rep.status is not RepStatus.GOOD:
        worst = max(rep.faults, key=lambda f: list(Severity).index(f.severity))
        word = worst.title or word
    drawing.put_text(canvas, word, left + 50, base, SMALL_PX, colour, drawing.BOLD)
    facts = "" if rep.rom_pct is None else f"{rep.rom_pct:.0f} %"
    if rep.concentric_s is not None:
        facts += f"  {rep.concentric_s:.1f} s"
    drawing.put_text(canvas, facts, left + 400, base, SMALL_PX, GREY)


def _draw_rest(canvas: Image, s: Screen) -> None:
    drawing.panel(canvas, 0, 0, WIDTH_PX, HEIGHT_PX, 0.82)
    minutes, seconds = divmod(math.ceil(s.rest_left_s), 60)
    colour = GREEN if s.rest_left_s <= 10 else WHITE
    clock = f"{minutes}:{seconds:02d}"
    drawing.put_text(canvas, "Rest", MARGIN_PX, MARGIN_PX + TEXT_PX, TEXT_PX, GREY)
    drawing.put_text(canvas, clock, MARGIN_PX - 8, 290, HUGE_PX, colour, drawing.BOLD)
    if s.rest_s > 0:
        width = WIDTH_PX - 2 * MARGIN_PX
        done = round(width * (1 - min(s.rest_left_s / s.rest_s, 1)))
        cv2.rectangle(canvas, (MARGIN_PX, 330), (MARGIN_PX + width, 346), GREY, 1)
        cv2.rectangle(canvas, (MARGIN_PX, 330), (MARGIN_PX + done, 346), colour, -1)
    exercise = s.planned.exercise.title if s.planned.exercise else "any exercise"
    of = f" of {s.planned.of}" if s.planned.of else ""
    y = 346 + 2 * TEXT_PX
    drawing.put_text(
        canvas, f"Next: {exercise}, set {s.planned.number}{of}", MARGIN_PX, y, TEXT_PX, WHITE,
        drawing.BOLD,
    )  # fmt: skip
    y += round(1.3 * TEXT_PX)
    drawing.put_text(canvas, s.planned.goal, MARGIN_PX, y, TEXT_PX, WHITE)
    y += 20
    for line in s.feedback.lines:
        for part in drawing.wrap(line, SMALL_PX, WIDTH_PX - 2 * MARGIN_PX):
            y += round(1.35 * SMALL_PX)
            if y < HEIGHT_PX - 60:
                drawing.put_text(canvas, part, MARGIN_PX, y, SMALL_PX, GREY)


def _banner(canvas: Image, text: str, colour: Colour, sentence: str = "") -> None:
    """Write what matters now across the foot of the picture, as large as it fits.

    Parameters
    ----------
    sentence
        What there is to say about it, in smaller type below.
    """
    left, room = PANEL_PX, WIDTH_PX - PANEL_PX - 2 * MARGIN_PX
    width = drawing.text_width_px(text, BIG_PX, drawing.BOLD)
    size = max(SMALL_PX, min(BIG_PX, BIG_PX * room // max(width, 1)))
    lines = drawing.wrap(sentence, SMALL_PX, room)[:2] if sentence else []
    step = round(1.25 * SMALL_PX)
    top = HEIGHT_PX - 40 - step * len(lines) - round(1.35 * size)
    drawing.panel(canvas, left, top, WIDTH_PX, HEIGHT_PX, 0.82)
    cv2.rectangle(canvas, (left, top), (WIDTH_PX, top + 8), colour, -1)
    base = top + 10 + size
    drawing.put_text(canvas, text, left + MARGIN_PX, base, size, colour, drawing.BOLD)
    for i, line in enumerate(lines, start=1):
        drawing.put_text(canvas, line, left + MARGIN_PX, base + 8 + step * i, SMALL_PX, WHITE)


def _draw_foot(canvas: Image, s: Screen) -> None:
    keys = "space start/stop   n next   u undo   m mute   q quit"
    state = "  (muted)" if s.muted else ""
    rate = f"{s.fps:.0f} frames/s" if math.isfinite(s.fps) else ""
    size = 18
    drawing.put_text(canvas, f"{keys}{state}", MARGIN_PX, HEIGHT_PX - 12, size, GREY)
    x = WIDTH_PX - MARGIN_PX - drawing.text_width_px(rate, size)
    drawing.put_text(canvas, rate, x, HEIGHT_PX - 12, size, GREY)
