"""Upright extrusions with ports one above the other, and the tanks at their ends: what ribbons and upright plates share.

A tank is a box along y at +x, its inner wall slotted for the extrusions, which end in the cavity's face.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from packtool.layout.coolant import Branch
from packtool.layout.outline import Rectangle, union
from packtool.layout.profiles import Profile
from packtool.layout.records import Sweep


@dataclass(frozen=True, slots=True)
class Tank:
    """A tank [mm]: its ``cavity`` in the plan, y of the middles of the ``mouths`` in its inner (-x) wall and ``half`` their width; ``wall``
    thickness, and that of ``floor`` and roof; outer ``height``."""

    cavity: Rectangle
    mouths: tuple[float, ...]
    half: float
    wall: float
    floor: float
    height: float

    def solid(self) -> tuple[Sweep, ...]:
        """Floor, roof and walls; the tank stands on z = 0."""
        x0, y0, x1, y1 = self.cavity
        wall = self.wall
        edges = [y0 - wall, *(y for mouth in self.mouths for y in (mouth - self.half, mouth + self.half)), y1 + wall]
        inner = [(x0 - wall, a, x0, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        (floor,) = union([*inner, (x0, y0 - wall, x1 + wall, y1 + wall)])
        walls = union([*inner, (x1, y0 - wall, x1 + wall, y1 + wall), (x0, y0 - wall, x1, y0), (x0, y1, x1, y1 + wall)])
        return (
            Sweep(floor, 0.0, self.floor),
            *(Sweep(piece, self.floor, self.height - self.floor) for piece in walls),
            Sweep(floor, self.height - self.floor, self.height),
        )

    def coolant(self) -> Sweep:
        """What fills it."""
        return Sweep(Profile.rectangle(*self.cavity), self.floor, self.height - self.floor)


def extrusion(whole: Profile, walls: Sequence[Profile], ports: Sequence[tuple[float, float]], height: float) -> tuple[Sweep, ...]:
    """The metal of an upright multi-port extrusion on z = 0: ``walls`` beside its ports (underside, top), ``whole`` between them."""
    metal: list[Sweep] = []
    low = 0.0
    for bottom, top in ports:
        metal += [Sweep(whole, low, bottom), *(Sweep(side, bottom, top) for side in walls)]
        low = top
    return (*metal, Sweep(whole, low, height))


@dataclass(frozen=True, slots=True)
class TankRun:
    """A tank as a run of the network along y: ``x`` of its middle, inner ``width`` and ``deep`` height, ``z0`` of its underside in the pack [mm]."""

    name: str
    x: float
    width: float
    deep: float
    z0: float

    def branches(self, fed: str, at: float, stations: Sequence[tuple[str, float]], *, gathers: bool = False) -> list[Branch]:
        """The pieces between the node ``fed`` at y ``at`` and the extrusions' nodes (name, y), away from it; ``gathers``: towards it."""
        digits = len(str(len(stations)))
        ordered = [(fed, at), *sorted(stations, key=lambda station: abs(station[1] - at))]
        pieces = []
        for k, ((a, ya), (b, yb)) in enumerate(pairwise(ordered), 1):
            start, end, path = (b, a, ((self.x, yb), (self.x, ya))) if gathers else (a, b, ((self.x, ya), (self.x, yb)))
            pieces.append(Branch(f"{self.name} {k:0{digits}d}", start, end, path, self.width, self.deep, "header", z0=self.z0))
        return pieces
