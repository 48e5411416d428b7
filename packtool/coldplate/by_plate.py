"""Of several plates: what each takes of the flow and of the heat, and how warm its coolant leaves it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from packtool.coldplate.network import FlowSplit
from packtool.coldplate.records import PlateShare
from packtool.coldplate.stream import ChannelStream
from packtool.layout.coolant import LPM
from packtool.mesh.records import Floats, Integers
from packtool.results import ZERO_CELSIUS
from packtool.thermal.records import StreamState

Flags = NDArray[np.bool_]


def plate_shares(stream: ChannelStream, state: StreamState, split: FlowSplit) -> Mapping[str, PlateShare]:
    """The share of every plate that the network's branches name; empty where there is one plate. Tanks that plates have in common are in none."""
    p, segments = stream.passages, stream.segments
    plate = np.array([b.plate for b in stream.network.branches] + [""] * p.n_fittings)
    rho_in = float(stream.table.at(np.array(stream.T_in)).rho)
    forward = split.mass_flow >= 0
    last = np.where(forward, segments.first[1:] - 1, segments.first[:-1])
    leaving = state.theta[len(p.nodes) + last]
    leave = np.where(forward, p.node[:, 1], p.node[:, 0])
    shares = {}
    for tag in dict.fromkeys(name for name in plate.tolist() if name):
        own = plate == tag
        into = _into(p.node, split.mass_flow, own, len(p.nodes))
        out = own & (into[leave] < 0)  # branches that leave the plate behind
        flow = np.abs(split.mass_flow[out])
        heat = float(state.heat[own[segments.branch]].sum())
        outlet = float(flow @ leaving[out] / flow.sum()) if flow.sum() > 0 else float("nan")
        shares[tag] = PlateShare(float(into[into > 0].sum()) / rho_in / LPM, heat, outlet - ZERO_CELSIUS)
    return shares


def _into(node: Integers, mass_flow: Floats, own: Flags, n_nodes: int) -> Floats:
    """(n_nodes,) what the plate's branches carry away from each node [kg/s]; 0, to rounding, inside the plate."""
    net = np.bincount(node[own, 0], mass_flow[own], n_nodes) - np.bincount(node[own, 1], mass_flow[own], n_nodes)
    return np.where(np.abs(net) > 1e-9 * np.abs(mass_flow).max(), net, 0.0)
