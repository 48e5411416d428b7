"""The cold plate of a design as a plate for the finite-element flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from packtool.coldplate.flow3d.heat_records import PlacedHeat
from packtool.coldplate.flow3d.plate import LEVELS, ChannelPlate, Face, Fineness, Rectangle, finest_flow_mesh, plate_grid
from packtool.coldplate.flow3d.plate_solve import PlateConditions, PlateSolution, half_flow, solve_plate
from packtool.coldplate.flow3d.records import FlowProblem
from packtool.coldplate.flow3d.refusals import refuse_turbulent
from packtool.coldplate.flow3d.round_plan import Turn
from packtool.coldplate.flow3d.sections import reynolds
from packtool.coldplate.fluid import CoolantTable
from packtool.design.loaded import LoadedDesign
from packtool.design.schema import ColdPlate
from packtool.design.schema.cold_plate import known_flow_lpm
from packtool.errors import SolveError
from packtool.layout.coolant import LPM, Branch
from packtool.layout.plate import skin_mm
from packtool.layout.profiles import Point, Vertex
from packtool.layout.records import Layout
from packtool.mesh.outlines import inside
from packtool.results import ZERO_CELSIUS

MM = 1e-3
MEMORY_GB = 20.0
"""The largest solve that is tried."""

DUCT_WIDTHS = 4.0
"""Length of the duct behind a manifold's outlet over its width: long enough for the eddy of the last junction to close before its end. Of a Z of two channels
at Re 431 in its header 2, 4 and 8 widths gave 170.0, 169.6 and 170.5 Pa, less the duct's friction (6 elements across, 2 over half the height)."""

KB_AN_UNKNOWN = {"flow": 9.0, "heat": 7.0}
GROWTH = {"flow": 28e3, "heat": 61e3}
"""Memory an unknown of the flow and of the heat takes, factors included, and the number of unknowns it was measured at (three-pass serpentine). It
grows with about the fifth root of their number, as the factors of flat bodies do."""


def channel_plate(layout: Layout, plate: ColdPlate) -> ChannelPlate:
    """The plate in metres, its underside at z = 0; one over the cells turned over, so that its top is the side to the cells.

    Coolant enters and leaves in the plane: through the end faces of a serpentine's channel; through headers lengthened to the plate's edge, so that
    the openings are not in the middle of a junction, and at the outlet by a duct of DUCT_WIDTHS behind it. What the fittings above do is not in it.
    """
    network = layout.network
    if network is None:
        raise SolveError("flow in three dimensions needs a plate with channels")
    metal = layout.product("cold-plate")
    x0, y0, _, x1, y1, _ = metal.bounds()
    bounds = (x0, y0, x1, y1)
    size = (x0 * MM, y0 * MM, x1 * MM, y1 * MM)
    skin = skin_mm(plate)
    z = (0.0, skin * MM, (skin + plate.channel_height_mm) * MM, plate.thickness_mm * MM)
    voids = [sweep.profile for sweep in layout.product("coolant").sweeps]
    vertices = [v for void in voids for loop in (void.outer, *void.holes) for v in loop.vertices]
    if any(any(branch.bulges) for branch in network.branches):
        (branch,) = network.branches
        return _round_turned(size, z, branch, vertices)
    x, y = (np.unique(np.round([v[axis] for v in vertices], 9)) for axis in range(2))
    mx, my = np.meshgrid((x[1:] + x[:-1]) / 2, (y[1:] + y[:-1]) / 2, indexing="ij")
    places = np.column_stack([mx.ravel(), my.ravel()])
    wet = np.zeros(len(places), dtype=bool)
    for void in voids:
        wet |= inside((void.outer, *void.holes), places)
    wet = wet.reshape(mx.shape)
    tiles: list[Rectangle] = [(x[i], y[j], x[i + 1], y[j + 1]) for i, j in np.argwhere(wet)]
    leaving = next(b for b in network.branches[::-1] if b.end in network.exits and _is_main(b.kind, plate))
    entering = next(b for b in network.branches if b.start in network.entries and _is_main(b.kind, plate))
    faces = []
    for start, towards, width, duct in (
        (entering.path[0], entering.path[1], entering.width_mm, 0.0),
        (leaving.path[-1], leaving.path[-2], leaving.width_mm, DUCT_WIDTHS * leaving.width_mm),
    ):
        face, stub = _end(tiles, start, towards, width, None if plate.type == "serpentine" else bounds, duct)
        if stub:
            tiles.append(stub)
        faces.append(face)
    channels = tuple((a * MM, b * MM, c * MM, d * MM) for a, b, c, d in tiles)
    return ChannelPlate(size, channels, z, faces[0], faces[1], plate.channel_width_mm * MM)


