"""Pose landmarks of one lifter over time, and the estimators that produce them."""

from lastrep.pose.landmarks import BODY_PAIRS, BONES, LANDMARK_COUNT, Landmark
from lastrep.pose.sequence import Pose, PoseSequence

__all__ = ["BODY_PAIRS", "BONES", "LANDMARK_COUNT", "Landmark", "Pose", "PoseSequence"]
