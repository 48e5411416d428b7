"""Verification of the cold plate: the coolant network, the coolant marching beside a plate, and the correlations both stand on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from packtool.catalogue.load import coolants
from packtool.catalogue.records import Coolant
from packtool.coldplate import nusselt
from packtool.coldplate.flow3d.duct import developed_profile
from packtool.coldplate.fluid import constant_coolant
from packtool.coldplate.friction import entrance_excess, laminar_f_Re
from packtool.coldplate.losses import DEVELOPED_LAMINAR, contraction, expansion
from packtool.coldplate.network import FlowSplit, split_flow
from packtool.coldplate.passages import K_PORT_IN, K_PORT_OUT, passages
from packtool.coldplate.plate_on_channels import bare_plate
from packtool.coldplate.records import HeatPhysics
from packtool.coldplate.solve import cold_plate_solution
from packtool.coldplate.stream import ChannelStream
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.records import Floats
from packtool.thermal.records import ConductionProblem, Convection
from packtool.verification.records import Row, VerificationCase

ASPECTS = np.array([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 8, 1 / 10])
_NAMES = ("1", "1/2", "1/3", "1/4", "1/5", "1/8", "1/10")
WATER_MU = np.array(1e-3)
WATER_RHO = np.array(1000.0)


def ladder(
    channels: int, length_mm: float, section: tuple[float, float], pitch_mm: float, header: tuple[float, float], manifold: str
) -> CoolantNetwork:
    """Channels between two headers; U: outlet on the inlet's side, Z: diagonally opposite. Sections: width, height [mm]."""
    branches = [
        Branch(f"channel {i}", f"in {i}", f"out {i}", ((0.0, i * pitch_mm), (length_mm, i * pitch_mm)), *section)
        for i in range(channels)
    ]
    for side, x in (("in", 0.0), ("out", length_mm)):
        branches += [
            Branch(
                f"{side} header {i}",
                f"{side} {i}",
                f"{side} {i + 1}",
                ((x, i * pitch_mm), (x, (i + 1) * pitch_mm)),
                *header,
                "header",
            )
            for i in range(channels - 1)
        ]
    return CoolantNetwork(tuple(branches), "in 0", "out 0" if manifold == "U" else f"out {channels - 1}", 0.0, section[1])


def _developed(network: CoolantNetwork, flow_m3_s: float) -> FlowSplit:
    """The network with developed laminar flow at any Re, water-like: mu 1e-3 Pa s."""
    return split_flow(passages(network), flow_m3_s * float(WATER_RHO), WATER_RHO, WATER_MU, 0.0, DEVELOPED_LAMINAR)


def _c1() -> Iterable[Row]:
    reference = (14.22707688, 15.54805615, 17.08967207, 18.23277683, 19.07049792, 20.58464406, 21.16887683)
    for name, value, wanted in zip(_NAMES, laminar_f_Re(ASPECTS), reference, strict=True):
        yield Row("C1", f"f Re, aspect {name}", float(value), wanted, 1e-3, "-")
    peaks = (2.096256, 1.991796, 1.863646, 1.773681, 1.714970, 1.628266, 1.600896)
    for name, aspect, wanted in zip(_NAMES, ASPECTS, peaks, strict=True):
        peak = float(developed_profile(np.array(0.0), np.array(0.0), 1.0, float(aspect)))
        yield Row("C1", f"u_max / u_m, aspect {name}", peak, wanted, 1e-3, "-")


def _c3() -> Iterable[Row]:
    reference = (3.6079507, 4.1233049, 4.7947989, 5.3310694, 5.7376964, 6.4903529, 6.7849773)
    far = nusselt.laminar(np.array(1e3), ASPECTS, None, "H1")
    for aspect, value, wanted in zip(_NAMES, far, reference, strict=True):
        yield Row("C3", f"Nu_H1, aspect {aspect}", float(value), wanted, 2e-3, "-")


def _c8() -> Iterable[Row]:
    duct = CoolantNetwork((Branch("duct", "in", "out", ((0.0, 0.0), (500.0, 0.0)), 6.0, 3.0),), "in", "out", 0.0, 3.0)
    drop = split_flow(passages(duct), 0.2e-3 / 60 * 998, np.array(998.0), WATER_MU, 0.0, DEVELOPED_LAMINAR).pressure_drop
    yield Row("C8", "developed pressure drop", drop, 179.954354, 5e-3, "Pa")


def _c9() -> Iterable[Row]:
    yield Row("C9", "K(infinity), plates", float(entrance_excess(np.array(np.inf), np.array(1e-9))), 0.672, 0.02, "-")


