"""Coolant networks for the tests of the cold plate."""

from __future__ import annotations

import numpy as np

from packtool.catalogue.load import coolants
from packtool.design.schema import ColdPlate
from packtool.layout.coolant import Branch, CoolantNetwork

MEG50 = coolants()["meg50"]


def duct(length: float, width: float = 16.0, height: float = 3.0) -> CoolantNetwork:
    """One straight channel along x [mm]."""
    return CoolantNetwork((Branch("duct", "in", "out", ((0.0, 0.0), (length, 0.0)), width, height),), "in", "out", 0.0, height)


def three_pass() -> CoolantNetwork:
    """The three-pass serpentine of the 3-D reference: 10 x 3 mm, ribs and margins 5 mm, plate 110 x 50 mm."""
    path = ((0.0, 10.0), (100.0, 10.0), (100.0, 25.0), (10.0, 25.0), (10.0, 40.0), (110.0, 40.0))
    return CoolantNetwork((Branch("serpentine", "in", "out", path, 10.0, 3.0),), "in", "out", 1.0, 4.0)


def two_pass(channels: int = 10, length: float = 1000.0, pitch: float = 36.0, header: float = 32.0) -> CoolantNetwork:
    """The bus pack's plate: channels of 16 x 3 mm out along one half, a turn header, and back along the other."""
    branches = []
    for i in range(channels):
        near, far = i * pitch, (channels + i) * pitch
        branches.append(Branch(f"out {i}", f"a{i}", f"t{i}", ((0.0, near), (length, near)), 16.0, 3.0))
        branches.append(Branch(f"back {i}", f"t{channels + i}", f"z{i}", ((length, far), (0.0, far)), 16.0, 3.0))
    for name, x, first, count in (("a", 0.0, 0, channels), ("z", 0.0, channels, channels), ("t", length, 0, 2 * channels)):
        for i in range(count - 1):
            path = ((x, (first + i) * pitch), (x, (first + i + 1) * pitch))
            branches.append(Branch(f"{name} header {i}", f"{name}{i}", f"{name}{i + 1}", path, header, 3.0, "header"))
    return CoolantNetwork(tuple(branches), "a0", f"z{channels - 1}", 0.0, 3.0)


def random_grid(seed: int) -> CoolantNetwork | None:
    """A random part of a rectangular grid of channels of three widths, randomly directed; None if nothing hangs on the inlet."""
    draw = np.random.default_rng(seed)
    nx, ny = draw.integers(2, 6, 2)
    pitch, widths, height = draw.uniform(20, 60), draw.uniform(3, 20, 3), draw.uniform(2, 5)
    branches = []
    for i in range(nx):
        for j in range(ny):
            for far in ((i + 1, j), (i, j + 1)):
                if far[0] >= nx or far[1] >= ny or draw.random() > 0.8:
                    continue
                a, b = ((i, j), far) if draw.random() < 0.7 else (far, (i, j))
                kind = int(draw.integers(3))
                path = ((a[0] * pitch, a[1] * pitch), (b[0] * pitch, b[1] * pitch))
                branches.append(
                    Branch(f"{a}-{b}", str(a), str(b), path, widths[kind], height, "header" if kind == 0 else "channel")
                )
    reached = {"(0, 0)"}
    for _ in range(len(branches)):
        reached |= {n for b in branches if {b.start, b.end} & reached for n in (b.start, b.end)}
    if len(reached) == 1:
        return None
    kept = tuple(b for b in branches if b.start in reached)
    return CoolantNetwork(kept, "(0, 0)", sorted(reached - {"(0, 0)"})[int(draw.integers(len(reached) - 1))], 0.0, height)


def plate(**changes: object) -> ColdPlate:
    """A cold plate of which only the flow's keys matter."""
    keys: dict[str, object] = {
        "type": "serpentine", "passes": 1, "channel_width_mm": 16.0, "channel_height_mm": 3.0, "thickness_mm": 6.0,
        "material": "al_3003_o", "coolant": "meg50", "flow_lpm": 12.0, "inlet_degC": 22.0,
    }  # fmt: skip
    return ColdPlate.model_validate(keys | changes)
