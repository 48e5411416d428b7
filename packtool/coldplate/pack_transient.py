"""A transient case of a pack: the duty run on nested meshes, for the numbers with their errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from packtool.catalogue.records import Coolant
from packtool.coldplate.drop_curve import DropCurve
from packtool.coldplate.pack_case import EXACT, drop_rows, film_scatter, path_rows
from packtool.coldplate.pack_march import PackMarch
from packtool.coldplate.pack_run import MOST_LANDED, PackCase, PackRun
from packtool.coldplate.pump import flow_scatter, on_the_pump
from packtool.coldplate.records import HeatPhysics
from packtool.coldplate.solve import cold_plate_solution
from packtool.coldplate.stream import ChannelStream
from packtool.coldplate.transient_results import bar_moments, transient_results
from packtool.design.cases import case_demand, initial_soc
from packtool.design.loaded import LoadedDesign
from packtool.design.schema import TransientCase
from packtool.design.schema.cases import CoolantSchedule
from packtool.design.schema.cold_plate import known_flow_lpm
from packtool.fem.start import one_thread
from packtool.layout.records import Layout
from packtool.mesh.records import TaggedMesh
from packtool.results import ZERO_CELSIUS, Result
from packtool.thermal.busbar_results import busbar_results, hottest, with_own_errors, without_own_errors
from packtool.thermal.busbars import pack_busbars
from packtool.thermal.error import estimated_errors, halved_shares
from packtool.thermal.heaters import pack_heaters
from packtool.thermal.lost_contact import with_lost_contacts
from packtool.thermal.pack import extra_heat, mesh_exchange, region_conductivity, resistance_is_held
from packtool.thermal.pack_bank import cell_bank, cell_regions, first_soc, region_rho_cp
from packtool.thermal.pack_laws import region_laws
from packtool.thermal.records import ConductionProblem
from packtool.thermal.sensors import sensor_rows
from packtool.thermal.solids import tie_conductance

STARTS = "heater.starts"
FINER = 8.0
"""The time error is seen from a run with the tolerance divided by this: its steps are half as long (a second-order scheme's local
error goes with the cube), and so are the pieces that the network is integrated in; the difference is 3/4 of the error and 4/3 of it is told."""


@dataclass(frozen=True)
class SolvedTransient:
    """The run on the finest mesh, every number with its error, and a JSON-like summary for the report; ``busbar_max`` (n_moments,) [K]: the
    hottest place of a busbar at the end of each step, NaN at the start."""

    run: PackRun
    results: tuple[Result, ...]
    summary: dict[str, Any]
    busbar_max: tuple[float, ...]


def pack_transient_case(
    loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh, case: str, air: Coolant, physics: HeatPhysics = HeatPhysics()
) -> PackCase:
    """The case on one mesh. Raises SolveError for what is missing."""
    chosen, plate = loaded.design.cases[case], loaded.design.cold_plate
    assert isinstance(chosen, TransientCase)
    demand = case_demand(loaded, case)
    loaded, mesh = with_lost_contacts(loaded, mesh, air)
    end = demand.duration_s
    every = chosen.output_every_s or end / 10
    outputs = (*(every * number for number in range(1, int(np.ceil(end / every - 1e-9)))), end)
    stream: ChannelStream | None = None
    schedule: tuple[tuple[float, ChannelStream], ...] = ()
    if plate and layout.network:
        stream = ChannelStream.of(layout.network, plate, loaded.coolants[plate.coolant], mesh, heat_physics=physics)
        schedule = _schedule(stream, chosen.coolant)
    start = chosen.initial_degC if chosen.initial_degC is not None else loaded.design.ambient.temperature_degC
    problem = ConductionProblem(
        mesh=mesh,
        conductivity=region_conductivity(loaded, layout, mesh),
        convection=mesh_exchange(loaded, layout, mesh, air),
        rho_cp=region_rho_cp(loaded, layout, mesh),
        tie=tie_conductance(loaded, layout, mesh),
        laws=region_laws(loaded, layout, mesh),
    )
    regions = cell_regions(layout, mesh)
    return PackCase(
        problem=problem,
        bank=cell_bank(loaded, layout),
        demand=demand,
        cell_region=regions,
        stream=stream,
        T0=start + ZERO_CELSIUS,
        soc0=first_soc(loaded, layout, initial_soc(chosen)),
        outputs=outputs,
        tolerance=chosen.tolerance_K,
        schedule=schedule,
        ramped=chosen.coolant is not None and chosen.coolant.between == "linear",
        extra=extra_heat(loaded, layout),
        heaters=pack_heaters(loaded, layout, mesh, case),
        every_edge=chosen.breakpoints == "every" or (chosen.breakpoints is None and len(demand.edges) <= MOST_LANDED),
        sensors=sensor_rows(loaded, layout, mesh) if loaded.design.sensors else None,
    )


def _schedule(stream: ChannelStream, given: CoolantSchedule | None) -> tuple[tuple[float, ChannelStream], ...]:
    """The streams that flow from which times on [s]."""
    if given is None:
        return ()
    flows: Sequence[float | None] = given.flow_lpm or [None] * len(given.time_s)
    inlets: Sequence[float | None] = given.inlet_degC or [None] * len(given.time_s)
    return tuple((since, stream.changed(flow, inlet)) for since, flow, inlet in zip(given.time_s, flows, inlets, strict=True))


def of_no_known_error(runs: Sequence[Mapping[str, float]]) -> tuple[str, ...]:
    """Results of thermostats, by name, that ``runs`` on other meshes and with other steps give no error of: how often a heater is switched on
    is a count; and where the runs differ in it, how long it was on and what it gave differ by whole cycles, or by none by chance."""
    found = []
    for name in runs[0]:
        if name.startswith(STARTS):
            found.append(name)
            if len({run[name] for run in runs}) > 1:
                found += [other + name.removeprefix(STARTS) for other in ("heat.heater", "heater.energy", "heater.time_on")]
    return tuple(found)


def transient_rows(
    loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh, case: str, air: Coolant, cache_dir: Path | None
) -> list[Result]:
    """The numbers of ``case`` on one mesh, without errors. Raises as ``solve_pack_transient``."""
    prepared = pack_transient_case(on_the_pump(loaded, layout.network), layout, mesh, case, air)
    return transient_results(prepared, PackMarch(prepared, cache_dir).go(), layout, case, tuple(loaded.design.sensors))


@one_thread()
def solve_pack_transient(
    loaded: LoadedDesign,
    layout: Layout,
    meshes: Sequence[TaggedMesh],
    case: str,
    air: Coolant,
    cache_dir: Path | None,
    checkpoints: Path | None = None,
) -> SolvedTransient:
    """Run ``case`` on ``meshes``: nested, the finest first, each of the others with half the elements of the one before.

    The ``error`` of a number is that of its mesh, estimated from the meshes as in a steady case, and of its time steps together; the
    latter alone, ``error_time``, is seen on the coarsest mesh from a run with steps half as long; some of thermostats is not known, see
    ``of_no_known_error``. ``scatter`` as in a steady case.
    ``checkpoints``: a folder for the state of each run at every output, from which one that was killed goes on.
    With a pump's curve the flow is that of coolant at its inlet temperature throughout. Raises SolveError, NotConverged.
    """
    runs, coarse_bars = count(), pack_busbars(loaded, layout, coarse=True)
    pump = loaded.design.cold_plate.pump if loaded.design.cold_plate else None
    loaded = on_the_pump(loaded, layout.network)

    def run(mesh: TaggedMesh, physics: HeatPhysics = HeatPhysics(), finer: float = 1.0) -> tuple[PackCase, PackRun, list[Result]]:
        prepared = pack_transient_case(loaded, layout, mesh, case, air, physics)
        prepared = replace(prepared, tolerance=prepared.tolerance / finer, looks=finer ** (1 / 3))
        path = None if checkpoints is None else checkpoints / f"checkpoint-{case}-{next(runs)}"
        done = PackMarch(prepared, cache_dir).go(path)
        rows = transient_results(prepared, done, layout, case, tuple(loaded.design.sensors))
        return prepared, done, rows + busbar_results(prepared.bank.bars, coarse_bars, bar_moments(done), case)

    prepared, finest, rows = run(meshes[0])
    coarser = [run(mesh)[2] for mesh in meshes[1:3]]
    in_time = {row.name: row.value for row in run(meshes[-1], finer=FINER)[2]}
    coarsest = {row.name: row.value for row in (coarser[-1] if coarser else rows)}
    film: dict[str, float] = {}
    if prepared.stream is not None:
        film = film_scatter(coarser[-1] if coarser else rows, run(meshes[-1], HeatPhysics(lowest_film=True))[2])
    results = []
    unknown = EXACT + of_no_known_error([{row.name: row.value for row in one} for one in (rows, *coarser)] + [in_time])
    for row in with_own_errors(estimated_errors(without_own_errors(rows), *coarser, shares=halved_shares(meshes)), rows):
        late = abs(coarsest[row.name] - in_time[row.name]) * 4 / 3
        known = not row.name.startswith(unknown)
        results.append(
            replace(
                row,
                error=(row.error or 0.0) + late if known else None,
                error_time=late if known else None,
                scatter=film.get(row.name, row.scatter),
            )
        )
    plate, curve = loaded.design.cold_plate, None
    if prepared.stream is not None and plate is not None:
        curve = DropCurve.solved(prepared.stream, np.full(len(prepared.stream.segments.s), prepared.stream.T_in))
        if pump is not None:
            moved_by = flow_scatter(pump, curve, known_flow_lpm(plate))
            results = [replace(r, scatter=moved_by) if r.name == "coolant.flow.volume" else r for r in results]
    warmest = max(float(moment.mean.max()) for moment in finest.moments)
    last = prepared.stream_at(prepared.outputs[-1] * (1 - 1e-12))
    coolant = cold_plate_solution(last, finest.states[-1]) if last is not None else None
    summary: dict[str, Any] = {
        "solver": {
            "elements": len(meshes[0].hexes),
            "points": len(meshes[0].points),
            "DOFs": finest.n_dofs,
            "time steps": len(finest.moments) - 1,
            "rejected steps": finest.rejected_steps,
            "linear iterations": finest.linear_iterations,
            "relative energy imbalance": finest.balance.imbalance,
            **{f"{name} [s]": round(seconds, 3) for name, seconds in finest.seconds.items()},
        },
        "resistance_held": resistance_is_held(loaded, warmest),
        "coolant": path_rows(coolant) if coolant else [],
        "branch_flow_lpm": dict(coolant.branch_flow_lpm) if coolant else {},
        "drop_curve": drop_rows(curve, known_flow_lpm(plate), pump) if curve and plate else {},
    }
    bars = hottest(prepared.bank.bars, bar_moments(finest))
    return SolvedTransient(finest, tuple(results), summary, (*[np.nan] * (len(finest.moments) - len(bars)), *bars))
