"""The steps around the networks, on cases with known answers."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastrep.pose.blazepose.detector import DetectorOptions, anchors, merged
from lastrep.pose.blazepose.landmark_model import (
    HEATMAP_CELLS,
    POINT_COUNT,
    VALUES_PER_POINT,
    refined,
)
from lastrep.pose.blazepose.network import Network, RoiCropper
from lastrep.pose.blazepose.roi import ROI_MARGIN, RoiBox
from lastrep.pose.litert import DETECTOR_FILE, LANDMARKS_FILE, RoiTrackingOptions, without_overlaps
from lastrep.pose.models import SHIPPED_MODELS, find_model
from lastrep.pose.quiet import quiet_stderr

MERGE_OVERLAP = DetectorOptions().merge_overlap
UNPRUNED = Path(__file__).resolve().parents[2] / "data" / "unpruned_networks.npz"


# ------------------------------------------------------------------------------- the slim networks


def network(model: str, member: str) -> Network:
    with zipfile.ZipFile(find_model(model)) as bundle, quiet_stderr():
        content = bundle.read(member)
        return Network(content, threads=1, low=0.0, high=1.0, border=cv2.BORDER_REPLICATE)


@pytest.mark.parametrize("model", SHIPPED_MODELS)
def test_without_the_segmentation_branch_the_outputs_are_the_same(model: str) -> None:
    """Recorded from the networks as published, on two squares of the sample videos."""
    slim = network(model, LANDMARKS_FILE)
    with np.load(UNPRUNED) as recorded:
        for i, crop in enumerate(recorded["crop_rgb"]):
            side = crop.shape[0]
            slim.run(crop, RoiBox(side / 2, side / 2, side))
            # Equal to the last bit on one machine; others may add up in another order.
            points = slim.output(POINT_COUNT * VALUES_PER_POINT).reshape(
                POINT_COUNT, VALUES_PER_POINT
            )
            np.testing.assert_allclose(points, recorded[f"{model}_points"][i], atol=0.01)
            world = slim.output(POINT_COUNT * 3).reshape(POINT_COUNT, 3)
            np.testing.assert_allclose(world, recorded[f"{model}_world"][i], atol=1e-4)
            hottest = slim.output(HEATMAP_CELLS, HEATMAP_CELLS, POINT_COUNT).max(axis=(0, 1))
            np.testing.assert_allclose(hottest, recorded[f"{model}_hottest"][i], atol=0.01)
            assert slim.output(1)[0] > 0.9
            del points, world, hottest


@pytest.mark.parametrize("model", SHIPPED_MODELS)
def test_the_shipped_networks_make_no_mask(model: str) -> None:
    slim = network(model, LANDMARKS_FILE)
    with pytest.raises(KeyError):
        slim.output(256, 256, 1)


# ------------------------------------------------------------------------------------- the square


def test_an_upright_person_has_an_upright_square() -> None:
    square = RoiBox.around(np.array([[100.0, 200.0], [100.0, 120.0]]))
    assert (square.x_px, square.y_px) == (100, 200)
    assert square.side_px == pytest.approx(2 * 80 * ROI_MARGIN)
    assert square.angle_rad == pytest.approx(0)


@given(st.floats(-math.pi + 1e-6, math.pi - 1e-6), st.floats(5, 500))
def test_the_square_turns_with_the_person(angle_rad: float, radius_px: float) -> None:
    head = np.array([0.0, -radius_px]) @ RoiBox(0, 0, 1, angle_rad).rotation
    square = RoiBox.around(np.array([[30.0, 40.0], [30 + head[0], 40 + head[1]]]))
    assert square.angle_rad == pytest.approx(angle_rad, abs=1e-6)
    assert square.side_px == pytest.approx(2 * ROI_MARGIN * radius_px)


def test_overlap_of_squares() -> None:
    one = RoiBox(0, 0, 2)
    assert one.overlap(one) == 1
    assert one.overlap(RoiBox(1, 0, 2)) == pytest.approx(2 / 6)
    assert one.overlap(RoiBox(5, 5, 2)) == 0
    assert one.overlap(RoiBox(0, 0, 2, 1.0)) == 1, "rotation is ignored"


def test_of_two_squares_around_one_person_the_later_counts() -> None:
    old, other, new = RoiBox(0, 0, 10), RoiBox(100, 0, 10), RoiBox(1, 0, 10)
    assert without_overlaps([old, other, new], RoiTrackingOptions().same_person_overlap) == [
        other,
        new,
    ]


# ------------------------------------------------------------------------------------- the cutter


def picture() -> np.ndarray:
    """A picture whose red is x and whose green is y."""
    y, x = np.mgrid[0:100, 0:120]
    return np.ascontiguousarray(np.stack([x, y, 0 * x], axis=2).astype(np.uint8))


def test_an_upright_square_is_a_cut_out() -> None:
    cut = RoiCropper(20, cv2.BORDER_REPLICATE)(picture(), RoiBox(50, 40, 20))
    np.testing.assert_array_equal(cut, picture()[30:50, 40:60])


def test_half_as_many_pixels() -> None:
    """Corners meet corners: the first pixel is the square's corner itself."""
    cut = RoiCropper(20, cv2.BORDER_REPLICATE)(picture(), RoiBox(50, 40, 40))
    np.testing.assert_array_equal(cut, picture()[20:60:2, 30:70:2])


