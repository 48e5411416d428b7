"""Which way up should a cell stand on its plate? Upright, on its narrow side, on its wide face: the same heat, another way out."""

from pathlib import Path

from packtool.catalogue.load import coolants
from packtool.coldplate.pack_case import solve_pack_case
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.mesh.build import mesh_family

BUS = Path(__file__).parents[1] / "templates" / "bus-lfp.yaml"
THREE_CELLS = (
    "cell={like: calb-lfp176, resistance_mOhm: 0.5}", "electrical.series=3", "arrangement.rows=1", "arrangement.cells_per_row=3",
    "arrangement.end_plate_mm=0", "cold_plate.channels=2", "busbars.width_mm=20",
    "ambient={temperature_degC: 22, natural_convection_W_m2K: 0, emissivity: 0}",  # all heat goes down
)  # fmt: skip

print("orientation  height mm  most inside a cell K  q L^2 / (2 k)")
for orientation in ("upright", "on_side", "flat"):
    loaded = load_design(BUS, [*THREE_CELLS, f"arrangement.orientation={orientation}"])
    layout = lay_out(loaded)
    meshes = [pack.mesh for pack in mesh_family(layout, "coarse")]
    case = solve_pack_case(loaded, layout, meshes, "charge_1C", coolants()["air_1atm"], None)
    rows = {row.name: row.value for row in case.results}
    inside = rows["temperature.cell.inner_spread"]

    cell, bounds = loaded.cell, layout.part_bounds(layout.parts_of("cell")[0])
    height = bounds[5] - bounds[2]
    k = cell.k_through_W_mK.value if orientation == "flat" else cell.k_in_plane_W_mK.value
    heat = rows["heat.cells"] / 3 / cell.volume_m3()
    slab = heat * (height * 1e-3) ** 2 / (2 * k)
    print(f"{orientation:<12} {height:9.1f} {inside:21.2f} {slab:15.2f}")
