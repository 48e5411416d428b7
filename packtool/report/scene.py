"""An off-screen vtk scene: lights, shading, camera, PNG bytes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import vtkmodules.vtkRenderingFreeType
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401  (registers the OpenGL classes)
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkIOImage import vtkPNGWriter
from vtkmodules.vtkRenderingCore import vtkActor, vtkLight, vtkPolyDataMapper, vtkRenderer, vtkRenderWindow, vtkWindowToImageFilter

from packtool.errors import StageError

Colour = tuple[int, int, int]

PAPER: Colour = (246, 247, 249)
"""Background of every picture: near white, so that prints stay clean and edges stay visible."""

INK: Colour = (38, 44, 52)


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
    look.SetAmbient(0.25)
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
    mapper.SetRelativeCoincidentTopologyLineOffsetParameters(-2.0, -2.0)
    actor = vtkActor()
    actor.SetMapper(mapper)
    look = actor.GetProperty()
    look.SetLighting(False)
    look.SetColor(*_floats(colour))
    look.SetLineWidth(width)
    look.SetOpacity(opacity)
    return actor


def renderer_with(actors: Sequence[object], extent_mm: float, occlusion: bool = True) -> vtkRenderer:
    """A renderer with a key, a fill and a head light, and ambient occlusion at the scale of a pack of size ``extent_mm``."""
    renderer = vtkRenderer()
    renderer.SetBackground(*_floats(PAPER))
    for actor in actors:
        renderer.AddViewProp(actor)
    renderer.AutomaticLightCreationOff()
    renderer.RemoveAllLights()
    for azimuth, elevation, strength in ((35.0, 55.0, 0.72), (-70.0, 30.0, 0.32), (0.0, 0.0, 0.22)):
        light = vtkLight()
        light.SetLightTypeToCameraLight()
        light.SetIntensity(strength)
        a, e = math.radians(azimuth), math.radians(elevation)
        light.SetPosition(math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e))
        light.SetFocalPoint(0, 0, 0)
        renderer.AddLight(light)
    if occlusion:
        renderer.UseSSAOOn()
        renderer.SetSSAORadius(0.06 * extent_mm)
        renderer.SetSSAOBias(0.0015 * extent_mm)
        renderer.SetSSAOKernelSize(48)
        renderer.SSAOBlurOn()
    renderer.UseFXAAOn()
    return renderer


def look_from(renderer: vtkRenderer, azimuth_deg: float, elevation_deg: float, zoom: float = 1.0) -> None:
    """Point a parallel camera at everything in sight: ``azimuth_deg`` from +x towards +y, ``elevation_deg`` above the horizon."""
    azimuth, elevation = math.radians(azimuth_deg), math.radians(elevation_deg)
    camera = renderer.GetActiveCamera()
    camera.ParallelProjectionOn()
    camera.SetFocalPoint(0, 0, 0)
    camera.SetPosition(math.cos(azimuth) * math.cos(elevation), math.sin(azimuth) * math.cos(elevation), math.sin(elevation))
    camera.SetViewUp(0, 0, 1)
    if abs(elevation_deg) > 85:
        camera.SetViewUp(0, 1, 0)
    renderer.ResetCamera()
    camera.Zoom(zoom)
    renderer.ResetCameraClippingRange()


def _window() -> vtkRenderWindow:
    """vtk's own choice of window if it can draw here, else EGL, else software OSMesa."""
    names = ("vtkEGLRenderWindow", "vtkOSOpenGLRenderWindow")
    kinds = [kind for kind in (getattr(vtkmodules.vtkRenderingOpenGL2, name, None) for name in names) if kind is not None]
    for kind in (vtkRenderWindow, *kinds):
        window: vtkRenderWindow = kind()
        window.SetOffScreenRendering(True)
        if window.GetClassName() in names or window.SupportsOpenGL():
            return window
    raise PictureError("no picture: vtk finds neither EGL nor OSMesa to draw with (install libegl1, or the vtk-osmesa wheel)")


def png(renderer: vtkRenderer, width: int, height: int) -> bytes:
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
    grab.Update()
    pixels = vtk_to_numpy(grab.GetOutput().GetPointData().GetScalars())
    if pixels.shape[0] != width * height or int(pixels.max()) - int(pixels.min()) < 8:
        raise PictureError("no picture: the graphics driver gave a blank image")
    writer = vtkPNGWriter()
    writer.SetInputConnection(grab.GetOutputPort())
    writer.SetCompressionLevel(9)
    writer.WriteToMemoryOn()
    writer.Write()
    made = bytes(memoryview(vtk_to_numpy(writer.GetResult())))
    window.Finalize()
    return made
