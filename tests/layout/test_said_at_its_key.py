"""What a stage raises about one key of the design is said where that key stands."""

import pickle
from pathlib import Path

import pytest

from packtool.design.load import load_design
from packtool.errors import NotConverged, SolveError
from packtool.layout.complaints import said_at_its_key

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
PUMP = ("cold_plate.flow_lpm=null", "cold_plate.pump={flow_lpm: [0, 20], head_kPa: [20, 0]}")
SCHEDULE = "cases={t: {kind: transient, current_A: 1, duration_s: 9, coolant: {time_s: [0], flow_lpm: [3]}}, s: {kind: steady, current_A: 1}}"


def line_of(word):
    return next(number for number, line in enumerate(BUS.read_text().splitlines(), 1) if line.strip().startswith(word))


def said(*sets, case=None, key="cold_plate.flow_lpm"):
    with pytest.raises(SolveError) as raised, said_at_its_key(load_design(BUS, sets), case):
        raise SolveError("too much", key=key)
    return str(raised.value)


def test_the_flow_s_place_is_that_of_what_gives_it():
    assert said() == f"{BUS}:{line_of('flow_lpm')}:3: cold_plate.flow_lpm: too much"
    assert said(*PUMP).endswith(": cold_plate.pump: too much")
    assert said(SCHEDULE, case="t").endswith(": cases.t.coolant: too much")
    assert said(SCHEDULE, case="s") == said()


def test_other_keys_and_none():
    assert said(key="cold_plate.inlet_degC") == f"{BUS}:{line_of('inlet_degC')}:3: cold_plate.inlet_degC: too much"
    assert said(key="") == "too much"


def test_the_key_goes_with_an_error_from_process_to_process():
    back = pickle.loads(pickle.dumps(NotConverged("it stopped", key="cold_plate.pump")))
    assert (type(back), str(back), back.key) == (NotConverged, "it stopped", "cold_plate.pump")
