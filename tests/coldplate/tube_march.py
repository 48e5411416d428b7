"""The Graetz problem of a round tube by finite volumes: an independent reference for the Nusselt correlation."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.linalg import solve_banded


def tube_nusselt(x_star: np.ndarray, wall: str, cells: int = 300, steps: int = 1500) -> np.ndarray:
    """Nu_x on D at ``x_star`` = x / (D Pe), ascending; wall "T": one temperature; "H1": even flux. L-stable steps of second order."""
    edges = 0.5 * (1 - (1 - np.linspace(0, 1, cells + 1)) ** 1.8)
    r, volume = (edges[1:] + edges[:-1]) / 2, np.diff(edges**2) / 2
    M = 2 * (1 - 4 * r**2) * volume
    g, to_wall = edges[1:-1] / np.diff(r), edges[-1] / (edges[-1] - r[-1])
    d = np.zeros(cells)
    d[:-1] -= g
    d[1:] -= g
    source = np.zeros(cells)
    source[-1] = to_wall if wall == "T" else 0.5
    if wall == "T":
        d[-1] -= to_wall

    def implicit(h, right):
        bands = np.stack([np.r_[0, -h * g], M - h * d, np.r_[-h * g, 0]])
        return solve_banded((1, 1), bands, right)

    def conducted(T):
        out = d * T
        out[:-1] += g * T[1:]
        out[1:] += g * T[:-1]
        return out

    stations = np.unique(np.concatenate([[0.0], np.geomspace(1e-8, x_star[-1], steps), x_star]))
    T, gamma, found = np.zeros(cells), 1 - 1 / np.sqrt(2), []
    for a, b in pairwise(stations):
        rates: list[np.ndarray] = []
        for before in (0.0, 1 - gamma):
            base = T + before * (b - a) * rates[0] if rates else T
            rates.append(implicit(gamma * (b - a), conducted(base) + source))
        T = T + (b - a) * ((1 - gamma) * rates[0] + gamma * rates[1])
        if b in x_star:
            bulk = M @ T / M.sum()
            found.append(to_wall * (1 - T[-1]) / 0.5 / (1 - bulk) if wall == "T" else 1 / (T[-1] + 0.5 / to_wall - bulk))
    return np.array(found)
