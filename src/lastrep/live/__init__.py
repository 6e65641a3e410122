"""A training session in front of a camera: set-up, sets, rests, in the order of a plan."""
