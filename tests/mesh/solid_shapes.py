"""Runs as a script: python solid_shapes.py FOLDER. Writes the shapes that the tests of imported parts are about, as BREP [mm] and as STEP.

In a process of its own, since the CAD kernel's is not the one that gmsh has.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

BAR = (10.0, 10.0, 60.0)
"""Upright, its lower corner in the origin."""
BEND_MM = (20.0, 30.0, 10.0)
"""Radii and depth of a quarter of a ring in the plane x, z about the origin: from z = 0 (at x 20 to 30) to x = 0."""
TUBE_MM = (3.0, 6.0, 40.0)
"""Inner and outer radius, and height."""
VOLUMES = {
    "bar": math.prod(BAR),
    "bend": math.pi / 4 * (BEND_MM[1] ** 2 - BEND_MM[0] ** 2) * BEND_MM[2],
    "tube": math.pi * (TUBE_MM[1] ** 2 - TUBE_MM[0] ** 2) * TUBE_MM[2],
    "two": math.prod(BAR) * 2,
}


def main(folder: Path) -> None:
    """Write them all."""
    from OCP.BRep import BRep_Builder
    from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut
    from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox, BRepPrimAPI_MakeCylinder
    from OCP.BRepTools import BRepTools
    from OCP.gp import gp_Ax2, gp_Dir, gp_Pnt
    from OCP.Interface import Interface_Static
    from OCP.STEPControl import STEPControl_Controller, STEPControl_StepModelType, STEPControl_Writer
    from OCP.TopoDS import TopoDS_Compound

    bar = BRepPrimAPI_MakeBox(*BAR).Shape()
    inner, outer, deep = BEND_MM
    axis = gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(0, -1, 0), gp_Dir(1, 0, 0))  # so that the angle goes from x to z
    rings = [BRepPrimAPI_MakeCylinder(axis, radius, deep, math.pi / 2).Shape() for radius in (inner, outer)]
    bend = BRepAlgoAPI_Cut(rings[1], rings[0]).Shape()
    pipes = [BRepPrimAPI_MakeCylinder(radius, TUBE_MM[2]).Shape() for radius in TUBE_MM[:2]]
    tube = BRepAlgoAPI_Cut(pipes[1], pipes[0]).Shape()
    two, builder = TopoDS_Compound(), BRep_Builder()
    builder.MakeCompound(two)
    for shape in (bar, BRepPrimAPI_MakeBox(gp_Pnt(0, 0, BAR[2]), *BAR).Shape()):
        builder.Add(two, shape)
    for name, shape in (("bar", bar), ("bend", bend), ("tube", tube), ("two", two)):
        BRepTools.Write_s(shape, str(folder / f"{name}.brep"))
    STEPControl_Controller.Init_s()
    for unit in ("MM", "INCH"):
        Interface_Static.SetCVal_s("write.step.unit", unit)
        writer = STEPControl_Writer()
        writer.Transfer(bar, STEPControl_StepModelType.STEPControl_AsIs)
        writer.Write(str(folder / f"bar-{unit.lower()}.step"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
