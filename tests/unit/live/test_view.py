"""The live picture: the right words and colours, for every stage and shape of camera."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lastrep.exercises import find
from lastrep.live.screen import PlannedSet, Screen, SetFeedback, Stage
from lastrep.live.view import HEIGHT_PX, KEYS_TOP_PX, PANEL_PX, WIDTH_PX, draw
from lastrep.output.drawing import AMBER, GREEN, RED, Colour, Image
from lastrep.reps.phases import Phase
from lastrep.sets.camera_setup import Check, Finding
from lastrep.sets.criteria import SetCriteria
from lastrep.sets.live.events import CueDue
from lastrep.sets.results import Bar, EndReason, SetEnd, SetReport, Severity
from lastrep.training.prescription import parse_prescription
from unit.conftest import RepsOf

WANTED = parse_prescription("3x10@60kg").sets[0]
PLANNED = PlannedSet(find("back_squat"), WANTED.criteria(), WANTED, 1, 3)
BASE = Screen(Stage.SET, PLANNED, None, fraction=0.5, phase=Phase.CONCENTRIC, good=3, count=4)
GREY_PX = np.full((720, 1280, 3), 120, np.uint8)


def pixels_of(image: Image, colour: Colour) -> int:
    return int((np.abs(image.astype(int) - colour).max(axis=2) < 12).sum())


def shown(screen: Screen, image: Image | None = GREY_PX, *, mirror: bool = False) -> Image:
    return draw(image, None, screen, mirror=mirror)


@pytest.mark.parametrize("size", [(720, 1280), (1280, 720), (480, 640), (240, 424), None])
@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_can_be_drawn_on_every_camera(
    stage: Stage, size: tuple[int, int] | None
) -> None:
    picture = None if size is None else np.full((*size, 3), 120, np.uint8)
    image = shown(replace(BASE, stage=stage), picture)
    assert image.shape == (HEIGHT_PX, WIDTH_PX, 3)
    assert image.std() > 5


def test_an_upright_picture_leaves_the_numbers_beside_it() -> None:
    image = shown(BASE, np.full((1280, 720, 3), 255, np.uint8))
    assert image[300, PANEL_PX - 20].max() < 120
    assert image[300, 700].min() == 255


def test_only_the_picture_is_mirrored() -> None:
    left_white = GREY_PX.copy()
    left_white[:, :640] = 255
    plain, mirrored = shown(BASE, left_white), shown(BASE, left_white, mirror=True)
    assert plain[400, 600, 0] > mirrored[400, 600, 0]
    # The count stays where it is, and is not turned round.
    number = np.s_[150:330, 0:200]
    assert (plain[number] > 240).sum() == pytest.approx((mirrored[number] > 240).sum(), rel=0.01)


def test_a_cue_and_an_end_take_over_the_foot_of_the_picture() -> None:
    quiet = shown(BASE)
    cue = CueDue(1.0, 4, "SQ2", "chest up", Severity.MAJOR)
    called = shown(replace(BASE, cue=cue))
    assert pixels_of(called, AMBER) > pixels_of(quiet, AMBER) + 3000
    critical = shown(replace(BASE, cue=replace(cue, severity=Severity.CRITICAL)))
    assert pixels_of(critical, RED) > 3000
    end = SetEnd(reason=EndReason.TARGET_REACHED, t_s=1.0, explanation="Target of 4 reached.")
    over = shown(replace(BASE, cue=cue, over=end))
    assert pixels_of(over, AMBER) < 100
    assert pixels_of(over, GREEN) > pixels_of(quiet, GREEN) + 3000


def test_the_last_rep_leaves_room_for_the_keys(reps_of: RepsOf) -> None:
    # The longest head there is: two lines of title, two of what is to be done.
    head = replace(BASE, planned=PlannedSet(find("deadlift"), SetCriteria()))
    bar = Bar(source="plate", mean_velocity_m_s=0.5)
    (rep,) = (rep.model_copy(update={"bar": bar}) for rep in reps_of("g"))
    told, untold = shown(replace(head, last=rep)), shown(head)
    assert (told != untold)[:KEYS_TOP_PX].any()
    np.testing.assert_array_equal(told[KEYS_TOP_PX:], untold[KEYS_TOP_PX:])


def test_the_meter_follows_the_load() -> None:
    column = np.s_[95:465, WIDTH_PX - 70]
    low = (shown(replace(BASE, fraction=0.1))[column] == GREEN).all(axis=-1).sum()
    high = (shown(replace(BASE, fraction=0.9))[column] == GREEN).all(axis=-1).sum()
    assert high - low == pytest.approx(0.8 * 380, abs=16)
    unknown = shown(replace(BASE, fraction=float("nan")))
    assert (unknown[column] == GREEN).all(axis=-1).sum() == 0


def test_what_stops_the_set_up_is_red_and_what_does_not_is_amber() -> None:
    feet = Finding(Check.FEET, False, "show your feet: move back")
    advice = shown(replace(BASE, stage=Stage.SETUP, findings=(feet,)))
    stops = shown(replace(BASE, stage=Stage.SETUP, findings=(replace(feet, stops=True),)))
    assert pixels_of(advice, RED) < 100 < pixels_of(advice, AMBER)
    assert pixels_of(stops, RED) > 3000


def test_a_lost_camera_is_told_over_everything() -> None:
    lost = shown(replace(BASE, problem="camera 0 is gone; plug it in again, nothing is lost"))
    assert pixels_of(lost, RED) > 3000


def test_a_long_set_and_a_long_advice_stay_on_the_screen(reps_of: RepsOf) -> None:
    reps = tuple(reps_of("g" * 24 + "ccp"))
    end = SetEnd(reason=EndReason.LIFTER_STOPPED, t_s=81.0, explanation="words " * 60)
    report = SetReport(
        exercise="back_squat", exercise_source="given", exercise_confidence=1.0, view="side",
        start_s=0.0, end_s=81.0, count_confidence=1.0, attempts=27, completed_reps=26,
        good_reps=24, end=end, reps=reps,
    )  # fmt: skip
    summary = shown(replace(BASE, stage=Stage.SUMMARY, report=report))
    rest = shown(
        replace(BASE, stage=Stage.REST, feedback=SetFeedback(("word " * 200,)), rest_s=90.0,
                rest_left_s=61.2)
    )  # fmt: skip
    for image in (summary, rest):
        assert image[-1].std() < 30  # nothing runs over the lower edge
