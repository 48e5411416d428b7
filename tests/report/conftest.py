"""A finished run of a bus pack, made by hand: records only, with temperatures from a formula. Nothing here runs a stage."""

from __future__ import annotations

import math

import numpy as np
import pytest
import yaml
from bus_by_hand import CHANNELS, HEIGHT, PITCH, THICKNESS, WIDTH, X_PLATE, X_ROW, Y_ROW, Z_CELL, bus_layout, bus_mesh, cell_places

from packtool.catalogue.records import Cell, Coolant, CoolantState, Figure, Material, ResistanceTable, Source
from packtool.design.loaded import LoadedDesign, Place
from packtool.design.schema import PackDesign
from packtool.layout.coolant import CoolantNetwork
from packtool.layout.records import Layout
from packtool.mesh.records import TaggedMesh
from packtool.report.records import CoolantRow, HeatFlow, RunSummary, StageRow
from packtool.report.standing import figures_used
from packtool.results import Result, ResultSet
from packtool.rules.records import Finding, Verdict

CASE = "charge_1C"

DESIGN = """\
packtool: 1
name: bus-lfp
description: 56 kWh LFP pack of a 9 m city bus, under the floor
cell: calb-lfp176
electrical: {series: 68, parallel: 1}
arrangement:
  pattern: rows
  rows: 4
  cells_per_row: 17
  cell_gap_mm: 1.5
  gap_material: pu_foam_compression_pad
  row_gap_mm: 12
  end_plate_mm: 20
interface: {material: gap_filler_2p0, thickness_mm: 1.0}
cold_plate:
  position: bottom
  type: parallel
  passes: 2
  channels: 10
  channel_width_mm: 16
  channel_height_mm: 3
  overhang_mm: 60
  thickness_mm: 6
  material: al_3003_o
  coolant: meg50
  flow_lpm: 12
  inlet_degC: 22
busbars: {material: al_1060_busbar, thickness_mm: 3, width_mm: 40}
enclosure: {material: al_6061_t6, wall_mm: 3, lid_mm: 1.5}
ambient: {temperature_degC: 45}
cases:
  charge_1C: {kind: steady, current_A: 176}
limits:
  cell_max_degC: 45
  cell_spread_K: 5
  coolant_drop_kPa: 20
"""


def _figure(value: float, standing: str, *sources: str, note: str = "") -> Figure:
    return Figure(value=value, standing=standing, sources=sources, note=note)


def _cell() -> Cell:
    return Cell(
        id="calb-lfp176",
        name="CALB 176 Ah LFP",
        maker="CALB",
        format="prismatic",
        chemistry="LFP",
        capacity_Ah=_figure(176, "catalogue", "TUM"),
        v_nom=_figure(3.2, "catalogue", "TUM"),
        width_mm=_figure(WIDTH, "catalogue", "TUM"),
        thickness_mm=_figure(THICKNESS, "catalogue", "TUM"),
        height_mm=_figure(HEIGHT, "catalogue", "TUM"),
        mass_kg=_figure(3.984, "catalogue", "TUM"),
        cp_J_kgK=_figure(1040, "literature default", "SHENG", note="class of prismatic LFP cells"),
        k_in_plane_W_mK=_figure(17.0, "literature default", "SHENG"),
        k_through_W_mK=_figure(0.7, "literature default", "SHENG"),
        resistance_dc=ResistanceTable(
            temperature_degC=(0, 25, 45), resistance_mOhm=(1.9, 0.62, 0.41), standing="derived", note="stand-in: calb-ca180fi"
        ),
    )


def _materials() -> dict[str, Material]:
    def made(id: str, rho: float, k: float, cp: float, standing: str) -> Material:
        source = ("NLM",) if standing == "catalogue" else ()
        return Material(
            id=id, rho_kg_m3=_figure(rho, standing, *source), k_W_mK=_figure(k, standing, *source), cp_J_kgK=_figure(cp, standing)
        )

    return {
        "pu_foam_compression_pad": made("pu_foam_compression_pad", 320, 0.06, 1500, "remembered"),
        "gap_filler_2p0": made("gap_filler_2p0", 2000, 2.0, 1000, "remembered"),
        "al_3003_o": made("al_3003_o", 2730, 190, 900, "catalogue"),
        "al_6061_t6": made("al_6061_t6", 2700, 167, 896, "datasheet"),
        "al_1060_busbar": made("al_1060_busbar", 2700, 230, 900, "derived"),
    }


