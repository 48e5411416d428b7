"""How the current of a group comes together where it leaves a row: on its contacts, on a strip over them, or on a comb beside them.

A comb is a rail beside the line in which the contacts stand, with a tooth to each: for groups whose plus and minus contacts stand in one
line by turns. Combs lie on either side of that line by turns, so that no bar crosses another, and all lie flat on their contacts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from packtool.layout.bar_shapes import AIR_MM, Bar, BarSize, Contacts, on_face, sweep
from packtool.layout.boxes import Box, plan_boxes
from packtool.layout.outline import union
from packtool.layout.records import Sweep
from packtool.layout.terminals import NORMALS


@dataclass(frozen=True, slots=True)
class Gathered:
    """Where a group's current goes on from: ``contact`` on top of the ``boxes`` that gathered it, ``flush`` the same place in the plane of the
    group's own contacts; ``side`` of the line of contacts (-1, 1) that a comb lies on, 0: no comb."""

    contact: Contacts
    flush: Contacts
    boxes: tuple[Box, ...] = ()
    side: int = 0

    @property
    def sweeps(self) -> tuple[Sweep, ...]:
        """The boxes as sweeps; those in one plane on top of the cells are one profile."""
        return flat_sweeps(self.boxes) if self.flush.face == "top" else tuple(map(sweep, self.boxes))


def on_contacts(group: Contacts) -> Gathered:
    """The bar goes on from the contacts themselves."""
    return Gathered(group, group)


def strip(group: Contacts, size: BarSize) -> Gathered:
    """A strip over the contacts, from whose middle a bar of ``size`` goes on; the contacts themselves where the bar is as wide as they are."""
    if size.link(group) <= size.width:
        return on_contacts(group)
    box = group.box
    own = on_face(group.face, box[:3], box[3:], size.thickness)
    return replace(_from_middle(group, box, size), boxes=(own,))


def comb(group: Contacts, size: BarSize, side: int) -> Gathered:
    """A comb on the contacts, on this side (-1, 1) of their line: below or beyond it; a bar of ``size`` goes on from the rail's middle."""
    boxes = _comb([group], size, side)
    rail = boxes[0]
    seat = list(rail)
    axis = 1 - group.along if group.face != "top" else 2  # out of the face
    seat[axis] = seat[axis + 3] = group.middle[axis]
    flush = (seat[0], seat[1], seat[2], seat[3], seat[4], seat[5])
    return replace(_from_middle(group, flush, size), boxes=boxes, side=side)


def comb_bar(first: Contacts, second: Contacts | None, size: BarSize, side: int, sign: int = 1) -> Bar:
    """A comb on the contacts of both groups of one row, or of ``first`` alone (an end of the pack; ``sign`` -1: its minus end)."""
    groups = [first] if second is None else [first, second]
    boxes = _comb(groups, size, side)
    sweeps = flat_sweeps(boxes) if first.face == "top" else tuple(map(sweep, boxes))
    series, area = first.poles[0].series, size.thickness * size.width
    if second is None:
        ends = (0, series) if sign < 0 else (series, series + 1)
        return Bar("end", first.row, *ends, sweeps, boxes, area)
    return Bar("comb", first.row, series, second.poles[0].series, sweeps, boxes, area)


def flat_sweeps(boxes: Sequence[Box]) -> tuple[Sweep, ...]:
    """Boxes of one height, side by side or overlapping, as swept outlines."""
    return tuple(Sweep(profile, boxes[0][2], boxes[0][5]) for profile in union(plan_boxes(boxes)))


def comb_reach(group: Contacts, size: BarSize) -> float:
    """How far a comb reaches from the line of contacts [mm]."""
    return group.poles[0].half[_across(group)] + AIR_MM + size.width


def _across(group: Contacts) -> int:
    """The axis across the line of contacts in their face."""
    return 1 if group.face == "top" else 2


def _comb(groups: Sequence[Contacts], size: BarSize, side: int) -> tuple[Box, ...]:
    """The rail, then a tooth to each contact."""
    face, across = groups[0].face, _across(groups[0])
    line, half = groups[0].middle[across], groups[0].poles[0].half[across]
    near = line + side * (half + AIR_MM)
    low, high = ([f(g.box[k + j] for g in groups) for k in range(3)] for f, j in ((min, 0), (max, 3)))
    low[across], high[across] = sorted((near, near + side * size.width))
    boxes = [on_face(face, low, high, size.thickness)]
    for pole in (pole for group in groups for pole in group.poles):
        low, high = ([pole.at[k] + s * pole.half[k] for k in range(3)] for s in (-1, 1))
        low[across], high[across] = sorted((line - side * half, near))
        boxes.append(on_face(face, low, high, size.thickness))
    return tuple(boxes)


def _from_middle(group: Contacts, box: Box, size: BarSize) -> Gathered:
    """A bar of ``size`` from the middle of what lies on ``box``, in the plane of the group's contacts."""
    middle, half = [(box[k] + box[k + 3]) / 2 for k in range(3)], [(box[k + 3] - box[k]) / 2 for k in range(3)]
    half[group.along] = size.width / 2
    nx, ny = NORMALS[group.face]
    out = (nx * size.thickness, ny * size.thickness, size.thickness if group.face == "top" else 0.0)
    pole = replace(group.poles[0], at=(middle[0], middle[1], middle[2]), half=(half[0], half[1], half[2]))
    on_top = replace(pole, at=(middle[0] + out[0], middle[1] + out[1], middle[2] + out[2]))
    return Gathered(Contacts((on_top,)), Contacts((pole,)))
