"""Exercises as data: the definition type, the catalogue and its look-up."""
