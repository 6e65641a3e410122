"""Any prescription a lifter can mean, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from lastrep.sets.criteria import Strictness
from lastrep.training.loads import Load, LoadUnit
from lastrep.training.prescription import MOST_REPS, SetMode, SetPrescription

REPS = st.integers(1, MOST_REPS)
RANGES = st.tuples(REPS, REPS).map(sorted)
LOADS = st.builds(
    Load, st.integers(1, 900_000).map(lambda grams: grams / 1000), st.sampled_from(LoadUnit)
)


@st.composite
def one_set(draw: st.DrawFn) -> SetPrescription:
    mode = draw(st.sampled_from(SetMode))
    low, high = draw(RANGES) if mode is SetMode.TARGET else (draw(REPS),) * 2
    return SetPrescription(
        mode=mode,
        min_reps=None if mode is SetMode.AMRAP else low,
        max_reps=None if mode is SetMode.AMRAP else high,
        load=draw(st.none() | LOADS),
        strictness=draw(st.none() | st.sampled_from(Strictness)),
        velocity_cap_pct=draw(st.none() | st.integers(5, 70)),
        rest_s=draw(st.none() | st.integers(0, 3600)),
    )
