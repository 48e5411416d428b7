"""A conduction problem as matrices and vectors: what the steady and the transient solve share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.errors import SolveError, SolveTooLarge
from packtool.fem.aggregates import aggregates, component_of
from packtool.fem.quads import Quads, mesh_volumes, quads
from packtool.fem.share import shared_out
from packtool.fem.space import by_region, lagrange_space
from packtool.fem.sparse import Pattern, assembled, mass_form, stiffness_form
from packtool.fem.ties import mesh_joint
from packtool.memory import give_back, refuse_beyond
from packtool.mesh.records import Floats, Integers
from packtool.thermal.records import ConductionProblem, FacetHeat
from packtool.thermal.refusals import refuse_contact, refuse_inputs, refuse_volumes
from packtool.thermal.surfaces import ConvectiveSurface
from packtool.thermal.varying import BYTES_AN_ELEMENT, Varying

BYTES_A_POINT, BYTES_A_CAPACITY = 1300, 450
"""Peak memory of a solve for each point of the mesh, the mesh itself aside: 1,240 bytes on 475k points of a pack with ribbons, steady with
coolant (measured); a capacity adds its entries and another copy of the matrix (27 entries a point at most, of 8 bytes)."""


@dataclass(frozen=True)
class Discrete:
    """A problem on its trilinear elements; unknown i is the temperature of point i. On several ranks the entries are shared out
    (see ``Pattern``), all else is whole on each.

    ``stiffness`` (n_entries,) conduction and contacts [W/K] on ``pattern``; ``capacity`` (n_entries,) [J/K] or None;
    ``mean`` (n_regions, n_points) sparse: the volume mean of each region; ``volume`` (n_regions,) [m³];
    ``component`` (n_points,): parts joined by elements or contacts; ``prescribed`` name -> nodes, each node under one name;
    ``fixed`` (n_points,) which temperatures are prescribed, ``fixed_T`` (n_points,) [K] theirs, else NaN; ``varying``: the elements whose
    conductivity or heat capacity depends on temperature, which is then not in ``stiffness`` or ``capacity``.
    """

    problem: ConductionProblem
    pattern: Pattern
    stiffness: Floats
    capacity: Floats | None
    mean: Any
    volume: Floats
    component: Integers
    block: Integers
    surfaces: tuple[ConvectiveSurface, ...]
    places: tuple[NDArray[np.int64], ...]
    inflow: Floats
    inflow_power: dict[str, float]
    prescribed: dict[str, Integers]
    fixed: NDArray[np.bool_]
    fixed_T: Floats
    fixed_entries: NDArray[np.int64]
    diagonal: NDArray[np.int64]
    varying: Varying | None = None

    @property
    def n_dofs(self) -> int:
        """Number of temperatures."""
        return self.pattern.size

    @property
    def linear(self) -> bool:
        """No boundary radiates, and no property depends on temperature."""
        return self.varying is None and all(surface.linear for surface in self.surfaces)

    def refuse_outside(self, T: Floats, when: str = "") -> None:
        """Raise SolveError where ``T`` (n_points,) [K] leaves the range that a property is known over."""
        if self.varying is not None:
            self.varying.refuse_outside(T, when)

    def surface_heat(self, T: Floats) -> tuple[dict[str, FacetHeat], dict[str, float], list[Floats]]:
        """At ``T`` (n_points,): the heat out of the solid by boundary, its totals [W], and dq/dT at the Gauss points."""
        out, totals, slopes = {}, {}, []
        for surface in self.surfaces:
            flux, slope = surface.flux(surface.quads.at_gauss(T))
            out[surface.name] = FacetHeat(surface.quads.nodes, surface.quads.load(flux))
            totals[surface.name] = float((surface.quads.weight * flux).sum())
            slopes.append(slope)
        return out, totals, slopes

    def add_surfaces(self, data: Floats, slopes: list[Floats]) -> None:
        """Add every surface's derivative to the matrix entries ``data``, in place."""
        for surface, places, slope in zip(self.surfaces, self.places, slopes, strict=True):
            np.add.at(data, places, surface.quads.mass(slope))

    def eliminate(self, data: Floats) -> None:
        """Turn the rows and columns of prescribed temperatures into a scaled identity, in place."""
        self.pattern.prescribe(data, self.fixed_entries, self.diagonal, self.fixed)


