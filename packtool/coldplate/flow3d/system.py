"""The unknowns, residual and matrix of one flow solve, and the step that its factors make of a residual."""

from __future__ import annotations

from typing import Any

import numpy as np

from packtool.coldplate.flow3d.discrete import Discrete
from packtool.coldplate.flow3d.pattern import flow_pattern
from packtool.coldplate.flow3d.records import Guess
from packtool.errors import SolveError
from packtool.fem.factors import DirectFactors
from packtool.fem.start import petsc
from packtool.mesh.records import Floats
from packtool.thermal.clock import Clock

PENALTY = 1e6
"""Weight of the penalty on the elements' divergences in a step's matrix, over speed x length. The pressures make the step exact
(augmented Lagrangian: Fortin & Glowinski 1983, remembered), so it changes no result: only how fast mass closes. The pressure of a duct 70 diameters long gains
a fifth a step with 1e3, all but a thousandth with 1e6; 1e7 is no worse for the factors."""


class FlowSystem:
    """The unknowns, residual and matrix of one solve; holds PETSc objects until ``close``."""

    def __init__(self, discrete: Discrete, clock: Clock) -> None:
        self.discrete, self.clock = discrete, clock
        d, k = discrete, discrete.kernels
        self.factors = DirectFactors()
        self.pattern = flow_pattern(k.nodes, k.n_nodes, k.dimension, d.free)
        self._diffusion, grad_div, penalty = k.steady_entries(self.pattern)
        self._rest = grad_div + PENALTY * penalty
        PETSc = petsc()
        size = len(self.pattern.indptr) - 1
        self._entries = np.zeros(self.pattern.n_entries)  # PETSc works on this memory
        self._matrix = PETSc.Mat().createAIJWithArrays(
            (size, size), (self.pattern.indptr, self.pattern.indices, self._entries), comm=PETSc.COMM_SELF
        )
        self.nu, self.convection = discrete.nu, 1.0
        self.x = np.concatenate([d.values.ravel(), np.zeros(k.n_elements * (1 + k.dimension))])
        self.scale = 0.0
        clock.lap("set-up")

    def close(self) -> None:
        """Give back PETSc's memory."""
        self.factors.close()
        self._matrix.destroy()

    def residual(self, x: Floats) -> Floats:
        """The residual of every unknown, those of prescribed velocities included."""
        d = self.discrete
        momentum, mass = d.kernels.residual(*d.split(x), self.nu, self.convection)
        self.clock.lap("residual")
        return np.concatenate([(momentum + d.load).ravel(), mass.ravel()])

    def matrix(self, x: Floats, newton: bool) -> Any:
        """The derivative at ``x`` for the free velocities, with the penalty; without ``newton`` the part that Picard's step keeps."""
        self._entries[:] = self.nu * self._diffusion + self._rest
        if self.convection:
            u, _ = self.discrete.split(x)
            self._entries += self.discrete.kernels.convection_entries(self.pattern, u, 1.0 if newton else 0.0)
        self._matrix.assemble()
        self.clock.lap("assembly")
        return self._matrix

    def factorise(self, newton: bool) -> None:
        """New factors at ``x``."""
        self.factors.factorise(self.matrix(self.x, newton))
        self.clock.lap("factors")

    def step(self, residual: Floats) -> Floats:
        """The change of all unknowns that the factors make of a residual."""
        d, k = self.discrete, self.discrete.kernels
        change = np.zeros(len(residual))
        n = d.n_velocity
        _, mass = d.split(residual)
        wanted = residual[:n] + PENALTY * k.push(mass).ravel()
        change[:n][d.free] = self.factors.solve(-wanted[d.free])
        change[n:] = -PENALTY * (mass + k.mass(change[:n].reshape(d.values.shape))).ravel()
        self.clock.lap("linear solve")
        return change

    def size(self, change: Floats) -> float:
        """Of the velocities of a step."""
        return float(np.linalg.norm(change[: self.discrete.n_velocity]))

    def norm(self, residual: Floats) -> float:
        """Of the free velocities' and of mass, over that of no flow inside; no less than what flows in and not out, over speed x length²."""
        d, n = self.discrete, self.discrete.n_velocity
        lost = float(d.split(residual)[1][:, 0] @ np.sqrt(d.kernels.weight.sum(axis=1)))
        whole = float(np.hypot(np.linalg.norm(residual[:n][d.free]), np.linalg.norm(residual[n:])))
        return max(whole / self.scale, abs(lost)) if self.scale else whole

    def take(self, guess: Guess) -> None:
        """Begin at a guess. SolveError where it is not of this problem's size."""
        d, k = self.discrete, self.discrete.kernels
        if guess.velocity.shape != d.values.shape or guess.pressure.shape != (k.n_elements, 1 + k.dimension):
            raise SolveError(
                f"the guess has {guess.velocity.shape} velocities and {guess.pressure.shape} pressures; wanted {d.values.shape} and "
                f"{(k.n_elements, 1 + k.dimension)}"
            )
        velocity = np.where(d.prescribed, d.values, guess.velocity / d.speed)
        scaled = guess.pressure / d.pressure_scale
        scaled[:, 1:] *= d.length
        pressure = np.linalg.solve(np.swapaxes(k.to_linear, 1, 2), scaled[..., None])
        self.x = np.concatenate([velocity.ravel(), pressure.ravel()])
