"""What the shape of a busbar does to current and heat, by finite elements, reduced to its seats.

Where current and heat enter by the same seats, each at one potential and one temperature, and resistivity rho and conductivity k are even
over the bar, T + V² / (2 k rho) satisfies Laplace's equation as V does (Kohlrausch, Ann. Phys. 306 (1900) 132-158). So the harmonic
functions w_i that are 1 on seat i and 0 on the others hold all of it: V = sum w_i V_i, and T = sum w_i (T_i + V_i² / (2 k rho)) - V² / (2 k rho).
A film F to the air (as a matrix, over k) changes what is read off T by weights L: those of T with the film are L - F A⁻¹ L of T without it,
A being the Laplacian with the film, on the points that are not on seats. So the same functions hold that, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import bmat, coo_matrix, diags
from scipy.sparse.linalg import splu

from packtool.mesh.busbars import BarMesh
from packtool.mesh.grid import CORNERS
from packtool.mesh.records import Floats


@dataclass(frozen=True)
class BarShape:
    """Over weights on the bar's points, which a film has changed, ``mean`` and ``hot`` are of w_i, ``products`` and ``hot_products`` (n, n) of
    w_i w_j: what is missing of 1 in the sum of the former is the air's. ``flow`` (n, n) [m]: current out of seat i into the bar over conductivity, with seat j at 1 V and the others at 0; symmetric, rows sum to
    0. ``mean`` (n,): over the bar's volume; ``hot`` (n,): at the hottest place; ``slope`` (dims, n) [1/m]: of w_i where the current is densest,
    both with the currents that it was reduced for. ``air``: None without a film."""

    flow: Floats
    mean: Floats
    products: Floats
    hot: Floats
    hot_products: Floats
    slope: Floats
    air: AirSide | None = None


@dataclass(frozen=True)
class AirSide:
    """Over the film's weights on what flows towards seat i without it, ``escape`` (n, n) [m] of w_j, ``products`` (n, n, n) [m] of w_j w_k.

    By symmetry ``escape`` is also what seat i gives, over conductivity, to the film with seat j at 1 K, the air at 0."""

    escape: Floats
    products: Floats

    def taken(self, V: Floats) -> Floats:
        """(m, n) [A²/m]: of the heat over resistivity that potentials ``V`` (m, n) over resistivity make towards each seat, what the air takes."""
        pairs = (V[:, :, None] * V[:, None, :]).reshape(len(V), -1)
        return np.asarray(V**2 @ self.escape.T - pairs @ self.products.reshape(len(self.products), -1).T) / 2


def reduced(mesh: BarMesh, currents: Sequence[float], thickness: float, film: Floats | None = None) -> BarShape:
    """Reduce a busbar to its seats. ``currents`` (n,) [A] into the bar, of sum 0: those whose hottest and densest place are looked for.

    ``film`` (n_points,) [m]: area times film over conductivity by point, of a bar without even seats; None: no heat to the air.

    The density is the mean over pieces of one ``thickness`` [m]: at an edge of a seat, and in a corner, the field of a sharp-edged body has no bound.
    """
    matrix, volume = _conductance(mesh)
    w = _harmonic(mesh, matrix)
    flow = w.T @ (matrix @ w)
    flow = (flow + flow.T) / 2
    share = volume / volume.sum()
    seats = resistance(flow) @ np.asarray(currents)
    V = w @ seats
    heat = w @ seats**2 - V**2
    air = None
    if film is not None and film.any():
        free = np.ones(len(film), dtype=bool)
        free[np.concatenate(mesh.seats)] = False
        solver = _symmetric((matrix + diags(film))[free][:, free])

        def filmed(weights: Floats) -> Floats:
            """Weights (n_points, ...) on the bar without the film that tell what these do with it."""
            found = weights.copy()
            found[free] -= (film[free] * solver.solve(weights[free]).T).T
            return found

        heat[free] -= solver.solve(film[free] * heat[free])
        out = filmed(film[:, None] * w)
        air = AirSide(out.T @ w, np.stack([w.T @ (one[:, None] * w) for one in out.T]))
        share = filmed(share)
    slopes = _pieces(mesh, thickness)
    field = np.stack([slope @ V for slope in slopes])
    densest = int((field**2).sum(axis=0).argmax())
    hot = (np.arange(len(heat)) == heat.argmax()).astype(float)
    if air is not None:
        hot = filmed(hot)
    return BarShape(
        flow=flow,
        mean=share @ w,
        products=w.T @ (share[:, None] * w),
        hot=hot @ w,
        hot_products=w.T @ (hot[:, None] * w),
        slope=np.stack([slope[densest] @ w for slope in slopes]).reshape(len(slopes), -1),
        air=air,
    )


def resistance(flow: Floats) -> Floats:
    """(n, n) [1/m]: potentials of the seats, the last at 0, over resistivity and the currents into them; ``flow`` as in ``BarShape``."""
    found = np.zeros_like(flow)
    found[:-1, :-1] = np.linalg.inv(flow[:-1, :-1])
    return found


def _conductance(mesh: BarMesh) -> tuple[Any, Floats]:
    """The Laplacian's matrix (n, n) [m], and each point's part (n,) of the volume [m³]."""
    own, volume = (_of_triangles if mesh.elements.shape[1] == 3 else _of_boxes)(mesh)
    n, nodes = len(mesh.points), mesh.elements
    rows, columns = np.broadcast_arrays(nodes[:, :, None], nodes[:, None, :])
    matrix = coo_matrix((own.ravel(), (rows.ravel(), columns.ravel())), shape=(n, n)).tocsc()
    parts = np.bincount(nodes.ravel(), np.repeat(volume / nodes.shape[1], nodes.shape[1]), n)
    return matrix, parts


def _gradients(mesh: BarMesh) -> tuple[Floats, Floats]:
    """Of each element the shape functions' mean gradients (m, dims, nodes) [1/m], and its volume (m,) [m³]."""
    corner = mesh.points[mesh.elements]
    if mesh.elements.shape[1] == 3:
        ahead, behind = np.roll(corner, -1, axis=1), np.roll(corner, -2, axis=1)
        (ax, ay), (bx, by) = (corner[:, 1] - corner[:, 0]).T, (corner[:, 2] - corner[:, 0]).T
        twice = ax * by - ay * bx
        across = (ahead - behind)[..., ::-1] * np.array([1.0, -1.0])
        return across.transpose(0, 2, 1) / twice[:, None, None], twice / 2 * mesh.thickness
    size = corner[:, 6] - corner[:, 0]
    return (CORNERS * 2 - 1).T[None] / 4 / size[:, :, None], size.prod(axis=1)


