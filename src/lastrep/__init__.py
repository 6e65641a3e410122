"""lastrep: which rep of the set was the last good one."""

__version__ = "0.1.0"
