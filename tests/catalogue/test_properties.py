"""Resistance and coolant properties between, at and beyond the points of their tables."""

from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packtool.catalogue.load import cells, coolants
from packtool.catalogue.properties import constant_resistance, coolant_state, held_above, resistance_ohm
from packtool.catalogue.records import Coolant, CoolantState, ResistanceTable
from packtool.errors import SolveError

K = 273.15
CA180FI = cells()["calb-ca180fi"].resistance_dc
ARRHENIUS = ResistanceTable(
    temperature_degC=(0, 20, 60), resistance_mOhm=tuple(1e-3 * exp(2000 / (t + K)) for t in (0, 20, 60)), standing="given"
)


def test_at_the_points_the_resistance_is_the_tables():
    for degC, mOhm in zip(CA180FI.temperature_degC, CA180FI.resistance_mOhm, strict=True):
        assert resistance_ohm(CA180FI, degC + K)[0] == pytest.approx(mOhm * 1e-3, rel=1e-12)  # rounding of exp and log


@given(st.floats(0.0, 60.0))
def test_an_arrhenius_law_is_met_exactly_with_its_slope(degC):
    T = degC + K
    R, slope = resistance_ohm(ARRHENIUS, T)
    assert pytest.approx(1e-6 * exp(2000 / T), rel=1e-10) == R  # the form of the law: rounding only
    if degC < 59.999:
        assert slope == pytest.approx(-R * 2000 / T**2, rel=1e-9)


# The model of LIBQ (written out in test_catalogue_data) at temperatures the table does not hold, 50 % SOC, 90 A.
@pytest.mark.parametrize(("degC", "mOhm"), [(5, 1.38595), (17, 0.76345), (22, 0.62066), (30, 0.46645), (45, 0.30658)])
def test_between_points_the_published_model_is_met_from_above(degC, mOhm):
    R = resistance_ohm(CA180FI, degC + K)[0]
    assert 1.0 < R / (mOhm * 1e-3) < 1.02  # a sum of Arrhenius terms is convex in 1/T: one term a segment lies above it


@pytest.mark.parametrize("degC", [2.0, 18.0, 33.0, 47.0])
def test_the_slope_is_the_derivative(degC):
    h = 1e-3
    central = (resistance_ohm(CA180FI, degC + K + h)[0] - resistance_ohm(CA180FI, degC + K - h)[0]) / (2 * h)
    assert resistance_ohm(CA180FI, degC + K)[1] == pytest.approx(central, rel=1e-6)  # central difference, h² of the curvature


def test_above_the_last_point_the_last_value_holds_and_callers_can_tell():
    assert resistance_ohm(CA180FI, 70 + K) == (0.273e-3, 0.0)
    assert held_above(CA180FI, 70 + K)
    assert not held_above(CA180FI, 50 + K)


def test_below_the_first_point_the_solve_is_refused_with_the_way_out():
    with pytest.raises(SolveError, match=r"from 0 to 50 degC, not at -4\.0 degC.*resistance_mOhm: \{temperature_degC"):
        resistance_ohm(CA180FI, -4 + K)


def test_a_single_point_holds_upwards_only():
    table = cells()["eve-lf280k"].resistance_dc
    assert resistance_ohm(table, 25 + K) == (0.38e-3, 0.0)
    assert resistance_ohm(table, 45 + K) == (0.38e-3, 0.0)
    assert held_above(table, 45 + K)
    with pytest.raises(SolveError, match="from 25 degC up"):
        resistance_ohm(table, 20 + K)


def test_a_resistance_given_as_one_number_is_that_number_at_every_temperature():
    table = constant_resistance(0.9)
    for degC in (-59.0, 25.0, 120.0):
        assert resistance_ohm(table, degC + K) == (pytest.approx(0.9e-3, rel=1e-12), 0.0)
        assert not held_above(table, degC + K)


def test_at_its_rows_a_coolant_has_the_tables_properties():
    for coolant in coolants().values():
        for row in coolant.table:
            state = coolant_state(coolant, row.T_degC + K)
            assert (state.rho, state.cp, state.k, state.mu) == pytest.approx((row.rho, row.cp, row.k, row.mu), rel=1e-9)


# IAPWS 2008 viscosity of water at 1 atm, mPa s, at temperatures the table does not hold.
@pytest.mark.parametrize(("degC", "mPa_s"), [(15, 1.1375), (35, 0.7191), (45, 0.5958), (70, 0.4035)])
def test_water_between_rows_has_the_standards_viscosity(degC, mPa_s):
    assert coolant_state(coolants()["water"], degC + K).mu == pytest.approx(mPa_s * 1e-3, rel=1e-3)  # four printed digits, cubic


@pytest.mark.parametrize("id_", ["meg50", "water", "hydrocarbon_d12", "air_1atm"])
def test_an_inner_row_that_is_left_out_is_found_again(id_):
    whole = coolants()[id_]
    for j in range(1, len(whole.table) - 1):
        row = whole.table[j]
        state = coolant_state(whole.model_copy(update={"table": whole.table[:j] + whole.table[j + 1 :]}), row.T_degC + K)
        assert state.mu == pytest.approx(row.mu, rel=2.5e-3)  # as the docstring of coolant_state says
        assert state.rho == pytest.approx(row.rho, rel=1.5e-3)  # linear over rows twice as far apart; air's 1/T is the most curved
        assert state.cp == pytest.approx(row.cp, rel=2e-3)
        assert state.k == pytest.approx(row.k, rel=4e-3)


@given(st.floats(-30.0, 79.9))
def test_glycol_thins_without_a_kink_as_it_warms(degC):
    meg = coolants()["meg50"]
    mu, warmer = (coolant_state(meg, t + K).mu for t in (degC, degC + 0.1))
    assert -0.0085 < log(warmer / mu) < -0.0015  # 8.5 to 1.5 % a kelvin over the table's range


def test_the_viscosity_has_no_jump_in_slope_at_a_row():
    meg = coolants()["meg50"]
    below, at, above = (log(coolant_state(meg, t + K).mu) for t in (19.99, 20.0, 20.01))
    assert (at - below) == pytest.approx(above - at, rel=2e-3)  # curvature over 0.01 K; linear pieces would differ by 10 %


@pytest.mark.parametrize("degC", [-31.0, 80.1])
def test_outside_its_table_a_coolant_is_refused_by_name_and_range(degC):
    with pytest.raises(SolveError, match=rf"meg50 is known from -30 to 80 degC, not at {degC:.1f} degC"):
        coolant_state(coolants()["meg50"], degC + K)


def test_a_coolant_of_one_row_reaches_five_kelvin_and_says_so():
    hfe = coolants()["hfe7100"]
    assert coolant_state(hfe, 29.5 + K).k == 0.069
    with pytest.raises(SolveError, match="hfe7100 is known at 25 degC only and used within 5 K"):
        coolant_state(hfe, 30.5 + K)


def test_two_rows_are_joined_by_the_andrade_law():
    rows = tuple(CoolantState(T_degC=t, rho=1000, cp=4000, k=0.6, mu=1e-6 * exp(2000 / (t + K))) for t in (10.0, 50.0))
    state = coolant_state(Coolant(id="two", table=rows, standing="given"), 27 + K)
    assert state.mu == pytest.approx(1e-6 * exp(2000 / (27 + K)), rel=1e-12)  # ln mu linear in 1/T: rounding only
