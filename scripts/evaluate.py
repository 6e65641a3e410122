"""Measure the product against labelled recordings.

    python scripts/evaluate.py counting [--corpus DIR ...] [--mode given|auto] [--json FILE]

A DIR is a landmark corpus (`labels.csv`, `clips/*.npz`), a video corpus (`LABELS.csv`, videos), or
any folder above such. Without `--mode` both are run.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from evaluation import counting
from evaluation.corpora import find_corpora

DEFAULT_CORPORA = Path(__file__).resolve().parents[1] / ".." / "shared"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("counting", help="rep counts")
    command.add_argument("--corpus", type=Path, nargs="+", action="extend", metavar="DIR")
    command.add_argument("--mode", choices=("given", "auto"))
    command.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    sets = []
    for corpus in find_corpora(options.corpus or [DEFAULT_CORPORA]):
        for mode in (options.mode,) if options.mode else ("given", "auto"):
            started_s = time.monotonic()
            outcomes = counting.evaluate(corpus, mode)
            if outcomes:
                print(counting.report(corpus, mode, outcomes, started_s), flush=True)
                sets.append(counting.document(corpus, mode, outcomes))
    if options.json:
        options.json.write_text(json.dumps({"sets": sets}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
