"""The loop of a live session: newest frame, pose, session, outlets; never behind the camera."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from lastrep.live.outlets import Outlet
from lastrep.live.screen import Screen, Stage
from lastrep.live.session import Session
from lastrep.pose import Pose
from lastrep.pose.subject.tracker import SubjectTracker
from lastrep.sets.live.events import SetEvent
from lastrep.video.live_source import Captured, Clock, LiveSource, clock
from lastrep.video.orientation import Image

#: Keys are looked at, and the rest counts down, at least this often.
TICK_S = 0.1
#: Without a frame for so long something is wrong with the camera.
NO_FRAME_S = 2.0
#: The last summary stays up for so long, or until a key is pressed.
LINGER_S = 60.0


@dataclass(frozen=True, slots=True)
class SourceLost(SetEvent):
    """The camera delivers nothing; what was counted so far is kept."""

    problem: str


@dataclass(frozen=True, slots=True)
class SourceBack(SetEvent):
    """The camera delivers again."""


@dataclass(frozen=True, slots=True)
class SessionOver(SetEvent):
    """The end, with how well the computer kept up.

    Parameters
    ----------
    frames, dropped
        Looked at, and passed over because a newer one was there.
    delay_median_ms, delay_p95_ms
        From capture until shown (or told).
    """

    frames: int
    dropped: int
    delay_median_ms: float
    delay_p95_ms: float


@dataclass(slots=True)
class Delays:
    """From capture until shown, frame by frame.

    Parameters
    ----------
    t_s, delay_s
        Time of each frame, and its delay.
    dropped
        Frames passed over.
    """

    t_s: list[float] = field(default_factory=list)
    delay_s: list[float] = field(default_factory=list)
    dropped: int = 0

    def over(self, t_s: float) -> SessionOver:
        """Return the session's last event."""
        median, p95 = np.percentile(self.delay_s or [0.0], [50, 95]) * 1000
        return SessionOver(t_s, len(self.t_s), self.dropped, float(median), float(p95))


#: Is given each frame that is looked at, in order, with what the screen says.
FrameHook = Callable[[Captured, Screen], None]


class Loop:
    """Runs a session on a source.

    Parameters
    ----------
    source
        Entered already.
    lifter
        Finds the lifter in a frame.
    begin
        Makes the session, once the size of the pictures is known.
    outlets
        Where everything goes.
    frame_hook
        Is given each frame, for recording.
    now
        The clock that the source stamps by.
    """

    def __init__(
        self,
        source: LiveSource,
        lifter: SubjectTracker,
        begin: Callable[[tuple[int, int]], Session],
        outlets: Sequence[Outlet],
        *,
        frame_hook: FrameHook = lambda captured, screen: None,
        now: Clock = clock,
    ) -> None:
        self.delays = Delays()
        self.session: Session | None = None
        self._source, self._lifter, self._begin = source, lifter, begin
        self._outlets, self._frame_hook, self._now = outlets, frame_hook, now
        self._last: Captured | None = None
        self._lost = self._quit = False

    def run(self) -> None:
        """Run until the plan is done, the source has ended, or the user quits.

        Raises
        ------
        VideoError
            If the source never delivered.
        """
        try:
            while not self._over():
                captured = self._source.read(TICK_S)
                if captured is not None:
                    self._look(captured)
                elif self._source.ended:
                    break
                else:
                    self._wait()
                if self._keys():
                    break
        except KeyboardInterrupt:
            self._quit = True
        self.finish()

    def finish(self) -> None:
        """End the session properly, whatever stopped it."""
        t_s = self.time_s()
        if self.session is not None:
            self._tell(self.session.finish(t_s, stopped=self._quit))
        self._tell((self.delays.over(t_s),))
        self._linger()

    def _linger(self) -> None:
        """Leave the last summary up until a key is pressed, where there is somebody to press it."""
        if self.session is None or self.session.screen.report is None or self._quit:
            return
        until_s = self._now() + LINGER_S
        while any(o.interactive for o in self._outlets) and self._now() < until_s:
            self._show(self._last.frame.rgb if self._last else None, None)
            if any(outlet.pressed() for outlet in self._outlets):
                return
            time.sleep(TICK_S)

    def _over(self) -> bool:
        return self.session is not None and self.session.screen.stage is Stage.DONE

    def _look(self, captured: Captured) -> None:
        image = captured.frame.rgb
        if self.session is None:
            self.session = self._begin((image.shape[1], image.shape[0]))
        elif captured.begins:
            size_px = image.shape[1], image.shape[0]
            self._tell(self.session.next_recording(captured.frame.t_s, size_px))
        pose = self._lifter.update(captured.frame)
        self._last = captured
        self.delays.dropped += captured.dropped
        self._frame_hook(captured, self.session.screen)
        if self._lost:
            self._lost = False
            self.session.trouble(None)
            self._tell((SourceBack(pose.t_s),))
        self._tell(self.session.update(pose))
        self._show(image, pose)
        self.delays.t_s.append(pose.t_s)
        self.delays.delay_s.append(self._now() - captured.captured_s)

    def _wait(self) -> None:
        """Let time pass without a frame."""
        if self.session is None or self._last is None:
            return
        t_s = self.time_s()
        self._tell(self.session.tick(t_s))
        silent_s = self._now() - self._last.captured_s
        if not self._lost and (self._source.problem or silent_s >= NO_FRAME_S):
            self._lost = True
            usual = f"{self._source.name} gives no picture; check its cable, nothing is lost"
            problem = self._source.problem or usual
            self.session.trouble(problem)
            self._tell((SourceLost(t_s, problem),))
        self._show(self._last.frame.rgb, None)

    def time_s(self) -> float:
        """Return the time by the source's clock, carried on between its frames."""
        if self._last is None:
            return 0.0
        return self._last.frame.t_s + self._now() - self._last.captured_s

    def _keys(self) -> bool:
        """Do what the keys say; return whether to quit."""
        for key in (key for outlet in self._outlets for key in outlet.pressed()):
            if key == "q":
                self._quit = True
                return True
            if self.session is None:
                continue
            t_s = self.time_s()
            if key == "space":
                self._tell(self.session.space(t_s))
            elif key == "n":
                self._tell(self.session.next_set(t_s))
            elif key == "u":
                self._tell(self.session.undo())
            elif key == "m":
                self.session.mute()
        return False

    def _tell(self, events: Sequence[SetEvent]) -> None:
        for outlet in self._outlets:
            outlet.tell(events)

    def _show(self, image: Image | None, pose: Pose | None) -> None:
        assert self.session is not None
        for outlet in self._outlets:
            outlet.show(image, pose, self.session.screen)
