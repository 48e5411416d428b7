"""The bus pack's layout and mesh, made by hand: records only."""

from __future__ import annotations

import itertools
import math

import numpy as np

from packtool.catalogue.records import Cell
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import MESHED_ROLES, Joint, Layout, Part, Product, Sweep
from packtool.mesh.records import Region, TaggedMesh

ROWS, PER_ROW = 4, 17
WIDTH, THICKNESS, HEIGHT, GAP, ROW_GAP, END = 174.0, 53.7, 207.0, 1.5, 12.0, 20.0
PITCH, ROW_PITCH = THICKNESS + GAP, WIDTH + ROW_GAP
STACK = PER_ROW * THICKNESS + (PER_ROW - 1) * GAP
X_ROW, Y_ROW = STACK / 2 + END, (ROWS * WIDTH + (ROWS - 1) * ROW_GAP) / 2
X_PLATE = X_ROW + 60
WALL, PLATE, SKIN, CHANNEL_H, TIM = 3.0, 6.0, 1.5, 3.0, 1.0
Z_PLATE, Z_TIM, Z_CELL = WALL, WALL + PLATE, WALL + PLATE + TIM
Z_POST = Z_CELL + HEIGHT
CHANNELS, CHANNEL_W, HEADER_W, MARGIN = 10, 16.0, 32.0, 10.0


def cell_places() -> list[tuple[str, float, float]]:
    """Name and middle of every cell in the plan [mm], in series order."""
    return [
        (
            f"R{row + 1}C{column + 1:02d}",
            -STACK / 2 + THICKNESS / 2 + column * PITCH,
            -Y_ROW + WIDTH / 2 + row * ROW_PITCH,
        )
        for row in range(ROWS)
        for column in range(PER_ROW)
    ]


def _box(id: str, role: str, material: str, x: float, y: float, z: float) -> Product:
    return Product(id, role, material, (Sweep(Profile.rectangle(-x / 2, -y / 2, x / 2, y / 2), 0, z),))


def _channel_ys() -> tuple[list[float], list[float]]:
    """Centrelines of the channels of the pass out (y < 0) and of the pass back (y > 0)."""
    first, last = -Y_ROW + MARGIN + CHANNEL_W / 2, -MARGIN - CHANNEL_W / 2
    ys = [first + (last - first) * i / (CHANNELS - 1) for i in range(CHANNELS)]
    return ys, [-y for y in reversed(ys)]


def _plate() -> Product:
    """A plate whose channel layer is a frame with one comb-shaped opening, and the ribs as islands in it."""
    x_in, x_turn = -X_PLATE + MARGIN, X_PLATE - MARGIN
    outline = Loop.rectangle(-X_PLATE, -Y_ROW, X_PLATE, Y_ROW)
    y = Y_ROW - MARGIN
    opening = Loop.polygon(
        [
            (x_in, -y),
            (x_turn, -y),
            (x_turn, y),
            (x_in, y),
            (x_in, MARGIN),
            (x_turn - HEADER_W, MARGIN),
            (x_turn - HEADER_W, -MARGIN),
            (x_in, -MARGIN),
        ]
    )
    ribs = []
    for ys in _channel_ys():
        for a, b in itertools.pairwise(ys):
            rib = Loop.rectangle(x_in + HEADER_W, a + CHANNEL_W / 2, x_turn - HEADER_W, b - CHANNEL_W / 2)
            ribs.append(Sweep(Profile(rib), SKIN, SKIN + CHANNEL_H))
    return Product(
        "cold-plate",
        "cold_plate",
        "al_3003_o",
        (
            Sweep(Profile(outline), 0, SKIN),
            Sweep(Profile(outline, (opening,)), SKIN, SKIN + CHANNEL_H),
            *ribs,
            Sweep(Profile(outline), SKIN + CHANNEL_H, PLATE),
        ),
    )


