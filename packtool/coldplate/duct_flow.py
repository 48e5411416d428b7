"""Flow and temperatures of a network of ducts: what ``solve_ducts`` gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import diags

from packtool.catalogue.load import coolants
from packtool.catalogue.records import Coolant
from packtool.coldplate.duct_network import DuctNetwork
from packtool.coldplate.fluid import CoolantTable
from packtool.coldplate.friction import Regime, regime_of
from packtool.coldplate.losses import FlowPhysics
from packtool.coldplate.march import Film, film, order, transport
from packtool.coldplate.network import FlowSplit, driven_flow, split_flow
from packtool.coldplate.records import HeatPhysics, PathTable
from packtool.coldplate.segments import Segments, branch_means
from packtool.design.suggest import did_you_mean
from packtool.errors import NotConverged, SolveError
from packtool.mesh.records import Floats
from packtool.results import ZERO_CELSIUS
from packtool.thermal.coupling import factorised

LONGEST = 100
"""Segments of the longest duct; the others' are as long, and a duct has no fewer than FEWEST. Films are integrated exactly within one."""
FEWEST = 8
SETTLED_K = 1e-9
STANDING = 1e-8
"""Share of the whole flow below which coolant stands: ten times what a dead end is solved with, and above what rounding leaves between equal pressures."""
MOST_STEPS = 80
COLDEST_K = 150.0
"""No coolant of the catalogue, and none of a vehicle, is liquid below."""


@dataclass(frozen=True)
class DuctFlow:
    """A solved network. SI; by name of the duct or of the node.

    ``pressure_drop`` [Pa] from inlet to outlet, its half-width ``pressure_uncertainty`` and its ``pressure_parts``; ``mass_flow``
    [kg/s] and ``velocity`` [m/s] positive from a duct's start to its end; ``total`` [kg/s] from inlet to outlet, ``volume_flow`` [m³/s]
    the same at the inlet's density; ``Re``; ``regime``; ``loss`` [Pa] along each duct (a pump: less than 0), ``pressure`` [Pa] of each node above the outlet;
    ``h`` [W/m²/K] mean of each duct, by area, with its relative half-width ``h_scatter``; ``heat`` [W] into the coolant of each duct;
    ``T`` [K] of each node, ``T_out`` [K] where the coolant leaves each duct, ``T_wall_max`` [K] warmest wall of each (the coolant's
    where it is not heated); of pumps no velocity, Re, regime, h, heat, T_wall_max; ``T_outlet`` [K] of the network; ``path`` segment by segment, x and y unknown (NaN).
    """

    pressure_drop: float
    pressure_uncertainty: float
    pressure_parts: Mapping[str, float]
    pressure: Mapping[str, float]
    loss: Mapping[str, float]
    total: float
    volume_flow: float
    mass_flow: Mapping[str, float]
    velocity: Mapping[str, float]
    Re: Mapping[str, float]
    regime: Mapping[str, Regime]
    h: Mapping[str, float]
    h_scatter: Mapping[str, float]
    heat: Mapping[str, float]
    T: Mapping[str, float]
    T_out: Mapping[str, float]
    T_wall_max: Mapping[str, float]
    T_outlet: float
    enthalpy_rise: float
    path: PathTable

    @property
    def pumping_power(self) -> float:
        """What inlet and pumps put in [W]: pressure drop and heads, times the volume flow at the inlet's density."""
        return (self.pressure_drop - self.pressure_parts.get("pumps", 0.0)) * self.volume_flow


@dataclass(frozen=True)
class _Walls:
    """By segment: heat that is given [W], conductance h A of walls whose temperature is given [W/K] once h is known, that temperature [K]."""

    given: Floats
    area: Floats
    held: Floats
    T_wall: Floats
    heated: Floats


