"""Arrays in, arrays out: filters, joint angles, movement signals, camera view."""
