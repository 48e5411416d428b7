"""Heat transfer in rectangular ducts."""

import numpy as np
import pytest
from graetz_march import local_nusselt
from ht.conv_internal import turbulent_Gnielinski
from scipy.integrate import quad

from packtool.coldplate.friction import colebrook
from packtool.coldplate.nusselt import developed, laminar, segment_mean, turbulent
from packtool.errors import SolveError


def at(x):
    return np.array([float(x)])


def test_developed_values_are_shah_and_londons():
    """C2, C3: spectral eigenvalues; the polynomials keep to 0.21 %."""
    aspects = np.array([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 8, 1 / 10])
    T = [2.9775230, 3.3922912, 3.9576800, 4.4404970, 4.8283337, 5.5936585, 5.9078070]
    H1 = [3.6079507, 4.1233049, 4.7947989, 5.3310694, 5.7376964, 6.4903529, 6.7849773]
    assert developed(aspects, "T") == pytest.approx(T, rel=2.1e-3)
    assert developed(aspects, "H1") == pytest.approx(H1, rel=1e-3)
    assert laminar(np.array(1e4), aspects, np.array(27.0), "H1") == pytest.approx(developed(aspects), rel=1e-6)  # x* far beyond 0.1


def test_graetz_between_plates():
    """C6, eigen expansion; the correlation's scatter is 10 % (its authors), here it stays within 6.2 %."""
    x = np.array([0.0005, 0.001, 0.005, 0.01, 0.05, 0.1])
    exact = np.array([15.830029, 12.821726, 8.516640, 7.740496, 7.540702, 7.540701])
    assert laminar(x, np.array(1e-9), None, "T") == pytest.approx(exact, rel=0.062)


# aspect ratio, wall, largest deviation stated in the source file's head; 24 x 24 cells of a quarter are within 1 % of 48 x 48
@pytest.mark.slow
@pytest.mark.parametrize(
    ("aspect", "wall", "scatter"), [(1.0, "T", 0.09), (1.0, "H1", 0.06), (3 / 16, "T", 0.045), (3 / 16, "H1", 0.035)]
)
def test_developing_values_against_a_finite_volume_march(aspect, wall, scatter):
    x = [5e-4, 2e-3, 1e-2, 5e-2]
    exact = local_nusselt(aspect, x, wall, (40 if aspect < 1 else 24, 24))
    assert laminar(np.array(x), np.array(aspect), None, wall) == pytest.approx(exact, rel=scatter)


def test_the_march_itself_tends_to_the_developed_value():
    assert local_nusselt(1.0, [1e-2, 0.3], "T", (24, 24))[-1] == pytest.approx(2.9775230, rel=5e-3)  # C2; 24 cells


def test_velocity_that_develops_too_helps_and_fades():
    x = np.array([1e-6, 1e-4, 1e-2, 1.0])
    both, developed_flow = laminar(x, np.array(0.2), np.array(27.0)), laminar(x, np.array(0.2))
    assert np.all(both >= developed_flow)
    assert both[0] > 1.3 * developed_flow[0]  # a flat plate's boundary layer, x^-1/2, wins at the start
    assert both[2:] == pytest.approx(developed_flow[2:], rel=1e-3)


def test_the_lower_wall_condition_is_lower():
    x = np.geomspace(1e-6, 1, 30)
    assert np.all(laminar(x, np.array(0.2), None, "T") < laminar(x, np.array(0.2), None, "H1"))


def test_turbulent_is_gnielinski_far_from_the_entrance():
    Re, Pr, rough = 2e4, 15.0, 1e-4
    reference = turbulent_Gnielinski(Re, Pr, float(colebrook(at(Re), at(rough))[0]))
    assert turbulent(at(Re), at(Pr), at(1e9), at(rough)) == pytest.approx([reference], rel=1e-6)  # 1 + 1e-6/3 at 1e9 D


def test_the_local_entrance_factor_integrates_to_hausens_mean():
    """Mean over L: 1 + (D/L)^(2/3), but for the first diameter, where the local factor is held (VDI Heat Atlas G1)."""
    far = turbulent(at(2e4), at(15.0), at(1e30), at(0.0))[0]
    mean = quad(lambda x: turbulent(at(2e4), at(15.0), at(x), at(0.0))[0] / far, 1, 50)[0]
    assert mean == pytest.approx((50 + 50 ** (1 / 3)) - (1 + 1), rel=1e-6)  # quadrature


def means(Re, x0, x1, aspect=0.2, Pr=27.0):
    Re = np.atleast_1d(np.asarray(Re, float))
    one = np.ones_like(Re)
    return segment_mean(Re, Pr * one, aspect * one, (x0 * one, x1 * one), 100 * one, 1e-4 * one, one > 0)


def test_a_segments_mean_is_the_integral_of_the_local_value():
    x0, x1 = 1e-4, 3e-3
    integral = quad(lambda x: laminar(np.array(x), np.array(0.2), np.array(27.0)), x0, x1)[0] / (x1 - x0)
    assert means(500, x0, x1) == pytest.approx([integral], rel=5e-4)  # four Gauss points over thirtyfold in x*


def test_the_entrance_itself_is_integrated_finitely():
    """Nu ~ x^-1/3 is singular at the start; its mean is 3/2 of the local value at the end."""
    local = laminar(np.array(1e-7), np.array(0.2))
    one = np.ones(1)
    mean = segment_mean(500 * one, 27 * one, 0.2 * one, (0 * one, 1e-7 * one), one, 0 * one, one < 0)
    assert mean == pytest.approx([1.5 * local], rel=2e-3)


def test_regimes_join_without_a_jump():
    for Re in (2300.0, 4000.0):
        below, above = means([Re * (1 - 1e-9), Re * (1 + 1e-9)], 1e-3, 2e-3)
        assert above == pytest.approx(below, rel=1e-6)  # 1e-9 in Re, slopes of order 100 / Nu
    through = means(np.linspace(2300, 4000, 50), 1e-2, 2e-2)
    assert np.all(np.diff(through) > 0)


def test_out_of_range_is_refused():
    with pytest.raises(SolveError, match="Prandtl"):
        turbulent(at(1e4), at(0.3), at(10), at(0))
    with pytest.raises(SolveError, match=r"Pr > 0\.1"):
        laminar(at(1e-3), at(0.2), at(0.05))
    with pytest.raises(SolveError, match="x\\*"):
        laminar(at(0.0), at(0.2))
    with pytest.raises(SolveError, match="aspect"):
        developed(at(1.2))
