"""A finished run of a bus pack, made by hand: records only, with temperatures from a formula. Nothing here runs a stage."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import yaml

from packtool.catalogue.records import Cell, Coolant, CoolantState, Figure, Material, ResistanceTable, Source
from packtool.design.loaded import LoadedDesign, Place
from packtool.design.schema import PackDesign
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import MESHED_ROLES, Joint, Layout, Part, Product, Sweep
from packtool.mesh.records import Region, TaggedMesh
from packtool.report.records import CoolantRow, HeatFlow, RunSummary, StageRow
from packtool.report.standing import figures_used
from packtool.results import Result, ResultSet
from packtool.rules.records import Finding, Verdict

ROWS, PER_ROW = 4, 17
WIDTH, THICKNESS, HEIGHT, GAP, ROW_GAP, END = 174.0, 53.7, 207.0, 1.5, 12.0, 20.0
PITCH, ROW_PITCH = THICKNESS + GAP, WIDTH + ROW_GAP
STACK = PER_ROW * THICKNESS + (PER_ROW - 1) * GAP
X_ROW, Y_ROW = STACK / 2 + END, (ROWS * WIDTH + (ROWS - 1) * ROW_GAP) / 2
X_PLATE = X_ROW + 60
WALL, PLATE, SKIN, CHANNEL_H, TIM = 3.0, 6.0, 1.5, 3.0, 1.0
Z_PLATE, Z_TIM, Z_CELL = WALL, WALL + PLATE, WALL + PLATE + TIM
Z_POST = Z_CELL + HEIGHT
CHANNELS, CHANNEL_W, HEADER_W, MARGIN = 10, 16.0, 32.0, 10.0
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


def _cell_places() -> list[tuple[str, float, float]]:
    return [
        (
            f"R{row + 1}C{column + 1:02d}",
            -STACK / 2 + THICKNESS / 2 + column * PITCH,
            -Y_ROW + WIDTH / 2 + row * ROW_PITCH,
        )
        for row in range(ROWS)
        for column in range(PER_ROW)
    ]


def _box(id: str, role: str, material: str, x: float, y: float, z: float) -> Product:
    return Product(id, role, material, (Sweep(Profile.rectangle(-x / 2, -y / 2, x / 2, y / 2), 0, z),))


def _channel_ys() -> tuple[list[float], list[float]]:
    """Centrelines of the channels of the pass out (y < 0) and of the pass back (y > 0)."""
    first, last = -Y_ROW + MARGIN + CHANNEL_W / 2, -MARGIN - CHANNEL_W / 2
    ys = [first + (last - first) * i / (CHANNELS - 1) for i in range(CHANNELS)]
    return ys, [-y for y in reversed(ys)]


def _plate() -> Product:
    """A plate whose channel layer is a frame with one comb-shaped opening, and the ribs as islands in it."""
    x_in, x_turn = -X_PLATE + MARGIN, X_PLATE - MARGIN
    outline = Loop.rectangle(-X_PLATE, -Y_ROW, X_PLATE, Y_ROW)
    y = Y_ROW - MARGIN
    opening = Loop.polygon(
        [
            (x_in, -y),
            (x_turn, -y),
            (x_turn, y),
            (x_in, y),
            (x_in, MARGIN),
            (x_turn - HEADER_W, MARGIN),
            (x_turn - HEADER_W, -MARGIN),
            (x_in, -MARGIN),
        ]
    )
    ribs = []
    for ys in _channel_ys():
        for a, b in itertools.pairwise(ys):
            rib = Loop.rectangle(x_in + HEADER_W, a + CHANNEL_W / 2, x_turn - HEADER_W, b - CHANNEL_W / 2)
            ribs.append(Sweep(Profile(rib), SKIN, SKIN + CHANNEL_H))
    return Product(
        "cold-plate",
        "cold_plate",
        "al_3003_o",
        (
            Sweep(Profile(outline), 0, SKIN),
            Sweep(Profile(outline, (opening,)), SKIN, SKIN + CHANNEL_H),
            *ribs,
            Sweep(Profile(outline), SKIN + CHANNEL_H, PLATE),
        ),
    )


def _coolant() -> Product:
    """The coolant in the channels: the headers and every channel as a box of its own."""
    z = (SKIN, SKIN + CHANNEL_H)
    x_in, x_turn, y = -X_PLATE + MARGIN, X_PLATE - MARGIN, Y_ROW - MARGIN
    boxes = [(x_in, -y, x_in + HEADER_W, -MARGIN), (x_in, MARGIN, x_in + HEADER_W, y), (x_turn - HEADER_W, -y, x_turn, y)]
    boxes += [(x_in + HEADER_W, c - CHANNEL_W / 2, x_turn - HEADER_W, c + CHANNEL_W / 2) for ys in _channel_ys() for c in ys]
    return Product("coolant", "coolant", "meg50", tuple(Sweep(Profile.rectangle(*box), *z) for box in boxes))


def _network() -> CoolantNetwork:
    out, back = _channel_ys()
    x_in, x_turn = -X_PLATE + MARGIN + HEADER_W, X_PLATE - MARGIN - HEADER_W
    x_head, x_tail = x_in - HEADER_W / 2, x_turn + HEADER_W / 2
    branches = []
    for i, y in enumerate(out, 1):
        branches.append(Branch(f"out {i}", f"in {i}", f"turn {i}", ((x_in, y), (x_turn, y)), CHANNEL_W, CHANNEL_H))
    for i, y in enumerate(back, 1):
        branches.append(Branch(f"back {i}", f"turn back {i}", f"exit {i}", ((x_turn, y), (x_in, y)), CHANNEL_W, CHANNEL_H))

    def header(name: str, x: float, nodes: list[str], ys: list[float]) -> None:
        for i, (a, b) in enumerate(itertools.pairwise(nodes), 1):
            branches.append(Branch(f"{name} {i}", a, b, ((x, ys[i - 1]), (x, ys[i])), HEADER_W, CHANNEL_H, "header"))

    count = range(1, CHANNELS + 1)
    header("inlet header", x_head, [f"in {i}" for i in count], out)
    header("turn header", x_tail, [f"turn {i}" for i in count] + [f"turn back {i}" for i in count], out + back)
    header("outlet header", x_head, [f"exit {i}" for i in count], back)
    return CoolantNetwork(tuple(branches), "in 1", f"exit {CHANNELS}", Z_PLATE + SKIN, Z_PLATE + SKIN + CHANNEL_H)


def _enclosure() -> tuple[list[Product], list[Part]]:
    x, y, top = X_PLATE + 20, Y_ROW + 20, Z_POST + 5 + 3 + 25
    inside, outside = Loop.rectangle(-x, -y, x, y), Loop.rectangle(-x - WALL, -y - WALL, x + WALL, y + WALL)
    rim = Loop.rectangle(-x - WALL - 25, -y - WALL - 25, x + WALL + 25, y + WALL + 25)
    tray = Product(
        "tray",
        "tray",
        "al_6061_t6",
        (
            Sweep(Profile(outside), 0, WALL),
            Sweep(Profile(outside, (inside,)), WALL, top - WALL),
            Sweep(Profile(rim, (inside,)), top - WALL, top),
        ),
    )
    lid = Product("lid", "lid", "al_6061_t6", (Sweep(Profile(rim), 0, 1.5),))
    return [tray, lid], [Part("tray", "tray", (0, 0, 0)), Part("lid", "lid", (0, 0, top))]


@pytest.fixture(scope="session")
def layout() -> Layout:
    """68 cells in 4 rows on a two-pass parallel plate, with pads, busbars, tray and lid."""
    places = _cell_places()
    post = Product("terminal", "terminal", "al_1060_busbar", (Sweep(Profile(Loop.circle(0, 0, 10)), 0, 5),))
    fitting = Product("fitting", "fitting", "al_3003_o", (Sweep(Profile(Loop.circle(0, 0, 10), (Loop.circle(0, 0, 8),)), 0, 30),))
    shells, shells_placed = _enclosure()
    products = [
        _box("cell", "cell", "cell", THICKNESS, WIDTH, HEIGHT),
        _box("pad", "pad", "pu_foam_compression_pad", GAP, WIDTH, HEIGHT),
        _box("end-plate", "end_plate", "al_6061_t6", END, WIDTH, HEIGHT),
        _box("interface", "interface", "gap_filler_2p0", STACK, WIDTH, TIM),
        _box("bar", "busbar", "al_1060_busbar", THICKNESS + GAP + 30, 40, 3),
        _plate(), _coolant(), post, fitting, *shells,
    ]  # fmt: skip
    parts = []
    for number, (name, x, y) in enumerate(places, 1):
        parts.append(Part(name, "cell", (x, y, Z_CELL), group=(f"row {name[:2]}",), series=number, parallel=1))
        for sign in (-1, 1):
            parts.append(Part(f"{name} {'+' if sign > 0 else '-'}", "terminal", (x, y + sign * 55, Z_POST)))
        column = (number - 1) % PER_ROW
        if column < PER_ROW - 1:
            parts.append(Part(f"pad {name}", "pad", (x + PITCH / 2, y, Z_CELL)))
            parts.append(Part(f"bar {name}", "bar", (x + PITCH / 2, y + (55 if column % 2 else -55), Z_POST + 5)))
    for row in range(ROWS):
        y = -Y_ROW + WIDTH / 2 + row * ROW_PITCH
        parts.append(Part(f"interface R{row + 1}", "interface", (0, y, Z_TIM)))
        for sign in (-1, 1):
            parts.append(Part(f"end plate R{row + 1} {sign}", "end-plate", (sign * (STACK + END) / 2, y, Z_CELL)))
    parts.append(Part("cold plate", "cold-plate", (0, 0, Z_PLATE)))
    parts.append(Part("coolant", "coolant", (0, 0, Z_PLATE)))
    for name, y in (("fitting inlet", -Y_ROW / 2), ("fitting outlet", Y_ROW / 2)):
        parts.append(Part(name, "fitting", (-X_PLATE + MARGIN + HEADER_W / 2, y, Z_PLATE + PLATE)))
    joints = (Joint("bar R1C01", 1, 2, PITCH, 120.0),)
    return Layout("bus-lfp", _cell(), tuple(products), (*parts, *shells_placed), 68, 1, _network(), joints)


def cell_mean_degC(x_mm: float, y_mm: float) -> float:
    """A plausible field: warmer along the coolant's way (out at y < 0, back at y > 0) and away from the middle."""
    along = (x_mm + X_PLATE) / (2 * X_PLATE)
    way = along if y_mm < 0 else 2 - along
    return 29.5 + 2.2 * way + 0.8 * (x_mm / X_PLATE) ** 2 + 0.5 * (y_mm / Y_ROW) ** 2


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
    for name, x, y in _cell_places():
        mean = cell_mean_degC(x, y)
        rows += [
            Result(f"temperature.cell.mean[{name}]", mean, "degC", 0.1, name, CASE),
            Result(f"temperature.cell.max[{name}]", mean + 3.1, "degC", 0.2, name, CASE),
            Result(f"heat.cell[{name}]", 19.2 - 0.2 * (mean - 30), "W", None, name, CASE),
        ]
    assert len(layout.parts_of("cell")) == len(_cell_places())
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


