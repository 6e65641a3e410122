"""Where a live session goes: JSON lines, sounds, a window."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Protocol, TextIO

from lastrep.live.screen import RestBegan, RestOver, Screen, SetUpChecked, Stage, StageChanged
from lastrep.live.view import HEIGHT_PX, WIDTH_PX, draw
from lastrep.output.drawing import Image
from lastrep.output.sound import Sound, Tone
from lastrep.output.window import Window
from lastrep.pose import Pose
from lastrep.sets.live.events import (
    CueDue,
    LastRepAhead,
    RepCounted,
    RepJudged,
    SetArmed,
    SetClosed,
    SetEvent,
    SetOver,
)
from lastrep.sets.results import EndReason, RepStatus

#: What to put right in the set-up is said again at most this often.
FIX_EVERY_S = 8.0
#: Words for the ends of a set.
OVER_WORDS: dict[EndReason, str] = {
    EndReason.TECHNICAL_FAILURE: "form broke. stop",
    EndReason.ABSOLUTE_FAILURE: "stop",
    EndReason.TARGET_REACHED: "target reached",
    EndReason.VELOCITY_CAP: "too slow. stop",
}


class Outlet(Protocol):
    """Something that is told of events, shown the screen, and may take keys."""

    #: Whether somebody looks at it and can press keys.
    interactive: bool

    def tell(self, events: Sequence[SetEvent]) -> None:
        """Take note of what happened."""
        ...

    def show(self, image_rgb: Image | None, pose: Pose | None, screen: Screen) -> None:
        """Show the newest picture."""
        ...

    def pressed(self) -> list[str]:
        """Return the keys pressed since last asked."""
        ...


class _Outlet:
    interactive = False

    def tell(self, events: Sequence[SetEvent]) -> None:
        """Nothing by default."""

    def show(self, image_rgb: Image | None, pose: Pose | None, screen: Screen) -> None:
        """Nothing by default."""

    def pressed(self) -> list[str]:
        """No keys by default."""
        return []


class JsonLines(_Outlet):
    """Events as JSON, one a line, at once.

    Parameters
    ----------
    stream
        Where to.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def tell(self, events: Sequence[SetEvent]) -> None:
        """Write the events."""
        for event in events:
            self._stream.write(json.dumps(event.document()) + "\n")
        if events:
            self._stream.flush()


class WindowOutlet(_Outlet):
    """The window.

    Parameters
    ----------
    window
        Open.
    mirror
        Whether to show the lifter as a mirror does.
    """

    interactive = True

    def __init__(self, window: Window, *, mirror: bool) -> None:
        self._window, self._mirror = window, mirror

    def show(self, image_rgb: Image | None, pose: Pose | None, screen: Screen) -> None:
        """Draw and show."""
        self._window.show(draw(image_rgb, pose, screen, mirror=self._mirror))

    def pressed(self) -> list[str]:
        """Return the keys pressed."""
        return self._window.keys()


def open_window() -> Window:
    """Open a window of the view's size; raises DisplayError."""
    return Window("lastrep", WIDTH_PX, HEIGHT_PX)


class SoundOutlet(_Outlet):
    """Tones, and the cue in words."""

    def __init__(self, sound: Sound) -> None:
        self._sound = sound
        self._said_s = float("-inf")

    def tell(self, events: Sequence[SetEvent]) -> None:
        """Play the most important of what happened at once; speak the cue."""
        for event in events:
            self._tell_of_set(event)
            self._tell_of_stage(event)

    def _tell_of_set(self, event: SetEvent) -> None:
        """Say what happened in a set."""
        match event:
            case SetArmed():
                self._sound.play(Tone.READY)
            case RepCounted():
                self._sound.play(Tone.REP)
            case RepJudged(_, rep) if rep.status is not RepStatus.GOOD:
                self._sound.play(Tone.BAD_REP)
            case LastRepAhead():
                self._sound.play(Tone.LAST_REP)
                self._sound.say("last rep")
            case CueDue(text=text):
                self._sound.say(text)
            case SetOver(_, end):
                reached = end.reason is EndReason.TARGET_REACHED
                self._sound.play(Tone.SET_DONE if reached else Tone.FAILURE)
                self._sound.say(OVER_WORDS.get(end.reason, "set over"))
            case SetClosed(_, report) if report and report.end.reason not in OVER_WORDS:
                self._sound.play(Tone.SET_DONE)
            case _:
                pass

    def _tell_of_stage(self, event: SetEvent) -> None:
        """Say what is next: a rest, a set, a fix of the camera's place."""
        match event:
            case RestBegan(_, rest_s) if rest_s > 0:
                self._sound.say(f"rest {rest_s:.0f} seconds")
            case RestOver():
                self._sound.play(Tone.REST_OVER)
            case StageChanged(_, Stage.SETUP, exercise, _, goal) if exercise:
                self._sound.say(f"next: {exercise.replace('_', ' ')}, {goal}")
            case SetUpChecked(t_s, ready=False, fix=fix) if t_s - self._said_s >= FIX_EVERY_S:
                self._said_s = t_s
                self._sound.say(fix)
            case _:
                pass

    def show(self, image_rgb: Image | None, pose: Pose | None, screen: Screen) -> None:
        """Follow the mute key."""
        self._sound.muted = screen.muted
