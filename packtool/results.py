"""A result: one number with its unit, its numerical error and what it speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

ZERO_CELSIUS = 273.15
"""0 degC [K]; exact, by the definition of the degree Celsius."""


@dataclass(frozen=True, slots=True)
class Result:
    """One number of a solve or of a layout.

    Attributes: ``name`` dotted, as in DESIGN (``temperature.cell.max``, ``temperature.cell.mean[R2C05]``); ``value`` in
    ``unit`` (temperatures in degC, differences in K); ``error`` the estimated numerical error in the same unit, None where
    the number is exact or has no estimate; ``error_time`` the part of it that is due to the time steps; ``scatter`` what the published scatter of the correlations behind it makes of it; ``region`` the part it speaks of; ``case`` the load case; ``time_s`` for transients.
    """

    name: str
    value: float
    unit: str
    error: float | None = None
    region: str | None = None
    case: str | None = None
    time_s: float | None = None
    scatter: float | None = None
    error_time: float | None = None

    @property
    def uncertainty(self) -> float | None:
        """Numerical error and scatter together, which a rule adds to the value; None where neither is known."""
        return None if self.error is None and self.scatter is None else (self.error or 0.0) + (self.scatter or 0.0)

    def as_dict(self) -> dict[str, Any]:
        """The row of results.json."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ResultSet:
    """Results in their order; looked up by name and case."""

    rows: tuple[Result, ...] = ()

    def __iter__(self) -> Iterator[Result]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def find(self, name: str, case: str | None = None) -> Result | None:
        """The result called ``name`` (of ``case``, if given), or None."""
        return next((r for r in self.rows if r.name == name and (case is None or r.case == case)), None)

    def named(self, name: str) -> tuple[Result, ...]:
        """Every result called ``name``, one a case."""
        return tuple(r for r in self.rows if r.name == name)

    def joined(self, more: Iterable[Result]) -> ResultSet:
        """These and ``more``."""
        return ResultSet(self.rows + tuple(more))

    @classmethod
    def from_dicts(cls, rows: Iterable[Mapping[str, Any]]) -> ResultSet:
        """Read back what ``as_dict`` wrote."""
        return cls(tuple(Result(**row) for row in rows))
