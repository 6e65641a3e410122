"""What only the MediaPipe backend does: it turns MediaPipe's units into ours."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from lastrep.pose.mediapipe import MediapipeEstimator
from lastrep.video.frames import Frame


def test_normalised_landmarks_become_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """X by the width, y by the height, depth by the width like x."""
    image = [SimpleNamespace(x=0.5, y=0.25, z=-0.1, visibility=0.8)] * 33
    world = [SimpleNamespace(x=0.1, y=0.2, z=0.3)] * 33
    result = SimpleNamespace(pose_landmarks=[image], pose_world_landmarks=[world])
    with MediapipeEstimator("lite") as estimator:
        monkeypatch.setattr(estimator, "_landmarks", lambda *_: result)
        (pose,) = estimator.estimate(Frame(1.5, np.zeros((400, 200, 3), np.uint8)))
    np.testing.assert_allclose(pose.image_px, [[100, 100, -20]] * 33, rtol=1e-6)
    np.testing.assert_allclose(pose.world_m, [[0.1, 0.2, 0.3]] * 33, rtol=1e-6)
    np.testing.assert_allclose(pose.visibility, [0.8] * 33, rtol=1e-6)
    assert pose.t_s == 1.5
