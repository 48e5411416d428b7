"""How coolant comes to the channels: the fittings on them, and several plates side by side or one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from packtool.layout.coolant import Branch, CoolantNetwork, Fitting
from packtool.layout.profiles import Point

Feed = Literal["parallel", "series"]
SUPPLY, RETURN = "supply", "return"
"""Nodes in the hoses, before and behind all plates."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where one plate's channels begin and end: nodes, and places in the plan and height of the fittings on them [mm]."""

    inlet: str
    outlet: str
    inlet_at: Point
    outlet_at: Point
    z: float
    bore_mm: float


@dataclass(frozen=True, slots=True)
class FedPlate:
    """One plate's channels: its ``tag`` among several (empty: the only one), branches with nodes of their own, ports."""

    tag: str
    branches: tuple[Branch, ...]
    ports: Ports


def supplied(plates: Sequence[FedPlate], feed: Feed, z0: float, z1: float) -> CoolantNetwork:
    """The network of plates that are fed side by side (``parallel``) or one after the other, in this order (``series``).

    ``z0``, ``z1``: from the lowest underside to the highest top of their channels [mm]. Branches and nodes of one of several plates carry
    its tag. What lies between the plates outside their fittings, hoses and tees, loses no pressure and no heat here.
    """
    branches: list[Branch] = []
    fittings: list[Fitting] = []
    before = SUPPLY
    for number, plate in enumerate(plates, 1):
        tagged = f"{plate.tag} " if plate.tag else ""
        behind = RETURN if feed == "parallel" or number == len(plates) else f"hose {number}"
        branches += [
            replace(b, name=tagged + b.name, start=tagged + b.start, end=tagged + b.end, plate=plate.tag or b.plate)
            for b in plate.branches
        ]
        ports = plate.ports
        fittings += [
            Fitting(
                f"{tagged}inlet fitting", before, tagged + ports.inlet, ports.bore_mm, ports.inlet_at, ports.z, "in", plate.tag
            ),
            Fitting(
                f"{tagged}outlet fitting", tagged + ports.outlet, behind, ports.bore_mm, ports.outlet_at, ports.z, "out", plate.tag
            ),
        ]
        before = SUPPLY if feed == "parallel" else behind
    return CoolantNetwork(tuple(branches), SUPPLY, RETURN, z0, z1, tuple(fittings))