def _of_triangles(mesh: BarMesh) -> tuple[Floats, Floats]:
    """Matrices (m, 3, 3) of linear triangles, and volumes."""
    gradient, volume = _gradients(mesh)
    return np.einsum("mdi,mdj,m->mij", gradient, gradient, volume), volume


def _of_boxes(mesh: BarMesh) -> tuple[Floats, Floats]:
    """Matrices (m, 8, 8) of trilinear boxes, exact: products of those of the three edges, and volumes."""
    corner = mesh.points[mesh.elements]
    size = corner[:, 6] - corner[:, 0]
    same = (CORNERS[:, None, :] == CORNERS[None, :, :]).astype(float)
    stiff, mass = 2 * same - 1, (1 + same) / 6
    own = np.zeros((len(size), 8, 8))
    volume = size.prod(axis=1)
    for axis in range(3):
        others = [a for a in range(3) if a != axis]
        one = stiff[..., axis] * mass[..., others[0]] * mass[..., others[1]]
        own += (volume / size[:, axis] ** 2)[:, None, None] * one
    return own, volume


def _harmonic(mesh: BarMesh, matrix: Any) -> Floats:
    """The functions (n_points, n_seats) that are 1 on one seat and 0 on the others; on an even seat in the mean, with an even current."""
    n, held = len(mesh.points), [number for number, even in enumerate(mesh.even) if not even]
    w = np.zeros((n, len(mesh.seats)))
    free = np.ones(n, dtype=bool)
    for seat in held:
        w[mesh.seats[seat], seat] = 1.0
        free[mesh.seats[seat]] = False
    system, load = matrix[free][:, free], -(matrix[free] @ w)
    evens = [number for number, even in enumerate(mesh.even) if even]
    if not evens:
        solver = _symmetric(system)
    else:  # the mean of each even seat is prescribed; what holds it there is a current that is even along it
        nodes = np.concatenate([mesh.seats[seat] for seat in evens])
        owner = np.repeat(np.arange(len(evens)), [len(mesh.seats[seat]) for seat in evens])
        means = coo_matrix((1.0 / np.bincount(owner)[owner], (owner, nodes)), shape=(len(evens), n)).tocsr()
        scale = float(matrix.diagonal().mean())
        system = bmat([[system, scale * means[:, free].T], [scale * means[:, free], None]], format="csc")
        wanted = scale * (np.arange(len(mesh.seats)) == np.array(evens)[:, None])
        load = np.concatenate([load, wanted - scale * (means @ w)])
        solver = splu(system)
    w[free] = solver.solve(load)[: int(free.sum())]
    return w


def _symmetric(matrix: Any) -> Any:
    """The factors of a positive definite matrix."""
    return splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})


def _pieces(mesh: BarMesh, size: float) -> list[Any]:
    """By axis the matrix (n_pieces, n_points) of the mean slope in every piece of ``size`` [m] that the bar falls into."""
    gradient, volume = _gradients(mesh)
    middle = mesh.points[mesh.elements].mean(axis=1)
    place = np.floor((middle - mesh.points.min(axis=0)) / size * (1 + 1e-9)).astype(np.int64)
    _, piece = np.unique(place, axis=0, return_inverse=True)
    piece = piece.reshape(-1)
    count = int(piece.max()) + 1
    share = volume / np.bincount(piece, volume, count)[piece]
    rows = np.repeat(piece, mesh.elements.shape[1])
    shape = (count, len(mesh.points))
    return [
        coo_matrix(((gradient[:, axis] * share[:, None]).ravel(), (rows, mesh.elements.ravel())), shape=shape).tocsr()
        for axis in range(gradient.shape[1])
    ]
