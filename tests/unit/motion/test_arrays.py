"""Helpers on arrays."""

from __future__ import annotations

import numpy as np

from lastrep.motion.arrays import runs


def test_runs() -> None:
    assert runs(np.array([True, True, False, True])) == [slice(0, 2), slice(3, 4)]
    assert runs(np.zeros(3, bool)) == []
