"""What a case asks of the pack over time: current or power, piecewise linear, with jumps where pieces meet. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Quantity = Literal["current_A", "power_W"]


@dataclass(frozen=True)
class Demand:
    """``quantity`` of the pack, discharge > 0. Piece i lasts from ``edges[i]`` to ``edges[i + 1]`` [s] and goes straight from
    ``start[i]`` to ``end[i]``; ``edges`` (n + 1,) ascend from 0, ``start`` and ``end`` (n,)."""

    quantity: Quantity
    edges: tuple[float, ...]
    start: tuple[float, ...]
    end: tuple[float, ...]

    @classmethod
    def constant(cls, quantity: Quantity, value: float, duration_s: float) -> Demand:
        """``value`` from 0 to ``duration_s``."""
        return cls(quantity, (0.0, duration_s), (value,), (value,))

    @property
    def duration_s(self) -> float:
        """End of the last piece."""
        return self.edges[-1]

    @property
    def largest(self) -> tuple[float, float]:
        """The largest charge and the largest discharge that are asked for, both >= 0."""
        values = (*self.start, *self.end)
        return max(0.0, -min(values)), max(0.0, *values)
