"""One case of a pack, solved: cells, plate, coolant and ambient together, on nested meshes for the error of every number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from packtool.catalogue.records import Coolant
from packtool.coldplate.drop_curve import DropCurve, drawn
from packtool.coldplate.flow3d.design_plate import refuse_design_plate, solve_design_plate
from packtool.coldplate.flow3d.openings import openings
from packtool.coldplate.flow3d.plate_load import plate_load
from packtool.coldplate.flow3d.plate_results import plate_summary, replaced
from packtool.coldplate.pump import flow_scatter, on_the_pump
from packtool.coldplate.records import ColdPlateSolution, HeatPhysics
from packtool.coldplate.solve import cold_plate_solution, coolant_results
from packtool.coldplate.stream import ChannelStream
from packtool.design.loaded import LoadedDesign
from packtool.design.schema import ColdPlate
from packtool.design.schema.cold_plate import Pump
from packtool.fem.start import one_thread
from packtool.layout.records import Layout
from packtool.mesh.records import TaggedMesh
from packtool.results import ZERO_CELSIUS, Result
from packtool.thermal.busbar_results import BarMoment, busbar_results, with_own_errors, without_own_errors
from packtool.thermal.busbars import pack_busbars
from packtool.thermal.error import estimated_errors, halved_shares
from packtool.thermal.evaluate import region_values
from packtool.thermal.lost_contact import with_lost_contacts
from packtool.thermal.measure import heat_results, sensor_results, temperature_results
from packtool.thermal.melted import melted_results, melting_parts
from packtool.thermal.pack import pack_heat, pack_problem, resistance_is_held
from packtool.thermal.part_flows import flow_rows, part_flows
from packtool.thermal.records import ConductionProblem, ThermalSolution
from packtool.thermal.steady import solve_steady

EXACT = ("coolant.beyond_calibration", "coolant.inlet", "coolant.flow.mass", "coolant.flow.volume", "energy.imbalance")
"""Results that no mesh has an error in: given by the design, or themselves a measure of error."""

WARMEST, RESISTANCE = "temperature.cold_plate.max", "coolant.thermal_resistance"


@dataclass(frozen=True)
class SolvedCase:
    """The field on the finer mesh, every number with its error, and a JSON-like summary for the report (solver, coolant path)."""

    solution: ThermalSolution
    cold_plate: ColdPlateSolution | None
    results: tuple[Result, ...]
    summary: Mapping[str, Any]


@dataclass(frozen=True)
class _Once:
    """One mesh's answer."""

    problem: ConductionProblem
    solution: ThermalSolution
    coolant: ColdPlateSolution | None
    rows: list[Result]
    curve: DropCurve | None = None


def _solve(
    loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh, case: str, air: Coolant, cache_dir: Path, physics: HeatPhysics
) -> _Once:
    plate = loaded.design.cold_plate
    loaded, mesh = with_lost_contacts(loaded, mesh, air)
    stream = None
    if plate and layout.network:
        stream = ChannelStream.of(layout.network, plate, loaded.coolants[plate.coolant], mesh, heat_physics=physics)
    problem = pack_problem(loaded, layout, mesh, case, air)
    solution = solve_steady(problem, stream, cache_dir=cache_dir)
    heat = pack_heat(loaded, layout, mesh, case)
    T_cell = region_values(mesh, solution.T).mean[heat.cell_region]
    bars = busbar_results(
        heat.bars, pack_busbars(loaded, layout, coarse=True), [BarMoment(heat.cell_current(T_cell), T_cell)], case
    )
    flows = part_flows(problem, solution.T, solution.region_power, solution.leaving, conducted=solution.conducted)
    rows = (
        temperature_results(solution, layout, case)
        + sensor_results(loaded, layout, solution, case)
        + [replace(row, case=case) for row in melted_results(melting_parts(problem), solution.T)]
        + bars
        + heat_results(solution, heat, case, float(flows.ambient_doubt.sum()))
        + [replace(row, case=case) for row in flow_rows(flows)]
    )
    if stream is None or solution.stream is None:
        return _Once(problem, solution, None, rows)
    coolant = cold_plate_solution(stream, solution.stream)
    rows += coolant_results(coolant, case) + thermal_resistance(rows, coolant)
    return _Once(problem, solution, coolant, rows, DropCurve.solved(stream, solution.stream.mean))


