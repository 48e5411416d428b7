"""What the model leaves out is said of the designs that it is true of, and of no other."""

from pathlib import Path

import pytest

from packtool.design.load import load_design
from packtool.workflow.left_out import left_out

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"


def said(*sets):
    return " ".join(left_out(load_design(BUS, sets)))


CU_OF_K = "materials={cu_k: {like: cu_by_temperature, resistivity_ohm_m: 1.72e-8, alpha_per_K: 0.0039}}"
DRIVE = "cases.drive={kind: transient, current_A: 10, duration_s: 60}"
PUMP = "cold_plate.pump={flow_lpm: [0, 8, 40], head_kPa: [60, 50, 0]}"
ONE_ROW = ("electrical.series=17", "arrangement.rows=1", "cold_plate.channels=2")


@pytest.mark.parametrize(
    ("sentence", "sets", "is_said"),
    [
        ("between two rows", (), True),
        ("between two rows", ONE_ROW, False),
        ("between two rows", ("arrangement.row_gap_mm=0",), False),
        ("between two cells of a row", (), False),
        ("between two cells of a row", ("arrangement.gap_material=null",), True),
        ("between two cells of a row", ("arrangement.gap_material=null", "arrangement.cell_gap_mm=0"), False),
        ("hoses behind the fittings", (), True),
        ("hoses behind the fittings", ("cold_plate=null",), False),
        ("not in its pressure drop", ("cold_plate=null",), False),
        ("no alpha_per_K of al_1060_busbar is known", (), False),
        ("no alpha_per_K of al_pure is known", ("busbars.material=al_pure",), True),
        ("conduct heat as at 25 degC", (), False),
        ("conduct heat as at 25 degC", ("busbars.material=cu_k", CU_OF_K), True),
        ("solved with the coolant's network alone", ("cold_plate.fidelity=cfd", DRIVE), True),
        ("solved with the coolant's network alone", ("cold_plate.fidelity=cfd",), False),
        ("solved with the coolant's network alone", (DRIVE,), False),
        ("What the data are uncertain by", ("cold_plate=null",), True),
        ("the pump gives the flow", (PUMP, "cold_plate.flow_lpm=null", DRIVE), True),
        ("the pump gives the flow", (PUMP, "cold_plate.flow_lpm=null"), False),
        ("the pump gives the flow", (DRIVE,), False),
    ],
)
def test_a_sentence_stands_where_it_is_true(sentence, sets, is_said):
    assert (sentence in said(*sets)) is is_said


@pytest.mark.parametrize(
    ("sentence", "sets", "is_said"),
    [
        ("between two cells: there is no potting", (), True),
        ("between two cells: there is no potting", ("arrangement.potting={material: silicone_foam}",), False),
        ("across its winding", (), True),
        ("between two rows", (), False),
    ],
)
def test_what_is_said_of_round_cells(sentence, sets, is_said):
    scooter = BUS.parent / "scooter-nmc.yaml"
    assert (sentence in " ".join(left_out(load_design(scooter, sets)))) is is_said
    assert "across its winding" not in said()
