"""What is known of the coolant's flow before anything is solved: that it cannot be laminar, that the pump cannot drive it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from packtool.catalogue.properties import coolant_state
from packtool.catalogue.records import CoolantState
from packtool.design.loaded import LoadedDesign
from packtool.design.schema import ColdPlate, TransientCase
from packtool.design.schema.cold_plate import Pump
from packtool.errors import Complaint
from packtool.layout.complaints import complain
from packtool.layout.coolant import LPM, RE_LAMINAR, RE_MAX, ROUGHNESS_MAX, Branch, CoolantNetwork
from packtool.layout.records import Layout
from packtool.results import ZERO_CELSIUS

LEAST_SHARE = 1e-3
"""Share of a pump curve's last flow that the operating point is looked for from."""
K_FITTINGS = 1.57
"""Of the two hose fittings together, on the velocity in their bore: exit 1, sharp entrance 0.57 (Rennels & Hudson, Pipe Flow, 2012)."""


def unfit_coolant(loaded: LoadedDesign, layout: Layout) -> list[Complaint]:
    """Complaints about a flow that no solve of this design can take. The coolant is taken at its inlet temperature, as the solves begin."""
    plate, network = loaded.design.cold_plate, layout.network
    if plate is None or network is None:
        return []
    coolant = coolant_state(loaded.coolants[plate.coolant], plate.inlet_degC + ZERO_CELSIUS)
    found = []
    narrowest = min(network.branches, key=_D_h)
    if plate.roughness_um * 1e-6 > ROUGHNESS_MAX * _D_h(narrowest):
        most = ROUGHNESS_MAX * _D_h(narrowest) * 1e6
        found.append(
            complain(
                loaded,
                "cold_plate.roughness_um",
                f"friction is known up to {ROUGHNESS_MAX:g} of the hydraulic diameter, here {most:.0f} um ({narrowest.name}); got {plate.roughness_um:g}",
            )
        )
    if beyond := _beyond_friction(loaded, network, coolant):
        return found + beyond
    if isinstance(plate, ColdPlate) and plate.fidelity == "cfd":
        if plate.flow_lpm is not None:
            found += _turbulent(loaded, network, plate.flow_lpm, coolant)
        cases = loaded.design.cases.values()
        if cases and all(isinstance(case, TransientCase) for case in cases):
            message = "cfd solves steady cases, and the design has none: use fidelity: network, or add a case of kind: steady"
            found.append(complain(loaded, "cold_plate.fidelity", message))
    if plate.pump is not None:
        least = least_flow_lpm(plate.pump)
        head = 1e3 * _on_curve(plate.pump.flow_lpm, plate.pump.head_kPa, least)
        drop = least_drop(network, least * LPM, coolant)
        if head <= drop:
            found.append(
                complain(
                    loaded,
                    "cold_plate.pump",
                    f"too weak: at {least:.4g} L/min it gives {head / 1e3:.4g} kPa, and the plate takes {drop / 1e3:.4g} kPa or more; give a"
                    " stronger pump, or wider, shorter or more channels",
                )
            )
    return found


def _beyond_friction(loaded: LoadedDesign, network: CoolantNetwork, coolant: CoolantState) -> list[Complaint]:
    """Flows at which the branches that coolant enters by are beyond any friction factor, however it splits among them."""
    entries = [branch for branch in network.branches if set(network.entries) & {branch.start, branch.end}]
    widths = {entries[0].name: sum(_area(branch) / _D_h(branch) for branch in entries)}
    if len(network.fittings) == 2:  # all of the flow goes through each
        widths |= {fitting.name: math.pi / 4 * fitting.bore_mm / 1e3 for fitting in network.fittings}
    narrowest = min(widths, key=widths.__getitem__)
    most = RE_MAX * coolant.mu / coolant.rho * widths[narrowest] / LPM
    found = []
    for key, flow in _asked_flows(loaded):
        if abs(flow) > most:
            message = (
                f"at {flow:g} L/min the Reynolds number of {narrowest} would be {RE_MAX * abs(flow) / most:.3g}; friction is known up to"
                f" {RE_MAX:g}, which is {most:.4g} L/min here"
            )
            found.append(complain(loaded, key, message))
    return found


def _asked_flows(loaded: LoadedDesign) -> Iterator[tuple[str, float]]:
    """Keys and flows [L/min] of the plate, the first of its pump's curve, and of the coolant's schedules."""
    plate = loaded.design.cold_plate
    if plate is not None and plate.flow_lpm is not None:
        yield "cold_plate.flow_lpm", plate.flow_lpm
    if plate is not None and plate.pump is not None:
        yield "cold_plate.pump.flow_lpm", plate.pump.flow_lpm[0]
    for name, case in loaded.design.cases.items():
        coolant = case.coolant if isinstance(case, TransientCase) else None
        for index, flow in enumerate(coolant.flow_lpm or () if coolant else ()):
            yield f"cases.{name}.coolant.flow_lpm.{index}", flow


