"""What a design's coolant loses that the plate solved by finite elements does not have: its fittings, in place of openings in the plane.

In three dimensions coolant comes and goes through openings in the plane of the channels, a manifold's by pieces of header up to the plate's edge. The
design has ports above. What the network says of the one less what it says of the other is added to the finite elements' pressure drop.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from packtool.coldplate.flow3d.window import opened
from packtool.coldplate.losses import UNCERTAINTY_JUNCTIONS, UNCERTAINTY_LAMINAR, FlowPhysics, branch_losses
from packtool.coldplate.network import FlowSplit, flow_changes, split_flow, unevenness
from packtool.coldplate.passages import Passages, passages
from packtool.design.schema import ColdPlate
from packtool.layout.records import Layout


@dataclass(frozen=True)
class Openings:
    """By correlations: ``solved`` the pressure drop of the plate that finite elements solve and its half-width ``solved_scatter``; ``beyond`` that of the
    design less it, and the half-width ``scatter``. All [Pa]. ``uneven`` and ``uneven_scatter``: ``unevenness`` of the solved
    plate's channels [-]."""

    solved: float
    solved_scatter: float
    beyond: float
    scatter: float
    uneven: float
    uneven_scatter: float


def openings(layout: Layout, plate: ColdPlate, mass_flow: float, rho: float, mu: float) -> Openings:
    """At ``mass_flow`` [kg/s] of a coolant of ``rho`` [kg/m³] and ``mu`` [Pa s]. Raises as ``split_flow``.

    What is not friction counts half of itself as its half-width, as at junctions: nobody measured these ports.
    """
    network = layout.network
    assert network is not None
    design, _ = _split(passages(replace(network, calibration=None)), mass_flow, rho, mu)
    plane = passages(opened(layout, plate).network)
    split, entering = _split(plane, mass_flow, rho, mu)
    apart = {part: design.parts.get(part, 0.0) - split.parts.get(part, 0.0) for part in {*design.parts, *split.parts}}
    apart["entrance"] += entering
    scatter = sum(
        (UNCERTAINTY_LAMINAR if part == "friction" else UNCERTAINTY_JUNCTIONS) * abs(value) for part, value in apart.items()
    )
    changes = flow_changes(plane, split, np.full(len(plane.length), rho), np.full(len(plane.length), mu))
    side_by_side = np.array([kind == "channel" for kind in plane.kinds])
    uneven = unevenness(split.mass_flow[side_by_side], changes[:, side_by_side])
    return Openings(split.pressure_drop - entering, split.uncertainty, sum(apart.values()), scatter, *uneven)


def drop_as_developed(p: Passages, mass_flow: float, rho: float, mu: float) -> float:
    """The network's pressure drop [Pa] at ``mass_flow`` [kg/s] without what coolant loses that comes in not developed."""
    split, entering = _split(p, mass_flow, rho, mu)
    return split.pressure_drop - entering


def _split(p: Passages, mass_flow: float, rho: float, mu: float) -> tuple[FlowSplit, float]:
    """How the flow goes, and what it loses [Pa] behind the inlet until it is developed."""
    density, viscosity = np.full(len(p.length), rho), np.full(len(p.length), mu)
    split = split_flow(p, mass_flow, density, viscosity)
    entrance = branch_losses(p, split.mass_flow, density, viscosity, 0.0, FlowPhysics()).entrance
    return split, float(entrance[p.node[:, 0] == p.inlet].sum())
