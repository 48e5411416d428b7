"""The derivative of the heat flows by temperature: matrix entries, and what is only ever applied."""

from __future__ import annotations

import numpy as np

from packtool.fem.solvers import Operator
from packtool.mesh.records import Floats
from packtool.thermal.assembly import Discrete
from packtool.thermal.coupling import LinearFluid
from packtool.thermal.flows import Flows


def matrix_entries(
    discrete: Discrete,
    flows: Flows,
    coupling: LinearFluid | None = None,
    step: float | None = None,
    into: Floats | None = None,
) -> Floats:
    """Entries (n_entries,) of the symmetric part: conduction, contacts, surfaces and walls [W/K]; with ``step`` [s] the matrix of
    an implicit time step, capacity + step times those [J/K]. Prescribed temperatures are eliminated. ``into`` (n_entries,) takes them
    where it is given: of a large pack every array of entries is a sixth of the memory."""
    data = np.empty_like(discrete.stiffness) if into is None else into
    np.copyto(data, discrete.stiffness)
    if discrete.varying is not None:
        discrete.varying.add_entries(data, flows.T)
    discrete.add_surfaces(data, flows.surface_slopes)
    if coupling:
        np.add.at(data, coupling.places, coupling.mass)
    if step is not None and discrete.capacity is not None:
        data *= step
        data += discrete.capacity
        if discrete.varying is not None:
            discrete.varying.add_capacity(data, flows.T)
    discrete.eliminate(data)
    return data


def whole_entries(discrete: Discrete, data: Floats, flows: Flows, step: float = 1.0) -> Floats:
    """Entries of the whole derivative: ``data``, that of the symmetric part, with what conductivities do with temperature times ``step``."""
    drift = discrete.varying.drift(flows.T, data) if discrete.varying is not None else None
    if drift is None:
        return data
    drift[discrete.fixed_entries] = 0.0
    drift *= step
    drift += data
    return drift


def operator_of(
    discrete: Discrete, data: Floats, slope: Floats, coupling: LinearFluid | None = None, step: float = 1.0
) -> Operator:
    """``data`` applied, less ``step`` times the heat's ``slope`` (n_regions,) by region means and the coolant's answer."""
    matrix, free = discrete.pattern.matrix(data), ~discrete.fixed
    hot = np.flatnonzero(slope)
    mean = discrete.mean[hot] if hot.size else None
    strength = step * slope[hot]

    def apply(x: Floats) -> Floats:
        out: Floats = matrix @ x
        if mean is not None:
            out -= np.where(free, mean.T @ (strength * (mean @ x)), 0.0)
        if coupling:
            out[coupling.nodes] -= step * coupling.returned(x) * free[coupling.nodes]
        return out

    return apply
