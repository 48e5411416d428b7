"""Runs as a script, in a process of its own (imported.py starts it): python step_child.py TARGET < TASK, both without ending and as JSON.

The task: ``path`` and ``sha256`` of a STEP file, ``tilts`` (9 numbers each) that its box is wanted in, ``brep``
whether its solids are wanted as text for other kernels too (TARGET.brep), ``cpu_s`` after which the system ends
it, also where whoever started it is gone. Written: TARGET.bin, its solids as
one shape in mm, and TARGET.json, what is known of it, or why not (``refused``). Imports nothing of packtool.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import resource
import sys
from pathlib import Path
from typing import Any

from OCP.BinTools import BinTools
from OCP.Bnd import Bnd_Box
from OCP.BRep import BRep_Builder, BRep_Tool
from OCP.BRepAlgoAPI import BRepAlgoAPI_Common, BRepAlgoAPI_Fuse
from OCP.BRepBndLib import BRepBndLib
from OCP.BRepBuilderAPI import BRepBuilderAPI_Transform
from OCP.BRepCheck import BRepCheck_Analyzer
from OCP.BRepGProp import BRepGProp
from OCP.BRepTools import BRepTools
from OCP.gp import gp_Trsf
from OCP.GProp import GProp_GProps
from OCP.IFSelect import IFSelect_ReturnStatus
from OCP.Message import Message
from OCP.ShapeFix import ShapeFix_Shape
from OCP.STEPControl import STEPControl_Reader
from OCP.TopAbs import TopAbs_Orientation, TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS, TopoDS_Compound, TopoDS_Shape
from OCP.TopTools import TopTools_ListOfShape

LARGEST_MM = 20_000.0
"""As the design's lengths: a larger part is in other units than its file says."""
SMALLEST_MM3 = 1e-3
"""A solid of less is a fault of the file."""

SHARED_MM3 = 1e-3
"""Two solids that share no more than this only touch: a film of 1e-6 mm over a face of 1000 mm², as between parts of the pack."""

SOLID = re.compile(rb"(?:MANIFOLD_SOLID_BREP|FACETED_BREP|BREP_WITH_VOIDS)\s*\(\s*'")
"""A solid in the text of the file: its first attribute is its name (ISO 10303-42)."""


class Refused(Exception):
    """The file cannot be taken; the text says why and what to do."""


def main(target: str) -> None:
    """Do the task on standard input."""
    task = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_CPU, (task["cpu_s"], task["cpu_s"]))
    for printer in list(Message.DefaultMessenger_s().Printers()):
        Message.DefaultMessenger_s().RemovePrinter(printer)
    try:
        known = _read(task, Path(target))
    except Refused as reason:
        known = {"refused": str(reason)}
    Path(target).with_suffix(".json").write_text(json.dumps(known), encoding="utf-8")


def _read(task: dict[str, Any], target: Path) -> dict[str, Any]:
    path = Path(task["path"])
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refused(f"it cannot be read: {error.strerror or error}") from None
    if hashlib.sha256(content).hexdigest() != task["sha256"]:
        raise Refused("it has changed since the design was loaded; run again")
    written = len(SOLID.findall(content))
    del content
    reader = STEPControl_Reader()
    if reader.ReadFile(str(path)) != IFSelect_ReturnStatus.IFSelect_RetDone:
        raise Refused("the CAD kernel cannot read it: it is broken; export the part again")
    reader.TransferRoots()
    if reader.NbShapes() == 0:
        raise Refused(
            "there is nothing in it that the CAD kernel can make a shape of; export the part again, as a solid and in one file"
        )
    whole = reader.OneShape()
    read = _every(whole, TopAbs_ShapeEnum.TopAbs_SOLID)
    solids = [_sound(solid) for solid in read]
    loose = len(_every(whole, TopAbs_ShapeEnum.TopAbs_SHELL, TopAbs_ShapeEnum.TopAbs_SOLID))
    loose += len(_every(whole, TopAbs_ShapeEnum.TopAbs_FACE, TopAbs_ShapeEnum.TopAbs_SHELL))
    if not solids:
        held = f"only {loose} {'surface' if loose == 1 else 'surfaces'}" if loose else "none that the CAD kernel can read"
        raise Refused(f"there is no solid in it, {held}; in the CAD program knit the part to a solid and export it again")
    apart, overlaps = _apart(solids)
    shape = apart[0] if len(apart) == 1 else _together(apart)
    volume, first, second = _moments(shape)
    box = _box(shape)
    size = max(box[axis + 3] - box[axis] for axis in range(3))
    if not size <= LARGEST_MM:
        raise Refused(f"it is {size:.6g} mm long, longer than {LARGEST_MM:g} mm; export it in the units that it was drawn in")
    BinTools.Write_s(shape, str(target.with_suffix(".bin")))
    if task["brep"]:
        BRepTools.Write_s(shape, str(target.with_suffix(".brep")))
    return {
        "volume_mm3": volume,
        "first": first,
        "second": second,
        "box": box,
        "slack_mm3": _slack(shape),
        "solids": len(solids),
        "overlaps": overlaps,
        "left_out": loose,
        "unread": max(0, written - len({_shared(solid) for solid in read})),
        "tilts": [{"matrix": tilt, "box": _box(_turned(shape, tilt))} for tilt in task["tilts"]],
    }


