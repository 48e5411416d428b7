"""How long time steps are, and the guesses that they start from."""

from __future__ import annotations

import numpy as np
import pytest

from packtool.errors import NotConverged
from packtool.thermal.step_control import GROW, StepControl
from packtool.thermal.stepping import GAMMA, Trend


def refusals(order: float, first: float, wanted: float) -> int:
    """How many steps are refused from ``first`` on until one errs little enough, where the error goes with ``order``."""
    control = StepControl(first, 1.0, 1e-12)
    while (error := (control.dt / wanted) ** order) > 1.0:
        control.reject(control.dt, error, 0.0)
    return control.rejected


@pytest.mark.parametrize("order", [1.0, 2.0, 3.0])
def test_refused_steps_show_how_the_error_falls(order):
    assert refusals(order, first=1000.0, wanted=1.0) == 3  # with an order of 3 taken for granted: 9, 6, 5


def test_a_step_that_would_be_too_short_is_given_up_with_its_time():
    control = StepControl(1.0, 1e-3, 0.5)
    with pytest.raises(NotConverged, match=r"at 7 s a step of 2\.0e-01 s would be needed to keep the error at 0\.001 K"):
        control.reject(1.0, 1e3, 7.0)


def test_steps_land_without_a_sliver_and_grow_by_so_much():
    control = StepControl(1.0, 1.0, 1e-6, longest=3.0)
    assert control.length(1.0) == 1.0
    assert control.length(1.2) == 0.6
    assert control.length(5.0) == 1.0
    control.accept(0.5, 1e-9)
    assert control.dt == 0.5 * GROW
    control.accept(1.0, 1e-9)
    assert control.dt == 3.0


def test_after_a_jump_steps_are_no_longer_than_twice_those_after_the_last():
    control = StepControl(0.1, 1.0, 1e-6)
    for _ in range(3):
        control.accept(control.dt, 1e-9)
    control.jump()
    assert control.dt == pytest.approx(0.2)


def test_guesses_go_on_with_a_parabola_in_time():
    def field(t):
        return np.array([3.0 + 2.0 * t - 5.0 * t**2])

    before, dt = 2.0, 0.7
    trend = Trend(before, field(-before), field(-before + GAMMA * before))
    assert trend.ahead(field(0), GAMMA * dt) == pytest.approx(field(GAMMA * dt))
    assert trend.onwards(field(0), field(GAMMA * dt), dt) == pytest.approx(field(dt))
