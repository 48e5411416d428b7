"""A verification case: a number that packtool computes, held against a reference that nobody here wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

Measure = Literal["relative", "absolute"]


@dataclass(frozen=True, slots=True)
class Row:
    """One quantity of a case. ``error`` is |value - reference| (over ``scale``, where ``measure`` is relative); it passes at or below ``tolerance``."""

    id: str
    quantity: str
    value: float
    reference: float
    tolerance: float
    unit: str
    measure: Measure = "relative"
    scale: float | None = None
    estimate: float | None = None

    @property
    def error(self) -> float:
        """The difference in the row's measure."""
        difference = abs(self.value - self.reference)
        return difference if self.measure == "absolute" else difference / abs(self.reference if self.scale is None else self.scale)

    @property
    def passes(self) -> bool:
        """Within the tolerance; a NaN does not pass."""
        return self.error <= self.tolerance


@dataclass(frozen=True, slots=True)
class VerificationCase:
    """``id`` as in the literature list (A1, D5); what physics it tests; its source; ``run`` computes its rows."""

    id: str
    title: str
    source: str
    run: Callable[[], Iterable[Row]]
