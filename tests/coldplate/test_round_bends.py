"""What a round bend costs beyond straight friction: laminar after Schmidt, turbulent after Rennels & Hudson."""

from __future__ import annotations

import numpy as np
import pytest
from fluids.fittings import bend_rounded
from fluids.friction import helical_laminar_fd_Schmidt

from packtool.coldplate.friction import friction_darcy_Re
from packtool.coldplate.losses import round_bends
from packtool.coldplate.passages import passages
from packtool.errors import SolveError
from packtool.layout.coolant import Branch, CoolantNetwork


def hairpin(pitch: float, width: float = 10.0, height: float = 10.0):
    path = ((0.0, 0.0), (100.0, 0.0), (100.0, pitch), (0.0, pitch))
    return passages(
        CoolantNetwork((Branch("h", "in", "out", path, width, height, bulges=(0.0, 1.0, 0.0)),), "in", "out", 0.0, height)
    )


def test_laminar_is_schmidt_s_excess_over_the_straight_duct():
    p = hairpin(40.0)
    Re = 500.0
    straight = float(friction_darcy_Re(np.array(Re), p.aspect[0], 0.0, False)) / Re
    ratio = helical_laminar_fd_Schmidt(Re, 0.010, 0.040) / (64 / Re)
    assert round_bends(p, np.array([Re]), 0.0)[0] == pytest.approx(straight * np.pi * 20 / 10 * (ratio - 1), rel=1e-9)


def test_turbulent_is_rennels_without_the_friction_of_its_length():
    p = hairpin(40.0)
    Re = 2e4
    f = float(friction_darcy_Re(np.array(Re), p.aspect[0], 0.0)) / Re
    asked = bend_rounded(Di=0.010, angle=180, fd=f, rc=0.020, Re=Re, method="Rennels") - f * np.pi * 2
    assert round_bends(p, np.array([Re]), 0.0)[0] == pytest.approx(asked, rel=1e-9)


def test_the_loss_is_continuous_over_the_transition_and_rises_with_the_flow():
    p = hairpin(30.0, 16.0, 3.0)
    Re = np.linspace(1.0, 6000.0, 200)
    lost = np.array([round_bends(p, np.array([one]), 0.0)[0] for one in Re]) * Re**2
    assert np.abs(np.diff(lost)).max() < 0.02 * lost.max()  # 1/50 of the range in 1/200 of it: no jump
    assert (np.diff(lost[Re < 2300]) > 0).all()


def test_a_wider_bend_costs_less_per_turn_when_turbulent():
    lost = [round_bends(hairpin(pitch), np.array([1e4]), 0.0)[0] for pitch in (12.0, 20.0, 40.0)]
    assert lost[0] > lost[1] > lost[2] > 0


def test_a_bend_tighter_than_its_inner_wall_allows_is_refused():
    with pytest.raises(SolveError, match="tighter than half"):
        round_bends(hairpin(9.0), np.array([500.0]), 0.0)


def test_a_network_with_a_round_bend_has_no_square_ones():
    p = hairpin(40.0)
    assert p.bends.tolist() == [0.0]
    assert (p.arc_radius.tolist(), p.arc_angle.tolist()) == (pytest.approx([0.020]), pytest.approx([np.pi]))