def _round_turned(
    size: Rectangle, z: tuple[float, float, float, float], branch: Branch, vertices: Sequence[Vertex]
) -> ChannelPlate:
    """The plate of a serpentine with round turns: legs along x from one turn to the next, the first and the last to the end of the void."""
    legs, turns = branch.legs(), []
    half = branch.width_mm / 2
    channels: list[Rectangle] = []
    faces = []
    for number, (a, b, curve) in enumerate(legs):
        if curve is not None:
            way = 1 if b[0] == a[0] and legs[number - 1][0][0] < a[0] else -1
            turns.append(Turn(a[0] * MM, curve.y * MM, way, (curve.radius - half) * MM, (curve.radius + half) * MM))
            continue
        ends = [v[0] for v in vertices if abs(abs(v[1] - a[1]) - half) < 1e-6]
        first, last = number == 0, number == len(legs) - 1
        outer = (min(ends), max(ends)) if b[0] > a[0] else (max(ends), min(ends))
        start, end = outer[0] if first else a[0], outer[1] if last else b[0]
        channels.append((min(start, end) * MM, (a[1] - half) * MM, max(start, end) * MM, (a[1] + half) * MM))
        faces += [Face(0, place * MM, (a[1] - half) * MM, (a[1] + half) * MM) for place in (start, end)]
    return ChannelPlate(size, tuple(channels), z, faces[0], faces[-1], branch.width_mm * MM, tuple(turns))


def refuse_design_plate(loaded: LoadedDesign, layout: Layout) -> None:
    """SolveError, before anything is solved, for a plate that the finite-element flow cannot take: turbulent, too large."""
    plate = _flat(loaded)
    geometry = channel_plate(layout, plate)
    table = CoolantTable.of(loaded.coolants[plate.coolant])
    fluid = table.at(np.array(plate.inlet_degC + ZERO_CELSIUS), "cold_plate.inlet_degC")
    height = geometry.z[2] - geometry.z[1]
    width = geometry.inlet.high - geometry.inlet.low
    Re = float(fluid.rho / fluid.mu) * known_flow_lpm(plate) * LPM / (width * height) * 2 * width * height / (width + height)
    refuse_turbulent(Re, "the cold plate's inlet")
    needed = memory_GB(geometry, _fineness(loaded))
    if needed > MEMORY_GB:
        raise SolveError(
            f"cold_plate.fidelity: cfd would take about {needed:.0f} GB for this plate at mesh.level {loaded.design.mesh.level}, and at most "
            f"{MEMORY_GB:g} are allowed: use a coarser mesh.level, fewer or wider channels, or fidelity: network",
            key="cold_plate.fidelity",
        )


def memory_GB(plate: ChannelPlate, fineness: Fineness) -> float:
    """Estimate of the memory [GB] that flow or heat of a plate takes, whichever is more."""
    grid = plate_grid(plate, fineness)
    unknowns = {"flow": 28.0 * len(grid.flow.elements) * 8**grid.times, "heat": 9.0 * len(grid.heat.elements)}
    return max(KB_AN_UNKNOWN[what] * n * max(1.0, n / GROWTH[what]) ** 0.2 for what, n in unknowns.items()) * 1e-6


