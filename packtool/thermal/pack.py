"""The pack as a heat problem: which conductivity, which heat, which way out, for one case of the design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from packtool.catalogue.properties import held_above, resistance_ohm
from packtool.catalogue.records import Coolant, ResistanceTable
from packtool.design.cases import case_current_A
from packtool.design.loaded import LoadedDesign
from packtool.design.schema import CellOverride, canonical_cell_name
from packtool.errors import SolveError
from packtool.layout.records import MESHED_ROLES, Layout
from packtool.mesh.records import Floats, TaggedMesh
from packtool.thermal.air_gap import emissivity_of
from packtool.thermal.busbars import BarLoss, Busbars, pack_busbars
from packtool.thermal.enclosure_film import enclosure_film, lid_film, uppermost
from packtool.thermal.heaters import PackHeater, pack_heaters
from packtool.thermal.pack_laws import cell_conductivities, region_laws
from packtool.thermal.records import ConductionProblem, Convection, Heat
from packtool.thermal.solids import solid_exchange, tie_conductance

CELL_SURFACE_EMISSIVITY = 0.85  # PET wrap of the cells' cans; remembered (catalogue: pet_film)


@dataclass(frozen=True)
class PackHeat:
    """The heat of every region as a function of the regions' mean temperatures, and where it comes from.

    Cells make I²R(T) with their own current: the cells of a parallel group share their string's current by their conductances, and strings
    in parallel the pack's by theirs. What these currents make in the ``bars`` goes to the cells that they join (``busbars``);
    ``joint_string`` (n_joints,): the string whose current a bar carries, from 1, or 0: the pack's.
    ``overridden_ohm`` (n_cells,): a cell's own resistance, NaN: the table's, inf: its circuit is open; ``extra`` (n_cells,) [W] heat made
    beside that all the time; ``heaters`` that are on.
    """

    current_A: float
    cell_region: np.ndarray
    group: np.ndarray
    n_groups: int
    tables: tuple[ResistanceTable, ...]
    overridden_ohm: np.ndarray
    bars: Busbars
    joint_string: np.ndarray
    n_strings: int
    n_regions: int
    extra: np.ndarray
    heaters: tuple[PackHeater, ...] = ()

    def resistance(self, T_cell: Floats) -> tuple[Floats, Floats]:
        """Resistance of each cell [ohm] and its slope [ohm/K], (n_cells,), at the cells' temperatures [K]."""
        ohm, slope = np.empty(len(T_cell)), np.zeros(len(T_cell))
        for i, T in enumerate(T_cell):
            if np.isnan(self.overridden_ohm[i]):
                ohm[i], slope[i] = resistance_ohm(self.tables[i], float(T))
            else:
                ohm[i] = self.overridden_ohm[i]
        return ohm, slope

    def string_current(self, T_cell: Floats) -> Floats:
        """The current of every string (n_strings,) [A]: by the conductance of its groups and busbars one after the other."""
        if self.n_strings == 1 or self.current_A == 0:
            return np.full(self.n_strings, self.current_A)
        conductance = 1.0 / self.resistance(T_cell)[0]
        total = np.bincount(self.group, conductance, self.n_groups)
        ohm = (1.0 / total).reshape(self.n_strings, -1).sum(axis=1)
        own = self.joint_string > 0
        bars = self.bars.of_strings.carrying(conductance / total[self.group], T_cell)
        bar_ohm = bars.made(bars.resistivity(np.zeros(len(own))))  # without the bars' own warmth, which is alike in all strings
        ohm += np.bincount(self.joint_string[own] - 1, bar_ohm[own], self.n_strings)
        return np.asarray(self.current_A * (1.0 / ohm) / (1.0 / ohm).sum())

    def cell_current(self, T_cell: Floats) -> Floats:
        """The current of every cell (n_cells,) [A]."""
        if self.current_A == 0:  # however cold: no resistance has a part in it
            return np.zeros(len(self.cell_region))
        conductance = 1.0 / self.resistance(T_cell)[0]
        total = np.bincount(self.group, conductance, self.n_groups)[self.group]
        return np.asarray(self.string_current(T_cell)[self.group // (self.n_groups // self.n_strings)] * conductance / total)

    def cell_power(self, T_mean: Floats) -> tuple[Floats, Floats]:
        """I²R of each cell [W] and its slope by the cell's own temperature [W/K], (n_cells,)."""
        if self.current_A == 0:  # however cold: no resistance has a part in it
            return np.zeros(len(self.cell_region)), np.zeros(len(self.cell_region))
        T_cell = T_mean[self.cell_region]
        resistance, slope = self.resistance(T_cell)
        current = self.string_current(T_cell)[self.group // (self.n_groups // self.n_strings)]
        conductance = 1.0 / resistance
        total = np.bincount(self.group, conductance, self.n_groups)[self.group]
        power = current**2 * conductance / total**2
        by_conductance = current**2 * (1.0 / total**2 - 2.0 * conductance / total**3)
        return power, by_conductance * (-slope * conductance**2)

    def busbar_loss(self, T_mean: Floats) -> BarLoss:
        """What the busbars make of heat, and where it goes."""
        T_cell = T_mean[self.cell_region]
        bars, times = self.bars.carrying(self.cell_current(T_cell), T_cell), np.ones(len(self.joint_string))
        return bars.loss(times, bars.resistivity(times))

    def busbar_power(self, T_mean: Floats) -> tuple[Floats, Floats]:
        """Busbar heat given to each cell [W] and its slope [W/K], (n_cells,)."""
        lost = self.busbar_loss(T_mean)
        return lost.heat, lost.slope

    def __call__(self, T_mean: Floats) -> tuple[Floats, Floats]:
        """Heat of each region [W] and its slope [W/K], (n_regions,), at the regions' mean temperatures [K]."""
        power, slope = np.zeros(self.n_regions), np.zeros(self.n_regions)
        for made, by_T in (self.cell_power(T_mean), self.busbar_power(T_mean)):
            power[self.cell_region] += made
            slope[self.cell_region] += by_T
        power[self.cell_region] += self.extra
        for heater in self.heaters:
            power += heater.power
        return power, slope


def pack_heat(loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh, case: str) -> PackHeat:
    """The heat of one case. Raises SolveError where a cell has no region in the mesh or no resistance."""
    if loaded.cell.resistance_dc is None:
        raise SolveError(f"the dc resistance of {loaded.cell.id} is unknown: give resistance_mOhm or resistance_like")
    index = {region.name: i for i, region in enumerate(mesh.regions)}
    cells = layout.parts_of("cell")
    missing = [part.name for part in cells if part.name not in index]
    if missing:
        raise SolveError(f"cells without a region in the mesh: {', '.join(missing[:5])}")
    return PackHeat(
        current_A=case_current_A(loaded, case),
        cell_region=np.array([index[part.name] for part in cells]),
        group=np.array([layout.group_of(part) for part in cells]),
        n_groups=layout.n_groups,
        tables=(loaded.cell.resistance_dc,) * len(cells),
        overridden_ohm=own_ohm(loaded, layout),
        bars=pack_busbars(loaded, layout),
        joint_string=np.array([joint.string for joint in layout.joints], dtype=int),
        n_strings=layout.n_strings,
        n_regions=len(mesh.regions),
        extra=extra_heat(loaded, layout),
        heaters=pack_heaters(loaded, layout, mesh, case),
    )


def own_ohm(loaded: LoadedDesign, layout: Layout) -> Floats:
    """Resistance of its own (n_cells,) [ohm] of every cell: NaN where the cell's table holds, inf where its circuit is open."""
    own = np.full(len(layout.parts_of("cell")), np.nan)
    for number, override in enumerate(overrides_of(loaded, layout)):
        if override is not None and override.circuit == "open":
            own[number] = np.inf
        elif override is not None and override.resistance_mOhm is not None:
            own[number] = override.resistance_mOhm * 1e-3
    return own


def extra_heat(loaded: LoadedDesign, layout: Layout) -> Floats:
    """Heat (n_cells,) [W] that faulty cells make beside their own."""
    return np.array([0.0 if o is None or o.extra_heat_W is None else o.extra_heat_W for o in overrides_of(loaded, layout)])


def overrides_of(loaded: LoadedDesign, layout: Layout) -> list[CellOverride | None]:
    """What is different about each cell of ``layout``, in its order; None: nothing."""
    found = loaded.design.overrides.cells
    return [found.get(canonical_cell_name(part.name)) for part in layout.parts_of("cell")]


def region_conductivity(loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh) -> Floats:
    """Conductivity of every region (n_regions, 3, 3) [W/m/K]: cells orthotropic in their own axes, the rest isotropic.

    Of what depends on temperature (``pack_laws``) that at 25 degC. Raises SolveError where one is unknown.
    """
    of_cell = cell_conductivities(loaded, layout)
    result = np.empty((len(mesh.regions), 3, 3))
    for i, region in enumerate(mesh.regions):
        if region.role == "cell":
            result[i] = np.diag([figure.value for figure in of_cell[region.name]])
        else:
            result[i] = np.eye(3) * loaded.materials[region.material].k_W_mK.value
    return result


def _under_mm(layout: Layout) -> float:
    """Height of the lowest meshed part's underside [mm], to the nanometre."""
    feet = {product.id: product.bounds()[2] for product in layout.products if product.role in MESHED_ROLES}
    return round(min(part.origin[2] + feet[part.product] for part in layout.parts if part.product in feet), 6)


def ambient_exchange(
    loaded: LoadedDesign, layout: Layout, air: Coolant, underside_mm: float | None = None
) -> Mapping[str, Convection]:
    """How each outer boundary of the meshed pack meets the ambient: air gap and wall in series with the film outside.

    The enclosure is not meshed. Top: air from the top of the cells, or of the plate over them, up to the lid (terminals and busbars stand
    in it), the lid. Sides: air up to the tray's wall, the wall; filler that lies on the wall: the wall alone. What hangs over at ``underside_mm`` (mean height over the tray's underside):
    air down to the floor, the floor. Underside: rests on the tray's floor, or stands over it across air (round cells without a layer
    below them). Sides that face another cell or row across an empty gap are adiabatic (both are about as warm): so is the side of a round cell between its holders where a neighbour, a ribbon or
    a part of the pack stands before it, and what sees past them meets the tray. Air between round cells 1.5 mm apart would conduct some
    17 W/m²/K at its narrowest, against 86 W/m²/K from a cell's middle to its side (k 0.9 W/m/K over 10.5 mm): leaving it out gives a
    pack whose cells differ a little too much, and whose warmest is a little too warm.
    """
    design = loaded.design
    enclosure = design.enclosure

    def film(gap_mm: float, emissivity: float = CELL_SURFACE_EMISSIVITY) -> Convection:
        return enclosure_film(loaded, gap_mm, enclosure.wall_mm, enclosure.material, emissivity, air)

    height, highest = uppermost(layout)
    seen = emissivity_of(loaded.materials[highest.material]) if highest.role == "cold_plate" else CELL_SURFACE_EMISSIVITY
    exchange = {
        "exterior_top": lid_film(loaded, layout, height, seen, air),
        "exterior_side": film(enclosure.clearance_mm),
        "exterior_wall": film(0.0),
        "exterior_bottom": film(_under_mm(layout) - enclosure.wall_mm),
    }
    if underside_mm is not None:
        exchange["exterior_underside"] = film(underside_mm - enclosure.wall_mm, seen)
    return exchange


def mesh_exchange(loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh, air: Coolant) -> dict[str, Convection]:
    """How each outer boundary of ``mesh`` meets the ambient (see ``ambient_exchange``); parts from STEP files as ``solid_exchange`` says."""
    hanging = mesh.boundaries.get("exterior_underside")
    height = None if hanging is None else 1e3 * float(mesh.points[hanging][:, :, 2].mean())
    own = {name: way for name, way in ambient_exchange(loaded, layout, air, height).items() if name in mesh.boundaries}
    return own | solid_exchange(loaded, layout, mesh, air)


def pack_problem(loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh, case: str, air: Coolant) -> ConductionProblem:
    """The heat problem of ``case`` on ``mesh``; the coolant is added by the solve (coldplate.ChannelStream).

    ``air``: the catalogue's air, for the gaps inside the enclosure. Raises SolveError for what is missing.
    """
    return ConductionProblem(
        mesh=mesh,
        conductivity=region_conductivity(loaded, layout, mesh),
        heat=Heat(pack_heat(loaded, layout, mesh, case)),
        convection=mesh_exchange(loaded, layout, mesh, air),
        tie=tie_conductance(loaded, layout, mesh),
        laws=region_laws(loaded, layout, mesh),
    )


def resistance_is_held(loaded: LoadedDesign, warmest_K: float) -> bool:
    """Whether a cell was warmer than the resistance table reaches, so that its last value was held (an upper bound of the heat)."""
    table = loaded.cell.resistance_dc
    return table is not None and held_above(table, warmest_K)
