"""Small checks that say what is missing, for all tests.

A loop over nothing asserts nothing, and neither do `all(...)` and `not any(...)`: what a test goes
through is passed through :func:`some`, so that an empty result fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def some(items: Iterable[T]) -> list[T]:
    """Return the items, of which there must be at least one."""
    found = list(items)
    assert found, "there is nothing"
    return found


def known(value: T | None) -> T:
    """Return a value that must not be missing."""
    assert value is not None, "there is no value"
    return value