def _turbulent(loaded: LoadedDesign, network: CoolantNetwork, flow_lpm: float, coolant: CoolantState) -> list[Complaint]:
    entry = max((b for b in network.branches if set(network.entries) & {b.start, b.end}), key=lambda b: b.width_mm)
    Re = coolant.rho * flow_lpm * LPM / _area(entry) * _D_h(entry) / coolant.mu
    if Re <= RE_LAMINAR:
        return []
    most = flow_lpm * RE_LAMINAR / Re
    return [
        complain(
            loaded,
            "cold_plate.fidelity",
            f"cfd is for laminar flow, Reynolds number {RE_LAMINAR:g} at most; at the inlet it is {Re:.0f}: use fidelity: network, or flow_lpm"
            f" {most:.2g} at most, or a wider channel",
        )
    ]


def least_flow_lpm(pump: Pump) -> float:
    """The flow [L/min] that a pump's operating point is looked for from: the curve's first, no less than a small share of its last."""
    return max(LEAST_SHARE * pump.flow_lpm[-1], pump.flow_lpm[0])


def least_drop(network: CoolantNetwork, flow: float, coolant: CoolantState) -> float:
    """A lower bound of the pressure drop [Pa] at ``flow`` [m³/s]: laminar friction of the channels, headers taken as without any, and the
    fittings. No flow split dissipates less (Rayleigh), and no flow has less friction than a laminar one."""
    joined: dict[str, str] = {}

    def root(node: str) -> str:
        while node in joined:
            node = joined[node]
        return node

    for branch in network.branches:
        if branch.kind == "header" and root(branch.start) != root(branch.end):
            joined[root(branch.start)] = root(branch.end)
    groups: dict[frozenset[str], float] = {}
    shortened = max((b.width_mm for b in network.branches if b.kind == "header"), default=0.0)
    for branch in network.branches:
        ends = frozenset((root(branch.start), root(branch.end)))
        if branch.kind != "header" and len(ends) == 2:
            groups[ends] = groups.get(ends, 0.0) + 1 / _resistance(branch, shortened, coolant.mu)
    series = _is_chain(groups, {root(node) for node in network.entries}, {root(node) for node in network.exits})
    friction = flow * sum(1 / conductance for conductance in groups.values()) if series else 0.0
    fittings = 0.0
    if len(network.fittings) == 2:
        bore = math.pi / 4 * (max(f.bore_mm for f in network.fittings) / 1e3) ** 2
        fittings = K_FITTINGS * coolant.rho / 2 * (flow / bore) ** 2
    return friction + fittings


def _is_chain(groups: dict[frozenset[str], float], entries: set[str], exits: set[str]) -> bool:
    """One way from the inlet to the outlet through all the groups, one after the other."""
    ends = [node for group in groups for node in group]
    single = {node for node in ends if ends.count(node) == 1}
    return (
        len(entries) == len(exits) == 1
        and entries != exits
        and single == entries | exits
        and all(ends.count(n) <= 2 for n in set(ends))
    )


def _resistance(branch: Branch, shortened_mm: float, mu: float) -> float:
    """Of developed laminar flow [Pa s/m³], what may lie inside headers left out."""
    length = max(branch.length_mm() - shortened_mm, 0.1 * branch.length_mm()) / 1e3
    a = min(branch.width_mm, branch.height_mm) / max(branch.width_mm, branch.height_mm)
    series = sum(math.tanh(n * math.pi / (2 * a)) / n**5 for n in range(1, 40, 2))
    f_Re = 24 / ((1 + a) ** 2 * (1 - 192 * a / math.pi**5 * series))  # Shah & London 1978, eq. 341
    return 2 * f_Re * mu * length / (_D_h(branch) ** 2 * _area(branch))


def _area(branch: Branch) -> float:
    return branch.width_mm * branch.height_mm * 1e-6


def _D_h(branch: Branch) -> float:
    return 2e-3 * branch.width_mm * branch.height_mm / (branch.width_mm + branch.height_mm)


def _on_curve(flows: tuple[float, ...], heads: tuple[float, ...], flow: float) -> float:
    """Head at a flow, linear between the points, held at the ends."""
    for (a, left), (b, right) in pairwise(zip(flows, heads, strict=True)):
        if flow <= b:
            return left if flow <= a else left + (right - left) * (flow - a) / (b - a)
    return heads[-1]
