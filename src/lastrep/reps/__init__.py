"""Finding reps: where each one starts, turns and ends."""
