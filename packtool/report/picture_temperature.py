"""Temperatures on the mesh as pictures: the pack from above one corner, and the cold plate with its channels open."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkLookupTable
from vtkmodules.vtkRenderingAnnotation import vtkScalarBarActor
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkTextActor, vtkTextProperty

from packtool.cad.scene import INK, PictureError, View, draw, line_actor
from packtool.cad.vtk_arrays import doubles, polygons, segments
from packtool.layout.coolant import CoolantNetwork
from packtool.mesh.records import Floats, TaggedMesh
from packtool.report.colours import colour_at
from packtool.report.skin import skin
from packtool.results import ZERO_CELSIUS

SHADES = 256
PACK_VIEW = View(-56.0, 32.0, right=190)
PLATE_VIEW = View(-56.0, 48.0, right=190)
TICKS = (1.0, 2.0, 5.0)


def scale(low: float, high: float) -> tuple[float, float, float]:
    """(bottom, top, step) of a colour bar over ``low`` to ``high``: round numbers, at most 12 labels; never narrower than 0.1."""
    if high - low < 0.1:
        low, high = (low + high) / 2 - 0.05, (low + high) / 2 + 0.05
    power = 10.0 ** math.floor(math.log10((high - low) / 4))
    step = next(s * power for s in (*TICKS, 10.0) if (high - low) / (s * power) <= 9)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step


def _table(bottom: float, top: float) -> vtkLookupTable:
    table = vtkLookupTable()
    table.SetNumberOfTableValues(SHADES)
    for shade in range(SHADES):
        r, g, b = colour_at(shade / (SHADES - 1))
        table.SetTableValue(shade, r / 255, g / 255, b / 255, 1.0)
    table.SetRange(bottom, top)
    return table


def _text(size: int) -> vtkTextProperty:
    text = vtkTextProperty()
    text.SetColor(*(c / 255 for c in INK))
    text.SetFontFamilyToArial()
    text.SetFontSize(size)
    text.ItalicOff()
    text.BoldOff()
    text.ShadowOff()
    return text


def _bar(table: vtkLookupTable, bottom: float, top: float, step: float) -> vtkScalarBarActor:
    bar = vtkScalarBarActor()
    bar.SetLookupTable(table)
    bar.SetTitle("°C")
    bar.SetMaximumNumberOfColors(SHADES)
    bar.SetNumberOfLabels(round((top - bottom) / step) + 1)
    bar.SetLabelFormat(f"  {{:.{max(0, -math.floor(math.log10(step) + 1e-9))}f}}")
    bar.UnconstrainedFontSizeOn()
    bar.SetLabelTextProperty(_text(24))
    bar.SetTitleTextProperty(_text(24))
    bar.SetVerticalTitleSeparation(16)
    bar.SetBarRatio(0.28)
    bar.SetPosition(0.885, 0.14)
    bar.SetPosition2(0.1, 0.72)
    return bar


def temperature_picture(
    mesh: TaggedMesh,
    T: Floats,
    chosen: NDArray[np.bool_] | None = None,
    view: View = PACK_VIEW,
    marks: Sequence[vtkTextActor] = (),
) -> bytes:
    """PNG of the skin of the ``chosen`` elements (all if None), coloured by temperature, with a colour bar in degC.

    ``T`` (n_points,) [K]. Edges of parts are drawn thin, ``marks`` on top. The scale spans the temperatures in sight, rounded outwards.
    Raises PictureError if nothing is chosen or nothing can be drawn here.
    """
    if chosen is not None and not chosen.any():
        raise PictureError("no element to draw was chosen")
    outer = skin(mesh, chosen)
    used, facets = np.unique(outer.facets, return_inverse=True)
    points = mesh.points[used] * 1e3
    degC = T[used] - ZERO_CELSIUS
    bottom, top, step = scale(float(degC.min()), float(degC.max()))
    table = _table(bottom, top)
    data = polygons(points, facets.reshape(-1, 4))
    data.GetPointData().SetScalars(doubles(degC))
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    mapper.SetLookupTable(table)
    mapper.UseLookupTableScalarRangeOn()
    mapper.InterpolateScalarsBeforeMappingOn()
    actor = vtkActor()
    actor.SetMapper(mapper)
    look = actor.GetProperty()
    look.SetInterpolationToFlat()
    look.SetAmbient(0.8)
    look.SetDiffuse(0.26)
    look.SetSpecular(0.0)
    lines = line_actor(segments(mesh.points[outer.lines] * 1e3), INK, 1.0, 0.55)
    return draw([actor, lines, *marks, _bar(table, bottom, top, step)], points, view)


def _mark(words: str, at_mm: tuple[float, float, float]) -> vtkTextActor:
    """Words in the picture over a point of the pack."""
    mark = vtkTextActor()
    mark.SetInput(words)
    mark.GetPositionCoordinate().SetCoordinateSystemToWorld()
    mark.GetPositionCoordinate().SetValue(*at_mm)
    text = mark.GetTextProperty()
    text.ShallowCopy(_text(26))
    text.SetJustificationToCentered()
    text.SetVerticalJustificationToCentered()
    text.SetColor(1.0, 1.0, 1.0)
    text.SetBackgroundColor(*(c / 255 for c in INK))
    text.SetBackgroundOpacity(0.85)
    return mark


def _marks(network: CoolantNetwork) -> list[vtkTextActor]:
    """Where the coolant comes in and goes out: the end of a branch at the network's inlet and outlet."""
    ends = {}
    for branch in network.branches:
        for node, point in ((branch.start, branch.path[0]), (branch.end, branch.path[-1])):
            ends[node] = (*point, network.z1)
    named = [("in", node) for node in network.entries] + [("out", node) for node in network.exits]
    return [_mark(f" {words} ", ends[node]) for words, node in named if node in ends]


def plate_picture(mesh: TaggedMesh, T: Floats, network: CoolantNetwork) -> bytes:
    """PNG of the cold plate with everything above its channels taken off, so that they are open; inlet and outlet are marked.

    ``T`` (n_points,) [K]; ``network`` is the Layout's. Raises PictureError if the mesh has no cold plate or nothing can be drawn here.
    """
    plates = np.array([region.role == "cold_plate" for region in mesh.regions])
    if not plates.any():
        raise PictureError("the mesh has no cold plate to draw")
    middle = mesh.points[mesh.hexes, 2].mean(axis=1)
    below = plates[mesh.region] & (middle < network.z1 * 1e-3)
    return temperature_picture(mesh, T, below, PLATE_VIEW, _marks(network))