def thermal_resistance(rows: Sequence[Result], coolant: ColdPlateSolution) -> list[Result]:
    """RESISTANCE [K/W]: warmest point of the cold plate less the inlet's temperature, over the heat to the coolant;
    nothing where the coolant takes up none."""
    warmest = next((row for row in rows if row.name == WARMEST), None)
    if warmest is None or coolant.heat_W <= 0:
        return []
    return [Result(RESISTANCE, (warmest.value - coolant.inlet_degC) / coolant.heat_W, "K/W", case=warmest.case)]


def case_rows(loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh, case: str, air: Coolant, cache_dir: Path) -> list[Result]:
    """The numbers of ``case`` on one mesh, without errors. Raises as ``solve_pack_case``."""
    on_pump = _on_the_pump(loaded, layout, mesh, case, air, cache_dir)
    return _solve(on_pump, layout, mesh, case, air, cache_dir, HeatPhysics()).rows


@one_thread()
def solve_pack_case(
    loaded: LoadedDesign, layout: Layout, meshes: Sequence[TaggedMesh], case: str, air: Coolant, cache_dir: Path
) -> SolvedCase:
    """Solve ``case`` on ``meshes``: nested, the finest first, each of the others with half the elements of the one before.

    The ``error`` of a number is its discretisation error, estimated from the meshes. Its ``scatter`` is what the published scatter
    of the correlations makes of it: their own for pressure and film, and for temperatures and heats how far they move, on the
    coarsest mesh, with every film at the lower end of its interval. Raises SolveError, NotConverged.
    """

    pump = loaded.design.cold_plate.pump if loaded.design.cold_plate else None
    loaded = _on_the_pump(loaded, layout, meshes[-1], case, air, cache_dir)
    plate = loaded.design.cold_plate
    flat = plate if isinstance(plate, ColdPlate) and plate.fidelity == "cfd" else None
    if flat:
        refuse_design_plate(loaded, layout)

    def solved(mesh: TaggedMesh, physics: HeatPhysics = HeatPhysics()) -> _Once:
        return _solve(loaded, layout, mesh, case, air, cache_dir, physics)

    mesh, finest = meshes[0], solved(meshes[0])
    coarser = [solved(one) for one in meshes[1:3]]
    solution, coolant = finest.solution, finest.coolant
    moved = film_scatter(coarser[-1].rows, solved(meshes[-1], HeatPhysics(lowest_film=True)).rows) if coolant else {}
    results = []
    told = estimated_errors(without_own_errors(finest.rows), *(once.rows for once in coarser), shares=halved_shares(meshes))
    warmest_error = next((row.error or 0.0 for row in told if row.name == WARMEST), 0.0)
    for row in with_own_errors(told, finest.rows):
        error = None if row.name.startswith(EXACT) else row.error
        if row.name == RESISTANCE and error is not None and coolant:
            error = max(error, warmest_error / coolant.heat_W)
        scatter = moved.get(row.name, row.scatter)
        if row.name == "coolant.flow.volume" and pump is not None and finest.curve is not None:
            scatter = flow_scatter(pump, finest.curve, row.value)
        results.append(replace(row, error=error, scatter=scatter))
    found = None
    if flat and coolant:
        load = plate_load(finest.problem, solution, over_cells=flat.position == "top")
        found = solve_design_plate(loaded, layout, load, coolant.outlet_degC)
        of = found.flow.problem
        beside = openings(layout, flat, found.mass_flow, of.rho, of.mu)
        assert layout.network is not None
        results = list(replaced(tuple(results), found, layout.network, beside, case))
    warmest = float(region_values(solution.mesh, solution.T).mean.max())
    summary: dict[str, Any] = {
        "solver": {
            "elements": len(mesh.hexes),
            "points": len(mesh.points),
            "DOFs": solution.n_dofs,
            "outer iterations": solution.outer_iterations,
            "linear iterations": solution.linear_iterations,
            "relative energy imbalance": solution.balance.imbalance,
            **{f"{name} [s]": round(seconds, 3) for name, seconds in solution.seconds.items()},
            **(plate_summary(found) if found else {}),
        },
        "resistance_held": resistance_is_held(loaded, warmest),
        "coolant": path_rows(coolant) if coolant else [],
        "branch_flow_lpm": dict(coolant.branch_flow_lpm) if coolant else {},
        "drop_curve": drop_rows(finest.curve, coolant.flow_lpm, pump) if finest.curve and coolant else {},
    }
    return SolvedCase(solution, coolant, tuple(results), summary)