def solve_design_plate(loaded: LoadedDesign, layout: Layout, load: Mapping[str, PlacedHeat], outlet_degC: float) -> PlateSolution:
    """Flow and heat of the design's plate under the heat of ``plate_load``.

    Properties are those at the mean of the inlet and ``outlet_degC``. Raises as ``refuse_design_plate`` and ``solve_plate``.
    """
    refuse_design_plate(loaded, layout)
    plate = _flat(loaded)
    geometry = channel_plate(layout, plate)
    table = CoolantTable.of(loaded.coolants[plate.coolant])
    T_in = plate.inlet_degC + ZERO_CELSIUS
    mass_flow = known_flow_lpm(plate) * LPM * float(table.at(np.array(T_in)).rho)
    fluid = table.at(np.array((T_in + outlet_degC + ZERO_CELSIUS) / 2), "cold plate")
    conditions = PlateConditions(
        flow=mass_flow / float(fluid.rho), rho=float(fluid.rho), cp=float(fluid.cp), k=float(fluid.k), mu=float(fluid.mu), T_in=T_in,
        conductivity=loaded.materials[plate.material].k_W_mK.value, placed=load,
    )  # fmt: skip
    return solve_plate(geometry, conditions, _fineness(loaded))


def plate_flow(loaded: LoadedDesign, layout: Layout) -> tuple[FlowProblem, float]:
    """The flow through the lower half of the channels of a design's flat plate, on the finest grid of its mesh.level, and the Reynolds number
    of its inlet. Properties are those at the inlet. SolveError for plates without channels."""
    plate = _flat(loaded)
    if plate.position not in ("bottom", "top") or plate.style not in (None, "brazed"):
        raise SolveError(
            "flow in three dimensions takes one closed plate under or over the cells: cold_plate.position: bottom or top, style: brazed",
            key="cold_plate.style" if plate.position in ("bottom", "top") else "cold_plate.position",
        )
    if plate.flow_lpm is None:
        raise SolveError(
            "the flow on the pump's curve is found by solving the pack: give cold_plate.flow_lpm in place of cold_plate.pump",
            key="cold_plate.pump",
        )
    table = CoolantTable.of(loaded.coolants[plate.coolant])
    fluid = table.at(np.array(plate.inlet_degC + ZERO_CELSIUS), "cold_plate.inlet_degC")
    grid = plate_grid(channel_plate(layout, plate), _fineness(loaded))
    problem = half_flow(finest_flow_mesh(grid), float(fluid.rho), float(fluid.mu), plate.flow_lpm * LPM)
    return problem, reynolds(problem, "inlet")


def _is_main(kind: str, plate: ColdPlate) -> bool:
    return kind == ("channel" if plate.type == "serpentine" else "header")


def _end(
    tiles: list[Rectangle], start: Point, towards: Point, width: float, edges: tuple[float, ...] | None, duct: float
) -> tuple[Face, Rectangle | None]:
    """The face [m] behind ``start`` where the void ends; with ``edges`` of the plate, the piece [mm] from there to ``duct`` beyond the edge, and
    the face at its end."""
    axis = 0 if abs(towards[0] - start[0]) > abs(towards[1] - start[1]) else 1
    across = 1 - axis
    behind = -1.0 if towards[axis] > start[axis] else 1.0
    low, high = start[across] - width / 2, start[across] + width / 2
    near = [t for t in tiles if t[across] < start[across] + 1e-6 and t[across + 2] > start[across] - 1e-6]
    place = start[axis]
    while True:  # through touching tiles to the end of the void
        on = [t for t in near if t[axis] - 1e-6 <= place <= t[axis + 2] + 1e-6]
        further = min(t[axis] for t in on) if behind < 0 else max(t[axis + 2] for t in on)
        if abs(further - place) < 1e-9:
            break
        place = further
    if edges is None:
        return Face(axis, place * 1e-3, low * 1e-3, high * 1e-3), None
    end = (edges[axis] if behind < 0 else edges[axis + 2]) + behind * duct
    a, b = sorted((place, end))
    piece = (a, low, b, high) if axis == 0 else (low, a, high, b)
    return Face(axis, end * 1e-3, low * 1e-3, high * 1e-3), piece


def _flat(loaded: LoadedDesign) -> ColdPlate:
    plate = loaded.design.cold_plate
    if not isinstance(plate, ColdPlate):
        raise SolveError("flow in three dimensions takes a flat plate under the cells", key="cold_plate.type")
    return plate


def _fineness(loaded: LoadedDesign) -> Fineness:
    return LEVELS[loaded.design.mesh.level]
