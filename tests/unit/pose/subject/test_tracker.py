"""The lifter is followed, whoever else comes by."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from lastrep.pose import Pose
from lastrep.pose.subject.tracker import SubjectTracker, SubjectTrackingOptions
from unit.pose.stick_people import Person, Scene, SceneLook, SceneTracker, standing

RED, BLUE, GREEN = (200, 40, 40), (40, 40, 200), (40, 190, 60)
FRAME_S = 1 / 30
OPTIONS = SubjectTrackingOptions()

#: Where the lifter squats.
HOME_PX = 300


def lifter(t_s: float, x_px: float = HOME_PX) -> Person:
    """Squats once in two seconds."""
    dip_m = 0.25 - 0.25 * np.cos(np.pi * t_s)
    return standing(x_px, 150 + 60 * dip_m, dip_m=dip_m), RED


class Run:
    """A scene, followed from start to end."""

    def __init__(self, people: Callable[[float], Sequence[Person]], end_s: float = 10.0) -> None:
        scene = Scene(people)
        self.tracker = SceneTracker(scene)
        self.look = SceneLook(scene)
        follow = SubjectTracker(self.tracker, lambda: self.look)
        self.times_s = np.arange(0, end_s, FRAME_S)
        self.poses = [follow.update(scene.frame(t)) for t in self.times_s]
        self.follow = follow

    def x_px(self, start_s: float = 0.0, end_s: float = np.inf) -> list[float]:
        """Where the poses found between two times are, those revoked excepted."""
        return [
            float(p.image_px[[11, 12], 0].mean())
            for p in self.poses
            if p.found and start_s <= p.t_s < end_s and not self._revoked(p)
        ]

    def share_found(self, start_s: float, end_s: float) -> float:
        inside = [p for p in self.poses if start_s <= p.t_s < end_s]
        return sum(p.found for p in inside) / len(inside)

    def _revoked(self, pose: Pose) -> bool:
        return any(a < pose.t_s <= b for a, b in self.follow.revoked)


def test_alone_the_tracker_is_left_in_peace() -> None:
    run = Run(lambda t: [lifter(t)], end_s=12.0)
    assert all(p.found for p in run.poses)
    assert run.tracker.calls == len(run.poses)
    assert run.look.calls <= 1 + 12.0 / OPTIONS.calm_interval_s
    assert not run.follow.revoked
    assert not run.follow.warnings


def test_poses_are_passed_on_unchanged() -> None:
    run = Run(lambda t: [lifter(t)], end_s=2.0)
    for t_s, pose in zip(run.times_s, run.poses, strict=True):
        np.testing.assert_array_equal(pose.image_px, lifter(t_s)[0].image_px)
        assert pose.t_s == t_s


@pytest.mark.parametrize("px_per_m", [120, 170], ids=["just in front", "near the camera"])
@pytest.mark.parametrize("speed_px_s", [130, 220])
def test_a_passer_by_does_not_take_the_track_away(px_per_m: float, speed_px_s: float) -> None:
    def scene(t_s: float) -> list[Person]:
        x_px = (t_s - 3) * speed_px_s
        return [lifter(t_s), (standing(x_px, px_per_m=px_per_m), BLUE)]

    run = Run(scene)
    assert set(np.round(run.x_px())) == {HOME_PX}
    assert run.share_found(0, 3) == 1.0
    gone_s = 3 + 640 / speed_px_s
    assert run.share_found(gone_s, 10) == 1.0
    assert not run.follow.warnings


def test_a_spotter_behind_changes_nothing() -> None:
    spotter = standing(HOME_PX + 60, 140, px_per_m=110), BLUE
    run = Run(lambda t: [spotter, lifter(t)])
    assert set(np.round(run.x_px())) == {HOME_PX}
    assert run.share_found(0, 10) == 1.0


def test_the_lifter_hidden_is_missing_not_replaced() -> None:
    """Somebody steps in front, stays for two seconds, and goes on."""

    def scene(t_s: float) -> list[Person]:
        x_px = np.interp(t_s, [3, 4.5, 6.5, 8], [0, HOME_PX, HOME_PX, 700])
        return [lifter(t_s), (standing(x_px, px_per_m=170), BLUE)]

    run = Run(scene)
    assert set(np.round(run.x_px())) == {HOME_PX}
    assert run.share_found(4.7, 6.4) == 0.0
    assert run.share_found(8.2, 10) == 1.0


def test_after_a_short_absence_the_lifter_is_found_again() -> None:
    run = Run(lambda t: [] if 4 < t < 5.5 else [lifter(t)])
    assert run.share_found(4.1, 5.4) == 0.0
    assert run.share_found(5.6, 10) == 1.0


def test_a_bystander_does_not_fill_a_short_absence() -> None:
    bystander = standing(520), BLUE
    run = Run(lambda t: [bystander] if 4 < t < 5.5 else [bystander, lifter(t)])
    assert set(np.round(run.x_px())) == {HOME_PX}
    assert run.share_found(4.1, 5.4) == 0.0
    assert run.share_found(5.8, 10) == 1.0


def test_who_takes_over_for_good_is_announced() -> None:
    bystander = standing(520), BLUE
    run = Run(lambda t: [bystander] if t > 4 else [bystander, lifter(t)])
    lost_s = 4 + OPTIONS.reset_after_s
    assert set(np.round(run.x_px(end_s=lost_s - 0.1))) == {HOME_PX}
    assert run.share_found(4.1, lost_s - 0.1) == 0.0
    assert set(np.round(run.x_px(start_s=lost_s + 0.1))) == {520}
    assert run.share_found(lost_s + 0.2, 10) == 1.0
    assert len(run.follow.warnings) == 1
    assert "may be another" in run.follow.warnings[0]


def test_a_lifter_who_walks_is_followed() -> None:
    def scene(t_s: float) -> list[Person]:
        return [lifter(0 if t_s < 6 else t_s, np.interp(t_s, [3, 6], [100, 500]))]

    run = Run(scene)
    assert run.share_found(0, 10) > 0.97
    assert not run.follow.revoked
    assert not run.follow.warnings


def test_somebody_alone_is_held_back_only_until_it_is_clear_who_it_is() -> None:
    """In a jump the lifter comes near and looks different: it is nobody else all the same."""

    def scene(t_s: float) -> list[Person]:
        return [lifter(t_s)] if t_s < 4 else [(standing(450, px_per_m=200), BLUE)]

    run = Run(scene)
    held = [p.t_s for p in run.poses if not p.found]
    assert held
    assert (held[0], held[-1]) == pytest.approx((4.0, 4.0 + OPTIONS.hold_s), abs=0.1)
    assert [p.t_s for p in run.follow.restored][: len(held)] == held
    assert not run.follow.warnings


def test_who_is_held_back_at_the_end_is_restored() -> None:
    def scene(t_s: float) -> list[Person]:
        return [lifter(t_s)] if t_s < 4 else [(standing(450, px_per_m=200), BLUE)]

    run = Run(scene, end_s=4.5)
    missing = [p.t_s for p in run.poses if not p.found]
    assert len(missing) > 10
    run.follow.finish()
    assert [p.t_s for p in run.follow.restored] == missing


def test_a_walking_lifter_alone_costs_few_looks() -> None:
    run = Run(lambda t: [lifter(0, np.interp(t, [0, 8], [60, 580]))], end_s=8.0)
    assert run.look.calls < 0.1 * len(run.poses)


def test_of_two_the_larger_in_the_middle_is_followed_at_first() -> None:
    coach = standing(560, px_per_m=110), BLUE
    run = Run(lambda t: [lifter(t), coach], end_s=1.0)
    assert set(np.round(run.x_px())) == {HOME_PX}


def test_it_shows_who_lifts_when_the_other_was_taken_at_first() -> None:
    coach = standing(320, px_per_m=150), BLUE
    run = Run(lambda t: [lifter(t, 520), coach])
    assert run.x_px(end_s=1.0)[0] == pytest.approx(320)
    assert set(np.round(run.x_px(start_s=6.0))) == {520}
    assert run.follow.wrong_subject
    known = run.follow.subject_gate
    assert known is not None

    again = SubjectTracker(SceneTracker(run.tracker.scene), lambda: run.look, gate=known)
    poses = [again.update(run.tracker.scene.frame(t)) for t in run.times_s[:60]]
    found = {round(float(p.image_px[[11, 12], 0].mean())) for p in poses if p.found}
    assert found == {520}
    assert sum(p.found for p in poses) >= 55


def test_after_a_cut_everything_begins_anew() -> None:
    """Another shot: the lifter elsewhere, larger, before another background."""
    before = Scene(lambda t: [lifter(t)])
    after = Scene(lambda t: [(standing(500, px_per_m=200), GREEN)])
    tracker = SceneTracker(before)
    restarts: list[float] = []
    tracker.restart = lambda: restarts.append(0.0)  # type: ignore[method-assign]
    follow = SubjectTracker(tracker, lambda: SceneLook(before))
    for t in np.arange(0, 3, FRAME_S):
        assert follow.update(before.frame(t)).found
    assert not restarts
    tracker.scene = after
    bright = after.frame(3.0)
    bright = type(bright)(3.0, np.where(bright.rgb == 110, 220, bright.rgb))
    pose = follow.update(bright)
    assert restarts
    assert pose.found


def test_models_are_closed() -> None:
    run = Run(lambda t: [lifter(t)], end_s=0.2)
    run.follow.close()
    assert run.look.closed
