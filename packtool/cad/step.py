"""pack.step: AP242 (or AP214) by way of an XCAF document of our own, and reading it back.

Nested products pack > group > part (cad.tree); one shape a product, shared by its parts; products carry the generic name (the product
id), their occurrences the individual one (the part's name, in a shared row that within the row). Lengths in mm, colours by role, materials with their density.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from OCP.IFSelect import IFSelect_ReturnStatus
from OCP.Interface import Interface_Static
from OCP.Message import Message
from OCP.Quantity import Quantity_Color, Quantity_TypeOfColor
from OCP.Standard import Standard_Failure
from OCP.STEPCAFControl import STEPCAFControl_Reader, STEPCAFControl_Writer
from OCP.STEPControl import STEPControl_Controller, STEPControl_StepModelType
from OCP.TCollection import TCollection_ExtendedString, TCollection_HAsciiString
from OCP.TDataStd import TDataStd_Name
from OCP.TDF import TDF_Label, TDF_LabelSequence
from OCP.TDocStd import TDocStd_Document
from OCP.TopLoc import TopLoc_Location
from OCP.XCAFApp import XCAFApp_Application
from OCP.XCAFDoc import XCAFDoc_ColorTool, XCAFDoc_ColorType, XCAFDoc_DocumentTool, XCAFDoc_ShapeTool, XCAFDoc_Volume

from packtool.cad.choices import STEP_SCHEMAS
from packtool.cad.colours import LOOKS
from packtool.cad.shapes import volume_mm3
from packtool.cad.solids import Solid, placement
from packtool.cad.step_text import reproducible
from packtool.cad.tree import Assembly, assembly_tree
from packtool.errors import CadError
from packtool.layout.records import Layout

NO_PCURVES = "write.surfacecurve.mode"
"""0 leaves out the curves in surface parameters, which every reader computes again: the file is a third smaller."""


@dataclass(frozen=True, slots=True)
class Instance:
    """An occurrence read from a STEP file: its ``path`` from the root (the root's own name first), the ``product`` that it shows,
    the product's colour (sRGB 0..255, None: none) and volume [mm³], and where its ``origin`` is in the root [mm]."""

    path: tuple[str, ...]
    product: str
    rgb: tuple[int, int, int] | None
    volume_mm3: float
    origin: tuple[float, float, float]


def step_bytes(layout: Layout, solids: Mapping[str, Solid], densities: Mapping[str, float], schema: str = "ap242") -> bytes:
    """The STEP file of a layout: the same bytes each time for the same layout.

    ``solids`` by product id, as product_solids gives them; ``densities`` [kg/m³] by product id, of the products whose mass is
    known: the file then carries material name and density; ``schema`` one of STEP_SCHEMAS. Raises CadError where the kernel cannot write it.
    """
    document = _document(assembly_tree(layout), solids, densities)
    with _quiet(), _write_settings(schema):
        writer = STEPCAFControl_Writer()
        writer.SetColorMode(True)
        writer.SetNameMode(True)
        writer.SetMaterialMode(True)
        writer.SetPropsMode(True)
        try:
            if not writer.Transfer(document, STEPControl_StepModelType.STEPControl_AsIs):
                raise CadError(f"{layout.name}: the CAD kernel could not turn the assembly into STEP")
        except Standard_Failure as error:
            raise CadError(f"{layout.name}: the CAD kernel failed while writing STEP: {error}") from error
        stream = io.BytesIO()
        if writer.WriteStream(stream) != IFSelect_ReturnStatus.IFSelect_RetDone:
            raise CadError(f"{layout.name}: the CAD kernel could not write the STEP text")
    return reproducible(stream.getvalue().decode("utf-8"), layout.name).encode("ascii")


def read_step(path: Path) -> tuple[Instance, ...]:
    """Every occurrence of a shape in a STEP file, depth first. Raises CadError where the kernel cannot read it."""
    document = _new_document()
    with _quiet():
        reader = STEPCAFControl_Reader()
        reader.SetColorMode(True)
        reader.SetNameMode(True)
        if reader.ReadFile(str(path)) != IFSelect_ReturnStatus.IFSelect_RetDone or not reader.Transfer(document):
            raise CadError(f"{path}: the CAD kernel cannot read this STEP file")
    shapes = XCAFDoc_DocumentTool.ShapeTool_s(document.Main())
    roots = TDF_LabelSequence()
    shapes.GetFreeShapes(roots)
    known: dict[int, tuple[str, tuple[int, int, int] | None, float]] = {}
    found: list[Instance] = []
    for index in range(1, roots.Length() + 1):
        root = roots.Value(index)
        found.extend(_occurrences(root, (_name(root),), TopLoc_Location(), known))
    return tuple(found)


def _occurrences(
    label: TDF_Label,
    path: tuple[str, ...],
    at: TopLoc_Location,
    known: dict[int, tuple[str, tuple[int, int, int] | None, float]],
) -> Iterator[Instance]:
    if not XCAFDoc_ShapeTool.IsAssembly_s(label):
        tag = label.Tag()
        if tag not in known:
            known[tag] = (_name(label), _colour(label), volume_mm3(XCAFDoc_ShapeTool.GetShape_s(label)))
        place = at.Transformation().TranslationPart()
        yield Instance(path, *known[tag], (place.X(), place.Y(), place.Z()))
        return
    components = TDF_LabelSequence()
    XCAFDoc_ShapeTool.GetComponents_s(label, components)
    for index in range(1, components.Length() + 1):
        component, referred = components.Value(index), TDF_Label()
        XCAFDoc_ShapeTool.GetReferredShape_s(component, referred)
        placed = at.Multiplied(XCAFDoc_ShapeTool.GetLocation_s(component))
        yield from _occurrences(referred, (*path, _name(component)), placed, known)


def _document(tree: Assembly, solids: Mapping[str, Solid], densities: Mapping[str, float]) -> TDocStd_Document:
    document = _new_document()
    shapes = XCAFDoc_DocumentTool.ShapeTool_s(document.Main())
    colours = XCAFDoc_DocumentTool.ColorTool_s(document.Main())
    materials = XCAFDoc_DocumentTool.MaterialTool_s(document.Main())
    labels: dict[str, TDF_Label] = {}
    for id, solid in solids.items():
        label = labels[id] = shapes.AddShape(solid.shape, False)
        _set_name(label, id)
        colour = Quantity_Color(*LOOKS[solid.product.role].rgb, Quantity_TypeOfColor.Quantity_TOC_sRGB)
        colours.SetColor(label, colour, XCAFDoc_ColorType.XCAFDoc_ColorSurf)
        XCAFDoc_Volume.Set_s(label, solid.volume_mm3)
        if id in densities:
            texts = (solid.product.material, "", "density measure", "POSITIVE_RATIO_MEASURE")
            name, description, kind, type_ = (TCollection_HAsciiString(text) for text in texts)
            # the writer's unit is g/cm³
            materials.SetMaterial(label, materials.AddMaterial(name, description, densities[id] / 1000, kind, type_))
    assemblies: dict[Assembly, TDF_Label] = {}

    def assembled(assembly: Assembly) -> TDF_Label:
        if assembly not in assemblies:
            made = assemblies[assembly] = shapes.NewShape()
            _set_name(made, assembly.product)
            for child in assembly.children:
                shape = assembled(child.of) if isinstance(child.of, Assembly) else labels[child.of]
                _set_name(shapes.AddComponent(made, shape, placement(child.placing)), child.name)
        return assemblies[assembly]

    assembled(tree)
    shapes.UpdateAssemblies()
    return document


def _new_document() -> TDocStd_Document:
    document = TDocStd_Document(TCollection_ExtendedString("XmlOcaf"))
    XCAFApp_Application.GetApplication_s().InitDocument(document)
    XCAFDoc_ShapeTool.SetAutoNaming_s(False)
    return document


def _set_name(label: TDF_Label, name: str) -> None:
    TDataStd_Name.Set_s(label, TCollection_ExtendedString(name, True))


def _name(label: TDF_Label) -> str:
    attribute = TDataStd_Name()
    return attribute.Get().ToExtString() if label.FindAttribute(TDataStd_Name.GetID_s(), attribute) else ""


def _colour(label: TDF_Label) -> tuple[int, int, int] | None:
    """The colour of a product, or the one that all its solids have (a product of several is coloured solid by solid)."""
    colour = Quantity_Color()
    for kind in (XCAFDoc_ColorType.XCAFDoc_ColorSurf, XCAFDoc_ColorType.XCAFDoc_ColorGen):
        if XCAFDoc_ColorTool.GetColor_s(label, kind, colour):
            red, green, blue = colour.Values(Quantity_TypeOfColor.Quantity_TOC_sRGB)
            return round(255 * red), round(255 * green), round(255 * blue)
    solids = TDF_LabelSequence()
    XCAFDoc_ShapeTool.GetSubShapes_s(label, solids)
    found = {_colour(solids.Value(index)) for index in range(1, solids.Length() + 1)}
    return found.pop() if len(found) == 1 else None


@contextmanager
def _quiet() -> Iterator[None]:
    """The kernel tells its progress and errors on the process's standard output: nothing, while this lasts."""
    messenger = Message.DefaultMessenger_s()
    printers = list(messenger.Printers())
    for printer in printers:
        messenger.RemovePrinter(printer)
    try:
        yield
    finally:
        for printer in printers:
            messenger.AddPrinter(printer)


@contextmanager
def _write_settings(schema: str) -> Iterator[None]:
    """The writer's settings are global to the process: set, and put back afterwards."""
    STEPControl_Controller.Init_s()
    settings = {"write.step.schema": STEP_SCHEMAS[schema], "write.step.unit": "MM"}
    before = {key: Interface_Static.CVal_s(key) for key in settings}
    pcurves = Interface_Static.IVal_s(NO_PCURVES)
    for key, value in settings.items():
        if not Interface_Static.SetCVal_s(key, value):
            raise CadError(f"the CAD kernel does not know the setting {key} = {value}")
    Interface_Static.SetIVal_s(NO_PCURVES, 0)
    try:
        yield
    finally:
        for key, value in before.items():
            Interface_Static.SetCVal_s(key, value)
        Interface_Static.SetIVal_s(NO_PCURVES, pcurves)
