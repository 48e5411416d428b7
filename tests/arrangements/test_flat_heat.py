"""Every arrangement of flat cells, solved: the watts close, and heat knows which way a cell lies."""

from __future__ import annotations

import pytest
from flat_packs import BUS, CAN, CURRENT_A, PACKS, RESISTANCE_MOHM, SMALL, pack

from packtool.catalogue.load import coolants
from packtool.coldplate.pack_case import solve_pack_case
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.mesh.build import mesh_family

pytestmark = pytest.mark.fem


def solved(loaded):
    layout = lay_out(loaded)
    meshes = [one.mesh for one in mesh_family(layout, "coarse")]
    case = solve_pack_case(loaded, layout, meshes, "charge_1C", coolants()["air_1atm"], None)
    return layout, {row.name: row for row in case.results}


@pytest.mark.slow
@pytest.mark.parametrize("name", PACKS)
def test_the_heat_is_that_of_the_cells_and_all_of_it_leaves(name):
    layout, rows = solved(pack(name))
    expected = len(layout.parts_of("cell")) * (CURRENT_A / layout.n_parallel) ** 2 * RESISTANCE_MOHM * 1e-3
    assert rows["heat.cells"].value == pytest.approx(expected, rel=1e-9)  # the same resistance at every temperature
    assert rows["energy.imbalance"].value < 1e-6
    assert 22.0 < rows["temperature.cell.min"].value <= rows["temperature.cell.max"].value < 60.0


def test_a_pack_turned_by_90_degrees_without_a_plate_is_as_warm():
    alone = (*SMALL, CAN, "cold_plate=null", "interface=null", "electrical.series=8")
    straight = solved(load_design(BUS, [*alone, "arrangement.modules={count_x: 1}"]))[1]
    turned = solved(load_design(BUS, [*alone, "arrangement.modules={count_x: 1, rotation_deg: [90]}"]))[1]
    for name, row in straight.items():
        if name.startswith("temperature"):
            assert turned[name].value == pytest.approx(row.value, abs=1e-4), name  # two solves, each converged to 1e-5 K


def test_fins_carry_heat_down_to_the_plate():
    """A 0.5 mm sheet of aluminium of 230 W/m/K beside 11.5 mm of cell of 25 W/m/K adds 0.4 to its conductance downwards."""
    with_fins, without = solved(pack("pouches with fins"))[1], solved(pack("pouches"))[1]
    inner = "temperature.cell.inner_spread"
    assert with_fins[inner].value < without[inner].value


@pytest.mark.slow
def test_a_barrier_keeps_a_hot_cell_to_itself():
    """Next to a cell of ten times the resistance: 2 mm of aerogel (0.03 W/m/K) in 4 mm of foam (0.06) halves what crosses the gap."""
    faulty = "overrides={cells: {R1C02: {resistance_mOhm: 10}}}"
    barriers = solved(pack("barriers", faulty, "arrangement.barrier.every=1"))[1]
    foam_only = solved(pack("barriers", faulty, "arrangement.barrier=null"))[1]
    mean = "temperature.cell.mean[{}]".format
    assert barriers[mean("R1C03")].value < foam_only[mean("R1C03")].value
    assert barriers[mean("R1C02")].value > foam_only[mean("R1C02")].value


def test_side_plates_share_the_heat_of_a_hot_cell():
    """Two plates of aluminium, 3 mm x 207 mm of 167 W/m/K, beside cells whose pads carry 0.06 W/m/K."""
    faulty = "overrides={cells: {R1C02: {resistance_mOhm: 10}}}"
    plated = solved(pack("bolted side plates", faulty, "arrangement.row_filler=null", "arrangement.end_pad=null"))[1]
    bare = solved(pack("bolted side plates", faulty, "arrangement.row_filler=null", "arrangement.end_pad=null", "arrangement.side_plates=null",
                       "arrangement.side_lining=null"))[1]  # fmt: skip
    mean = "temperature.cell.mean[{}]".format
    assert plated[mean("R1C02")].value < bare[mean("R1C02")].value
    assert plated[mean("R1C04")].value > bare[mean("R1C04")].value


@pytest.mark.slow
def test_an_end_pad_keeps_an_end_cell_from_its_end_plate():
    """Bare, an end plate on the cold plate's layer cools its end cell; 5 mm of aerogel in between, and both are left to themselves."""
    alone = ("arrangement.side_plates=null", "arrangement.side_lining=null", "arrangement.row_filler=null")
    padded = solved(pack("bolted side plates", *alone, "arrangement.end_pad={material: aerogel_blanket, thickness_mm: 5}"))[1]
    bare = solved(pack("bolted side plates", *alone, "arrangement.end_pad=null"))[1]
    assert 0 < padded["heat.flow[pad>end_plate]"].value < bare["heat.flow[cell>end_plate]"].value / 2
    assert padded["temperature.cell.mean[R1C01]"].value > bare["temperature.cell.mean[R1C01]"].value
    assert padded["temperature.end_plate.max"].value < bare["temperature.end_plate.max"].value
