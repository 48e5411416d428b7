"""How much of each part that melts is molten."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packtool.fem.quads import GaussFrames, at_gauss
from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.results import Result
from packtool.thermal.general.capacity import PhaseChange
from packtool.thermal.records import ConductionProblem


@dataclass(frozen=True)
class Melting:
    """The parts of a mesh that melt, at the Gauss points that their enthalpy is summed at: ``names`` (n_parts,); ``hexes`` (m, 8), ``part``
    (m,) of each element; ``weight`` (m, 8) [m³]; ``solidus`` and ``span`` (m,) [K]; ``latent`` (n_parts,) [J] of all of each."""

    names: tuple[str, ...]
    hexes: Integers
    part: Integers
    weight: Floats
    solidus: Floats
    span: Floats
    latent: Floats

    @property
    def volume(self) -> Floats:
        """(n_parts,) [m³]."""
        return np.bincount(self.part, self.weight.sum(axis=1), minlength=len(self.names))

    def fraction(self, T: Floats) -> Floats:
        """Molten share (n_parts,) of each part's volume at ``T`` (n_points,) [K], which is that of its latent heat as well."""
        if not self.names:
            return np.zeros(0)
        at = at_gauss(T[self.hexes])
        molten = np.clip((at - self.solidus[:, None]) / self.span[:, None], 0.0, 1.0)
        return np.bincount(self.part, (self.weight * molten).sum(axis=1), minlength=len(self.names)) / self.volume


def melting_parts(problem: ConductionProblem) -> Melting:
    """The parts of ``problem`` that melt; none, where none does."""
    mesh: TaggedMesh = problem.mesh
    found: dict[int, PhaseChange] = {}
    for region, law in sorted(problem.laws.items()):
        if law.melting is not None:
            found[region] = law.melting
    elements = np.flatnonzero(np.isin(mesh.region, list(found)))
    order = {region: number for number, region in enumerate(found)}
    part = np.array([order[region] for region in mesh.region[elements].tolist()], dtype=np.int64)
    change = list(found.values())
    solidus = np.array([one.T_solidus for one in change])
    span = np.array([one.T_liquidus - one.T_solidus for one in change])
    hexes = mesh.hexes[elements]
    weight = GaussFrames.of(mesh.points[hexes]).volume
    volume = np.bincount(part, weight.sum(axis=1), minlength=len(change))
    return Melting(
        names=tuple(mesh.regions[region].name for region in found),
        hexes=hexes,
        part=part,
        weight=weight,
        solidus=solidus[part] if len(change) else np.zeros(0),
        span=span[part] if len(change) else np.zeros(0),
        latent=volume * np.array([one.latent for one in change]),
    )


def melted_results(melting: Melting, T: Floats) -> list[Result]:
    """Of a steady field: the molten share of all that melts, of the part most molten, and of each part."""
    if not melting.names:
        return []
    share = melting.fraction(T)
    most = int(share.argmax())
    return [
        Result("melted.mean", float(share @ melting.volume / melting.volume.sum()), "-"),
        Result("melted.max", float(share[most]), "-", region=melting.names[most]),
        *(Result(f"melted[{name}]", float(one), "-", region=name) for name, one in zip(melting.names, share, strict=True)),
    ]
