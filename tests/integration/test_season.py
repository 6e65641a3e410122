"""Weeks of recorded landmarks through `lastrep batch`: what is said is what the rules call for."""

from __future__ import annotations

import pytest

from evaluation.season import season
from evaluation.training import Outcome, evaluate, tables


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """The squats of the weeks in which a lifter tires out: 42 sets."""
    return evaluate(season(("back_squat",), range(6, 12)))


def test_all_that_is_said_was_due_after_what_was_seen(outcome: Outcome) -> None:
    assert outcome.wrong == 0, "\n".join(map(str, tables(outcome)))


def test_sets_are_seen_and_advised_as_they_were(outcome: Outcome) -> None:
    seen = [row.seen.word == row.lifted.word for row in outcome.rows]
    assert sum(seen) >= 0.9 * len(seen)
    # Every kind of advice comes up.
    said = {row.said.advice.partition(" ")[0] for row in outcome.rows}
    assert said == {"Load", "Rest", "Change"}


def test_tiring_out_is_noticed_in_the_week_it_shows(outcome: Outcome) -> None:
    said = {(on.isoformat(), kind) for on, kind, _ in outcome.said.said}
    assert said >= {
        ("2026-03-16", "fewer_reps"),
        ("2026-03-16", "earlier_failure"),
        ("2026-03-16", "deload"),
    }
    assert sum(kind == "deload" for _, kind in said) == 1
    lights = [outcome.said.lights[week] for week in sorted(outcome.said.lights)]
    assert set(lights) == {"red"}
