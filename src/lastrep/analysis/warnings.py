"""What the user should know about a result: what was unsure, and what could not be seen."""

from __future__ import annotations

from collections.abc import Sequence

from lastrep.pose import PoseSequence
from lastrep.sets.camera_setup import Check, check_setup
from lastrep.sets.form.set_form import UNSEEN
from lastrep.sets.offline import JudgedSet, Refusal
from lastrep.velocity.options import may_have_plates

#: Fewer frames with a pose than this share are worth a warning.
FEW_POSES = 0.8
#: Slower sources blur fast reps.
SLOW_FPS = 20.0
#: A recognised exercise below this confidence is shown with its runner-up.
FIRM = 0.75
#: What of the camera's set-up is said after the fact; the rest is said in other words.
SET_UP = frozenset({Check.BODY, Check.FEET, Check.SIZE, Check.LEVEL})
#: Counts below this confidence are said to be unsure.
UNSURE = 0.3


def warnings_of(
    poses: PoseSequence, sets: Sequence[JudgedSet], refused: Sequence[Refusal] = ()
) -> tuple[str, ...]:
    """Return what to warn of, a sentence each.

    Parameters
    ----------
    refused
        Corrections that could not be heeded.
    """
    found = float(poses.found.mean())
    warnings = []
    if found < FEW_POSES:
        warnings.append(f"the lifter was found in only {found:.0%} of the frames")
    if poses.frame_s > 1.0 / SLOW_FPS:
        warnings.append(f"only {1 / poses.frame_s:.0f} frames a second: fast reps may be missed")
    of_set = [f"set {number}: " if len(sets) > 1 else "" for number in range(1, len(sets) + 1)]
    for prefix, one in zip(of_set, sets, strict=True):
        warnings += [prefix + text for text in _of_one(one, poses)]
    for prefix, one in zip(of_set, sets, strict=True):
        warnings += [prefix + text for text in (*one.warnings, *_odd_plate(one))]
    warnings += [refusal.text for refusal in refused]
    return tuple(warnings)


def _of_one(one: JudgedSet, poses: PoseSequence) -> list[str]:
    warnings = []
    guess = one.recognition
    if guess is not None and (one.exercise is None or guess.confidence < FIRM):
        warnings.append(
            f"the exercise is not sure: {guess.name} ({guess.confidence:.0%}) "
            f"or {guess.runner_up}; name it with -e"
        )
    if one.report.count_confidence < UNSURE:
        warnings.append(f"the count is unsure ({one.report.count_confidence:.0%})")
    during = poses.between(one.report.start_s, one.report.end_s)
    warnings += [
        f"camera: {finding.text}"
        for finding in check_setup(during, one.exercise)
        if finding.check in SET_UP and not finding.ok
    ]
    unseen = [s.title for s in one.report.standards if (s.reason or "").startswith(UNSEEN)]
    if unseen:
        warnings.append(f"not judged from this {one.report.view} view: {', '.join(unseen)}")
    if one.exercise is not None and one.report.view not in one.exercise.views.required:
        views = " or ".join(one.exercise.views.required)
        warnings.append(f"{one.exercise.title} is best seen from: {views}")
    return warnings


def _odd_plate(one: JudgedSet) -> list[str]:
    """Doubt a recognised exercise that is done without plates where one moves with the lifter."""
    if one.recognition is None or one.exercise is None or may_have_plates(one.exercise):
        return []
    if not any(rep.bar.source == "plate" for rep in one.report.reps):
        return []
    return [
        f"a plate moves with the lifter: perhaps this is no {one.exercise.title.lower()}; "
        "name the exercise with -e"
    ]
