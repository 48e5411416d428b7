"""The unknowns, residual and linear steps of one flow solve.

A step solves the equations linearised at the current velocities by GMRES, with the derivative itself (never assembled) and, to precondition, the
factors of a matrix of the velocities alone, in which a penalty on the elements' divergences stands for the pressures (augmented Lagrangian: Fortin &
Glowinski 1983, remembered). Old factors serve several steps, and numbers of half the length are enough for them.
"""

from __future__ import annotations

import numpy as np

from packtool.coldplate.flow3d.discrete import Discrete
from packtool.coldplate.flow3d.pattern import flow_pattern
from packtool.coldplate.flow3d.records import Guess
from packtool.errors import SolveError
from packtool.fem.factors import DirectFactors
from packtool.fem.krylov import Krylov
from packtool.fem.start import petsc
from packtool.mesh.records import Floats
from packtool.thermal.clock import Clock

RTOL = 1e-8
"""Reduction of the momentum's residual asked for unless told otherwise, against that of no flow inside: with 1e-6 the order of the velocity in Kovasznay's flow
(verification C13) is lost."""

MASS_RTOL = 3e-9
"""The same of mass: it then closes to 1e-8 of the flow."""

PENALTY = 2e6
"""Weight of the penalty, over nu. It changes no result, only the work: of 5e5 to 1e7 all are alike on the three-pass serpentine; from 9e6 on numbers of
single length are too short on its mesh of level normal."""

FLOOR = 1e-10
"""GMRES stops at this reduction of the residual, against that of no flow inside, whatever is asked for."""

LAGGED = 12
"""GMRES steps that are tried with factors of an earlier state: about the price of new ones."""

FRESH = 30
"""The same with new ones; most take 1 or 2."""


