"""What `-e auto` names: true family against named family, and whether its confidence is honest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from evaluation import forms
from evaluation.corpora import Corpus, poses_file
from evaluation.tables import Table, mean
from evaluation.truth import read_truth
from lastrep.errors import ExerciseError
from lastrep.exercises import ExerciseDefinition, catalogue, find
from lastrep.pose.pose_file import load_poses
from lastrep.pose.sequence import PoseSequence
from lastrep.reps.segmentation import SetSpan, segment

#: Columns of what was not named.
UNKNOWN, NOTHING = "unknown", "no reps"
#: Borders of the confidence bands.
BANDS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording whose exercise is known."""

    corpus: str
    name: str
    exercise: str
    load: Callable[[], PoseSequence]


@dataclass(frozen=True, slots=True)
class Named:
    """What was made of a recording.

    Parameters
    ----------
    family
        The true one.
    named
        Family that the set was counted as, or `UNKNOWN`, or `NOTHING`.
    guess, runner_up
        Families that fit best and next, named or not; empty if nothing was found.
    exact
        Whether the exercise itself was named, not only one of its family.
    stranger_named
        Whether anything was named once its family was taken out of the catalogue.
    """

    corpus: str
    clip: str
    family: str
    named: str
    guess: str
    runner_up: str
    confidence: float
    exact: bool
    stranger_named: bool


def of_corpus(corpus: Corpus) -> Iterator[Recording]:
    """Yield the recordings of a corpus of counts whose exercise the catalogue knows."""
    for clip in corpus.clips():
        try:
            exercise = find(clip.exercise).name
        except ExerciseError:
            continue
        yield Recording(corpus.name, clip.name, exercise, clip.load)


def of_forms(folder: Path) -> Iterator[Recording]:
    """Yield the recordings of the corpora of labelled form in a folder, where there are any."""
    for clip in forms.labelled(folder):
        yield Recording(
            clip.corpus,
            clip.name,
            clip.exercise,
            lambda poses=clip.poses: poses,  # type: ignore[misc]
        )


def of_rendered(folder: Path, backend: str) -> Iterator[Recording]:
    """Yield the videos of a folder that have a truth file beside them."""
    for path in sorted(folder.glob("[!.]*.json")):
        video = path.with_suffix(".mp4")
        if video.is_file():
            yield Recording(
                folder.name,
                path.stem,
                read_truth(path).exercise,
                lambda video=video: load_poses(poses_file(video, backend)),  # type: ignore[misc]
            )


def evaluate(recording: Recording) -> Named:
    """Name one recording as `lastrep analyze` does; of several sets the longest counts."""
    truth = find(recording.exercise)
    every = tuple(catalogue().values())
    poses = recording.load()
    longest = _longest(poses, every)
    stranger = _longest(poses, tuple(e for e in every if e.family != truth.family))
    stranger_named = stranger is not None and stranger.exercise is not None
    if longest is None or longest.recognition is None:
        return Named(
            recording.corpus, recording.name, truth.family, NOTHING, "", "", float("nan"),
            exact=False, stranger_named=stranger_named,
        )  # fmt: skip
    guess = longest.recognition
    return Named(
        corpus=recording.corpus,
        clip=recording.name,
        family=truth.family,
        named=UNKNOWN if longest.exercise is None else longest.exercise.family,
        guess=find(guess.name).family,
        runner_up=find(guess.runner_up).family,
        confidence=guess.confidence,
        exact=longest.exercise is not None and longest.exercise.name == truth.name,
        stranger_named=stranger_named,
    )


def _longest(poses: PoseSequence, exercises: tuple[ExerciseDefinition, ...]) -> SetSpan | None:
    found = segment(poses, exercises=exercises).sets
    return max(found, key=lambda one: len(one.reps), default=None)


def tables(results: Sequence[Named]) -> Iterator[Table]:
    """Yield the summary, one confusion matrix a corpus and over all, and the calibration."""
    corpora = list(dict.fromkeys(r.corpus for r in results))
    groups = {name: [r for r in results if r.corpus == name] for name in corpora}
    if len(corpora) > 1:
        groups["all"] = list(results)
    summary = Table(
        "families named",
        (
            "corpus",
            "clips",
            "right",
            "unknown",
            "wrong",
            "no reps",
            "right share",
            "exercise too",
            "stranger named",
        ),
    )
    for name, some in groups.items():
        right = [r for r in some if r.named == r.family]
        silent = Counter(r.named for r in some)
        summary.add(
            name, len(some), len(right), silent[UNKNOWN],
            len(some) - len(right) - silent[UNKNOWN] - silent[NOTHING], silent[NOTHING],
            len(right) / len(some), mean([r.exact for r in right]),
            mean([r.stranger_named for r in some]),
        )  # fmt: skip
    yield summary
    for name, some in groups.items():
        yield _confusion(name, some)
    for name, some in groups.items():
        yield _calibration(name, some)


def _confusion(title: str, some: Sequence[Named]) -> Table:
    families = sorted({r.family for r in some})
    extra = sorted({r.named for r in some} - {*families, UNKNOWN, NOTHING})
    columns = (*families, *extra, UNKNOWN, NOTHING)
    table = Table(f"{title}: true family (rows) against named family", ("family", *columns))
    for family in families:
        named = Counter(r.named for r in some if r.family == family)
        table.add(family, *(named[c] or "." for c in columns))
    return table


def _calibration(title: str, some: Sequence[Named]) -> Table:
    """How often the best fitting family is right, by what was said of it."""
    table = Table(
        f"{title}: confidence against truth",
        ("said", "clips", "mean said", "best right", "best or runner-up right"),
    )
    for low, high in pairwise(BANDS):
        band = [
            r for r in some if low <= r.confidence < high or (high == 1.0 and r.confidence == 1.0)
        ]
        if band:
            table.add(
                f"{low:.2f} to {high:.2f}",
                len(band),
                mean([r.confidence for r in band]),
                mean([r.guess == r.family for r in band]),
                mean([r.family in (r.guess, r.runner_up) for r in band]),
            )
    return table


def not_right(results: Sequence[Named]) -> list[str]:
    """Return a line for each clip whose family was not named, or named wrong."""
    return [
        f"{'!!' if r.named not in (UNKNOWN, NOTHING) else '  '} {r.corpus}/{r.clip} {r.family}:"
        f" {r.named} ({r.guess} {r.confidence:.2f}, or {r.runner_up})"
        for r in results
        if r.named != r.family
    ]