def _coolant() -> Product:
    """The coolant in the channels: the headers and every channel as a box of its own."""
    z = (SKIN, SKIN + CHANNEL_H)
    x_in, x_turn, y = -X_PLATE + MARGIN, X_PLATE - MARGIN, Y_ROW - MARGIN
    boxes = [(x_in, -y, x_in + HEADER_W, -MARGIN), (x_in, MARGIN, x_in + HEADER_W, y), (x_turn - HEADER_W, -y, x_turn, y)]
    boxes += [(x_in + HEADER_W, c - CHANNEL_W / 2, x_turn - HEADER_W, c + CHANNEL_W / 2) for ys in _channel_ys() for c in ys]
    return Product("coolant", "coolant", "meg50", tuple(Sweep(Profile.rectangle(*box), *z) for box in boxes))


def _network() -> CoolantNetwork:
    out, back = _channel_ys()
    x_in, x_turn = -X_PLATE + MARGIN + HEADER_W, X_PLATE - MARGIN - HEADER_W
    x_head, x_tail = x_in - HEADER_W / 2, x_turn + HEADER_W / 2
    branches = []
    for i, y in enumerate(out, 1):
        branches.append(Branch(f"out {i}", f"in {i}", f"turn {i}", ((x_in, y), (x_turn, y)), CHANNEL_W, CHANNEL_H))
    for i, y in enumerate(back, 1):
        branches.append(Branch(f"back {i}", f"turn back {i}", f"exit {i}", ((x_turn, y), (x_in, y)), CHANNEL_W, CHANNEL_H))

    def header(name: str, x: float, nodes: list[str], ys: list[float]) -> None:
        for i, (a, b) in enumerate(itertools.pairwise(nodes), 1):
            branches.append(Branch(f"{name} {i}", a, b, ((x, ys[i - 1]), (x, ys[i])), HEADER_W, CHANNEL_H, "header"))

    count = range(1, CHANNELS + 1)
    header("inlet header", x_head, [f"in {i}" for i in count], out)
    header("turn header", x_tail, [f"turn {i}" for i in count] + [f"turn back {i}" for i in count], out + back)
    header("outlet header", x_head, [f"exit {i}" for i in count], back)
    return CoolantNetwork(tuple(branches), "in 1", f"exit {CHANNELS}", Z_PLATE + SKIN, Z_PLATE + SKIN + CHANNEL_H)


def _enclosure() -> tuple[list[Product], list[Part]]:
    x, y, top = X_PLATE + 20, Y_ROW + 20, Z_POST + 5 + 3 + 25
    inside, outside = Loop.rectangle(-x, -y, x, y), Loop.rectangle(-x - WALL, -y - WALL, x + WALL, y + WALL)
    rim = Loop.rectangle(-x - WALL - 25, -y - WALL - 25, x + WALL + 25, y + WALL + 25)
    tray = Product(
        "tray",
        "tray",
        "al_6061_t6",
        (
            Sweep(Profile(outside), 0, WALL),
            Sweep(Profile(outside, (inside,)), WALL, top - WALL),
            Sweep(Profile(rim, (inside,)), top - WALL, top),
        ),
    )
    lid = Product("lid", "lid", "al_6061_t6", (Sweep(Profile(rim), 0, 1.5),))
    return [tray, lid], [Part("tray", "tray", (0, 0, 0)), Part("lid", "lid", (0, 0, top))]


