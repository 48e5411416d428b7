"""The operating point: where the plate's pressure drop meets the pump's curve."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from coldplate_networks import MEG50, duct

from packtool.coldplate.drop_curve import DropCurve
from packtool.coldplate.pump import flow_scatter, head_Pa, on_the_pump, operating_flow
from packtool.design.load import load_design
from packtool.design.schema import ColdPlate
from packtool.design.schema.cold_plate import Pump
from packtool.errors import DesignError, NotConverged, SolveError
from packtool.layout.lay_out import lay_out

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
CURVE = Pump(flow_lpm=(0, 10, 20), head_kPa=(60, 50, 10))
PLATE = ColdPlate.model_validate(
    {"type": "serpentine", "passes": 1, "channel_width_mm": 16.0, "channel_height_mm": 3.0, "thickness_mm": 5.0,
     "material": "al_3003_o", "coolant": "meg50", "inlet_degC": 25.0, "pump": {"flow_lpm": [0, 20], "head_kPa": [60, 0]}}
)  # fmt: skip
SMALL = (
    "electrical.series=4",
    "arrangement.rows=1",
    "arrangement.cells_per_row=4",
    "cold_plate.channels=2",
    "enclosure.cutouts=[]",
)
ON_PUMP = ("cold_plate.flow_lpm=null", "cold_plate.pump={flow_lpm: [0, 4, 8], head_kPa: [20, 12, 0]}")


def test_the_curve_is_linear_between_its_points():
    assert head_Pa(CURVE, 5) == pytest.approx(55e3)
    assert head_Pa(CURVE, 15) == pytest.approx(30e3)


def test_drop_and_head_are_one_where_they_meet():
    """Past 10 L/min the head is 90 kPa - 4 kPa q; it meets 100 Pa q² at q = (sqrt(4000² + 4 x 100 x 90000) - 4000) / 200."""
    flow = operating_flow(CURVE, lambda q: 100 * q**2)
    assert flow == pytest.approx((np.sqrt(4000**2 + 4 * 100 * 90e3) - 4000) / 200, rel=1e-9)


def test_of_a_real_channel_too():
    drop = DropCurve.isothermal(duct(1000.0), PLATE, MEG50, 298.15).drop
    flow = operating_flow(PLATE.pump, drop)
    assert drop(flow) == pytest.approx(60e3 - 3e3 * flow, rel=1e-8)
    warmer = operating_flow(PLATE.pump, DropCurve.isothermal(duct(1000.0), PLATE, MEG50, 313.15).drop)
    assert warmer > flow  # thinner coolant


def test_a_pump_that_is_too_weak_or_whose_curve_ends_too_soon_is_refused():
    with pytest.raises(SolveError, match="does not drive this plate"):
        operating_flow(CURVE, lambda q: 1e6 + q)
    with pytest.raises(SolveError, match="give the curve up to"):
        operating_flow(CURVE, lambda q: q)


@pytest.mark.slow  # some 200 solves of the network
def test_the_viscosity_on_the_way_counts_once_the_plate_is_solved():
    loaded = load_design(BUS, (*SMALL, *ON_PUMP))
    layout = lay_out(loaded)
    cold = on_the_pump(loaded, layout.network).design.cold_plate.flow_lpm

    def warm(known):
        plate = known.design.cold_plate
        return 0.8 * DropCurve.isothermal(layout.network, plate, loaded.coolants["meg50"], 300.0).drop(plate.flow_lpm), 300.0

    found = on_the_pump(loaded, layout.network, warm).design.cold_plate
    assert found.flow_lpm > cold
    assert found.pump is None
    assert warm(on_the_pump(loaded, layout.network, warm))[0] == pytest.approx(
        head_Pa(loaded.design.cold_plate.pump, found.flow_lpm), rel=1e-4
    )

    def restless(known, seen=[1.0]):  # noqa: B006
        seen[0] *= -1
        return warm(known)[0] * (1 + 0.2 * seen[0]), 300.0

    with pytest.raises(NotConverged, match="did not settle"):
        on_the_pump(loaded, layout.network, restless)


def test_a_given_flow_is_left_alone():
    loaded = load_design(BUS)
    assert on_the_pump(loaded, lay_out(loaded).network) is loaded


def test_the_flow_s_scatter_is_how_far_the_point_moves_with_the_drop_s():
    """A drop of 1000 Pa q +- 10 % on the head 60 kPa - 1 kPa q up to 10 L/min, then 90 kPa - 4 kPa q."""

    class Linear:
        def at(self, flow):
            return SimpleNamespace(pressure_drop=1000 * flow, uncertainty=100 * flow)

    flow = operating_flow(CURVE, lambda q: 1000 * q)
    assert flow == pytest.approx(18)
    assert flow_scatter(CURVE, Linear(), flow) == pytest.approx(90 / 4.9 - 18, rel=1e-6)  # the thinner side moves further


def test_a_flow_s_scatter_ends_where_the_curve_does():
    class Steep:
        def at(self, flow):
            return SimpleNamespace(pressure_drop=500 * flow, uncertainty=500 * flow)

    assert flow_scatter(CURVE, Steep(), 20.0) == pytest.approx(max(20 - 18, 0.0), rel=1e-6)  # below: 1000 q = 90 - 4 q kPa


@pytest.mark.parametrize(
    ("sets", "says"),
    [
        (("cold_plate.flow_lpm=null",), "give flow_lpm, or pump"),
        (("cold_plate.pump={flow_lpm: [0, 20], head_kPa: [30, 0]}",), "not both"),
        ((ON_PUMP[0], "cold_plate.pump={flow_lpm: [0, 20], head_kPa: [30]}"), "at least 2|as many entries"),
        ((ON_PUMP[0], "cold_plate.pump={flow_lpm: [20, 0], head_kPa: [30, 0]}"), "must ascend"),
        ((ON_PUMP[0], "cold_plate.pump={flow_lpm: [0, 20], head_kPa: [3, 30]}"), "must not rise"),
    ],
)
def test_a_curve_that_is_none_is_refused_at_its_key(sets, says):
    with pytest.raises(DesignError, match=says):
        load_design(BUS, sets)
