"""The notation of the gym is read, written back the same, and refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastrep.errors import PlanError
from lastrep.sets.criteria import SetCriteria, Strictness
from lastrep.training.loads import Load, LoadUnit
from lastrep.training.prescription import (
    MOST_SETS,
    Prescription,
    SetMode,
    SetPrescription,
    parse_prescription,
)
from unit.training.prescriptions import one_set

TEN = SetPrescription(SetMode.TARGET, 10, 10)


@pytest.mark.parametrize(
    ("text", "sets"),
    [
        ("3x10", (TEN,) * 3),
        (" 3 X 10 ", (TEN,) * 3),
        ("3×10", (TEN,) * 3),  # noqa: RUF001
        ("3x8-12", (SetPrescription(SetMode.TARGET, 8, 12),) * 3),
        ("5x5@100kg", (SetPrescription(SetMode.TARGET, 5, 5, load=Load(100.0)),) * 5),
        (
            "1x5 @ 225 LBS",
            (SetPrescription(SetMode.TARGET, 5, 5, load=Load(225.0, LoadUnit.LB)),),
        ),
        ("3xAMRAP", (SetPrescription(SetMode.AMRAP),) * 3),
        ("amrap", (SetPrescription(SetMode.AMRAP),)),
        ("10RM", (SetPrescription(SetMode.REP_MAX, 10, 10),)),
        (
            "1x10 strict VL20% rest 2:30 + AMRAP rest 2 min lenient",
            (
                SetPrescription(
                    SetMode.TARGET,
                    10,
                    10,
                    strictness=Strictness.STRICT,
                    velocity_cap_pct=20,
                    rest_s=150,
                ),
                SetPrescription(SetMode.AMRAP, strictness=Strictness.LENIENT, rest_s=120),
            ),
        ),
    ],
)
def test_reads(text: str, sets: tuple[SetPrescription, ...]) -> None:
    assert parse_prescription(text).sets == sets


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "write it like 3x10"),
        ("chest", "'chest' is not a prescription"),
        ("0x10", "1 to 30 sets, not 0"),
        ("99999999999999999999x10", "1 to 30 sets"),
        ("16x3 + 16x2", "1 to 30 sets, not 32"),
        ("3x0", "reps must be 1 to 200, not 0"),
        ("3x12-8", "upside down: write 8-12"),
        ("10", "write 1x10"),
        ("3x-5", "is not a prescription"),
        ("3x8-12RM", "one number, as in 10RM"),
        ("3x10@100", "no unit: write it like @100kg"),
        ("3x10@75%", "'%' is not a unit of load"),
        ("3x10@0kg", "above 0"),
        ("3x10@5000kg", "at most 1000 kg"),
        ("3x10@2204.7lb", "at most 2205 lb, not 2204.7"),
        ("3x10@1.2345kg", "three decimals"),
        ("3x10 rest 90", "no unit: write 90s or 90min"),
        ("3x10 rest 5:75", "not understood"),
        ("3x10 rest 2000min", "rest must be 0 to 3600 s"),
        ("3x10 VL2", "VL5 to VL70, not VL2"),
        ("3x10 strict lenient", "strictness is given twice"),
        ("3x10 fast", "'fast' is not understood"),
        ("3x10 +", "write it like"),
    ],
)
def test_refuses_nonsense_in_one_line(text: str, says: str) -> None:
    with pytest.raises(PlanError) as refused:
        parse_prescription(text)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@given(st.lists(one_set(), min_size=1, max_size=MOST_SETS))
def test_reads_what_it_writes(sets: list[SetPrescription]) -> None:
    prescription = Prescription(tuple(sets))
    assert parse_prescription(str(prescription)) == prescription


@given(st.text(alphabet="0123456789xX@.-+:% \nkglbAMRPVLreststrict", max_size=30) | st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = parse_prescription(text)
    except PlanError as error:
        refusal = str(error)
        read = None
    if read is None:
        assert refusal.startswith("prescription '")
        assert "\n" not in refusal
    else:
        assert parse_prescription(str(read)) == read


@pytest.mark.parametrize(
    ("text", "target"), [("3x10", 10), ("3x8-12", 12), ("AMRAP", None), ("10RM", None)]
)
def test_only_a_target_ends_a_set_by_count(text: str, target: int | None) -> None:
    options = parse_prescription(f"{text} strict").sets[0].criteria()
    assert (options.target_reps, options.strictness) == (target, Strictness.STRICT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3x10", SetCriteria(10, Strictness.LENIENT, velocity_cap_pct=30)),
        ("3x10 VL20", SetCriteria(10, Strictness.LENIENT, velocity_cap_pct=20)),
        ("AMRAP strict", SetCriteria(None, Strictness.STRICT, velocity_cap_pct=30)),
    ],
)
def test_what_a_prescription_leaves_open_stays_but_for_the_target(
    text: str, expected: SetCriteria
) -> None:
    command = SetCriteria(5, Strictness.LENIENT, velocity_cap_pct=30)
    assert parse_prescription(text).sets[0].criteria(command) == expected
