"""Errors of a plate's numbers, told by the last two of its meshes.

Two meshes may agree by chance: pressures lost at corners and along legs have errors of other signs, and where an eddy settles moves with the mesh.
So the pressure's error is no less than what the difference of the two velocity fields alone dissipates, and that of a mean temperature counts what
every place is off by: neither knows a sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from packtool.coldplate.flow3d.heat_records import ConjugateSolution
from packtool.coldplate.flow3d.kernels import Kernels
from packtool.coldplate.flow3d.prolong import interpolated, within
from packtool.coldplate.flow3d.records import FlowSolution
from packtool.fem.elements import CYCLIC_TO_TENSOR, located
from packtool.fem.facets import facet_integrals

CORNER_ORDER = 1.09
"""Order of what a flow dissipates round an edge of 270 degrees: velocities go with the distance to the power 0.5445 there (Dean & Montagnon, Proc.
Camb. Phil. Soc. 45 (1949) 389; Moffatt, J. Fluid Mech. 18 (1964) 1), and energies with twice that."""

RINGED_ORDER = 2.0
"""The same with rings of smaller elements about the edge, as measured: between that of the edge and that of the shear layers behind it."""

ARC_ORDER = 2.0
"""The same with round turns, whose walls are chords."""

DUCT_ORDER = 2.5
"""Of a straight duct's pressure drop, as measured against the exact one: ducts of 4 x 3 to 20 x 2 mm come to it with 2.55 to 3.9 from the first
halving of a level's mesh, rising towards SMOOTH_ORDER with the next (the section's own corners are smooth, the first elements wide)."""

SMOOTH_ORDER = 4.0
"""The same with biquadratic velocities and no edge, in the limit: of what differences of velocities dissipate."""

BEND_ORDER = 3.0
"""The same round bends, as measured: at SMOOTH_ORDER a hairpin of 30 mm pitch at level normal was told 0.3 Pa of error and was 0.5 Pa off at Re 345, 1.1 and 1.5 Pa
at Re 603."""

FILM_ORDER = 2.5
"""Of a mean wall temperature, as measured: on serpentine and hairpin the last halving of the lines moved it 2 to 7 times as far as it was then off."""

HIGHEST_ORDER = 2.0
"""Of the highest wall temperature, whose place the eddies behind corners set, as measured: the coarse mesh of five plates was off by 0.04 to 0.42 times what this
order leaves of its difference to the one before (benchmarks/plate_errors.py)."""


@dataclass(frozen=True)
class Estimated:
    """A number and the estimate of its discretisation error, in its unit."""

    value: float
    error: float


def estimated(values: Sequence[float], zero: float, order: float, ratio: float, least: float = 0.0) -> Estimated:
    """The last of ``values``, and what its difference to the one before, of elements ``ratio`` times as large, leaves at an ``order``, at ``least`` so much;
    of one alone all of it over ``zero``."""
    last = values[-1]
    if len(values) == 1:
        return Estimated(last, abs(last - zero))
    return Estimated(last, max(left(abs(last - values[-2]), order, ratio), least))


def left(difference: float, order: float, ratio: float) -> float:
    """What a difference between two meshes, elements of the coarser ``ratio`` times as large, leaves on the finer at an ``order``."""
    return difference / (ratio**order - 1)


def mean_difference(heats: Sequence[ConjugateSolution], name: str) -> float:
    """Mean over a boundary [K] of how far the last two of ``heats`` are apart, whatever the sign; 0 of one alone."""
    if len(heats) == 1:
        return 0.0
    coarse, fine = heats[-2:]
    mesh = fine.problem.mesh
    corners = mesh.elements[:, CYCLIC_TO_TENSOR[mesh.elements.shape[1]]]
    surface = facet_integrals(mesh.points, corners, fine.element_nodes, located(mesh)[name])
    on = surface.nodes_on()
    apart = np.zeros(len(fine.T))
    apart[on] = np.abs(fine.T[on] - interpolated(coarse.T, coarse.element_nodes, *within(coarse.problem.mesh, fine.nodes[on])))
    return float((surface.weight * surface.of_second(apart)).sum() / surface.weight.sum())


def told_by_velocities(flows: Sequence[FlowSolution], ratio: float, order: float = SMOOTH_ORDER) -> float:
    """Error [Pa] of a pressure drop, from the last two of ``flows``, elements of the first ``ratio`` times as large: what the difference of their velocities dissipates
    over the flow, left over at an ``order``. Nothing of one alone.

    Of Stokes flows between the same velocities on nested meshes it is the difference of their pressure drops, exactly.
    """
    if len(flows) == 1:
        return 0.0
    coarse, fine = flows[-2:]
    mesh, nodes = fine.problem.mesh, fine.element_nodes
    difference = fine.velocity - interpolated(coarse.velocity, coarse.element_nodes, *within(coarse.problem.mesh, fine.nodes))
    kernels = Kernels(mesh.points, mesh.elements[:, CYCLIC_TO_TENSOR[mesh.elements.shape[1]]], nodes, len(fine.nodes))
    dissipated = fine.problem.mu * kernels.squared_gradient(difference)
    through = sum(abs(fine.flow[name]) for name in fine.problem.outlets)
    return float(left(dissipated / through, order, ratio))
