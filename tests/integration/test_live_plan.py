"""A planned session of three sets in front of three clips: verdicts, rests, advice, history.

Every other frame is looked at, each when it is asked for, and judged before the next: as fast as
the computer is, and the same on every computer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from integration.samples import SAMPLES
from lastrep.apps.live import live
from lastrep.live import judging
from lastrep.sets.live.background import Inline
from lastrep.sets.results import EndReason
from lastrep.training.history import History
from lastrep.training.record import SetRecord
from lastrep.video import playback
from lastrep.video.live_source import Captured, clock
from lastrep.video.playback import PlayedFile

CLIPS = [
    SAMPLES / f"squat_{name}.mp4" for name in ("clean", "technical_failure", "walkout_partial")
]


class Asked(PlayedFile):
    """Hands out every other frame when it is asked for one."""

    def _capture(self) -> None:
        self._waiting = self._every_other()
        self._stop.wait()

    def _every_other(self) -> Iterator[Captured]:
        begins = False
        for index, (frame, first) in enumerate(self._frames()):
            begins |= first
            if index % 2 == 0:
                yield Captured(frame, clock(), 0, begins)
                begins = False

    def read(self, timeout_s: float) -> Captured | None:
        """Return the next frame but one; None at the end."""
        captured = next(self._waiting, None)
        self.ended = captured is None
        return captured


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict], tuple[SetRecord, ...]]:
    """The events of the session, and the history it leaves."""
    tmp = tmp_path_factory.mktemp("plan")
    with pytest.MonkeyPatch.context() as patch, (tmp / "events").open("w") as events:
        patch.setattr(playback, "PlayedFile", Asked)
        patch.setattr(judging, "judging_process", lambda: nullcontext(Inline()))
        patch.setattr("sys.stdout", events)
        patch.setenv("LASTREP_HISTORY", str(tmp / "h.sqlite3"))
        patch.setenv("LASTREP_SETTINGS", str(tmp / "s.toml"))
        live(
            "squat", plan="3xAMRAP@80kg", source=CLIPS, headless=True, mute=True,
            athlete="anna", out=tmp / "out", formats="json",
        )  # fmt: skip
    with History(tmp / "h.sqlite3") as history:
        records = history.sets()
    return [json.loads(line) for line in (tmp / "events").read_text().splitlines()], records


def test_each_clip_is_a_set_of_the_plan_and_judged(
    session: tuple[list[dict], tuple[SetRecord, ...]],
) -> None:
    events, _ = session
    closed = [event["report"] for event in events if event["event"] == "set_closed"]
    assert [(one["attempts"], one["end"]["reason"]) for one in closed] == [
        (5, "video_end"),
        (7, "technical_failure"),
        (4, "lifter_stopped"),
    ]
    # The half squat that ends the third is seen surely by its bar only, which live does not follow.
    assert [one["good_reps"] for one in closed[:2]] == [5, 4]
    assert closed[1]["end"]["rep"] == 5
    started = [e["set_number"] for e in events if e["event"] == "stage_changed"]
    assert sorted(set(started)) == [1, 2, 3]
    assert events[-1]["event"] == "session_over"


def test_rest_and_advice_follow_each_set_but_the_last(
    session: tuple[list[dict], tuple[SetRecord, ...]],
) -> None:
    events, _ = session
    rests = [
        (event["rest_s"], event["advice"]) for event in events if event["event"] == "rest_began"
    ]
    assert [rest_s for rest_s, _ in rests] == [150, 180]  # half a minute more after failure
    assert rests[0][1] == "5 good reps; no number of reps was intended."
    assert rests[1][1].endswith("This was your technical 4RM.")


def test_the_history_holds_the_three_sets(
    session: tuple[list[dict], tuple[SetRecord, ...]],
) -> None:
    _, records = session
    assert [(one.attempts, one.end_reason) for one in records] == [
        (5, EndReason.VIDEO_END),
        (7, EndReason.TECHNICAL_FAILURE),
        (4, EndReason.LIFTER_STOPPED),
    ]
    assert {(r.athlete, r.exercise, r.load_kg) for r in records} == {("anna", "back_squat", 80.0)}
    assert [str(one.declared.prescription) for one in records] == ["1xAMRAP@80kg"] * 3
    # The clips do not show how long the rests were.
    assert [one.declared.rest_before_s for one in records] == [None] * 3
