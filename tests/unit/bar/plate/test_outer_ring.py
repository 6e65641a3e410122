"""The rim of a plate with many rings is found from whichever ring was found first."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from lastrep.bar.plate.edge_accumulator import REFERENCE_RING, RectifiedEdges
from lastrep.bar.plate.ellipse import Ellipse
from lastrep.bar.plate.outer_ring import find_outer_ring

SIZE, SHARP = 220, 4
#: Grey of each ring of a plate, from the rim inwards, and its radius in rim radii.
RINGS = ((1.0, 60), (0.86, 95), (0.72, 40), (0.2, 190))
#: Where the plate is in each picture.
CENTRES = [(104.0 + 1.7 * k, 82.0 + 4.9 * k) for k in range(12)]


def wall(seed: int) -> np.ndarray:
    """Return patches of all greys: edges everywhere, elsewhere for each seed."""
    patches = np.random.default_rng(seed).uniform(60, 220, (16, 16)).astype(np.float32)
    return cv2.resize(patches, (SIZE, SIZE), interpolation=cv2.INTER_NEAREST)


def plate(rim: Ellipse, seed: int, rings: Sequence[tuple[float, int]] = RINGS) -> np.ndarray:
    """Return a picture of a plate before a wall, with a little noise."""
    picture = wall(seed)
    for part, grey in rings:
        cover = np.zeros((SIZE * SHARP, SIZE * SHARP), np.uint8)
        axes = [round(part * semi * SHARP * 16) for semi in (rim.a, rim.b)]
        centre = [round(((v + 0.5) * SHARP - 0.5) * 16) for v in (rim.x, rim.y)]
        cv2.ellipse(cover, centre, axes, 0, 0, 360, 255, -1, shift=4)
        small = cv2.resize(cover, (SIZE, SIZE), interpolation=cv2.INTER_AREA) / 255
        picture = picture + small * (grey - picture)
    noise = np.random.default_rng(seed).normal(0, 2, picture.shape)
    return cv2.cvtColor(np.clip(picture + noise, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2RGB)


def rims(aspect: float) -> list[Ellipse]:
    return [Ellipse(x, y, aspect * 50.0, 50.0) for x, y in CENTRES]


@pytest.mark.parametrize("aspect", [1.0, 0.7])
@pytest.mark.parametrize("ring", [0.86, 0.72])
def test_the_rim_around_any_ring_is_found(aspect: float, ring: float) -> None:
    true = rims(aspect)
    images = [plate(rim, k) for k, rim in enumerate(true)]
    found = find_outer_ring(images, [rim.scaled(ring) for rim in true], 70.0)
    assert found is not None
    for rim, seen in zip(true, found, strict=True):
        assert seen.b == pytest.approx(rim.b, rel=0.015)
        assert seen.a == pytest.approx(rim.a, rel=0.015)
        assert seen.distance(rim) < 0.7


def test_a_disc_that_rests_on_two_rings_gets_the_height_of_the_rim() -> None:
    true = rims(1.0)
    images = [plate(rim, k) for k, rim in enumerate(true)]
    # The rim to the left, the next ring to the right.
    between = [Ellipse(rim.x - 3.5, rim.y, 46.5, 46.5) for rim in true]
    found = find_outer_ring(images, between, 70.0)
    assert found is not None
    assert found[0].b == pytest.approx(50.0, rel=0.015)
    assert np.abs([seen.y - rim.y for rim, seen in zip(true, found, strict=True)]).max() < 0.7


def test_a_disc_of_the_right_height_gets_the_width_of_the_rim() -> None:
    """In a real deadlift the left of the rim and the lettering to the right were taken for one."""
    true = rims(1.0)
    images = [plate(rim, k) for k, rim in enumerate(true)]
    narrow = [Ellipse(rim.x - 4.5, rim.y, 42.0, 49.0) for rim in true]
    found = find_outer_ring(images, narrow, 70.0)
    assert found is not None
    assert found[0].a == pytest.approx(50.0, rel=0.015)
    assert found[0].b == pytest.approx(50.0, rel=0.015)


def test_around_the_rim_there_is_nothing() -> None:
    true = rims(1.0)
    images = [plate(rim, k) for k, rim in enumerate(true)]
    assert find_outer_ring(images, true, 80.0) is None


def test_a_ring_of_the_room_is_not_the_plates() -> None:
    true = rims(1.0)
    images = []
    for rim in true:
        room = plate(Ellipse(112.0, 108.0, 62.0, 62.0), 0, rings=((1.0, 235),))
        inside = np.zeros((SIZE, SIZE), np.uint8)
        middle = (round(rim.x), round(rim.y))
        cv2.circle(inside, middle, 50, 1, -1)
        room[inside > 0] = plate(rim, 0)[inside > 0]
        images.append(room)
    assert find_outer_ring(images, true, 80.0) is None


def test_no_larger_ring_than_a_plate_can_have() -> None:
    true = rims(1.0)
    images = [plate(rim, k) for k, rim in enumerate(true)]
    found = find_outer_ring(images, [rim.scaled(0.72) for rim in true], 46.0)
    assert found is not None
    assert found[0].b == pytest.approx(43.0, rel=0.02)


def test_own_edges_stay_and_those_of_the_wall_do_not() -> None:
    true = rims(0.8)
    edges = RectifiedEdges.accumulate([(plate(rim, k), rim) for k, rim in enumerate(true)])
    assert edges.clearness(REFERENCE_RING) > 0.8
    assert edges.clearness(REFERENCE_RING.scaled(0.86)) > 0.8
    assert edges.clearness(REFERENCE_RING.scaled(1.25)) < 0.35
    assert edges.clearness(REFERENCE_RING.scaled(0.5)) < 0.1