def _on_the_pump(loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh, case: str, air: Coolant, cache_dir: Path) -> LoadedDesign:
    """The design with the flow that its pump drives in this case, found on ``mesh``."""

    def warm(known: LoadedDesign) -> tuple[float, float]:
        coolant = _solve(known, layout, mesh, case, air, cache_dir, HeatPhysics()).coolant
        assert coolant is not None
        return coolant.pressure_drop_Pa, (coolant.inlet_degC + coolant.outlet_degC) / 2 + ZERO_CELSIUS

    return on_the_pump(loaded, layout.network, warm)


def film_scatter(nominal: Sequence[Result], lowest_film: Sequence[Result]) -> dict[str, float]:
    """By result: how far temperatures (the coolant's too) and heats move where every film is at the lower end of its interval. (Flows of no
    heat at all have no row.)"""
    low = {row.name: row.value for row in lowest_film}
    moved = ("temperature.", "heat.", "coolant.outlet", "coolant.rise", "coolant.thermal_resistance")
    return {row.name: abs(row.value - low.get(row.name, 0.0)) for row in nominal if row.name.startswith(moved)}


def drop_rows(curve: DropCurve, flow_lpm: float, pump: Pump | None) -> dict[str, Any]:
    """The pressure drop over the flow, at the coolant's solved temperatures, about ``flow_lpm``; and the pump's curve."""
    head = {"pump_lpm": list(pump.flow_lpm), "pump_Pa": [1e3 * kPa for kPa in pump.head_kPa]} if pump else {}
    return {**drawn(curve, flow_lpm), **head, "at_lpm": flow_lpm, "at_Pa": curve.drop(flow_lpm)}


def path_rows(coolant: ColdPlateSolution) -> list[dict[str, Any]]:
    """The coolant's path, one row a segment.

    Where a segment has no wall facet of its own, the wall's temperature is taken from its neighbours in the branch; in a branch
    without any, it is the coolant's.
    """
    path = coolant.path
    wall = path.T_wall_degC.copy()
    for branch in range(len(path.names)):
        here = np.flatnonzero(path.branch == branch)
        known = here[~np.isnan(wall[here])]
        wall[here] = np.interp(path.s_mm[here], path.s_mm[known], wall[known]) if len(known) else path.T_degC[here]
    return [
        {
            "branch": path.names[int(path.branch[i])],
            "s_mm": float(path.s_mm[i]),
            "x_mm": float(path.x_mm[i]),
            "y_mm": float(path.y_mm[i]),
            "T_degC": float(path.T_degC[i]),
            "T_wall_degC": float(wall[i]),
            "h_W_m2K": float(path.h[i]),
            "Re": float(path.Re[i]),
            "regime": regime,
            "heat_W": float(path.heat_W[i]),
            **({} if path.calibrated is None else {"calibrated": float(path.calibrated[i])}),
        }
        for i, regime in enumerate(path.regime)
    ]