def bus_layout(cell: Cell) -> Layout:
    """68 cells in 4 rows on a two-pass parallel plate, with pads, busbars, tray and lid."""
    places = cell_places()
    post = Product("terminal", "terminal", "al_1060_busbar", (Sweep(Profile(Loop.circle(0, 0, 10)), 0, 5),))
    fitting = Product("fitting", "fitting", "al_3003_o", (Sweep(Profile(Loop.circle(0, 0, 10), (Loop.circle(0, 0, 8),)), 0, 30),))
    shells, shells_placed = _enclosure()
    products = [
        _box("cell", "cell", "cell", THICKNESS, WIDTH, HEIGHT),
        _box("pad", "pad", "pu_foam_compression_pad", GAP, WIDTH, HEIGHT),
        _box("end-plate", "end_plate", "al_6061_t6", END, WIDTH, HEIGHT),
        _box("interface", "interface", "gap_filler_2p0", STACK, WIDTH, TIM),
        _box("bar", "busbar", "al_1060_busbar", THICKNESS + GAP + 30, 40, 3),
        _plate(), _coolant(), post, fitting, *shells,
    ]  # fmt: skip
    parts = []
    for number, (name, x, y) in enumerate(places, 1):
        parts.append(Part(name, "cell", (x, y, Z_CELL), group=(f"row {name[:2]}",), series=number, parallel=1))
        for sign in (-1, 1):
            parts.append(Part(f"{name} {'+' if sign > 0 else '-'}", "terminal", (x, y + sign * 55, Z_POST)))
        column = (number - 1) % PER_ROW
        if column < PER_ROW - 1:
            parts.append(Part(f"pad {name}", "pad", (x + PITCH / 2, y, Z_CELL)))
            parts.append(Part(f"bar {name}", "bar", (x + PITCH / 2, y + (55 if column % 2 else -55), Z_POST + 5)))
    for row in range(ROWS):
        y = -Y_ROW + WIDTH / 2 + row * ROW_PITCH
        parts.append(Part(f"interface R{row + 1}", "interface", (0, y, Z_TIM)))
        for sign in (-1, 1):
            parts.append(Part(f"end plate R{row + 1} {sign}", "end-plate", (sign * (STACK + END) / 2, y, Z_CELL)))
    parts.append(Part("cold plate", "cold-plate", (0, 0, Z_PLATE)))
    parts.append(Part("coolant", "coolant", (0, 0, Z_PLATE)))
    for name, y in (("fitting inlet", -Y_ROW / 2), ("fitting outlet", Y_ROW / 2)):
        parts.append(Part(name, "fitting", (-X_PLATE + MARGIN + HEADER_W / 2, y, Z_PLATE + PLATE)))
    joints = (Joint("bar R1C01", 1, 2, 120.0),)
    return Layout("bus-lfp", cell, tuple(products), (*parts, *shells_placed), 68, 1, _network(), joints)


def _boxes(layout: Layout) -> list[tuple[int, tuple[float, float, float, float, float, float], bool]]:
    """(region, bounds, solid) of the meshed parts and, after them, the channels as voids."""
    boxes = []
    meshed = layout.parts_of(*MESHED_ROLES)
    for index, part in enumerate(meshed):
        boxes.append((index, layout.part_bounds(part), True))
    (coolant,) = layout.parts_of("coolant")
    for sweep in layout.product("coolant").sweeps:
        x0, y0, x1, y1 = sweep.profile.outer.bounds()
        z = coolant.origin[2]
        boxes.append((-1, (x0, y0, z + sweep.z0, x1, y1, z + sweep.z1), False))
    return boxes


def bus_mesh(layout: Layout) -> TaggedMesh:
    """A tensor grid over every box of the layout's meshed parts, channels left out; no boundaries are named."""
    boxes = _boxes(layout)
    bounds = np.array([b for _, b, _ in boxes])
    largest = (30.0, 30.0, 35.0)
    lines = []
    for axis in range(3):
        cuts = np.unique(np.round(bounds[:, [axis, axis + 3]], 6))
        pieces = [np.linspace(a, b, max(1, math.ceil((b - a) / largest[axis])) + 1)[:-1] for a, b in itertools.pairwise(cuts)]
        lines.append(np.concatenate([*pieces, cuts[-1:]]))
    nx, ny, nz = (len(line) - 1 for line in lines)
    region = np.full((nx, ny, nz), -1)
    for index, b, _ in boxes:
        spans = [slice(*np.searchsorted(lines[a], (b[a] - 1e-6, b[a + 3] - 1e-6))) for a in range(3)]
        region[tuple(spans)] = index
    i, j, k = np.nonzero(region >= 0)
    corners = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]
    hexes = np.stack([((i + a) * (ny + 1) + j + b) * (nz + 1) + k + c for a, b, c in corners], axis=1)
    used, hexes = np.unique(hexes, return_inverse=True)
    points = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1).reshape(-1, 3)[used] * 1e-3
    regions = tuple(Region(p.name, layout.role_of(p), layout.product(p.product).material) for p in layout.parts_of(*MESHED_ROLES))
    return TaggedMesh(points, hexes.reshape(-1, 8), region[i, j, k], regions, {})
