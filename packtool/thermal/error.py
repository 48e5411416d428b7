"""The numerical error of a result, from the same number on a mesh with elements of half the count in each direction.

With a discretisation error C h^p the two differ by C h^p (2^p - 1), so the finer one's error is that over 2^p - 1. Trilinear
elements have p = 2 where the field is smooth, and less beside corners where materials or boundary conditions meet (4/3 beside a
270 degree corner, down to 1 where conductivities differ strongly). One p = 1.5 is used for all: for a true p of 1.0, 1.33, 1.5,
2.0 the estimate is 0.55, 0.83, 1.00, 1.64 times the true error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from packtool.results import Result

ORDER = 1.5
"""Assumed order of convergence p."""

SOLVER_FLOOR = 1e-7
"""Of the value (absolute temperature for degC): ten times the solver's tolerance, below which a difference between meshes says nothing."""


def estimated_errors(fine: Sequence[Result], halved: Sequence[Result]) -> tuple[Result, ...]:
    """``fine``, each with ``error`` estimated from the row of ``halved`` of the same name, case, time and region.

    An extreme may sit in another region on the other mesh: where no row has the same region, the only one of that name, case
    and time stands in. A row without a counterpart gets None: there is nothing to estimate it from. Raises ValueError where the
    units differ or ``halved`` has a row twice.
    """
    same: dict[tuple[_Key, str | None], Result] = {}
    alike: dict[_Key, list[Result]] = {}
    for row in halved:
        if (_key(row), row.region) in same:
            raise ValueError(f"{row.name} of case {row.case} is there twice")
        same[_key(row), row.region] = row
        alike.setdefault(_key(row), []).append(row)
    only = {key: rows[0] for key, rows in alike.items() if len(rows) == 1}
    return tuple(replace(row, error=_error(row, same.get((_key(row), row.region), only.get(_key(row))))) for row in fine)


_Key = tuple[str, str | None, float | None]


def _key(row: Result) -> _Key:
    return row.name, row.case, row.time_s


def _error(fine: Result, coarse: Result | None) -> float | None:
    if coarse is None:
        return None
    if coarse.unit != fine.unit:
        raise ValueError(f"{fine.name} is in {fine.unit} on one mesh and in {coarse.unit} on the other")
    size = abs(fine.value + 273.15) if fine.unit == "degC" else abs(fine.value)
    return max(abs(fine.value - coarse.value) / (2**ORDER - 1), SOLVER_FLOOR * size)
