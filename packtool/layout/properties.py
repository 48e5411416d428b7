"""What a layout weighs, holds and measures: numbers that follow from the layout and the catalogue without a solve."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from packtool.catalogue.records import Cell, Coolant
from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Rows
from packtool.layout.centroid import product_centroid_mm
from packtool.layout.records import Layout, Part, Product
from packtool.layout.rows import plan_rows
from packtool.results import Result

PRISMATIC_DENSITY_KG_M3 = 2120.0
"""Mass over box volume of a prismatic can where its mass is unknown: mean of the 17 prismatic cells of the catalogue that give a mass
(1899 to 2302; derived from their data sheets' masses and sizes)."""


@dataclass(frozen=True, slots=True)
class PackVoltage:
    """Voltage of the pack at its cells' lower limit, nominal and upper limit [V]; None where the cell's figure is unknown."""

    minimum: float | None
    nominal: float | None
    maximum: float | None


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the CAD found of the whole pack, imported parts included: mass [kg], outer size in x, y, z [mm], the parts that reach farthest
    down and up each axis, and between which kinds of parts which two are nearest [mm]."""

    mass_kg: float
    size_mm: tuple[float, float, float]
    reaching: tuple[tuple[str, str], ...] = ()
    gaps: Mapping[str, tuple[tuple[str, str], float]] = field(default_factory=dict)


class NeedsCad(ValueError):
    """Only the CAD can tell: the text says of which parts."""


def cell_mass_kg(cell: Cell) -> float:
    """Mass of one cell with its terminals [kg]: the catalogue's, else its volume times ``PRISMATIC_DENSITY_KG_M3``.

    Raises ValueError if a dimension is unknown as well.
    """
    return cell.mass_kg.value if cell.mass_kg is not None else cell.volume_m3() * PRISMATIC_DENSITY_KG_M3


def coolant_density_kg_m3(coolant: Coolant, T_degC: float) -> float:
    """Density at ``T_degC`` [kg/m³], linear between the table's rows; outside the table, its lowest density."""
    table = coolant.table
    for below, above in pairwise(table):
        if below.T_degC <= T_degC <= above.T_degC:
            share = (T_degC - below.T_degC) / (above.T_degC - below.T_degC)
            return below.rho + share * (above.rho - below.rho)
    if len(table) == 1 and table[0].T_degC == T_degC:
        return table[0].rho
    return min(state.rho for state in table)


def product_mass_kg(product: Product, loaded: LoadedDesign) -> float:
    """Mass of one part of this product [kg]: its volume, CAD-only detail included, times the density.

    A cell weighs what the catalogue says, terminals included, so a terminal by itself counts 0; a bought-in part what the design says.
    Coolant has its density at the inlet.
    """
    if product.mass_kg is not None:
        return product.mass_kg
    if product.role == "cell":
        return cell_mass_kg(loaded.cell)
    if product.role == "terminal":
        return 0.0
    plate = loaded.design.cold_plate
    if product.role == "coolant" and plate is not None:
        density = coolant_density_kg_m3(loaded.coolants[product.material], plate.inlet_degC)
    else:
        density = loaded.materials[product.material].rho_kg_m3.value
    return product.finished_volume_mm3() * 1e-9 * density


def part_mass_kg(part: Part, layout: Layout, loaded: LoadedDesign) -> float:
    """Mass of one part [kg], as ``product_mass_kg``."""
    return product_mass_kg(layout.product(part.product), loaded)


def pack_mass_kg(layout: Layout, loaded: LoadedDesign, weighed: Weighed | None = None) -> float:
    """Mass of every part, coolant included [kg]. Harness and electronics are not in the layout, unless they are imported.

    Raises NeedsCad where the CAD has not ``weighed`` an imported part whose mass the design does not give.
    """
    if layout.imported and weighed is not None:
        return weighed.mass_kg
    unknown = [part.name for part in layout.imported if part.mass_kg is None]
    if unknown:
        raise NeedsCad(f"the mass of {_listed(unknown)} is known to the CAD only: packtool run (or give mass_kg)")
    counts = _counts(layout)
    own = sum(counts[product.id] * product_mass_kg(product, loaded) for product in layout.products)
    return own + sum(part.mass_kg or 0.0 for part in layout.imported)


def cells_mass_kg(layout: Layout) -> float:
    """Mass of the cells [kg]."""
    return layout.n_series * layout.n_parallel * cell_mass_kg(layout.cell)


def cell_mass_fraction(layout: Layout, loaded: LoadedDesign) -> float:
    """Mass of the cells over the mass of the pack [-]. Raises NeedsCad as ``pack_mass_kg``."""
    return cells_mass_kg(layout) / pack_mass_kg(layout, loaded)


def centre_of_gravity_mm(layout: Layout, loaded: LoadedDesign) -> tuple[float, float, float]:
    """Centre of gravity in the pack's frame [mm], of all but imported parts; cells count as homogeneous boxes."""
    products = {product.id: product for product in layout.products}
    weighed = {id: (product_mass_kg(product, loaded), product_centroid_mm(product)) for id, product in products.items()}
    total = mx = my = mz = 0.0
    for part in layout.parts:
        mass, (cx, cy, cz) = weighed[part.product]
        c, s = _QUARTER_TURN[part.rotation_deg]
        x, y, z = part.origin
        total += mass
        mx += mass * (x + c * cx - s * cy)
        my += mass * (y + s * cx + c * cy)
        mz += mass * (z + cz)
    return mx / total, my / total, mz / total


def envelope_mm(layout: Layout, weighed: Weighed | None = None) -> tuple[float, float, float]:
    """Outer length (x), width (y) and height (z) of everything [mm]. Raises NeedsCad where there are imported parts that the CAD has not
    measured (``weighed``)."""
    if layout.imported:
        if weighed is None:
            raise NeedsCad(
                f"the reach of {_listed([part.name for part in layout.imported])} is known to the CAD only: packtool run"
            )
        return weighed.size_mm
    extremes: dict[tuple[str, int], tuple[Part, list[float]]] = {}
    for part in layout.parts:
        x, y, z = part.origin
        _, e = extremes.setdefault((part.product, part.rotation_deg), (part, [x, y, z, x, y, z]))
        e[:] = [min(e[0], x), min(e[1], y), min(e[2], z), max(e[3], x), max(e[4], y), max(e[5], z)]
    low, high = [float("inf")] * 3, [float("-inf")] * 3
    for part, e in extremes.values():
        bounds = layout.part_bounds(part)
        for axis in range(3):
            low[axis] = min(low[axis], bounds[axis] - part.origin[axis] + e[axis])
            high[axis] = max(high[axis], bounds[3 + axis] - part.origin[axis] + e[3 + axis])
    return high[0] - low[0], high[1] - low[1], high[2] - low[2]


def pack_energy_Wh(loaded: LoadedDesign) -> float | None:
    """Nominal energy [Wh]: nominal voltage times capacity times the number of cells; None if the cell's are unknown."""
    cell, electrical = loaded.cell, loaded.design.electrical
    if cell.v_nom is None or cell.capacity_Ah is None:
        return None
    return cell.v_nom.value * cell.capacity_Ah.value * electrical.series * electrical.parallel


def pack_voltage_V(loaded: LoadedDesign) -> PackVoltage:
    """The pack's voltages: the cell's times the number in series."""
    n, cell = loaded.design.electrical.series, loaded.cell
    return PackVoltage(*(None if v is None else n * v.value for v in (cell.v_min, cell.v_nom, cell.v_max)))


def layout_results(loaded: LoadedDesign, layout: Layout, weighed: Weighed | None = None) -> list[Result]:
    """The numbers of a layout as results; they carry no numerical error. A number whose data the cell lacks is left out, and so is what
    only the CAD can tell where it has not ``weighed`` the pack."""
    pack, size = _or_none(lambda: pack_mass_kg(layout, loaded, weighed)), _or_none(lambda: envelope_mm(layout, weighed))
    cells = cells_mass_kg(layout)
    length, width, height = size or (None, None, None)
    litres = size[0] * size[1] * size[2] * 1e-6 if size else None
    volts, energy = pack_voltage_V(loaded), pack_energy_Wh(loaded)
    rows: list[tuple[str, float | None, str]] = [
        ("mass.pack", pack, "kg"),
        ("mass.cells", cells, "kg"),
        ("mass.cell_fraction", None if pack is None else cells / pack, "-"),
        ("energy.pack", energy, "Wh"),
        ("energy.per_mass", None if energy is None or pack is None else energy / pack, "Wh/kg"),
        ("energy.per_volume", None if energy is None or litres is None else energy / litres, "Wh/L"),
        ("voltage.min", volts.minimum, "V"),
        ("voltage.nom", volts.nominal, "V"),
        ("voltage.max", volts.maximum, "V"),
        ("size.length", length, "mm"),
        ("size.width", width, "mm"),
        ("size.height", height, "mm"),
        *_compression(loaded),
    ]
    return [Result(name, value, unit) for name, value, unit in rows if value is not None]


def _compression(loaded: LoadedDesign) -> list[tuple[str, float | None, str]]:
    """What the straps' pre-load F makes: their tensile stress F / (2 n w t), two legs of each of the n bands, and the pressure on the
    cells, F over the smallest face that a row is stacked by; as built, before the cells swell."""
    arrangement = loaded.design.arrangement
    straps = arrangement.straps if isinstance(arrangement, Rows) else None
    if straps is None or straps.preload_kN is None:
        return []
    rows = plan_rows(loaded).rows
    force, face = straps.preload_kN * 1e3, min(row.stance.y * row.stance.z for row in rows)
    return [
        ("strap.stress", force / (2 * straps.count * straps.width_mm * straps.thickness_mm), "MPa"),
        ("cell.pressure", force / face * 1e3, "kPa"),
    ]


def _or_none[Value](known: Callable[[], Value]) -> Value | None:
    try:
        return known()
    except NeedsCad:
        return None


def _listed(names: list[str]) -> str:
    """``a, b and c``; many are counted."""
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


_QUARTER_TURN = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}
"""Cosine and sine of a part's rotation."""


def _counts(layout: Layout) -> dict[str, int]:
    """How many parts each product has."""
    counts = {product.id: 0 for product in layout.products}
    for part in layout.parts:
        counts[part.product] += 1
    return counts
