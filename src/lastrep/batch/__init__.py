"""Grading many clips: which clips, the job done for each, where jobs run, and the tables made."""
