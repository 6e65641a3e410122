"""Exercises as data: the definition type, the catalogue, and recognition."""

from lastrep.exercises.definition import ExerciseDefinition, RomLimit
from lastrep.exercises.library import Catalogue, catalogue, find

__all__ = ["Catalogue", "ExerciseDefinition", "RomLimit", "catalogue", "find"]