class FlowSystem:
    """The unknowns, residual and steps of one solve; holds PETSc objects until ``close``."""

    def __init__(self, discrete: Discrete, clock: Clock, rtol: float = RTOL) -> None:
        self.discrete, self.clock, self.rtol = discrete, clock, rtol
        d, k = discrete, discrete.kernels
        self._factors = DirectFactors(single=True)
        self._penalty = PENALTY * discrete.nu
        self._pattern = flow_pattern(k.nodes, k.n_nodes, k.dimension, d.free)
        self._diffusion, self._rest = k.steady_sums(self._pattern, self._penalty)
        PETSc = petsc()
        size = len(self._pattern.indptr) - 1
        self._entries = np.zeros(self._pattern.n_entries)  # PETSc works on this memory
        self._matrix = PETSc.Mat().createAIJWithArrays(
            (size, size), (self._pattern.indptr, self._pattern.indices, self._entries), comm=PETSc.COMM_SELF
        )
        self.nu, self.convection = discrete.nu, discrete.inertia
        self.x = np.concatenate([d.values.ravel(), np.zeros(k.n_elements * (1 + k.dimension))])
        self._solved = np.concatenate([d.free, np.ones(len(self.x) - d.n_velocity, dtype=bool)])
        self._weight = np.ones(int(self._solved.sum()))
        self._weight[int(d.free.sum()) :] = rtol / MASS_RTOL
        self._krylov = Krylov(len(self._weight), self._derivative, self._preconditioned)
        self._at = k.at_points(d.values)
        self._newton = False
        self._factors_of: tuple[float, float, bool] | None = None
        self.scale = 0.0
        clock.lap("set-up")

    def close(self) -> None:
        """Give back PETSc's memory."""
        self._krylov.close()
        self._factors.close()
        self._matrix.destroy()

    def residual(self, x: Floats) -> Floats:
        """The residual of every unknown, those of prescribed velocities included."""
        d = self.discrete
        momentum, mass = d.kernels.residual(*d.split(x), self.nu, self.convection)
        self.clock.lap("residual")
        return np.concatenate([(momentum + d.load).ravel(), mass.ravel()])

    def linearise(self, newton: bool, anew: bool = False) -> None:
        """Steps are those at ``x`` from now on; without ``newton``, Picard's; with ``anew``, no factors of another state are tried."""
        if anew:
            self._factors_of = None
        self._at = self.discrete.kernels.at_points(self.discrete.split(self.x)[0])
        self._newton = newton

    def step(self, residual: Floats, share: float, start: Floats | None = None) -> Floats:
        """The change of all unknowns that leaves ``share`` of the residual, were it linear, sought from ``start`` (0): with the factors at hand, or
        new ones at ``x`` where they take too many steps, of double length where even these do."""
        right = -residual[self._solved] * self._weight
        norm = float(np.linalg.norm(right))
        target = max(share * norm, FLOOR * self.scale)
        first = None if start is None else start[self._solved]
        found, left = first, np.inf
        if self._factors_of == (self.nu, self.convection, self._newton):
            found, left = self._gmres(right, first, target, LAGGED)
        if not left <= target:
            self._factorise()
            found, left = self._gmres(right, found, target, FRESH)
        if not left <= target and self._factors.single:
            self._factors.close()
            self._factors = DirectFactors()
            self._factorise()
            found, _ = self._gmres(right, first, target, FRESH)
        change = np.zeros(len(residual))
        change[self._solved] = found
        return change

    def _gmres(self, right: Floats, start: Floats | None, target: float, most: int) -> tuple[Floats, float]:
        found = self._krylov.solve(right, start, target, most)
        self.clock.lap("linear solve")
        return found

    def _factorise(self) -> None:
        """New factors at ``x``."""
        d = self.discrete
        sums = self._rest.copy()
        for i in range(len(sums)):
            sums[i, i] += self.nu * self._diffusion
        if self.convection:
            d.kernels.add_convection(self._pattern, sums, d.split(self.x)[0], self.convection, self._newton)
        self._entries[:] = self._pattern.entries(sums)
        self._matrix.assemble()
        self.clock.lap("assembly")
        self._factors.factorise(self._matrix)
        self._factors_of = (self.nu, self.convection, self._newton)
        self.clock.lap("factors")

    def _derivative(self, change: Floats) -> Floats:
        d = self.discrete
        whole = np.zeros(len(self.x))
        whole[self._solved] = change
        momentum, mass = d.kernels.derivative(self._at, *d.split(whole), self.nu, self.convection, self._newton)
        return np.concatenate([momentum.ravel(), mass.ravel()])[self._solved] * self._weight

    def _preconditioned(self, residual: Floats) -> Floats:
        d, k = self.discrete, self.discrete.kernels
        n = int(d.free.sum())
        residual = residual / self._weight
        mass = residual[n:].reshape(k.n_elements, -1)
        velocity = np.zeros(d.n_velocity)
        velocity[d.free] = self._factors.solve(residual[:n] + self._penalty * k.push(mass).ravel()[d.free])
        pressure = self._penalty * (mass - k.mass(velocity.reshape(d.values.shape)))
        return np.concatenate([velocity[d.free], pressure.ravel()])

    def size(self, change: Floats) -> float:
        """Of the velocities of a step."""
        return float(np.linalg.norm(change[: self.discrete.n_velocity]))

    def norm(self, residual: Floats) -> float:
        """Of the free velocities' and of mass, over that of no flow inside; that of mass, no less than what flows in and not out over speed x length²,
        counts rtol / MASS_RTOL times."""
        d, n = self.discrete, self.discrete.n_velocity
        lost = float(d.split(residual)[1][:, 0] @ np.sqrt(d.kernels.weight.sum(axis=1)))
        momentum, mass = float(np.linalg.norm(residual[:n][d.free])), float(np.linalg.norm(residual[n:]))
        if not self.scale:
            return float(np.hypot(momentum, mass))
        return max(momentum / self.scale, max(mass / self.scale, abs(lost)) * self.rtol / MASS_RTOL)

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
