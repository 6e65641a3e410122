"""The heart: from poses to reps, faults and the end of the set."""
