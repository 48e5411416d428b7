"""The piece of a design's plate that a calibration solves, and its channels as the network knows them, opened where coolant comes and goes.

Manifolds are solved whole, or, where that takes too much memory, with a piece of their straight channels left out. Of a serpentine with more
passes than three, which repeat themselves, the first three are solved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from packtool.coldplate.flow3d.design_plate import channel_plate
from packtool.coldplate.flow3d.plate import ChannelPlate, Face, Rectangle
from packtool.design.schema import ColdPlate
from packtool.errors import SolveError
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.layout.profiles import Point
from packtool.layout.records import Layout

PASSES = 3
"""Of a serpentine: the first from the inlet, one between two turns, the last to the outlet."""
MM = 1e-3


@dataclass(frozen=True)
class Window:
    """``plate`` to solve; ``network`` its channels [mm], from the inlet's face to the outlet's, or to the plate's edge before it, without fittings."""

    plate: ChannelPlate
    network: CoolantNetwork


def window(layout: Layout, plate: ColdPlate) -> Window:
    """The window of a design's plate. SolveError as ``channel_plate``."""
    if plate.type == "serpentine" and plate.passes > PASSES:
        network = layout.network
        assert network is not None
        return _serpentine(channel_plate(layout, plate), network.branches[0])
    return opened(layout, plate)


def opened(layout: Layout, plate: ColdPlate) -> Window:
    """The whole of a design's plate. SolveError as ``channel_plate``."""
    whole = channel_plate(layout, plate)
    network = layout.network
    assert network is not None
    if plate.type == "serpentine":
        (branch,) = network.branches
        return _opened_serpentine(whole, branch)
    stubs = (
        _stub("inlet stub", network, whole.inlet, network.entries[0], into=True),
        _stub("outlet stub", network, at_edge(whole), network.exits[0], into=False),
    )
    branches = (stubs[0], *network.branches, stubs[1])
    return Window(whole, _network(whole, branches, stubs[0].start, stubs[1].end))


def shortened(view: Window, share: float) -> Window:
    """A manifold with its straight channels, which lie along x, cut to ``share`` of the plate's length: a piece of their middle is left out."""
    x0, _, x1, _ = view.plate.size
    middle, cut = (x0 + x1) / 2, (1 - share) * (x1 - x0)

    def at(x: float) -> float:
        return x if x < middle else x - cut

    def moved(box: Rectangle) -> Rectangle:
        return at(box[0]), box[1], at(box[2]), box[3]

    def opened(face: Face) -> Face:
        return replace(face, low=at(face.low), high=at(face.high)) if face.axis == 1 else replace(face, place=at(face.place))

    plate = replace(
        view.plate, size=moved(view.plate.size), channels=tuple(map(moved, view.plate.channels)), inlet=opened(view.plate.inlet),
        outlet=opened(view.plate.outlet),
    )  # fmt: skip
    branches = tuple(replace(b, path=tuple((at(x * MM) / MM, y) for x, y in b.path)) for b in view.network.branches)
    return Window(plate, replace(view.network, branches=branches))


def at_edge(plate: ChannelPlate) -> Face:
    """The outlet's face, or where the duct to it leaves the plate."""
    axis, place = plate.outlet.axis, plate.outlet.place
    return replace(plate.outlet, place=min(max(place, plate.size[axis]), plate.size[axis + 2]))


def _network(plate: ChannelPlate, branches: tuple[Branch, ...], inlet: str, outlet: str) -> CoolantNetwork:
    branches = tuple(replace(branch, z0=None, plate="") for branch in branches)
    return CoolantNetwork(branches, inlet, outlet, plate.z[1] / MM, plate.z[2] / MM)


def _opened_serpentine(plate: ChannelPlate, branch: Branch) -> Window:
    """The channel's ends moved to the faces behind the ports."""
    path = (_on_face(branch.path[0], plate.inlet), *branch.path[1:-1], _on_face(branch.path[-1], plate.outlet))
    return Window(plate, _network(plate, (replace(branch, path=path),), branch.start, branch.end))


def _serpentine(whole: ChannelPlate, branch: Branch) -> Window:
    """The first passes, cut off where the next turn begins; half of the rib to the next pass is the plate's edge."""
    path = (_on_face(branch.path[0], whole.inlet), *branch.path[1 : 2 * PASSES])
    half = branch.width_mm / 2
    pitch = abs(path[2][1] - path[1][1])
    x0, y0, x1, y1 = whole.size
    edge = path[-1][1] + (1 if path[-1][1] > path[0][1] else -1) * pitch / 2
    size = (x0, y0, x1, edge * MM) if edge > path[0][1] else (x0, edge * MM, x1, y1)
    end = path[-1]
    outlet = Face(0, end[0] * MM, (end[1] - half) * MM, (end[1] + half) * MM)
    tiles = whole.channels[:PASSES] if whole.turns else _square_tiles(path, half)
    plate = replace(whole, size=size, channels=tiles, outlet=outlet, turns=whole.turns[: PASSES - 1])
    part = replace(branch, path=path, bulges=branch.bulges[: len(path) - 1])
    return Window(plate, _network(plate, (part,), branch.start, branch.end))


def _square_tiles(path: tuple[Point, ...], half: float) -> tuple[Rectangle, ...]:
    """Rectangles [m] of a serpentine with square turns along ``path`` [mm], of half width ``half`` [mm], each over its corners."""
    tiles: list[Rectangle] = []
    for number, (a, b) in enumerate(pairwise(path)):
        along = 0 if number % 2 == 0 else 1
        low, high = sorted((a[along], b[along]))
        first, last = number == 0, number == len(path) - 2
        rising = b[along] > a[along]
        low -= 0.0 if (first and rising) or (last and not rising) else half
        high += 0.0 if (first and not rising) or (last and rising) else half
        low, high, left, right = low * MM, high * MM, (a[1 - along] - half) * MM, (a[1 - along] + half) * MM
        tiles.append((low, left, high, right) if along == 0 else (left, low, right, high))
    return tuple(tiles)


def _stub(name: str, network: CoolantNetwork, face: Face, node: str, into: bool) -> Branch:
    """The piece of header between the plate's edge and a node."""
    header = next(b for b in network.branches if b.kind == "header" and node in (b.start, b.end))
    at = header.path[0] if header.start == node else header.path[-1]
    open_end = f"{name.split()[0]} opening"
    path = (_on_face(at, face), at)
    if path[0] == path[1]:
        raise SolveError(f"the plate's {name} has no length")
    ends = (open_end, node) if into else (node, open_end)
    return replace(header, name=name, start=ends[0], end=ends[1], path=path if into else path[::-1])


def _on_face(at: Point, face: Face) -> Point:
    return (face.place / MM, at[1]) if face.axis == 0 else (at[0], face.place / MM)
