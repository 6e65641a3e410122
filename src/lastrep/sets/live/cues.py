"""Which cue to call out after a rep: one at a time, the most important, never nagging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lastrep.exercises.faults import FaultRule
from lastrep.exercises.standards import CueStandards
from lastrep.exercises.standards import standards as shipped_standards
from lastrep.sets.results import Fault, Rep, RepStatus, Severity

#: Fault and cue of a rep that is too short without any fault that says why.
SHORT, SHORT_CUE = "ROM", "full range"


@dataclass(frozen=True, slots=True)
class Cue:
    """What to call out.

    Parameters
    ----------
    fault
        Id of the fault, or `SHORT`.
    text
        The words.
    """

    fault: str
    text: str
    severity: Severity


class CuePolicy:
    """Chooses the cue of each rep in turn.

    Only major and critical faults are called out, once: the first rep of a run gives the lifter
    the chance to correct it, the next one ends the set or is called again after
    `repeat_after_reps`. A critical fault is always called.

    Parameters
    ----------
    rules
        The exercise's faults by id.
    standards
        None for the shipped ones.
    """

    def __init__(
        self, rules: Mapping[str, FaultRule], standards: CueStandards | None = None
    ) -> None:
        self._rules = rules
        self._standards = standards or shipped_standards().cues
        self._called: dict[str, int] = {}

    def choose(self, rep: Rep) -> Cue | None:
        """Return the cue after a rep, None for silence. Reps must come in order."""
        candidates = sorted(
            (f for f in rep.faults if f.severity is not Severity.MINOR), key=self._urgency
        )
        cues = [Cue(f.id, f.cue, f.severity) for f in candidates]
        if not cues and rep.status is RepStatus.PARTIAL:
            cues = [Cue(SHORT, SHORT_CUE, Severity.MAJOR)]
        for cue in cues:
            last = self._called.get(cue.fault)
            repeated = last is not None and rep.number - last < self._standards.repeat_after_reps
            if cue.severity is Severity.CRITICAL or not repeated:
                self._called[cue.fault] = rep.number
                return cue
        return None

    def _urgency(self, fault: Fault) -> tuple[bool, int, float]:
        order = self._standards.order
        kind = self._rules[fault.id].kind if fault.id in self._rules else order[-1]
        excess = abs(fault.measured - fault.limit) / max(abs(fault.limit), 1e-9)
        return fault.severity is not Severity.CRITICAL, order.index(kind), -excess
