"""Fittings, steps in the section, and developed Nusselt numbers, each against an answer of other origin."""

from __future__ import annotations

import numpy as np
import pytest
from coldplate_networks import duct
from fluids.fittings import contraction_sharp, diffuser_sharp

from packtool.coldplate.losses import DEVELOPED_LAMINAR, contraction, expansion
from packtool.coldplate.network import split_flow
from packtool.coldplate.nusselt import developed
from packtool.coldplate.passages import K_PORT_IN, K_PORT_OUT, passages
from packtool.layout.supply import FedPlate, Ports, supplied

BORE = np.pi / 4 * 0.016**2


@pytest.mark.parametrize("ratio", [0.04, 0.25, 0.5, 0.9, 1.0])
def test_steps_in_the_section_are_those_of_the_handbook(ratio):
    """``fluids`` computes the same two formulas for round pipes, on the smaller diameter's velocity."""
    small, large = np.sqrt(ratio), 1.0
    assert float(contraction(np.array(ratio))) == pytest.approx(contraction_sharp(large, small, method="Rennels"), abs=1e-12)
    assert float(expansion(np.array(ratio))) == pytest.approx(diffuser_sharp(small, large, method="Rennels"), abs=1e-12)


def test_the_two_fittings_add_their_losses_on_the_velocity_in_their_bore():
    bare = duct(500.0)
    fitted = supplied([FedPlate("", bare.branches, Ports("in", "out", (0.0, 0.0), (500.0, 0.0), 0.0, 16.0))], "parallel", 0.0, 3.0)
    total, rho, mu = 0.2, np.array(1060.0), np.array(3e-3)
    without, with_them = (split_flow(passages(n), total, rho, mu) for n in (bare, fitted))
    lost = (K_PORT_IN + K_PORT_OUT) * (total / BORE) ** 2 / (2 * 1060.0)
    assert with_them.parts["fittings"] == pytest.approx(lost, rel=1e-12)
    assert with_them.pressure_drop - without.pressure_drop == pytest.approx(lost, rel=1e-9)
    assert sum(with_them.parts.values()) == pytest.approx(with_them.pressure_drop, rel=1e-9)
    assert with_them.uncertainty > without.uncertainty
    assert "fittings" not in split_flow(passages(fitted), total, rho, mu, 0.0, DEVELOPED_LAMINAR).parts


def chebyshev(n):
    """Differentiation matrix and points of Chebyshev collocation (Trefethen, Spectral Methods in MATLAB, chapter 6)."""
    x = np.cos(np.pi * np.arange(n + 1) / n)
    c = np.r_[2, np.ones(n - 1), 2] * (-1.0) ** np.arange(n + 1)
    D = np.outer(c, 1 / c) / (x[:, None] - x[None, :] + np.eye(n + 1))
    return D - np.diag(D.sum(axis=1)), x


def graetz_nusselt(aspect, n=18):
    """Nu of developed flow between walls of one temperature: a quarter of the first eigenvalue, lengths in D_h."""
    D, _ = chebyshev(n)
    inner = (D @ D)[1:-1, 1:-1]
    same = np.eye(n - 1)
    laplace = np.kron(inner, same) + np.kron(same, inner) / aspect**2
    u = np.linalg.solve(laplace, -np.ones((n - 1) ** 2))
    powers = np.arange(n + 1)
    x = np.cos(np.pi * powers / n)
    moments = np.where(powers % 2 == 0, 2 / (1.0 - powers**2 + (powers == 1)), 0.0)
    weights = np.linalg.solve(np.cos(np.outer(powers, np.arccos(x))), moments)[1:-1]
    u /= np.kron(weights, weights) @ u / 4
    largest = np.max(np.linalg.eigvals(np.linalg.solve(-laplace, np.diag(u))).real)
    return (4 * aspect / (1 + aspect)) ** 2 / largest / 4


@pytest.mark.slow
@pytest.mark.parametrize("aspect", [1.0, 0.6, 0.3, 0.1875])
def test_developed_nu_between_walls_of_one_temperature_is_the_first_eigenvalue(aspect):
    assert float(developed(np.array(aspect), "T")) == pytest.approx(graetz_nusselt(aspect), rel=1e-4)  # the fit: 5e-5
