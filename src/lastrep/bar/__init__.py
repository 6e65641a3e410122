"""The bar: detect the plate or the sleeves, track them, and say where they were.

Frames and poses in, one `BarTrack` out. Nothing here knows what a rep is.

Reading order: `track` (the result), `recording` (entry points), `tracker` and `window` (one window
of frames after the other), `plate` (discs seen from the side), `sleeves` (both ends of the bar seen
from the front), `camera` (stabilisation), `bar_proxy` (landmarks in place of the bar) and
`confidence`.
Every number that the algorithms were tuned with is a field of `options.BarTrackingOptions`.
"""
