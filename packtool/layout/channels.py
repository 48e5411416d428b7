"""The channels of a cold plate: their outline in the plan and the network that the coolant runs through.

Channels run along x; headers along y over the plate's overhang, and so do the round turns of a serpentine, so that they and the
fittings above them stay clear of the rows. But for those turns everything is axis-aligned rectangles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packtool.layout.coolant import Branch
from packtool.layout.outline import Rectangle, union
from packtool.layout.profiles import Loop, Point, Profile, Vertex


@dataclass(frozen=True, slots=True)
class ChannelSpace:
    """The rectangle of the plate that channels may use (the plate less its margins) and the sections [mm]."""

    x0: float
    y0: float
    x1: float
    y1: float
    channel_mm: float
    header_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class Channels:
    """Channels of one plate: the outlines of the void, the branches, and where coolant enters and leaves (x, y)."""

    voids: tuple[Profile, ...]
    branches: tuple[Branch, ...]
    inlet: str
    outlet: str
    inlet_at: Point
    outlet_at: Point
    headers: tuple[Rectangle, ...] = ()
    ports: tuple[tuple[float, float], ...] = ()
    """Of channels side by side between headers: the headers in the plan, and from where to where each channel reaches in y."""


def pitched(start: float, end: float, width: float, count: int) -> tuple[float, ...]:
    """Middles of ``count`` strips of ``width``, evenly pitched from ``start`` to ``end``; a single one stands in the middle."""
    if count == 1:
        return ((start + end) / 2,)
    pitch = (end - start - width) / (count - 1)
    return tuple(start + width / 2 + k * pitch for k in range(count))


def serpentine(space: ChannelSpace, passes: int, port_mm: float) -> Channels:
    """One channel that passes the plate ``passes`` times; ports of ``port_mm`` across stand at its two ends."""
    half = space.channel_mm / 2
    ys = pitched(space.y0, space.y1, space.channel_mm, passes)
    rectangles: list[Rectangle] = [(space.x0, y - half, space.x1, y + half) for y in ys]
    path: list[Point] = [(space.x0 + port_mm / 2, ys[0])]
    for k in range(passes - 1):
        at_right = k % 2 == 0
        x = space.x1 - half if at_right else space.x0 + half
        edges = (space.x1 - space.channel_mm, space.x1) if at_right else (space.x0, space.x0 + space.channel_mm)
        rectangles.append((edges[0], ys[k] - half, edges[1], ys[k + 1] + half))
        path += [(x, ys[k]), (x, ys[k + 1])]
    leaves_right = passes % 2 == 1
    path.append((space.x1 - port_mm / 2 if leaves_right else space.x0 + port_mm / 2, ys[-1]))
    branch = Branch("serpentine", "inlet", "outlet", tuple(path), space.channel_mm, space.height_mm)
    return Channels(union(rectangles), (branch,), "inlet", "outlet", path[0], path[-1])


def turn_reach(start: float, end: float, width: float, passes: int) -> float:
    """How far round turns reach past the straight legs between them [mm]: half the pitch and half a channel; 0 for a single pass."""
    if passes == 1:
        return 0.0
    return (end - start - width) / (passes - 1) / 2 + width / 2


def round_serpentine(space: ChannelSpace, passes: int, port_mm: float) -> Channels:
    """One channel as in ``serpentine`` whose turns are half circles, straight legs between them; its two ends are square, under the ports.

    The centreline's radius is half the pitch of the legs, the inner wall's half the rib between them.
    """
    half = space.channel_mm / 2
    ys = pitched(space.y0, space.y1, space.channel_mm, passes)
    reach = turn_reach(space.y0, space.y1, space.channel_mm, passes)
    near, far = space.x0 + reach, space.x1 - reach
    ways = [1 if k % 2 == 0 else -1 for k in range(passes)]
    ends = [(near, far) if way > 0 else (far, near) for way in ways]
    ends[0] = (space.x0, ends[0][1])
    ends[-1] = (ends[-1][0], space.x1 if ways[-1] > 0 else space.x0)
    right: list[Vertex] = []
    left: list[Vertex] = []
    path: list[Point] = []
    bulges: list[float] = []
    for k, (way, y, (x0, x1)) in enumerate(zip(ways, ys, ends, strict=True)):
        bend = float(way) if k < passes - 1 else 0.0
        right += [(x0, y - way * half, 0.0), (x1, y - way * half, bend)]
        left += [(x0, y + way * half, float(way) if k > 0 else 0.0), (x1, y + way * half, 0.0)]
        path += [(x0, y), (x1, y)]
        bulges += [0.0, bend]
    path[0] = (space.x0 + port_mm / 2, ys[0])
    path[-1] = (path[-1][0] - ways[-1] * port_mm / 2, ys[-1])
    branch = Branch("serpentine", "inlet", "outlet", tuple(path), space.channel_mm, space.height_mm, bulges=tuple(bulges[:-1]))
    return Channels((Profile(Loop((*right, *left[::-1]))),), (branch,), "inlet", "outlet", path[0], path[-1])


def parallel_once(space: ChannelSpace, count: int, same_side: bool, port_mm: float) -> Channels:
    """``count`` channels from a header at -x to one at +x.

    The inlet port stands at the -y end of its header, the outlet at the -y end of its own (``same_side``, U) or at its +y end (Z).
    """
    ys = pitched(space.y0, space.y1, space.channel_mm, count)
    x_in, x_out = _header_middles(space)
    ins = ["inlet", *_numbered("in", 2, count)]
    outs = ["outlet", *_numbered("out", 2, count)] if same_side else [*_numbered("out", 1, count - 1), "outlet"]
    fed = list(zip(ins, ys, strict=True))
    drained = list(zip(outs, ys, strict=True))
    runs = [
        Branch(name, start, end, ((x_in, y), (x_out, y)), space.channel_mm, space.height_mm)
        for name, start, end, y in zip(_numbered("channel", 1, count), ins, outs, ys, strict=True)
    ]
    branches = (
        *_header("inlet header", space, x_in, fed),
        *runs,
        *_header("outlet header", space, x_out, drained[::-1] if same_side else drained),
    )
    headers = (_header_area(space, ys, at_left=True), _header_area(space, ys, at_left=False))
    low, high = _port_ends(space, port_mm)
    voids = union((*_runs(space, ys), *headers))
    return Channels(
        voids, branches, "inlet", "outlet", (x_in, low), (x_out, low if same_side else high), headers, _widths(space, ys)
    )


def parallel_twice(space: ChannelSpace, count: int, port_mm: float) -> Channels:
    """``count`` channels out along the lower half (-y), a turn header at +x over the whole width, ``count`` channels back along the upper half.

    The ports stand at the outer ends (-y and +y) of the two headers at -x. Why there: on its way to the upper half the coolant gathers
    towards the middle of the turn header, so its pressure there is lowest at the inner channels and draws them more flow. A
    port at the outer end makes the feed's pressure fall towards the inner channels too, and the two falls largely cancel (the Z
    arrangement); with ports in the middle or at the inner ends they would add up. The flow network of coldplate/, for the bus
    template's plate (10 + 10 channels 16 x 3 mm, 12 L/min MEG 50 %) with headers 64 mm wide: the channels take 0.85 to 1.23 of their
    mean flow with ports at the outer ends, 0.74 to 1.28 in the middle, 0.70 to 1.66 at the inner ends (9.1, 7.3, 8.7 kPa). Wider
    headers favour the outer ends further; at 36 mm (1.85 m/s) the header's dynamic pressure rules and outer (0.59 to 1.73) and middle
    (0.62 to 1.68) are alike.
    """
    ys = pitched(space.y0, space.y1, space.channel_mm, 2 * count)
    x_in, x_turn = _header_middles(space)
    ins = ["inlet", *_numbered("in", 2, count)]
    outs = [*_numbered("out", 1, count - 1), "outlet"]
    turns = _numbered("turn", 1, 2 * count)
    out = [
        Branch(name, start, end, ((x_in, y), (x_turn, y)), space.channel_mm, space.height_mm)
        for name, start, end, y in zip(_numbered("channel", 1, count), ins, turns[:count], ys[:count], strict=True)
    ]
    back = [
        Branch(name, start, end, ((x_turn, y), (x_in, y)), space.channel_mm, space.height_mm)
        for name, start, end, y in zip(_numbered("return", 1, count), turns[count:], outs, ys[count:], strict=True)
    ]
    branches = (
        *_header("inlet header", space, x_in, list(zip(ins, ys[:count], strict=True))),
        *out,
        *_header("turn header", space, x_turn, list(zip(turns, ys, strict=True))),
        *back,
        *_header("outlet header", space, x_in, list(zip(outs, ys[count:], strict=True))),
    )
    headers = (
        _header_area(space, ys[:count], at_left=True),
        _header_area(space, ys[count:], at_left=True),
        _header_area(space, ys, at_left=False),
    )
    low, high = _port_ends(space, port_mm)
    voids = union((*_runs(space, ys), *headers))
    return Channels(voids, branches, "inlet", "outlet", (x_in, low), (x_in, high), headers, _widths(space, ys))


def _numbered(name: str, first: int, last: int) -> list[str]:
    """``name 02``, ``name 03``, ...: as many digits as the last needs."""
    digits = len(str(last))
    return [f"{name} {k:0{digits}d}" for k in range(first, last + 1)]


def _header_middles(space: ChannelSpace) -> tuple[float, float]:
    """x of the two headers' centrelines."""
    return space.x0 + space.header_mm / 2, space.x1 - space.header_mm / 2


