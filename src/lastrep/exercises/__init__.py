"""Exercises as data: the definition type, the catalogue, and recognition."""

from lastrep.exercises.definition import ExerciseDefinition
from lastrep.exercises.library import Catalogue, catalogue, find

__all__ = ["Catalogue", "ExerciseDefinition", "catalogue", "find"]
