"""What `scripts/benchmark.py` runs, and on which clips."""