def test_a_quarter_turn() -> None:
    """Turned clockwise: the square's x runs down the picture."""
    cut = RoiCropper(20, cv2.BORDER_REPLICATE)(picture(), RoiBox(50, 40, 20, math.pi / 2))
    np.testing.assert_array_equal(cut[:, :, 1], np.tile(np.arange(30, 50), (20, 1)))
    np.testing.assert_array_equal(cut[:, :, 0], np.tile(np.arange(60, 40, -1), (20, 1)).T)


@pytest.mark.parametrize(
    ("border", "outside"), [(cv2.BORDER_CONSTANT, 0), (cv2.BORDER_REPLICATE, 7)]
)
@pytest.mark.parametrize("away_px", [1e3, 1e5, 1e7, 1e12])
def test_far_outside_is_the_border(border: int, outside: int, away_px: float) -> None:
    image = np.full((100, 120, 3), 7, np.uint8)
    for x, y in ((away_px, 0.0), (-away_px, 0.0), (0.0, away_px), (0.0, -away_px)):
        cut = RoiCropper(20, border)(image, RoiBox(x, y, 30, 0.3))
        assert np.all(cut == outside)


# ----------------------------------------------------------------------------------- the detector


def test_anchors_lie_on_three_grids() -> None:
    grid = anchors(224)
    assert grid.shape == (2254, 2)
    np.testing.assert_allclose(grid[[0, 1]], [[0.5 / 28] * 2] * 2)
    np.testing.assert_allclose(grid[2], [1.5 / 28, 0.5 / 28], err_msg="x first")
    np.testing.assert_allclose(grid[-1], [6.5 / 7] * 2)
    np.testing.assert_allclose(grid.mean(axis=0), 0.5)


def test_detections_of_one_person_are_averaged_by_score() -> None:
    scores = np.array([0.6, 0.9, 0.8])
    boxes = np.array([[0.0, 0.0, 1.0, 1.0], [0.1, 0.0, 1.1, 1.0], [3.0, 3.0, 4.0, 4.0]])
    points = np.array([[[0.0, 0.0]], [[1.0, 1.0]], [[5.0, 5.0]]])
    first, second = merged(scores, boxes, points, MERGE_OVERLAP)
    np.testing.assert_allclose(first, [[0.6, 0.6]])
    np.testing.assert_allclose(second, [[5.0, 5.0]])


@given(st.integers(0, 12), st.integers(0, 2**32 - 1))
def test_every_detection_ends_in_one_person(count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    low = random.random((count, 2))
    boxes = np.hstack([low, low + random.uniform(0, 0.5, (count, 2))])
    people = merged(random.uniform(0.5, 1, count), boxes, boxes.reshape(-1, 2, 2), MERGE_OVERLAP)
    assert (count > 0) <= len(people) <= count
    assert all(np.all((p >= 0) & (p <= 1.5)) for p in people)


def test_nobody_in_an_empty_picture() -> None:
    from lastrep.pose.blazepose.detector import Detector

    with zipfile.ZipFile(find_model("lite")) as bundle, quiet_stderr():
        detector = Detector(bundle.read(DETECTOR_FILE), threads=1)
    assert detector.detect(np.full((90, 160, 3), 80, np.uint8)) == []


# ----------------------------------------------------------------------------------- the heat maps


def heat(*, row: int, column: int, logit: float) -> np.ndarray:
    """One map, cold but for one cell."""
    cold = np.full((HEATMAP_CELLS, HEATMAP_CELLS, 1), -50, np.float32)
    cold[row, column] = logit
    return cold


def test_a_point_moves_to_the_heat_nearby() -> None:
    point = np.array([[30.4 / HEATMAP_CELLS, 20.9 / HEATMAP_CELLS]])
    moved = refined(point, heat(row=22, column=32, logit=5))
    np.testing.assert_allclose(moved, [[32 / HEATMAP_CELLS, 22 / HEATMAP_CELLS]], atol=1e-9)


@pytest.mark.parametrize(("column", "logit", "why"), [(30, -0.1, "weak"), (34, 5, "out of reach")])
def test_a_point_stays_where_the_heat_says_nothing(column: int, logit: float, why: str) -> None:
    point = np.array([[30.4 / HEATMAP_CELLS, 20.9 / HEATMAP_CELLS]])
    np.testing.assert_array_equal(
        refined(point, heat(row=20, column=column, logit=logit)), point, err_msg=why
    )


@pytest.mark.parametrize("point", [(-0.1, 0.5), (0.5, 1.0), (7.0, -7.0)])
def test_a_point_outside_the_map_stays(point: tuple[float, float]) -> None:
    hot = np.full((HEATMAP_CELLS, HEATMAP_CELLS, 1), 9, np.float32)
    np.testing.assert_array_equal(refined(np.array([point]), hot), [point])


def test_at_the_edge_only_cells_of_the_map_count() -> None:
    hot = np.full((HEATMAP_CELLS, HEATMAP_CELLS, 1), 9, np.float32)
    moved = refined(np.array([[0.5 / HEATMAP_CELLS, 0.5 / HEATMAP_CELLS]]), hot)
    np.testing.assert_allclose(moved, [[1.5 / HEATMAP_CELLS, 1.5 / HEATMAP_CELLS]])
