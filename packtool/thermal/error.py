"""The numerical error of a result, from the same number on meshes with half (and a quarter of) the elements in each direction.

With a discretisation error C h^p two meshes differ by C h^p (2^p - 1), so the finer one's error is that over 2^p - 1. Trilinear
elements have p = 2 where the field is smooth, and less beside corners where materials or boundary conditions meet (4/3 beside a
270 degree corner, down to 1 where conductivities differ strongly). With two meshes one p = 1.5 is used for all: for a true p of
1.0, 1.33, 1.5, 2.0 the estimate is 0.55, 0.83, 1.00, 1.64 times the true error. Flows between parts are given p = 1: where three parts meet
the flux is singular, and what one takes the other loses (from cell to end plate of 2 x 3 cells on a plate: 2.4, 1.2 W off at coarse, normal).

A third mesh shows where that fails. Where the differences shrink slowly, p is taken as they show it, down to 1. Where the last
difference is far smaller than the one before (an extreme that crosses its limit, errors that cancel), it says nothing about what
is left, and the one before, shrunk as a smooth field's would be (p = 2), stands in: too large an error rather than too small a one.

Without a third mesh agreement by chance cannot be told from accuracy. No temperature is then told to be better than the cells' means, no
flow of heat to be better than the heat to the coolant is for its size, and no number better than the error that its row came with. How
good the means are is the root mean square over the cells of each one's own: in what is common to all, changes to either side cancel (eight
round cells on a plate at level coarse: 0.03 K by the difference of their common mean, 0.08 K by the mean square). Nor is a cell's extreme
ever told to be better than the mean: it moves from place to place as the mesh does (the coldest corner of a small pack on a plate at level
normal: 0.15 K off, told as 0.03 K by its own numbers).

Not every count of elements can be halved: round cells whose contacts need 24 edges around keep them, intervals between close faces are one
element at every level. Such a pair shows a part of what halving in every direction would, taken to be the ``halved_shares`` of the cells' three
directions (12 cells between ribbons at level coarse: a fifth; the mean is 0.13 K off, told as 0.026 K without this).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from packtool.mesh.records import TaggedMesh
from packtool.results import ZERO_CELSIUS, Result

ORDER = 1.5
"""Assumed order of convergence p."""

SMOOTH_ORDER = 2.0
"""Order of trilinear elements where the field is smooth: differences cannot be expected to shrink faster."""

LOWEST_ORDER = 1.0
"""Least order that is believed of a slowly shrinking difference; below it the mesh does not resolve the field at all."""

SOLVER_FLOOR = 1e-7
"""Of the value (absolute temperature for degC): ten times the solver's tolerance, below which a difference between meshes says nothing."""

MEAN = "temperature.cell.mean"
"""The number that errors of temperatures are held against, with a cell's name in brackets that of the cell."""
COOLANT = "heat.coolant"
BETWEEN = "heat.flow["
FLOWS = (BETWEEN, "heat.ambient")
"""Beginnings of the names of flows of heat, of which two meshes may agree by chance."""
FILM = "coolant.film"
"""Of what the flow to the coolant makes of its film [K], which it is proportional to."""
LEAST_SHARE = 0.01
"""Of the error of the heat to the coolant, below which that of no flow is told."""
EXTREMES = ("temperature.cell.max", "temperature.cell.min", "temperature.cell.inner_spread")
"""Beginnings of the names of numbers that may agree by chance on three meshes."""


def halved_shares(meshes: Sequence[TaggedMesh]) -> tuple[float, ...]:
    """Of each of ``meshes`` and the next: how much of halving in all three directions was done, 0 to 1.

    By the number of elements in the cells (in all parts where there are no cells), of which whole halving leaves an eighth.
    """

    def count(mesh: TaggedMesh) -> int:
        cell = np.array([region.role == "cell" for region in mesh.regions])
        return int(cell[mesh.region].sum()) if cell.any() else len(mesh.hexes)

    return tuple(min(max(math.log2(a / b) / 3, 0.0), 1.0) for a, b in pairwise(map(count, meshes)))


