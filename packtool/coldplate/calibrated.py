"""A network whose design names a calibration: what the finite elements found, less what the correlations say of the same channels and flows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from packtool.coldplate.corrections import Corrections
from packtool.coldplate.fluid import Properties
from packtool.coldplate.losses import FlowPhysics, branch_losses, end_velocities, node_drop
from packtool.coldplate.march import film
from packtool.coldplate.passages import Passages, passages
from packtool.coldplate.records import HeatPhysics
from packtool.coldplate.segments import Segments, cut
from packtool.design.schema.calibration import PlateCalibration
from packtool.layout.calibration import calibrated_channels
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.mesh.records import Floats

MM = 1e-3
PLAIN = FlowPhysics(entrance=False, bends=False)
"""Developed friction on the clear length: what a file's K is counted beyond."""


def network_passages(network: CoolantNetwork) -> Passages:
    """``passages`` of a network, with the corrections of its calibration. SolveError as ``passages``."""
    p = passages(network)
    if network.calibration is None:
        return p
    return replace(p, corrections=_corrections(network, p, network.calibration))


def calibrated_pieces(network: CoolantNetwork, width: float) -> Segments:
    """Pieces that films are told for: about as long as the channel is wide [m]."""
    return cut(network, width)


def _corrections(network: CoolantNetwork, p: Passages, calibration: PlateCalibration) -> Corrections:
    channels = calibrated_channels(calibration)
    own = passages(channels)
    n_flows, n = len(calibration.flows_lpm), len(p.length)
    Re_own = np.array([b.Re for b in calibration.branches]).T  # (n_flows, branches there)
    K = np.array([b.K for b in calibration.branches]).T
    extra = np.array([_beyond(own, Re, K_here) for Re, K_here in zip(Re_own, K, strict=True)])
    pieces, ratios = _film_ratios(calibration, channels, own, Re_own)
    at = {b.name: i for i, b in enumerate(channels.branches)}
    Re, excess = np.zeros((n, n_flows)), np.zeros((n, n_flows))
    films = {}
    for i, branch in enumerate(network.branches):
        there = at.get(branch.name)
        if there is None or Re_own[0, there] <= 0 or not (np.diff(Re_own[:, there]) > 0).all():
            continue  # against the design's direction, or hardly flowing: left to the correlations
        window = channels.branches[there]
        Re[i] = Re_own[:, there]
        turns = _turns(own)[there]
        repeated = _turns(p)[i] / turns if turns else 1.0
        excess[i] = extra[:, there] * repeated
        films[i] = _moved(window, branch, pieces[there], ratios[there])
    return Corrections(Re, excess, films, np.array(calibration.pressure_drop_error), np.array(calibration.film_error))


def _turns(p: Passages) -> Floats:
    """Square corners and round bends of each branch (n,)."""
    return np.asarray(p.bends + np.bincount(p.arc_branch, minlength=len(p.bends)))


def _beyond(p: Passages, Re: Floats, K: Floats) -> Floats:
    """``Corrections.excess`` (n,) at one flow of the calibration, in a liquid of density and viscosity 1."""
    one = np.ones(len(p.length))
    flow = Re * p.area / p.D_h
    out, other = end_velocities(p, flow, one)
    drop = node_drop(p, out, one[:, None] * np.ones(2), other)
    told = branch_losses(p, flow, one, one, 0.0, FlowPhysics())
    lost = told.total + drop[:, 0] - drop[:, 1]
    opening = p.node[:, 0] == p.inlet  # coolant enters developed there: the entrance that the network has at its inlet stays beside
    lost = lost - np.where(opening, told.entrance, 0.0)
    found = branch_losses(p, flow, one, one, 0.0, PLAIN).friction + K * told.velocity * np.abs(told.velocity) / 2
    return np.asarray((found - lost) * p.D_h**2 / np.maximum(np.abs(Re), 1e-300))


def _film_ratios(
    calibration: PlateCalibration, network: CoolantNetwork, p: Passages, Re: Floats
) -> tuple[list[Floats], list[Floats]]:
    """By branch: the ways (n_stations,) [m], and Nu over that of new layers behind every bend (n_flows, n_stations) [-]."""
    segments = calibrated_pieces(network, min(b.width_mm for b in network.branches) * MM)
    one = np.ones(len(segments.s))
    told = []
    for flow in Re:
        fluid = Properties(one, calibration.Pr * one, one, one)
        found = film(p, segments, flow * p.area / p.D_h, fluid, 0.0, HeatPhysics(restart_at_bends=True))
        told.append(found.h * p.D_h[segments.branch])
    ways, ratios = [], []
    for i, branch in enumerate(calibration.branches):
        here = np.flatnonzero(segments.branch == i)
        s = np.array(branch.s_mm) * MM
        ways.append(s)
        ratios.append(
            np.array([np.array(Nu) / np.interp(s, segments.s[here], row[here]) for Nu, row in zip(branch.Nu, told, strict=True)])
        )
    return ways, ratios


def _moved(window: Branch, branch: Branch, s: Floats, ratio: Floats) -> tuple[Floats, Floats]:
    """Ratios (n_flows, n) at ways ``s`` (n,) [m] of the calibrated branch, on the design's: leg by leg, those between two turns repeated."""
    legs, own = np.array(window.leg_lengths_mm()) * MM, np.array(branch.leg_lengths_mm()) * MM
    starts, begins = np.concatenate([[0.0], np.cumsum(legs)]), np.concatenate([[0.0], np.cumsum(own)])
    ways, columns = [], []
    for leg in range(len(own)):
        last = leg == len(own) - 1
        there = leg if len(own) == len(legs) else 0 if leg == 0 else len(legs) - 1 if last else 1 if leg == 1 else 2 + leg % 2
        here = np.flatnonzero((s >= starts[there]) & (s < starts[there + 1]))
        from_start, from_end = begins[leg] - starts[there], begins[leg + 1] - starts[there + 1]
        if len(own) == 1:  # a shortened channel is told from both its ends
            shift = np.where(s[here] < starts[-1] / 2, from_start, from_end)
        else:  # the ends of a serpentine are told from their turns
            shift = np.full(len(here), from_end if leg == 0 else from_start)
        ways.append(s[here] + shift)
        columns.append(ratio[:, here])
    return np.concatenate(ways), np.concatenate(columns, axis=1)
