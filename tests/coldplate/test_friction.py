"""Friction of rectangular ducts."""

import numpy as np
import pytest
from fluids.friction import Colebrook
from graetz_march import velocity

from packtool.coldplate.friction import ROUND, colebrook, entrance_excess, friction_darcy_Re, laminar_f_Re
from packtool.errors import SolveError

# C1 of the verification list: an independent series, Shah & London 1978
F_RE = {
    1: 14.22707688,
    1 / 2: 15.54805615,
    1 / 3: 17.08967207,
    1 / 4: 18.23277683,
    1 / 5: 19.07049792,
    1 / 8: 20.58464406,
    0.1: 21.16887683,
}


@pytest.mark.parametrize(("aspect", "reference"), F_RE.items())
def test_laminar_friction_is_the_exact_series(aspect, reference):
    assert laminar_f_Re(np.array(aspect)) == pytest.approx(reference, rel=1e-8)  # the reference prints ten digits


def test_a_very_flat_duct_is_two_plates():
    assert laminar_f_Re(np.array(1e-6)) == pytest.approx(24, rel=1e-5)  # 24 (1 - 1.35 aspect) to first order


@pytest.mark.parametrize("aspect", [0.0, -1.0, 1.0001, np.nan])
def test_an_impossible_aspect_ratio_is_refused(aspect):
    with pytest.raises(SolveError, match="aspect ratio"):
        laminar_f_Re(np.array([0.5, aspect]))


def test_of_round_and_impossible_ducts_the_impossible_one_is_named():
    with pytest.raises(SolveError, match=r"got 1\.5"):
        laminar_f_Re(np.array([ROUND, 1.5]))


@pytest.mark.parametrize("Re", [2300, 4000, 3e4, 1e6])
@pytest.mark.parametrize("roughness", [0, 1e-4, 5e-2])
def test_turbulent_friction_solves_colebrooks_equation(Re, roughness):
    assert colebrook(np.array(Re), np.array(roughness)) == pytest.approx(
        Colebrook(Re, roughness), rel=1e-10
    )  # both solve it exactly


def test_turbulent_square_duct_follows_jones():
    """Jones's diameter makes a square duct's friction that of a pipe at 16/14.227 Re."""
    square = friction_darcy_Re(np.array(2e4), np.array(1.0), np.array(0.0)) / 2e4
    assert square == pytest.approx(Colebrook(2e4 * 16 / 14.22707688, 0), rel=1e-8)


@pytest.mark.parametrize("aspect", [0.05, 3 / 16, 0.5, 1.0])
@pytest.mark.parametrize("roughness", [0.0, 3e-4, 0.02])
def test_the_loss_rises_with_the_flow_through_all_regimes(aspect, roughness):
    Re = np.geomspace(10, 1e5, 4000)
    loss = friction_darcy_Re(Re, np.array(aspect), np.array(roughness)) * Re
    assert np.all(np.diff(loss) > 0)


@pytest.mark.parametrize("Re", [2300.0, 4000.0])
def test_the_loss_does_not_jump_at_the_ends_of_the_transition(Re):
    below, above = friction_darcy_Re(np.array([Re * (1 - 1e-9), Re * (1 + 1e-9)]), np.array(0.2), np.array(1e-3))
    assert above == pytest.approx(below, rel=1e-7)  # 1e-9 in Re, slopes of order 10


def test_out_of_range_is_refused():
    for Re in (-1.0, 1.1e6, np.nan):
        with pytest.raises(SolveError, match="Reynolds"):
            friction_darcy_Re(np.array([500.0, Re]), np.array(0.2), np.array(0.0))
    with pytest.raises(SolveError, match="roughness"):
        friction_darcy_Re(np.array(1e4), np.array(0.2), np.array(0.06))
    with pytest.raises(SolveError, match="turbulent"):
        colebrook(np.array(1000.0), np.array(0.0))


def test_entrance_excess_ends_at_k_infinity():
    assert entrance_excess(np.array(np.inf), np.array(1e-9)) == pytest.approx(0.672, rel=0.02)  # C9: 0.672 +- 0.004
    assert entrance_excess(np.array(np.inf), np.array(1.0)) == pytest.approx(1.43, rel=1e-3)  # Shah 1978, table 1


@pytest.mark.parametrize("aspect", [0.2, 0.35, 0.5, 1.0])
def test_k_infinity_against_the_exact_profile(aspect):
    """Lundgren, Sparrow & Starr 1964: K = 2 (mean u^3 - mean u^2), u over its mean; known to lie a little high (plates 0.686)."""
    y, z = (half * (np.arange(200) + 0.5) / 200 for half in (0.5, aspect / 2))
    u = velocity(*np.meshgrid(y, z, indexing="ij"), 0.5, aspect / 2)
    u /= u.mean()
    lundgren = 2 * ((u**3).mean() - (u**2).mean())
    assert entrance_excess(np.array(np.inf), np.array(aspect)) == pytest.approx(
        lundgren, rel=0.1
    )  # the two theories differ by 7..9.4 % here


def test_entrance_excess_starts_as_a_boundary_layer():
    """Near the start the apparent friction is 13.76 sqrt(x+) in heads, whatever the section (Shapiro et al.; Shah 1978)."""
    x = np.array(1e-7)
    assert entrance_excess(x, np.array(0.3)) == pytest.approx(4 * 3.44 * np.sqrt(x), rel=0.02)  # less 4 x f Re


def test_entrance_excess_only_grows_along_the_duct():
    for aspect in (0.05, 0.2, 0.5, 1.0):
        assert np.all(np.diff(entrance_excess(np.geomspace(1e-6, 1e2, 500), np.array(aspect))) > -1e-9)  # rounding of 4 x (a - b)