def estimated_errors(
    fine: Sequence[Result], halved: Sequence[Result], quartered: Sequence[Result] = (), *, shares: Sequence[float] = (1.0, 1.0)
) -> tuple[Result, ...]:
    """``fine``, each with ``error`` estimated from the rows of ``halved`` (and ``quartered``) of the same name, case and region.

    ``shares``: the ``halved_shares`` of each mesh and the next; a mesh is no help where its share is 0, and without the first error is None.

    An extreme may sit in another region, and at another time, on the other mesh: where no row has the same region, the only one of that name and case
    stands in. A row without a counterpart gets None: there is nothing to estimate it from. An ``error`` that a row of ``fine`` has is
    known from its mesh alone, and the least that is told where there is no third. Raises ValueError where the units differ or a
    mesh has a row twice.
    """
    half, quarter = _Rows(halved), _Rows(quartered)
    errors = [_error(row, half.of(row), quarter.of(row), shares) for row in fine]
    mean = _error_of_means(errors, fine)
    held = EXTREMES if quartered else "temperature."
    errors = [e if e is None or not row.name.startswith(held) else max(e, mean) for e, row in zip(errors, fine, strict=True)]
    least = _least_of_flows(errors, fine, by_size=not quartered)
    errors = [None if e is None else max(e, least(row)) for e, row in zip(errors, fine, strict=True)]
    if not quartered:
        errors = [None if e is None else max(e, row.error or 0.0) for e, row in zip(errors, fine, strict=True)]
    return tuple(replace(row, error=error) for row, error in zip(fine, errors, strict=True))


def _error_of_means(errors: Sequence[float | None], rows: Sequence[Result]) -> float:
    """How good the cells' means are: that of all together, and at least the root mean square of each cell's own; 0 without any."""
    known = [(error, row.name) for error, row in zip(errors, rows, strict=True) if error is not None]
    own = [error**2 for error, name in known if name.startswith(f"{MEAN}[")]
    return max([math.sqrt(sum(own) / len(own)) if own else 0.0, *(error for error, name in known if name == MEAN)])


def _least_of_flows(errors: Sequence[float | None], rows: Sequence[Result], by_size: bool) -> Callable[[Result], float]:
    """The least error that a flow of heat is told with: LEAST_SHARE of that of the heat to the coolant; ``by_size``: as large a part of the
    number as that is of the heat to the coolant, the same for what the flow makes of a film."""
    known = {row.name: (abs(row.value), error) for error, row in zip(errors, rows, strict=True) if error}
    total, whole = known.get(COOLANT, (0.0, 0.0))

    def least(row: Result) -> float:
        flow = row.name.startswith(FLOWS)
        if total == 0 or not (flow or row.name.startswith(FILM)):
            return 0.0
        return max(whole / total * abs(row.value) if by_size else 0.0, LEAST_SHARE * whole if flow else 0.0)

    return least


_Key = tuple[str, str | None]


def _key(row: Result) -> _Key:
    return row.name, row.case


class _Rows:
    """The results of one mesh, found by what they speak of."""

    def __init__(self, rows: Sequence[Result]) -> None:
        self._same: dict[tuple[_Key, str | None], Result] = {}
        alike: dict[_Key, list[Result]] = {}
        for row in rows:
            if (_key(row), row.region) in self._same:
                raise ValueError(f"{row.name} of case {row.case} is there twice")
            self._same[_key(row), row.region] = row
            alike.setdefault(_key(row), []).append(row)
        self._only = {key: found[0] for key, found in alike.items() if len(found) == 1}

    def of(self, row: Result) -> Result | None:
        """The row that speaks of the same; None if there is none."""
        found = self._same.get((_key(row), row.region), self._only.get(_key(row)))
        if found is not None and found.unit != row.unit:
            raise ValueError(f"{row.name} is in {row.unit} on one mesh and in {found.unit} on the other")
        return found


def _error(fine: Result, half: Result | None, quarter: Result | None, shares: Sequence[float]) -> float | None:
    if half is None or shares[0] == 0:
        return None
    size = abs(fine.value + ZERO_CELSIUS) if fine.unit == "degC" else abs(fine.value)
    floor = SOLVER_FLOOR * size
    order = LOWEST_ORDER if _is_between_parts(fine.name) else ORDER
    first = fine.value + (half.value - fine.value) / shares[0]
    if quarter is None or shares[1] == 0:
        return max(abs(fine.value - first) / (2**order - 1), floor)
    second = first + (quarter.value - half.value) / shares[1]
    return fitted_error((fine.value, first, second), order, SMOOTH_ORDER, floor)


def _is_between_parts(name: str) -> bool:
    return name.startswith(BETWEEN) and not name.endswith((">ambient]", ">coolant]"))


def fitted_error(values: tuple[float, float, float], most: float, smooth: float, floor: float) -> float:
    """The estimated error of the first of a number's ``values`` on a mesh and on those with half and a quarter of its divisions.

    The order that they show is believed from LOWEST_ORDER to ``most``; differences cannot be expected to shrink faster than by the
    order ``smooth``, so that one that did says nothing. ``floor``: differences below it are rounding, and the least error.
    """
    last, before = abs(values[0] - values[1]), abs(values[1] - values[2])
    shown = math.log2(before / last) if last > floor and before > 0 else most
    order = min(max(shown, LOWEST_ORDER), most)
    return max(last / (2**order - 1), before / 2**smooth / (2**most - 1), floor)
