"""Time lastrep against the loop that one would write otherwise, side by side.

    python scripts/benchmark.py VIDEO... [--models full,lite] [--pairs 5] [--seconds 20]
    python scripts/benchmark.py VIDEO --growth 1,5,20      # minutes of one clip, looped
    python scripts/benchmark.py VIDEO --heights 360,720,1080,2160
    python scripts/benchmark.py VIDEO --people 1,2,3       # copies of the picture side by side

The loop is ``cv2.VideoCapture.read``, RGB, MediaPipe's ``PoseLandmarker.detect_for_video``, with
the model as Google publishes it: ``build_models.py --stock --out DIR`` builds it, ``--stock DIR``
names it. Without, MediaPipe runs lastrep's slim model, which the table says.

Every run is a process of its own, so that start-up counts. All arrangements are run in turn, again
and again, and each is compared with the loop of its own round: what else the machine does hits all
alike. Clips shorter than ``--seconds`` are looped.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarking import clips, loops
from lastrep.pose.backends import BACKENDS
from lastrep.pose.models import bundle_name, find_model

SCRIPT = Path(__file__).resolve()
LOOP = "stock loop"


@dataclass(frozen=True, slots=True)
class Run:
    """One process.

    Parameters
    ----------
    wall_s, cpu_s
        From start to end; of all its threads.
    peak_mb
        Largest resident memory.
    first_s
        From start to the first pose; NaN if it does not say.
    said
        The JSON document that it printed, if any.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    first_s: float
    said: dict[str, float]


def timed(command: list[str]) -> Run:
    """Run a command to its end."""
    start_s = time.perf_counter()
    with tempfile.TemporaryFile() as out, subprocess.Popen(command, stdout=out) as process:
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - start_s
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    if process.returncode:
        sys.exit(f"failed: {' '.join(command)}")
    document = json.loads(said) if said.startswith(b'{"loop"') else {}
    first_s = document["first_s"] - start_s if document else math.nan
    cpu_s = used.ru_utime + used.ru_stime
    return Run(wall_s, cpu_s, used.ru_maxrss / 1024, first_s, document)


def commands(clip: Path, model: str, stock: Path | None, work: Path) -> dict[str, list[str]]:
    """Return what is run, by name; the stock loop first."""
    bundle = stock / bundle_name(model) if stock else find_model(model)
    lastrep = [sys.executable, "-m", "lastrep"]
    own = [sys.executable, str(SCRIPT), "--child"]
    runs = {LOOP: [*own, "stock", str(clip), str(bundle)]}
    for backend in BACKENDS:
        chosen = ["--model", model, "--backend", backend]
        runs[f"analyze, {backend}"] = [*lastrep, "analyze", str(clip), *chosen, "--json"]
        runs[f"landmarks, {backend}"] = [*own, "landmarks", str(clip), model, backend]
    runs["analyze and video"] = [
        *(*lastrep, "analyze", str(clip), "--model", model),
        *("--format", "video", "--out", str(work / "out")),
    ]
    if _has_live():
        runs["live"] = [
            *lastrep, "live", "--source", str(clip), "--model", model, "--headless", "--mute"
        ]  # fmt: skip
    return runs


def _has_live() -> bool:
    asked = subprocess.run([sys.executable, "-m", "lastrep", "live", "--help"], capture_output=True)
    return asked.returncode == 0


def compare(
    clip: Path, model: str, options: argparse.Namespace, work: Path
) -> dict[str, list[Run]]:
    """Run everything in turn, so many times."""
    runs: dict[str, list[Run]] = defaultdict(list)
    chosen = {
        name: command
        for name, command in commands(clip, model, options.stock, work).items()
        if name == LOOP or options.only in name
    }
    for _ in range(options.pairs):
        for name, command in chosen.items():
            runs[name].append(timed(command))
    return runs


def ratio(runs: dict[str, list[Run]], name: str) -> float:
    """Return the median ratio of the wall time to that of the stock loop in the same round."""
    pairs = zip(runs[name], runs[LOOP], strict=True)
    return median(one.wall_s / loop.wall_s for one, loop in pairs)


HEAD = (
    "clip",
    "model",
    "arrangement",
    "wall s",
    "frames/s",
    "ratio",
    "first s",
    "in model",
    "cpu s",
    "MB",
)


def rows(name: str, model: str, runs: dict[str, list[Run]]) -> Iterable[tuple[str, ...]]:
    """Yield a row to each arrangement."""
    frames = runs[LOOP][0].said["frames"]
    for arrangement, done in runs.items():
        wall_s = median(run.wall_s for run in done)
        shares = [run.said["model_s"] / run.said["wall_s"] for run in done if run.said]
        yield (
            name,
            model,
            arrangement,
            f"{wall_s:.1f}",
            f"{frames / wall_s:.0f}",
            f"{ratio(runs, arrangement):.2f}",
            f"{median(run.first_s for run in done):.2f}" if shares else "",
            f"{median(shares):.0%}" if shares else "",
            f"{median(run.cpu_s for run in done):.1f}",
            f"{max(run.peak_mb for run in done):.0f}",
        )


def cases(options: argparse.Namespace, work: Path) -> Iterable[tuple[str, Path]]:
    """Yield the clips to run, by name."""
    for video in options.videos:
        if options.growth:
            for minutes in options.growth:
                yield f"{minutes} min", clips.looped(video, 60 * minutes, work)
        elif options.heights:
            for height_px in options.heights:
                yield f"{height_px}p", clips.scaled(video, height_px, options.seconds, work)
        elif options.people:
            for people in options.people:
                yield f"{people} people", clips.crowded(video, people, options.seconds, work)
        else:
            yield video.name, clips.looped(video, options.seconds, work)


def show(cells: tuple[str, ...]) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


def numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(loops.RUNS[sys.argv[2]](*sys.argv[3:])))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("videos", type=Path, nargs="+", metavar="VIDEO")
    parser.add_argument("--models", default="full", help="comma-separated")
    parser.add_argument("--pairs", type=int, default=5, help="rounds")
    parser.add_argument("--seconds", type=int, default=20, help="least length of a clip")
    parser.add_argument("--stock", type=Path, metavar="DIR", help="folder of the stock models")
    parser.add_argument("--only", default="", help="arrangements whose name holds this")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--growth", type=numbers, metavar="MINUTES,...")
    kind.add_argument("--heights", type=numbers, metavar="PX,...")
    kind.add_argument("--people", type=numbers, metavar="N,...")
    options = parser.parse_args()
    if options.stock is None:
        print("The stock loop runs lastrep's slim model: --stock names no folder.\n")
    show(HEAD)
    show(tuple("---" for _ in HEAD))
    ratios = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for name, clip in cases(options, Path(folder)):
            for model in options.models.split(","):
                runs = compare(clip, model, options, Path(folder))
                for row in rows(name, model, runs):
                    show(row)
                for arrangement in runs:
                    ratios[model, arrangement].append(ratio(runs, arrangement))
    print()
    for (model, arrangement), every in ratios.items():
        print(f"{model}, {arrangement}: median ratio {median(every):.2f} over {len(every)} clips")


if __name__ == "__main__":
    main()
