"""Measure the product against labelled recordings.

    python scripts/evaluate.py counting [--corpus DIR ...] [--mode given|auto] [--json FILE]
    python scripts/evaluate.py accuracy [--clips DIR | --landmarks] [--json FILE]
                               (both: [--backend litert|mediapipe])
    python scripts/evaluate.py form [--seeds N] [--json FILE]
    python scripts/evaluate.py forms DIR [--json FILE]
    python scripts/evaluate.py training [--json FILE]
    python scripts/evaluate.py recognition [--corpus DIR ...] [--clips DIR ...] [--json FILE]
    python scripts/evaluate.py parity DIR [--models full,lite] [--json FILE]
    python scripts/evaluate.py sensitivity [--stage reps|velocity|bar|sets] [--json FILE]

A DIR is a landmark corpus (`labels.csv`, `clips/*.npz`), a video corpus (`LABELS.csv`, videos), or
any folder above such. Without `--mode` both are run.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from evaluation import accuracy, counting
from evaluation.comparing import read_clips
from evaluation.corpora import CACHE, find_corpora
from lastrep.batch.clips import VIDEO_SUFFIXES
from lastrep.pose.backends import BACKENDS, DEFAULT_BACKEND

DEFAULT_CORPORA = Path(__file__).resolve().parents[1] / ".." / "shared"
#: Stages of the algorithms whose parameters can be swept.
STAGES = ("reps", "velocity", "bar", "sets")
SAMPLES = Path(__file__).resolve().parents[1] / "sample_videos"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("counting", help="rep counts")
    command.add_argument("--corpus", type=Path, nargs="+", action="extend", metavar="DIR")
    command.add_argument("--mode", choices=("given", "auto"))
    command.add_argument("--backend", choices=BACKENDS, default=DEFAULT_BACKEND)
    command.add_argument("--json", type=Path, metavar="FILE")
    command = commands.add_parser("accuracy", help="against rendered and synthetic truth")
    command.add_argument("--clips", type=Path, metavar="DIR", help="videos with truth files")
    command.add_argument("--landmarks", action="store_true", help="synthetic landmarks only")
    command.add_argument("--backend", choices=BACKENDS, default=DEFAULT_BACKEND)
    command.add_argument("--json", type=Path, metavar="FILE")
    command = commands.add_parser("form", help="release gates of form on synthetic sets")
    command.add_argument("--seeds", type=int, default=4, metavar="N", help="sets a case")
    command.add_argument("--json", type=Path, metavar="FILE")
    command = commands.add_parser("forms", help="form verdicts on labelled recordings")
    command.add_argument("corpus", type=Path, metavar="DIR")
    command.add_argument("--json", type=Path, metavar="FILE")
    command = commands.add_parser("training", help="twelve weeks against the training rules")
    command.add_argument("--json", type=Path, metavar="FILE")
    command = commands.add_parser("recognition", help="what is named without -e")
    command.add_argument("--corpus", type=Path, nargs="+", action="extend", metavar="DIR")
    command.add_argument(
        "--clips", type=Path, nargs="+", action="extend", metavar="DIR",
        help="videos with truth files (default: the rendered suite and the samples)",
    )  # fmt: skip
    command.add_argument("--backend", choices=BACKENDS, default=DEFAULT_BACKEND)
    command.add_argument("--json", type=Path, metavar="FILE")
    command = commands.add_parser("parity", help="both backends on the same pictures")
    command.add_argument("videos", type=Path, metavar="DIR", help="searched for videos")
    command.add_argument("--models", default="full,lite", help="comma-separated")
    command.add_argument("--json", type=Path, metavar="FILE")
    command = commands.add_parser("sensitivity", help="what each algorithm parameter decides")
    command.add_argument("--stage", choices=STAGES, help="without it, all of them")
    command.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    run = {
        "counting": run_counting, "accuracy": run_accuracy, "form": run_form, "forms": run_forms,
        "training": run_training, "recognition": run_recognition, "parity": run_parity,
        "sensitivity": run_sensitivity,
    }[options.command]  # fmt: skip
    document = run(options)
    if options.json:
        options.json.write_text(json.dumps(document, indent=1) + "\n")
    return 0


def run_counting(options: argparse.Namespace) -> dict[str, object]:
    sets = []
    for corpus in find_corpora(options.corpus or [DEFAULT_CORPORA], options.backend):
        for mode in (options.mode,) if options.mode else ("given", "auto"):
            started_s = time.monotonic()
            outcomes = counting.evaluate(corpus, mode)
            if outcomes:
                print(counting.report(corpus, mode, outcomes, started_s), flush=True)
                sets.append(counting.document(corpus, mode, outcomes))
    return {"sets": sets}


def run_form(options: argparse.Namespace) -> dict[str, object]:
    from evaluation import form

    result = form.evaluate(options.seeds, say=lambda line: print(line, flush=True))
    print(f"\n{form.table(result, details=False)}")
    return {"rows": [asdict(row) for row in result.rows], "passed": result.passed}


def run_forms(options: argparse.Namespace) -> dict[str, object]:
    from evaluation import forms

    print("\n".join(forms.frame_tables(options.corpus)), flush=True)
    results = forms.evaluate(options.corpus)
    print(forms.report(results))
    return {"clips": [asdict(one) for one in results]}


def run_training(options: argparse.Namespace) -> dict[str, object]:
    from evaluation import training
    from evaluation.season import season

    outcome = training.evaluate(season())
    tables = training.tables(outcome)
    for table in tables:
        print(table, flush=True)
    return {"wrong": outcome.wrong, "tables": [table.document() for table in tables]}


def run_recognition(options: argparse.Namespace) -> dict[str, object]:
    from evaluation import recognition

    folders = options.corpus or [DEFAULT_CORPORA]
    results = [
        recognition.evaluate(one)
        for one in chain(
            *(recognition.of_corpus(c) for c in find_corpora(folders, options.backend)),
            *(recognition.of_forms(folder) for folder in folders),
            *(
                recognition.of_rendered(folder, options.backend)
                for folder in options.clips or [rendered_suite(), SAMPLES]
            ),
        )
    ]
    tables = list(recognition.tables(results))
    print("\n".join([*map(str, tables), *recognition.not_right(results)]), flush=True)
    return {"tables": [t.document() for t in tables], "clips": [asdict(one) for one in results]}


def run_parity(options: argparse.Namespace) -> dict[str, object]:
    from evaluation import parity

    videos = sorted(
        path for path in options.videos.rglob("*") if path.suffix.lower() in VIDEO_SUFFIXES
    )
    results = [one for model in options.models.split(",") for one in parity.compare(videos, model)]
    print(parity.table(results), flush=True)
    return {"clips": [asdict(one) for one in results]}


def run_sensitivity(options: argparse.Namespace) -> dict[str, object]:
    from evaluation import sensitivity

    stages = [options.stage] if options.stage else STAGES
    return {
        stage: sensitivity.report(stage, say=lambda line: print(line, flush=True))
        for stage in stages
    }


def run_accuracy(options: argparse.Namespace) -> dict[str, object]:
    if options.landmarks:
        from evaluation.landmark_suite import compare_suite

        clips = compare_suite()
    else:
        clips = list(read_clips(options.clips or rendered_suite(), options.backend))
    tables = accuracy.tables(clips)
    for table in tables:
        print(table, flush=True)
    return {"tables": [table.document() for table in tables]}


def rendered_suite() -> Path:
    """Return the folder of the rendered suite, rendering what is missing."""
    from lifters import suite

    return suite.render_missing(CACHE.parent / "suite")


if __name__ == "__main__":
    sys.exit(main())
