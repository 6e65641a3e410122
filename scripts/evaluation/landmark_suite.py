"""The synthetic landmark suite through the product's engine: hundreds of sets, no pose model."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from evaluation.comparing import Compared, compare_landmarks
from evaluation.truth import parse_truth
from lifters import Clip, landmark_recording
from lifters.suite import landmark_suite
from lifters.truth import truth_document


def compare_suite(clips: Collection[Clip] = ()) -> list[Compared]:
    """Analyse the sets of the suite (or those given) on all cores, in their order."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        return list(pool.map(compare_set, clips or tuple(landmark_suite()), chunksize=4))


def compare_set(clip: Clip) -> Compared:
    """Analyse one set."""
    recording = landmark_recording(clip)
    return compare_landmarks(parse_truth(truth_document(recording.truth)), recording.poses)