def solve_ducts(
    network: DuctNetwork,
    coolant: Coolant | str,
    T_in: float,
    *,
    flow: float | None = None,
    mass_flow: float | None = None,
    pressure_drop: float | None = None,
    heat: Mapping[str, float] | None = None,
    T_wall: Mapping[str, float] | None = None,
    flow_physics: FlowPhysics = FlowPhysics(),
    heat_physics: HeatPhysics = HeatPhysics(),
) -> DuctFlow:
    """Flow, pressures and temperatures of ``network``.

    ``coolant``: an id of the catalogue, or a record (``constant_coolant``); ``T_in`` [K]. One of ``flow`` [m³/s] at the inlet's density,
    ``mass_flow`` [kg/s], ``pressure_drop`` [Pa] from inlet to outlet (0 where pumps in the network drive it). ``heat`` [W] into the coolant
    of a duct, even along it, or its walls' temperature ``T_wall`` [K], whose film is that of one temperature whatever ``HeatPhysics.wall`` says of
    the heated ducts; other ducts are adiabatic. Viscosity follows the temperatures.
    Friction as a number of ``FlowPhysics``; ``DEVELOPED_LAMINAR`` leaves entrances, bends and junctions out and stays laminar at any Re.

    Raises SolveError for what is missing or unknown, outside the coolant's table or a correlation's range; NotConverged.
    """
    table = CoolantTable.of(named_coolant(coolant))
    refuse_celsius(T_in)
    table.require(np.array(T_in), "T_in")
    p = network.passages
    for word, value in (("flow", flow), ("mass_flow", mass_flow), ("pressure_drop", pressure_drop)):
        if value is not None and not is_number(value):
            raise SolveError(f"{word} is {value!r}; wanted a finite number")
    given = [
        word for word, value in (("flow", flow), ("mass_flow", mass_flow), ("pressure_drop", pressure_drop)) if value is not None
    ]
    if len(given) != 1:
        raise SolveError(f"give one of flow, mass_flow and pressure_drop; got {' and '.join(given) or 'none'}")
    rho_in = float(table.at(np.array(T_in)).rho)
    total = mass_flow if flow is None else flow * rho_in
    segments = _segments(p.length)
    walls = _walls(network, segments, heat or {}, T_wall or {})
    roughness = np.array([getattr(part, "roughness", 0.0) for part in network.parts])
    theta = np.full(len(p.nodes) + len(segments.s), T_in)
    mean = np.full(len(segments.s), T_in)
    grows = np.bincount(segments.branch, walls.heated, len(p.length)) > 0
    for step in range(MOST_STEPS):
        fluid = table.at(mean, lambda segment: f"duct {p.names[segments.branch[segment]]!r}")
        rho, mu = branch_means(p, segments, fluid)
        if pressure_drop is not None:
            split = driven_flow(p, pressure_drop, rho, mu, roughness, flow_physics)
        else:
            split = split_flow(p, total or 0.0, rho, mu, roughness, flow_physics)
        _refuse_standing(network, split, segments, walls)
        films = film(p, segments, split.mass_flow, fluid, roughness, heat_physics, grows)
        if walls.held.any():
            even = film(p, segments, split.mass_flow, fluid, roughness, replace(heat_physics, wall="T"), grows)
            films = _with_held(films, even, walls.held > 0)
        H = films.h * walls.area * walls.held
        moved = transport(p, segments, order(p, segments, split.mass_flow), split.mass_flow, table, theta, T_in, H)
        after = factorised((moved.matrix + moved.gain @ diags(H) @ moved.mean).tocsc()).solve(
            moved.gain @ (walls.given + H * walls.T_wall) + moved.supply
        )
        change, theta = float(np.abs(after - theta).max()), after if step < MOST_STEPS // 2 else (after + theta) / 2
        mean = moved.mean @ theta
        if change <= SETTLED_K:
            return _read(network, table, segments, walls, split, films, theta, mean, H, T_in)
    raise NotConverged(f"the temperatures of the ducts did not settle in {MOST_STEPS} steps; they last moved by {change:.1e} K")


