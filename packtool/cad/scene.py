"""An off-screen vtk scene: lights, shading, camera, PNG bytes."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import vtkmodules.vtkRenderingFreeType
import vtkmodules.vtkRenderingOpenGL2
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkIOImage import vtkPNGWriter
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkLight,
    vtkPolyDataMapper,
    vtkProp,
    vtkRenderer,
    vtkRenderWindow,
    vtkWindowToImageFilter,
)

from packtool.cad.vtk_arrays import Floats, numbers
from packtool.errors import StageError

Colour = tuple[int, int, int]

PAPER: Colour = (246, 247, 249)
"""Background of every picture: near white, so that prints stay clean and edges stay visible."""

INK: Colour = (38, 44, 52)

LIGHTS = ((35.0, 60.0, 0.62), (-65.0, 25.0, 0.45), (75.0, 10.0, 0.22), (0.0, 0.0, 0.18))
"""Azimuth and elevation about the line of sight [deg] and strength of each light."""


class PictureError(StageError):
    """A picture could not be drawn (no OpenGL, or the driver gave a blank image); the run can do without it."""


def _floats(colour: Colour) -> tuple[float, float, float]:
    return colour[0] / 255, colour[1] / 255, colour[2] / 255


def solid_actor(data: vtkPolyData, colour: Colour, opacity: float = 1.0) -> vtkActor:
    """Shaded faces of one colour."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    mapper.SetScalarVisibility(False)
    actor = vtkActor()
    actor.SetMapper(mapper)
    look = actor.GetProperty()
    look.SetColor(*_floats(colour))
    look.SetOpacity(opacity)
    look.SetAmbient(0.3)
    look.SetDiffuse(0.75)
    look.SetSpecular(0.12)
    look.SetSpecularPower(18)
    return actor


def line_actor(data: vtkPolyData, colour: Colour = INK, width: float = 1.2, opacity: float = 1.0) -> vtkActor:
    """Unshaded lines, drawn a little towards the viewer so that faces do not swallow them."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    mapper.SetScalarVisibility(False)
    mapper.SetResolveCoincidentTopologyToPolygonOffset()
    mapper.SetRelativeCoincidentTopologyLineOffsetParameters(-0.5, -4.0)
    actor = vtkActor()
    actor.SetMapper(mapper)
    look = actor.GetProperty()
    look.SetLighting(False)
    look.SetColor(*_floats(colour))
    look.SetLineWidth(width)
    look.SetOpacity(opacity)
    return actor


def _renderer(actors: Sequence[vtkProp], extent_mm: float) -> vtkRenderer:
    """A renderer with a key, two fills and a head light, and ambient occlusion at the scale of a scene ``extent_mm`` wide."""
    renderer = vtkRenderer()
    renderer.SetBackground(*_floats(PAPER))
    for actor in actors:
        renderer.AddViewProp(actor)
    renderer.AutomaticLightCreationOff()
    for azimuth, elevation, strength in LIGHTS:
        light = vtkLight()
        light.SetLightTypeToCameraLight()
        light.SetIntensity(strength)
        a, e = math.radians(azimuth), math.radians(elevation)
        light.SetPosition(math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e))
        light.SetFocalPoint(0, 0, 0)
        renderer.AddLight(light)
    renderer.UseSSAOOn()
    renderer.SetSSAORadius(0.05 * extent_mm)
    renderer.SetSSAOBias(0.004 * extent_mm)
    renderer.SetSSAOKernelSize(24)
    renderer.SSAOBlurOn()
    renderer.UseFXAAOn()
    return renderer


@dataclass(frozen=True, slots=True)
class View:
    """A parallel view: ``azimuth_deg`` of the viewer from +x towards +y, ``elevation_deg`` above the horizon (below 85 either way).

    The picture is ``width`` pixels wide and as high as the scene asks, at most ``max_height``; ``right`` pixels are kept free for a
    colour bar.
    """

    azimuth_deg: float
    elevation_deg: float
    width: int = 1500
    max_height: int = 1500
    right: int = 0

    def axes(self) -> Floats:
        """(3, 3) rows: to the right of the picture, up in the picture, towards the viewer."""
        a, e = math.radians(self.azimuth_deg), math.radians(self.elevation_deg)
        viewer = np.array([math.cos(a) * math.cos(e), math.sin(a) * math.cos(e), math.sin(e)])
        right = np.array([-math.sin(a), math.cos(a), 0.0])
        return np.stack([right, np.cross(viewer, right), viewer])


def draw(actors: Sequence[vtkProp], points: Floats, view: View) -> bytes:
    """PNG of ``actors``, framed so that all ``points`` (n, 3) [mm] are in it. Raises PictureError as ``_png`` does."""
    seen = points @ view.axes().T
    low, high = seen.min(axis=0), seen.max(axis=0)
    size, middle = high - low, (high + low) / 2
    margin = round(0.03 * view.width)
    scale = size[0] / (view.width - view.right - 2 * margin)
    height = size[1] / scale + 2 * margin
    if height > view.max_height:
        height, scale = float(view.max_height), size[1] / (view.max_height - 2 * margin)
    renderer = _renderer(actors, float(size[0]))
    centre = np.array([middle[0] + scale * view.right / 2, middle[1], middle[2]]) @ view.axes()
    away = float(np.linalg.norm(size))
    camera = renderer.GetActiveCamera()
    camera.ParallelProjectionOn()
    camera.SetFocalPoint(*centre)
    camera.SetPosition(*(centre + away * view.axes()[2]))
    camera.SetViewUp(*view.axes()[1])
    camera.SetParallelScale(height * scale / 2)
    renderer.ResetCameraClippingRange()
    return _png(renderer, view.width, round(height))


WINDOWS = (
    ("vtkEGLRenderWindow", ("libEGL.so.1",)),
    ("vtkOSOpenGLRenderWindow", ("libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so")),
    ("vtkCocoaRenderWindow", ()),
)
"""Windows that draw without a screen, in the order of preference, and the libraries of which each needs one.

