"""Small STEP files that tests make themselves, and entries of a layout that name them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from packtool.layout.imported import Imported

BRACKET_MM3 = 60 * 40 * 5 + 5 * 40 * 45
"""Of ``bracket``: a foot of 60 x 40 x 5 mm and a leg of 5 x 40 x 50 mm that share a corner."""


def box(x0: float, y0: float, z0: float, x1: float, y1: float, z1: float) -> Any:
    """A box between two corners [mm]."""
    from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox
    from OCP.gp import gp_Pnt

    return BRepPrimAPI_MakeBox(gp_Pnt(x0, y0, z0), gp_Pnt(x1, y1, z1)).Shape()


def bracket() -> Any:
    """An L that looks different from each side, its corner in the origin [mm]."""
    from OCP.BRepAlgoAPI import BRepAlgoAPI_Fuse

    return BRepAlgoAPI_Fuse(box(0, 0, 0, 60, 40, 5), box(0, 0, 0, 5, 40, 50)).Shape()


def cylinder(x: float, y: float, radius: float, height: float) -> Any:
    """An upright cylinder that stands on z = 0 [mm]."""
    from OCP.BRepPrimAPI import BRepPrimAPI_MakeCylinder
    from OCP.gp import gp_Ax2, gp_Dir, gp_Pnt

    return BRepPrimAPI_MakeCylinder(gp_Ax2(gp_Pnt(x, y, 0), gp_Dir(0, 0, 1)), radius, height).Shape()


def without(shape: Any, tool: Any) -> Any:
    """A shape less another."""
    from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut

    return BRepAlgoAPI_Cut(shape, tool).Shape()


def together(*shapes: Any) -> Any:
    """A compound."""
    from OCP.BRep import BRep_Builder
    from OCP.TopoDS import TopoDS_Compound

    compound, builder = TopoDS_Compound(), BRep_Builder()
    builder.MakeCompound(compound)
    for shape in shapes:
        builder.Add(compound, shape)
    return compound


def a_face(shape: Any) -> Any:
    """One face of a shape."""
    from OCP.TopAbs import TopAbs_ShapeEnum
    from OCP.TopExp import TopExp_Explorer

    return TopExp_Explorer(shape, TopAbs_ShapeEnum.TopAbs_FACE).Current()


def write_step(path: Path, shape: Any, unit: str = "MM") -> Path:
    """Write a shape [mm] to a STEP file in some unit (MM, INCH, M), as another CAD program would."""
    from OCP.Interface import Interface_Static
    from OCP.STEPControl import STEPControl_Controller, STEPControl_StepModelType, STEPControl_Writer

    from packtool.cad.step import _quiet

    STEPControl_Controller.Init_s()
    before = Interface_Static.CVal_s("write.step.unit")
    Interface_Static.SetCVal_s("write.step.unit", unit)
    try:
        with _quiet():
            writer = STEPControl_Writer()
            writer.Transfer(shape, STEPControl_StepModelType.STEPControl_AsIs)
            writer.Write(str(path))
    finally:
        Interface_Static.SetCVal_s("write.step.unit", before)
    return path


def entry(
    path: Path,
    name: str,
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0),
    rotation_deg: tuple[float, float, float] = (0.0, 0.0, 0.0),
    *,
    mass_kg: float | None = None,
) -> Imported:
    """The file as a part of aluminium."""
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    return Imported(name, path.stem, "al", path.name, content, origin, rotation_deg, mass_kg, path=str(path))
