"""The doubts: each only where there is reason for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lastrep.bar.confidence import (
    WindowEvidence,
    jitter,
    speed_correlation,
    window_confidence,
)

T_S = np.arange(300) / 30


def up_and_down(amplitude: float, period_s: float) -> np.ndarray:
    return amplitude / 2 * np.cos(2 * np.pi * T_S / period_s)


def evidence(bar_y: np.ndarray, hands_y: np.ndarray) -> WindowEvidence:
    n = len(bar_y)
    return WindowEvidence(
        t_s=T_S,
        bar=np.stack([np.zeros(n), bar_y], axis=1),
        proxy=np.stack([np.zeros(n), hands_y], axis=1),
        proxy_visible=np.ones(n, np.bool_),
        in_view=np.ones(n, np.bool_),
        support=np.full(n, 0.9),
        radii=np.full(30, 30.0),
        aspect=1.0,
        score=0.4,
        needed=0.2,
        segments=10,
        open_segments=0,
    )


def test_jitter_is_the_noise_and_not_the_lift() -> None:
    noise = np.random.default_rng(0).normal(0, 0.3, len(T_S))
    assert jitter(up_and_down(60, 1.0)) < 0.1
    assert jitter(up_and_down(60, 1.0) + noise) == pytest.approx(0.3, rel=0.3)


def test_trembling_hands_agree_with_a_slow_bar() -> None:
    tremble = np.random.default_rng(1).normal(0, 3.0, len(T_S))
    slow = up_and_down(40, 5.0)
    assert speed_correlation(T_S, slow, slow + tremble) > 0.85
    assert speed_correlation(T_S, slow, tremble) < 0.5


def test_two_ends_that_move_differently_are_not_one_bar() -> None:
    bar = up_and_down(60, 2.0)
    alike = replace(evidence(bar, bar), aspect=0.3, sleeves=(bar, 1.05 * bar + 3))
    assert window_confidence(alike) > 0.95
    assert window_confidence(replace(alike, sleeves=(bar, up_and_down(60, 3.1)))) == 0.0
    assert window_confidence(replace(alike, sleeves=(bar, np.full(len(bar), np.nan)))) == 0.0
    assert window_confidence(replace(alike, aspect=0.7)) == 0.0
    seldom = np.where(np.arange(len(bar)) < 60, bar, np.nan)
    assert window_confidence(replace(alike, sleeves=(bar, seldom))) < 0.3


def test_hands_that_move_otherwise_speak_against_the_bar_as_far_as_they_are_seen() -> None:
    against = evidence(up_and_down(60, 2.0), up_and_down(60, 3.1))
    assert window_confidence(evidence(up_and_down(60, 2.0), up_and_down(50, 2.0))) > 0.95
    assert window_confidence(against) < 0.1
    seen_a_third = np.arange(len(T_S)) % 3 == 0
    assert 0.5 < window_confidence(replace(against, proxy_visible=seen_a_third)) < 0.8
