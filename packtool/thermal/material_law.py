"""What a material of the pack conducts and holds by temperature, in the laws of ``thermal.general``."""

from __future__ import annotations

from dataclasses import dataclass, replace

from packtool.errors import SolveError
from packtool.mesh.records import Floats
from packtool.results import ZERO_CELSIUS
from packtool.thermal.general.capacity import PhaseChange
from packtool.thermal.general.values import Table

SLACK_K = 0.5
"""A field may leave the range of a table by this much: trilinear fields swing below a cold start by a little. The end value holds there."""


@dataclass(frozen=True)
class MaterialLaw:
    """``material``, for messages. ``k`` [W/m/K]: one table over T [K], or three numbers or tables along x, y, z; ``rho_cp`` [J/m³/K]: a table
    over T or a PhaseChange. None: does not depend on temperature. A table that does not hold its end values is refused beyond them."""

    material: str
    k: Table | tuple[float | Table, float | Table, float | Table] | None = None
    rho_cp: Table | PhaseChange | None = None

    @property
    def tables(self) -> tuple[tuple[str, Table], ...]:
        """The tables of it, each with what it is of: k or cp."""
        ways = self.k if isinstance(self.k, tuple) else (self.k,)
        named = (*(("k", way) for way in ways), ("cp", self.rho_cp))
        return tuple((name, one) for name, one in named if isinstance(one, Table))

    @property
    def melting(self) -> PhaseChange | None:
        """How it melts; None if it does not."""
        return self.rho_cp if isinstance(self.rho_cp, PhaseChange) else None

    def held(self) -> MaterialLaw:
        """The same with every end value held, for fields on the way to a solution."""
        k = (_held(self.k[0]), _held(self.k[1]), _held(self.k[2])) if isinstance(self.k, tuple) else _held(self.k)
        return MaterialLaw(self.material, k, _held(self.rho_cp))

    def refuse_outside(self, T: Floats, when: str = "") -> None:
        """Raise SolveError where a temperature of ``T`` [K] of this material is beyond a table that does not hold."""
        for name, table in self.tables:
            if table.hold:
                continue
            first, last = table.points[0], table.points[-1]
            coldest, warmest = float(T.min()), float(T.max())
            for reached, beyond in ((coldest, coldest < first - SLACK_K), (warmest, warmest > last + SLACK_K)):
                if beyond:
                    raise SolveError(
                        f"{name} of {self.material} is known by temperature from {first - ZERO_CELSIUS:g} to {last - ZERO_CELSIUS:g} degC, and gets to "
                        f"{reached - ZERO_CELSIUS:.2f} degC{when}: give its table more points (the last value again, where it holds on)"
                    )


def _held[Given](given: Given) -> Given:
    return replace(given, hold=True) if isinstance(given, Table) else given
