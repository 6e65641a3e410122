"""A number that may not be known: NaN in arithmetic, null in a document."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer


def _from_document(value: object) -> object:
    return math.nan if value is None else value


def _to_document(value: float) -> float | None:
    return value if math.isfinite(value) else None


#: NaN where it is not known; a document has null there, since JSON knows no NaN.
MaybeNan = Annotated[
    float,
    Field(allow_inf_nan=True),
    BeforeValidator(_from_document),
    PlainSerializer(_to_document, return_type=float | None, when_used="json"),
]
