"""A design's own cold plate by finite-element flow (cold_plate.fidelity: cfd)."""

from pathlib import Path

import numpy as np
import pytest

from packtool.catalogue.load import coolants
from packtool.coldplate.flow3d import design_plate
from packtool.coldplate.flow3d.design_plate import channel_plate, refuse_design_plate
from packtool.coldplate.flow3d.plate import Fineness
from packtool.coldplate.pack_case import solve_pack_case
from packtool.design.load import load_design
from packtool.errors import DesignError, SolveError
from packtool.layout.coolant import LPM
from packtool.layout.lay_out import lay_out
from packtool.mesh.build import mesh_family

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
SMALL = (
    "arrangement.rows=1",
    "arrangement.cells_per_row=4",
    "electrical.series=4",
    "mesh.level=coarse",
    "cold_plate.fidelity=cfd",
    "cold_plate.flow_lpm=1",
)
SERPENTINE = ("cold_plate.type=serpentine", "cold_plate.channels=1", "cold_plate.passes=2", "cold_plate.overhang_mm=40")
ROUND = "cold_plate.turns=round"
MANIFOLD = ("cold_plate.channels=3", "cold_plate.passes=1", "cold_plate.manifold=Z")


def designed(*sets):
    loaded = load_design(BUS, (*SMALL, *sets))
    return loaded, lay_out(loaded)


def test_the_plate_is_the_layout_s_and_coolant_enters_at_its_ends():
    loaded, layout = designed(*SERPENTINE)
    plate = channel_plate(layout, loaded.design.cold_plate)
    x0, y0, _, x1, y1, _ = layout.product("cold-plate").bounds()
    assert plate.size == pytest.approx((x0 * 1e-3, y0 * 1e-3, x1 * 1e-3, y1 * 1e-3), rel=1e-12)
    assert plate.z[2] - plate.z[1] == pytest.approx(loaded.design.cold_plate.channel_height_mm * 1e-3)
    wet = sum((r[2] - r[0]) * (r[3] - r[1]) for r in plate.channels)
    void = sum(s.profile.area() for s in layout.product("coolant").sweeps) * 1e-6
    assert wet == pytest.approx(void, rel=1e-9)
    assert (plate.inlet.axis, plate.outlet.axis) == (0, 0)
    assert plate.inlet.place == plate.outlet.place == pytest.approx(x0 * 1e-3 + 10e-3)  # margin_mm: two passes end where they began


def test_headers_reach_the_plate_s_edge_and_the_outlet_s_goes_on_behind_it():
    loaded, layout = designed(*MANIFOLD)
    plate = channel_plate(layout, loaded.design.cold_plate)
    assert plate.inlet.place == pytest.approx(plate.size[1])
    width = plate.outlet.high - plate.outlet.low
    assert plate.outlet.place == pytest.approx(plate.size[3] + design_plate.DUCT_WIDTHS * width)  # Z: diagonally opposite
    assert plate.inlet.low < plate.inlet.high < plate.outlet.low


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        (
            ("arrangement.rows=4", "arrangement.cells_per_row=17", "electrical.series=68", "mesh.level=fine"),
            "GB for this plate.*at most 20",
        ),
    ],
)
@pytest.mark.fem
def test_plates_that_cannot_be_solved_are_refused_before_the_solve(sets, words):
    with pytest.raises(SolveError, match=words):
        refuse_design_plate(*designed(*sets))


def test_turbulent_plates_are_refused_by_the_design_s_check():
    with pytest.raises(DesignError, match=r"Reynolds number 2300 at most; at the inlet it is .*fidelity: network"):
        designed(*SERPENTINE, "cold_plate.flow_lpm=8")


@pytest.mark.parametrize("position", ["both", "between"])
def test_several_plates_are_refused_by_the_design_s_check(position):
    with pytest.raises(DesignError, match=f"one plate, under or over the cells .*, not {position}: use fidelity: network"):
        designed(*MANIFOLD, f"cold_plate.position={position}", "arrangement.rows=2", "electrical.series=8")