def _boxes(layout: Layout) -> list[tuple[int, tuple[float, float, float, float, float, float], bool]]:
    """(region, bounds, solid) of the meshed parts and, after them, the channels as voids."""
    boxes = []
    meshed = layout.parts_of(*MESHED_ROLES)
    for index, part in enumerate(meshed):
        boxes.append((index, layout.part_bounds(part), True))
    (coolant,) = layout.parts_of("coolant")
    for sweep in layout.product("coolant").sweeps:
        x0, y0, x1, y1 = sweep.profile.outer.bounds()
        z = coolant.origin[2]
        boxes.append((-1, (x0, y0, z + sweep.z0, x1, y1, z + sweep.z1), False))
    return boxes


@pytest.fixture(scope="session")
def mesh(layout: Layout) -> TaggedMesh:
    """A tensor grid over every box of the layout's meshed parts, channels left out; no boundaries are named."""
    boxes = _boxes(layout)
    bounds = np.array([b for _, b, _ in boxes])
    largest = (30.0, 30.0, 35.0)
    lines = []
    for axis in range(3):
        cuts = np.unique(np.round(bounds[:, [axis, axis + 3]], 6))
        pieces = [np.linspace(a, b, max(1, math.ceil((b - a) / largest[axis])) + 1)[:-1] for a, b in itertools.pairwise(cuts)]
        lines.append(np.concatenate([*pieces, cuts[-1:]]))
    nx, ny, nz = (len(line) - 1 for line in lines)
    region = np.full((nx, ny, nz), -1)
    for index, b, _ in boxes:
        spans = [slice(*np.searchsorted(lines[a], (b[a] - 1e-6, b[a + 3] - 1e-6))) for a in range(3)]
        region[tuple(spans)] = index
    i, j, k = np.nonzero(region >= 0)
    corners = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]
    hexes = np.stack([((i + a) * (ny + 1) + j + b) * (nz + 1) + k + c for a, b, c in corners], axis=1)
    used, hexes = np.unique(hexes, return_inverse=True)
    points = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1).reshape(-1, 3)[used] * 1e-3
    regions = tuple(Region(p.name, layout.role_of(p), layout.product(p.product).material) for p in layout.parts_of(*MESHED_ROLES))
    return TaggedMesh(points, hexes.reshape(-1, 8), region[i, j, k], regions, {})


@pytest.fixture(scope="session")
def temperature(mesh: TaggedMesh) -> np.ndarray:
    """(n_points,) [K]: the cells' means in the plan, colder towards the plate."""
    x, y, z = mesh.points.T * 1e3
    along = (x + X_PLATE) / (2 * X_PLATE)
    plan = 29.5 + 2.2 * np.where(y < 0, along, 2 - along) + 0.8 * (x / X_PLATE) ** 2 + 0.5 * (y / Y_ROW) ** 2
    inside = np.cos(np.pi * ((x + X_ROW) % PITCH) / PITCH - np.pi / 2)
    height = np.clip((z - Z_CELL) / HEIGHT, 0, 1)
    plate = 22.5 + 1.6 * np.where(y < 0, along, 2 - along)
    return 273.15 + plate + (plan - plate) * np.sqrt(height) * (1.15 + 0.15 * inside)
