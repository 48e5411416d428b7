"""Parts that come as STEP files: what the design says of them, and what the CAD stage finds out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from packtool.layout.boxes import Box

Triple = tuple[float, float, float]
Matrix = tuple[float, float, float, float, float, float, float, float, float]
"""A rotation, row by row."""

UPRIGHT: Matrix = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
"""Not turned at all."""


@dataclass(frozen=True, slots=True)
class Imported:
    """An entry of the design's ``parts``, of which only a CAD kernel can tell the shape.

    ``product``: id, shared by entries of the same file, material and mass; ``file``: as the design names it; ``origin`` [mm] and
    ``rotation_deg`` (about x, then y, then z) place it; ``mass_kg``: where the design gives it; ``meshed``: whether it takes
    part in the heat; ``path``: where the file is read, not part
    of what it is (its content is: ``sha256``).
    """

    name: str
    product: str
    material: str
    file: str
    sha256: str
    origin: Triple
    rotation_deg: Triple
    mass_kg: float | None = None
    meshed: bool = True
    path: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Tilt:
    """How an imported part is turned in the pack, and the ``box`` that it then takes about its own origin."""

    matrix: Matrix
    box: Box


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two ``solids`` of one file, by their place in it from 1, that claim the same ``mm3``, within ``box`` of the file's own frame."""

    solids: tuple[int, int]
    mm3: float
    box: Box


@dataclass(frozen=True, slots=True)
class Body:
    """What the kernel says of the solids of a STEP file, in the file's own frame: volume [mm³]; ``first`` (3) integral of r dV [mm⁴];
    ``second`` (9, row by row) integral of r r^T dV [mm⁵]; ``box`` around them; by how much their volume is unsure [mm³], for the
    tolerance within which their faces meet; how many solids; surfaces that were left out; solids that the kernel
    could not read; and ``overlaps``, the largest first: such solids are one, and all else is of what they fill together."""

    volume_mm3: float
    first: Triple
    second: Matrix
    box: Box
    slack_mm3: float
    solids: int
    left_out: int
    unread: int = 0
    overlaps: tuple[Overlap, ...] = ()


def rotation_matrix(rotation_deg: Triple) -> Matrix:
    """The rotation about the fixed axes x, then y, then z; quarter turns are exact."""
    (ca, sa), (cb, sb), (cc, sc) = (_cosine_sine(angle) for angle in rotation_deg)
    return (
        cc * cb, cc * sb * sa - sc * ca, cc * sb * ca + sc * sa,
        sc * cb, sc * sb * sa + cc * ca, sc * sb * ca - cc * sa,
        -sb, cb * sa, cb * ca,
    )  # fmt: skip


def _cosine_sine(angle_deg: float) -> tuple[float, float]:
    quarter, rest = divmod(angle_deg % 360.0, 90.0)
    if rest == 0.0:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarter) % 4]
    return math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