def _refuse_standing(network: DuctNetwork, split: FlowSplit, segments: Segments, walls: _Walls) -> None:
    """SolveError for heat that is given to coolant which nothing carries off: of a dead end, or of a duct between two places of one pressure."""
    given = np.bincount(segments.branch, walls.given, len(split.mass_flow))
    for duct in np.flatnonzero((given != 0) & (np.abs(split.mass_flow) < STANDING * split.total)):
        ends = network.passages.node[duct]
        dead = next((network.passages.nodes[node] for node in ends if (network.passages.node == node).sum() == 1), None)
        why = f"it ends dead at {dead!r}" if dead is not None else "its ends are at one pressure"
        raise SolveError(
            f"duct {network.names[duct]!r} takes {given[duct]:g} W and no coolant flows through it, {why}: leave its heat out, give it T_wall, or let"
            " coolant through"
        )


def _with_held(films: Film, even: Film, held: NDArray[np.bool_]) -> Film:
    """``films``, of walls whose temperature is ``held`` those of ``even``."""
    return replace(films, h=np.where(held, even.h, films.h), scatter=np.where(held, even.scatter, films.scatter))


def named_coolant(coolant: Coolant | str) -> Coolant:
    """A record, or the catalogue's of that id; SolveError with the nearest spelling."""
    if isinstance(coolant, Coolant):
        return coolant
    known = coolants()
    if coolant not in known:
        raise SolveError(f"no coolant is called {coolant!r}{did_you_mean(coolant, tuple(known))}; known: {', '.join(known)}")
    return known[coolant]


def refuse_celsius(T: float, what: str = "T_in") -> None:
    """SolveError for a coolant's or a wall's temperature that is no number, or can only be meant in degC."""
    if not is_number(T):
        raise SolveError(f"{what} is {T!r}; wanted a temperature [K]: 25 degC is 298.15")
    if T < COLDEST_K:
        raise SolveError(f"{what} is in kelvin, and {T:g} K is below any coolant's range: 25 degC is 298.15")


