"""The bar: find the plate, follow it, say how far it moves in metres.

Frames and poses in, one `BarTrack` out. Nothing here knows what a rep is.
"""
