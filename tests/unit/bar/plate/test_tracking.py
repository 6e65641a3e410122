"""Plate tracking: what is kept of two ways through one segment."""

from __future__ import annotations

from collections.abc import Callable

from lastrep.bar.plate.ellipse import Ellipse
from lastrep.bar.plate.tracking import Observation, _switch_frame


def test_a_segment_tracked_from_both_ends_switches_once() -> None:
    """One way strays where it is seen a little better now and then; the path must not zigzag."""

    def way(
        place: Callable[[int], float], support: Callable[[int], float]
    ) -> dict[int, Observation]:
        return {
            k: Observation(Ellipse(place(k), 0, 10, 10), support(k), False) for k in range(1, 10)
        }

    forward = way(
        lambda k: 0.0 if k < 5 else 40.0, lambda k: 0.8 if k < 5 else 0.45 + 0.2 * (k % 2)
    )
    backward = way(lambda k: 0.0, lambda k: 0.6)
    assert _switch_frame(range(1, 11), forward, backward, 10.0) == 5
    assert _switch_frame(range(1, 11), forward, {}, 10.0) == 10
    assert _switch_frame(range(1, 11), {}, backward, 10.0) == 1
