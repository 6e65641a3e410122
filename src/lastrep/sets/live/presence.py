"""Whether the lifter of a running set is still seen, and still where the set is done."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from lastrep.pose.sequence import Pose
from lastrep.pose.subject.gating import BodyPosition, Gate
from lastrep.sets.live.options import PresenceOptions


class Presence:
    """Follows whether the lifter is there.

    Parameters
    ----------
    options
        From when on a lifter is lost, or has walked away.
    """

    def __init__(self, options: PresenceOptions = PresenceOptions()) -> None:  # noqa: B008 - frozen
        self._options = options
        #: Whether the lifter is lost to the camera.
        self.lost = False
        #: Whether the lifter has left the place of the set.
        self.walked_away = False
        self._since_s: float | None = None
        self._recent: deque[tuple[float, bool]] = deque()
        self._place: Gate | None = None
        self._away_since_s: float | None = None

    def takes_place(self, poses: Iterable[Pose]) -> None:
        """Learn where the set is done from the poses of its reps."""
        seen = [BodyPosition.of(pose) for pose in poses if pose.found]
        if seen:
            self._place = Gate.around(seen)

    def update(self, pose: Pose) -> bool:
        """Take the next pose; return whether the lifter was just lost or found again."""
        self.walked_away = self._is_away(pose)
        if self._since_s is None:
            self._since_s = pose.t_s
        self._recent.append((pose.t_s, pose.found))
        while self._recent[0][0] <= pose.t_s - self._options.lost_s:
            self._recent.popleft()
        seen = sum(found for _, found in self._recent)
        long_enough = pose.t_s - self._since_s >= self._options.lost_s
        lost = long_enough and seen < self._options.lost_share * len(self._recent)
        changed, self.lost = lost is not self.lost, lost
        return changed

    def _is_away(self, pose: Pose) -> bool:
        if self._place is None or not pose.found:
            return False
        if self._place.sideways_m(BodyPosition.of(pose)) <= self._options.away_m:
            self._away_since_s = None
            return False
        if self._away_since_s is None:
            self._away_since_s = pose.t_s
        return pose.t_s - self._away_since_s >= self._options.away_s
