"""Where a pack's heat enters its cold plate: what level 1 knows of it, given to level 2."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_conjugate import CONDITIONS, HAIRPIN, SMALL

from packtool.catalogue.load import coolants
from packtool.coldplate.flow3d.heat_records import PlacedHeat
from packtool.coldplate.flow3d.plate import plate_grid
from packtool.coldplate.flow3d.plate_load import plate_load
from packtool.coldplate.flow3d.plate_solve import half_flow, plate_heat
from packtool.coldplate.flow3d.solve import solve_flow
from packtool.coldplate.pack_case import _solve
from packtool.coldplate.records import HeatPhysics
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.mesh.build import mesh_layout

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
SMALL_PACK = (
    "arrangement.rows=1",
    "arrangement.cells_per_row=4",
    "electrical.series=4",
    "cold_plate.channels=2",
    "cold_plate.flow_lpm=1",
)
OVER = ("arrangement.orientation=on_side", "cold_plate.position=top")
EVEN = PlacedHeat(np.zeros((0, 2)), np.zeros(0), 10.0)
CORNERS = np.array([(0.0, 0.0), (40e-3, 0.0), (40e-3, 36e-3), (0.0, 36e-3)])


def test_placed_heat_is_linear_between_its_points_and_exact_in_sum():
    density = 2.0 + 3.0 * CORNERS[:, 0] - CORNERS[:, 1]
    places = np.random.default_rng(1).uniform((0, 0), (40e-3, 36e-3), (200, 2))
    area = np.full(200, 0.01)
    exact = (2.0 + 3.0 * places[:, 0] - places[:, 1]) * area
    found = PlacedHeat(CORNERS, density, float(exact.sum())).at(places, area)
    assert found == pytest.approx(exact, rel=1e-12)
    more = PlacedHeat(CORNERS, density, float(exact.sum()) + 1.0).at(places, area)
    assert more.sum() == pytest.approx(exact.sum() + 1.0, rel=1e-14)
    assert EVEN.at(places, area) == pytest.approx(np.full(200, 0.05), rel=1e-14)


@pytest.fixture(scope="module")
def hairpin_flow():
    grid = plate_grid(HAIRPIN, replace(SMALL, times=0))
    c = CONDITIONS
    return grid, solve_flow(half_flow(grid.flow, c.rho, c.mu, c.flow))


@pytest.mark.fem
def test_even_heat_is_the_flux_of_the_same_sum_and_heat_at_one_end_warms_that_end(hairpin_flow):
    grid, flow = hairpin_flow
    area = 40e-3 * 36e-3
    flux = plate_heat(replace(CONDITIONS, flux={"top": 10.0 / area}), grid, flow)
    even = plate_heat(replace(CONDITIONS, flux={}, placed={"top": EVEN}), grid, flow)
    assert np.abs(even.T - flux.T).max() < 1e-9  # [K], of rises of some kelvin: the linear solve's
    outlet_side = PlacedHeat(CORNERS, np.array([0.0, 0.0, 1.0, 1.0]), 10.0)  # all but none at y = 0, where the coolant enters
    uneven = plate_heat(replace(CONDITIONS, flux={}, placed={"top": outlet_side}), grid, flow)
    assert uneven.to_coolant == pytest.approx(10.0 + uneven.heat["bottom"], rel=1e-9)
    assert uneven.imbalance < 1e-6
    assert uneven.highest["top"] > even.highest["top"]


@pytest.fixture(scope="module", params=[(), OVER], ids=["under the cells", "over them"])
def solved(request):
    loaded = load_design(BUS, (*SMALL_PACK, *request.param))
    layout = lay_out(loaded)
    mesh = mesh_layout(layout, "coarse").mesh
    once = _solve(loaded, layout, mesh, "charge_1C", coolants()["air_1atm"], None, HeatPhysics())
    return loaded, layout, once, plate_load(once.problem, once.solution, over_cells=bool(request.param))


@pytest.mark.fem
def test_all_heat_that_the_coolant_takes_up_is_placed(solved):
    *_, once, load = solved
    assert sum(placed.heat for placed in load.values()) == pytest.approx(once.coolant.heat_W, rel=1e-8)  # RTOL of the pack's solve
    flows = {row.name: row.value for row in once.rows if row.name.startswith("heat.flow[")}
    from_air = -flows["heat.flow[cold_plate>ambient]"]  # some of it through the top, beside the layer under the cells
    assert 0.8 * from_air < load["bottom"].heat + load["side"].heat < from_air
    for name in ("top", "bottom"):
        assert load[name].density.min() > 0  # 45 degC outside


@pytest.mark.fem
def test_heat_enters_under_the_cells_and_hardly_beside_them(solved):
    *_, once, load = solved
    mesh = once.problem.mesh
    layer = np.array([region.role == "interface" for region in mesh.regions])[mesh.region]
    (x0, y0, _), (x1, y1, _) = (edge(mesh.points[mesh.hexes[layer]].reshape(-1, 3), axis=0) for edge in (np.min, np.max))
    (x, y), density = load["top"].points.T, load["top"].density
    under = (x > x0) & (x < x1) & (y > y0) & (y < y1)
    beside = (x < x0 - 1e-3) | (x > x1 + 1e-3) | (y < y0 - 1e-3) | (y > y1 + 1e-3)
    assert density[under].mean() > 3 * density[beside].mean()
