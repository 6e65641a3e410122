"""The training history as CSV and JSON, for other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

from lastrep.sets.results import SetReport
from lastrep.training.record import SetRecord

Cell = str | int | float | None

#: Facts of a set under their own names.
_PLAIN = (
    "exercise",
    "view",
    "attempts",
    "completed_reps",
    "good_reps",
    "end_rep",
    "first_velocity_m_s",
    "best_velocity_m_s",
    "last_velocity_m_s",
    "scale_source",
    "velocity_loss_pct",
    "rom_deg",
    "form_score",
    "coverage",
)


def to_row(record: SetRecord) -> dict[str, Cell]:
    """Return the facts of a set as named values, None where nothing is known."""
    declared, rir = record.declared, record.rir
    return {
        "set": record.set_id,
        "athlete": record.athlete,
        "performed_at": record.performed_at.isoformat(timespec="seconds"),
        "load": declared.load.value if declared.load else None,
        "load_unit": declared.load.unit.value if declared.load else None,
        "prescription": str(declared.prescription) if declared.prescription else None,
        "rest_before_s": declared.rest_before_s,
        "rpe": declared.rpe,
        "end_reason": record.end_reason.value,
        "fault_ids": " ".join(record.fault_ids),
        "rir_fewest": rir[0] if rir else None,
        "rir_most": rir[1] if rir else None,
        **{name: getattr(record, name) for name in _PLAIN},
    }


def to_csv(records: Iterable[SetRecord]) -> str:
    """Return a table with one row a set."""
    rows = [to_row(record) for record in records]
    text = io.StringIO(newline="")
    if rows:
        table = csv.DictWriter(text, fieldnames=list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return text.getvalue()


def to_json(sets: Iterable[tuple[SetRecord, SetReport]]) -> str:
    """Return a list of sets, each with its facts and, as `report`, its part of the document."""
    documents = [
        {**to_row(record), "report": report.model_dump(mode="json")} for record, report in sets
    ]
    return json.dumps(documents, indent=2, ensure_ascii=False) + "\n"