@pytest.fixture(scope="session")
def loaded() -> LoadedDesign:
    """The demo design with the places of some of its keys."""
    data = yaml.safe_load(DESIGN)
    design = PackDesign.model_validate(data)
    lines = {line.split(":")[0].strip(): number for number, line in enumerate(DESIGN.splitlines(), 1)}
    places = {f"limits.{key}": Place("designs/bus-lfp.yaml", lines[key], 3) for key in data["limits"]}
    coolant = Coolant(
        id="meg50",
        table=(
            CoolantState(T_degC=0, rho=1080, cp=3138, k=0.37, mu=8.7e-3),
            CoolantState(T_degC=40, rho=1062, cp=3350, k=0.39, mu=2.3e-3),
        ),
        standing="derived",
        sources=("COOLPROP",),
    )
    return LoadedDesign(design, _cell(), _materials(), {"meg50": coolant}, places, "designs/bus-lfp.yaml", data)


@pytest.fixture(scope="session")
def layout() -> Layout:
    return bus_layout(_cell())


def cell_mean_degC(x_mm: np.ndarray | float, y_mm: np.ndarray | float) -> np.ndarray:
    """A plausible field: warmer along the coolant's way (out at y < 0, back at y > 0) and away from the middle."""
    return 29.5 + 2.2 * _way(x_mm, y_mm) + 0.8 * (x_mm / X_PLATE) ** 2 + 0.5 * (y_mm / Y_ROW) ** 2


def _way(x_mm: np.ndarray | float, y_mm: np.ndarray | float) -> np.ndarray:
    """How far the coolant has come, in plate lengths."""
    along = (x_mm + X_PLATE) / (2 * X_PLATE)
    return np.where(np.asarray(y_mm) < 0, along, 2 - along)


def _coolant_rows(network: CoolantNetwork) -> tuple[CoolantRow, ...]:
    rows = []
    for branch in network.branches:
        if branch.kind != "channel":
            continue
        (x0, y), (x1, _) = branch.path
        channel = int(branch.name.split()[1])
        share = 1.0 + 0.06 * math.cos(math.pi * (channel - 1) / (CHANNELS - 1))
        start = 22.0 if branch.name.startswith("out") else 23.6
        length = abs(x1 - x0)
        for step in range(20):
            s = length * (step + 0.5) / 20
            T = start + 1.6 / share * s / length
            h = 640 + 900 / math.sqrt(1 + s / 12)
            x = x0 + (x1 - x0) * s / length
            rows.append(CoolantRow(branch.name, s, x, y, T, T + 1850 / h, h, 420 * share, "laminar", 1.85 * share))
    return tuple(rows)


def _findings() -> tuple[Finding, ...]:
    file = "designs/bus-lfp.yaml"

    def made(
        rule: str, message: str, value: float, error: float | None, limit: float, unit: str, key: str, line: int, **more: object
    ) -> Finding:
        severity = more.pop("severity", "error")
        holds = more.pop("holds", True)
        return Finding(rule, severity, holds, message, value, error, limit, unit, key, file, line, 3, **more)

    return (
        made(
            "thermal.cell-max",
            "warmest point of a cell",
            36.42,
            0.21,
            45,
            "degC",
            "limits.cell_max_degC",
            33,
            part="R4C01",
            case=CASE,
        ),
        made(
            "thermal.cell-spread",
            "between the warmest and the coldest cell",
            4.61,
            0.12,
            5,
            "K",
            "limits.cell_spread_K",
            34,
            case=CASE,
        ),
        made(
            "coolant.pressure-drop", "pressure drop of the plate", 11.83, 0.4, 20, "kPa", "limits.coolant_drop_kPa", 35, case=CASE
        ),
        made("electrical.busbar-current", "busbar current density", 1.4667, None, 3, "A/mm2", "busbars.width_mm", 27, case=CASE),
        made(
            "geometry.brazing-land",
            "least rib between two channels",
            2.4,
            None,
            3,
            "mm",
            "cold_plate.channels",
            19,
            severity="warning",
            holds=False,
        ),
        made(
            "electrical.cell-current", "charge current of one cell", 176, None, 176, "A", "cases.charge_1C.current_A", 31, case=CASE
        ),
        Finding("data.energy-balance", "error", True, "the heat balance closes", 3.2e-9, None, 1e-6, "-", case=CASE),
    )


@pytest.fixture(scope="session")
def verdict() -> Verdict:
    """Passes, with one warning and two rules that were not checked."""
    return Verdict(
        _findings(),
        {"geometry.pack-mass": "limits.pack_mass_kg is not given", "enclosure.vent-area": "enclosure.vent_area_mm2 is not given"},
    )


