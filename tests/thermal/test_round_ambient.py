"""How the underside of round cells meets the ambient: on a layer as metal on metal, without one across the air below them."""

from __future__ import annotations

from pathlib import Path

import pytest

from packtool.catalogue.load import coolants
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.thermal.pack import ambient_exchange

SCOOTER = Path(__file__).parents[2] / "templates" / "scooter-nmc.yaml"


def underside(*sets):
    loaded = load_design(SCOOTER, sets)
    return ambient_exchange(loaded, lay_out(loaded), coolants()["air_1atm"])["exterior_bottom"].series_h


def test_a_layer_below_rests_on_the_floor():
    assert underside() == pytest.approx(140 / 3e-3)  # conductivity over thickness of the floor


def test_cells_without_a_layer_stand_over_air():
    """2 mm of still air at 45 degC, 27.7 mW/m/K, and radiation between wrap (0.85) and bare metal (0.1): 14 + 0.7 W/m²/K."""
    assert underside("interface=null") == pytest.approx(14.6, rel=0.03)


def test_plates_below_the_cells_lift_them():
    over_plates = underside("interface=null", "arrangement.polarity=alternating")
    assert over_plates == pytest.approx(underside("interface=null") * 2.0 / 2.5, rel=0.02)  # 0.5 mm more; radiation stays as it is
