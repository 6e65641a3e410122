"""Student's t against SciPy's."""

from __future__ import annotations

import pytest
from scipy.special import stdtrit

from lastrep.training.student_t import t_quantile


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 10, 31, 100])
@pytest.mark.parametrize("share", [0.5, 0.6, 0.9, 0.975, 0.999])
def test_it_is_that_of_scipy(freedom: int, share: float) -> None:
    assert t_quantile(freedom, share) == pytest.approx(float(stdtrit(freedom, share)), abs=1e-9)


@pytest.mark.parametrize(("freedom", "share"), [(0, 0.9), (3, 0.4), (3, 1.0)])
def test_what_has_no_quantile_is_refused(freedom: int, share: float) -> None:
    with pytest.raises(ValueError, match="no t quantile"):
        t_quantile(freedom, share)
