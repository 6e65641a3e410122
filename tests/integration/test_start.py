"""What the command imports before it does anything."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
import lastrep.apps.cli, lastrep.analysis.landmarks, lastrep.pose.litert
print(sorted({"scipy", "mediapipe", "distributed"} & sys.modules.keys()))
"""


def test_the_first_pose_waits_for_no_slow_import() -> None:
    """SciPy and MediaPipe take longer to import than the first pose takes to find."""
    process = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True)
    assert process.stdout.strip() == "[]", process.stderr