@pytest.mark.parametrize("passes", [1, 2, 3, 6])
def test_round_turns_are_the_layout_s(passes):
    loaded, layout = designed("cold_plate.type=serpentine", "cold_plate.channels=1", f"cold_plate.passes={passes}", ROUND)
    plate = channel_plate(layout, loaded.design.cold_plate)
    assert len(plate.turns) == passes - 1
    legs = sum((r[2] - r[0]) * (r[3] - r[1]) for r in plate.channels)
    turns = sum(np.pi / 2 * (turn.outer**2 - turn.inner**2) for turn in plate.turns)
    void = sum(s.profile.area() for s in layout.product("coolant").sweeps) * 1e-6
    assert legs + turns == pytest.approx(void, rel=1e-9)
    ends = (plate.size[0], plate.size[2] if passes % 2 else plate.size[0])
    margin = loaded.design.cold_plate.margin_mm * 1e-3
    assert abs(plate.inlet.place - ends[0]) == pytest.approx(margin)
    assert abs(plate.outlet.place - ends[1]) == pytest.approx(margin)


@pytest.mark.fem
@pytest.mark.slow
@pytest.mark.parametrize("sets", [SERPENTINE, MANIFOLD], ids=["serpentine", "Z manifold"])
def test_the_same_names_carry_the_flow_s_numbers(sets):
    loaded, layout = designed(*sets)
    meshes = [pack.mesh for pack in mesh_family(layout, "coarse")]
    case = solve_pack_case(loaded, layout, meshes, "charge_1C", coolants()["air_1atm"], None)
    rows = {row.name: row for row in case.results}
    found, network = rows["coolant.cfd.pressure_drop"], rows["coolant.cfd.pressure_drop_network"]
    assert found.error > 0
    assert found.value != network.value
    # correlations and flow agree within the scatter that the network states, here some 9 %
    assert found.value == pytest.approx(network.value, abs=network.scatter + found.error)
    # what the network says of the design's ports takes the place of openings in the plane
    drop, power = rows["coolant.pressure_drop"], rows["coolant.pumping_power"]
    assert drop.value != found.value
    assert (drop.error, drop.scatter > 0) == (found.error, True)
    assert power.value == pytest.approx(drop.value * loaded.design.cold_plate.flow_lpm * LPM, rel=0.01)  # rho over the plate
    assert rows["coolant.cfd.mass_imbalance"].value < 1e-8
    assert rows["coolant.cfd.energy_imbalance"].value < 1e-6
    top = rows["temperature.cold_plate.top.mean"]
    assert rows["coolant.inlet"].value < top.value < rows["temperature.cell.max"].value
    assert not any(name.startswith("coolant.pressure_drop.") for name in rows)
    channels = [row for name, row in rows.items() if name.startswith("coolant.cfd.flow.channel[")]
    assert len(channels) == (3 if sets is MANIFOLD else 0)  # a single channel has no split
    assert ("coolant.cfd.flow.maldistribution_network" in rows) == bool(channels)
    if channels:
        split = np.array([row.value for row in channels])
        # Simpson on quadratic velocities is exact; the flow given is at the inlet's density, 0.1 % from that over the plate
        assert split.sum() == pytest.approx(loaded.design.cold_plate.flow_lpm, rel=2e-3)
        assert all(0 < row.error < 0.05 * row.value for row in channels)
        uneven = rows["coolant.cfd.flow.maldistribution"]
        assert uneven.value == pytest.approx(np.ptp(split) / split.mean(), rel=1e-9)
        assert uneven.error > 0


@pytest.mark.fem
def test_memory_grows_with_the_mesh():
    loaded, layout = designed(*SERPENTINE)
    plate = channel_plate(layout, loaded.design.cold_plate)
    coarse, fine = (design_plate.memory_GB(plate, fineness) for fineness in (Fineness(2, 1), design_plate.LEVELS["fine"]))
    assert 4 * coarse < fine < 40 * coarse
