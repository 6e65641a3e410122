"""Measure the live session: play clips as if they were the camera, in real time.

    python scripts/live_figures.py sets [--samples DIR] [--corpus DIR] [--limit N] [--model M]
    python scripts/live_figures.py lag CLIP -e EXERCISE [--minutes 10] [--model M]

`sets` compares each clip's live count and end with those of `analyze`, and tells how late counts,
cues and pictures are. `lag` plays one clip over and over and tells whether the delay grows. The
picture is drawn as for the window, and shown if there is a screen.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from evaluation.corpora import estimated
from evaluation.truth import read_truth
from lastrep.apps.live import endless_sets
from lastrep.errors import DisplayError
from lastrep.exercises import ExerciseDefinition, find
from lastrep.live.judging import judging_process
from lastrep.live.loop import Delays, Loop
from lastrep.live.outlets import Outlet, WindowOutlet, open_window
from lastrep.live.screen import Screen
from lastrep.live.session import Session
from lastrep.live.view import draw
from lastrep.output.drawing import Image
from lastrep.pose import Pose
from lastrep.pose.backends import make_subject_tracker
from lastrep.sets.criteria import SetCriteria
from lastrep.sets.live.events import CueDue, RepCounted, SetClosed, SetEvent
from lastrep.sets.offline import judge_landmarks
from lastrep.sets.results import SetReport
from lastrep.video.frames import Frame
from lastrep.video.playback import PlayedFile
from lastrep.video.reading import VideoFile

SAMPLES = Path(__file__).resolve().parents[1] / "sample_videos"
#: An event and the rep it is about are no further apart than this.
SAME_REP_S = 1.5


@dataclass(slots=True)
class Watcher:
    """Notes what is told, and when by the source's clock."""

    interactive = False
    loop: Loop | None = None
    told: list[tuple[float, SetEvent]] = field(default_factory=list)
    running: int = 0

    def tell(self, events: Sequence[SetEvent]) -> None:
        """Note events with the time at which they are told."""
        now_s = self.loop.time_s() if self.loop else 0.0
        self.told += [(now_s, event) for event in events]

    def show(self, image_rgb: Image | None, pose: Pose | None, screen: Screen) -> None:
        """Look away."""

    def pressed(self) -> list[str]:
        """Press nothing."""
        return []

    def reports(self) -> list[SetReport]:
        """Reports of the sets that were closed."""
        return [e.report for _, e in self.told if isinstance(e, SetClosed) and e.report]


class Drawn(Watcher):
    """Draws the picture and drops it, where there is no screen."""

    def show(self, image_rgb: Image | None, pose: Pose | None, screen: Screen) -> None:
        """Draw as for a window."""
        draw(image_rgb, pose, screen, mirror=True)


class Repeated(PlayedFile):
    """A clip over and over, as one endless recording."""

    def __init__(self, path: Path, for_s: float) -> None:
        super().__init__(path)
        self._path, self._for_s = path, for_s

    def _frames(self) -> Iterator[tuple[Frame, bool]]:
        offset_s = last_s = 0.0
        while offset_s < self._for_s:
            with VideoFile(self._path) as video:
                for frame in video.frames():
                    last_s = offset_s + frame.t_s
                    yield type(frame)(last_s, frame.rgb), False
            offset_s = last_s + 1 / 30


def play(source: PlayedFile, exercise: ExerciseDefinition, model: str) -> tuple[Watcher, Delays]:
    """Run a session on a source; return what was told, and the delays."""
    watcher = Watcher()
    with ExitStack() as stack:
        executor = stack.enter_context(judging_process())
        lifter = stack.enter_context(make_subject_tracker(model))
        outlets: list[Outlet] = [watcher]
        try:
            outlets.append(WindowOutlet(stack.enter_context(open_window()), mirror=True))
            outlets[-1].interactive = False
        except DisplayError:
            outlets.append(Drawn())
        sets = endless_sets(exercise, SetCriteria())
        stack.enter_context(source)
        loop = Loop(source, lifter, lambda size: Session(sets, size, executor), outlets)
        watcher.loop = loop
        loop.run()
        return watcher, loop.delays


