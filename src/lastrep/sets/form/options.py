"""Numbers that say when a form reading is good enough to be judged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormReadingOptions:
    """When tracking has failed, and how noisy a reading is taken to be."""

    #: Share of a rep's frames in which the lifter must be found for the rep to be read.
    min_coverage: float = 0.95
    #: Confidence of a reading, 0 to 1, below which it is not judged.
    min_confidence: float = 0.7
    #: Visibility of its landmarks, 0 to 1, that a critical fault needs.
    min_critical_visibility: float = 0.8
    #: A reading that changed by its limit while the world landmarks changed by less than this
    #: share of it is a tracking error.
    min_world_share: float = 1.0 / 3.0
    #: Share of the major limit by which the two sides of the body may disagree.
    max_side_share: float = 0.5
    #: Reps: weight of the usual spread against the set's own (noise study).
    prior_reps: int = 6
    #: First reps that scatter by more usual spreads than this show that tracking failed.
    max_scatter: float = 2.0
    #: A set noisier than this many usual spreads ...
    noisy_from: float = 1.3
    #: ... needs a change of this many of its own spreads.
    noisy_change: float = 3.0
    #: Degrees, standard error of one camera's joint angles against the true ones, seen from the
    #: side. Unlike noise it is the same all through a set.
    angle_error_side_deg: float = 6.4
    #: The same from elsewhere.
    angle_error_deg: float = 15.1
