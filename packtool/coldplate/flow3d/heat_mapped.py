"""The matrices of heat in flowing coolant and solid on elements that are no boxes: the integrals of ``heat_assembly``, by Gauss points."""

from __future__ import annotations

import numpy as np

from packtool.coldplate.flow3d.kernels import linear_functions, second_derivatives, shapes
from packtool.errors import MeshError
from packtool.mesh.records import Floats


class MappedElements:
    """Elements ``corners`` (n, 4 or 8, dim) in dolfinx's order. Results are (n, a, a)."""

    def __init__(self, corners: Floats) -> None:
        d = corners.shape[2]
        self.shapes = s = shapes(d)
        jacobian = np.einsum("eci,jqc->eqij", corners, s.d_psi, optimize=True)
        size = np.linalg.det(jacobian)
        if not (size > 0).all():
            raise MeshError("the heat's mesh has an element that is turned inside out or collapsed")
        self.weight = size * s.weight
        self._to_unit = to_unit = np.linalg.inv(jacobian)  # (e, q, j, i): d xi_j / d x_i
        self._slope = slope = np.einsum("jqa,eqji->eqai", s.d_phi, to_unit, optimize=True)
        # d²phi / dx² = (d²phi / dxi² - dphi/dx_m d²x_m / dxi²) over both dxi / dx, summed over the axes
        metric = np.einsum("eqji,eqki->eqjk", to_unit, to_unit, optimize=True)
        curved = np.einsum("ecm,jkqc->eqmjk", corners, second_derivatives(d, 1), optimize=True)
        self._laplace = np.einsum("eqjk,jkqa->eqa", metric, second_derivatives(d), optimize=True)
        self._laplace -= np.einsum("eqam,eqmjk,eqjk->eqa", slope, curved, metric, optimize=True)
        self._spread = np.sqrt((metric**2).sum(axis=(2, 3)))
        linear, _ = linear_functions(s, corners, self.weight)
        told = np.einsum("eqc,eq,qa->eca", linear, self.weight, s.phi, optimize=True)
        self._uneven = s.phi - linear @ told  # what of a function is not linear in the place

    @property
    def volume(self) -> Floats:
        """(n,)"""
        return np.asarray(self.weight.sum(axis=1))

    @property
    def load(self) -> Floats:
        """(n, a): of a source of 1 W/m³."""
        return np.asarray(self.weight @ self.shapes.phi)

    def conduction(self, k: Floats) -> Floats:
        """Of the conductivity ``k`` (n,) or (n, dim, dim)."""
        tensor = k if k.ndim == 3 else k[:, None, None] * np.eye(self._slope.shape[3])
        return np.asarray(np.einsum("eqai,eij,eqbj,eq->eab", self._slope, tensor, self._slope, self.weight, optimize=True))

    def carried(self, velocity: Floats, rho_cp: float, k: Floats) -> tuple[Floats, Floats]:
        """As ``heat_assembly``'s, at ``velocity`` (n, a, dim)."""
        phi = self.shapes.phi
        u = phi @ velocity
        along = np.einsum("eqai,eqi->eqa", self._slope, u, optimize=True)
        spread = np.einsum("eqai,eai->eq", self._slope, velocity, optimize=True)
        pushed = along * self.weight[:, :, None] + self._uneven * (self.weight * spread)[:, :, None]
        in_unit = np.einsum("eqji,eqi->eqj", self._to_unit, u, optimize=True)
        rate = 4 * np.sqrt((in_unit**2).sum(axis=2) + 1e-30)
        slow = 16 * (k / rho_cp)[:, None] * self._spread
        tested = along * (self.weight / np.sqrt(rate**2 + slow**2))[:, :, None]
        rest = rho_cp * along - k[:, None, None] * self._laplace
        return np.swapaxes(tested, 1, 2) @ rest - rho_cp * np.swapaxes(pushed, 1, 2) @ phi, tested.sum(axis=1)
