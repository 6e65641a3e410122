"""How well reps are counted: the product's own engine against labelled clips."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.corpora import Clip, Corpus
from lastrep.errors import ExerciseError
from lastrep.exercises import catalogue, find
from lastrep.pose.sequence import PoseSequence
from lastrep.reps.segmentation import segment

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found in one clip."""

    clip: Clip
    found: int
    confidence: float
    overlap: float
    signal: str

    @property
    def error(self) -> int:
        """Reps too many (+) or too few (-), against the nearest accepted count."""
        low, high = self.clip.count_range
        return self.found - min(max(self.found, low), high)


@dataclass(frozen=True, slots=True)
class Found:
    """The engine's answer."""

    reps_s: Array
    confidence: float
    signal: str


def analyse(poses: PoseSequence, exercise: str | None) -> Found:
    """Run the engine as the product does. An unknown exercise name counts as not given."""
    try:
        definition = None if exercise is None else find(exercise)
    except ExerciseError:
        definition = None
    result = segment(poses, definition, exercises=tuple(catalogue().values()))
    spans = np.array([(rep.start_s, rep.end_s) for rep in result.reps]).reshape(-1, 2)
    return Found(spans, result.confidence, result.signal)


def evaluate(corpus: Corpus, mode: str) -> list[Outcome]:
    """Count every clip of a corpus."""
    outcomes = []
    for clip in corpus.clips():
        found = analyse(clip.load(), clip.exercise if mode == "given" else None)
        overlap = mean_overlap(found.reps_s, clip.bounds_s)
        outcomes.append(Outcome(clip, len(found.reps_s), found.confidence, overlap, found.signal))
    return outcomes


def mean_overlap(found_s: Array, bounds_s: Array | None) -> float:
    """Mean intersection over union of labelled and best found reps; misses and extras count 0."""
    if bounds_s is None:
        return float("nan")
    total = 0.0
    for start, end in bounds_s:
        shared = np.minimum(found_s[:, 1], end) - np.maximum(found_s[:, 0], start)
        union = np.maximum(found_s[:, 1], end) - np.minimum(found_s[:, 0], start)
        total += max(np.max(shared / union, initial=0.0), 0.0)
    return total / max(len(bounds_s), len(found_s))


def figures(outcomes: list[Outcome]) -> dict[str, float]:
    """MAE, share within one, share exact, of the labelled counts (or accepted ranges)."""
    error = np.array([abs(o.error) for o in outcomes], np.float64)
    count = np.array([o.clip.count for o in outcomes], np.float64)
    return {
        "clips": len(outcomes),
        "mae": float(np.mean(error / np.maximum(count, 1))),
        "obo": float(np.mean(error <= 1)),
        "exact": float(np.mean(error == 0)),
    }


def document(corpus: Corpus, mode: str, outcomes: list[Outcome]) -> dict[str, Any]:
    """One entry of the JSON report."""
    exercises = sorted({o.clip.exercise for o in outcomes})
    return {
        "corpus": corpus.name,
        "mode": mode,
        **figures(outcomes),
        "by_exercise": {
            e: figures([o for o in outcomes if o.clip.exercise == e]) for e in exercises
        },
        "wrong": [
            {"clip": o.clip.name, "found": o.found, "true": o.clip.count}
            for o in outcomes
            if o.error
        ],
    }


def report(corpus: Corpus, mode: str, outcomes: list[Outcome], started_s: float) -> str:
    """Return the table of one corpus as text."""
    lines = [f"\n{corpus.name}, exercise {mode} ({time.monotonic() - started_s:.0f} s)"]

    def line(label: str, some: list[Outcome]) -> None:
        if some:
            f = figures(some)
            overlap = [o.overlap for o in some if np.isfinite(o.overlap)]
            right = [o.overlap for o in some if np.isfinite(o.overlap) and o.found == o.clip.count]
            tail = f"  IoU {np.mean(overlap):.2f}" if overlap else ""
            tail += f", counted right {np.mean(right):.2f}" if right else ""
            lines.append(
                f"  {label:24s} {f['clips']:3.0f} clips  MAE {f['mae']:.3f}  OBO {f['obo']:.3f}"
                f"  exact {f['exact']:.3f}{tail}"
            )

    line("all", outcomes)
    if any(o.clip.count == 0 for o in outcomes):
        line("without labelled 0", [o for o in outcomes if o.clip.count])
    if any(o.clip.ambiguous for o in outcomes):
        line("clear labels", [o for o in outcomes if not o.clip.ambiguous])
        line("ambiguous (ranges)", [o for o in outcomes if o.clip.ambiguous])
    line("half A", outcomes[0::2])
    line("half B", outcomes[1::2])
    exercises = sorted({o.clip.exercise for o in outcomes})
    for exercise in exercises:
        line(f"  {exercise}", [o for o in outcomes if o.clip.exercise == exercise])
    if len(exercises) > 1:
        without = [figures([o for o in outcomes if o.clip.exercise != e]) for e in exercises]
        lines.append(
            "  leaving out one exercise: MAE {:.3f}..{:.3f}, OBO {:.3f}..{:.3f}".format(
                *(f([w[k] for w in without]) for k in ("mae", "obo") for f in (min, max))
            )
        )
    for o in outcomes:
        if o.error:
            lines.append(
                f"    {'!!' if abs(o.error) > 1 else '  '} {o.clip.name} {o.clip.exercise}:"
                f" found {o.found}, true {o.clip.count}"
                f" (confidence {o.confidence:.2f}, by {o.signal or '-'})"
            )
    return "\n".join(lines)
