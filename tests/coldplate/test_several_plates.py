"""Plates over the cells, and under and over them: how they share flow and heat, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import packtool
from packtool.catalogue.load import coolants
from packtool.coldplate.solve import solve_coldplate_isothermal
from packtool.design.load import load_design
from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out

VAN = Path(packtool.__file__).parents[1] / "templates" / "van-blade.yaml"
HEIGHT_MM, K_IN_PLANE, FILLER = 90.0, 25.0, (0.8, 1.5)  # of the blade; thickness [mm] and k [W/m/K] of the layer

FEW = (
    "electrical.series=8", "arrangement.cells_per_row=8", "arrangement.cell_gap_mm=0", "arrangement.gap_material=null",
    "arrangement.end_plate_mm=0", "cold_plate.channels=1", "cold_plate.type=serpentine", "cold_plate.passes=3",
    "cold_plate.header_width_mm=null", "cold_plate.flow_lpm=3", "enclosure.vent_area_mm2=null", "mesh.level=coarse",
    f"cell={{like: byd-blade-135, resistance_mOhm: 0.6, cp_J_kgK: 1000, k_in_plane_W_mK: {K_IN_PLANE}}}",
    "ambient={temperature_degC: 22, natural_convection_W_m2K: 0, emissivity: 0}",
)  # fmt: skip
PARALLEL = ("cold_plate.type=parallel", "cold_plate.channels=4", "cold_plate.passes=2", "cold_plate.flow_lpm=12")


def few(*sets: str):
    return load_design(VAN, [*FEW, *sets])


def hydraulics(*sets: str):
    loaded = few(*sets)
    plate = loaded.design.cold_plate
    return solve_coldplate_isothermal(lay_out(loaded).network, plate, loaded.coolants[plate.coolant], 300.0)


@pytest.mark.parametrize("plate", [(), PARALLEL], ids=["serpentine", "parallel"])
def test_two_plates_side_by_side_are_one_at_half_the_flow(plate):
    flow = 12.0 if plate else 3.0
    one, two = hydraulics(*plate, f"cold_plate.flow_lpm={flow / 2}"), hydraulics(*plate, "cold_plate.position=both")
    assert two.pressure_drop_Pa == pytest.approx(one.pressure_drop_Pa, rel=1e-9)
    for part, lost in one.pressure_parts.items():
        assert two.pressure_parts[part] == pytest.approx(lost, rel=1e-9, abs=1e-6), part
    assert [two.plates[name].flow_lpm for name in ("bottom", "top")] == pytest.approx([flow / 2] * 2, rel=1e-9)
    assert {name.split(" ")[0] for name in two.branch_flow_lpm} == {"bottom", "top"}
    assert two.max_velocity_m_s == pytest.approx(one.max_velocity_m_s, rel=1e-9)


def test_two_plates_one_after_the_other_take_twice_the_pressure():
    one, two = hydraulics(), hydraulics("cold_plate.position=both", "cold_plate.feed=series")
    assert two.pressure_drop_Pa == pytest.approx(2 * one.pressure_drop_Pa, rel=1e-9)
    assert two.plates["top"].flow_lpm == pytest.approx(3.0, rel=1e-9)


def test_the_upper_plate_is_the_lower_one_upside_down():
    layout = lay_out(few("cold_plate.position=both"))
    metal = {part.name: layout.product(part.product) for part in layout.parts_of("cold_plate")}
    lower, upper = metal["cold plate bottom"], metal["cold plate top"]
    assert lower.finished_volume_mm3() == pytest.approx(upper.finished_volume_mm3(), rel=1e-12)
    cells = layout.part_bounds(layout.parts_of("cell")[0])
    middle = (cells[2] + cells[5]) / 2
    for a, b in (
        ("cold plate bottom", "cold plate top"),
        ("fitting bottom inlet", "fitting top inlet"),
        ("interface R1", "interface top R1"),
    ):
        below, above = (layout.part_bounds(next(p for p in layout.parts if p.name == name)) for name in (a, b))
        assert above[2] - middle == pytest.approx(middle - below[5], abs=1e-9), a
        assert above[5] - middle == pytest.approx(middle - below[2], abs=1e-9), a


@pytest.mark.parametrize(
    ("sets", "key", "words"),
    [
        (("cell={like: calb-lfp176, resistance_mOhm: 1}",), "cold_plate.position", "terminals and busbars of calb-lfp176 are on top"),
        (("interface.material=al_6061_t6",), "interface.material", "al_6061_t6 conducts electricity"),
        (("cold_plate.feed=series",), "cold_plate.feed", "position: top is one plate"),
        (
            ("arrangement.fins={material: al_1060_busbar, thickness_mm: 0.5}", "arrangement.cell_gap_mm=0.5", "arrangement.gap_material=pet_film"),
            "arrangement.fins", "a layer that position: top has not",
        ),
        (
            ("electrical.series=16", "arrangement.rows=2", "arrangement.row_gap_mm=30"), "cold_plate.position",
            "a raised busbar between rows or modules comes up where the plate lies",
        ),
    ],
)  # fmt: skip
def test_a_plate_over_the_cells_is_refused_with_the_reason_and_the_place(sets, key, words):
    with pytest.raises(DesignError) as refused:
        lay_out(few("cold_plate.position=top", *sets))
    found = [complaint for complaint in refused.value.complaints if complaint.key == key]
    assert found, [str(c) for c in refused.value.complaints]
    assert words in found[0].message


def test_round_cells_have_no_plate_over_them():
    with pytest.raises(DesignError, match="type: ribbon between the rows"):
        load_design(VAN.with_name("three-wheeler-nmc.yaml"), ["cold_plate.position=both"])


def solved(*sets: str, level: str = "coarse"):
    from packtool.coldplate.pack_case import solve_pack_case
    from packtool.mesh.build import mesh_family

    loaded = few(*sets)
    layout = lay_out(loaded)
    meshes = [one.mesh for one in mesh_family(layout, level)]
    case = solve_pack_case(loaded, layout, meshes, "charge_1C", coolants()["air_1atm"], None)
    return case, {row.name: row.value for row in case.results}


@pytest.mark.fem
def test_a_pack_turned_upside_down_is_as_warm():
    (_, under), (_, over) = solved(), solved("cold_plate.position=top")
    assert over["energy.imbalance"] < 1e-6
    for name, value in under.items():
        if name.startswith(("temperature.", "coolant.")):
            assert over[name] == pytest.approx(value, rel=1e-6, abs=1e-4), name  # two solves, each converged to 1e-5 K


@pytest.mark.fem
def test_between_two_plates_the_heat_goes_both_ways_evenly():
    """Plan averages: d²T/dz² = -q/k in the cell, so its mean stands q H² / (12 k) over its two faces, and q H/2 t/k crosses each layer."""
    case, rows = solved("cold_plate.position=both", level="normal")
    assert rows["energy.imbalance"] < 1e-6
    assert rows["heat.coolant[top]"] == pytest.approx(rows["heat.coolant[bottom]"], rel=1e-6)
    assert rows["heat.coolant[top]"] + rows["heat.coolant[bottom]"] == pytest.approx(rows["heat.coolant"], rel=1e-12)
    assert rows["coolant.outlet[top]"] == pytest.approx(rows["coolant.outlet"], abs=1e-5)
    mesh, T = case.solution.mesh, case.solution.T
    facets = mesh.interfaces["interface|cold_plate"]
    corners = mesh.points[facets]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]), axis=1)
    bed = float((T[facets].mean(axis=1) * area).sum() / area.sum()) - 273.15
    flux = (rows["heat.cells"] + rows["heat.busbars"]) / area.sum()  # through each of the two faces, [W/m²]
    thick, k = FILLER
    closed = flux * (thick * 1e-3 / k + HEIGHT_MM * 1e-3 / (6 * K_IN_PLANE))
    assert rows["temperature.cell.mean"] - bed == pytest.approx(closed, rel=1 / 64)  # chords of a parabola over eight elements
    _, below = solved("cold_plate.position=bottom")
    assert rows["temperature.cell.inner_spread"] < 0.6 * below["temperature.cell.inner_spread"]  # half the way for half the heat


@pytest.mark.fem
def test_in_series_the_second_plate_gets_what_the_first_has_warmed():
    _, rows = solved("cold_plate.position=both", "cold_plate.feed=series")
    assert rows["energy.imbalance"] < 1e-6
    assert 22.0 < rows["coolant.outlet[bottom]"] < rows["coolant.outlet[top]"]
    assert rows["coolant.outlet[top]"] == pytest.approx(rows["coolant.outlet"], abs=1e-9)
    assert rows["heat.coolant[bottom]"] > rows["heat.coolant[top]"]
