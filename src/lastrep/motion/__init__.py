"""Arrays in, arrays out: cleaning, filters, joint angles, movement signals, camera view."""
