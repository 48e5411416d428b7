"""The design file's schema: one section a file, `pack` the whole."""

from packtool.design.schema.arrangement import Arrangement, Barrier, Busbars, Fins, Modules, Rows
from packtool.design.schema.base import CELL_NAME_PATTERN, MAX_CELLS, NAME_PATTERN, PATTERN_WORDS, DesignRecord, canonical_cell_name
from packtool.design.schema.cases import Case, DutyTable, SteadyCase, TransientCase
from packtool.design.schema.cell import CellSpec
from packtool.design.schema.cold_plate import AnyColdPlate, ColdPlate, Interface, RibbonPlate
from packtool.design.schema.cylinders import CylinderGrid, Holder, Potting
from packtool.design.schema.enclosure import Enclosure
from packtool.design.schema.heaters import Heater
from packtool.design.schema.limits import Limits
from packtool.design.schema.mesh import Level, MeshControls, MeshSizes
from packtool.design.schema.overrides import CellOverride
from packtool.design.schema.pack import PackDesign
from packtool.design.schema.parts import StepPart
from packtool.design.schema.structure import RowFiller, Sheet, SidePlates, Straps

__all__ = [
    "CELL_NAME_PATTERN",
    "MAX_CELLS",
    "NAME_PATTERN",
    "PATTERN_WORDS",
    "AnyColdPlate",
    "Arrangement",
    "Barrier",
    "Busbars",
    "Case",
    "CellOverride",
    "CellSpec",
    "ColdPlate",
    "CylinderGrid",
    "DesignRecord",
    "DutyTable",
    "Enclosure",
    "Fins",
    "Heater",
    "Holder",
    "Interface",
    "Level",
    "Limits",
    "MeshControls",
    "MeshSizes",
    "Modules",
    "PackDesign",
    "Potting",
    "RibbonPlate",
    "RowFiller",
    "Rows",
    "Sheet",
    "SidePlates",
    "SteadyCase",
    "StepPart",
    "Straps",
    "TransientCase",
    "canonical_cell_name",
]
