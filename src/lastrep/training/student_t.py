"""Student's t for small samples; the one statistic that lastrep would need a large library for."""

from __future__ import annotations

import math

#: Bisection halves the interval so often: exact to rounding.
_HALVINGS = 80


def t_quantile(freedom: int, share: float) -> float:
    """Return the value that a t-distributed number stays below with a probability.

    Parameters
    ----------
    freedom
        Degrees of freedom, 1 or more.
    share
        The probability, from 0.5 up to but not 1.

    Raises
    ------
    ValueError
        If `freedom` or `share` is outside of that.

    Notes
    -----
    For whole degrees of freedom the distribution is a finite sum (Abramowitz and Stegun, 26.7.3 and
    26.7.4), which is solved by bisection.
    """
    if freedom < 1 or not 0.5 <= share < 1:
        raise ValueError(f"no t quantile for {freedom} degrees of freedom at {share}")
    low, high = 0.0, math.pi / 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if 0.5 + _between(freedom, middle) / 2 < share:
            low = middle
        else:
            high = middle
    return math.sqrt(freedom) * math.tan((low + high) / 2)


def _between(freedom: int, angle: float) -> float:
    """Probability of lying within plus or minus t, where tan(angle) = t / sqrt(freedom)."""
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    term, total = (cosine if odd else 1.0), 0.0
    for k in range(1 + odd, freedom, 2):
        total += term
        term *= cosine**2 * k / (k + 1)
    if not odd:
        return sine * total
    return 2 / math.pi * (angle + sine * total)
