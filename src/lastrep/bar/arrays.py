"""Array types that all of bar tracking shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Coordinates and measurements.
Array = NDArray[np.float64]
#: Grey levels, shape = (h, w) or (h, w, 3).
Image = NDArray[np.uint8]
#: What is computed for every pixel: gradients, votes.
Pixels = NDArray[np.float32]
#: A yes or no for each element.
Mask = NDArray[np.bool_]