def discretise(problem: ConductionProblem, cache_dir: Path | None = None, *, with_capacity: bool = False) -> Discrete:
    """Assemble ``problem``; raises SolveError for inputs that cannot be solved with."""
    from scipy.sparse import csr_matrix

    refuse_inputs(problem)
    mesh, n = problem.mesh, len(problem.mesh.points)
    volumes = mesh_volumes(mesh)
    refuse_volumes(mesh, volumes.sum(axis=1))
    joints = {name: mesh_joint(mesh, name) for name in problem.tie}
    varies, stores = _by_law(problem, with_capacity)
    _refuse_too_large(n, with_capacity, int((varies | stores)[mesh.region].sum()))
    mine = shared_out(mesh, np.asarray(problem.conductivity), [one.rows for one in joints.values()])
    space = lagrange_space(mesh, share=mine)
    forms = [stiffness_form(space, by_region(space, mesh, _constant(problem.conductivity, varies)))]
    if with_capacity:
        if problem.rho_cp is None:
            raise SolveError("a transient solve needs rho_cp, and the problem has none")
        forms.append(mass_form(space, by_region(space, mesh, _constant(problem.rho_cp, stores))))
    joined = [np.ascontiguousarray(np.hstack([c.minus, c.plus]), dtype=np.int32) for c in mesh.contacts.values()]
    joined += [np.ascontiguousarray(one.rows, dtype=np.int32) for one in joints.values()]
    pattern, entries = assembled(forms, joined, cache_dir, mine)
    del forms, space
    give_back()
    for name, one in joints.items():
        np.add.at(entries[0], pattern.pair_places(one.rows, one.rows), one.matrix * problem.tie[name])
    for name, conductance in problem.contact.items():
        _add_contact(pattern, entries[0], mesh.points, name, mesh.contacts[name].minus, mesh.contacts[name].plus, conductance)

    region_volume = np.bincount(mesh.region, volumes.sum(axis=1), minlength=len(mesh.regions))
    share = volumes / region_volume[mesh.region, None]
    mean = csr_matrix((share.ravel(), (np.repeat(mesh.region, 8), mesh.hexes.ravel())), shape=(len(mesh.regions), n))
    parts = component_of(mesh.hexes, n)

    surfaces = tuple(
        ConvectiveSurface(name, quads(mesh.points, mesh.boundaries[name]), law) for name, law in problem.convection.items()
    )
    inflow, inflow_power = np.zeros(n), {}
    for name, q in problem.flux.items():
        facets = quads(mesh.points, mesh.boundaries[name])
        inflow += scattered(facets.nodes, facets.load(np.full(facets.weight.shape, q)), n)
        inflow_power[name] = float(q * facets.weight.sum())
    fixed_T, prescribed = np.full(n, np.nan), {}
    for name, value in problem.temperature.items():
        nodes = np.unique(mesh.boundaries[name])
        prescribed[name] = nodes[np.isnan(fixed_T[nodes])]
        fixed_T[prescribed[name]] = value
    fixed = ~np.isnan(fixed_T)
    return Discrete(
        problem=problem,
        pattern=pattern,
        stiffness=entries[0],
        capacity=entries[1] if with_capacity else None,
        mean=mean,
        volume=region_volume,
        component=component_of(mesh.hexes, n, joined) if joined else parts,
        block=np.where(fixed, -1, aggregates(mesh, np.asarray(problem.conductivity), parts)),
        surfaces=surfaces,
        places=tuple(pattern.pair_places(s.quads.nodes, s.quads.nodes) for s in surfaces),
        inflow=inflow,
        inflow_power=inflow_power,
        prescribed=prescribed,
        fixed=fixed,
        fixed_T=fixed_T,
        fixed_entries=pattern.touching(fixed) if fixed.any() else np.empty(0, dtype=np.int64),
        diagonal=pattern.diagonal() if fixed.any() else np.empty(0, dtype=np.int64),
        varying=Varying(mesh, problem.laws, pattern, with_capacity) if (varies | stores).any() else None,
    )


def _by_law(problem: ConductionProblem, with_capacity: bool) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whose conductivity, and whose heat capacity, depends on temperature, both (n_regions,)."""
    varies, stores = np.zeros((2, len(problem.mesh.regions)), dtype=bool)
    for region, law in problem.laws.items():
        varies[region], stores[region] = law.k is not None, with_capacity and law.rho_cp is not None
    return varies, stores


def _constant(of_region: Floats, varies: NDArray[np.bool_]) -> Floats:
    """A property by region without those that depend on temperature."""
    values = np.asarray(of_region, dtype=float)
    if varies.any():
        values = values.copy()
        values[varies] = 0.0
    return values


def _refuse_too_large(n_points: int, with_capacity: bool, n_varying: int = 0) -> None:
    needed = n_points * (BYTES_A_POINT + BYTES_A_CAPACITY * with_capacity) + n_varying * BYTES_AN_ELEMENT
    way_out = "take a coarser mesh (mesh.level), a part of the pack, or a machine with more memory"
    refuse_beyond(needed, f"solving for {n_points:,} temperatures", way_out, SolveTooLarge)


def scattered(nodes: Integers, values: Floats, n: int) -> Floats:
    """Sum ``values`` (any shape) into ``nodes`` (same shape) of a vector (n,)."""
    return np.bincount(nodes.ravel(), values.ravel(), minlength=n)


def _add_contact(
    pattern: Pattern, data: Floats, points: Floats, name: str, minus: Integers, plus: Integers, conductance: float
) -> None:
    """(1/R) [u][v] over the contact: conductance [W/m²/K] times the mass matrix, between the nodes of its two sides."""
    facets: Quads = quads(points, minus)
    refuse_contact(name, facets.area, points[minus], points[plus])
    mass = facets.mass(np.full(facets.weight.shape, conductance))
    both, jump = np.hstack([minus, plus]), np.array([[1.0, -1.0], [-1.0, 1.0]])
    np.add.at(data, pattern.pair_places(both, both), np.einsum("ab,fij->faibj", jump, mass).reshape(len(minus), 8, 8))