def _results(layout: Layout) -> ResultSet:
    rows = [
        Result("temperature.cell.max", 36.42, "degC", 0.21, "R4C01", CASE),
        Result("temperature.cell.min", 25.10, "degC", 0.15, "R1C01", CASE),
        Result("temperature.cell.spread", 4.61, "K", 0.12, None, CASE),
        Result("temperature.cell.inner_spread", 6.8, "K", 0.3, "R4C01", CASE),
        Result("coolant.pressure_drop", 11_830.0, "Pa", 400.0, None, CASE),
        Result("coolant.outlet", 25.21, "degC", 0.01, None, CASE),
        Result("heat.cells", 1306.2, "W", None, None, CASE),
        Result("heat.coolant", 1422.8, "W", None, None, CASE),
        Result("energy.imbalance", 3.2e-9, "-", None, None, CASE),
        Result("mass.pack", 372.4, "kg"),
        Result("energy.pack", 38_297.6, "Wh"),
        Result("voltage.nom", 217.6, "V"),
    ]
    for name, x, y in cell_places():
        mean = float(cell_mean_degC(x, y))
        rows += [
            Result(f"temperature.cell.mean[{name}]", mean, "degC", 0.1, name, CASE),
            Result(f"temperature.cell.max[{name}]", mean + 3.1, "degC", 0.2, name, CASE),
            Result(f"heat.cell[{name}]", 19.2 - 0.2 * (mean - 30), "W", None, name, CASE),
        ]
    assert len(layout.parts_of("cell")) == len(cell_places())
    return ResultSet(tuple(rows))


@pytest.fixture(scope="session")
def summary(loaded: LoadedDesign, layout: Layout, verdict: Verdict) -> RunSummary:
    """The whole run without pictures (tests that draw add them)."""
    assert layout.network is not None
    return RunSummary(
        loaded=loaded,
        layout=layout,
        results=_results(layout),
        verdict=verdict,
        design_text=DESIGN,
        cases=(CASE,),
        coolant={CASE: _coolant_rows(layout.network)},
        heat={
            CASE: (
                HeatFlow("cells", 1306.2, "made"),
                HeatFlow("busbars", 8.4, "made"),
                HeatFlow("from the ambient through the lid", 61.3, "made"),
                HeatFlow("from the ambient through the tray", 46.9, "made"),
                HeatFlow("coolant", 1422.8, "out"),
            )
        },
        mesh={"elements": 118_272, "points": 131_841, "regions": 213, "worst scaled Jacobian": 1.0, "volume error": 2.1e-14},
        cad={"solids": 349, "STEP file": "pack.step", "mass_kg": 372.4},
        solver={CASE: {"unknowns": 131_841, "outer iterations": 5, "linear iterations": 402}},
        stages=(
            StageRow("layout", 0.01),
            StageRow("cad", 6.1, 512.0),
            StageRow("mesh", 0.9, 240.0),
            StageRow("solve", 8.7, 610.0),
            StageRow("report", 4.2, 380.0, "two pictures"),
        ),
        figures=figures_used(loaded),
        sources={
            "TUM": Source(what="TUM cell database", url="https://example.org/tum"),
            "NLM": Source(what="Nippon Light Metal, basic data"),
            "XX": Source(what="nobody cites this"),
        },
        versions={"packtool": "0.1.0", "python": "3.12.1", "dolfinx": "0.11.0", "gmsh": "4.15.2"},
        left_out=(
            "Tray and lid are not meshed: they enter as thermal resistances.",
            "Fillets, bolt holes and ribs are in the CAD only.",
        ),
        notes=("The 3-D flow in the plate was not solved: the channels are a network with developing heat transfer.",),
    )


@pytest.fixture(scope="session")
def mesh(layout: Layout) -> TaggedMesh:
    return bus_mesh(layout)


@pytest.fixture(scope="session")
def temperature(mesh: TaggedMesh) -> np.ndarray:
    """(n_points,) [K]: the cells' means in the plan, colder towards the plate."""
    x, y, z = mesh.points.T * 1e3
    plan = cell_mean_degC(x, y)
    inside = np.cos(np.pi * ((x + X_ROW) % PITCH) / PITCH - np.pi / 2)
    height = np.clip((z - Z_CELL) / HEIGHT, 0, 1)
    plate = 22.5 + 1.6 * _way(x, y)
    return 273.15 + plate + (plan - plate) * np.sqrt(height) * (1.15 + 0.15 * inside)
