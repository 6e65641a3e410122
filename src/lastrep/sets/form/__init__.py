"""Form: each reading against the standard and the lifter's own first reps."""