def is_number(value: object) -> bool:
    """Whether a value is one finite number."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and bool(np.isfinite(value))


def _segments(length: Floats) -> Segments:
    size = float(length.max()) / LONGEST
    counts = np.where(length < size, 1, np.maximum(np.ceil(length / size - 1e-9), FEWEST)).astype(np.int64)
    branch = np.repeat(np.arange(len(length)), counts)
    first = np.concatenate([[0], np.cumsum(counts)])
    each = (length / counts)[branch]
    nowhere = np.full(len(branch), np.nan)
    s = (np.arange(len(branch)) - first[branch] + 0.5) * each
    return Segments(branch, first, s, each, nowhere, nowhere, np.zeros(len(branch), dtype=np.int64))


def _walls(network: DuctNetwork, segments: Segments, heat: Mapping[str, float], T_wall: Mapping[str, float]) -> _Walls:
    p, b = network.passages, segments.branch
    number = {name: i for i, name in enumerate(network.names)}
    for word, values in (("heat", heat), ("T_wall", T_wall)):
        if not isinstance(values, Mapping):
            raise SolveError(f"{word} is given by duct, {{{network.names[0]!r}: value}}; got {values!r}")
        for name, value in values.items():
            if name not in number:
                raise SolveError(f"{word}: no duct is called {name!r}{did_you_mean(name, tuple(number))}")
            if number[name] in p.pumps:
                raise SolveError(f"{word}: {name!r} is a pump and has no walls")
            if word == "T_wall":
                refuse_celsius(value, f"T_wall of {name!r}")
            elif not is_number(value):
                raise SolveError(f"heat of {name!r} is {value!r}; wanted a finite number [W]")
    both = set(heat) & set(T_wall)
    if both:
        raise SolveError(f"duct {min(both)!r}: give heat or T_wall, not both")
    n = len(p.length)
    watts, wall, held = np.zeros(n), np.zeros(n), np.zeros(n)
    for name, value in heat.items():
        watts[number[name]] = value
    for name, value in T_wall.items():
        wall[number[name]], held[number[name]] = value, 1.0
    named = np.array([name in heat or name in T_wall for name in network.names], dtype=float)
    return _Walls(watts[b] * segments.length / p.length[b], p.perimeter[b] * segments.length, held[b], wall[b], named[b])


def _read(
    network: DuctNetwork, table: CoolantTable, segments: Segments, walls: _Walls, split: FlowSplit, films: Film, theta: Floats,
    mean: Floats, H: Floats, T_in: float,
) -> DuctFlow:  # fmt: skip
    p, b, n = network.passages, segments.branch, len(network.names)
    heat = walls.given + H * (walls.T_wall - mean)
    wall = np.where(walls.held > 0, walls.T_wall, mean + walls.given / (films.h * walls.area))
    first = segments.first
    last = np.where(split.mass_flow >= 0, first[1:] - 1, first[:-1])
    _refuse_off_the_curve(network, split, float(table.at(np.array(T_in)).rho))
    enthalpy = table.enthalpy(np.array([T_in, theta[p.outlet]]))

    def by_part(values: Floats) -> dict[str, float]:
        return dict(zip(p.names, np.asarray(values, float).tolist(), strict=True))

    def by_duct(values: Floats) -> dict[str, float]:
        return {name: float(value) for i, (name, value) in enumerate(zip(p.names, values, strict=True)) if i not in p.pumps}

    def mean_of(values: Floats) -> dict[str, float]:
        return by_duct(np.bincount(b, values * segments.length, n) / p.length)

    total = split.total
    return DuctFlow(
        pressure_drop=split.pressure_drop, pressure_uncertainty=split.uncertainty, pressure_parts=split.parts,
        pressure=dict(zip(p.nodes, split.pressure.tolist(), strict=True)), loss=by_part(split.loss),
        total=total, volume_flow=total / float(table.at(np.array(T_in)).rho),
        mass_flow=by_part(split.mass_flow), velocity=by_duct(split.velocity), Re=by_duct(split.Re),
        regime={name: word for i, (name, word) in enumerate(zip(p.names, regime_of(split.Re), strict=True)) if i not in p.pumps},
        h=mean_of(films.h), h_scatter=mean_of(films.scatter), heat=by_duct(np.bincount(b, heat, n)),
        T=dict(zip(p.nodes, theta[: len(p.nodes)].tolist(), strict=True)), T_out=by_part(theta[len(p.nodes) + last]),
        T_wall_max=by_duct(np.maximum.reduceat(np.maximum(wall, mean), first[:-1])),
        T_outlet=float(theta[p.outlet]), enthalpy_rise=float(total * (enthalpy[1] - enthalpy[0])),
        path=PathTable(
            names=p.names, branch=b, s_mm=segments.s * 1e3, x_mm=segments.x, y_mm=segments.y, T_degC=mean - ZERO_CELSIUS,
            T_wall_degC=np.where(walls.heated > 0, wall - ZERO_CELSIUS, np.nan), h=films.h, Re=films.Re, velocity=films.velocity, heat_W=heat,
        ),
    )  # fmt: skip


def _refuse_off_the_curve(network: DuctNetwork, split: FlowSplit, rho: float) -> None:
    """SolveError for a pump whose flow its curve does not hold: nobody measured its head there."""
    for b, curve in network.passages.pumps.items():
        flow, first, last = float(split.mass_flow[b]) / rho, float(curve.flow[0]), float(curve.flow[-1])
        if not first - 1e-3 * last <= flow <= last * (1 + 1e-3):
            way = (
                "give the curve up to the flow where its head meets the network's loss"
                if flow > last
                else "another part pushes against it"
            )
            raise SolveError(
                f"pump {network.names[b]!r} would run at {flow:.4g} m³/s, and its curve is from {first:.4g} to {last:.4g}: {way}"
            )
