"""What a case asks of the pack over time: current or power, piecewise linear, with jumps where pieces meet. Plain Python."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal, NamedTuple

Quantity = Literal["current_A", "power_W"]


class Asked(NamedTuple):
    """What is asked for at one time: ``value`` of ``quantity`` [A] or [W], discharge > 0; ``tapers``: less is as it should be where the cells
    reach their highest voltage (a charge at constant current, then at constant voltage)."""

    quantity: Quantity
    value: float
    tapers: bool


@dataclass(frozen=True)
class Demand:
    """``quantity`` of the pack, discharge > 0. Piece i lasts from ``edges[i]`` to ``edges[i + 1]`` [s] and goes straight from
    ``start[i]`` to ``end[i]``; ``edges`` (n + 1,) ascend from 0, ``start`` and ``end`` (n,). ``quantities`` (n,) where pieces are of
    different ones, else empty; ``tapers`` (n,), see ``Asked``, empty: none does."""

    quantity: Quantity
    edges: tuple[float, ...]
    start: tuple[float, ...]
    end: tuple[float, ...]
    quantities: tuple[Quantity, ...] = ()
    tapers: tuple[bool, ...] = ()

    @classmethod
    def constant(cls, quantity: Quantity, value: float, duration_s: float) -> Demand:
        """``value`` from 0 to ``duration_s``."""
        return cls(quantity, (0.0, duration_s), (value,), (value,))

    @property
    def duration_s(self) -> float:
        """End of the last piece."""
        return self.edges[-1]

    def at(self, t: float) -> Asked:
        """What is asked for at ``t`` [s], inside a piece; nothing after the last."""
        edges = self.edges
        i = bisect_right(edges, t) - 1
        if i >= len(self.start):
            return Asked(self.quantity, 0.0, False)
        value = self.start[i] + (self.end[i] - self.start[i]) * (t - edges[i]) / (edges[i + 1] - edges[i])
        return Asked(self.of_piece(i), value, bool(self.tapers) and self.tapers[i])

    def of_piece(self, i: int) -> Quantity:
        """What piece ``i`` is in."""
        return self.quantities[i] if self.quantities else self.quantity

    def largest(self, quantity: Quantity) -> tuple[float, float]:
        """The largest charge and the largest discharge that are asked for in this quantity, both >= 0."""
        values = [v for i, ends in enumerate(zip(self.start, self.end, strict=True)) if self.of_piece(i) == quantity for v in ends]
        return max(0.0, -min(values, default=0.0)), max(0.0, max(values, default=0.0))
