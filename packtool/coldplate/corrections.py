"""What a calibration adds to a network's correlations: losses by branch, films along the branches, each inside its range of Re."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packtool.mesh.records import Floats, Integers

Flags = NDArray[np.bool_]

ONE_FILM = 0.12
"""Relative half-width that a calibrated film keeps beside the mesh's error: it is one around the section, told for even heat at one Prandtl
number. The warmest point of the reference serpentine, beside the outer wall behind its last turn, comes out 12 % of its film too warm
(tests/coldplate), means within 3 %, both within 4 % on other plates (benchmarks/plate_levels.py); twice the Prandtl number is another 4 %."""
FADE = 0.25
"""Share of a range's end over which its figures give way to the correlations beyond it, so that nothing jumps."""


@dataclass(frozen=True)
class Corrections:
    """By branch (n, n_flows), rows of zeros where a branch has none: ``Re`` ascending, ``excess`` pressure lost beyond the correlations' sum
    over mu²/(rho D_h²) Re [-], forward flow only. ``film``: by branch the ways (n_stations,) [m] from its start and the
    films over those of layers that start anew behind every bend (n_flows, n_stations) [-].

    Relative errors of the finite elements (n_flows,): ``drop_error`` of the pressure, ``film_error`` of the films.
    """

    Re: Floats
    excess: Floats
    film: dict[int, tuple[Floats, Floats]]
    drop_error: Floats
    film_error: Floats

    def loss(self, Re: Floats, mu: Floats, rho: Floats, D_h: Floats, forward: Flags) -> Floats:
        """Pressure (n,) [Pa] to add along each branch at ``Re`` (n,).

        Between the flows of the calibration linear in Re times a linear function of Re (the form a/Re + b of K); below the first in
        proportion to Re, as creeping flow has it; beyond the last it fades.
        """
        scale = mu**2 / (rho * D_h**2) * Re
        return np.where(forward, scale * self.told(Re) * _along(Re, self.Re, self.excess), 0.0)

    def told(self, Re: Floats) -> Floats:
        """Weight (n,) [-] of the losses: 1 up to the calibration's highest Re of each branch, 0 where it has none."""
        return _below(Re, self.Re[:, -1])

    def inside(self, branch: Integers, Re: Floats) -> Floats:
        """Weight (n_segments,) [-] of the films: 1 between the lowest and the highest Re of each segment's ``branch``."""
        first, last = self.Re[branch, 0], self.Re[branch, -1]
        return _below(Re, last) * np.clip(1 - (first - Re) / np.maximum(FADE * first, 1e-300), 0.0, 1.0)

    def film_ratio(self, branch: Integers, s: Floats, Re: Floats) -> Floats:
        """Films over the correlation's (n_segments,) [-] at the ways ``s`` (n_segments,) [m] along ``branch``."""
        table = np.ones((len(s), self.Re.shape[1]))
        for b, (ways, ratio) in self.film.items():
            here = np.flatnonzero(branch == b)
            for k, row in enumerate(ratio):
                table[here, k] = np.interp(s[here], ways, row)
        return _along(Re, self.Re[branch], table)

    def loss_error(self, Re: Floats) -> Floats:
        """Relative half-width (n,) [-] of each branch's whole loss."""
        return _along(Re, self.Re, np.broadcast_to(self.drop_error, self.Re.shape))

    def film_scatter(self, branch: Integers, Re: Floats) -> Floats:
        """Relative half-width (n_segments,) [-] of the films."""
        knots = self.Re[branch]
        return ONE_FILM + _along(Re, knots, np.broadcast_to(self.film_error, knots.shape))


def _below(Re: Floats, last: Floats) -> Floats:
    """1 up to ``last``, fading to 0 beyond it."""
    return np.clip(1 - (Re - last) / np.maximum(FADE * last, 1e-300), 0.0, 1.0)


def _along(x: Floats, knots: Floats, values: Floats) -> Floats:
    """Piecewise linear row by row: ``x`` (n,), ``knots`` and ``values`` (n, m); held beyond the ends. Rows of equal knots give the first value."""
    rows = np.arange(len(x))
    right = np.clip((knots < x[:, None]).sum(axis=1), 1, knots.shape[1] - 1)
    a, b = knots[rows, right - 1], knots[rows, right]
    share = np.clip(np.divide(x - a, b - a, out=np.zeros_like(x, dtype=float), where=b > a), 0.0, 1.0)
    return np.asarray((1 - share) * values[rows, right - 1] + share * values[rows, right])
