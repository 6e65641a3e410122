"""The state machine and the division of a rep."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lastrep.reps.phases import Phase, PhaseMachine, local_extremes, rep_phases, turns

RATE_HZ = 30.0


def cosine(reps: int, period_s: float = 2.0) -> np.ndarray:
    """Fraction c of an exercise that starts at lockout and goes down and up."""
    t = np.arange(int(reps * period_s * RATE_HZ) + 1) / RATE_HZ
    return 0.5 + 0.5 * np.cos(2 * np.pi * t / period_s)


def test_turns_alternate_and_lie_at_the_extremes() -> None:
    found = turns(cosine(3), 0.4)
    assert [t.top for t in found] == [True, False, True, False, True, False, True]
    assert [t.index for t in found] == [0, 30, 60, 90, 120, 150, 180]
    assert [t.rep_position for t in found] == pytest.approx([1, 0, 1, 0, 1, 0, 1])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_noise_below_the_hysteresis_makes_no_turn(seed: int) -> None:
    clean = cosine(4)
    noisy = clean + np.random.default_rng(seed).uniform(-0.15, 0.15, len(clean))
    assert len(turns(noisy, 0.4)) == len(turns(clean, 0.4))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=3, max_size=60), st.floats(0.05, 0.8))
def test_extremes_alone_decide(values: list[float], hysteresis: float) -> None:
    x = np.array(values)
    every, few = turns(x, hysteresis), turns(x, hysteresis, local_extremes(x))
    assert [(t.rep_position, t.top) for t in every] == [(t.rep_position, t.top) for t in few]
    for one, other in itertools.pairwise(every):
        assert one.top != other.top
        assert abs(one.rep_position - other.rep_position) >= hysteresis or other is every[-1]


def test_a_partial_rep_is_seen_with_its_excursion() -> None:
    c = np.concatenate((cosine(1), 1 - 0.55 * (1 - cosine(1)), cosine(1)))
    lows = [t.rep_position for t in turns(c, 0.4) if not t.top]
    assert lows == pytest.approx([0.0, 0.45, 0.0], abs=1e-6)


def test_the_machine_says_where_the_load_goes() -> None:
    machine = PhaseMachine(0.3)
    phases = []
    for i, c in enumerate(cosine(1)):
        machine.update(i, float(c))
        phases.append(machine.phase)
    assert phases[2] is Phase.UNKNOWN
    assert phases[25] is Phase.ECCENTRIC
    assert phases[55] is Phase.CONCENTRIC
    last = machine.pending()
    assert last is not None
    assert last.top


def test_phases_of_a_rep_with_pauses() -> None:
    down, up = np.linspace(1, 0, 31), np.linspace(0, 1, 16)
    c = np.concatenate((np.ones(15), down, np.zeros(20), up, np.ones(15)))
    at = rep_phases(c, RATE_HZ, (0, 50, len(c) - 1))
    assert abs(at.leave - 15) <= 1
    assert abs(at.turn_in - 45) <= 1
    assert abs(at.turn_out - 65) <= 1
    assert abs(at.back - 82) <= 1


def test_a_stall_in_mid_range_is_no_end() -> None:
    up = np.concatenate((np.linspace(0, 0.5, 15), np.full(30, 0.5), np.linspace(0.5, 1, 15)))
    c = np.concatenate((np.linspace(1, 0, 30), up))
    at = rep_phases(c, RATE_HZ, (0, 30, len(c) - 1))
    assert at.turn_out <= 33
    assert at.back >= len(c) - 3


def test_one_hysteresis_needs_movement() -> None:
    assert turns(np.ones(50), 0.2) == []
    assert turns(np.array([1.0]), 0.2) == []
