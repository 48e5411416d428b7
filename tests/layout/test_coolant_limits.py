"""What `check` knows of the coolant's flow: with the key and its line, before anything is solved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from packtool.catalogue.load import coolants
from packtool.catalogue.properties import coolant_state
from packtool.design.load import load_design
from packtool.errors import DesignError
from packtool.layout.coolant import LPM
from packtool.layout.coolant_limits import least_drop
from packtool.layout.lay_out import lay_out

TEMPLATES = Path(__file__).parents[2] / "templates"
BUS = TEMPLATES / "bus-lfp.yaml"
SERPENTINE = ("cold_plate.type=serpentine", "cold_plate.channels=1", "cold_plate.passes=6", "cold_plate.header_width_mm=null")
NO_FLOW = "cold_plate.flow_lpm=null"


def refused(*sets):
    with pytest.raises(DesignError) as caught:
        lay_out(load_design(BUS, sets))
    (complaint,) = caught.value.complaints
    return complaint


def test_turbulent_flow_by_finite_elements_is_refused_with_its_number_and_the_flow_that_would_do():
    complaint = refused(*SERPENTINE, "cold_plate.fidelity=cfd")
    assert complaint.key == "cold_plate.fidelity"
    assert "at the inlet it is 6" in complaint.message  # 12 L/min of meg50 at 22 degC in 16 x 3 mm: Re some 6,000
    assert "flow_lpm 4" in complaint.message


def test_laminar_flow_by_finite_elements_is_not():
    lay_out(load_design(BUS, (*SERPENTINE, "cold_plate.fidelity=cfd", "cold_plate.flow_lpm=4")))


def test_finite_elements_without_a_steady_case_are_refused():
    drive = "cases={drive: {kind: transient, current_A: 10, duration_s: 60}}"
    cfd = (*SERPENTINE, "cold_plate.fidelity=cfd", "cold_plate.flow_lpm=4")
    complaint = refused(*cfd, drive)
    assert complaint.key == "cold_plate.fidelity"
    assert "add a case of kind: steady" in complaint.message
    lay_out(load_design(BUS, (*cfd, "cases.drive={kind: transient, current_A: 10, duration_s: 60}")))


def test_walls_too_rough_for_any_friction_factor_are_refused():
    complaint = refused("cold_plate.roughness_um=900")
    assert complaint.key == "cold_plate.roughness_um"
    assert "here 253 um" in complaint.message  # 5 % of 2 x 16 x 3 / 19 mm


@pytest.mark.parametrize(
    ("sets", "key"),
    [
        (("cold_plate.flow_lpm=9999",), "cold_plate.flow_lpm"),
        ((NO_FLOW, "cold_plate.pump={flow_lpm: [9000, 9999], head_kPa: [9000, 0]}"), "cold_plate.pump.flow_lpm"),
        (("cases.drive.coolant={time_s: [0, 60], flow_lpm: [12, -9999]}",), "cases.drive.coolant.flow_lpm.1"),
    ],
)
def test_flows_that_no_friction_factor_is_known_for_are_refused_with_the_most_that_is(sets, key):
    drive = "cases.drive={kind: transient, current_A: 10, duration_s: 60}"
    complaint = refused(*SERPENTINE, drive, *sets)
    assert complaint.key == key
    (most,) = (float(found) for found in re.findall(r"which is ([0-9.]+) L/min here", complaint.message))
    lay_out(load_design(BUS, (*SERPENTINE, f"cold_plate.flow_lpm={0.999 * most}")))
    assert refused(*SERPENTINE, f"cold_plate.flow_lpm={1.001 * most}").key == "cold_plate.flow_lpm"


@pytest.mark.parametrize("kind", [(), SERPENTINE])
def test_a_pump_that_cannot_drive_the_plate_is_refused(kind):
    complaint = refused(*kind, NO_FLOW, "cold_plate.pump={flow_lpm: [10, 20], head_kPa: [0.2, 0]}")
    assert complaint.key == "cold_plate.pump"
    assert "too weak: at 10 L/min it gives 0.2 kPa" in complaint.message
    lay_out(load_design(BUS, (*kind, NO_FLOW, "cold_plate.pump={flow_lpm: [0, 20], head_kPa: [20, 0]}")))


@pytest.mark.slow  # networks of every template
@pytest.mark.parametrize("flow_lpm", [0.5, 20.0])
@pytest.mark.parametrize("name", sorted(path.stem for path in TEMPLATES.glob("*.yaml")))
def test_the_least_drop_is_below_the_network_s(name, flow_lpm):
    from packtool.coldplate.drop_curve import DropCurve

    loaded = load_design(TEMPLATES / f"{name}.yaml")
    network, plate = lay_out(loaded).network, loaded.design.cold_plate
    if network is None:
        return
    coolant = coolants()[plate.coolant]
    T = plate.inlet_degC + 273.15
    least, whole = (
        least_drop(network, flow_lpm * LPM, coolant_state(coolant, T)),
        DropCurve.isothermal(network, plate, coolant, T).drop(flow_lpm),
    )
    assert 0.01 * whole < least < whole