def _c2() -> Iterable[Row]:
    exact = (2.9775230, 3.3922912, 3.9576800, 4.4404970, 4.8283337, 5.5936585, 5.9078070)
    for aspect, value, wanted in zip(_NAMES, nusselt.developed(ASPECTS, "T"), exact, strict=True):
        yield Row("C2", f"Nu_T, aspect {aspect}", float(value), wanted, 2e-3, "-")


def _c5() -> Iterable[Row]:
    walls: tuple[tuple[nusselt.Wall, float], ...] = (("T", 7.54070087), ("H1", 140 / 17))
    for wall, reference in walls:
        yield Row("C5", f"both walls, {wall}", float(nusselt.developed(np.array(1e-9), wall)), reference, 2e-3, "-")


def _c16() -> Iterable[Row]:
    quarter = np.array(0.25)  # 20 and 10 mm
    yield Row("C16", "sharp entrance", K_PORT_OUT, 0.57, 1e-4, "-")
    yield Row("C16", "exit", K_PORT_IN, 1.0, 1e-4, "-")
    yield Row("C16", "contraction 20-10", float(contraction(quarter)), 0.49558048, 1e-4, "-")
    yield Row("C16", "expansion 10-20", float(expansion(quarter)), 0.5625, 1e-4, "-")


def _d5() -> Iterable[Row]:
    over = 50.0  # the second way is 100 mm longer: round a rectangle
    network = CoolantNetwork(
        (
            Branch("a", "in", "out", ((0.0, 0.0), (400.0, 0.0)), 4.0, 2.0),
            Branch("b", "in", "out", ((0.0, 0.0), (0.0, over), (400.0, over), (400.0, 0.0)), 6.0, 2.0),
        ),
        "in", "out", 0.0, 2.0,
    )  # fmt: skip
    flow = 1e-5
    split = _developed(network, flow)
    yield Row("D5", "share of channel a", float(split.mass_flow[0] / (flow * WATER_RHO)), 0.41985980, 1e-3, "-")
    yield Row("D5", "resistance", split.pressure_drop / flow, 9.180005e7, 1e-3, "Pa s/m³")


def _d6() -> Iterable[Row]:
    half = (0.10120004, 0.10039889, 0.09979943, 0.09940046, 0.09920118)
    reference = {
        "U": (
            449.692178,
            (0.10563847, 0.10384179, 0.10225372, 0.10087107, 0.09969105, 0.0987113, 0.09792986, 0.09734514, 0.09695599, 0.0967616),
        ),
        "Z": (450.039458, half + half[::-1]),
    }
    flow = 1e-3 / 60
    for manifold, (drop, shares) in reference.items():
        split = _developed(ladder(10, 300.0, (3.0, 2.0), 20.0, (8.0, 6.0), manifold), flow)
        yield Row("D6", f"pressure drop, {manifold}", split.pressure_drop, drop, 1e-3, "Pa")
        for i, share in enumerate(shares):
            yield Row("D6", f"channel {i + 1}, {manifold}", float(split.mass_flow[i] / (flow * WATER_RHO)), share, 1e-3, "-")


def _d1() -> Iterator[Row]:
    from packtool.thermal.steady import solve_steady

    length, width, thickness = 0.4, 0.1, 0.003
    mesh = mesh_boxes(
        [Box("plate", "cold_plate", "aluminium", 0.0, 0.0, 0.0, length, width, thickness)],
        divisions=(80, 1, 1),
        boundaries={"plate.z-": "coolant_wall", "plate.z+": "heated"},
    )
    rho, cp = 1000.0, 4000.0
    network = CoolantNetwork((Branch("way", "in", "out", ((0.0, 50.0), (400.0, 50.0)), 100.0, 3.0),), "in", "out", 0.0, 3.0)
    flow_lpm = 13.6 / (rho * cp) * 60e3
    plate = bare_plate(channel_width_mm=100.0, channel_height_mm=3.0, flow_lpm=flow_lpm, inlet_degC=25.0)
    stream = ChannelStream.of(
        network, plate, constant_coolant(rho, cp, 0.6, 1e-3), mesh, heat_physics=HeatPhysics(given_h=24.0 / width)
    )
    problem = ConductionProblem(mesh, np.array([160.0 * np.eye(3)]), flux={"heated": 150.0 / width})
    solution = solve_steady(problem, stream)
    wetted = mesh.points[:, 2] < 1e-9
    x, T = mesh.points[wetted, 0], solution.T[wetted] - 273.15
    for where, name, reference in ((0.0, "0", 31.76291577), (0.2, "L/2", 33.49236592), (0.4, "L", 35.18768408)):
        at = np.abs(x - where) < 1e-9
        yield Row("D1", f"wall at {name}", float(T[at].mean()), reference, 3e-3, "degC", scale=reference - 25.0)
    state = solution.stream
    assert state is not None
    outlets = state.theta[len(stream.passages.nodes) :] - 273.15
    ends = stream.segments.s + stream.segments.length / 2
    yield Row("D1", "coolant at L/2", float(np.interp(0.2, ends, outlets)), 27.24390973, 3e-3, "degC", scale=2.24390973)
    yield Row("D1", "coolant at L", float(outlets[-1]), 29.41176471, 3e-3, "degC", scale=4.41176471)