def _port_ends(space: ChannelSpace, port_mm: float) -> tuple[float, float]:
    """y of a port over the outermost channel at -y and at +y; a port wider than the channel keeps to the header."""
    inset = max(port_mm, space.channel_mm) / 2
    return space.y0 + inset, space.y1 - inset


def _header_area(space: ChannelSpace, ys: Sequence[float], at_left: bool) -> Rectangle:
    """A header from the outer edge of the first of these channels to that of the last. (Edges in the form of ``_runs``: equal numbers.)"""
    half = space.channel_mm / 2
    x0, x1 = (space.x0, space.x0 + space.header_mm) if at_left else (space.x1 - space.header_mm, space.x1)
    return x0, ys[0] - half, x1, ys[-1] + half


def _widths(space: ChannelSpace, ys: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """From where to where each channel reaches in y. (In the form of ``_runs``: equal numbers.)"""
    half = space.channel_mm / 2
    return tuple((y - half, y + half) for y in ys)


def _runs(space: ChannelSpace, ys: Sequence[float]) -> list[Rectangle]:
    """The straight channels over the whole length, headers included."""
    half = space.channel_mm / 2
    return [(space.x0, y - half, space.x1, y + half) for y in ys]


def _header(name: str, space: ChannelSpace, x: float, stations: Sequence[tuple[str, float]]) -> list[Branch]:
    """The pieces of a header from junction to junction, in the order (the flow's) that the stations (node, y) are given in."""
    names = _numbered(name, 1, len(stations) - 1)
    return [
        Branch(piece, a, b, ((x, ya), (x, yb)), space.header_mm, space.height_mm, "header")
        for piece, (a, ya), (b, yb) in zip(names, stations[:-1], stations[1:], strict=True)
    ]
