"""The clips in `sample_videos/`: what README, demos and tests show."""

from __future__ import annotations

from lifters.description import Camera, Clip, Lifter, Load, Look, Move, Rep
from lifters.sets import GrowingFault, Tempo, lifting_set


def sample_clips() -> list[Clip]:
    """Return the shipped clips in the order of their README."""
    return [
        Clip(
            "squat_clean",
            "back_squat",
            lifting_set(5, seed=11, velocity_loss=0.2),
            camera=Camera(66, 3.15, 1.05),
            look=Look(plates="red"),
            seed=11,
        ),
        Clip(
            "squat_technical_failure",
            "back_squat",
            lifting_set(
                7,
                seed=12,
                velocity_loss=0.4,
                faults=(GrowingFault("forward_lean", 5, 14.0, 2.0),),
            ),
            Lifter(1.66, "female", "female"),
            camera=Camera(60, 3.0, 1.1),
            look=Look(plates="blue"),
            seed=12,
        ),
        Clip(
            "deadlift_failed",
            "deadlift",
            lifting_set(
                4,
                seed=13,
                tempo=Tempo(eccentric_s=1.1),
                velocity_loss=0.45,
                grind=0.8,
                fail_last_at=0.45,
            ),
            Lifter(1.84, "male", "male_dark"),
            camera=Camera(62, 3.25, 1.0),
            look=Look(plates="yellow"),
            seed=13,
        ),
        Clip(
            "curl_growing_swing",
            "biceps_curl",
            lifting_set(
                6,
                seed=14,
                tempo=Tempo(eccentric_s=1.2),
                velocity_loss=0.3,
                faults=(GrowingFault("torso_swing", 4, 17.0, 4.0),),
            ),
            Lifter(1.75, "male", "male_slim"),
            camera=Camera(78, 3.1, 1.05),
            seed=14,
        ),
        Clip(
            "bench_press",
            "bench_press",
            lifting_set(5, seed=15, velocity_loss=0.35, grind=0.5),
            Lifter(1.72, "male", "male_heavy"),
            camera=Camera(45, 3.25, 1.2),
            seed=15,
        ),
        Clip(
            "push_up_sagging",
            "push_up",
            lifting_set(
                6,
                seed=16,
                tempo=Tempo(eccentric_s=1.0, concentric_s=0.8),
                velocity_loss=0.35,
                faults=(GrowingFault("hip_sag", 4, 15.0, 3.0),),
            ),
            Lifter(1.66, "female", "female_dark"),
            camera=Camera(80, 2.6, 0.75),
            look=Look(room="home"),
            seed=16,
        ),
        Clip(
            "overhead_press_portrait",
            "overhead_press",
            lifting_set(5, seed=17, velocity_loss=0.3),
            Lifter(1.78, "male", "male"),
            Load("barbell", 0.35),
            Camera(
                55, 3.7, 1.15, width_px=480, height_px=848, vertical_fov_deg=50.0,
                aim_m=(0.0, 1.1, 0.0),
            ),
            look=Look(plates="red"),
            seed=17,
        ),
        Clip(
            "row_60_degrees",
            "bent_over_row",
            lifting_set(5, seed=18, tempo=Tempo(1.0, 0.8), velocity_loss=0.25),
            Lifter(1.70, "female", "female"),
            Load("barbell", 0.35),
            Camera(60, 2.9, 1.0),
            look=Look(plates="blue"),
            seed=18,
        ),
        Clip(
            "lunge",
            "lunge",
            lifting_set(5, seed=19, velocity_loss=0.15),
            Lifter(1.70, "female", "female_dark"),
            camera=Camera(75, 3.0, 1.0),
            seed=19,
        ),
        Clip(
            "squat_walkout_partial",
            "back_squat",
            (
                Move("walk_in", 2.5),
                Move("unrack", 3.0),
                *lifting_set(3, seed=20),
                Rep(rom=0.6, hold_s=0.9),
                Move("rerack", 2.8),
            ),
            Lifter(1.75, "male", "male_slim"),
            camera=Camera(76, 3.5, 1.1),
            look=Look(plates="black"),
            lead_s=0.5,
            seed=20,
        ),
    ]  # fmt: skip