vtk 9.6 crashes (segmentation fault) when it is asked for a window whose library is missing, so that is looked up first.
"""


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _window() -> vtkRenderWindow:
    """The first of ``WINDOWS`` that can draw here."""
    for name, libraries in WINDOWS:
        kind = getattr(vtkmodules.vtkRenderingOpenGL2, name, None)
        if kind is None or (libraries and not any(_loads(library) for library in libraries)):
            continue
        window: vtkRenderWindow = kind()
        window.SetOffScreenRendering(True)
        if window.SupportsOpenGL():
            return window
    raise PictureError(
        "vtk finds neither EGL nor OSMesa to draw with; on Debian and Ubuntu: apt-get install libegl1 libgl1-mesa-dri"
    )


def _png(renderer: vtkRenderer, width: int, height: int) -> bytes:
    """Draw the scene on ``width`` x ``height`` pixels. Raises PictureError if there is no OpenGL or the image is blank."""
    window = _window()
    window.SetSize(width, height)
    window.SetMultiSamples(0)
    window.AddRenderer(renderer)
    window.Render()
    grab = vtkWindowToImageFilter()
    grab.SetInput(window)
    grab.SetInputBufferTypeToRGB()
    grab.ReadFrontBufferOff()
    grab.ShouldRerenderOff()
    grab.Update()
    pixels = numbers(grab.GetOutput().GetPointData().GetScalars())
    if pixels.shape[0] != width * height or int(pixels.max()) - int(pixels.min()) < 8:
        raise PictureError("the graphics driver gave a blank image")
    writer = vtkPNGWriter()
    writer.SetInputConnection(grab.GetOutputPort())
    writer.SetCompressionLevel(6)
    writer.WriteToMemoryOn()
    writer.Write()
    made = numbers(writer.GetResult()).tobytes()
    window.Finalize()
    return made