def _every(
    shape: TopoDS_Shape, kind: TopAbs_ShapeEnum, outside: TopAbs_ShapeEnum = TopAbs_ShapeEnum.TopAbs_SHAPE
) -> list[TopoDS_Shape]:
    """Everything of a kind, where it stands, that is not in something of the kind ``outside``."""
    found, explorer = [], TopExp_Explorer(shape, kind, outside)
    while explorer.More():
        found.append(explorer.Current())
        explorer.Next()
    return found


def _shared(solid: TopoDS_Shape) -> int:
    """Equal for solids that are one shape in several places."""
    return hash(solid.Located(TopLoc_Location()).Oriented(TopAbs_Orientation.TopAbs_FORWARD))


def _sound(solid: TopoDS_Shape) -> TopoDS_Shape:
    """The solid where it stands, mended where the kernel can, with its inside inside."""
    if not solid.Location().IsIdentity():  # a place of its own would make an assembly of it when it is written again
        at = solid.Location().Transformation()
        solid = BRepBuilderAPI_Transform(solid.Located(TopLoc_Location()), at, True).Shape()
    if not BRepCheck_Analyzer(solid).IsValid():
        mend = ShapeFix_Shape(solid)
        mend.Perform()
        mended = _every(mend.Shape(), TopAbs_ShapeEnum.TopAbs_SOLID)
        if len(mended) == 1:
            solid = mended[0]
    if not all(BRep_Tool.IsClosed_s(shell) for shell in _every(solid, TopAbs_ShapeEnum.TopAbs_SHELL)):
        raise Refused("a solid in it is not closed: its faces leave gaps; mend it in the CAD program and export it again")
    volume = _moments(solid)[0]
    if volume < 0:
        solid, volume = solid.Reversed(), -volume
    if not (math.isfinite(volume) and volume >= SMALLEST_MM3):
        raise Refused(f"a solid in it has a volume of {volume:.3g} mm³; mend it in the CAD program and export it again")
    return solid


def _apart(solids: list[TopoDS_Shape]) -> tuple[list[TopoDS_Shape], list[dict[str, Any]]]:
    """The solids with those that overlap made one, so that no space is filled twice; and which two overlap (from 1), where and by how much."""
    overlaps: list[dict[str, Any]] = []
    joined = list(range(len(solids)))  # by solid: the first of those that it overlaps with, by way of others too
    for one, two in _near(solids):
        common = BRepAlgoAPI_Common(solids[one], solids[two])
        if not common.IsDone():
            raise Refused(
                f"the CAD kernel cannot tell whether its solids {one + 1} and {two + 1} overlap; mend them in the CAD program"
            )
        shared = _moments(common.Shape())[0] if _every(common.Shape(), TopAbs_ShapeEnum.TopAbs_SOLID) else 0.0
        if shared > SHARED_MM3 + min(_slack(solids[one]), _slack(solids[two])):
            overlaps.append({"solids": [one + 1, two + 1], "mm3": shared, "box": _box(common.Shape())})
            low, high = sorted((joined[one], joined[two]))
            joined = [low if first == high else first for first in joined]
    apart = []
    for first in sorted(set(joined)):
        members = [i for i in range(len(solids)) if joined[i] == first]
        pairs = [overlap["mm3"] for overlap in overlaps if overlap["solids"][0] - 1 in members]
        apart.append(_united([solids[i] for i in members], pairs))
    return apart, overlaps


