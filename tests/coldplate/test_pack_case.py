"""One case of a small pack: what stands beside each number, and a pack that nothing drives."""

from __future__ import annotations

from pathlib import Path

import pytest

from packtool.catalogue.load import coolants
from packtool.coldplate.pack_case import solve_pack_case
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.mesh.build import mesh_family

pytestmark = pytest.mark.fem

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
SMALL = (
    "arrangement.rows=1",
    "arrangement.cells_per_row=4",
    "electrical.series=4",
    "cold_plate.channels=2",
    "cold_plate.flow_lpm=2",
)


def solved(*sets, level="coarse"):
    loaded = load_design(BUS, (*SMALL, *sets))
    layout = lay_out(loaded)
    meshes = [pack.mesh for pack in mesh_family(layout, level)]
    case = solve_pack_case(loaded, layout, meshes, "charge_1C", coolants()["air_1atm"], None)
    return {row.name: row for row in case.results}, case


def test_every_temperature_carries_its_mesh_s_error_and_the_film_s_scatter():
    rows, _ = solved(level="normal")
    temperatures = [row for row in rows.values() if row.name.startswith("temperature.")]
    assert len(temperatures) > 10
    assert all(row.error is not None and row.error > 0 for row in temperatures)
    assert all(row.scatter is not None for row in temperatures)
    film = rows["coolant.film.max"]
    # a cell moves with the film below it: by some of the film's own interval, never by more than all of it where it is largest
    assert 0.05 * film.scatter < rows["temperature.cell.mean"].scatter < film.scatter
    assert rows["coolant.pressure_drop"].scatter > 0
    assert rows["energy.imbalance"].error is None


def test_a_pump_s_point_the_channels_flows_and_the_plate_s_resistance_are_told():
    rows, case = solved("cold_plate.flow_lpm=null", "cold_plate.pump={flow_lpm: [0, 6], head_kPa: [6, 0]}", level="coarse")
    flow, drop = rows["coolant.flow.volume"], rows["coolant.pressure_drop"]
    assert drop.value == pytest.approx(6e3 - 1e3 * flow.value, rel=5e-4)  # on the curve; found on the coarser mesh
    # on a falling head of 1 kPa an L/min and a plate of some 1.5 kPa an L/min the flow moves by less than half of the drop's interval
    assert 0.1 * drop.scatter / 1e3 < flow.scatter < 0.5 * drop.scatter / 1e3
    out = [row.value for name, row in rows.items() if name.startswith("coolant.flow.channel[channel")]
    assert sum(out) == pytest.approx(flow.value, rel=1e-3)  # at each channel's own density
    warm = rows["temperature.cold_plate.max"].value - 22.0
    assert rows["coolant.thermal_resistance"].value == pytest.approx(warm / rows["heat.coolant"].value, rel=1e-9)
    curve = case.summary["drop_curve"]
    assert curve["pump_Pa"] == [6e3, 0.0]
    assert curve["at_Pa"] == pytest.approx(drop.value, rel=1e-9)


def test_with_two_meshes_an_extreme_is_no_better_known_than_the_mean():
    rows, _ = solved(level="coarse")
    least = rows["temperature.cell.mean"].error
    assert all(row.error >= least for row in rows.values() if row.name.startswith("temperature."))


def test_a_pack_without_a_plate_has_no_film_and_balances_with_its_ambient():
    rows, case = solved("cold_plate=null")
    assert case.cold_plate is None
    assert all(row.scatter is None for row in rows.values())
    assert rows["heat.ambient"].value == pytest.approx(rows["heat.cells"].value + rows["heat.busbars"].value, rel=1e-6)


@pytest.mark.parametrize("ambient", [22.0, 22.00001])
def test_a_pack_that_nothing_heats_stays_as_it_is(ambient):
    rows, _ = solved("cases.charge_1C.current_A=0", f"ambient.temperature_degC={ambient}")
    assert rows["temperature.cell.max"].value == pytest.approx(22.0, abs=1e-4)  # between ambient and inlet
    assert rows["energy.imbalance"].value < 1e-6