def clips(samples: Path, corpus: Path | None, limit: int) -> Iterator[tuple[Path, str]]:
    """Yield videos with their exercise."""
    for path in sorted(samples.glob("*.mp4")):
        yield path, read_truth(path.with_suffix(".json")).exercise
    if corpus is not None:
        with (corpus / "LABELS.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        # Evenly over the list, so that every kind of exercise comes in.
        for i in np.linspace(0, len(rows) - 1, min(limit, len(rows))).round().astype(int):
            yield corpus / rows[i]["file"], rows[i]["exercise"]


class _Counted(NamedTuple):
    """What `analyze` and the live session say of a clip."""

    analyzed: int
    running: int
    final: int
    analyzed_ends: list[str]
    live_ends: list[str]

    @property
    def agree(self) -> bool:
        return self.analyzed == self.final and self.analyzed_ends == self.live_ends


def run_sets(options: argparse.Namespace) -> None:
    print(f"{'clip':28} {'analyze':>8} {'live':>5} {'final':>6}  end (analyze | live)")
    rows, counts_s, cues_s, delays_s, fps = [], [], [], [], []
    for path, name in clips(options.samples, options.corpus, options.limit):
        exercise, poses = find(name), estimated(path)
        truth = [one.report for one in judge_landmarks(poses, exercise)]
        watcher, delays = play(PlayedFile(path), exercise, options.model)
        live = watcher.reports()
        running = [_running(watcher, i) for i in range(max(len(live), 1))]
        row = _Counted(
            sum(r.attempts for r in truth),
            sum(running),
            sum(r.attempts for r in live),
            [r.end.reason.value for r in truth],
            [r.end.reason.value for r in live],
        )
        rows.append(row)
        reps = [rep for report in live for rep in report.reps]
        for told_s, event in watcher.told:
            if isinstance(event, RepCounted):
                late = [told_s - r.end_s for r in reps if abs(told_s - r.end_s) < SAME_REP_S]
                counts_s += [min(late, key=abs)] if late else []
            elif isinstance(event, CueDue):
                late = [told_s - r.end_s for r in reps if r.number == event.rep]
                cues_s += [v for v in late if abs(v) < 2 * SAME_REP_S]
        delays_s += delays.delay_s
        fps.append(len(delays.t_s) / max(delays.t_s[-1], 1e-9) if delays.t_s else 0.0)
        mark = "" if row.agree else "  <"
        print(
            f"{path.stem:28} {row.analyzed:8} {row.running:5} {row.final:6}  "
            f"{', '.join(row.analyzed_ends) or '-'} | {', '.join(row.live_ends) or '-'}{mark}",
            flush=True,
        )
    n = len(rows)
    print(f"\n{n} clips, model {options.model}, {np.median(fps):.1f} frames/s looked at (median)")
    counts = {
        "running count": [row.running for row in rows],
        "count at the end": [row.final for row in rows],
    }
    for label, found in counts.items():
        apart = np.abs(np.subtract([row.analyzed for row in rows], found))
        print(
            f"{label}: equal to analyze on {(apart == 0).mean():.0%}, within one on "
            f"{(apart <= 1).mean():.0%}"
        )
    print(f"same end reason: {sum(row.analyzed_ends == row.live_ends for row in rows)} of {n}")
    print(_late("rep counted after its end", counts_s))
    print(_late("cue after its rep's end", cues_s))
    print(_late("capture to picture", delays_s))


def _running(watcher: Watcher, index: int) -> int:
    """Reps on the screen just before the last word of hindsight on a set."""
    closed = [i for i, (_, e) in enumerate(watcher.told) if isinstance(e, SetClosed)]
    start = closed[index - 1] + 1 if index else 0
    stop = closed[index] if index < len(closed) else len(watcher.told)
    shown = [e for _, e in watcher.told[start:stop] if hasattr(e, "count")]
    # The correction that comes with the end of the source belongs to hindsight.
    if shown and not isinstance(shown[-1], RepCounted) and watcher.told[stop - 1][1] is shown[-1]:
        shown = shown[:-1]
    return shown[-1].count if shown else 0


def _late(what: str, late_s: Sequence[float]) -> str:
    if not late_s:
        return f"{what}: none"
    median, p95 = np.percentile(late_s, [50, 95])
    return f"{what}: median {1000 * median:.0f} ms, p95 {1000 * p95:.0f} ms ({len(late_s)})"


def run_lag(options: argparse.Namespace) -> None:
    source = Repeated(options.clip, 60 * options.minutes)
    _, delays = play(source, find(options.exercise), options.model)
    t_s, delay_s = np.array(delays.t_s), np.array(delays.delay_s)
    print("minute  median ms  p95 ms  frames/s")
    for minute in range(int(options.minutes)):
        inside = (t_s >= 60 * minute) & (t_s < 60 * (minute + 1))
        if inside.any():
            median, p95 = 1000 * np.percentile(delay_s[inside], [50, 95])
            print(f"{minute:6} {median:10.0f} {p95:7.0f} {inside.sum() / 60:9.1f}", flush=True)
    slope = np.polyfit(t_s / 60, 1000 * delay_s, 1)[0]
    print(
        f"trend {slope:+.2f} ms a minute; {delays.dropped} of {len(t_s) + delays.dropped} dropped"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("sets", help="counts, ends and delays against analyze")
    command.add_argument("--samples", type=Path, default=SAMPLES, metavar="DIR")
    command.add_argument("--corpus", type=Path, metavar="DIR", help="holds LABELS.csv")
    command.add_argument("--limit", type=int, default=12, help="clips of the corpus")
    command.add_argument("--model", default="full")
    command.set_defaults(run=run_sets)
    command = commands.add_parser("lag", help="does the delay grow")
    command.add_argument("clip", type=Path)
    command.add_argument("-e", "--exercise", required=True)
    command.add_argument("--minutes", type=float, default=10)
    command.add_argument("--model", default="full")
    command.set_defaults(run=run_lag)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
