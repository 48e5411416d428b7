"""The Graetz problem of a rectangular duct by finite volumes: an independent reference for the Nusselt correlation.

A quarter of the section, cells graded towards the walls, the exact velocity series, L-stable second-order steps along the duct.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse
from scipy.sparse.linalg import splu


def local_nusselt(aspect: float, x_star: list[float], wall: str, cells: tuple[int, int]) -> np.ndarray:
    """Nu_x on D_h at ``x_star``; wall "T": one temperature; "H1": even heat along, even temperature around. Sides 1 and ``aspect``."""
    a, b = 0.5, aspect / 2
    y_edges, z_edges = (half * (1 - (1 - np.linspace(0, 1, n + 1)) ** 1.6) for half, n in zip((a, b), cells, strict=True))
    y, z = (y_edges[1:] + y_edges[:-1]) / 2, (z_edges[1:] + z_edges[:-1]) / 2
    dy, dz = np.diff(y_edges), np.diff(z_edges)
    volume = np.outer(dy, dz)
    u = velocity(*np.meshgrid(y, z, indexing="ij"), a, b)
    u /= (u * volume).sum() / volume.sum()
    number = np.arange(volume.size).reshape(volume.shape)
    links = [
        (number[:-1], number[1:], dz[None, :] / np.diff(y)[:, None]),
        (number[:, :-1], number[:, 1:], dy[:, None] / np.diff(z)[None, :]),
    ]
    i, j, g = (np.concatenate([np.ravel(part[k]) for part in links]) for k in range(3))
    to_wall = np.zeros(volume.shape)
    to_wall[-1] += dz / (dy[-1] / 2)
    to_wall[:, -1] += dy / (dz[-1] / 2)
    w, M, n = to_wall.ravel(), (u * volume).ravel(), volume.size
    K = sparse.csr_matrix((np.concatenate([g, g, -g, -g]), (np.r_[i, j, i, j], np.r_[j, i, i, j])), shape=(n, n)) - sparse.diags(w)
    perimeter, D = a + b, 4 * a * b / (a + b)
    gamma = 1 - 1 / np.sqrt(2)
    T, found, reached = np.zeros(n), [], 0.0
    for target in np.asarray(x_star) * D**2:
        first = reached == 0.0
        stations = target * np.linspace(0, 1, 120) ** 2 if first else np.linspace(reached, target, 50)
        factors, step = None, 0.0
        for h in np.diff(stations):
            if factors is None or abs(h - step) > 1e-9 * h:
                factors, step = splu((sparse.diags(M) - gamma * h * K).tocsc()), h
                push = factors.solve(w)
            rates: list[np.ndarray] = []
            for before in (0.0, 1 - gamma):
                base = T + before * h * rates[0] if rates else T
                drift = factors.solve(K @ base)
                T_wall = 1.0 if wall == "T" else (1 + w @ (base + gamma * h * drift)) / (w.sum() - gamma * h * (w @ push))
                rates.append(drift + T_wall * push)
            T = T + h * ((1 - gamma) * rates[0] + gamma * rates[1])
        T_wall = 1.0 if wall == "T" else (1 + w @ T) / w.sum()
        found.append(w @ (T_wall - T) / perimeter / (T_wall - M @ T / M.sum()) * D)
        reached = target
    return np.array(found)


def velocity(y: np.ndarray, z: np.ndarray, a: float, b: float) -> np.ndarray:
    """Developed velocity, not normalised, at ``y``, ``z`` >= 0 of a duct of half sides ``a`` (y) and ``b`` (z)."""
    u = np.zeros_like(y)
    for n in range(1, 100, 2):
        k = n * np.pi / (2 * a)
        ratio = np.exp(k * (z - b)) * (1 + np.exp(-2 * k * z)) / (1 + np.exp(-2 * k * b))
        u += (-1) ** ((n - 1) // 2) / n**3 * (1 - ratio) * np.cos(k * y)
    return u