def _near(solids: list[TopoDS_Shape]) -> list[tuple[int, int]]:
    """The places of the solids, two by two, whose boxes meet."""
    boxes = []
    for solid in solids:
        box = Bnd_Box()
        BRepBndLib.Add_s(solid, box, False)
        boxes.append(box)
    starts = [box.CornerMin().X() for box in boxes]
    order = sorted(range(len(boxes)), key=starts.__getitem__)
    pairs = []
    for place, one in enumerate(order):
        for two in order[place + 1 :]:
            if starts[two] > boxes[one].CornerMax().X():
                break
            if not boxes[one].IsOut(boxes[two]):
                pairs.append((min(one, two), max(one, two)))
    return sorted(pairs)


def _united(solids: list[TopoDS_Shape], shared: list[float]) -> TopoDS_Shape:
    """The one solid that solids fill together, two of which have ``shared`` volumes [mm³] each."""
    if len(solids) == 1:
        return solids[0]
    first, others = TopTools_ListOfShape(), TopTools_ListOfShape()
    first.Append(solids[0])
    for solid in solids[1:]:
        others.Append(solid)
    fuse = BRepAlgoAPI_Fuse()
    fuse.SetArguments(first)
    fuse.SetTools(others)
    fuse.Build()
    made = _every(fuse.Shape(), TopAbs_ShapeEnum.TopAbs_SOLID) if fuse.IsDone() else []
    if len(made) == 1 and BRepCheck_Analyzer(made[0]).IsValid():
        apart, slack = sum(_moments(solid)[0] for solid in solids), SHARED_MM3 + sum(map(_slack, solids))
        # three that share one place: more than all pairs off would leave, less than the largest off (Bonferroni)
        if apart - sum(shared) - slack <= _moments(made[0])[0] <= apart - max(shared) + slack:
            return made[0]
    raise Refused("solids in it overlap, and the CAD kernel cannot make them one; mend that in the CAD program and export it again")


def _slack(shape: TopoDS_Shape) -> float:
    """How much its volume is unsure by [mm³]: its faces' area times the largest tolerance of its edges, within which its faces meet."""
    edges = [TopoDS.Edge_s(edge) for edge in _every(shape, TopAbs_ShapeEnum.TopAbs_EDGE)]
    properties = GProp_GProps()
    BRepGProp.SurfaceProperties_s(shape, properties)
    return float(properties.Mass()) * max(BRep_Tool.Tolerance_s(edge) for edge in edges)


def _together(solids: list[TopoDS_Shape]) -> TopoDS_Shape:
    compound, builder = TopoDS_Compound(), BRep_Builder()
    builder.MakeCompound(compound)
    for solid in solids:
        builder.Add(compound, solid)
    return compound


def _turned(shape: TopoDS_Shape, matrix: list[float]) -> TopoDS_Shape:
    a, b, c, d, e, f, g, h, i = matrix
    turn = gp_Trsf()
    turn.SetValues(a, b, c, 0, d, e, f, 0, g, h, i, 0)
    return shape.Moved(TopLoc_Location(turn))


def _box(shape: TopoDS_Shape) -> list[float]:
    """x0, y0, z0, x1, y1, z1 [mm], as tight as the kernel can tell."""
    box = Bnd_Box()
    BRepBndLib.AddOptimal_s(shape, box, False, False)
    box.SetGap(0.0)
    return list(box.Get())


def _moments(shape: TopoDS_Shape) -> tuple[float, list[float], list[float]]:
    """Volume, first (3) and second (9) moments about the origin; the kernel's inertia is about the centre of gravity."""
    properties = GProp_GProps()
    BRepGProp.VolumeProperties_s(shape, properties)
    volume, centre, inertia = properties.Mass(), properties.CentreOfMass(), properties.MatrixOfInertia()
    at = (centre.X(), centre.Y(), centre.Z())
    about = [[inertia.Value(row, column) for column in (1, 2, 3)] for row in (1, 2, 3)]
    half = (about[0][0] + about[1][1] + about[2][2]) / 2
    second = [(half if r == c else 0.0) - about[r][c] + volume * at[r] * at[c] for r in range(3) for c in range(3)]
    return volume, [volume * x for x in at], second


if __name__ == "__main__":
    main(sys.argv[1])