def hairpin_stream(coolant: Coolant, flow_lpm: float, inlet_degC: float) -> tuple[ChannelStream, ConductionProblem]:
    """A 200 x 50 x 5 mm aluminium plate with one hairpin channel of 10 x 3 mm: 5 kW/m² on top, air at 45 degC below."""
    y = (0.0, 0.005, 0.015, 0.035, 0.045, 0.05)
    low, high = 0.001, 0.004
    solids = {
        "bottom": (0.0, y[0], 0.0, 0.2, y[5], low),
        "top": (0.0, y[0], high, 0.2, y[5], 0.005),
        "first": (0.0, y[0], low, 0.2, y[1], high),
        "last": (0.0, y[4], low, 0.2, y[5], high),
        "rib": (0.0, y[2], low, 0.185, y[3], high),
        "end": (0.195, y[1], low, 0.2, y[4], high),
    }
    wall = ("bottom.z+", "top.z-", "first.y+", "last.y-", "rib.y-", "rib.y+", "rib.x+", "end.x-")
    mesh = mesh_boxes(
        [Box(name, "cold_plate", "aluminium", *extent) for name, extent in solids.items()],
        divisions=([37, 2, 1], [1, 2, 4, 2, 1], [1, 2, 1]),
        boundaries={**dict.fromkeys(wall, "coolant_wall"), "top.z+": "heated", "bottom.z-": "air"},
    )
    path = ((0.0, 10.0), (190.0, 10.0), (190.0, 40.0), (0.0, 40.0))
    network = CoolantNetwork((Branch("hairpin", "in", "out", path, 10.0, 3.0),), "in", "out", 1.0, 4.0)
    stream = ChannelStream.of(network, bare_plate(flow_lpm=flow_lpm, inlet_degC=inlet_degC, coolant=coolant.id), coolant, mesh)
    conductivity: Floats = np.repeat(160.0 * np.eye(3)[None], len(mesh.regions), axis=0)
    return stream, ConductionProblem(mesh, conductivity, convection={"air": Convection(20.0, 318.15)}, flux={"heated": 5000.0})


def _d8() -> Iterator[Row]:
    from packtool.thermal.steady import solve_steady

    stream, problem = hairpin_stream(coolants()["meg50"], 0.5, 22.0)
    solution = solve_steady(problem, stream)
    assert solution.stream is not None
    plate = cold_plate_solution(stream, solution.stream)
    heat_in = 5000.0 * 0.2 * 0.05
    losses = solution.balance.to_boundaries["air"]
    # the identity itself: 0.1 % is asked, the discrete balances close to the solver's tolerance
    yield Row("D8", "m (H_out - H_in), meg50 with cp(T)", plate.enthalpy_rise_W, heat_in - losses, 1e-6, "W")


CASES: tuple[VerificationCase, ...] = (
    VerificationCase("C1", "Friction of rectangular ducts (correlation)", "Shah & London 1978", _c1),
    VerificationCase(
        "C2", "Developed Nu, walls at one temperature (correlation)", "spectral eigenproblem; Shah & London 1978", _c2
    ),
    VerificationCase("C3", "Developed Nu, even heat along (correlation)", "spectral eigenproblem; Shah & London 1978", _c3),
    VerificationCase("C5", "Developed Nu between plates (correlation)", "Shah & London 1978", _c5),
    VerificationCase("C8", "Pressure drop of a channel (network)", "C1", _c8),
    VerificationCase("C9", "Entrance excess between plates (correlation)", "Sadri & Floryan 2002, J. Fluids Eng. 124:685", _c9),
    VerificationCase("C16", "Minor losses of fittings and steps (correlation)", "fluids.fittings, Rennels", _c16),
    VerificationCase("D1", "Plate and coolant, axial conduction", "matrix exponential", _d1),
    VerificationCase("D5", "Two unequal parallel channels", "C1 and Kirchhoff", _d5),
    VerificationCase("D6", "Ladder manifold, linear", "Kirchhoff", _d6),
    VerificationCase("D8", "Energy balance of a plate with a hairpin channel", "identity", _d8),
)
