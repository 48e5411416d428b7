"""What a heat solve refuses before it starts, naming what is wrong."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.errors import SolveError
from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.thermal.records import ConductionProblem, StreamExchange


def refuse_inputs(problem: ConductionProblem) -> None:
    """Raise SolveError, with every fault found, for shapes, numbers and names that cannot be solved with."""
    mesh, n = problem.mesh, len(problem.mesh.regions)
    faults: list[str] = []
    faults += _mesh_faults(mesh)
    K = np.asarray(problem.conductivity)
    if K.shape != (n, 3, 3):
        faults.append(f"conductivity has shape {K.shape}; wanted ({n}, 3, 3), one tensor a region")
    else:
        bad = [mesh.regions[i].name for i in np.flatnonzero(~_positive_definite(K))]
        if bad:
            faults.append(f"conductivity is not a symmetric positive definite tensor in {_some(bad)}")
    if problem.rho_cp is not None:
        rho_cp = np.asarray(problem.rho_cp)
        if rho_cp.shape != (n,):
            faults.append(f"rho_cp has shape {rho_cp.shape}; wanted ({n},)")
        elif bad := [mesh.regions[i].name for i in range(n) if not rho_cp[i] > 0 or not np.isfinite(rho_cp[i])]:
            faults.append(f"rho_cp is not positive in {_some(bad)}")
    for what, given in (("convection", problem.convection), ("temperature", problem.temperature), ("flux", problem.flux)):
        faults += _unknown(what, "boundary", given, mesh.boundaries)
    faults += _unknown("contact", "contact", problem.contact, mesh.contacts)
    faults += _unknown("tie", "tie", problem.tie, mesh.ties)
    faults += [
        f"tie {name!r} of the mesh has no conductance: its two sides would not touch"
        for name in mesh.ties
        if name not in problem.tie
    ]
    faults += [
        f"contact {name!r} of the mesh has no conductance: its two sides would not touch"
        for name in mesh.contacts
        if name not in problem.contact
    ]
    twice = set(problem.temperature) & (set(problem.convection) | set(problem.flux))
    faults += [f"boundary {name!r} has both a temperature and a flux or convection" for name in sorted(twice)]
    for name, law in problem.convection.items():
        if not (law.h >= 0 and law.T_ambient > 0 and 0 <= law.emissivity <= 1 and np.isfinite([law.h, law.T_ambient]).all()):
            faults.append(f"convection at {name!r}: wanted h >= 0, T_ambient > 0 K and emissivity in 0..1, got {law}")
        elif law.series_h is not None and not (law.series_h > 0 and np.isfinite(law.series_h)):
            faults.append(
                f"convection at {name!r}: series_h is {law.series_h}, wanted a positive conductance, or None for no resistance"
            )
    for what, numbers, lowest in (
        ("temperature", problem.temperature, 0.0),
        ("flux", problem.flux, -np.inf),
        ("contact", problem.contact, 0.0),
        ("tie", problem.tie, 0.0),
    ):
        for name, value in numbers.items():
            if not np.isfinite(value) or value <= lowest:
                faults.append(f"{what} at {name!r} is {value}; wanted a finite number" + (" above 0" if lowest == 0 else ""))
    if faults:
        raise SolveError("the heat problem cannot be solved:\n  " + "\n  ".join(faults))


def refuse_volumes(mesh: TaggedMesh, volumes: Floats) -> None:
    """Raise SolveError for elements (n_elements,) [m³] without volume, and regions without elements."""
    flat = np.flatnonzero(~(volumes > 0))
    if flat.size:
        names = sorted({mesh.regions[i].name for i in mesh.region[flat]})
        raise SolveError(f"{flat.size} elements have no positive volume (the first is number {flat[0]}), in {_some(names)}")
    empty = np.flatnonzero(np.bincount(mesh.region, minlength=len(mesh.regions)) == 0)
    if empty.size:
        raise SolveError(f"regions without elements: {_some([mesh.regions[i].name for i in empty])}")


def refuse_floating(mesh: TaggedMesh, component: Integers, anchors: Iterable[Integers]) -> None:
    """Raise SolveError for a part of the solid whose temperature nothing fixes.

    ``component`` (n_points,): parts joined by elements or contacts; ``anchors``: nodes of surfaces that fix a temperature level.
    """
    held = np.zeros(int(component.max()) + 1, dtype=bool)
    for nodes in anchors:
        held[component[np.asarray(nodes).ravel()]] = True
    loose = ~held[component[mesh.hexes[:, 0]]]
    if loose.any():
        names = [mesh.regions[i].name for i in np.unique(mesh.region[loose])]
        raise SolveError(
            f"nothing fixes the temperature of {_some(names)}: no convection, no prescribed temperature, no coolant, and no contact "
            "to a part that has one; a steady temperature does not exist"
        )


def refuse_exchange(mesh: TaggedMesh, exchange: StreamExchange) -> None:
    """Raise SolveError for a stream coupling of wrong shapes or numbers."""
    n_facets, (n_segments, n_states) = len(exchange.facets), exchange.mean.shape
    wanted = {
        "facets": (exchange.facets.shape, (n_facets, 4)),
        "segment": (exchange.segment.shape, (n_facets,)),
        "h": (exchange.h.shape, (n_facets,)),
        "transport": (exchange.transport.shape, (n_states, n_states)),
        "gain": (exchange.gain.shape, (n_states, n_segments)),
        "supply": (exchange.supply.shape, (n_states,)),
    }
    wrong = [f"{name} has shape {got}, wanted {right}" for name, (got, right) in wanted.items() if got != right]
    if not wrong:
        if n_facets == 0:
            wrong.append("no wall facets")
        elif exchange.segment.min() < 0 or exchange.segment.max() >= n_segments:
            wrong.append(f"segment is outside 0..{n_segments - 1}")
        elif exchange.facets.min() < 0 or exchange.facets.max() >= len(mesh.points):
            wrong.append("facets name points that the mesh does not have")
        if not (np.isfinite(exchange.h).all() and (exchange.h >= 0).all() and exchange.h.any()):
            wrong.append("h is not a finite, non-negative number at every facet, positive at one at least")
        if not np.isfinite(exchange.supply).all():
            wrong.append("supply is not finite")
    if wrong:
        raise SolveError("the coolant's coupling cannot be solved with: " + "; ".join(wrong))


def _mesh_faults(mesh: TaggedMesh) -> list[str]:
    n = len(mesh.points)
    if mesh.points.shape != (n, 3) or mesh.hexes.ndim != 2 or mesh.hexes.shape[1] != 8 or mesh.region.shape != (len(mesh.hexes),):
        return [
            f"mesh arrays have shapes {mesh.points.shape}, {mesh.hexes.shape}, {mesh.region.shape}; wanted (p, 3), (e, 8), (e,)"
        ]
    if not len(mesh.hexes):
        return ["the mesh has no elements"]
    if not np.isfinite(mesh.points).all():
        return ["the mesh has points that are not finite"]
    if mesh.hexes.min() < 0 or mesh.hexes.max() >= n or mesh.region.min() < 0 or mesh.region.max() >= len(mesh.regions):
        return ["the mesh's elements name points or regions that do not exist"]
    unused = int((np.bincount(mesh.hexes.ravel(), minlength=n) == 0).sum())
    if unused:
        return [f"{unused} points of the mesh belong to no element"]
    facets = {
        **mesh.boundaries,
        **{f"{k} (minus)": c.minus for k, c in mesh.contacts.items()},
        **{f"{k} (plus)": c.plus for k, c in mesh.contacts.items()},
    }
    faults = [f"{name!r} has no facets" for name, nodes in facets.items() if not len(nodes)]
    faults += [
        f"contact {name!r} has {len(c.minus)} facets on one side and {len(c.plus)} on the other"
        for name, c in mesh.contacts.items()
        if len(c.minus) != len(c.plus)
    ]
    return faults + [
        f"{name!r} names points that the mesh does not have"
        for name, nodes in facets.items()
        if len(nodes) and (nodes.min() < 0 or nodes.max() >= n)
    ]


def _positive_definite(K: Floats) -> NDArray[np.bool_]:
    """Which of the tensors (n, 3, 3) are finite, symmetric and positive definite."""
    finite = np.isfinite(K).all(axis=(1, 2))
    safe = np.where(finite[:, None, None], K, np.eye(3))
    even = np.abs(safe - safe.transpose(0, 2, 1)).max(axis=(1, 2)) <= 1e-9 * np.abs(safe).max(axis=(1, 2))
    return np.asarray(finite & even & (np.linalg.eigvalsh(safe)[:, 0] > 0))


def _unknown(what: str, kind: str, given: Mapping[str, Any], known: Mapping[str, Any]) -> list[str]:
    faults = []
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"the mesh has {_some(sorted(known)) or 'none'}"
            faults.append(f"{what}: no {kind} is called {name!r}; {hint}")
    return faults


def _some(names: list[str], most: int = 6) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def refuse_contact(name: str, area: Floats, minus: Floats, plus: Floats) -> None:
    """Raise SolveError for a contact of facets without ``area`` (n,) [m²], or whose sides (n, k, 3) do not lie on each other point by point."""
    if not (area > 0).all():
        raise SolveError(f"contact {name!r} has facets without area")
    gap = float(np.abs(minus - plus).max())
    if gap > 1e-6 * float(np.sqrt(area.max())):
        raise SolveError(f"contact {name!r}: its two sides are up to {gap:.1e} m apart; they must lie on each other node by node")
